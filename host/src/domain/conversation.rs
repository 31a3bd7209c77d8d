//! What happens at the provider: sessions that a device joins, and conversations that ended.

use serde::{Deserialize, Serialize};

use super::word::word_enum;
use super::{CallId, CalleeId, Moment};

/// The wish for a new conversation.
#[derive(Clone, Debug)]
pub struct SessionRequest {
    /// The call that it is for.
    pub call: CallId,
    /// Who will talk.
    pub callee: CalleeId,
    /// BCP 47 tag of the callee's language.
    pub language: String,
    /// What the agent is told.
    pub variables: Vec<(String, String)>,
    /// What the device can join by; `None` leaves it to the provider.
    pub join: Option<Join>,
}

word_enum! {
    /// What a device joins a conversation by.
    Join {
        /// A token, over WebRTC.
        Token = "token",
        /// A signed URL, over a WebSocket.
        SignedUrl = "signed-url",
    }
}

/// What a device needs to join a conversation. Secret: never logged.
#[derive(Clone)]
pub struct Session {
    /// Joins exactly one conversation.
    pub token: Option<String>,
    /// For clients that cannot use the token.
    pub signed_url: Option<String>,
    /// The provider's id of the conversation.
    pub conversation: Option<String>,
}

impl Session {
    /// Whether a device can join that can join by this alone.
    pub fn has(&self, join: Join) -> bool {
        match join {
            Join::Token => self.token.is_some(),
            Join::SignedUrl => self.signed_url.is_some(),
        }
    }
}

/// Who spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The companion.
    Agent,
    /// The person who was rung.
    Callee,
}

/// One speaker's piece of a transcript.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Turn {
    /// Who spoke.
    pub speaker: Speaker,
    /// What was said: hostile text, escaped wherever it is shown.
    pub text: String,
    /// Seconds since the talk began.
    pub at_s: u32,
}

/// One value that the agent collected in the talk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Collected {
    /// The key, for example `mood_score`.
    pub name: String,
    /// The value: string, number, boolean or null.
    pub value: serde_json::Value,
    /// The agent's reason.
    pub rationale: String,
}

/// How a conversation came out, as the provider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationOutcome {
    /// Someone talked.
    Answered,
    /// Picked up, and nothing intelligible was said.
    AnsweredSilent,
    /// A machine picked up.
    Voicemail,
    /// The line was busy.
    Busy,
    /// Nobody picked up.
    NoAnswer,
    /// It went wrong.
    Failed,
    /// Not over yet.
    Running,
}

/// What happened in one conversation.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// The provider's id of the conversation.
    pub provider_ref: String,
    /// The provider's id of the agent.
    pub agent: String,
    /// How it came out.
    pub outcome: ConversationOutcome,
    /// When it began, if known.
    pub started_at: Option<Moment>,
    /// How long it lasted.
    pub duration_s: u32,
    /// BCP 47 tag of the language spoken.
    pub language: Option<String>,
    /// What was said.
    pub turns: Vec<Turn>,
    /// The provider's own summary.
    pub summary: Option<String>,
    /// What the agent collected.
    pub collected: Vec<Collected>,
    /// The provider's reason in its own words, for display only.
    pub reason: Option<String>,
    /// The vendor's reference of the submission that led here.
    pub reference: Option<String>,
    /// The vendor's id of the ring within the submission.
    pub recipient: Option<String>,
    /// Our call id as echoed. Trusted for phone calls only, where the host sent it itself.
    pub echoed_call: Option<String>,
}

impl Conversation {
    /// Whether somebody picked up and it went as it should, in silence or not.
    pub fn is_a_talk(&self) -> bool {
        matches!(self.outcome, ConversationOutcome::Answered | ConversationOutcome::AnsweredSilent)
    }

    /// Whether somebody talked, and nothing of it is told.
    pub fn is_without_its_turns(&self) -> bool {
        self.outcome == ConversationOutcome::Answered && self.turns.is_empty()
    }
}

/// A webhook, read.
#[derive(Clone, Debug)]
pub enum WebhookReading {
    /// A talk ended, or never began.
    Conversation(Box<Conversation>),
    /// Understood, and of no use; the event's name.
    Ignored(String),
    /// Not understood; why.
    Unreadable(String),
}

/// How grave a finding of a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing to do.
    Ok,
    /// Works, with a limit.
    Warning,
    /// Does not work.
    Problem,
}

/// One line of a provider's check, or of the doctor's.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// How grave.
    pub severity: Severity,
    /// What was found.
    pub what: String,
    /// What the operator should do.
    pub mend: String,
}

impl Finding {
    /// Nothing to do.
    pub fn ok(what: impl Into<String>) -> Self {
        Self { severity: Severity::Ok, what: what.into(), mend: String::new() }
    }

    /// It works, with a limit.
    pub fn warning(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, what: what.into(), mend: mend.into() }
    }

    /// It does not work.
    pub fn problem(what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { severity: Severity::Problem, what: what.into(), mend: mend.into() }
    }
}
