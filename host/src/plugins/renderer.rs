//! Renderers: from a talk to the blocks of a summary, in words of the house.

use std::time::Duration;

use super::bound::text;
use super::exchange::wit::{self, shared};
use super::exchange::{Input, Output};
use super::failure::PluginFailure;
use super::run::Plugin;
use crate::domain::manifest::DataKind;
use crate::domain::{Block, BlockKind, Collected, Material, Rendering, Speaker, Turn};

const BLOCKS_MAX: usize = 100;
const BLOCK_MAX_CHARS: usize = 4_000;
const REASON_MAX_CHARS: usize = 1_000;
const KIND_MAX_CHARS: usize = 50;
const EVIDENCE_MAX: usize = 50;

impl Plugin {
    pub(super) async fn render(&self, given: Material, locale: &str) -> Result<Rendering, PluginFailure> {
        let input = Input::Render(self.material(given));
        let Output::Rendered(rendering) = self.converse(locale, Duration::MAX, input).await? else {
            return Err(self.off_key());
        };
        Ok(Rendering {
            mood_score: rendering.mood_score.filter(|score| (1..=5).contains(score)),
            blocks: rendering.blocks.into_iter().take(BLOCKS_MAX).map(block).collect(),
        })
    }

    /// What the plugin is shown of a talk: no more than it asked for and was granted.
    fn material(&self, given: Material) -> wit::Material {
        let shown = |kind| self.shown.contains(&kind);
        let said = shown(DataKind::Transcript);
        wit::Material {
            callee_name: if shown(DataKind::Profile) { given.callee_name } else { String::new() },
            language: given.language,
            turns: if said { given.turns.into_iter().map(turn).collect() } else { Vec::new() },
            provider_summary: given.provider_summary.filter(|_| said),
            collected: if shown(DataKind::Health) {
                given.collected.into_iter().map(collected).collect()
            } else {
                Vec::new()
            },
            duration_s: given.duration_s,
            extra: Vec::new(),
        }
    }
}

fn turn(turn: Turn) -> shared::Turn {
    shared::Turn {
        speaker: match turn.speaker {
            Speaker::Agent => shared::Speaker::Agent,
            Speaker::Callee => shared::Speaker::Callee,
        },
        text: turn.text,
        at_s: turn.at_s,
    }
}

fn collected(given: Collected) -> shared::Collected {
    shared::Collected { name: given.name, value: given.value.to_string(), rationale: given.rationale }
}

fn block(block: wit::Block) -> Block {
    let mut evidence = block.evidence;
    evidence.truncate(EVIDENCE_MAX);
    Block {
        kind: match block.kind {
            wit::BlockKind::Headline => BlockKind::Headline,
            wit::BlockKind::Mood => BlockKind::Mood,
            wit::BlockKind::Topic => BlockKind::Topic,
            wit::BlockKind::Health => BlockKind::Health,
            wit::BlockKind::Meals => BlockKind::Meals,
            wit::BlockKind::Sleep => BlockKind::Sleep,
            wit::BlockKind::Medicine => BlockKind::Medicine,
            wit::BlockKind::Company => BlockKind::Company,
            wit::BlockKind::Request => BlockKind::Request,
            wit::BlockKind::Quote => BlockKind::Quote,
            wit::BlockKind::FollowUp => BlockKind::FollowUp,
            wit::BlockKind::Alarm => BlockKind::Alarm,
            wit::BlockKind::Other(name) => BlockKind::Other(text(&name, KIND_MAX_CHARS)),
        },
        text: text(&block.text, BLOCK_MAX_CHARS),
        reason: text(&block.reason, REASON_MAX_CHARS),
        evidence,
    }
}
