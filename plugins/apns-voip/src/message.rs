//! The push of one ring. `ring` walks in.

use callpanion_plugin_api::Request;
use callpanion_plugin_api::channel::Ring;
use serde_json::json;

use crate::{Environment, Settings};

/// How long the phone app rings by itself, at the most.
const LONGEST_RING_MS: u64 = 30_000;

/// A VoIP push in the shape that both readers on the phone accept.
///
/// The call-screen library wants `id` (a UUID; it crashes without), `nameCaller`, `handle`, `type`
/// and `duration` as integers, and `extra`. The app's delegate switches on `type`: an integer falls
/// to its default branch, which shows the call screen; the flat keys are for that delegate.
pub(crate) fn of(settings: &Settings, ring: &Ring, to: Environment, now_ms: u64) -> Request {
    let base_url = match to {
        Environment::Production => &settings.base_url_production,
        Environment::Sandbox => &settings.base_url_sandbox,
    };
    // The phone rings from the push's arrival on. So that none rings after the window, what is left of it is
    // divided: so long may the push be on its way, and so long the phone ring.
    let ring_ms = ring.expires_at_ms.saturating_sub(now_ms).min(LONGEST_RING_MS);
    let name = ring.variables.iter().find(|(key, _)| key == "callee_name");
    let body = json!({
        "aps": {},
        // Fresh for each ring: iOS shows no full call screen for an id that it has seen.
        "id": ring.ring_id,
        "nameCaller": settings.caller_name,
        "handle": settings.caller_name,
        "type": 0,
        "duration": ring_ms,
        "extra": {
            "sessionId": ring.ring_id,
            "callType": "in_app_call",
            "householdId": ring.family_id,
            "relativeId": ring.callee_id,
        },
        "sessionId": ring.ring_id,
        "callType": "in_app_call",
        "householdId": ring.family_id,
        "relativeId": ring.callee_id,
        "relativeName": name.map_or("", |(_, value)| value.as_str()),
    });
    Request::post(format!("{}/3/device/{}", base_url.trim_end_matches('/'), ring.address))
        .header("apns-push-type", "voip")
        .header("apns-topic", format!("{}.voip", settings.bundle_id))
        .header("apns-priority", "10")
        // Apple keeps the push until then for a phone that is out of reach; then drops it.
        .header("apns-expiration", ((ring.expires_at_ms - ring_ms) / 1_000).to_string())
        .header("apns-id", ring.ring_id.to_ascii_lowercase())
        .json(&body)
        .credential("auth-key")
}
