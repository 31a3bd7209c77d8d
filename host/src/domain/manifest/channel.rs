//! The `[channel]` section of a manifest: what a channel reaches, and when it wants its rings. The pipeline asks; it
//! calls nobody.

use serde::{Deserialize, Serialize};

use super::DataKind;
use crate::domain::DevicePlatform;
use crate::domain::word::word_enum;

/// What a channel reaches, and when it wants its rings.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ChannelSection {
    /// What is rung. Of several loaded channels for numbers the first by id rings.
    pub(super) reaches: ReachWord,
    /// Of which platform, when devices are rung; only then.
    pub(super) platform: Option<DevicePlatform>,
    /// When `ring` is called.
    pub submits: Submits,
}

word_enum! {
    /// The manifest's word for what a channel reaches.
    ReachWord {
        /// A paired device.
        Device = "device",
        /// A phone number.
        Number = "number",
    }
}

impl ReachWord {
    /// What a ring's address is: without it nothing can ring.
    pub(super) fn address(self) -> DataKind {
        match self {
            Self::Device => DataKind::PushAddress,
            Self::Number => DataKind::PhoneNumber,
        }
    }
}

/// What a channel reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaches {
    /// A paired device of this platform.
    Device(DevicePlatform),
    /// A phone number.
    Number,
}

word_enum! {
    /// When a channel wants its rings.
    Submits {
        /// When it is to ring.
        Moment = "moment",
        /// As soon as the call is queued, minutes before: the vendor keeps the schedule `ring-at-ms`, and `inspect` is
        /// a must.
        Ahead = "ahead",
    }
}

/// What the pipeline must know of a loaded channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelInfo {
    /// The channel's id.
    pub id: String,
    /// What it reaches.
    pub reaches: Reaches,
    /// When it wants its rings.
    pub submits: Submits,
    /// The plugin's version.
    pub version: String,
    /// It asks for what the agent is told of the callee.
    pub is_told: bool,
}

impl ChannelSection {
    /// What it reaches; `None` where the manifest's check would have refused it.
    pub(super) fn reaches(self) -> Option<Reaches> {
        match (self.reaches, self.platform) {
            (ReachWord::Number, _) => Some(Reaches::Number),
            (ReachWord::Device, platform) => Some(Reaches::Device(platform?)),
        }
    }
}
