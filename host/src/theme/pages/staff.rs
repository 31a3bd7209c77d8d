//! The staff's page: is the installation well, and what needs a person.

use serde::Serialize;

use super::super::samples::{NOW, call};
use super::super::{CallLine, CallMark, Page, PluginMark, When};
use crate::domain::manifest::PluginKind;
use crate::domain::{Moment, WebhookId};
use uuid::Uuid;

/// How much there is of everything.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Counts {
    /// Families.
    pub families: u64,
    /// Callees with a schedule that is on.
    pub callees: u64,
    /// Devices that ring.
    pub devices: u64,
    /// Calls promised today (UTC).
    pub calls_today: u64,
    /// Of them, those answered.
    pub answered_today: u64,
    /// Jobs that wait or run.
    pub jobs_waiting: u64,
    /// Jobs that failed after all tries.
    pub jobs_failed: u64,
}

/// A webhook that waits for a person.
#[derive(Clone, Debug, Serialize)]
pub struct ParkedLine {
    /// The event.
    pub id: WebhookId,
    /// When it came.
    pub at: Moment,
    /// Which provider sent it.
    pub provider: String,
    /// Its event's name.
    pub event: Option<String>,
    /// The provider's id of the conversation.
    pub provider_ref: Option<String>,
    /// Why it waits: `unknown_call`, or the plugin's own words.
    pub note: Option<String>,
}

/// A plugin.
#[derive(Clone, Debug, Serialize)]
pub struct PluginLine {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What it does.
    pub kind: PluginKind,
    /// Where it stands.
    pub mark: PluginMark,
    /// Who kept failing, until a call has shown that it is well again.
    pub rest: Option<RestLine>,
    /// What was found, in the plugin's words; may be empty.
    pub note: String,
}

/// A plugin that is left alone for a while, or a vendor of its.
#[derive(Clone, Debug, Serialize)]
pub struct RestLine {
    /// The vendor's origin; none when it is the plugin itself.
    pub vendor: Option<String>,
    /// When it began.
    pub since: When,
    /// Until when nothing is tried.
    pub until: When,
}

/// What the operator must mend that is in no loaded plugin.
#[derive(Clone, Debug, Serialize)]
pub struct TroubleLine {
    /// What it is about.
    pub about: String,
    /// What is wrong, in words for the operator.
    pub reason: String,
    /// When it was first seen.
    pub at: Moment,
}

/// `/staff`.
#[derive(Clone, Debug, Serialize)]
pub struct StaffPage {
    /// How much there is of everything.
    pub counts: Counts,
    /// Calls that went wrong and that somebody should look at; without names of what was said.
    pub attention: Vec<CallLine>,
    /// What the operator must mend.
    pub troubles: Vec<TroubleLine>,
    /// Webhooks that wait.
    pub parked: Vec<ParkedLine>,
    /// The plugins.
    pub plugins: Vec<PluginLine>,
}

impl Page for StaffPage {
    const TEMPLATE: &'static str = "staff";

    fn samples() -> Vec<Self> {
        let plugin = |id: &str, kind, mark, note: &str| PluginLine {
            id: id.to_owned(),
            version: "1.0.0".to_owned(),
            kind,
            mark,
            rest: None,
            note: note.to_owned(),
        };
        let rest = |vendor: Option<&str>, until_s| {
            let when = |after_s| When::new(NOW.plus_secs(after_s), "Europe/London");
            Some(RestLine { vendor: vendor.map(str::to_owned), since: when(-400), until: when(until_s) })
        };
        let full = Self {
            counts: Counts {
                families: 42,
                callees: 51,
                devices: 33,
                calls_today: 118,
                answered_today: 97,
                jobs_waiting: 4,
                jobs_failed: 1,
            },
            attention: vec![call(21, -40, CallMark::Failed), call(22, -90, CallMark::Expired)],
            troubles: vec![TroubleLine {
                about: "plugins".to_owned(),
                reason: "no channel plugin is switched on for a device".to_owned(),
                at: NOW.plus_secs(-3_000),
            }],
            parked: vec![ParkedLine {
                id: WebhookId(Uuid::from_u128(7)),
                at: NOW.plus_secs(-1_800),
                provider: "elevenlabs".to_owned(),
                event: Some("post_call_transcription".to_owned()),
                provider_ref: Some("conv_01hzx3k9".to_owned()),
                note: Some("unknown_call".to_owned()),
            }],
            plugins: vec![
                plugin("apns-voip", PluginKind::Channel, PluginMark::Problem, "The key was refused."),
                plugin("elevenlabs", PluginKind::Provider, PluginMark::Well, ""),
                PluginLine {
                    rest: rest(Some("https://fcm.googleapis.com"), 240),
                    ..plugin("fcm", PluginKind::Channel, PluginMark::Resting, "")
                },
                PluginLine {
                    rest: rest(None, -10),
                    ..plugin("family-summary", PluginKind::Renderer, PluginMark::Struggling, "")
                },
                plugin("twilio-batch", PluginKind::Channel, PluginMark::Unchecked, ""),
            ],
        };
        let empty = Self {
            counts: Counts::default(),
            attention: Vec::new(),
            troubles: Vec::new(),
            parked: Vec::new(),
            plugins: Vec::new(),
        };
        vec![full, empty]
    }
}
