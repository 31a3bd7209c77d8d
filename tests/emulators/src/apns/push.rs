//! The headers and the payload of one VoIP push, and the table of Apple's reasons.

use http::{HeaderMap, header::HeaderName};
use serde_json::Value;
use uuid::Uuid;

/// Largest VoIP payload in bytes (4096 is for other kinds).
const PAYLOAD_LIMIT: usize = 5120;
/// A later expiration is taken for milliseconds given as seconds.
const LONGEST_EXPIRATION_S: i64 = 30 * 24 * 3600;

/// The headers that matter after the checks.
pub(crate) struct Headers {
    pub(crate) expiration_s: i64,
}

impl Headers {
    pub(crate) fn read(headers: &HeaderMap, bundle_id: &str, now_s: i64) -> Result<Self, &'static str> {
        for name in ["apns-topic", "apns-push-type", "apns-priority", "apns-expiration", "apns-id", "apns-collapse-id"]
        {
            if headers.get_all(HeaderName::from_static(name)).iter().count() > 1 {
                return Err("DuplicateHeaders");
            }
        }
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        if text("apns-push-type") != Some("voip") {
            return Err("InvalidPushType");
        }
        match text("apns-topic") {
            None | Some("") => return Err("MissingTopic"),
            Some(topic) if topic.strip_suffix(".voip") == Some(bundle_id) => {}
            Some(topic) if topic == bundle_id => return Err("DeviceTokenNotForTopic"),
            Some(_) => return Err("TopicDisallowed"),
        }
        if text("apns-priority").is_some_and(|priority| priority != "10") {
            return Err("BadPriority");
        }
        if headers.contains_key("apns-id") && apns_id(headers).is_none() {
            return Err("BadMessageId");
        }
        if text("apns-collapse-id").is_some_and(|id| id.len() > 64) {
            return Err("BadCollapseId");
        }
        let expiration_s: i64 = text("apns-expiration").unwrap_or("0").parse().map_err(|_| "BadExpirationDate")?;
        if expiration_s < 0 || expiration_s > now_s + LONGEST_EXPIRATION_S {
            return Err("BadExpirationDate");
        }
        Ok(Self { expiration_s })
    }
}

/// The request's `apns-id`, if it is a canonical lower-case UUID.
pub(crate) fn apns_id(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("apns-id")?.to_str().ok()?;
    let id = Uuid::try_parse(text).ok()?;
    (id.hyphenated().to_string() == text).then(|| text.to_owned())
}

/// A JSON object within the limit. What is inside is the app's business, not Apple's.
pub(crate) fn read_payload(body: &[u8]) -> Result<Value, &'static str> {
    if body.len() > PAYLOAD_LIMIT {
        return Err("PayloadTooLarge");
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(payload)) => Ok(Value::Object(payload)),
        _ => Err("PayloadEmpty"),
    }
}

/// The HTTP status of each of Apple's reasons.
pub(crate) fn status_of(reason: &str) -> u16 {
    match reason {
        "BadCertificate"
        | "BadCertificateEnvironment"
        | "ExpiredProviderToken"
        | "InvalidProviderToken"
        | "MissingProviderToken"
        | "Forbidden"
        | "UnrelatedKeyIdInToken"
        | "BadEnvironmentKeyIdInToken"
        | "BadEnvironmentKeyInToken" => 403,
        "BadPath" => 404,
        "MethodNotAllowed" => 405,
        "Unregistered" | "ExpiredToken" => 410,
        "PayloadTooLarge" => 413,
        "TooManyProviderTokenUpdates" | "TooManyRequests" => 429,
        "InternalServerError" => 500,
        "ServiceUnavailable" | "Shutdown" => 503,
        _ => 400,
    }
}
