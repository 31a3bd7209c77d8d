//! Key pairs made at start, and the checks of what was signed with them.
//!
//! No key is ever written to a file. The RSA pair is made once per process,
//! because making one takes a good part of a second in a debug build.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::rand_core::OsRng;
use serde_json::Value;

/// A key pair could not be made or written as PEM.
#[derive(Debug, thiserror::Error)]
#[error("a key pair could not be made")]
pub struct KeyError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl KeyError {
    fn new(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }
}

/// A service account's RSA-2048 pair.
#[derive(Clone, Debug)]
pub(crate) struct RsaPair {
    /// PKCS#8 PEM.
    pub(crate) private_pem: String,
    public_der: Vec<u8>,
}

static RSA: OnceLock<RsaPair> = OnceLock::new();

impl RsaPair {
    pub(crate) fn of_this_process() -> Result<Self, KeyError> {
        if let Some(pair) = RSA.get() {
            return Ok(pair.clone());
        }
        let private = rsa::RsaPrivateKey::new(&mut OsRng, 2048).map_err(KeyError::new)?;
        let pair = Self {
            private_pem: private.to_pkcs8_pem(LineEnding::LF).map_err(KeyError::new)?.to_string(),
            public_der: private.to_public_key().to_pkcs1_der().map_err(KeyError::new)?.into_vec(),
        };
        Ok(RSA.get_or_init(|| pair).clone())
    }

    pub(crate) fn verifies(&self, jwt: &Jwt<'_>) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public_der)
            .verify(jwt.signed.as_bytes(), &jwt.signature)
            .is_ok()
    }
}

/// An APNs key pair (P-256).
#[derive(Clone, Debug)]
pub(crate) struct EcPair {
    /// PKCS#8 PEM, as in a `.p8` file.
    pub(crate) private_pem: String,
    public_point: Vec<u8>,
}

impl EcPair {
    pub(crate) fn new() -> Result<Self, KeyError> {
        let private = p256::SecretKey::random(&mut OsRng);
        let signing = p256::ecdsa::SigningKey::from(&private);
        Ok(Self {
            private_pem: private.to_pkcs8_pem(LineEnding::LF).map_err(KeyError::new)?.to_string(),
            public_point: signing.verifying_key().to_encoded_point(false).as_bytes().to_vec(),
        })
    }

    pub(crate) fn verifies(&self, jwt: &Jwt<'_>) -> bool {
        jwt.is_signed_by(&self.public_point)
    }
}

/// A JWT taken apart, its signature not yet checked.
pub(crate) struct Jwt<'a> {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    /// None if it is not three base64url parts with JSON in the first two.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let json = |part: &str| -> Option<Value> {
            let value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
            value.is_object().then_some(value)
        };
        Some(Self {
            header: json(header)?,
            claims: json(claims)?,
            signed,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// Whether it was signed with ES256 by the owner of this uncompressed point.
    pub(crate) fn is_signed_by(&self, point: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        key.verify(self.signed.as_bytes(), &self.signature).is_ok()
    }
}
