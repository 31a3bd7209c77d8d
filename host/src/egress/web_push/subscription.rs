//! A subscription: where a push service takes messages for one browser, and for whom they are sealed (the Push API's
//! `PushSubscription.toJSON()`; apps of UnifiedPush have the same three texts). What a device registers is read here,
//! and what a plugin repeats of it. It calls nobody.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::PublicKey;
use serde::{Deserialize, Serialize};
use url::Url;

use super::text_of;

/// UnifiedPush allows endpoints of a thousand bytes, and those of browsers stay below.
const ENDPOINT_MAX_BYTES: usize = 1_024;
/// An uncompressed point of P-256 (SEC 1, 2.3.3).
pub(super) const POINT_BYTES: usize = 65;
/// How it begins.
const UNCOMPRESSED: u8 = 4;
const AUTH_BYTES: usize = 16;

/// Where one browser can be reached.
pub struct Subscription {
    endpoint: Url,
    reader: Reader,
}

/// For whom a message is sealed: the only one who can open it.
#[derive(Clone)]
pub struct Reader {
    pub(super) point: PublicKey,
    pub(super) auth: [u8; AUTH_BYTES],
}

/// The text is no subscription. What stood there is never repeated: whoever has it can be reached by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSubscription {
    /// Something else.
    #[error("it is not the JSON of a push subscription: send what `JSON.stringify(subscription)` gives")]
    Json,
    /// No URL to send to.
    #[error("its `endpoint` is not an https URL of at most {ENDPOINT_MAX_BYTES} bytes")]
    Endpoint,
    /// No public key.
    #[error("its `keys.p256dh` is not an uncompressed point of the curve P-256, in base64url without padding")]
    Point,
    /// No authentication secret.
    #[error("its `keys.auth` is not {AUTH_BYTES} bytes, in base64url without padding")]
    Auth,
    /// Its push service may not be talked to.
    #[error("its push service is none that the operator granted")]
    NotGranted,
}

/// The JSON. What else stands in it, `expirationTime` say, is not needed.
#[derive(Serialize, Deserialize)]
struct Said {
    endpoint: String,
    keys: Keys,
}

#[derive(Serialize, Deserialize)]
struct Keys {
    p256dh: String,
    auth: String,
}

impl Subscription {
    /// Reads what a device says. `inside` is whether push services within the operator's own network are allowed, which
    /// may do without https.
    pub fn read(text: &str, inside: bool) -> Result<Self, NoSubscription> {
        let Said { endpoint, keys } = serde_json::from_str(text).map_err(|_| NoSubscription::Json)?;
        let endpoint = Url::parse(&endpoint).map_err(|_| NoSubscription::Endpoint)?;
        let is_bare = endpoint.username().is_empty() && endpoint.password().is_none() && endpoint.fragment().is_none();
        let is_web = endpoint.scheme() == "https" || (inside && endpoint.scheme() == "http");
        if !is_bare || !is_web || endpoint.as_str().len() > ENDPOINT_MAX_BYTES {
            return Err(NoSubscription::Endpoint);
        }
        Ok(Self { endpoint, reader: Reader::read(&keys.p256dh, &keys.auth)? })
    }

    /// Where messages are sent. It is a capability: whoever knows it can be a nuisance there.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }
}

/// The same JSON for the same subscription, however the device wrote it.
impl fmt::Display for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = Keys { p256dh: text_of(&self.reader.point), auth: URL_SAFE_NO_PAD.encode(self.reader.auth) };
        let said = Said { endpoint: self.endpoint.to_string(), keys };
        f.write_str(&serde_json::to_string(&said).map_err(|_| fmt::Error)?)
    }
}

