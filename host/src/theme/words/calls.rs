//! Words about calls: where one stands, why it ended so, and what is said of the talk.

use super::words;
use crate::domain::zone::DstNote;
use crate::domain::{CallReason, CallState};

words! {
    /// Where a call stands: the states of a call, and two marks for times that have no call.
    CallMark "mark" {
        /// Later.
        Planned = "planned",
        /// Will not happen.
        Skipped = "skipped",
        /// Prepared, a few minutes before its time.
        Queued = "queued",
        /// A phone rings.
        Ringing = "ringing",
        /// Picked up.
        Answered = "answered",
        /// They talk.
        InProgress = "in_progress",
        /// They talked.
        Completed = "completed",
        /// Picked up, and nothing was said.
        Unheard = "unheard",
        /// Nobody answered.
        Missed = "missed",
        /// The callee pressed decline.
        Declined = "declined",
        /// A machine picked up.
        Voicemail = "voicemail",
        /// The line was busy.
        Busy = "busy",
        /// It could not be placed.
        Failed = "failed",
        /// Taken back before the answer.
        Canceled = "canceled",
        /// Its time passed before it could ring.
        Expired = "expired",
    }

    /// One step of a call on the monitor.
    StepName "step" {
        /// Prepared.
        Queued = "queued",
        /// It rings.
        Ringing = "ringing",
        /// Picked up.
        Answered = "answered",
        /// They talk.
        Talking = "talking",
        /// Over.
        Done = "done",
    }

    /// How far a call is with one step.
    StepState "stepstate" {
        /// Behind it.
        Done = "done",
        /// In it.
        Now = "now",
        /// Not there yet.
        Ahead = "ahead",
        /// It ended before it got there.
        Never = "never",
    }

    /// One line of a call's timeline.
    TimelineStep "timeline" {
        /// The family asked for a call now.
        AskedFor = "asked_for",
        /// Prepared ahead of its time.
        Queued = "queued",
        /// A ring was sent.
        RingSent = "ring_sent",
        /// The vendor took the ring.
        RingAccepted = "ring_accepted",
        /// The phone should have said that it rings, and did not.
        NotAcknowledged = "not_acknowledged",
        /// The phone rang.
        Rang = "rang",
        /// The ring did not get through.
        RingFailed = "ring_failed",
        /// Another try is planned.
        RetryPlanned = "retry_planned",
        /// The family does not want it any more, and the vendor is asked to give it back.
        TakingBack = "taking_back",
        /// The vendor could not give it back.
        VendorKeeps = "vendor_keeps",
        /// It rings.
        Ringing = "ringing",
        /// Picked up.
        Answered = "answered",
        /// They talk.
        InProgress = "in_progress",
        /// They talked, and it is over.
        Completed = "completed",
        /// It is over, and nothing was said.
        Unheard = "unheard",
        /// Nobody answered.
        Missed = "missed",
        /// Declined.
        Declined = "declined",
        /// A machine picked up.
        Voicemail = "voicemail",
        /// The line was busy.
        Busy = "busy",
        /// It could not be placed.
        Failed = "failed",
        /// Taken back.
        Canceled = "canceled",
        /// Its time passed.
        Expired = "expired",
        /// What was said is stored.
        TranscriptStored = "transcript_stored",
        /// The summary is made.
        SummaryMade = "summary_made",
        /// An alert was opened.
        AlertOpened = "alert_opened",
        /// Something else.
        Other = "other",
    }

    /// What a part of a summary is about.
    BlockTitle "block" {
        /// The whole in one sentence.
        Headline = "headline",
        /// How the callee seemed.
        Mood = "mood",
        /// Something they talked about.
        Topic = "topic",
        /// Health.
        Health = "health",
        /// Meals.
        Meals = "meals",
        /// Sleep.
        Sleep = "sleep",
        /// Medicine.
        Medicine = "medicine",
        /// Company.
        Company = "company",
        /// A wish.
        Request = "request",
        /// Words worth keeping.
        Quote = "quote",
        /// Something to follow up.
        FollowUp = "follow_up",
        /// Look at this.
        Alarm = "alarm",
        /// A kind that this version does not know.
        Other = "other",
    }

    /// How far the summary of a call is.
    SummaryState "summary-state" {
        /// There is one.
        Ready = "ready",
        /// The talk is over, and the summary is being made.
        Pending = "pending",
        /// Nobody talked, so there is none.
        None = "none",
        /// It could not be made; the transcript is there.
        Failed = "failed",
    }

    /// Who spoke.
    Voice "voice" {
        /// The companion.
        Agent = "agent",
        /// The callee.
        Callee = "callee",
    }

    /// What a clock change does to an occurrence.
    ClockNote "clocknote" {
        /// The clock jumps over the time, so it rings later by the gap.
        Gap = "gap",
        /// The hour happens twice; it rings the first time.
        Fold = "fold",
        /// One of the two clocks changed since the occurrence before.
        Changed = "changed",
    }

    /// How mood went lately, against the time before.
    MoodTrend "trend" {
        /// Better.
        Up = "up",
        /// As usual.
        Same = "same",
        /// Worse.
        Down = "down",
        /// Too few calls to say.
        Unknown = "unknown",
    }

    /// How far insights look back.
    Span "span" {
        /// Four weeks.
        FourWeeks = "4w",
        /// Three months.
        ThreeMonths = "3m",
    }
}

impl CallMark {
    /// Where a call stands that stands in this state for this reason: one that was picked up is no talk if nothing was
    /// said in it.
    pub fn of_call(state: CallState, reason: Option<CallReason>) -> Self {
        match (state, reason) {
            (CallState::Completed, Some(CallReason::AnsweredSilent)) => Self::Unheard,
            (state, _) => state.into(),
        }
    }
}

impl From<CallState> for CallMark {
    fn from(state: CallState) -> Self {
        match state {
            CallState::Queued => Self::Queued,
            CallState::Ringing => Self::Ringing,
            CallState::Answered => Self::Answered,
            CallState::InProgress => Self::InProgress,
            CallState::Completed => Self::Completed,
            CallState::Missed => Self::Missed,
            CallState::Declined => Self::Declined,
            CallState::Voicemail => Self::Voicemail,
            CallState::Busy => Self::Busy,
            CallState::Failed => Self::Failed,
            CallState::Canceled => Self::Canceled,
            CallState::Expired => Self::Expired,
        }
    }
}

impl ClockNote {
    /// The note of an occurrence, if there is anything to say.
    pub const fn of_occurrence(note: DstNote) -> Option<Self> {
        match note {
            DstNote::None => None,
            DstNote::Gap => Some(Self::Gap),
            DstNote::Fold => Some(Self::Fold),
        }
    }
}
