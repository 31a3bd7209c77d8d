//! From a config section to its package: embedded, in a file, or installed. The loader
//! walks in at the start, and again whenever one of the watched files changes.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::folder::{component_in, read_path};
use super::trust::believe;
use super::{Package, PackageProblem, PackageStore, files_of};
use crate::config::plugins::PluginConfig;
use crate::plugins::builtin::{self, Builtin};

/// Where `source` leads.
pub(super) enum Place {
    Builtin(&'static Builtin),
    File(PathBuf),
    Installed,
}

impl Place {
    pub(super) fn of(plugin: &str, config: &PluginConfig) -> Result<Self, PackageProblem> {
        let source = if config.source.is_empty() { format!("builtin:{plugin}") } else { config.source.clone() };
        match source.split_once(':') {
            Some(("builtin", name)) if let Some(found) = builtin::find(name) => Ok(Self::Builtin(found)),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            None if source == "installed" => Ok(Self::Installed),
            _ => {
                let known: Vec<_> = builtin::BUILTIN.iter().map(|builtin| builtin.id).collect();
                let (plugin, known) = (plugin.to_owned(), known.join(", "));
                Err(PackageProblem::Source { plugin, source_text: source, known })
            }
        }
    }
}

/// Finds the package of the section `[plugins.<plugin>]` and verifies it: its SHA-256 and signature as the config wants
/// them, and for one from the store that its files are those that were stored.
///
/// Without a store nothing can be installed, and nothing that was rolled back is remembered.
pub fn resolve(plugin: &str, config: &PluginConfig, store: Option<&PackageStore>) -> Result<Package, PackageProblem> {
    let package = match (Place::of(plugin, config)?, store) {
        (Place::Builtin(found), _) => Package::builtin(found),
        (Place::File(path), Some(store)) => from_file(plugin, &path, store)?,
        (Place::File(path), None) => read_path(&path)?,
        (Place::Installed, Some(store)) => match store.locked(plugin)? {
            Some(locked) => store.stored(plugin, &locked.current)?,
            None => return Err(PackageProblem::NotInstalled { plugin: plugin.to_owned() }),
        },
        (Place::Installed, None) => return Err(PackageProblem::NotInstalled { plugin: plugin.to_owned() }),
    };
    believe(plugin, config, package)
}

/// The file's package, unless it was rolled back: then the one that serves instead.
fn from_file(plugin: &str, path: &Path, store: &PackageStore) -> Result<Package, PackageProblem> {
    let locked = store.locked(plugin)?;
    let Some((held, locked)) = locked.and_then(|locked| Some((locked.held?, locked))) else {
        return read_path(path);
    };
    match read_path(path) {
        Ok(package) if package.digest() != held => Ok(package),
        Ok(_) => store.stored(plugin, &locked.current),
        // Who rolled a bad file back may well take it away.
        Err(PackageProblem::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
            store.stored(plugin, &locked.current)
        }
        Err(problem) => Err(problem),
    }
}

impl PackageStore {
    /// The files whose change means that [`resolve`] may find something else now.
    pub fn watched(&self, configs: &BTreeMap<String, PluginConfig>) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for (plugin, config) in configs.iter().filter(|(_, config)| config.enabled) {
            match Place::of(plugin, config) {
                Ok(Place::File(path)) => files.extend(files_of(&component_in(&path).unwrap_or(path))),
                Ok(Place::Installed) => {}
                Ok(Place::Builtin(_)) | Err(_) => continue,
            }
            files.push(self.lock_file());
        }
        files.sort();
        files.dedup();
        files
    }
}
