//! The agreement between a manifest, which asks, and the operator's config, which
//! grants. Both must agree, and an empty grant grants nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use url::Url;

use crate::config::plugins::{CredentialConfig, PluginConfig};
use crate::domain::manifest::{Manifest, SettingType};
use crate::egress::{NoOrigin, Origin};

/// What both sides agree on.
#[derive(Debug)]
pub(super) struct Agreement {
    /// The origins that the plugin may talk to.
    pub(super) origins: BTreeSet<Origin>,
    /// The credentials that it may use, webhook secrets included.
    pub(super) credentials: BTreeMap<String, CredentialConfig>,
    /// The settings, with the manifest's defaults.
    pub(super) settings: Map<String, Value>,
}

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
}

/// Brings the two sides together, or names the first thing that they disagree on.
pub(super) fn agree(plugin: &str, manifest: &Manifest, config: &PluginConfig) -> Result<Agreement, Disagreement> {
    let settings = settings(plugin, manifest, config)?;
    let origins = origins(plugin, manifest, config, &settings)?;
    let credentials = credentials(plugin, manifest, config)?;
    Ok(Agreement { origins, credentials, settings })
}

fn settings(plugin: &str, manifest: &Manifest, config: &PluginConfig) -> Result<Map<String, Value>, Disagreement> {
    let (plugin, mut merged) = (plugin.to_owned(), Map::new());
    if let Some(name) = config.settings.keys().find(|name| !manifest.settings.contains_key(*name)) {
        let known: Vec<_> = manifest.settings.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        return Err(Disagreement::UnknownSetting { plugin, name: name.clone(), known });
    }
    for (name, setting) in &manifest.settings {
        let name = name.clone();
        match config.settings.get(&name).or(setting.default.as_ref()) {
            Some(value) if setting.value_type.fits(value) => {
                merged.insert(name, value.clone());
            }
            // An environment variable of digits reads as a number; where text is wanted it is the text.
            Some(Value::Number(number)) if setting.value_type == SettingType::String => {
                merged.insert(name, Value::String(number.to_string()));
            }
            Some(_) => {
                return Err(Disagreement::SettingType { plugin, name, wanted: setting.value_type.as_str() });
            }
            None if setting.required => {
                return Err(Disagreement::SettingMissing { plugin, name, help: setting.help.clone() });
            }
            None => {}
        }
    }
    Ok(merged)
}

fn origins(
    plugin: &str,
    manifest: &Manifest,
    config: &PluginConfig,
    settings: &Map<String, Value>,
) -> Result<BTreeSet<Origin>, Disagreement> {
    let plugin = plugin.to_owned();
    let granted = config.grants.hosts.iter().map(|text| text.parse()).collect::<Result<BTreeSet<Origin>, _>>();
    let granted = match granted {
        Ok(granted) => granted,
        Err(source) => return Err(Disagreement::GrantedOrigin { plugin, source }),
    };
    let mut wanted = BTreeSet::new();
    for wish in &manifest.hosts {
        // An empty or absent setting wishes for nothing.
        let Some(url) = settings.get(&wish.setting).and_then(Value::as_str).filter(|url| !url.is_empty()) else {
            continue;
        };
        let Some(origin) = Url::parse(url).ok().as_ref().and_then(Origin::of) else {
            return Err(Disagreement::SettingUrl { plugin, name: wish.setting.clone() });
        };
        if !granted.contains(&origin) {
            return Err(Disagreement::Host { plugin, origin: origin.to_string(), reason: unpointed(&wish.reason) });
        }
        wanted.insert(origin);
    }
    for origin in granted.difference(&wanted) {
        tracing::warn!(plugin, %origin, "granted, but the plugin does not ask for it: it stays closed");
    }
    Ok(wanted)
}

