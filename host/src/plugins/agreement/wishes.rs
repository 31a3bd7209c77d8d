//! What a plugin asks for, one wish for each power and thing, and whether the operator's config grants it. The
//! agreement and `plugin show` read the same list, so that they cannot tell different stories.

use std::collections::BTreeSet;

use url::{Host, Url};

use crate::config::plugins::PluginConfig;
use crate::domain::manifest::{HostWish, Manifest, Power};
use crate::egress::{Origin, check_literal};

/// One thing that a plugin asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The power.
    pub power: Power,
    /// The origin, the credential's name or the word of the data; for private addresses the origins that lie there,
    /// and for webhooks nothing.
    pub what: String,
    /// Why, in the manifest's words.
    pub reason: String,
    /// Whether the config grants it.
    pub granted: bool,
}

/// Everything that the plugin asks for, as its settings are now.
///
/// A host's URLs come from a setting: with none there is no wish, and an unreadable one is for the agreement to tell.
pub fn wishes(manifest: &Manifest, config: &PluginConfig) -> Vec<Wish> {
    let grants = &config.grants;
    let open: BTreeSet<Origin> = grants.hosts.iter().filter_map(|text| text.parse().ok()).collect();
    let mut wishes = Vec::new();
    let mut inside = BTreeSet::new();
    for host in &manifest.hosts {
        for url in urls_of(host, manifest, config).filter_map(|text| Url::parse(text).ok()) {
            let Some(origin) = Origin::of(&url) else { continue };
            if is_inside(&url) {
                inside.insert(origin.to_string());
            }
            let granted = open.contains(&origin);
            wishes.push(Wish { power: Power::Host, what: origin.to_string(), reason: host.reason.clone(), granted });
        }
    }
    if !inside.is_empty() {
        wishes.push(Wish {
            power: Power::PrivateAddresses,
            what: inside.into_iter().collect::<Vec<_>>().join(", "),
            reason: "The settings lead there.".to_owned(),
            granted: grants.private_addresses,
        });
    }
    for wish in &manifest.credentials {
        let (what, granted) = (wish.name.clone(), grants.credentials.contains(&wish.name));
        wishes.push(Wish { power: Power::Credential, what, reason: wish.reason.clone(), granted });
    }
    if let Some(webhook) = &manifest.webhook {
        let (what, reason) = (String::new(), webhook.reason.clone());
        wishes.push(Wish { power: Power::Webhooks, what, reason, granted: grants.webhooks });
    }
    for wish in &manifest.data {
        let (what, granted) = (wish.what.to_string(), grants.data.contains(&wish.what));
        wishes.push(Wish { power: wish.what.power(), what, reason: wish.reason.clone(), granted });
    }
    wishes
}

/// The hosts that nothing leads to yet: their setting has no URL. Requests to them are wanted, and go nowhere.
pub fn hosts_not_set<'a>(manifest: &'a Manifest, config: &'a PluginConfig) -> impl Iterator<Item = &'a HostWish> {
    manifest.hosts.iter().filter(|host| urls_of(host, manifest, config).next().is_none())
}

/// What the operator or else the manifest wrote into the host's setting, between blanks.
pub(super) fn urls_of<'a>(
    host: &HostWish,
    manifest: &'a Manifest,
    config: &'a PluginConfig,
) -> std::str::SplitWhitespace<'a> {
    let default = || manifest.settings.get(&host.setting)?.default.as_ref();
    let value = config.settings.get(&host.setting).or_else(default).and_then(serde_json::Value::as_str);
    value.unwrap_or_default().split_whitespace()
}

/// Whether the URL says by itself that it leads into the operator's network. Other names may still resolve to such an
/// address: the egress room refuses that when it happens.
fn is_inside(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            // A name without a dot is one of the local network, or of the containers beside us.
            !name.contains('.') || name.ends_with(".localhost")
        }
        _ => check_literal(url).is_err(),
    }
}

impl Wish {
    /// Whether it is a wish to be shown something personal.
    pub fn is_personal(&self) -> bool {
        self.power.is_personal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_leads_inside_says_so_by_its_host() {
        let inside = |text: &str| is_inside(&Url::parse(text).unwrap());
        for text in ["http://127.0.0.1:11434", "http://localhost/", "http://a.localhost.", "http://ollama:11434/v1"] {
            assert!(inside(text), "{text}");
        }
        assert!(inside("http://[::1]:80/") && inside("https://192.168.1.7"));
        assert!(!inside("https://api.example.com") && !inside("https://8.8.8.8/"));
    }
}
