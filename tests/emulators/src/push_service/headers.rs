//! The headers of one message (RFC 8030, 5).

use http::HeaderMap;

use super::Refusal;

/// A longer time to live is cut, as Mozilla does.
const TTL_MAX_S: i64 = 30 * 24 * 3_600;
const TOPIC_MAX_BYTES: usize = 32;

/// The headers that matter after the checks.
pub(super) struct Headers {
    pub(super) ttl_s: i64,
    pub(super) urgency: String,
    pub(super) topic: Option<String>,
}

impl Headers {
    pub(super) fn read(headers: &HeaderMap) -> Result<Self, Refusal> {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        for name in ["ttl", "urgency", "topic", "content-encoding"] {
            if headers.get_all(name).iter().count() > 1 {
                return Err(Refusal::Header(110, "a header stands there twice"));
            }
        }
        if text("content-encoding") != Some("aes128gcm") {
            return Err(Refusal::Header(110, "the body is not said to be sealed with aes128gcm"));
        }
        // These are between a host and its plugin.
        if ["web-push-p256dh", "web-push-auth"].iter().any(|name| headers.contains_key(*name)) {
            return Err(Refusal::Header(110, "the reader's keys were sent along"));
        }
        let ttl = text("ttl").ok_or(Refusal::Header(111, "there is no TTL"))?;
        let is_number = !ttl.is_empty() && ttl.bytes().all(|byte| byte.is_ascii_digit());
        let ttl_s: i64 = ttl.parse().ok().filter(|_| is_number).ok_or(Refusal::Header(112, "the TTL is no number"))?;
        let urgency = text("urgency").unwrap_or("normal");
        if !["very-low", "low", "normal", "high"].contains(&urgency) {
            return Err(Refusal::Header(110, "the urgency is none of the four"));
        }
        let topic = text("topic");
        if topic.is_some_and(|topic| !is_topic(topic)) {
            return Err(Refusal::Header(113, "the topic is not 1 to 32 characters of base64url"));
        }
        Ok(Self { ttl_s: ttl_s.min(TTL_MAX_S), urgency: urgency.to_owned(), topic: topic.map(str::to_owned) })
    }
}

fn is_topic(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=TOPIC_MAX_BYTES).contains(&text.len()) && text.bytes().all(plain)
}
