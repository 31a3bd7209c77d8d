//! The push of one ring, the one that says that it is over, and one that nobody gets. `ring`, `cancel` and `check` walk in.

use callpanion_plugin_api::channel::{Ring, RingRef};
use callpanion_plugin_api::{Request, percent_encode};
use serde::Serialize;

use crate::Settings;

/// How long the phone app rings by itself, at the most.
const LONGEST_RING_MS: u64 = 30_000;

/// Stands before the id of a Firebase installation, which the app registers in place of a token. No token begins so: what
/// stands before a token's colon has 22 characters.
const FID: &str = "fid:";
/// A later message of this key replaces one that still waits for the phone.
const COLLAPSE_KEY: &str = "ring";
/// No app has such a registration token.
const NOBODY: &str = "callpanion-looks-whether-google-answers";
/// After a minute no ring is left that could be told to stop.
const OVER_TTL: &str = "60s";

/// The body, in the shape that the phone app reads. All values of `data` are strings.
///
/// Data only: with a `notification` block Android would show its own notice beside the ringing
/// screen, and the app's code would not run while it is in the background.
///
/// A type, and no `json!`: at the full hour a body is written for each ring.
#[derive(Serialize)]
struct Push<'a, D> {
    message: Message<'a, D>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    validate_only: bool,
}

/// Of `fid` and `token` there is one.
#[derive(Serialize)]
struct Message<'a, D> {
    #[serde(skip_serializing_if = "Option::is_none")]
    fid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    data: D,
    android: Android,
}

impl<'a, D> Message<'a, D> {
    /// To the phone that registered this address.
    fn to(address: &'a str, data: D, android: Android) -> Self {
        let fid = address.strip_prefix(FID).filter(|fid| !fid.is_empty());
        Self { fid, token: fid.is_none().then_some(address), data, android }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    r#type: &'a str,
    session_id: &'a str,
    household_id: &'a str,
    relative_id: &'a str,
    call_type: &'a str,
    relative_name: &'a str,
    handle: &'a str,
    avatar: &'a str,
    duration: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Over<'a> {
    r#type: &'a str,
    session_id: &'a str,
    status: &'a str,
}

#[derive(Serialize)]
struct Android {
    /// `HIGH`: NORMAL waits in Doze until the phone is touched.
    priority: &'static str,
    /// The default is four weeks: a phone switched on tomorrow would ring for today.
    /// Whole seconds, rounded down; "0s" means now or never.
    ttl: String,
    collapse_key: &'static str,
}

/// A message of the HTTP v1 API.
pub(crate) fn of(settings: &Settings, ring: &Ring, now_ms: u64) -> Request {
    let left_ms = ring.expires_at_ms.saturating_sub(now_ms);
    // The phone rings from the push's arrival on. So that none rings after the window, what is left of it is
    // divided: so long may the push be on its way, and so long the phone ring.
    let ring_ms = left_ms.min(LONGEST_RING_MS);
    let name = ring.variables.iter().find(|(key, _)| key == "callee_name");
    let data = Data {
        r#type: "incoming_call",
        session_id: &ring.ring_id,
        household_id: &ring.family_id,
        relative_id: &ring.callee_id,
        call_type: "in_app_call",
        relative_name: name.map_or("", |(_, value)| value.as_str()),
        handle: &settings.caller_name,
        avatar: &settings.avatar,
        duration: ring_ms.to_string(),
    };
    let android =
        Android { priority: "HIGH", ttl: format!("{}s", (left_ms - ring_ms) / 1_000), collapse_key: COLLAPSE_KEY };
    send(settings, &Push { message: Message::to(&ring.address, data, android), validate_only: false })
}

/// The message that a ring is over: the phone app keeps it in its log, one that knows better stops ringing.
pub(crate) fn over(settings: &Settings, ring: &RingRef) -> Request {
    let data = Over { r#type: "call_update", session_id: &ring.ring_id, status: "canceled" };
    let android = Android { priority: "HIGH", ttl: OVER_TTL.to_owned(), collapse_key: COLLAPSE_KEY };
    send(settings, &Push { message: Message::to(&ring.address, data, android), validate_only: false })
}

/// A message to nobody, which Google is asked to look at and not to send.
pub(crate) fn to_nobody(settings: &Settings) -> Request {
    let data = Over { r#type: "call_update", session_id: "", status: "canceled" };
    let android = Android { priority: "HIGH", ttl: OVER_TTL.to_owned(), collapse_key: COLLAPSE_KEY };
    send(settings, &Push { message: Message::to(NOBODY, data, android), validate_only: true }).repeatable()
}

fn send(settings: &Settings, push: &impl Serialize) -> Request {
    Request::post(format!(
        "{}/v1/projects/{}/messages:send",
        settings.base_url.trim_end_matches('/'),
        percent_encode(&settings.project_id),
    ))
    .json(push)
    .credential("service-account")
}
