//! Verifies the signature of an inbound webhook, before any plugin sees it.
//!
//! The formula is that of `ElevenLabs-Signature: t=<unix seconds>,v0=<hex>`:
//! HMAC-SHA256 of `<t>.<body>`, with the body's bytes as they came over the wire.
//! The window is stricter than the vendor's own SDK: it is closed towards the
//! future too, so that a signature made for later cannot be kept and replayed.

use std::path::Path;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::config::plugins::{CredentialConfig, Secret, SecretError, read_secret};
use crate::domain::Moment;

/// A signature may lie so far in the future at most: clocks differ, but not more.
const FUTURE_MAX_S: i64 = 300;

/// Why a webhook is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No plugin of this name is loaded, or it takes no webhooks.
    #[error("no webhooks are expected here")]
    NotExpected,
    /// The header is missing.
    #[error("the signature's header is missing")]
    Missing,
    /// The header is not of the form that its scheme has.
    #[error("the signature's header is malformed")]
    Malformed,
    /// It is too old, or from the future.
    #[error("the signature is outside its window of time")]
    Stale,
    /// It does not fit the body and the secret.
    #[error("the signature is wrong")]
    Wrong,
}

/// The secret that signs, and during a rotation the one before it.
#[derive(Clone, Debug)]
pub struct SigningSecrets {
    current: Secret,
    previous: Option<Secret>,
}

impl SigningSecrets {
    /// Takes the secrets from a config of kind `hmac-secret`; `None` for other kinds.
    ///
    /// `key` is the full config key of the credential, for errors.
    pub fn read(config: &CredentialConfig, key: &str) -> Option<Result<Self, SecretError>> {
        let CredentialConfig::HmacSecret { value, value_file, previous, previous_file, .. } = config else {
            return None;
        };
        Some(Self::from_places(
            (value.as_ref(), value_file.as_deref()),
            (previous.as_ref(), previous_file.as_deref()),
            key,
        ))
    }

    fn from_places(
        current: (Option<&Secret>, Option<&Path>),
        previous: (Option<&Secret>, Option<&Path>),
        key: &str,
    ) -> Result<Self, SecretError> {
        let current = read_secret(current.0, current.1, &format!("{key}.value"))?;
        let previous = match previous {
            (None, None) => None,
            (value, file) => Some(read_secret(value, file, &format!("{key}.previous"))?),
        };
        Ok(Self { current, previous })
    }

    /// The one that signs now, then the one before it.
    pub(super) fn each(&self) -> impl Iterator<Item = &Secret> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    /// Checks `header` against `body`. `tolerance_s` is how far the signature's time may be from `now`.
    pub fn verify(&self, header: &str, body: &[u8], now: Moment, tolerance_s: u32) -> Result<(), SignatureError> {
        let (timestamp, signatures) = parse(header)?;
        let signed_at: i64 = timestamp.parse().map_err(|_| SignatureError::Malformed)?;
        let age_s = now.secs() - signed_at;
        let tolerance_s = i64::from(tolerance_s);
        if age_s > tolerance_s || -age_s > tolerance_s.min(FUTURE_MAX_S) {
            return Err(SignatureError::Stale);
        }
        let mut fits = subtle::Choice::from(0);
        for secret in self.each() {
            let expected = signature(secret, timestamp, body)?;
            for given in &signatures {
                fits |= expected.as_bytes().ct_eq(given.as_bytes());
            }
        }
        if bool::from(fits) { Ok(()) } else { Err(SignatureError::Wrong) }
    }
}

/// The hex signature of `body` at `timestamp`, taken as the text that it came as.
fn signature(secret: &Secret, timestamp: &str, body: &[u8]) -> Result<String, SignatureError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).map_err(|_| SignatureError::Wrong)?;
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    Ok(hex::encode(mac.finalize().into_bytes()))
}

