//! The `[plugins.<id>]` sections: which plugins run, what they are granted, and
//! the credentials that the host puts in place for them. Read by the plugins and
//! egress rooms; a plugin itself sees its settings only.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};

use crate::domain::manifest::{CredentialKind, DataKind};
use crate::domain::word::word_enum;

/// One plugin, as the operator wants it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PluginConfig {
    /// Whether it is loaded.
    pub enabled: bool,
    /// `builtin:fcm`, `file:/path/x.wasm` with its `plugin.toml` beside it, or
    /// `installed` for what `callpanion plugin install` brought.
    /// Empty means the built-in plugin of the section's name.
    pub source: String,
    /// SHA-256 of the component in hex; when given, nothing else is loaded.
    pub sha256: Option<String>,
    /// The maker's public key, ed25519 in base64; when given, only what it signed is loaded.
    pub signed_by: Option<String>,
    /// The operator's word that a plugin from elsewhere may come without a signature.
    pub unsigned: bool,
    /// What it may do.
    pub grants: Grants,
    /// The credentials that its manifest asks for, by name.
    pub credentials: BTreeMap<String, CredentialConfig>,
    /// Its own settings, as its manifest describes them.
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// How much it may use.
    pub limits: Limits,
    /// Whether its calls are recorded.
    pub record: Record,
}

impl Default for PluginConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            source: String::new(),
            sha256: None,
            signed_by: None,
            unsigned: false,
            grants: Grants::default(),
            credentials: BTreeMap::new(),
            settings: serde_json::Map::new(),
            limits: Limits::default(),
            record: Record::Off,
        }
    }
}

word_enum! {
    /// Whether the calls of a plugin are recorded.
    Record {
        /// They are not.
        Off = "off",
        /// With stand-ins for all personal data.
        StandIns = "stand-ins",
        /// As they are.
        All = "all",
    }
}

/// What the operator allows. Empty grants nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grants {
    /// Origins that it may talk to, for example `https://fcm.googleapis.com`.
    pub hosts: Vec<String>,
    /// Names of the credentials that it may use.
    pub credentials: Vec<String>,
    /// Whether the origins may lie on private or loopback addresses.
    pub private_addresses: bool,
    /// Whether it is handed webhooks.
    pub webhooks: bool,
    /// The personal things that it is shown.
    pub data: Vec<DataKind>,
}

/// How much a plugin may use.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Memory of one instance, in MiB: 1 to 256.
    pub memory_mb: u32,
    /// CPU time of one run, in milliseconds.
    pub cpu_ms: u32,
    /// The longest that one call may take, requests included, in milliseconds.
    pub deadline_ms: u32,
    /// How many instances may run at once.
    pub concurrency: u32,
    /// How many recordings are kept.
    pub recordings: u32,
    /// How large they may be together, in MiB.
    pub recordings_mb: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_mb: 64, cpu_ms: 250, deadline_ms: 30_000, concurrency: 8, recordings: 200, recordings_mb: 50 }
    }
}

/// A credential. Of each pair (`value` and `value_file`, …) exactly one is given.
///
/// `hosts` are the origins that it is bound to; empty means all that are granted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[allow(missing_docs, reason = "the fields are what the variants' docs say")]
pub enum CredentialConfig {
    /// A header with a fixed value, for example `xi-api-key`.
    Header {
        header: String,
        value: Option<Secret>,
        value_file: Option<PathBuf>,
        #[serde(default)]
        hosts: Vec<String>,
    },
    /// A user name and a password.
    Basic {
        username: String,
        password: Option<Secret>,
        password_file: Option<PathBuf>,
        #[serde(default)]
        hosts: Vec<String>,
    },
    /// A fixed bearer value.
    Bearer {
        value: Option<Secret>,
        value_file: Option<PathBuf>,
        #[serde(default)]
        hosts: Vec<String>,
    },
    /// The key file of a Google service account.
    GoogleServiceAccount {
        json: Option<Secret>,
        json_file: Option<PathBuf>,
        #[serde(default)]
        hosts: Vec<String>,
    },
    /// A `.p8` key of Apple's developer account, with its ids.
    JwtEs256 {
        team_id: String,
        key_id: String,
        key: Option<Secret>,
        key_file: Option<PathBuf>,
        #[serde(default)]
        hosts: Vec<String>,
    },
    /// Whom push services ask about what this installation sends: `mailto:` and an address, or an https URL. The key is
    /// the installation's own.
    WebPush {
        contact: String,
        #[serde(default)]
        hosts: Vec<String>,
    },
    /// The secret that signs webhooks, and during a rotation the one before it.
    HmacSecret {
        value: Option<Secret>,
        value_file: Option<PathBuf>,
        previous: Option<Secret>,
        previous_file: Option<PathBuf>,
        #[serde(default)]
        hosts: Vec<String>,
    },
}

