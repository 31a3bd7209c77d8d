//! What Parlando says of a talk. `read_webhook` and `fetch_session` walk in.
//!
//! Only two ids are required. All else is taken when it is there, and a word that is new to us breaks nothing.

use callpanion_plugin_api::provider::{Conversation, ConversationOutcome as Outcome, Speaker, Turn};
use serde::Deserialize;

/// One talk.
#[derive(Debug, Deserialize)]
pub(crate) struct Talk {
    id: String,
    pub(crate) agent: String,
    #[serde(default)]
    state: State,
    #[serde(default)]
    reason: Option<String>,
    /// UTC, seconds.
    #[serde(default)]
    started_at: u64,
    #[serde(default)]
    seconds: u32,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    reference: Option<String>,
    #[serde(default)]
    pub(crate) lines: Vec<Line>,
}

/// How a talk stands.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Running,
    Ended,
    Busy,
    NoAnswer,
    Voicemail,
    /// A word that we do not know: never a success.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What somebody said.
#[derive(Debug, Deserialize)]
pub(crate) struct Line {
    who: Who,
    text: String,
    /// Seconds from the beginning.
    #[serde(default)]
    at: u32,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Who {
    Agent,
    Guest,
    /// Tools and notices, which say nothing aloud.
    #[serde(other)]
    Other,
}

impl Talk {
    fn outcome(&self) -> Outcome {
        let guest_spoke = self.lines.iter().any(|line| line.who == Who::Guest);
        match self.state {
            State::Running => Outcome::Running,
            State::Ended if guest_spoke => Outcome::Answered,
            State::Ended => Outcome::AnsweredSilent,
            State::Busy => Outcome::Busy,
            State::NoAnswer => Outcome::NoAnswer,
            State::Voicemail => Outcome::Voicemail,
            State::Unknown => Outcome::Failed,
        }
    }

    /// In the host's words.
    pub(crate) fn into_conversation(self) -> Conversation {
        Conversation {
            outcome: self.outcome(),
            conversation: self.id,
            agent: self.agent,
            started_at_ms: self.started_at.saturating_mul(1_000),
            duration_s: self.seconds,
            language: self.language,
            turns: self.lines.into_iter().filter_map(Line::into_turn).collect(),
            summary: None,
            collected: Vec::new(),
            reason: self.reason,
            reference: None,
            recipient: None,
            echoed_call_id: self.reference,
            extra: Vec::new(),
        }
    }
}

impl Line {
    fn into_turn(self) -> Option<Turn> {
        let speaker = match self.who {
            Who::Agent => Speaker::Agent,
            Who::Guest => Speaker::Callee,
            Who::Other => return None,
        };
        Some(Turn { speaker, text: self.text, at_s: self.at })
    }
}
