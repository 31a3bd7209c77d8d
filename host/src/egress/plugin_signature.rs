//! The signatures of plugins' makers (Ed25519, RFC 8032): verifies that a plugin is
//! the one that its maker signed, and signs for makers.
//!
//! The plugins room says what the signed text is; this room holds the keys.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;

/// A maker's public key. As text: base64 of its 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MakerKey([u8; 32]);

/// The text is no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not the base64 text of a 32-byte ed25519 public key, which `callpanion plugin sign` prints")]
pub struct NoMakerKey;

/// The signature does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongSignature {
    /// It is not base64 of 64 bytes.
    #[error("the signature is not the base64 text of an ed25519 signature")]
    Malformed,
    /// Another key, or another text.
    #[error("the signature was made with another key, or for another plugin.toml or component")]
    Wrong,
}

impl MakerKey {
    /// Checks that `signature`, in base64, was made for `signed` by the owner of this key.
    pub fn verify(&self, signed: &[u8], signature: &str) -> Result<(), WrongSignature> {
        let signature = STANDARD.decode(signature.trim()).map_err(|_| WrongSignature::Malformed)?;
        if signature.len() != 64 {
            return Err(WrongSignature::Malformed);
        }
        UnparsedPublicKey::new(&ED25519, self.0).verify(signed, &signature).map_err(|_| WrongSignature::Wrong)
    }
}

impl FromStr for MakerKey {
    type Err = NoMakerKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| NoMakerKey)?;
        bytes.try_into().map(Self).map_err(|_| NoMakerKey)
    }
}

impl fmt::Display for MakerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for MakerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A maker's private key.
pub struct MakerSecret(Ed25519KeyPair);

/// The text is no private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not an ed25519 private key in PKCS#8 PEM, as `openssl genpkey -algorithm ed25519` makes")]
pub struct NoMakerSecret;

impl MakerSecret {
    /// Takes the text of a PEM file.
    pub fn from_pem(pem: &[u8]) -> Result<Self, NoMakerSecret> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| NoMakerSecret)?;
        // OpenSSL leaves out the public key that ring would otherwise compare with its own.
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der()).map_err(|_| NoMakerSecret)?;
        Ok(Self(pair))
    }

    /// The key that verifies what this one signs.
    pub fn key(&self) -> MakerKey {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.public_key().as_ref());
        MakerKey(bytes)
    }

    /// The signature of `signed`, in base64.
    pub fn sign(&self, signed: &[u8]) -> String {
        STANDARD.encode(self.0.sign(signed))
    }
}

impl fmt::Debug for MakerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made for these tests with `openssl genpkey -algorithm ed25519`.
    const PEM: &[u8] = b"-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIIjwabCUSRPnCY5jeF1fobrzLDb6NoikeeWEjen7owz2\n\
        -----END PRIVATE KEY-----\n";

    #[test]
    fn key_of_openssl_signs_what_its_public_half_verifies() {
        let secret = MakerSecret::from_pem(PEM).unwrap();
        let key = secret.key();
        // `openssl pkey -text` shows these as 48:f0:fb:21:…
        assert!(key.0.starts_with(&[0x48, 0xf0, 0xfb, 0x21]));
        assert_eq!(key.to_string().parse(), Ok(key));
        let signature = secret.sign(b"this");
        assert_eq!(key.verify(b"this", &format!(" {signature}\n")), Ok(()));
        assert_eq!(key.verify(b"that", &signature), Err(WrongSignature::Wrong));
        for malformed in ["", "AAAA", "not base64!"] {
            assert_eq!(key.verify(b"this", malformed), Err(WrongSignature::Malformed), "{malformed}");
        }
        assert!(!format!("{secret:?}").contains("MC4C"));
    }

    #[test]
    fn vector_of_the_rfc_verifies() {
        // RFC 8032, 7.1, test 2: the message is the one byte 72.
        let bytes = |hex: &str| hex::decode(hex).unwrap();
        let key = STANDARD.encode(bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
        let signature = STANDARD.encode(bytes(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c38\
             7b2eaeb4302aeeb00d291612bb0c00",
        ));
        assert_eq!(key.parse::<MakerKey>().unwrap().verify(b"\x72", &signature), Ok(()));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "AAAA", "MCowBQYDK2VwAyEASPD7ITpTebn4_g4w", "-----BEGIN PUBLIC KEY-----"] {
            assert_eq!(text.parse::<MakerKey>(), Err(NoMakerKey), "{text}");
        }
        for pem in [&b""[..], b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"\xff"] {
            assert_eq!(MakerSecret::from_pem(pem).unwrap_err(), NoMakerSecret);
        }
    }
}
