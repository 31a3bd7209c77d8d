//! What a phone remembers: pushes, rings, its pairing, and its talks with the host.

use std::collections::VecDeque;

use serde_json::Value;
use uuid::Uuid;

use super::Behaviour;

/// A push as the vendor hands it to a phone.
#[derive(Clone, Debug)]
pub struct Push {
    /// The vendor's message id.
    pub id: String,
    /// When the vendor took it, ms.
    pub at_ms: i64,
    /// When it is worth nothing any more, ms.
    pub expires_at_ms: i64,
    /// Whether the vendor keeps it for a phone without network.
    pub kept_while_offline: bool,
    /// A newer push with the same key replaces a kept one.
    pub collapse_key: Option<String>,
    /// FCM data, the APNs body, or what a browser read.
    pub payload: Value,
}

/// One time that the phone rang.
#[derive(Clone, Debug)]
pub struct Ring {
    /// `sessionId` of the push: the call, for the host.
    pub session_id: String,
    /// When it began, ms.
    pub at_ms: i64,
    /// How long it rings at most, ms.
    pub window_ms: i64,
    /// How it went.
    pub outcome: Outcome,
}

/// How a ring went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Still ringing.
    Ringing,
    /// The red button.
    Declined,
    /// Rang out.
    Missed,
    /// Answered, but the host gave no conversation token (its last status, if it answered).
    Refused(Option<u16>),
    /// Answered, but the token started no conversation.
    NotJoined,
    /// In a conversation.
    Talking {
        /// The vendor's id.
        conversation_id: String,
    },
    /// Talked and hung up.
    Talked {
        /// The vendor's id.
        conversation_id: String,
        /// Seconds.
        duration_s: i64,
    },
}

/// One request of the phone and its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// When it was sent, ms.
    pub at_ms: i64,
    /// Path.
    pub path: String,
    /// JSON body sent.
    pub request: Value,
    /// None if no answer came.
    pub status: Option<u16>,
    /// JSON answered; null if it was none.
    pub response: Value,
}

/// The host did not do what the phone asked.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The phone was never paired.
    #[error("the phone is not paired")]
    NotPaired,
    /// No answer.
    #[error("the host did not answer {path}")]
    NoAnswer {
        /// Path of the request.
        path: String,
        /// What went wrong below.
        #[source]
        source: reqwest::Error,
    },
    /// Another answer than the app accepts.
    #[error("{path} was answered {status}: {body}")]
    Refused {
        /// Path of the request.
        path: String,
        /// HTTP status.
        status: u16,
        /// The body.
        body: Value,
    },
}

impl PhoneError {
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::NotPaired | Self::NoAnswer { .. } => None,
        }
    }
}

/// What pairing gave.
#[derive(Clone, Debug)]
pub(super) struct Pairing {
    pub(super) secret: String,
    pub(super) household_id: String,
    pub(super) relative_id: String,
}

pub(super) struct Memory {
    pub(super) base_url: String,
    pub(super) address: String,
    /// Made by the app itself, survives re-pairing.
    pub(super) user_id: Uuid,
    pub(super) pairing: Option<Pairing>,
    pub(super) behaviours: VecDeque<Behaviour>,
    pub(super) offline: bool,
    pub(super) kept: Vec<Push>,
    /// The sessions known last; as many as the app keeps.
    pub(super) known: VecDeque<String>,
    /// CallKit ids already used.
    pub(super) call_ids: Vec<String>,
    pub(super) pushes: Vec<Push>,
    pub(super) dropped_late: usize,
    pub(super) rings: Vec<Ring>,
    pub(super) exchanges: Vec<Exchange>,
}

/// How many sessions the app remembers.
const KNOWN_SESSIONS: usize = 50;

impl Memory {
    pub(super) fn new(behaviour: Behaviour) -> Self {
        Self {
            base_url: String::new(),
            address: String::new(),
            user_id: Uuid::new_v4(),
            pairing: None,
            behaviours: VecDeque::from([behaviour]),
            offline: false,
            kept: Vec::new(),
            known: VecDeque::new(),
            call_ids: Vec::new(),
            pushes: Vec::new(),
            dropped_late: 0,
            rings: Vec::new(),
            exchanges: Vec::new(),
        }
    }

    /// Remembers a session; false if it was known.
    pub(super) fn learn(&mut self, session_id: &str) -> bool {
        if self.known.iter().any(|known| known == session_id) {
            return false;
        }
        self.known.push_back(session_id.to_owned());
        if self.known.len() > KNOWN_SESSIONS {
            self.known.pop_front();
        }
        true
    }

    pub(super) fn next_behaviour(&mut self) -> Behaviour {
        let next =
            if self.behaviours.len() > 1 { self.behaviours.pop_front() } else { self.behaviours.front().cloned() };
        next.unwrap_or(Behaviour::Ignore)
    }
}