impl Reader {
    /// Reads the keys of a subscription, each in base64url without padding.
    pub fn read(p256dh: &str, auth: &str) -> Result<Self, NoSubscription> {
        let point = URL_SAFE_NO_PAD.decode(p256dh).map_err(|_| NoSubscription::Point)?;
        if point.len() != POINT_BYTES || point.first() != Some(&UNCOMPRESSED) {
            return Err(NoSubscription::Point);
        }
        // Refuses what is not on the curve: such a point could be made to tell of the secret key.
        let point = PublicKey::from_sec1_bytes(&point).map_err(|_| NoSubscription::Point)?;
        let auth = URL_SAFE_NO_PAD.decode(auth).map_err(|_| NoSubscription::Auth)?;
        let auth: [u8; AUTH_BYTES] = auth.try_into().map_err(|_| NoSubscription::Auth)?;
        Ok(Self { point, auth })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    // The reader of RFC 8291, appendix A.
    const P256DH: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    fn said(endpoint: &str, p256dh: &str, auth: &str) -> String {
        format!(r#"{{"endpoint":"{endpoint}","keys":{{"p256dh":"{p256dh}","auth":"{auth}"}}}}"#)
    }

    fn refusal(text: &str) -> Option<NoSubscription> {
        Subscription::read(text, false).err()
    }

    #[test]
    fn the_same_subscription_is_the_same_text_however_it_was_written() {
        let of_browser = json!({
            "endpoint": "https://PUSH.example.net:443/send/Xy_7", "expirationTime": null,
            "keys": { "auth": AUTH, "p256dh": P256DH },
        });
        let read = |text: &str| Subscription::read(text, false).map(|read| read.to_string());
        let kept = read(&of_browser.to_string()).unwrap();
        assert_eq!(kept, said("https://push.example.net/send/Xy_7", P256DH, AUTH));
        assert_eq!(read(&kept).as_deref(), Ok(kept.as_str()));
        let read = Subscription::read(&kept, false).ok().map(|read| read.endpoint().to_string());
        assert_eq!(read.as_deref(), Some("https://push.example.net/send/Xy_7"));
    }

    #[test]
    fn only_an_https_endpoint_is_one_unless_the_inside_is_granted() {
        for endpoint in [
            "http://push.example.net/send/1",
            "ftp://push.example.net/send/1",
            "push.example.net/send/1",
            "https://me:pw@push.example.net/send/1",
            "https://push.example.net/send/1#fragment",
            "https://",
            "",
            &format!("https://push.example.net/{}", "x".repeat(1_024)),
            &format!("https://push.example.net/{}", "é".repeat(200)),
        ] {
            assert_eq!(refusal(&said(endpoint, P256DH, AUTH)), Some(NoSubscription::Endpoint), "{endpoint}");
        }
        let inside = said("http://ntfy.home/up1", P256DH, AUTH);
        assert!(Subscription::read(&inside, true).is_ok());
    }

    #[test]
    fn keys_are_whole_and_on_the_curve() {
        let point = URL_SAFE_NO_PAD.decode(P256DH).unwrap();
        let with = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut changed = point.clone();
            change(&mut changed);
            said("https://push.example.net/1", &URL_SAFE_NO_PAD.encode(changed), AUTH)
        };
        let compressed = with(&|point| {
            point.truncate(33);
            point[0] = 2;
        });
        for text in [
            compressed,
            with(&|point| point[64] ^= 1),
            with(&|point| point[0] = 6),
            with(&|point| point.push(0)),
            with(&|point| point.truncate(64)),
            with(&Vec::clear),
            with(&|point| *point = vec![0]),
            with(&|point| point[1..].fill(0)),
            said("https://push.example.net/1", &format!("{P256DH}="), AUTH),
            said("https://push.example.net/1", &P256DH.replace('_', "/"), AUTH),
        ] {
            assert_eq!(refusal(&text), Some(NoSubscription::Point), "{text}");
        }
        for auth in
            ["", "BTBZMqHH6r4Tts7J_aSI", "BTBZMqHH6r4Tts7J_aSIggAA", "BTBZMqHH6r4Tts7J/aSIgg", "BTBZMqHH6r4Tts7J_aSIgh"]
        {
            let text = said("https://push.example.net/1", P256DH, auth);
            assert_eq!(refusal(&text), Some(NoSubscription::Auth), "{auth}");
        }
    }

    #[test]
    fn what_is_no_subscription_says_what_to_send() {
        let without_keys = r#"{"endpoint":"https://push.example.net/1"}"#;
        for text in ["", "null", "[]", "fcm-token-1", "{}", without_keys, "{\"endpoint\":7,\"keys\":{}}"] {
            assert_eq!(refusal(text), Some(NoSubscription::Json), "{text}");
        }
        assert!(NoSubscription::Json.to_string().contains("JSON.stringify(subscription)"));
    }
}
