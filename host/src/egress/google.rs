//! Google's OAuth for service accounts (RFC 7523): the host signs a JWT with the
//! account's key, and buys an access token that serves for about an hour.
//!
//! The access token is kept until shortly before it expires, and bought once
//! however many requests wait for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ::ring::rand::SystemRandom;
use ::ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use arc_swap::ArcSwapOption;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use super::address::{AddressRefused, check_literal};
use super::credential::NoCredential;
use super::reason::{clip, reason};
use super::vendor_clock;
use crate::clock::Clock;
use crate::config::plugins::{CredentialConfig, Secret, SecretError, read_secret};
use crate::domain::Moment;

/// Google's library believes its access token stale this long before it expires.
const STALE_BEFORE_S: i64 = 225;
/// No access token of Google's lives longer: an hour, or twelve where an organisation extends it.
const ACCESS_LIFE_MAX_S: i64 = 12 * 60 * 60;
const ASSERTION_LIFE_S: i64 = 3_600;
const TIMEOUT: Duration = Duration::from_secs(10);
const REPLY_MAX_BYTES: usize = 64 * 1024;
/// Google's library writes this audience even when `token_uri` points elsewhere.
const AUDIENCE: &str = "https://oauth2.googleapis.com/token";
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";

/// Acts as one Google service account.
pub(super) struct GoogleAccount {
    client_email: String,
    key_id: String,
    key: RsaKeyPair,
    token_uri: Url,
    client: reqwest::Client,
    clock: Clock,
    /// How often the access was bought or refused; tells a waiter that another's try has ended.
    tries: AtomicU64,
    /// What was bought last. Thousands of requests look here at once, and wait for nobody.
    access: ArcSwapOption<Access>,
    /// Held by who buys; the refusal of the last try, if it was refused.
    buying: Mutex<Option<NoCredential>>,
}

struct Access {
    secret: Secret,
    stale_at: Moment,
}

/// The parts of the account's key file that a sender needs.
#[derive(Deserialize)]
struct KeyFile {
    #[serde(rename = "type")]
    account_type: String,
    client_email: String,
    private_key_id: String,
    private_key: String,
    token_uri: String,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    kid: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'static str,
    aud: &'static str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refused {
    error: String,
    error_description: String,
}

/// The text is no key file of a service account.
#[derive(Debug, thiserror::Error)]
pub enum NoServiceAccount {
    /// Not the JSON of a key file. The cause is not kept, because it could quote the key.
    #[error("it is not the JSON key file of a Google service account")]
    Json,
    /// The private key is damaged.
    #[error("its `private_key` is not a PKCS#8 PEM key for RSA")]
    Key,
    /// Not https.
    #[error("its `token_uri` must be an https URL")]
    TokenUri,
    /// An inside address.
    #[error(transparent)]
    Address(#[from] AddressRefused),
}

/// The project that a Google service account of the config belongs to; `None` for any other credential, and for an account
/// whose file does not say.
pub fn project_of(config: &CredentialConfig, key: &str) -> Result<Option<String>, SecretError> {
    #[derive(Deserialize)]
    struct Belonging {
        project_id: String,
    }
    let CredentialConfig::GoogleServiceAccount { json, json_file, .. } = config else { return Ok(None) };
    let secret = read_secret(json.as_ref(), json_file.as_deref(), &format!("{key}.json"))?;
    Ok(serde_json::from_str(secret.reveal()).ok().map(|Belonging { project_id }| project_id))
}

impl GoogleAccount {
    /// Takes the text of the key file.
    pub(super) fn new(
        json: &str,
        client: reqwest::Client,
        clock: Clock,
        inside: bool,
    ) -> Result<Self, NoServiceAccount> {
        let file: KeyFile = serde_json::from_str(json).map_err(|_| NoServiceAccount::Json)?;
        if file.account_type != "service_account" {
            return Err(NoServiceAccount::Json);
        }
        let token_uri = Url::parse(&file.token_uri).map_err(|_| NoServiceAccount::TokenUri)?;
        if token_uri.scheme() != "https" && !(inside && token_uri.scheme() == "http") {
            return Err(NoServiceAccount::TokenUri);
        }
        if !inside {
            check_literal(&token_uri)?;
        }
        let der = PrivatePkcs8KeyDer::from_pem_slice(file.private_key.as_bytes()).map_err(|_| NoServiceAccount::Key)?;
        let key = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).map_err(|_| NoServiceAccount::Key)?;
        Ok(Self {
            client_email: file.client_email,
            key_id: file.private_key_id,
            key,
            token_uri,
            client,
            clock,
            tries: AtomicU64::new(0),
            access: ArcSwapOption::empty(),
            buying: Mutex::default(),
        })
    }

