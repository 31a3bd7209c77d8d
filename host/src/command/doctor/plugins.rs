//! Plugins: whether those that are switched on would load, and what each that would not still lacks.

use std::sync::Arc;

use anyhow::anyhow;

use crate::clock::Clock;
use crate::config::Config;
use crate::config::plugins::PluginConfig;
use crate::domain::Finding;
use crate::domain::manifest::PluginKind;
use crate::plugins::package::PackageStore;
use crate::plugins::{Disagreement, Entropy, Surroundings, disagreements, read_manifest, rehearse};

/// Loads every plugin that is on as the server would, tries it, and leaves no trace of that.
pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let config = config.clone();
    let looking = tokio::task::spawn_blocking(move || look(&config));
    looking
        .await
        .unwrap_or_else(|_| vec![Finding::problem("Plugins: trying them was cut short.", "Run the doctor anew.")])
}

fn look(config: &Config) -> Vec<Finding> {
    let bare = match Surroundings::new(Clock::system(), Entropy::system()) {
        Ok(bare) => bare,
        Err(error) => return vec![Finding::problem(format!("Plugins: {}.", error.in_full()), "Run the doctor anew.")],
    };
    let store = Arc::new(PackageStore::open(&config.data_dir, Clock::system()));
    let surroundings = Surroundings { store: Some(store), ..bare };
    let (mut found, mut kinds) = (Vec::new(), Vec::new());
    for (id, plugin) in config.plugins.iter().filter(|(_, plugin)| plugin.enabled) {
        let kind = of(id, plugin, &surroundings, &mut found);
        kinds.extend(kind);
    }
    if !kinds.contains(&PluginKind::Channel) {
        let mend = "Switch one on, for the app or for the phone: `callpanion plugin list` names those that there are.";
        found.push(Finding::problem("Plugins: no channel is on, so nobody can be rung.", mend));
    }
    for (key, wanted) in [
        ("provider.app", &config.provider.app),
        ("provider.phone", &config.provider.phone),
        ("renderer", &config.renderer),
    ] {
        if !config.plugins.get(wanted).is_some_and(|plugin| plugin.enabled) {
            let what = format!("Plugins: `{key}` names {wanted}, which is not on.");
            found.push(Finding::warning(what, format!("Set `plugins.{wanted}.enabled = true`, or name another one.")));
        }
    }
    found
}

/// Looks at one plugin. Gives what it does, as far as that can be read.
fn of(id: &str, plugin: &PluginConfig, surroundings: &Surroundings, found: &mut Vec<Finding>) -> Option<PluginKind> {
    let show = format!("`callpanion plugin show {id}` says what it wants, and prints the lines to write.");
    let manifest = match read_manifest(id, plugin, surroundings.store.as_deref()) {
        Ok(manifest) => manifest,
        Err(problem) => {
            found.push(Finding::problem(format!("Plugin {id}: {:#}.", anyhow!(problem)), show));
            return None;
        }
    };
    let lacks = disagreements(id, &manifest, plugin);
    if lacks.is_empty() {
        found.push(match rehearse(id, plugin, surroundings.clone()) {
            Ok(()) => Finding::ok(format!("Plugin {id}: version {}, a {}, loads.", manifest.version, manifest.kind)),
            Err(problem) => Finding::problem(format!("Plugin {id}: {:#}.", anyhow!(problem)), show),
        });
    } else {
        let problem = |lack: Disagreement| Finding::problem(format!("Plugin {id}: {:#}.", anyhow!(lack)), show.clone());
        found.extend(lacks.into_iter().map(problem));
    }
    Some(manifest.kind)
}
