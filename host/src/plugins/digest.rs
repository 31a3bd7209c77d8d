//! Digests: from a week of talks to a few statements, in words of the house.

use std::time::Duration;

use super::bound::text;
use super::exchange::{Input, Output, wit};
use super::failure::PluginFailure;
use super::run::Plugin;
use super::steps::millis;
use crate::domain::manifest::DataKind;
use crate::domain::{
    Basis, Block, BlockKind, CallState, Digest, DigestPart, Gap, GapCause, Place, WeekCall, WeekMaterial,
};

const PARTS_MAX: usize = 50;
const PART_MAX_CHARS: usize = 2_000;
const REASON_MAX_CHARS: usize = 1_000;
const KIND_MAX_CHARS: usize = 50;
const EVIDENCE_MAX: usize = 50;

impl Plugin {
    pub(super) async fn render_digest(&self, week: &WeekMaterial, locale: &str) -> Result<Digest, PluginFailure> {
        let input = Input::RenderDigest(self.week_material(week));
        let Output::Digested(digest) = self.converse(locale, Duration::MAX, input).await? else {
            return Err(self.off_key());
        };
        let parts = digest.parts.into_iter().take(PARTS_MAX).filter_map(|given| part(given, week));
        Ok(Digest { mood_score: digest.mood_score.filter(|score| (1..=5).contains(score)), parts: parts.collect() })
    }

    /// What the plugin is shown of a week: no more than it asked for and was granted.
    fn week_material(&self, week: &WeekMaterial) -> wit::WeekMaterial {
        let shown = |kind| self.shown.contains(&kind);
        let (health, said) = (shown(DataKind::Health), shown(DataKind::Transcript));
        let call = |call: &WeekCall| wit::WeekCall {
            date: call.date.to_string(),
            at_ms: millis(call.at),
            outcome: outcome(call.outcome),
            duration_s: call.duration_s,
            mood_score: call.mood_score.filter(|_| health),
            parts: if health && said { call.blocks.iter().map(call_part).collect() } else { Vec::new() },
        };
        wit::WeekMaterial {
            callee_name: if shown(DataKind::Profile) { week.callee_name.clone() } else { String::new() },
            first_day: week.first_day.to_string(),
            last_day: week.last_day.to_string(),
            calls: week.calls.iter().map(call).collect(),
            gaps: week.gaps.iter().map(gap).collect(),
            extra: Vec::new(),
        }
    }
}

fn outcome(state: CallState) -> wit::CallOutcome {
    match state {
        CallState::Queued | CallState::Ringing | CallState::Answered | CallState::InProgress => {
            wit::CallOutcome::Underway
        }
        CallState::Completed => wit::CallOutcome::Completed,
        CallState::Missed => wit::CallOutcome::Missed,
        CallState::Declined => wit::CallOutcome::Declined,
        CallState::Voicemail => wit::CallOutcome::Voicemail,
        CallState::Busy => wit::CallOutcome::Busy,
        CallState::Failed => wit::CallOutcome::Failed,
        CallState::Canceled => wit::CallOutcome::Canceled,
        CallState::Expired => wit::CallOutcome::Expired,
    }
}

fn call_part(block: &Block) -> wit::CallPart {
    wit::CallPart {
        kind: match &block.kind {
            BlockKind::Headline => wit::PartKind::Headline,
            BlockKind::Mood => wit::PartKind::Mood,
            BlockKind::Topic => wit::PartKind::Topic,
            BlockKind::Health => wit::PartKind::Health,
            BlockKind::Meals => wit::PartKind::Meals,
            BlockKind::Sleep => wit::PartKind::Sleep,
            BlockKind::Medicine => wit::PartKind::Medicine,
            BlockKind::Company => wit::PartKind::Company,
            BlockKind::Request => wit::PartKind::Request,
            BlockKind::Quote => wit::PartKind::Quote,
            BlockKind::FollowUp => wit::PartKind::FollowUp,
            BlockKind::Alarm => wit::PartKind::Alarm,
            BlockKind::Other(name) => wit::PartKind::Other(name.clone()),
        },
        text: block.text.clone(),
        turns: block.evidence.clone(),
    }
}

fn gap(gap: &Gap) -> wit::Gap {
    wit::Gap {
        date: gap.date.to_string(),
        cause: match gap.cause {
            GapCause::Paused => wit::GapCause::Paused,
            GapCause::Skipped => wit::GapCause::Skipped,
            GapCause::Unplanned => wit::GapCause::Unplanned,
        },
    }
}

/// A statement about a week is believed by what it rests on alone: without any of it there is none.
fn part(given: wit::DigestPart, week: &WeekMaterial) -> Option<DigestPart> {
    let evidence = given.evidence.into_iter().map(basis).filter(|basis| week.has(*basis));
    let evidence: Vec<Basis> = evidence.take(EVIDENCE_MAX).collect();
    let kind = match given.kind {
        wit::PartKind::Headline => BlockKind::Headline,
        wit::PartKind::Mood => BlockKind::Mood,
        wit::PartKind::Topic => BlockKind::Topic,
        wit::PartKind::Health => BlockKind::Health,
        wit::PartKind::Meals => BlockKind::Meals,
        wit::PartKind::Sleep => BlockKind::Sleep,
        wit::PartKind::Medicine => BlockKind::Medicine,
        wit::PartKind::Company => BlockKind::Company,
        wit::PartKind::Request => BlockKind::Request,
        wit::PartKind::Quote => BlockKind::Quote,
        wit::PartKind::FollowUp => BlockKind::FollowUp,
        wit::PartKind::Alarm => BlockKind::Alarm,
        wit::PartKind::Other(name) => BlockKind::Other(text(&name, KIND_MAX_CHARS)),
    };
    let (words, reason) = (text(&given.text, PART_MAX_CHARS), text(&given.reason, REASON_MAX_CHARS));
    (!evidence.is_empty()).then_some(DigestPart { kind, text: words, reason, evidence })
}

fn basis(given: wit::Basis) -> Basis {
    let place = match given.place {
        wit::Place::Whole => Place::Whole,
        wit::Place::Turn(index) => Place::Turn(index),
        wit::Place::Part(index) => Place::Block(index),
    };
    Basis { call: given.call, place }
}
