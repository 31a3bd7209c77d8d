//! Ids: UUIDv7 in a newtype each, so that a call's id can never stand where a callee's is wanted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares one id newtype.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id, later than every id made before it on this machine.
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

id! {
    /// A login.
    AccountId;
    /// A signed-in browser.
    SessionId;
    /// A household: the unit of isolation.
    FamilyId;
    /// The person who is rung.
    CalleeId;
    /// One of a callee's up to three times a day.
    SlotId;
    /// A time without scheduled calls.
    PauseId;
    /// A paired phone, tablet or browser.
    DeviceId;
    /// Where a channel reaches a device.
    PushAddressId;
    /// An issued pairing code.
    PairingId;
    /// One promise to talk.
    CallId;
    /// One try to reach one device or number.
    AttemptId;
    /// Rings that are submitted to a vendor together.
    GroupId;
    /// One stored inbound webhook.
    WebhookId;
    /// Something a person must look at.
    AlertId;
    /// A piece of queued work.
    JobId;
    /// A short notice to one person.
    NoticeId;
    /// A browser in which somebody wants to be told.
    NoticeBrowserId;
    /// What a family leaves to be told.
    FamilyMessageId;
    /// A line of a call's timeline.
    TimelineId;
    /// One running host process.
    NodeId;
}
