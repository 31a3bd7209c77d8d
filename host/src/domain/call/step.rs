//! Steps: what a call becomes, with all that its new state carries.

use super::{CallReason, CallState};
use crate::domain::{DeviceId, Moment};

/// What a call becomes. A state cannot be entered without what belongs to it: no outcome without its reason, no answer
/// without who answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallStep {
    /// It waits for another try.
    Queued {
        /// Why the last one came to nothing.
        reason: CallReason,
        /// When the next one rings.
        ring_at: Moment,
        /// After this it must not ring.
        expires_at: Moment,
        /// Its number, from 1.
        try_no: i32,
    },
    /// The vendor says that the phone rings.
    Ringing,
    /// A device picked up.
    Answered {
        /// Which.
        by: DeviceId,
        /// When.
        at: Moment,
    },
    /// They talk.
    InProgress {
        /// Since when.
        since: Moment,
        /// When it was picked up, if the host learns it only now.
        answered_at: Option<Moment>,
        /// When the provider is asked what became of it, if nobody says so before.
        check_at: Option<Moment>,
    },
    /// They have talked.
    Completed(Talk),
    /// There was no talk.
    Over {
        /// Why: it also says which outcome this is.
        reason: CallReason,
        /// When.
        at: Moment,
    },
}

/// A talk that is over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Talk {
    /// When it was picked up, if that is learnt only now.
    pub answered_at: Option<Moment>,
    /// When it began, if that is learnt only now.
    pub joined_at: Option<Moment>,
    /// When it ended.
    pub ended_at: Moment,
    /// How long it lasted, when somebody has said so.
    pub duration_s: Option<i32>,
    /// Whether nothing was said in it.
    pub is_silent: bool,
    /// When the provider is asked for what is missing; `None` when nothing is.
    pub check_at: Option<Moment>,
}

impl CallStep {
    /// The state that is entered.
    pub fn state(&self) -> CallState {
        match self {
            Self::Queued { .. } => CallState::Queued,
            Self::Ringing => CallState::Ringing,
            Self::Answered { .. } => CallState::Answered,
            Self::InProgress { .. } => CallState::InProgress,
            Self::Completed(_) => CallState::Completed,
            Self::Over { reason, .. } => reason.outcome(),
        }
    }

    /// Why, where the state has a reason.
    pub fn reason(&self) -> Option<CallReason> {
        match self {
            Self::Queued { reason, .. } | Self::Over { reason, .. } => Some(*reason),
            Self::Completed(talk) => talk.is_silent.then_some(CallReason::AnsweredSilent),
            Self::Ringing | Self::Answered { .. } | Self::InProgress { .. } => None,
        }
    }
}
