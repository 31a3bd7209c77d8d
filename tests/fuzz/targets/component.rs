//! A plugin's component: any bytes, as far as the loader takes them. What is sound is compiled and run once.

use callpanion::domain::manifest::Manifest;
use callpanion::plugins::Plugins;
use callpanion::plugins::fit::{ApiVersion, misfits};
use serde_json::Map;

use super::surroundings;

const MANIFEST: &str = include_str!("../../fixtures/plugins/first-1.0/plugin.toml");

/// Both ways in: what `plugin check` says of it, and the load.
pub(crate) fn component(data: &[u8]) {
    let manifest: Manifest = toml::from_str(MANIFEST).unwrap();
    // An error is an answer.
    let _said = misfits(&manifest, data, ApiVersion { major: 1, minor: 1 });
    let _loaded = Plugins::for_trial(MANIFEST, data, Map::new(), surroundings());
}
