//! A conversation as the talk service tells it, in webhooks and when asked. `lib` walks in.

use callpanion_plugin_api::provider::{Conversation, ConversationOutcome, Speaker, Turn};
use serde::Deserialize;

/// What is told. What the service may add later is not looked at.
#[derive(Deserialize)]
pub(crate) struct Told {
    id: String,
    #[serde(default)]
    agent: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    started_at_ms: u64,
    #[serde(default)]
    duration_s: u32,
    language: Option<String>,
    call_id: Option<String>,
    #[serde(default)]
    turns: Vec<ToldTurn>,
}

#[derive(Deserialize)]
struct ToldTurn {
    speaker: String,
    text: String,
    #[serde(default)]
    at_s: u32,
}

impl Told {
    /// In the words of the host.
    pub(crate) fn read(self) -> Conversation {
        let outcome = match (self.state.as_str(), self.outcome.as_str()) {
            ("running", _) => ConversationOutcome::Running,
            (_, "answered") => ConversationOutcome::Answered,
            (_, "voicemail") => ConversationOutcome::Voicemail,
            (_, "busy") => ConversationOutcome::Busy,
            (_, "no-answer") => ConversationOutcome::NoAnswer,
            (_, "failed") => ConversationOutcome::Failed,
            // An outcome that is new to this plugin is no reason to lose the talk: what was said decides.
            _ if self.turns.is_empty() => ConversationOutcome::Failed,
            _ => ConversationOutcome::Answered,
        };
        let turn = |turn: ToldTurn| Turn {
            speaker: if turn.speaker == "agent" { Speaker::Agent } else { Speaker::Callee },
            text: turn.text,
            at_s: turn.at_s,
        };
        Conversation {
            conversation: self.id,
            agent: self.agent,
            outcome,
            started_at_ms: self.started_at_ms,
            duration_s: self.duration_s,
            language: self.language,
            turns: self.turns.into_iter().map(turn).collect(),
            summary: None,
            collected: Vec::new(),
            reason: None,
            reference: None,
            recipient: None,
            echoed_call_id: self.call_id,
            extra: Vec::new(),
        }
    }
}
