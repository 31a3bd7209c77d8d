//! Voluntary identification (RFC 8292): the installation signs for each push service that a message is its own. A
//! browser subscribes to one key for good, so the installation keeps its key. It calls nobody.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::SecretKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde::Serialize;

use super::contact::Contact;
use super::{draw, text_of};
use crate::domain::Moment;
use crate::egress::Origin;

/// The installation's own key.
pub struct VapidKey {
    signing: SigningKey,
    public: String,
}

/// The text is no such key. It is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not the base64url text of a secret key of the curve P-256")]
pub struct NoVapidKey;

#[derive(Serialize)]
struct Header {
    typ: &'static str,
    alg: &'static str,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    exp: i64,
    sub: &'a str,
}

impl VapidKey {
    /// A new one.
    pub fn draw() -> Result<Self, getrandom::Error> {
        Ok(Self::of(&draw()?))
    }

    fn of(key: &SecretKey) -> Self {
        Self { signing: SigningKey::from(key), public: text_of(&key.public_key()) }
    }

    /// Reads what [`VapidKey::secret_text`] gave.
    pub fn from_secret_text(text: &str) -> Result<Self, NoVapidKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NoVapidKey)?;
        // Shorter numbers would be taken too.
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| NoVapidKey)?;
        SecretKey::from_slice(&bytes).map(|key| Self::of(&key)).map_err(|_| NoVapidKey)
    }

    /// The key itself, to be kept. The caller must not print it.
    pub fn secret_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.signing.to_bytes())
    }

    /// The public key, which browsers subscribe to as `applicationServerKey`: 87 characters of base64url.
    pub fn public_text(&self) -> &str {
        &self.public
    }

    /// The value of `authorization` for messages to this push service until `expires`, which may be a day from now at
    /// the most (RFC 8292, 2).
    ///
    /// The same input gives the same value: ES256 as RFC 6979 has it.
    pub fn authorization(&self, to: &Origin, contact: &Contact, expires: Moment) -> Result<String, serde_json::Error> {
        let (aud, sub) = (to.to_string(), contact.to_string());
        let header = serde_json::to_vec(&Header { typ: "JWT", alg: "ES256" })?;
        let claims = serde_json::to_vec(&Claims { aud: &aud, exp: expires.secs(), sub: &sub })?;
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature: Signature = self.signing.sign(text.as_bytes());
        Ok(format!("vapid t={text}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public))
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;

    use super::*;

    fn key() -> VapidKey {
        VapidKey::from_secret_text(&URL_SAFE_NO_PAD.encode([7; 32])).unwrap()
    }

    fn authorization(key: &VapidKey) -> String {
        let (to, contact) = ("https://push.example.net".parse().unwrap(), "mailto:push@example.com".parse().unwrap());
        key.authorization(&to, &contact, Moment::from_secs(1_453_523_768)).unwrap()
    }

    #[test]
    fn what_is_signed_is_what_the_rfc_signs() {
        // RFC 8292, 2.4: the header and the claims. The key behind its signature is not told.
        let signed = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE0\
                      NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0";
        let value = authorization(&key());
        let (jwt, public) = value.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (text, signature) = jwt.rsplit_once('.').unwrap();
        assert_eq!(text, signed);
        assert_eq!((public, public.len()), (key().public_text(), 87));
        let verifying = VerifyingKey::from_sec1_bytes(&URL_SAFE_NO_PAD.decode(public).unwrap()).unwrap();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        verifying.verify(text.as_bytes(), &signature).unwrap();
    }

    #[test]
    fn a_key_that_is_kept_is_the_same_key_and_a_new_one_is_another() {
        let new = VapidKey::draw().unwrap();
        let kept = VapidKey::from_secret_text(&new.secret_text()).unwrap();
        assert_eq!((kept.public_text(), authorization(&kept)), (new.public_text(), authorization(&new)));
        assert_ne!(VapidKey::draw().unwrap().public_text(), new.public_text());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let wrong = [&[7; 24][..], &[7; 33], &[0; 32], &[255; 32]].map(encoded);
        for text in wrong.into_iter().chain([String::new(), "?".repeat(43)]) {
            assert_eq!(VapidKey::from_secret_text(&text).err(), Some(NoVapidKey), "{text}");
        }
    }
}
