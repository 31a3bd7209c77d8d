//! Ring attempts: one try to ring one device or number, and the steps it may take.

use super::Moment;
use super::word::word_enum;

word_enum! {
    /// How far one try to ring one device or number got.
    AttemptState {
        /// Recorded and prepared; not sent.
        Armed = "armed",
        /// Handed to the vendor; its reply is not known yet.
        Sent = "sent",
        /// The vendor took it.
        Accepted = "accepted",
        /// The device or the vendor says that it rang.
        Rang = "rang",
        /// The address is dead.
        Gone = "gone",
        /// It did not ring.
        Failed = "failed",
        /// It may have rung; being looked up.
        Unknown = "unknown",
        /// Its call was settled or taken back.
        Closed = "closed",
    }
}

impl AttemptState {
    /// The states from which something may still follow.
    pub const OPEN: [Self; 5] = [Self::Armed, Self::Sent, Self::Accepted, Self::Rang, Self::Unknown];
}

/// What an attempt becomes, with all that its new state carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptStep {
    /// It is to be handed over once more, by whichever host is there by then.
    Armed {
        /// When.
        at: Moment,
        /// What was in the way, in the vendor's or the plugin's words; `None` when nothing was.
        why: Option<String>,
        /// How often it was handed over.
        sends: i32,
        /// When it was last handed over, if it was since it was armed.
        sent_at: Option<Moment>,
    },
    /// The vendor took it.
    Accepted {
        /// When, if that is learnt now.
        at: Option<Moment>,
        /// When the vendor is asked what became of it.
        look_at: Option<Moment>,
        /// What the vendor knows it by.
        receipt: Receipt,
    },
    /// The vendor took it, and a repeat of it came to nothing: it rings as before.
    StillAccepted(Ending),
    /// It rang, or rings.
    Rang {
        /// When, if that is learnt now.
        at: Option<Moment>,
        /// When the vendor took it, if that is learnt now.
        accepted_at: Option<Moment>,
        /// When the vendor is asked what became of it.
        look_at: Option<Moment>,
        /// What the vendor knows it by.
        receipt: Receipt,
    },
    /// It may have rung, and the vendor is asked.
    Unknown {
        /// What was in the way; `None` leaves what is known.
        why: Option<String>,
        /// When the vendor is asked.
        look_at: Moment,
    },
    /// The address is dead.
    Gone(Ending),
    /// It did not ring.
    Failed(Ending),
    /// Its call was taken back.
    Closed {
        /// Why.
        why: String,
    },
}

/// How an attempt came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Why, in the vendor's or the plugin's words.
    pub why: String,
    /// How often it was handed over.
    pub sends: i32,
    /// When it was last handed over.
    pub sent_at: Option<Moment>,
}

/// What a vendor knows a ring by. What is `None` leaves what is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The submission.
    pub reference: Option<String>,
    /// The ring within the submission.
    pub recipient: Option<String>,
}

impl AttemptStep {
    /// The state that is entered.
    pub fn state(&self) -> AttemptState {
        match self {
            Self::Armed { .. } => AttemptState::Armed,
            Self::Accepted { .. } | Self::StillAccepted(_) => AttemptState::Accepted,
            Self::Rang { .. } => AttemptState::Rang,
            Self::Unknown { .. } => AttemptState::Unknown,
            Self::Gone(_) => AttemptState::Gone,
            Self::Failed(_) => AttemptState::Failed,
            Self::Closed { .. } => AttemptState::Closed,
        }
    }
}
