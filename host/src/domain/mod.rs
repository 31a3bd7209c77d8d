//! The words of the house: ids, moments, states and what crosses the plugin border.
//! No I/O, no async. Everyone may use it; it uses nobody.

pub mod alert;
pub mod attempt;
pub mod calendar;
pub mod call;
pub mod conversation;
pub mod delivery;
pub mod device;
pub mod digest;
pub mod id;
pub mod manifest;
pub mod moment;
pub mod notice;
pub mod number;
pub mod people;
pub mod plugin_health;
pub mod provisioning;
pub mod quiet;
pub mod records;
pub mod ring;
pub mod schedule;
pub mod summary;
#[cfg(test)]
mod tests;
pub(crate) mod word;
pub mod zone;

pub use alert::{AlertKind, AlertState, Fault, WebhookState};
pub use attempt::{AttemptState, AttemptStep, Ending, Receipt};
pub use call::{AnotherTry, CallMethod, CallReason, CallState, CallStep, Talk};
pub use conversation::{
    Collected, Conversation, ConversationOutcome, Finding, Join, Session, SessionRequest, Severity, Speaker, Turn,
    WebhookReading,
};
pub use delivery::{CallbackReading, Delivery, Fate, Notice, TextState};
pub use device::{DevicePlatform, DeviceState};
pub use digest::{Basis, Digest, DigestPart, Evening, Gap, GapCause, Place, WeekCall, WeekMaterial};
pub use id::{
    AccountId, AlertId, AttemptId, CallId, CalleeId, DeviceId, FamilyId, FamilyMessageId, GroupId, JobId, NodeId,
    NoticeBrowserId, NoticeId, PairingId, PauseId, PushAddressId, SessionId, SlotId, TimelineId, WebhookId,
};
pub use moment::Moment;
pub use notice::{NoticeEvent, NoticeWay};
pub use number::{LineKind, NumberFacts};
pub use people::{LinkPurpose, Locale, Role, StaffRole};
pub use plugin_health::{PluginHealth, PluginRest, PluginState, Quantiles};
pub use provisioning::{Change, Provisioned, Wanted, WantedSetting};
pub use quiet::QuietHours;
pub use records::{Audio, Erasure};
pub use ring::{Inspection, Ring, RingPhase, RingRef, Verdict};
pub use summary::{Block, BlockKind, Material, Rendering};
