//! One call of an export as plain data: what goes in, what comes out. Everything that looks at calls rather than makes
//! them (the record, the replay, the conformance kit, the trace) speaks these words.

use serde::{Deserialize, Serialize};

use super::border::{
    channel, digest_renderer, notifier, number_lookup, provider, provisioning, records, renderer, types,
};
use crate::domain::manifest::{Also, Manifest, PluginKind};
use crate::domain::word::word_enum;

/// The records and variants of `plugin.wit` and of what later versions added, under their own names.
pub mod wit {
    pub use super::channel::exports::callpanion::plugin::channel::{
        CancelStep, InspectStep, Inspection, RingAttempt, RingPhase, RingRef, RingStep, Verdict,
    };
    pub use super::digest_renderer::exports::callpanion::plugin1_2_0::digest_renderer::{
        Basis, CallOutcome, CallPart, Digest, DigestPart, Gap, GapCause, PartKind, Place, WeekCall, WeekMaterial,
    };
    pub use super::notifier::exports::callpanion::plugin1_2_0::notifier::{Callback, Fate, Notice, Receipt};
    pub use super::number_lookup::exports::callpanion::plugin1_2_0::number_lookup::{LineKind, NumberFacts};
    pub use super::provider::exports::callpanion::plugin::provider::{
        CheckStep, Collected, Conversation, ConversationOutcome, FetchStep, Finding, Session, SessionRequest,
        SessionStep, Severity, Speaker, Turn, Webhook,
    };
    pub use super::provisioning::exports::callpanion::plugin1_2_0::provisioning::{
        Change, Provisioned, Setting, Wanted,
    };
    pub use super::records::exports::callpanion::plugin1_2_0::records::{Audio, Erasure};
    pub use super::renderer::callpanion::plugin::provider as shared;
    pub use super::renderer::exports::callpanion::plugin::renderer::{Block, BlockKind, Material, Rendering};
    pub use super::types::{Answer, Body, Context, Description, Failure, Request, Response};
}

/// The name under which a channel's context says which `other` verdicts the host understands, so that none is used that
/// an older host would take for a refusal.
pub(super) const VERDICTS: &str = "verdicts";
/// The vendor took it, in another of its environments: `<environment>`, or `<environment> <reference>`.
pub(super) const ACCEPTED_IN: &str = "accepted-in";
/// The vendor knew the address to be dead at a moment: `<milliseconds since 1970> <why>`.
pub(super) const GONE_SINCE: &str = "gone-since";

word_enum! {
    /// The functions of all worlds, but for `describe`.
    Export {
        /// A channel rings.
        Ring = "ring",
        /// A channel takes rings back.
        Cancel = "cancel",
        /// A channel asks its vendor what became of rings.
        Inspect = "inspect",
        /// A provider opens a conversation.
        OpenSession = "open-session",
        /// A provider reads a verified webhook.
        ReadWebhook = "read-webhook",
        /// A provider fetches a conversation.
        FetchSession = "fetch-session",
        /// A provider, or a channel or notifier with `channel-check`, looks whether everything is set up.
        Check = "check",
        /// A renderer makes reading matter.
        Render = "render",
        /// A provider with `records` gets a recording.
        FetchAudio = "fetch-audio",
        /// A provider with `records` removes what is kept of a conversation.
        Erase = "erase",
        /// A provider with `provisioning` compares the vendor's side with what is wanted.
        Plan = "plan",
        /// A provider with `provisioning` sets it up.
        Apply = "apply",
        /// A notifier tells people.
        Notify = "notify",
        /// A notifier reads a verified callback.
        ReadCallback = "read-callback",
        /// A channel or notifier with `number-lookup` looks up a number.
        LookUp = "look-up",
        /// A renderer with `digest-renderer` makes the reading matter of a week.
        RenderDigest = "render-digest",
    }
}

impl Export {
    /// The kind of plugin that always has this function.
    pub fn kind(self) -> Option<PluginKind> {
        match self {
            Self::Ring | Self::Cancel | Self::Inspect => Some(PluginKind::Channel),
            Self::OpenSession | Self::ReadWebhook | Self::FetchSession | Self::Check => Some(PluginKind::Provider),
            Self::Render => Some(PluginKind::Renderer),
            Self::Notify | Self::ReadCallback => Some(PluginKind::Notifier),
            Self::FetchAudio | Self::Erase | Self::Plan | Self::Apply | Self::LookUp | Self::RenderDigest => None,
        }
    }

