//! Alerts and webhook events: what a person, or the staff, must look at.

use super::word::word_enum;

word_enum! {
    /// Why an alert was opened.
    AlertKind {
        /// Something said in a talk that a person must look at.
        Said = "said",
        /// Nobody picked up, after all tries.
        Missed = "missed",
        /// A call could not be made.
        CallFailed = "call_failed",
        /// The callee has no device that can ring.
        NoDevice = "no_device",
        /// The operator must act: a key, an agreement, credit.
        Misconfigured = "misconfigured",
        /// A new version of a plugin was not taken; the old one serves on.
        NotReplaced = "not_replaced",
        /// Talks had to be fetched: no webhook told of them.
        WebhooksMissing = "webhooks_missing",
        /// A plugin or its vendor kept failing, and is left alone for a while.
        Resting = "resting",
        /// Letters cannot be sent.
        MailFailing = "mail_failing",
    }
}

word_enum! {
    /// What does not work until the operator has mended it.
    Fault {
        /// A vendor refuses calls over a channel.
        Ringing = "ringing",
        /// A vendor does not tell what became of calls.
        LookingUp = "looking_up",
        /// A vendor does not take calls back.
        TakingBack = "taking_back",
        /// A provider opens no conversations.
        Talking = "talking",
        /// A provider does not give the talks of which no webhook told.
        Fetching = "fetching",
        /// A renderer writes no summaries.
        Summarising = "summarising",
        /// A renderer tells of no weeks.
        Digesting = "digesting",
        /// No channel plugin is on for what a callee has.
        NoChannel = "no_channel",
        /// The channel of a ring is not loaded.
        NotLoaded = "not_loaded",
        /// Addresses are sealed with a key that is not there.
        Sealed = "sealed",
        /// A new version of a plugin was not taken; the old one serves on.
        NotReplaced = "not_replaced",
        /// Talks had to be fetched: no webhook told of them.
        WebhooksMissing = "webhooks_missing",
        /// Letters cannot be sent.
        Mail = "mail",
        /// A vendor sends no text messages.
        Texting = "texting",
        /// A vendor does not tell what is behind a phone number.
        NumberFacts = "number_facts",
        /// Push services take no notices.
        Pushing = "pushing",
        /// A provider's check finds that something is not set up as calls need it.
        SetUp = "set_up",
    }
}

impl Fault {
    /// The kind of the alert that tells of it.
    pub const fn kind(self) -> AlertKind {
        match self {
            Self::NotReplaced => AlertKind::NotReplaced,
            Self::WebhooksMissing => AlertKind::WebhooksMissing,
            Self::Mail => AlertKind::MailFailing,
            Self::Ringing
            | Self::LookingUp
            | Self::TakingBack
            | Self::Talking
            | Self::Fetching
            | Self::Summarising
            | Self::Digesting
            | Self::NoChannel
            | Self::NotLoaded
            | Self::Sealed
            | Self::Texting
            | Self::NumberFacts
            | Self::Pushing
            | Self::SetUp => AlertKind::Misconfigured,
        }
    }

    /// Whether a plugin or its vendor says what is wrong: other words are another trouble.
    pub const fn is_told_by_plugin(self) -> bool {
        matches!(
            self,
            Self::Ringing
                | Self::LookingUp
                | Self::TakingBack
                | Self::Talking
                | Self::Fetching
                | Self::Summarising
                | Self::Digesting
                | Self::Texting
                | Self::NumberFacts
                | Self::Pushing
                | Self::SetUp
        )
    }
}

word_enum! {
    /// Where an alert stands.
    AlertState {
        /// Nobody has looked.
        Open = "open",
        /// Someone looks after it.
        Acknowledged = "acknowledged",
        /// Done.
        Closed = "closed",
    }
}

word_enum! {
    /// Where a stored webhook stands.
    WebhookState {
        /// Verified and stored; not yet thought about.
        Received = "received",
        /// Its call has it.
        Applied = "applied",
        /// Verified, and of no call that we know; the staff sees it.
        Parked = "parked",
        /// Of no use to us.
        Ignored = "ignored",
    }
}
