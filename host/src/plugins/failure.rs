//! How a call of a plugin fails, in words of the house.

use super::border::types;
use super::bound::reason;
use super::witness::Stamp;
use crate::domain::Moment;

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
    /// The plugin or its vendor kept failing, and is left alone for a while. Nothing has happened at the vendor.
    #[error("{whom} kept failing, and is left alone until {until}")]
    Resting {
        /// The plugin, or the vendor's host.
        whom: String,
        /// When it is tried again.
        until: Moment,
    },
    /// No such plugin of this kind is loaded.
    #[error("no plugin {0} is loaded")]
    NoSuchPlugin(String),
}

impl PluginFailure {
    /// Whether the same call may work later. After [`PluginFailure::Unknown`] the
    /// vendor is asked first.
    pub fn retryable(&self) -> bool {
        matches!(self, Self::Retry { .. } | Self::Resting { .. })
    }

    /// The same, with whose failure it is, for whoever reads it without knowing what was called.
    pub(super) fn by(self, stamp: &Stamp) -> Self {
        match self {
            Self::Retry { after_ms, reason } => Self::Retry { after_ms, reason: stamp.says(&reason) },
            Self::Unknown(reason) => Self::Unknown(stamp.says(&reason)),
            Self::Misconfigured(reason) => Self::Misconfigured(stamp.says(&reason)),
            Self::Permanent(reason) => Self::Permanent(stamp.says(&reason)),
            named @ (Self::Broken { .. } | Self::Resting { .. } | Self::NoSuchPlugin(_)) => named,
        }
    }
}

impl From<types::Failure> for PluginFailure {
    fn from(failure: types::Failure) -> Self {
        match failure {
            types::Failure::Retry((after_ms, why)) => Self::Retry { after_ms, reason: reason(&why) },
            types::Failure::Unknown(why) => Self::Unknown(reason(&why)),
            types::Failure::Misconfigured(why) => Self::Misconfigured(reason(&why)),
            types::Failure::Permanent(why) => Self::Permanent(reason(&why)),
            types::Failure::Other((case, why)) => Self::Permanent(reason(&format!("{case}: {why}"))),
        }
    }
}