/// The timestamp and every `v0` of a header, in lower case. Unknown parts are ignored.
fn parse(header: &str) -> Result<(&str, Vec<String>), SignatureError> {
    /// More parts than this are noise.
    const PARTS_MAX: usize = 16;
    let mut timestamp = None;
    let mut signatures = Vec::new();
    for part in header.split(',').take(PARTS_MAX) {
        match part.trim().split_once('=') {
            Some(("t", value)) if timestamp.is_none() => timestamp = Some(value.trim()),
            Some(("t", _)) => return Err(SignatureError::Malformed),
            Some(("v0", value)) => signatures.push(value.trim().to_ascii_lowercase()),
            _ => {}
        }
    }
    let digits = |t: &&str| (1..=12).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
    match timestamp.filter(digits) {
        Some(timestamp) if !signatures.is_empty() => Ok((timestamp, signatures)),
        _ => Err(SignatureError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"type":"post_call_transcription","event_timestamp":1,"data":{}}"#;
    const HEX: &str = "93fc84b0187326206253ebe58399240f16f5a1ae1c7b21395a4c1760af48f285";
    const NOW: Moment = Moment::from_secs(1_700_000_000);

    fn secrets(current: &str, previous: Option<&str>) -> SigningSecrets {
        SigningSecrets { current: Secret::new(current), previous: previous.map(Secret::new) }
    }

    fn check(header: &str) -> Result<(), SignatureError> {
        secrets("wsec_kat_0001", None).verify(header, BODY, NOW, 1800)
    }

    #[test]
    fn known_answer_verifies() {
        assert_eq!(BODY.len(), 64);
        assert_eq!(check(&format!("t=1700000000,v0={HEX}")), Ok(()));
    }

    #[test]
    fn spaces_case_order_and_strangers_do_not_matter() {
        let upper = HEX.to_ascii_uppercase();
        let zeros = "0".repeat(64);
        for header in [
            format!("t=1700000000, v0={HEX}"),
            format!("v0={upper},t=1700000000"),
            format!("t=1700000000,v0={zeros},v0={HEX}"),
            format!("t=1700000000,v0={HEX},v0={zeros},v1=abc,flag"),
        ] {
            assert_eq!(check(&header), Ok(()), "{header}");
        }
    }

    #[test]
    fn tampering_is_noticed() {
        assert_eq!(check(&format!("t=1700000001,v0={HEX}")), Err(SignatureError::Wrong));
        let spaced = br#"{"type": "post_call_transcription","event_timestamp":1,"data":{}}"#;
        let signed = secrets("wsec_kat_0001", None);
        let header = format!("t=1700000000,v0={HEX}");
        assert_eq!(signed.verify(&header, spaced, NOW, 1800), Err(SignatureError::Wrong));
        assert_eq!(check(&format!("t=1700000000,v0={}", &HEX[..62])), Err(SignatureError::Wrong));
    }

    #[test]
    fn malformed_headers_are_refused() {
        for header in [
            String::new(),
            format!("v0={HEX}"),
            "t=1700000000".to_owned(),
            format!("t=,v0={HEX}"),
            format!("t=+1700000000,v0={HEX}"),
            format!("t=1700000000123,v0={HEX}"),
            format!("t=soon,v0={HEX}"),
            format!("t=1700000000,t=1700000000,v0={HEX}"),
        ] {
            assert_eq!(check(&header), Err(SignatureError::Malformed), "{header}");
        }
    }

    #[test]
    fn window_is_closed_on_both_sides() {
        let signed = secrets("wsec_kat_0001", None);
        let header = format!("t=1700000000,v0={HEX}");
        for (offset, fits) in [(1800, true), (1801, false), (-300, true), (-301, false)] {
            let verdict = signed.verify(&header, BODY, NOW.plus_secs(offset), 1800);
            assert_eq!(verdict.is_ok(), fits, "{offset}: {verdict:?}");
        }
    }

    #[test]
    fn previous_secret_still_counts_during_a_rotation() {
        let header = format!("t=1700000000,v0={HEX}");
        let rotated = secrets("wsec_new", Some("wsec_kat_0001"));
        assert_eq!(rotated.verify(&header, BODY, NOW, 1800), Ok(()));
        assert_eq!(secrets("wsec_new", None).verify(&header, BODY, NOW, 1800), Err(SignatureError::Wrong));
    }

    #[test]
    fn no_bit_of_the_body_or_of_the_signature_can_be_changed() {
        let signed = secrets("wsec_kat_0001", Some("wsec_before"));
        let header = format!("t=1700000000,v0={HEX}");
        for bit in 0..BODY.len() * 8 {
            let mut body = BODY.to_vec();
            body[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(signed.verify(&header, &body, NOW, 1800), Err(SignatureError::Wrong), "bit {bit} of the body");
        }
        for bit in 0..header.len() * 8 {
            let mut changed = header.clone().into_bytes();
            changed[bit / 8] ^= 1 << (bit % 8);
            let Ok(changed) = String::from_utf8(changed) else { continue };
            // Upper case is the same hex.
            let same = changed.eq_ignore_ascii_case(&header) && changed.starts_with("t=1700000000,v0=");
            let verdict = signed.verify(&changed, BODY, NOW, 1800);
            assert_eq!(verdict.is_ok(), same, "{changed}: {verdict:?}");
        }
    }

    #[test]
    fn of_a_million_guesses_none_is_right() {
        const GUESSES: u32 = 1_000_000;
        // What is signed is short, so that the guesses are many.
        const SHORT: &[u8] = b"{}";
        let signed = secrets("wsec_kat_0001", None);
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let mut draw = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let accepted = (0..GUESSES).filter(|_| {
            let guess = format!("t=1700000000,v0={:016x}{:016x}{:016x}{:016x}", draw(), draw(), draw(), draw());
            signed.verify(&guess, SHORT, NOW, 1800) != Err(SignatureError::Wrong)
        });
        let accepted = accepted.count();
        println!("forged signatures, n = {GUESSES}: {accepted} accepted");
        assert_eq!(accepted, 0);
    }

    #[test]
    fn line_breaks_and_many_signatures_are_no_way_in() {
        let zeros = "0".repeat(64);
        for header in [
            format!("t=1700000000\r\n,v0={zeros}"),
            format!("t=1700000000,v0={zeros}\r\nx: y"),
            format!("t=1700000000,{}", vec![format!("v0={zeros}"); 64].join(",")),
            // Beyond what is looked at: a header that hides the right one among noise is not searched for ever.
            format!("t=1700000000,{},v0={HEX}", vec!["v1=0"; 32].join(",")),
        ] {
            assert!(check(&header).is_err(), "{header:?}");
        }
    }
}
