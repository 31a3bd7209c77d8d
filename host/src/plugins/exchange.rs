//! One call of an export as plain data: what goes in, what comes out. Everything that looks at calls rather than makes
//! them (the record, the replay, the conformance kit, the trace) speaks these words.

use serde::{Deserialize, Serialize};

use super::border::{channel, provider, renderer, types};
use crate::domain::manifest::PluginKind;
use crate::domain::word::word_enum;

/// The records and variants of `plugin.wit`, under their own names.
pub mod wit {
    pub use super::channel::exports::callpanion::plugin::channel::{
        CancelStep, InspectStep, Inspection, RingAttempt, RingPhase, RingRef, RingStep, Verdict,
    };
    pub use super::provider::exports::callpanion::plugin::provider::{
        CheckStep, Collected, Conversation, ConversationOutcome, FetchStep, Finding, Session, SessionRequest,
        SessionStep, Severity, Speaker, Turn, Webhook,
    };
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
    /// The functions of the three worlds that a host calls for a call's sake.
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
        /// A provider looks whether everything is set up.
        Check = "check",
        /// A renderer makes reading matter.
        Render = "render",
    }
}

impl Export {
    /// The kind of plugin that has this function.
    pub fn kind(self) -> PluginKind {
        match self {
            Self::Ring | Self::Cancel | Self::Inspect => PluginKind::Channel,
            Self::OpenSession | Self::ReadWebhook | Self::FetchSession | Self::Check => PluginKind::Provider,
            Self::Render => PluginKind::Renderer,
        }
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
        }
    }

    /// What the context of such a call says beyond the record of 1.0.0.
    pub(super) fn extra(&self) -> Vec<(String, String)> {
        match self {
            Self::Ring(_) => vec![(VERDICTS.to_owned(), format!("{ACCEPTED_IN} {GONE_SINCE}"))],
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
}

/// All that varies between two runs of an export with the same input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Time, language, settings, entropy.
    pub context: wit::Context,
    /// What became of every request that the earlier runs of this call asked for, in their order.
    pub answers: Vec<wit::Answer>,
}
