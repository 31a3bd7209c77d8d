//! `callpanion plugin check`: whether a component fits a version of the plugin API, and what doesn't fit, in plain words.

use std::error::Error as _;

use anyhow::{Context as _, anyhow};

use super::super::Outcome;
use super::super::args::PluginCheckArgs;
use super::subject::find;
use crate::clock::Clock;
use crate::conformance::{Subject, settings};
use crate::domain::manifest::Manifest;
use crate::plugins::fit::{ApiVersion, misfits};
use crate::plugins::{Entropy, Plugins, Surroundings};

/// Carries out `plugin check`.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: PluginCheckArgs) -> Outcome {
    let PluginCheckArgs { plugin, api } = args;
    let api: ApiVersion = api.parse().with_context(|| format!("`--api {api}` is no version"))?;
    let (manifest, misfits) = tokio::task::spawn_blocking(move || look(&plugin, api)).await??;
    let Manifest { id, version, kind, .. } = &manifest;
    if misfits.is_empty() {
        println!("{id} {version}, a {kind}, fits plugin API {api}.");
        return Ok(());
    }
    println!("{id} {version}, a {kind}, does not fit plugin API {api}:");
    for misfit in &misfits {
        println!("  {misfit}");
    }
    Err(anyhow!("{id} does not fit plugin API {api}").into())
}

/// Its shape first; and if nothing is wrong with that, whether it starts and says who it is.
fn look(plugin: &str, api: ApiVersion) -> anyhow::Result<(Manifest, Vec<String>)> {
    let Subject { manifest: text, component, settings: given, .. } = find(plugin)?.subject;
    let manifest: Manifest = toml::from_str(&text).context("its plugin.toml cannot be read")?;
    let mut found = misfits(&manifest, &component, api).context("the component cannot be read")?;
    if found.is_empty() {
        let surroundings = Surroundings::new(Clock::system(), Entropy::system())?;
        let settings = settings(&manifest, &given);
        if let Err(error) = Plugins::for_trial(&text, &component, settings, surroundings) {
            let cause = error.problem.source().map_or_else(String::new, |cause| format!(": {cause}"));
            found.push(format!("{}{cause}", error.problem));
        }
    }
    Ok((manifest, found))
}
