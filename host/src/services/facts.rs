//! What a provider's check is told of this host, and how it is to be set up for it, so that it can compare: where webhooks
//! are taken, what agents are told, who reads what they note, who dials. `command` walks in; the guide of the plugin API lists the names.
//!
//! The names stay, and new ones may come: plugins of other makers read them too.

use super::agent_variables;
use crate::config::Config;
use crate::domain::manifest::Reaches;
use crate::domain::{Locale, Wanted};
use crate::plugins::Plugins;

/// The provider whose webhooks had another path in the original system, and that path: an operator who comes from there
/// needs to write a new host only.
pub const FORMER_WEBHOOKS: (&str, &str) = ("elevenlabs", "/functions/v1/elevenlabs-webhook");

/// Names and values for the check of one provider. The parts of a value that is a list stand between blanks.
pub fn of(config: &Config, plugins: &Plugins, provider: &str) -> Vec<(String, String)> {
    let mut facts = vec![
        ("webhook-urls", webhook_urls(config, provider).join(" ")),
        ("variables", agent_variables::NAMES.join(" ")),
        ("renderer", config.renderer.clone()),
    ];
    // Who holds the talks of phone calls must go together with who dials.
    let channel = plugins.channels().into_iter().find(|channel| channel.reaches == Reaches::Number);
    if let Some(channel) = channel.filter(|_| config.provider.phone == provider) {
        facts.extend(plugins.settings_of_channel(&channel.id).map(|settings| ("phone-channel-settings", settings)));
        facts.push(("phone-channel", channel.id));
    }
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// How this installation needs the vendor's side of one provider to be.
pub fn wanted(config: &Config, provider: &str) -> Wanted {
    let webhook_url = webhook_urls(config, provider).into_iter().next().filter(|_| is_reachable(config));
    Wanted {
        name: format!("Callpanion at {}", config.public_url.host_str().unwrap_or_default()),
        languages: Locale::ALL.iter().map(ToString::to_string).collect(),
        webhook_url: webhook_url.unwrap_or_default(),
        retention_days: Some(config.records.provider_days),
        keep_audio: config.records.audio,
        variables: agent_variables::NAMES.map(str::to_owned).to_vec(),
        renderer: config.renderer.clone(),
    }
}

/// Whether vendors may reach this host: they send webhooks to https addresses only.
pub(crate) fn is_reachable(config: &Config) -> bool {
    config.public_url.scheme() == "https"
}

/// Where this host takes the webhooks of a plugin.
pub(crate) fn webhook_url(config: &Config, plugin: &str) -> String {
    format!("{}/webhooks/{plugin}", config.public_url.as_str().trim_end_matches('/'))
}

/// The same for a provider, with the path that it had before; the first is the one to write in the vendor's console.
fn webhook_urls(config: &Config, provider: &str) -> Vec<String> {
    let host = config.public_url.as_str().trim_end_matches('/');
    let (former_provider, former_path) = FORMER_WEBHOOKS;
    let former = (provider == former_provider).then(|| format!("{host}{former_path}"));
    std::iter::once(webhook_url(config, provider)).chain(former).collect()
}