    /// An access token that is good now. One that is equal to `refused` is not given again.
    pub(super) async fn access(&self, refused: Option<&Secret>) -> Result<Secret, NoCredential> {
        let tries = self.tries.load(Ordering::SeqCst);
        if let Some(secret) = self.kept(refused) {
            return Ok(secret);
        }
        let mut last_refusal = self.buying.lock().await;
        if let Some(secret) = self.kept(refused) {
            return Ok(secret);
        }
        // Somebody else tried while this caller waited: their refusal is ours.
        if tries != self.tries.load(Ordering::SeqCst)
            && let Some(refusal) = &*last_refusal
        {
            return Err(refusal.clone());
        }
        let outcome = match tokio::time::timeout(TIMEOUT, self.buy()).await {
            Ok(outcome) => outcome,
            Err(_) => Err(NoCredential::Transient("Google's token endpoint did not answer in time".to_owned())),
        };
        self.tries.fetch_add(1, Ordering::SeqCst);
        match outcome {
            Ok(access) => {
                let secret = access.secret.clone();
                self.access.store(Some(Arc::new(access)));
                *last_refusal = None;
                Ok(secret)
            }
            Err(refusal) => {
                self.access.store(None);
                *last_refusal = Some(refusal.clone());
                Err(refusal)
            }
        }
    }

    /// What was bought and is good now, unless it is equal to `refused`.
    fn kept(&self, refused: Option<&Secret>) -> Option<Secret> {
        let access = self.access.load();
        let access = access.as_ref()?;
        (access.stale_at > self.clock.now() && Some(&access.secret) != refused).then(|| access.secret.clone())
    }

    async fn buy(&self) -> Result<Access, NoCredential> {
        let now = self.clock.now();
        let assertion = self.assertion(now)?;
        let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion.as_str())];
        let transient = |e: reqwest::Error| NoCredential::Transient(format!("Google's token endpoint: {}", reason(e)));
        let mut reply = self.client.post(self.token_uri.clone()).form(&form).send().await.map_err(transient)?;
        let mut body = Vec::new();
        while let Some(chunk) = reply.chunk().await.map_err(transient)? {
            body.extend_from_slice(&chunk);
            if body.len() > REPLY_MAX_BYTES {
                return Err(NoCredential::Transient("Google's token endpoint sent too much".to_owned()));
            }
        }
        if !reply.status().is_success() {
            return Err(refusal(&reply, &body, now));
        }
        let none = || NoCredential::Transient("Google's token endpoint sent no access token".to_owned());
        granted(&body, now).ok_or_else(none)
    }

    fn assertion(&self, now: Moment) -> Result<String, NoCredential> {
        let broken = || NoCredential::Misconfigured("the service account's key does not sign".to_owned());
        let header = Header { alg: "RS256", typ: "JWT", kid: &self.key_id };
        let claims = Claims {
            iss: &self.client_email,
            scope: SCOPE,
            aud: AUDIENCE,
            iat: now.secs(),
            exp: now.secs() + ASSERTION_LIFE_S,
        };
        let header = serde_json::to_vec(&header).map_err(|_| broken())?;
        let claims = serde_json::to_vec(&claims).map_err(|_| broken())?;
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
            .map_err(|_| broken())?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// The token in the endpoint's reply. A life that no token has is cut to what one has.
fn granted(body: &[u8], now: Moment) -> Option<Access> {
    let Granted { access_token, expires_in } = serde_json::from_slice(body).ok()?;
    let life_s = expires_in.clamp(0, ACCESS_LIFE_MAX_S);
    Some(Access { secret: Secret::new(access_token), stale_at: now.plus_secs(life_s - STALE_BEFORE_S) })
}

/// Says what a refusal of the endpoint means, and whether the operator must act.
fn refusal(reply: &reqwest::Response, body: &[u8], now: Moment) -> NoCredential {
    let date = reply.headers().get("date").and_then(|value| value.to_str().ok());
    refused(reply.status(), date, body, now)
}

/// A refusal of this status, which was written at this date, where it says so.
fn refused(status: StatusCode, date: Option<&str>, body: &[u8], now: Moment) -> NoCredential {
    let Refused { error, error_description } = serde_json::from_slice(body).unwrap_or_default();
    let text = format!(
        "Google refused the service account {}: {} {}",
        status.as_u16(),
        clip(&error),
        clip(&error_description)
    );
    if status.is_server_error() || matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) {
        return NoCredential::Transient(text);
    }
    let blamed = error == "invalid_grant" && speaks_of_times(&error_description);
    NoCredential::Misconfigured(match vendor_clock::fault(now, date, blamed) {
        Some(fault) => format!("{text}. {fault}"),
        None => format!("{text}. Check that the key has not been revoked, or make a new one"),
    })
}

