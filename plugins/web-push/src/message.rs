//! The push of one ring, and the one that says that it is over. `ring` and `cancel` walk in.

use callpanion_plugin_api::Request;
use callpanion_plugin_api::channel::{Ring, RingRef};
use serde::Serialize;

use crate::Settings;
use crate::subscription::Subscription;

/// How long a device rings by itself, at the most.
const LONGEST_RING_MS: u64 = 30_000;
/// After a minute no ring is left that could be told to stop.
const OVER_TTL_S: u64 = 60;
/// What says that the body is a notification by itself (Declarative Web Push): browsers that know it show it without
/// the page's own worker, the others hand it to that.
const DECLARATIVE: u16 = 8_030;

/// A type, and no `json!`: at the full hour a body is written for each ring.
#[derive(Serialize)]
struct Push<'a, D> {
    #[serde(rename = "web_push")]
    version: u16,
    notification: Notification<'a, D>,
    /// The page's worker may change it: it says that the device rings, and drops what comes too late.
    mutable: bool,
}

/// Browsers take a subscription away that shows nothing, so each push is something to see.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notification<'a, D> {
    title: &'a str,
    body: &'a str,
    lang: &'a str,
    /// One notice for each ring: what comes later stands in its place.
    tag: &'a str,
    navigate: String,
    /// Stays until it is touched.
    require_interaction: bool,
    /// Sounds again when it stands there already.
    renotify: bool,
    silent: bool,
    data: D,
}

/// For the page, or for an app that shows a call screen of its own.
#[derive(Serialize)]
struct Incoming<'a> {
    r#type: &'static str,
    ring_id: &'a str,
    duration_ms: u64,
    expires_at_ms: u64,
    /// The server's clock, so that a device with a wrong one still refuses a late ring.
    now_ms: u64,
}

#[derive(Serialize)]
struct Over<'a> {
    r#type: &'static str,
    ring_id: &'a str,
    status: &'static str,
}

/// The push that rings.
pub(crate) fn of(settings: &Settings, ring: &Ring, to: &Subscription, now_ms: u64) -> Request {
    let left_ms = ring.expires_at_ms.saturating_sub(now_ms);
    // The device rings from the push's arrival on. So that none rings after the window, what is left of it is
    // divided: so long may the push be on its way, and so long the device ring.
    let duration_ms = left_ms.min(LONGEST_RING_MS);
    let notification = Notification {
        title: &settings.caller_name,
        body: calling(&ring.language),
        lang: &ring.language,
        tag: &ring.ring_id,
        navigate: page(settings, &ring.ring_id),
        require_interaction: true,
        renotify: true,
        silent: false,
        data: Incoming {
            r#type: "incoming_call",
            ring_id: &ring.ring_id,
            duration_ms,
            expires_at_ms: ring.expires_at_ms,
            now_ms,
        },
    };
    send(to, &ring.ring_id, (left_ms - duration_ms) / 1_000, notification)
}

/// The push that says that a ring is over. It takes the place of one that still waits for its browser, by its topic,
/// and of a notice that stands there, by its tag.
pub(crate) fn over(settings: &Settings, ring: &RingRef, to: &Subscription) -> Request {
    let notification = Notification {
        title: &settings.caller_name,
        body: &settings.over_text,
        lang: "",
        tag: &ring.ring_id,
        navigate: page(settings, &ring.ring_id),
        require_interaction: false,
        renotify: false,
        silent: true,
        data: Over { r#type: "call_update", ring_id: &ring.ring_id, status: "canceled" },
    };
    send(to, &ring.ring_id, OVER_TTL_S, notification)
}

fn send(to: &Subscription, ring_id: &str, ttl_s: u64, notification: Notification<'_, impl Serialize>) -> Request {
    Request::post(&to.endpoint)
        // Without it a push service answers 400; 0 is now or never.
        .header("ttl", ttl_s.to_string())
        // `normal` may wait for as long as a phone dozes.
        .header("urgency", "high")
        // A UUID without its hyphens is just as long as a topic may be (RFC 8030, 5.4).
        .header("topic", ring_id.replace('-', ""))
        .header("web-push-p256dh", &to.keys.p256dh)
        .header("web-push-auth", &to.keys.auth)
        .json(&Push { version: DECLARATIVE, notification, mutable: true })
        .credential("vapid")
}

fn page(settings: &Settings, ring_id: &str) -> String {
    format!("{}#ring={ring_id}", settings.page_url)
}

/// What is said beside the caller's name, in the callee's language where it is one of the house's.
fn calling(language: &str) -> &'static str {
    match language.split('-').next() {
        Some("id") => "menelepon Anda. Sentuh untuk menjawab.",
        _ => "is calling you. Touch to answer.",
    }
}
