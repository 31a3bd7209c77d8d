//! `fcm`: rings paired Android phones through Firebase Cloud Messaging, HTTP v1.
//!
//! The host walks in through [`Channel`]; this room builds the messages, `verdict` reads what Google
//! says to them. One data-only message for each ring, all asked for at once.

mod verdict;

use callpanion_plugin_api::channel::{Channel, Ring, Verdict};
use callpanion_plugin_api::{Ctx, Description, Request, Stop, describe, percent_encode};
use serde::Deserialize;
use serde_json::json;

/// The plugin.
pub struct Fcm;

/// The `settings` of the plugin, as `plugin.toml` describes them.
#[derive(Deserialize)]
struct Settings {
    #[serde(default = "google")]
    base_url: String,
    project_id: String,
    #[serde(default = "callpanion")]
    caller_name: String,
    #[serde(default)]
    avatar: String,
}

fn google() -> String {
    "https://fcm.googleapis.com".to_owned()
}

fn callpanion() -> String {
    "CallPanion".to_owned()
}

impl Channel for Fcm {
    fn describe() -> Description {
        describe("fcm", env!("CARGO_PKG_VERSION"), "Rings paired Android phones.")
    }

    fn ring(ctx: &mut Ctx, rings: Vec<Ring>) -> Result<Vec<Verdict>, Stop> {
        let settings: Settings = ctx.settings()?;
        let now_ms = ctx.now_ms();
        let live = rings.iter().filter(|ring| left_ms(ring, now_ms) > 0);
        let requests = live.map(|ring| message(&settings, ring, now_ms)).collect();
        let mut answers = ctx.http_all(requests)?.into_iter();
        rings
            .iter()
            .map(|ring| match left_ms(ring, now_ms) {
                0 => Ok(Verdict::Refused("the ring window is over".to_owned())),
                _ => answers
                    .next()
                    .map(|answer| verdict::of(answer, now_ms))
                    .ok_or_else(|| Stop::permanent("an answer is missing")),
            })
            .collect()
    }
}

/// How long the phone app rings by itself, at the most.
const LONGEST_RING_MS: u64 = 30_000;

/// What is left of the ring window.
fn left_ms(ring: &Ring, now_ms: u64) -> u64 {
    ring.expires_at_ms.saturating_sub(now_ms)
}

/// The push of one ring, in the shape that the phone app reads.
///
/// Data only: with a `notification` block Android would show its own notice beside the ringing
/// screen, and the app's code would not run while it is in the background. All values are strings.
fn message(settings: &Settings, ring: &Ring, now_ms: u64) -> Request {
    let left_ms = left_ms(ring, now_ms);
    // The phone rings from the push's arrival on. So that none rings after the window, what is left of it is
    // divided: so long may the push be on its way, and so long the phone ring.
    let ring_ms = left_ms.min(LONGEST_RING_MS);
    let body = json!({
        "message": {
            "token": ring.address,
            "data": {
                "type": "incoming_call",
                "sessionId": ring.ring_id,
                "householdId": ring.family_id,
                "relativeId": ring.callee_id,
                "callType": "in_app_call",
                "relativeName": variable(ring, "callee_name"),
                "handle": settings.caller_name,
                "avatar": settings.avatar,
                "duration": ring_ms.to_string(),
            },
            "android": {
                // NORMAL waits in Doze until the phone is touched.
                "priority": "HIGH",
                // The default is four weeks: a phone switched on tomorrow would ring for today.
                // Whole seconds, rounded down; "0s" means now or never.
                "ttl": format!("{}s", (left_ms - ring_ms) / 1_000),
                // A later ring replaces one that still waits for the phone.
                "collapse_key": "ring",
            },
        },
    });
    Request::post(format!(
        "{}/v1/projects/{}/messages:send",
        settings.base_url.trim_end_matches('/'),
        percent_encode(&settings.project_id),
    ))
    .json(&body)
    .credential("service-account")
}

/// One of the variables that the host gave; empty when there is none of that name.
fn variable<'a>(ring: &'a Ring, name: &str) -> &'a str {
    ring.variables.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

callpanion_plugin_api::channel!(Fcm);

#[cfg(test)]
mod tests;
