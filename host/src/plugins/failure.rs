//! How a call of a plugin fails, in words of the house.

use super::border::types;
use super::bound::{REASON_MAX_CHARS, text};

/// Why a plugin gave no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PluginFailure {
    /// Transient: the same call may work later. Nothing has happened at the vendor.
    #[error("{reason} (again in {after_ms} ms)")]
    Retry {
        /// How long to wait, in milliseconds.
        after_ms: u32,
        /// Why.
        reason: String,
    },
    /// The vendor may have acted: inspect before you repeat.
    #[error("the vendor may have acted: {0}")]
    Unknown(String),
    /// The operator must act. Nothing has happened at the vendor.
    #[error("{0}")]
    Misconfigured(String),
    /// Trying again cannot help.
    #[error("{0}")]
    Permanent(String),
    /// The plugin itself is broken: it trapped, spent its budget, or gave nonsense.
    /// Nothing has happened at the vendor.
    #[error("the plugin {plugin} {version} is broken: {what}")]
    Broken {
        /// The plugin.
        plugin: String,
        /// Its version.
        version: String,
        /// What it did.
        what: String,
    },
    /// No such plugin of this kind is loaded.
    #[error("no plugin {0} is loaded")]
    NoSuchPlugin(String),
}

impl PluginFailure {
    /// Whether the same call may work later. After [`PluginFailure::Unknown`] the
    /// vendor is asked first.
    pub fn retryable(&self) -> bool {
        matches!(self, Self::Retry { .. })
    }
}

impl From<types::Failure> for PluginFailure {
    fn from(failure: types::Failure) -> Self {
        let text = |reason: &str| text(reason, REASON_MAX_CHARS);
        match failure {
            types::Failure::Retry((after_ms, reason)) => Self::Retry { after_ms, reason: text(&reason) },
            types::Failure::Unknown(reason) => Self::Unknown(text(&reason)),
            types::Failure::Misconfigured(reason) => Self::Misconfigured(text(&reason)),
            types::Failure::Permanent(reason) => Self::Permanent(text(&reason)),
            types::Failure::Other((case, reason)) => Self::Permanent(text(&format!("{case}: {reason}"))),
        }
    }
}
