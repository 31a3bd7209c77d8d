//! `callpanion plugin`: what the plugins are, what they ask for, and what they have.

use anyhow::anyhow;

use super::args::{PluginCommand, PluginShowArgs};
use super::{Failure, Outcome, load_config};
use crate::config::plugins::PluginConfig;
use crate::domain::manifest::{Manifest, Reaches, Submits};
use crate::plugins::read_manifest;

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) fn run(command: PluginCommand) -> Outcome {
    match command {
        PluginCommand::List(arg) => {
            let config = load_config(arg.config.as_deref())?;
            println!("{:<16} {:<9} {:<9} {:<8} FROM", "ID", "KIND", "VERSION", "ENABLED");
            let mut broken = 0;
            for (id, plugin) in &config.plugins {
                let enabled = if plugin.enabled { "yes" } else { "no" };
                match read_manifest(id, plugin) {
                    Ok(manifest) => {
                        println!(
                            "{id:<16} {:<9} {:<9} {enabled:<8} {}",
                            manifest.kind, manifest.version, plugin.source
                        );
                    }
                    Err(error) => {
                        broken += usize::from(plugin.enabled);
                        println!("{id:<16} {:<9} {:<9} {enabled:<8} {:#}", "?", "?", anyhow!(error));
                    }
                }
            }
            if broken == 0 { Ok(()) } else { Err(anyhow!("{broken} enabled plugins cannot be read").into()) }
        }
        PluginCommand::Show(PluginShowArgs { id, config }) => {
            let config = load_config(config.config.as_deref())?;
            let Some(plugin) = config.plugins.get(&id) else {
                let known: Vec<&str> = config.plugins.keys().map(String::as_str).collect();
                return Err(Failure::Config(format!("there is no plugin `{id}`; known are {}", known.join(", "))));
            };
            let manifest = read_manifest(&id, plugin).map_err(|error| anyhow!(error))?;
            print!("{}", describe(&manifest, plugin));
            Ok(())
        }
    }
}

/// What a plugin wants, why, and what it has, in plain words.
fn describe(manifest: &Manifest, config: &PluginConfig) -> String {
    let mut lines = vec![
        format!("{} ({}), version {}, for plugin API {}", manifest.name, manifest.id, manifest.version, manifest.api),
        format!("{}{}, from {}", manifest.kind, reach(manifest), config.source),
        manifest.purpose.clone(),
        format!("What it is given is processed in: {}", manifest.processing_country),
        format!("Enabled: {}", if config.enabled { "yes" } else { "no" }),
        String::new(),
        "It wants to talk to".to_owned(),
    ];
    for host in &manifest.hosts {
        let url = config
            .settings
            .get(&host.setting)
            .and_then(|value| value.as_str())
            .or_else(|| manifest.settings.get(&host.setting)?.default.as_ref()?.as_str())
            .unwrap_or("(not set)");
        let origin = url.parse::<url::Url>().map_or_else(|_| url.to_owned(), |url| url.origin().ascii_serialization());
        lines.push(format!("  {origin} (setting `{}`): {}", host.setting, host.reason));
    }
    lines.push(format!("    granted: {}", words(&config.grants.hosts)));
    if config.grants.private_addresses {
        lines.push("    granted: private addresses, such as those of this machine".to_owned());
    }
    lines.push("It wants these credentials; it never sees them, the host puts them in place".to_owned());
    for wish in &manifest.credentials {
        let granted = if config.grants.credentials.contains(&wish.name) { "" } else { " NOT GRANTED" };
        lines.push(format!("  {} ({}): {}{granted}", wish.name, wish.kind, wish.reason));
    }
    lines.push(format!("    granted: {}", words(&config.grants.credentials)));
    lines.push("It is shown".to_owned());
    for data in &manifest.data {
        lines.push(format!("  {}: {}", data.what, data.reason));
    }
    lines.push("Its settings".to_owned());
    for (name, setting) in &manifest.settings {
        let value = config.settings.get(name).or(setting.default.as_ref());
        let value = value.map_or_else(|| "(not set)".to_owned(), ToString::to_string);
        lines.push(format!("  {name} = {value}"));
        lines.push(format!("      {}", setting.help));
    }
    lines.join("\n") + "\n"
}

/// What a channel reaches, and when it is handed its rings.
fn reach(manifest: &Manifest) -> String {
    manifest.channel_info(&manifest.id).map_or_else(String::new, |channel| {
        let reaches = match channel.reaches {
            Reaches::Device(platform) => format!("{platform} devices"),
            Reaches::Number => "phone numbers".to_owned(),
        };
        let when = match channel.submits {
            Submits::Moment => "at the ring time",
            Submits::Ahead => "minutes ahead, with the ring time",
        };
        format!(" for {reaches}, handed over {when}")
    })
}

fn words(granted: &[String]) -> String {
    if granted.is_empty() { "nothing".to_owned() } else { granted.join(", ") }
}
