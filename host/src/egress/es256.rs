//! The provider authentication that APNs wants: a JWT signed with ES256.
//!
//! Apple refuses a JWT older than an hour, and answers
//! `TooManyProviderTokenUpdates` when a team shows a new one more often than
//! every 20 minutes, over all its senders together. Signatures after RFC 6979
//! depend on nothing but the key and the text, and the issue time is floored to a
//! slot, so every node makes the same JWT, with nothing shared between them.

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::DecodePrivateKey as _;
use serde::Serialize;

use crate::domain::Moment;

/// One JWT serves so long: less than Apple's hour even when clocks differ, more than its 20 minutes.
const SLOT_S: i64 = 40 * 60;

/// Signs as one Apple developer team.
pub(super) struct Es256 {
    team_id: String,
    key_id: String,
    key: SigningKey,
    /// The JWT of the slot that was last asked for.
    last: Mutex<Option<(i64, String)>>,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    kid: &'a str,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    iat: i64,
}

/// The text is no `.p8` key.
#[derive(Debug, thiserror::Error)]
#[error("it is not a PKCS#8 PEM key of the curve P-256, as Apple's .p8 files are")]
pub struct NoP8Key;

impl Es256 {
    /// Takes the text of a `.p8` file.
    pub(super) fn new(team_id: String, key_id: String, pem: &str) -> Result<Self, NoP8Key> {
        let key = SigningKey::from_pkcs8_pem(pem).map_err(|_| NoP8Key)?;
        Ok(Self { team_id, key_id, key, last: Mutex::new(None) })
    }

    /// The JWT that holds at `now`.
    pub(super) fn jwt(&self, now: Moment) -> Result<String, serde_json::Error> {
        let iat = now.secs() - now.secs().rem_euclid(SLOT_S);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((slot, jwt)) = &*last
            && *slot == iat
        {
            return Ok(jwt.clone());
        }
        let jwt = self.sign(iat)?;
        *last = Some((iat, jwt.clone()));
        Ok(jwt)
    }

    fn sign(&self, iat: i64) -> Result<String, serde_json::Error> {
        let header = serde_json::to_vec(&Header { alg: "ES256", kid: &self.key_id })?;
        let claims = serde_json::to_vec(&Claims { iss: &self.team_id, iat })?;
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature: Signature = self.key.sign(text.as_bytes());
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes())))
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;
    use p256::pkcs8::{EncodePrivateKey as _, LineEnding};

    use super::*;

    fn node() -> Es256 {
        let key = p256::SecretKey::from_slice(&[7; 32]).unwrap();
        let pem = key.to_pkcs8_pem(LineEnding::LF).unwrap();
        Es256::new("TEAM000001".to_owned(), "KEY0000001".to_owned(), &pem).unwrap()
    }

    #[test]
    fn two_nodes_make_the_same_jwt_throughout_a_slot() {
        let slot = Moment::from_secs(1_800_000_000 / SLOT_S * SLOT_S);
        let first = node().jwt(slot).unwrap();
        assert_eq!(first, node().jwt(slot.plus_secs(SLOT_S - 1)).unwrap());
        let one = node();
        assert_eq!(first, one.jwt(slot).unwrap());
        let next = one.jwt(slot.plus_secs(SLOT_S)).unwrap();
        assert_ne!(first, next);
        assert_eq!(next, node().jwt(slot.plus_secs(SLOT_S + 5)).unwrap());
    }

    #[test]
    fn jwt_is_younger_than_an_hour_and_no_other_comes_within_twenty_minutes() {
        let signer = node();
        let mut last: Option<i64> = None;
        for minute in 0..6 * 60 {
            let now = Moment::from_secs(1_800_000_000 + 60 * minute);
            let jwt = signer.jwt(now).unwrap();
            let claims = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1).unwrap()).unwrap();
            let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
            let issued = claims["iat"].as_i64().unwrap();
            let age_s = now.secs() - issued;
            assert!((0..60 * 60).contains(&age_s), "{age_s} s old");
            assert!(last.is_none_or(|last| last == issued || issued - last >= 20 * 60), "{last:?}, then {issued}");
            last = Some(issued);
        }
    }

    #[test]
    fn what_is_no_p8_file_is_no_key() {
        let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let cut = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        for text in ["", "KEY0000001", certificate, cut] {
            assert!(Es256::new("TEAM000001".to_owned(), "KEY0000001".to_owned(), text).is_err(), "{text}");
        }
    }

    #[test]
    fn jwt_says_what_apple_wants_and_verifies() {
        let signer = node();
        let jwt = signer.jwt(Moment::from_secs(1_800_000_123)).unwrap();
        let (text, signature) = jwt.rsplit_once('.').unwrap();
        let (header, claims) = text.split_once('.').unwrap();
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
        assert_eq!(decode(header), br#"{"alg":"ES256","kid":"KEY0000001"}"#);
        // These two claims and no other: an `exp` is none of Apple's.
        let iat = 1_800_000_123 / SLOT_S * SLOT_S;
        assert_eq!(String::from_utf8(decode(claims)).unwrap(), format!(r#"{{"iss":"TEAM000001","iat":{iat}}}"#));
        let signature = Signature::from_slice(&decode(signature)).unwrap();
        VerifyingKey::from(&signer.key).verify(text.as_bytes(), &signature).unwrap();
    }
}
