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