    /// The interface beside a kind that has it.
    pub fn also(self) -> Option<Also> {
        match self {
            Self::Check => Some(Also::ChannelCheck),
            Self::FetchAudio | Self::Erase => Some(Also::Records),
            Self::Plan | Self::Apply => Some(Also::Provisioning),
            Self::LookUp => Some(Also::NumberLookup),
            Self::RenderDigest => Some(Also::DigestRenderer),
            _ => None,
        }
    }

    /// Whether a plugin of this manifest has it.
    pub fn is_of(self, manifest: &Manifest) -> bool {
        self.kind() == Some(manifest.kind) || self.also().is_some_and(|also| manifest.has(also))
    }
}

/// What an export is called with, beside the context and the answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the variants are the functions of plugin.wit, and so are their fields")]
pub enum Input {
    Ring(Vec<wit::RingAttempt>),
    Cancel(Vec<wit::RingRef>),
    Inspect(Vec<wit::RingRef>),
    OpenSession(wit::SessionRequest),
    ReadWebhook { headers: Vec<(String, String)>, body: Vec<u8> },
    FetchSession(String),
    Check,
    Render(wit::Material),
    FetchAudio(String),
    Erase(String),
    Plan(wit::Wanted),
    Apply(wit::Wanted),
    Notify(Vec<wit::Notice>),
    ReadCallback { headers: Vec<(String, String)>, body: Vec<u8> },
    LookUp(String),
    RenderDigest(wit::WeekMaterial),
}

impl Input {
    /// The function that takes this.
    pub fn export(&self) -> Export {
        match self {
            Self::Ring(_) => Export::Ring,
            Self::Cancel(_) => Export::Cancel,
            Self::Inspect(_) => Export::Inspect,
            Self::OpenSession(_) => Export::OpenSession,
            Self::ReadWebhook { .. } => Export::ReadWebhook,
            Self::FetchSession(_) => Export::FetchSession,
            Self::Check => Export::Check,
            Self::Render(_) => Export::Render,
            Self::FetchAudio(_) => Export::FetchAudio,
            Self::Erase(_) => Export::Erase,
            Self::Plan(_) => Export::Plan,
            Self::Apply(_) => Export::Apply,
            Self::Notify(_) => Export::Notify,
            Self::ReadCallback { .. } => Export::ReadCallback,
            Self::LookUp(_) => Export::LookUp,
            Self::RenderDigest(_) => Export::RenderDigest,
        }
    }

    /// What the context of such a call says beyond the record of 1.0.0.
    pub(super) fn extra(&self) -> Vec<(String, String)> {
        match self {
            Self::Ring(_) | Self::Notify(_) => vec![(VERDICTS.to_owned(), format!("{ACCEPTED_IN} {GONE_SINCE}"))],
            _ => Vec::new(),
        }
    }
}

/// What an export returned: requests to send, a failure, or its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the results of the functions of plugin.wit")]
pub enum Output {
    Request(Vec<wit::Request>),
    Failed(wit::Failure),
    Rung(Vec<wit::Verdict>),
    Canceled(Vec<bool>),
    Inspected(Vec<wit::Inspection>),
    Session(wit::Session),
    Webhook(wit::Webhook),
    Fetched(Option<wit::Conversation>),
    Checked(Vec<wit::Finding>),
    Rendered(wit::Rendering),
    Audio(Option<wit::Audio>),
    Erased(wit::Erasure),
    Planned(Vec<wit::Change>),
    Applied(wit::Provisioned),
    Notified(Vec<wit::Verdict>),
    Callback(wit::Callback),
    LookedUp(wit::NumberFacts),
    Digested(wit::Digest),
}

/// All that varies between two runs of an export with the same input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Time, language, settings, entropy.
    pub context: wit::Context,
    /// What became of every request that the earlier runs of this call asked for, in their order.
    pub answers: Vec<wit::Answer>,
}