impl CredentialConfig {
    /// How it is put in place.
    pub fn kind(&self) -> CredentialKind {
        match self {
            Self::Header { .. } => CredentialKind::Header,
            Self::Basic { .. } => CredentialKind::Basic,
            Self::Bearer { .. } => CredentialKind::Bearer,
            Self::GoogleServiceAccount { .. } => CredentialKind::GoogleServiceAccount,
            Self::JwtEs256 { .. } => CredentialKind::JwtEs256,
            Self::WebPush { .. } => CredentialKind::WebPush,
            Self::HmacSecret { .. } => CredentialKind::HmacSecret,
        }
    }

    /// The origins that it is bound to; empty means all that are granted.
    pub fn hosts(&self) -> &[String] {
        match self {
            Self::Header { hosts, .. }
            | Self::Basic { hosts, .. }
            | Self::Bearer { hosts, .. }
            | Self::GoogleServiceAccount { hosts, .. }
            | Self::JwtEs256 { hosts, .. }
            | Self::WebPush { hosts, .. }
            | Self::HmacSecret { hosts, .. } => hosts,
        }
    }
}

/// A secret text: it prints as `***` wherever it is printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself. The caller must not print it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

/// Why a secret of the config cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Neither the value nor the file is given.
    #[error("`{key}` is missing: set it, or set `{key}_file` to the path of a file that holds it")]
    Missing {
        /// The config key.
        key: String,
    },
    /// Both are given.
    #[error("`{key}` and `{key}_file` are both set: keep one")]
    Both {
        /// The config key.
        key: String,
    },
    /// The file cannot be read.
    #[error("`{key}_file`: cannot read {path}")]
    File {
        /// The config key, without `_file`.
        key: String,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Nothing is in it.
    #[error("`{key}` is empty")]
    Empty {
        /// The config key.
        key: String,
    },
}

/// Takes a secret from where the config says it is: in `value`, or in the file at `file`.
///
/// `key` is the full config key of the value, for errors. White space around a secret is dropped.
pub fn read_secret(value: Option<&Secret>, file: Option<&Path>, key: &str) -> Result<Secret, SecretError> {
    let text = match (value, file) {
        (Some(_), Some(_)) => return Err(SecretError::Both { key: key.to_owned() }),
        (None, None) => return Err(SecretError::Missing { key: key.to_owned() }),
        (Some(value), None) => value.reveal().to_owned(),
        (None, Some(path)) => std::fs::read_to_string(path).map_err(|source| SecretError::File {
            key: key.to_owned(),
            path: path.to_owned(),
            source,
        })?,
    };
    match text.trim() {
        "" => Err(SecretError::Empty { key: key.to_owned() }),
        secret => Ok(Secret::new(secret)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_is_read_and_unknown_keys_are_refused() {
        let text = r#"
            source = "builtin:apns-voip"
            grants = { hosts = ["https://api.push.apple.com"], credentials = ["push-key"] }
            settings = { topic = "nl.example.companion.voip" }
            [credentials.push-key]
            kind = "jwt-es256"
            team_id = "TEAM000001"
            key_id = "KEY0000001"
            key_file = "/nowhere/key.p8"
        "#;
        let config: PluginConfig = toml::from_str(text).unwrap();
        assert!(config.enabled);
        assert!(matches!(config.credentials["push-key"], CredentialConfig::JwtEs256 { .. }));
        assert!(toml::from_str::<PluginConfig>("sauce = \"builtin:fcm\"").is_err());
        let typo = "[credentials.k]\nkind = \"bearer\"\nvalu = \"x\"";
        assert!(toml::from_str::<PluginConfig>(typo).is_err());
    }

    #[test]
    fn secret_never_prints() {
        let text = "[credentials.k]\nkind = \"bearer\"\nvalue = \"hush-hush\"";
        let config: PluginConfig = toml::from_str(text).unwrap();
        assert!(!format!("{config:?}").contains("hush"));
        assert!(!serde_json::to_string(&config).unwrap().contains("hush"));
    }

    #[test]
    fn missing_secret_names_its_key() {
        let key = "plugins.fcm.credentials.service-account.json";
        let missing = read_secret(None, None, key).unwrap_err();
        assert!(missing.to_string().contains(key));
        let unreadable = read_secret(None, Some(Path::new("/nowhere/at/all")), key).unwrap_err();
        assert!(unreadable.to_string().contains("json_file"), "{unreadable}");
        let both = read_secret(Some(&Secret::new("x")), Some(Path::new("/x")), key).unwrap_err();
        assert!(both.to_string().contains("keep one"));
        assert_eq!(read_secret(Some(&Secret::new(" x\n")), None, key).unwrap().reveal(), "x");
    }
}
