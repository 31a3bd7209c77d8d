//! Renderers: from a talk to the blocks of a summary, in words of the house.

use std::time::Duration;

use super::border::renderer::RendererPluginPre;
use super::border::renderer::callpanion::plugin::provider as shared;
use super::border::renderer::exports::callpanion::plugin::renderer as wit;
use super::bound::text;
use super::failure::PluginFailure;
use super::machine::Guest;
use super::run::Plugin;
use crate::domain::{Block, BlockKind, Collected, Material, Rendering, Speaker, Turn};

const BLOCKS_MAX: usize = 100;
const BLOCK_MAX_CHARS: usize = 4_000;
const REASON_MAX_CHARS: usize = 1_000;
const KIND_MAX_CHARS: usize = 50;
const EVIDENCE_MAX: usize = 50;

impl Plugin<RendererPluginPre<Guest>> {
    pub(super) async fn render(&self, given: Material, locale: &str) -> Result<Rendering, PluginFailure> {
        let context = self.common.context(locale)?;
        let until = self.common.until(Duration::MAX);
        let given = material(given);
        let rendering = self
            .run(
                until,
                Box::new(move |plugin, store| {
                    Box::pin(
                        async move { plugin.callpanion_plugin_renderer().call_render(store, &context, &given).await },
                    )
                }),
            )
            .await?;
        Ok(Rendering {
            mood_score: rendering.mood_score.filter(|score| (1..=5).contains(score)),
            blocks: rendering.blocks.into_iter().take(BLOCKS_MAX).map(block).collect(),
        })
    }
}

fn material(given: Material) -> wit::Material {
    wit::Material {
        callee_name: given.callee_name,
        language: given.language,
        turns: given.turns.into_iter().map(turn).collect(),
        provider_summary: given.provider_summary,
        collected: given.collected.into_iter().map(collected).collect(),
        duration_s: given.duration_s,
        extra: Vec::new(),
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
