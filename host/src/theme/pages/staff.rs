//! The staff's page: is the installation well, and what needs a person.

use serde::Serialize;

use super::super::samples::{NOW, at, call};
use super::super::{CallLine, CallMark, ErrorCode, Field, Page, PluginMark, When, ZoneChoices};
use crate::domain::manifest::PluginKind;
use crate::domain::{AlertId, Fault, Moment, WebhookId};
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

/// What the operator must mend.
#[derive(Clone, Debug, Serialize)]
pub struct TroubleLine {
    /// Its alert.
    pub id: AlertId,
    /// What it is about: a plugin, or a key of the configuration.
    pub about: String,
    /// What does not work: the end of the Fluent keys of what it means and of how it is mended.
    pub fault: Fault,
    /// What a plugin, its vendor or a server says of it, in its own words.
    pub said: Option<String>,
    /// Since when it is known.
    pub since: When,
    /// When it was seen last.
    pub seen: When,
    /// How often it was seen.
    pub times: u32,
}

/// `/staff`. Sends `zone`.
#[derive(Clone, Debug, Serialize)]
pub struct StaffPage {
    /// How much there is of everything.
    pub counts: Counts,
    /// Calls that went wrong and that somebody should look at; without names of what was said.
    pub attention: Vec<CallLine>,
    /// What the operator must mend.
    pub troubles: Vec<TroubleLine>,
    /// Whether the reader may say that something is mended.
    pub may_close: bool,
    /// Webhooks that wait.
    pub parked: Vec<ParkedLine>,
    /// The plugins.
    pub plugins: Vec<PluginLine>,
    /// The zone in which the reader reads times.
    pub zone: Field,
    /// What can be chosen.
    pub zones: ZoneChoices,
}

impl Page for StaffPage {
    const TEMPLATE: &'static str = "staff";

    fn samples() -> Vec<Self> {
        let plugin = |id: &str, kind, mark| PluginLine {
            id: id.to_owned(),
            version: "1.0.0".to_owned(),
            kind,
            mark,
            rest: None,
        };
        let trouble = |number, about: &str, fault, said: Option<&str>, times| TroubleLine {
            id: AlertId(Uuid::from_u128(number)),
            about: about.to_owned(),
            fault,
            said: said.map(str::to_owned),
            since: at(-1_500),
            seen: at(-50),
            times,
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
            troubles: vec![
                trouble(1, "apns-voip", Fault::Ringing, Some("apns-voip 1.0.0: Apple does not accept the key"), 14),
                trouble(2, "plugins", Fault::NoChannel, None, 1),
            ],
            may_close: true,
            parked: vec![ParkedLine {
                id: WebhookId(Uuid::from_u128(7)),
                at: NOW.plus_secs(-1_800),
                provider: "elevenlabs".to_owned(),
                event: Some("post_call_transcription".to_owned()),
                provider_ref: Some("conv_01hzx3k9".to_owned()),
                note: Some("unknown_call".to_owned()),
            }],
            plugins: vec![
                plugin("apns-voip", PluginKind::Channel, PluginMark::Problem),
                plugin("elevenlabs", PluginKind::Provider, PluginMark::Well),
                PluginLine {
                    rest: rest(Some("https://fcm.googleapis.com"), 240),
                    ..plugin("fcm", PluginKind::Channel, PluginMark::Resting)
                },
                PluginLine {
                    rest: rest(None, -10),
                    ..plugin("family-summary", PluginKind::Renderer, PluginMark::Struggling)
                },
                plugin("twilio-batch", PluginKind::Channel, PluginMark::Unchecked),
            ],
            zone: Field::of("Asia/Jakarta"),
            zones: ZoneChoices::few(),
        };
        let empty = Self {
            counts: Counts::default(),
            attention: Vec::new(),
            troubles: Vec::new(),
            may_close: false,
            parked: Vec::new(),
            plugins: Vec::new(),
            zone: Field::wrong("", ErrorCode::ZoneUnknown),
            zones: ZoneChoices::few(),
        };
        let every = Fault::ALL.iter().zip(1..).map(|(fault, number)| trouble(number, "fcm", *fault, None, 2));
        vec![full.clone(), empty, Self { troubles: every.collect(), ..full }]
    }
}
