//! What the pipeline says to a channel, and what a channel answers.

use serde::{Deserialize, Serialize};

use super::{AttemptId, CallId, CalleeId, FamilyId, GroupId, Moment};

/// One device or number to ring.
#[derive(Clone, Debug)]
pub struct Ring {
    /// The ring attempt: what a device knows the ring by. It drops one that it has rung for.
    pub attempt: AttemptId,
    /// The promise that the attempt serves.
    pub call: CallId,
    /// Rings that are submitted together, stable over repeats.
    pub group: GroupId,
    /// The callee's family.
    pub family: FamilyId,
    /// Who is rung.
    pub callee: CalleeId,
    /// Push address, or phone number in E.164.
    pub address: String,
    /// `production`, `sandbox` or empty.
    pub environment: String,
    /// When it rings.
    pub ring_at: Moment,
    /// Nothing may ring after this.
    pub expires_at: Moment,
    /// BCP 47 tag of the callee's language.
    pub language: String,
    /// IANA zone of the callee.
    pub zone: String,
    /// What the agent is told: names and values.
    pub variables: Vec<(String, String)>,
}

/// A ring that was submitted before.
#[derive(Clone, Debug)]
pub struct RingRef {
    /// The ring attempt.
    pub attempt: AttemptId,
    /// Its call.
    pub call: CallId,
    /// Its group.
    pub group: GroupId,
    /// Push address or phone number.
    pub address: String,
    /// `production`, `sandbox` or empty.
    pub environment: String,
    /// When it was to ring.
    pub ring_at: Moment,
    /// What [`Verdict::Accepted`] gave, unless the verdict was never learnt.
    pub reference: Option<String>,
}

/// What became of one ring at the vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The vendor took it; its reference, when it gives one.
    Accepted(Option<String>),
    /// The vendor took it, in another of its environments than the ring named.
    AcceptedIn {
        /// `production` or `sandbox`.
        environment: String,
        /// Its reference, when it gives one.
        reference: Option<String>,
    },
    /// The address is dead: never use it again.
    Gone(String),
    /// The address was dead at a moment; the device may have registered it again since.
    GoneSince {
        /// When the vendor last knew it to be dead, on the vendor's clock.
        since: Moment,
        /// Why.
        reason: String,
    },
    /// Refused; it did not ring and a repeat does not help.
    Refused(String),
    /// It did not ring; try again after so many milliseconds.
    Retry {
        /// How long to wait.
        after_ms: u32,
        /// Why.
        reason: String,
    },
    /// It may have rung.
    Unknown(String),
    /// It did not ring; the operator must act.
    Misconfigured(String),
}

impl Verdict {
    /// Whether the vendor took it, in whichever environment.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_) | Self::AcceptedIn { .. })
    }

    /// The vendor's reference, if it took the ring and gave one.
    pub fn reference(&self) -> Option<&str> {
        match self {
            Self::Accepted(reference) | Self::AcceptedIn { reference, .. } => reference.as_deref(),
            _ => None,
        }
    }
}

/// How far a submitted ring got at the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RingPhase {
    /// The vendor certainly never got it.
    Absent,
    /// Taken, not dialled yet.
    Waiting,
    /// The phone rings.
    Ringing,
    /// Picked up.
    Talking,
    /// Over, after a talk.
    Completed,
    /// A machine picked up.
    Voicemail,
    /// Busy, no answer, or a failure.
    Failed,
    /// Taken back.
    Canceled,
    /// The vendor said something that the plugin does not know.
    Unknown,
}

/// What the vendor knows of a submitted ring.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The ring attempt.
    pub attempt: AttemptId,
    /// How far it got.
    pub phase: RingPhase,
    /// The vendor's reference of the submission.
    pub reference: Option<String>,
    /// The vendor's id of this ring within the submission.
    pub recipient: Option<String>,
    /// The provider's conversation id, once there is one.
    pub conversation: Option<String>,
}
