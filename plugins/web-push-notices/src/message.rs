//! The push of one notice. `notify` walks in.

use callpanion_plugin_api::Request;
use callpanion_plugin_api::notifier::Notice;
use serde::Serialize;

use crate::subscription::Subscription;

/// What says that the body is a notification by itself (Declarative Web Push): browsers that know it show it without
/// the page's own worker, the others hand it to that.
const DECLARATIVE: u16 = 8_030;
/// No push service keeps a message for longer than about four weeks.
const TTL_MAX_S: u64 = 28 * 86_400;
/// A screen shows no more, and a sealed body may be of 4096 bytes (RFC 8030, 7.2).
const TITLE_MAX_CHARS: usize = 200;
/// What is shown where the operator does not let this plugin see whom a notice is about.
const NO_TITLE: &str = "Callpanion";

#[derive(Serialize)]
struct Push<'a> {
    web_push: u16,
    notification: Notification<'a>,
}

/// A title and a link: whoever holds the device reads it, also while it is locked. So the notice's text stays behind.
#[derive(Serialize)]
struct Notification<'a> {
    title: String,
    lang: &'a str,
    /// A repeat stands in the place of the first.
    tag: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    navigate: &'a str,
}

/// The push of a notice.
pub(crate) fn of(notice: &Notice, to: &Subscription, now_ms: u64) -> Request {
    let title = if notice.title.trim().is_empty() { NO_TITLE } else { notice.title.as_str() };
    let notification = Notification {
        title: title.chars().take(TITLE_MAX_CHARS).collect(),
        lang: &notice.language,
        tag: &notice.id,
        navigate: &notice.link,
    };
    let ttl_s = (notice.expires_at_ms.saturating_sub(now_ms) / 1_000).min(TTL_MAX_S);
    Request::post(&to.endpoint)
        // Without it a push service answers 400.
        .header("ttl", ttl_s.to_string())
        // `normal` may wait for as long as a phone dozes, and somebody is to look soon.
        .header("urgency", "high")
        // A UUID without its hyphens is just as long as a topic may be (RFC 8030, 5.4).
        .header("topic", notice.id.replace('-', ""))
        .header("web-push-p256dh", &to.keys.p256dh)
        .header("web-push-auth", &to.keys.auth)
        .json(&Push { web_push: DECLARATIVE, notification })
        .credential("vapid")
}
