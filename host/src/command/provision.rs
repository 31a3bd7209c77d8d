//! `callpanion provision`: tells what is other at the providers than this installation needs it, and sets it up when told to.

use std::time::Duration;

use anyhow::anyhow;

use super::args::ProvisionArgs;
use super::{Outcome, load_config, printable};
use crate::boot;
use crate::clock::Clock;
use crate::domain::manifest::Also;
use crate::domain::{Change, Provisioned};
use crate::services::facts;

const DEADLINE: Duration = Duration::from_mins(1);

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: ProvisionArgs) -> Outcome {
    let config = load_config(args.config.config.as_deref())?;
    let plugins = boot::load_plugins(&config, Clock::system()).await?;
    let mut providers = plugins.provider_ids();
    providers.retain(|id| plugins.has(id, Also::Provisioning));
    if providers.is_empty() {
        println!("No enabled provider can be set up from here. Set plugins.elevenlabs.enabled = true, with its key.");
    }
    let mut differing = 0;
    let mut failed = 0;
    for provider in providers {
        println!("{provider}");
        let wanted = facts::wanted(&config, &provider);
        let outcome = if args.apply {
            plugins.apply(&provider, wanted, DEADLINE).await
        } else {
            let (settings, to_do) = (Vec::new(), Vec::new());
            plugins.plan(&provider, wanted, DEADLINE).await.map(|changes| Provisioned { changes, settings, to_do })
        };
        match outcome {
            Ok(done) => {
                differing += done.changes.len();
                tell(&provider, &done);
            }
            Err(failure) => {
                failed += 1;
                println!("  PROBLEM  {}", printable(&failure.to_string()));
            }
        }
    }
    if differing > 0 && !args.apply {
        println!("Nothing has been changed. To have it changed: callpanion provision --apply");
    }
    if failed > 0 { Err(anyhow!("what is to be set up could not be seen, or not be changed").into()) } else { Ok(()) }
}

/// The words are a plugin's, and it may have them from a vendor.
#[expect(clippy::print_stdout, reason = "the command's result")]
fn tell(provider: &str, done: &Provisioned) {
    if done.changes.is_empty() {
        println!("  All is set up as this installation needs it.");
    }
    for Change { what, before, after } in &done.changes {
        println!("  {}", printable(what));
        if !before.is_empty() {
            println!("    - {}", printable(before));
        }
        println!("    + {}", printable(after));
    }
    if !done.settings.is_empty() {
        println!("  Write into the configuration:");
    }
    for setting in &done.settings {
        println!("    {} = {}", printable(&key(provider, &setting.name)), printable(&setting.value));
    }
    for text in &done.to_do {
        println!("  To do: {}", printable(text));
    }
}

/// The whole key of a setting; a bare name is one of the plugin's own.
fn key(provider: &str, name: &str) -> String {
    if name.contains('.') { name.to_owned() } else { format!("plugins.{provider}.settings.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_a_setting_of_the_plugin() {
        assert_eq!(key("elevenlabs", "agent_id"), "plugins.elevenlabs.settings.agent_id");
        assert_eq!(key("elevenlabs", "plugins.x.settings.y"), "plugins.x.settings.y");
    }
}
