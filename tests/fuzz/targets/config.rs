//! The self-hoster's file of settings.

use std::fs;
use std::sync::LazyLock;

use callpanion::config::Config;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

/// What is taken can be shown, and what is refused can be explained.
pub(crate) fn config(data: &[u8]) {
    let file = FOLDER.path().join("callpanion.toml");
    fs::write(&file, data).unwrap();
    match Config::load(Some(&file), std::iter::empty()) {
        Ok(config) => drop(config.dump().unwrap().parse::<toml::Table>().unwrap()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