fn credentials(
    plugin: &str,
    manifest: &Manifest,
    config: &PluginConfig,
) -> Result<BTreeMap<String, CredentialConfig>, Disagreement> {
    let mut agreed = BTreeMap::new();
    for wish in &manifest.credentials {
        let (plugin, name, kind) = (plugin.to_owned(), wish.name.clone(), wish.kind.as_str());
        if !config.grants.credentials.contains(&name) {
            return Err(Disagreement::Credential { plugin, name, reason: unpointed(&wish.reason), kind });
        }
        match config.credentials.get(&name) {
            Some(credential) if credential.kind() == wish.kind => {
                agreed.insert(name, credential.clone());
            }
            Some(_) => return Err(Disagreement::CredentialKind { plugin, name, kind }),
            None => return Err(Disagreement::CredentialMissing { plugin, name, kind }),
        }
    }
    for name in config.grants.credentials.iter().chain(config.credentials.keys()) {
        if !agreed.contains_key(name) {
            tracing::warn!(plugin, name, "this credential is configured, but the plugin does not ask for it");
        }
    }
    Ok(agreed)
}

/// A manifest's reason without its full stop, to stand within a sentence.
fn unpointed(reason: &str) -> String {
    reason.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let text = r#"
            id = "bell"
            kind = "channel"
            api = "1.0.0"
            version = "0.1.0"
            name = "Bell"
            purpose = "Rings a bell."
            processing_country = "NL"
            [channel]
            reaches = "number"
            submits = "moment"
            [[hosts]]
            setting = "base_url"
            reason = "to ring"
            [[credentials]]
            name = "key"
            kind = "bearer"
            reason = "to be let in"
            [settings.base_url]
            type = "string"
            default = "https://bell.example/v1"
            [settings.volume]
            type = "integer"
            required = true
            help = "how loud"
        "#;
        let manifest: Manifest = toml::from_str(text).unwrap();
        manifest.check().unwrap();
        manifest
    }

    fn config(text: &str) -> PluginConfig {
        toml::from_str(text).unwrap()
    }

    const FULL: &str = r#"
        grants = { hosts = ["https://bell.example", "https://other.example"], credentials = ["key"] }
        settings = { volume = 3 }
        [credentials.key]
        kind = "bearer"
        value = "x"
    "#;

    #[test]
    fn what_both_sides_say_holds_and_no_more() {
        let agreement = agree("bell", &manifest(), &config(FULL)).unwrap();
        let origins: Vec<_> = agreement.origins.iter().map(ToString::to_string).collect();
        assert_eq!(origins, ["https://bell.example"]);
        assert_eq!(agreement.settings["base_url"], "https://bell.example/v1");
        assert_eq!(agreement.settings["volume"], 3);
        assert!(agreement.credentials.contains_key("key"));
    }

    #[test]
    fn every_disagreement_names_the_line_to_write() {
        for (from, to, line) in [
            ("\"https://bell.example\", ", "", "[plugins.bell.grants]"),
            ("hosts = [\"https://bell.example\"", "hosts = [\"bell.example\"", "plugins.bell.grants.hosts"),
            ("credentials = [\"key\"]", "credentials = []", "[plugins.bell.credentials.key] with kind = \"bearer\""),
            (
                "kind = \"bearer\"\n",
                "kind = \"basic\"\nusername = \"u\"\npassword = \"p\"\n#",
                "kind` must be \"bearer\"",
            ),
            ("[credentials.key]", "[credentials.kye]", "[plugins.bell.credentials.key]"),
            ("volume = 3", "", "plugins.bell.settings.volume` is missing: how loud"),
            ("volume = 3", "volume = \"3\"", "must be of type integer"),
            ("volume = 3", "volume = 3, colour = 1", "knows base_url, volume"),
            ("volume = 3", "volume = 3, base_url = \"bell\"", "must be an https or http URL"),
        ] {
            let text = FULL.replacen(from, to, 1).replace("#\n", "\n");
            let text = if to.contains("basic") { text.replace("value = \"x\"", "") } else { text };
            let said = agree("bell", &manifest(), &config(&text)).unwrap_err().to_string();
            assert!(said.contains(line), "{said}");
        }
        let empty = agree("bell", &manifest(), &config("settings = { volume = 1 }")).unwrap_err().to_string();
        assert!(empty.contains("https://bell.example (to ring)"), "{empty}");
    }
}
