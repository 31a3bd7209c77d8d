//! The push of one ring, and one to nobody. `ring` and `check` walk in.

use callpanion_plugin_api::Request;
use callpanion_plugin_api::channel::Ring;
use serde::Serialize;

use crate::{Environment, Settings};

/// How long the phone app rings by itself, at the most.
const LONGEST_RING_MS: u64 = 30_000;

/// The body, in the shape that both readers on the phone accept.
///
/// The call-screen library wants `id` (a UUID; it crashes without), `nameCaller`, `handle`, `type`
/// and `duration` as integers, and `extra`. The app's delegate switches on `type`: an integer falls
/// to its default branch, which shows the call screen; the flat keys are for that delegate.
///
/// A type, and no `json!`: at the full hour a body is written for each ring.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Push<'a> {
    aps: Empty,
    /// Fresh for each ring: iOS shows no full call screen for an id that it has seen.
    id: &'a str,
    name_caller: &'a str,
    handle: &'a str,
    #[serde(rename = "type")]
    kind: u8,
    duration: u64,
    extra: Extra<'a>,
    #[serde(flatten)]
    call: Extra<'a>,
    relative_name: &'a str,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
struct Extra<'a> {
    session_id: &'a str,
    call_type: &'a str,
    household_id: &'a str,
    relative_id: &'a str,
}

/// Of the length of a device token, and none.
const NOBODY: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A push to nobody: Apple looks at the key and the topic before it finds that there is no such device. It names no push
/// id, and is of no use a moment later.
pub(crate) fn to_nobody(settings: &Settings, to: Environment) -> Request {
    let base_url = base_url(settings, to);
    Request::post(format!("{}/3/device/{NOBODY}", base_url.trim_end_matches('/')))
        .header("apns-push-type", "voip")
        .header("apns-topic", topic(settings))
        .header("apns-priority", "10")
        .header("apns-expiration", "0")
        .json(&Nothing { aps: Empty {} })
        .credential("auth-key")
        .repeatable()
}

#[derive(Serialize)]
struct Nothing {
    aps: Empty,
}

fn base_url(settings: &Settings, to: Environment) -> &str {
    match to {
        Environment::Production => &settings.base_url_production,
        Environment::Sandbox => &settings.base_url_sandbox,
    }
}

fn topic(settings: &Settings) -> String {
    format!("{}.voip", settings.bundle_id)
}

/// A VoIP push.
pub(crate) fn of(settings: &Settings, ring: &Ring, to: Environment, now_ms: u64) -> Request {
    let base_url = base_url(settings, to);
    // The phone rings from the push's arrival on. So that none rings after the window, what is left of it is
    // divided: so long may the push be on its way, and so long the phone ring.
    let ring_ms = ring.expires_at_ms.saturating_sub(now_ms).min(LONGEST_RING_MS);
    let kept_until_s = (ring.expires_at_ms - ring_ms) / 1_000;
    // 0 is one try, now: where no time is left to wait, a moment would be over when the push is on its way.
    let kept_until_s = if kept_until_s <= now_ms / 1_000 + 1 { 0 } else { kept_until_s };
    let name = ring.variables.iter().find(|(key, _)| key == "callee_name");
    let call = Extra {
        session_id: &ring.ring_id,
        call_type: "in_app_call",
        household_id: &ring.family_id,
        relative_id: &ring.callee_id,
    };
    let body = Push {
        aps: Empty {},
        id: &ring.ring_id,
        name_caller: &settings.caller_name,
        handle: &settings.caller_name,
        kind: 0,
        duration: ring_ms,
        extra: call,
        call,
        relative_name: name.map_or("", |(_, value)| value.as_str()),
    };
    Request::post(format!("{}/3/device/{}", base_url.trim_end_matches('/'), ring.address))
        .header("apns-push-type", "voip")
        .header("apns-topic", topic(settings))
        .header("apns-priority", "10")
        // Apple keeps the push until then for a phone that is out of reach; then drops it.
        .header("apns-expiration", kept_until_s.to_string())
        .header("apns-id", ring.ring_id.to_ascii_lowercase())
        .json(&body)
        .credential("auth-key")
}
