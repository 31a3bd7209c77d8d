//! Sealing: what would let a stranger ring, or pair a device, is encrypted before it is stored, where the operator gave a
//! key: push addresses, also those of rings, live pairing codes, and the key with which browsers are rung. Boot makes
//! the [`Sealer`].
//!
//! It is AES-SIV with 256-bit keys (RFC 5297): the same text is sealed alike each time, so that the database can look for it
//! and keep it unique. A sealed text is `sealed:NAME:BASE64URL`, where the name is that of the key. Everything else is
//! plain and reads as it is, so a database may hold both while it is changed from one to the other ([`renewing`]).

pub mod keys;
pub mod renewing;

use std::sync::Arc;

use aes_siv::siv::Aes256Siv;
use aes_siv::{Key, KeyInit as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use sha2::Sha256;

use crate::config::{Database, Secret};
use crate::db::ring_targets::RingTarget;

const PREFIX: &str = "sealed:";

/// What is sealed. One kind cannot be passed off as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Where a channel reaches a device.
    PushAddress,
    /// The six digits of a pairing.
    PairingCode,
    /// A key that is the installation's own.
    InstallationKey,
}

impl Kind {
    fn label(self) -> &'static [u8] {
        match self {
            Self::PushAddress => b"push-address",
            Self::PairingCode => b"pairing-code",
            Self::InstallationKey => b"installation-key",
        }
    }
}

/// Seals, and opens what was sealed. Cheap to clone.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds keys")]
pub struct Sealer {
    /// What is stored from now on is sealed with this one; without it, it is plain.
    present: Option<Arc<SealingKey>>,
    /// What was sealed with this one is read too.
    previous: Option<Arc<SealingKey>>,
}

struct SealingKey {
    /// Says which key it is, and nothing about it: eight hexadecimal digits.
    name: String,
    key: Key<Aes256Siv>,
}

/// A text is sealed with a key that is not there, or was changed since.
#[derive(Debug, thiserror::Error)]
#[error("it cannot be opened with database.encryption_key nor with database.previous_encryption_key")]
pub(crate) struct Unreadable;

impl Sealer {
    /// With the keys of the configuration.
    pub fn new(config: &Database) -> Self {
        let key = |secret: &Option<Secret>| secret.as_ref().map(|secret| Arc::new(SealingKey::new(secret.reveal())));
        Self { present: key(&config.encryption_key), previous: key(&config.previous_encryption_key) }
    }

    /// How `text` is stored.
    pub(crate) fn seal(&self, kind: Kind, text: &str) -> String {
        self.present.as_ref().map_or_else(|| text.to_owned(), |key| key.seal(kind, text))
    }

    /// What was stored as `kept`.
    ///
    /// # Errors
    /// When it is sealed with neither of the keys, or was changed.
    pub(crate) fn open(&self, kind: Kind, kept: &str) -> Result<String, Unreadable> {
        let Some(sealed) = kept.strip_prefix(PREFIX) else { return Ok(kept.to_owned()) };
        let (name, sealed) = sealed.split_once(':').ok_or(Unreadable)?;
        self.keys().find(|key| key.name == name).and_then(|key| key.open(kind, sealed)).ok_or(Unreadable)
    }

    /// A stored push address as it would be stored now; `None`, and a word in the log, where it cannot be read.
    pub(crate) fn renewed(&self, target: &RingTarget) -> Option<String> {
        let unreadable = |error: &Unreadable| tracing::error!(device = %target.device_id, %error, "it cannot be rung");
        let address = self.open(Kind::PushAddress, &target.address).inspect_err(unreadable).ok()?;
        Some(self.seal(Kind::PushAddress, &address))
    }

    /// Whether two stored push addresses are the same one, sealed or not.
    pub(crate) fn is_same_address(&self, one: &str, other: &str) -> bool {
        let open = |kept| self.open(Kind::PushAddress, kept).ok();
        one == other || open(one).is_some_and(|address| open(other) == Some(address))
    }

    /// All forms in which a stored push address may be stored.
    pub(crate) fn forms_of_address(&self, kept: &str) -> Vec<String> {
        let opened = self.open(Kind::PushAddress, kept);
        opened.map_or_else(|_| vec![kept.to_owned()], |address| self.forms(Kind::PushAddress, &address))
    }

    /// The names of the key that seals, and of the other one.
    pub(crate) fn names(&self) -> (Option<String>, Option<String>) {
        let name = |key: &Option<Arc<SealingKey>>| key.as_ref().map(|key| key.name.clone());
        (name(&self.present), name(&self.previous))
    }

    /// All forms in which `text` may be stored.
    pub(crate) fn forms(&self, kind: Kind, text: &str) -> Vec<String> {
        self.keys().map(|key| key.seal(kind, text)).chain([text.to_owned()]).collect()
    }

    /// Whether `kept` stands as it would be stored now.
    fn is_present(&self, kept: &str) -> bool {
        key_of(kept) == self.present.as_ref().map(|key| key.name.as_str())
    }

    fn keys(&self) -> impl Iterator<Item = &SealingKey> {
        self.present.iter().chain(&self.previous).map(AsRef::as_ref)
    }
}

/// Whether a stranger's text would be taken for a sealed one.
pub(crate) fn looks_sealed(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// The name of the key with which a stored text is sealed.
fn key_of(kept: &str) -> Option<&str> {
    kept.strip_prefix(PREFIX).and_then(|sealed| sealed.split(':').next())
}

impl SealingKey {
    /// Of a long random text, as `openssl rand -base64 32` prints it.
    fn new(secret: &str) -> Self {
        let made = Hkdf::<Sha256>::new(None, secret.as_bytes());
        let (mut name, mut key) = ([0; 4], Key::<Aes256Siv>::default());
        // Only lengths beyond 255 hashes are refused (RFC 5869, 2.3).
        let fits = made.expand(b"callpanion sealing key", &mut key).and_then(|()| made.expand(b"its name", &mut name));
        assert!(fits.is_ok(), "a key of 64 bytes fits into 255 hashes");
        Self { name: format!("{:08x}", u32::from_be_bytes(name)), key }
    }

    #[expect(clippy::expect_used, reason = "of a text in memory and one header nothing is too long (RFC 5297, 7)")]
    fn seal(&self, kind: Kind, text: &str) -> String {
        let mut cipher = Aes256Siv::new(&self.key);
        let sealed = cipher.encrypt([kind.label()], text.as_bytes()).expect("a text can be sealed");
        format!("{PREFIX}{}:{}", self.name, URL_SAFE_NO_PAD.encode(sealed))
    }

    fn open(&self, kind: Kind, sealed: &str) -> Option<String> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let plain = Aes256Siv::new(&self.key).decrypt([kind.label()], &sealed).ok()?;
        String::from_utf8(plain).ok()
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
