//! Installing: a package that was fetched is checked against the operator's word, kept
//! in the store, and becomes the version that serves. Says what it newly asks for.

use std::path::PathBuf;

use super::changes::changes;
use super::resolve::Place;
use super::trust::believe;
use super::{Package, PackageProblem, PackageStore, Version};
use crate::config::plugins::PluginConfig;
use crate::domain::manifest::{Manifest, ManifestError};
use crate::egress::registry::RegistryError;
use crate::plugins::agreement::disagreements;

/// Why a package is not installed. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum InstallProblem {
    /// It cannot be had, is not believed, or cannot be kept.
    #[error(transparent)]
    Package(#[from] PackageProblem),
    /// The registry does not give it.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The artifact is no plugin.
    #[error("{reference} is no plugin: it has {found} files of type {media_type}, and should have one")]
    Artifact {
        /// The reference.
        reference: String,
        /// Of which type.
        media_type: &'static str,
        /// How many there are.
        found: usize,
    },
    /// The manifest is not readable.
    #[error("its plugin.toml is wrong")]
    ManifestText(#[source] Box<toml::de::Error>),
    /// The manifest is not usable.
    #[error("its plugin.toml cannot be used")]
    Manifest(#[from] ManifestError),
}

/// What an installation did.
#[derive(Clone, Debug)]
pub struct Installed {
    /// What serves now, if the section lets it.
    pub version: Version,
    /// What its manifest says.
    pub manifest: Manifest,
    /// The version before it.
    pub former: Option<Version>,
    /// What it asks for that the former did not, and the other way round; one line each.
    pub changes: Vec<String>,
    /// What the configuration must say before it loads; one line each.
    pub unsettled: Vec<String>,
    /// How it stands to its section.
    pub standing: Standing,
    /// Whether a signature came with it, checked or not.
    pub has_signature: bool,
}

/// How an installed plugin stands to its section of the config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// There is no section.
    NoSection,
    /// The section wants the plugin that comes with the program.
    Builtin,
    /// The section wants this file; the installed version serves until the file is another one.
    File(PathBuf),
    /// The section wants what is installed.
    Installed,
}

impl Package {
    /// Reads what the plugin says of itself, without running any of its code.
    pub fn read_manifest(&self) -> Result<Manifest, InstallProblem> {
        let read = toml::from_str(self.manifest());
        let manifest: Manifest = read.map_err(|source| InstallProblem::ManifestText(Box::new(source)))?;
        manifest.check()?;
        Ok(manifest)
    }
}

/// Whether the section's word lets this package in: where it names a key or a SHA-256, the package must fit. Runs none of
/// its code.
pub fn vet(plugin: &str, package: &Package, config: Option<&PluginConfig>) -> Result<(), InstallProblem> {
    match config.map(|config| believe(plugin, config, package.clone())) {
        None | Some(Ok(_) | Err(PackageProblem::NoWord { .. })) => Ok(()),
        Some(Err(problem)) => Err(problem.into()),
    }
}

/// Installs a package for the section `[plugins.<plugin>]`, of which `config` is the text if it exists.
///
/// Where the section names a key or a SHA-256, the package must fit. Where it says nothing, or where there is no
/// section, the package is kept, and does not load before the operator has said a word.
pub fn install(
    plugin: &str,
    package: Package,
    config: Option<&PluginConfig>,
    store: &PackageStore,
) -> Result<Installed, InstallProblem> {
    let manifest = package.read_manifest()?;
    let (package, mut unsettled) = match config.map(|config| believe(plugin, config, package.clone())) {
        None => (package, Vec::new()),
        Some(Ok(believed)) => (believed, Vec::new()),
        Some(Err(problem @ PackageProblem::NoWord { .. })) => (package, vec![problem.to_string()]),
        Some(Err(problem)) => return Err(problem.into()),
    };
    if let Some(config) = config {
        unsettled.extend(disagreements(plugin, &manifest, config).iter().map(ToString::to_string));
    }
    let standing = match config.map(|config| Place::of(plugin, config)).transpose()? {
        None => Standing::NoSection,
        Some(Place::Builtin(_)) => Standing::Builtin,
        Some(Place::File(path)) => Standing::File(path),
        Some(Place::Installed) => Standing::Installed,
    };
    let former = store.locked(plugin)?.map(|locked| locked.current).filter(|old| old.digest != package.digest());
    // A former version that cannot be read any more tells nothing, and is no reason to keep it.
    let former_package = former.as_ref().and_then(|version| store.stored(plugin, version).ok());
    let former_manifest = former_package.and_then(|package| package.read_manifest().ok());
    let changes = former_manifest.map(|old| changes(&old, &manifest, &config.cloned().unwrap_or_default()));
    let version = store.keep(plugin, &package, config)?;
    Ok(Installed {
        version,
        manifest,
        former,
        changes: changes.unwrap_or_default(),
        unsettled,
        standing,
        has_signature: package.signature.is_some(),
    })
}