/// Whether this is what Google says of an assertion that was made at the wrong time: "Token must be a short-lived token
/// (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."
fn speaks_of_times(description: &str) -> bool {
    let mut words = description.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| ["iat", "exp", "timeframe"].contains(&word))
}

#[cfg(test)]
mod tests {
    use super::super::client::{ClientMaker, Trust};
    use super::*;

    #[test]
    fn wrong_clock_is_blamed_before_the_key_and_an_outage_is_nobodys_fault() {
        const NOON: &str = "Wed, 18 Nov 2026 12:00:00 GMT";
        let times = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check \
                     your iat and exp values in the JWT claim.";
        let told = |status, off_s: i64, error: &str, description: &str| {
            let body = serde_json::json!({ "error": error, "error_description": description }).to_string();
            let now = Moment::from_secs(1_795_003_200).plus_secs(off_s);
            refused(StatusCode::from_u16(status).unwrap(), Some(NOON), body.as_bytes(), now)
        };
        for (off_s, description, said) in [
            (4_200, times, "clock is 1 h 10 min ahead of the vendor's: set it by NTP"),
            (-90, times, "clock is 1 min 30 s behind the vendor's: set it by NTP"),
            (0, times, "Look whether this machine's clock is right"),
            (4_200, "Invalid JWT Signature.", "clock is 1 h 10 min ahead of"),
            (90, "Invalid JWT Signature.", "has not been revoked"),
            (0, "Invalid grant: account not found", "has not been revoked"),
        ] {
            let NoCredential::Misconfigured(text) = told(400, off_s, "invalid_grant", description) else {
                panic!("{description} is the operator's matter")
            };
            assert!(text.contains(said) && text.contains(description.get(..20).unwrap()), "{off_s} s: {text}");
        }
        for (status, error) in [(401, "invalid_client"), (400, "invalid_scope"), (403, "")] {
            let told = told(status, 0, error, "");
            assert!(matches!(&told, NoCredential::Misconfigured(text) if text.contains(error)), "{told:?}");
        }
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(matches!(told(status, 4_200, "", ""), NoCredential::Transient(_)), "{status}");
        }
    }

    #[test]
    fn what_is_no_key_file_of_a_service_account_is_refused() {
        let trust = Trust::public().unwrap();
        let refusal = |name: &str, value: serde_json::Value, inside: bool| {
            let mut file = serde_json::json!({
                "type": "service_account", "client_email": "ring@companion-test.example", "private_key_id": "k1",
                "private_key": "a key that is none", "token_uri": "https://oauth2.googleapis.com/token",
            });
            file[name] = value;
            let client = ClientMaker { trust: &trust, private_addresses: inside }.negotiated().unwrap();
            let clock = Clock::manual(Moment::from_secs(1_800_000_000));
            let refused = GoogleAccount::new(&file.to_string(), client, clock, inside).err();
            refused.map(|why| why.to_string()).unwrap_or_default()
        };
        let (no_file, no_key, no_uri) = ("not the JSON key file", "is not a PKCS#8 PEM key", "must be an https URL");
        for (name, value, inside, said) in [
            ("type", "authorized_user".into(), false, no_file),
            ("client_email", serde_json::Value::Null, false, no_file),
            ("private_key_id", serde_json::Value::Null, false, no_file),
            ("token_uri", "oauth2.googleapis.com".into(), false, no_uri),
            ("token_uri", "http://oauth2.googleapis.com/token".into(), false, no_uri),
            ("token_uri", "ftp://oauth2.googleapis.com/token".into(), true, no_uri),
            ("token_uri", "https://169.254.169.254/token".into(), false, "inside address"),
            // All is well but the key, which is looked at last.
            ("token_uri", "http://127.0.0.1:9/token".into(), true, no_key),
            ("token_uri", "https://oauth2.googleapis.com/token".into(), false, no_key),
        ] {
            let told = refusal(name, value, inside);
            assert!(told.contains(said) && !told.contains("a key that is none"), "{name}: {told}");
        }
    }

    #[test]
    fn token_lives_as_long_as_one_can_whatever_the_reply_says() {
        let now = Moment::from_millis(1_800_000_000_000);
        for (expires_in, good_s) in [(3_599, 3_374), (0, -225), (i64::MIN, -225), (i64::MAX, 42_975)] {
            let body = format!(r#"{{"access_token":"ya29.invented","expires_in":{expires_in}}}"#);
            assert_eq!(granted(body.as_bytes(), now).map(|access| access.stale_at), Some(now.plus_secs(good_s)));
        }
        assert!(granted(br#"{"expires_in":3599}"#, now).is_none());
    }
}
