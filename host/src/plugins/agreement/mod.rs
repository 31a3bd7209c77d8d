//! The agreement between a manifest, which asks, and the operator's config, which
//! grants. Both must agree, and an empty grant grants nothing.
//!
//! The loader walks in; `wishes` lists what is asked for, `disagreement` says what to write. A new version of a plugin
//! that asks for more is no agreement any more, and does not load until that is granted too.

mod disagreement;
#[cfg(test)]
mod tests;
mod wishes;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use url::Url;

pub use self::disagreement::Disagreement;
use self::wishes::urls_of;
pub use self::wishes::{Wish, hosts_not_set, wishes};
use crate::config::plugins::{CredentialConfig, Grants, PluginConfig};
use crate::domain::manifest::{DataKind, Manifest, Power, SettingType};
use crate::egress::Origin;

/// What both sides agree on.
#[derive(Debug)]
pub(super) struct Agreement {
    /// The origins that the plugin may talk to.
    pub(super) origins: BTreeSet<Origin>,
    /// The credentials that it may use, webhook secrets included.
    pub(super) credentials: BTreeMap<String, CredentialConfig>,
    /// The settings, with the manifest's defaults.
    pub(super) settings: Map<String, Value>,
    /// What it is shown. The rest is withheld.
    pub(super) data: BTreeSet<DataKind>,
}

/// Brings the two sides together, or names everything that they disagree on.
pub(super) fn agree(plugin: &str, manifest: &Manifest, config: &PluginConfig) -> Result<Agreement, Disagreement> {
    let mut wrong = Vec::new();
    let settings = settings(plugin, manifest, config, &mut wrong);
    let origins = origins(plugin, manifest, config, &mut wrong);
    for wish in wishes(manifest, config).into_iter().filter(|wish| !wish.granted) {
        wrong.push(not_granted(plugin, manifest, wish));
    }
    let credentials = credentials(plugin, manifest, config, &mut wrong);
    if wrong.len() > 1 {
        return Err(Disagreement::Several(wrong));
    }
    if let Some(wrong) = wrong.pop() {
        return Err(wrong);
    }
    warn_of_surplus(plugin, manifest, &config.grants, &origins);
    let data = manifest.data.iter().map(|wish| wish.what).collect();
    Ok(Agreement { origins, credentials, settings, data })
}

/// Everything that the manifest and the config disagree on; nothing means that they agree.
pub fn disagreements(plugin: &str, manifest: &Manifest, config: &PluginConfig) -> Vec<Disagreement> {
    match agree(plugin, manifest, config) {
        Ok(_) => Vec::new(),
        Err(Disagreement::Several(all)) => all,
        Err(one) => vec![one],
    }
}

fn settings(
    plugin: &str,
    manifest: &Manifest,
    config: &PluginConfig,
    wrong: &mut Vec<Disagreement>,
) -> Map<String, Value> {
    let mut merged = Map::new();
    for name in config.settings.keys().filter(|name| !manifest.settings.contains_key(*name)) {
        let known: Vec<_> = manifest.settings.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        wrong.push(Disagreement::UnknownSetting { plugin: plugin.to_owned(), name: name.clone(), known });
    }
    for (name, setting) in &manifest.settings {
        let (plugin, name) = (plugin.to_owned(), name.clone());
        match config.settings.get(&name).or(setting.default.as_ref()) {
            Some(value) if setting.value_type.fits(value) => {
                merged.insert(name, value.clone());
            }
            // An environment variable of digits reads as a number; where text is wanted it is the text.
            Some(Value::Number(number)) if setting.value_type == SettingType::String => {
                merged.insert(name, Value::String(number.to_string()));
            }
            Some(_) => {
                wrong.push(Disagreement::SettingType { plugin, name, wanted: setting.value_type.as_str() });
            }
            None if setting.required => {
                wrong.push(Disagreement::SettingMissing { plugin, name, help: setting.help.clone() });
            }
            None => {}
        }
    }
    merged
}

