//! Calls: one promise to talk, and the states it may pass through.

mod reason;
mod step;

pub use self::reason::{AnotherTry, CallReason};
pub use self::step::{CallStep, Talk};
use super::word::word_enum;

word_enum! {
    /// How a callee is reached.
    CallMethod {
        /// The ordinary phone, dialled by the vendor.
        Phone = "phone",
        /// A paired device that rings by push.
        App = "app",
    }
}

word_enum! {
    /// Where a call stands. The first four are open, the others are outcomes.
    CallState {
        /// Promised, and prepared to ring.
        Queued = "queued",
        /// The phone rings, or should.
        Ringing = "ringing",
        /// Picked up; the talk has not begun.
        Answered = "answered",
        /// They talk.
        InProgress = "in_progress",
        /// They have talked.
        Completed = "completed",
        /// Nobody picked up.
        Missed = "missed",
        /// The callee declined.
        Declined = "declined",
        /// A machine picked up.
        Voicemail = "voicemail",
        /// The line was busy.
        Busy = "busy",
        /// It went wrong; the reason says how.
        Failed = "failed",
        /// Taken back before the answer.
        Canceled = "canceled",
        /// It could not start in its ring window; the reason says why.
        Expired = "expired",
    }
}

impl CallState {
    /// The states in which the promise is not settled.
    pub const OPEN: [Self; 4] = [Self::Queued, Self::Ringing, Self::Answered, Self::InProgress];

    /// Whether the call has come to its outcome.
    pub fn is_outcome(self) -> bool {
        !Self::OPEN.contains(&self)
    }

    /// Whether a call may go from here to `next`.
    ///
    /// An outcome is final.
    pub fn may_become(self, next: Self) -> bool {
        use CallState as S;
        // A vendor may report the end of a phone call whose ringing and answer were never seen.
        let reported = matches!(next, S::Completed | S::Missed | S::Voicemail | S::Busy | S::Failed);
        match self {
            S::Queued => {
                reported
                    || matches!(next, S::Ringing | S::Answered | S::InProgress | S::Canceled | S::Expired | S::Declined)
            }
            S::Ringing => {
                reported || matches!(next, S::Queued | S::Answered | S::InProgress | S::Declined | S::Canceled)
            }
            S::Answered => reported || matches!(next, S::Queued | S::InProgress),
            S::InProgress => reported,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CallState;

    #[test]
    fn an_outcome_is_final() {
        for &outcome in CallState::ALL.iter().filter(|state| state.is_outcome()) {
            for &next in CallState::ALL {
                assert!(!outcome.may_become(next), "{outcome} must not become {next}");
            }
        }
    }

    #[test]
    fn every_open_state_leads_to_an_outcome() {
        for open in CallState::OPEN {
            assert!(CallState::ALL.iter().any(|&next| next.is_outcome() && open.may_become(next)), "{open} is a trap");
        }
    }
}
