//! Where a manifest and the operator's config disagree. Each text says what to write where; whoever loads a plugin, and
//! `plugin show`, prints it.

use std::error::Error as _;

use crate::domain::manifest::DataKind;
use crate::egress::NoOrigin;

/// Where the two sides disagree, and what to write where.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Disagreement {
    /// The operator set something that the plugin does not know.
    #[error("`plugins.{plugin}.settings.{name}` is unknown: the plugin knows {known}")]
    UnknownSetting {
        /// The section.
        plugin: String,
        /// The setting.
        name: String,
        /// What there is.
        known: String,
    },
    /// A value of the wrong type.
    #[error("`plugins.{plugin}.settings.{name}` must be of type {wanted}")]
    SettingType {
        /// The section.
        plugin: String,
        /// The setting.
        name: String,
        /// The type.
        wanted: &'static str,
    },
    /// A required setting is missing.
    #[error("`plugins.{plugin}.settings.{name}` is missing: {help}")]
    SettingMissing {
        /// The section.
        plugin: String,
        /// The setting.
        name: String,
        /// What the manifest says about it.
        help: String,
    },
    /// A setting that should hold a URL.
    #[error("`plugins.{plugin}.settings.{name}` must be an https or http URL")]
    SettingUrl {
        /// The section.
        plugin: String,
        /// The setting.
        name: String,
    },
    /// A grant that is not an origin.
    #[error("`plugins.{plugin}.grants.hosts` must list origins, which have no path")]
    GrantedOrigin {
        /// The section.
        plugin: String,
        /// What is wrong.
        source: NoOrigin,
    },
    /// A host is asked for and not granted.
    #[error(
        "the plugin asks to talk to {origin} ({reason}), which is not granted. To allow it, add \"{origin}\" to \
         `hosts` in [plugins.{plugin}.grants]"
    )]
    Host {
        /// The section.
        plugin: String,
        /// The origin.
        origin: String,
        /// The manifest's reason.
        reason: String,
    },
    /// A host lies inside the operator's network, which is not granted.
    #[error(
        "the plugin would talk to {origin}, inside your own network, which is not granted. To allow it, write \
         private_addresses = true in [plugins.{plugin}.grants]"
    )]
    PrivateAddresses {
        /// The section.
        plugin: String,
        /// The origins, joined by commas.
        origin: String,
    },
    /// Webhooks are asked for and not granted.
    #[error(
        "the plugin asks to be handed webhooks ({reason}), which is not granted. To allow it, write webhooks = true \
         in [plugins.{plugin}.grants]"
    )]
    Webhooks {
        /// The section.
        plugin: String,
        /// The manifest's reason.
        reason: String,
    },
    /// Something personal is asked for and not granted.
    #[error(
        "the plugin asks to be shown the {what} ({reason}), which is not granted. That is {}. To allow it, add \
         \"{what}\" to `data` in [plugins.{plugin}.grants]", what.meaning()
    )]
    Data {
        /// The section.
        plugin: String,
        /// What.
        what: DataKind,
        /// The manifest's reason.
        reason: String,
    },
    /// A credential is asked for and not granted.
    #[error(
        "the plugin asks for the credential \"{name}\" ({reason}), which is not granted. To allow it, add \"{name}\" \
         to `credentials` in [plugins.{plugin}.grants], and describe it in [plugins.{plugin}.credentials.{name}] \
         with kind = \"{kind}\""
    )]
    Credential {
        /// The section.
        plugin: String,
        /// The credential.
        name: String,
        /// The manifest's reason.
        reason: String,
        /// The kind that it must be.
        kind: &'static str,
    },
    /// A credential is granted and not described.
    #[error(
        "the credential \"{name}\" is granted: describe it in [plugins.{plugin}.credentials.{name}] with kind = \"{kind}\""
    )]
    CredentialMissing {
        /// The section.
        plugin: String,
        /// The credential.
        name: String,
        /// The kind that it must be.
        kind: &'static str,
    },
    /// A credential of another kind than the one asked for.
    #[error("`plugins.{plugin}.credentials.{name}.kind` must be \"{kind}\"")]
    CredentialKind {
        /// The section.
        plugin: String,
        /// The credential.
        name: String,
        /// The kind that it must be.
        kind: &'static str,
    },
    /// More than one disagreement, so that all can be mended at once.
    #[error("it asks for one thing and the configuration says another, in {} places{}", .0.len(), listed(.0))]
    Several(Vec<Self>),
}

/// Each with its causes, on a line of its own.
fn listed(all: &[Disagreement]) -> String {
    all.iter().fold(String::new(), |mut lines, one| {
        lines.push_str("\n  - ");
        lines.push_str(&one.to_string());
        if let Some(cause) = one.source() {
            lines.push_str(": ");
            lines.push_str(&cause.to_string());
        }
        lines
    })
}