/// The origins that the plugin asks for. Whether each is granted, its wish says.
fn origins(
    plugin: &str,
    manifest: &Manifest,
    config: &PluginConfig,
    wrong: &mut Vec<Disagreement>,
) -> BTreeSet<Origin> {
    for text in &config.grants.hosts {
        if let Err(source) = text.parse::<Origin>() {
            wrong.push(Disagreement::GrantedOrigin { plugin: plugin.to_owned(), source });
        }
    }
    let mut wanted = BTreeSet::new();
    for host in &manifest.hosts {
        for url in urls_of(host, manifest, config) {
            match Url::parse(url).ok().as_ref().and_then(Origin::of) {
                Some(origin) => drop(wanted.insert(origin)),
                None => {
                    wrong.push(Disagreement::SettingUrl { plugin: plugin.to_owned(), name: host.setting.clone() });
                }
            }
        }
    }
    wanted
}

fn credentials(
    plugin: &str,
    manifest: &Manifest,
    config: &PluginConfig,
    wrong: &mut Vec<Disagreement>,
) -> BTreeMap<String, CredentialConfig> {
    let mut agreed = BTreeMap::new();
    for wish in &manifest.credentials {
        let (plugin, name, kind) = (plugin.to_owned(), wish.name.clone(), wish.kind.as_str());
        match config.credentials.get(&name) {
            Some(credential) if credential.kind() == wish.kind => {
                agreed.insert(name, credential.clone());
            }
            Some(_) => wrong.push(Disagreement::CredentialKind { plugin, name, kind }),
            // The refusal of the wish says it already.
            None if !config.grants.credentials.contains(&name) => {}
            None => wrong.push(Disagreement::CredentialMissing { plugin, name, kind }),
        }
    }
    for name in config.credentials.keys() {
        if !manifest.credentials.iter().any(|wish| wish.name == *name) {
            tracing::warn!(plugin, name, "this credential is configured, but the plugin does not ask for it");
        }
    }
    agreed
}

fn not_granted(plugin: &str, manifest: &Manifest, wish: Wish) -> Disagreement {
    let (plugin, reason) = (plugin.to_owned(), unpointed(&wish.reason));
    let data = |what| Disagreement::Data { plugin: plugin.clone(), what, reason: reason.clone() };
    match wish.power {
        Power::Host => Disagreement::Host { plugin, origin: wish.what, reason },
        Power::PrivateAddresses => Disagreement::PrivateAddresses { plugin, origin: wish.what },
        Power::Credential => {
            let kind = manifest.credentials.iter().find(|it| it.name == wish.what).map_or("", |it| it.kind.as_str());
            Disagreement::Credential { plugin, name: wish.what, reason, kind }
        }
        Power::Webhooks => Disagreement::Webhooks { plugin, reason },
        Power::PushAddress => data(DataKind::PushAddress),
        Power::PhoneNumber => data(DataKind::PhoneNumber),
        Power::Profile => data(DataKind::Profile),
        Power::Transcript => data(DataKind::Transcript),
        Power::Health => data(DataKind::Health),
    }
}

/// A grant that nobody asked for opens nothing; the operator may have meant another plugin, or an older version.
fn warn_of_surplus(plugin: &str, manifest: &Manifest, grants: &Grants, wanted: &BTreeSet<Origin>) {
    let asked = |text: &&String| text.parse().is_ok_and(|origin| wanted.contains(&origin));
    let hosts = grants.hosts.iter().filter(|text| !asked(text));
    let credentials = grants.credentials.iter().filter(|name| !manifest.credentials.iter().any(|w| w.name == **name));
    let data = grants.data.iter().filter(|what| !manifest.asks_for(**what)).map(|what| what.as_str());
    let webhooks = (grants.webhooks && manifest.webhook.is_none()).then_some("webhooks");
    for granted in hosts.chain(credentials).map(String::as_str).chain(data).chain(webhooks) {
        tracing::warn!(plugin, granted, "granted, but the plugin does not ask for it: it gets nothing by it");
    }
}

/// A manifest's reason without its full stop, to stand within a sentence.
fn unpointed(reason: &str) -> String {
    reason.trim_end_matches('.').to_owned()
}
