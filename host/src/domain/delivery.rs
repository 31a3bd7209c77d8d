//! Short notices to a person's telephone or device, and what became of them. A notifier's verdicts are those of a channel.

use super::word::word_enum;
use super::{Moment, NoticeId};

/// A few words for one person, without anything of anybody's health.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Its id, the same when it is repeated.
    pub id: NoticeId,
    /// Phone number in E.164, or push address.
    pub to: String,
    /// BCP 47 tag of the reader's language, in which the texts are.
    pub language: String,
    /// What it is about.
    pub title: String,
    /// What it says.
    pub text: String,
    /// The page that tells the rest; empty when there is none.
    pub link: String,
    /// Where the vendor may tell what became of it; empty when nobody listens there.
    pub callback_url: String,
    /// After this it is of no use.
    pub expires_at: Moment,
}

/// What became of a notice that the vendor took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is on the reader's device, as far as the vendor knows.
    Delivered,
    /// It will not be delivered; why.
    Failed(String),
    /// Nothing will ever be delivered there; why.
    Gone(String),
    /// It will not be delivered, and only the operator can mend that; how.
    Misconfigured(String),
}

word_enum! {
    /// How far a text message got.
    TextState {
        /// It is to be sent.
        Waiting = "waiting",
        /// A host sends it just now, or died while it did.
        Leaving = "leaving",
        /// The vendor took it.
        Sent = "sent",
        /// It is on the reader's telephone.
        Delivered = "delivered",
        /// It was not delivered.
        Failed = "failed",
        /// It may have been sent; it is not sent again.
        Unknown = "unknown",
        /// Nobody needed it any more.
        Dropped = "dropped",
    }
}

impl TextState {
    /// The states of which the vendor may still tell what became of it.
    pub const UNDER_WAY: [Self; 3] = [Self::Leaving, Self::Sent, Self::Unknown];
}

/// One vendor's word of one notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What the verdict gave as the reference.
    pub reference: String,
    /// What became of it.
    pub fate: Fate,
}

/// A verified callback, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallbackReading {
    /// What became of notices.
    Deliveries(Vec<Delivery>),
    /// Understood, and of no use; the event's name.
    Ignored(String),
    /// Not understood; why.
    Unreadable(String),
}
