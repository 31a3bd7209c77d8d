//! The shelf: which plugins are loaded, and how one is replaced while others, and calls in flight on the old one, go on.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use serde_json::{Map, Value};

use super::entropy::Entropy;
use super::exchange::Export;
use super::failure::PluginFailure;
use super::load::{LoadProblem, Loader, PluginLoadError};
use super::machine::Machine;
use super::package::PackageStore;
use super::run::Plugin;
use super::witness::{Stamp, Witness};
use crate::clock::Clock;
use crate::config::plugins::PluginConfig;
use crate::domain::manifest::PluginKind;
use crate::egress::web_push::InstallationKey;
use crate::egress::{CredentialError, Trust};

/// What plugins are loaded into.
#[derive(Clone)]
pub struct Surroundings {
    /// The time that they are told.
    pub clock: Clock,
    /// Where their random bytes come from.
    pub entropy: Entropy,
    /// Whose certificates are believed.
    pub trust: Trust,
    /// With what they sign as the installation.
    pub installation_key: InstallationKey,
    /// Where compiled code is kept. Only the server may be able to write there.
    pub cache_dir: Option<PathBuf>,
    /// Where installed and former versions lie. Without one there are neither.
    pub store: Option<Arc<PackageStore>>,
    /// Who is told of their calls.
    pub witness: Option<Arc<dyn Witness>>,
    /// How many threads they run on; `None`: half of the processors, four at most.
    pub threads: Option<NonZeroUsize>,
    /// Whether their instructions are counted, for [`super::Plugins::play_within`]: they are slower then.
    pub counts_instructions: bool,
}

impl Surroundings {
    /// With the certificates that browsers believe, no key that is known yet, no cache, no store and no witness.
    pub fn new(clock: Clock, entropy: Entropy) -> Result<Self, PluginLoadError> {
        let trust = Trust::public().map_err(|e| failed("*", LoadProblem::Credential(CredentialError::Client(e))))?;
        let counts_instructions = false;
        Ok(Self {
            clock,
            entropy,
            trust,
            installation_key: InstallationKey::default(),
            cache_dir: None,
            store: None,
            witness: None,
            threads: None,
            counts_instructions,
        })
    }
}

/// A new version serves; calls in flight end on the old one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// What served until now.
    pub from: Stamp,
    /// What serves from now on.
    pub to: Stamp,
}

pub(super) struct Shelf {
    plugins: ArcSwap<BTreeMap<String, Arc<Plugin>>>,
    configs: BTreeMap<String, PluginConfig>,
    loader: Loader,
    /// The files as they were when last read. Held while a plugin is replaced: one at a time, so that none is lost.
    replacing: Mutex<Files>,
    /// The files as they were at the last look.
    glimpsed: Mutex<Files>,
}

impl Shelf {
    pub(super) fn fill(
        configs: &BTreeMap<String, PluginConfig>,
        surroundings: Surroundings,
    ) -> Result<Self, PluginLoadError> {
        let machine = Machine::start(surroundings.cache_dir.clone(), surroundings.threads)
            .map_err(|e| failed("*", LoadProblem::Engine(e)))?;
        Self::fill_on(Arc::new(machine), configs, surroundings)
    }

    pub(super) fn fill_on(
        machine: Arc<Machine>,
        configs: &BTreeMap<String, PluginConfig>,
        surroundings: Surroundings,
    ) -> Result<Self, PluginLoadError> {
        let loader = Loader { machine, surroundings };
        let configs: BTreeMap<_, _> =
            configs.iter().filter(|(_, config)| config.enabled).map(|(id, c)| (id.clone(), c.clone())).collect();
        let mut plugins = BTreeMap::new();
        for (id, config) in &configs {
            let package = loader.resolve(id, config).map_err(|problem| failed(id, problem))?;
            plugins.insert(id.clone(), loader.load(id, config, &package).map_err(|problem| failed(id, problem))?);
            loader.note_served(id, &package);
        }
        let shelf = Self {
            plugins: ArcSwap::from_pointee(plugins),
            configs,
            loader,
            replacing: Mutex::default(),
            glimpsed: Mutex::default(),
        };
        *shelf.lock() = shelf.look();
        Ok(shelf)
    }

    /// One plugin that can only be played.
    pub(super) fn with_trial(
        manifest: &str,
        component: &[u8],
        settings: Map<String, Value>,
        surroundings: Surroundings,
    ) -> Result<Self, PluginLoadError> {
        let start = if surroundings.counts_instructions { Machine::start_counting } else { Machine::start };
        let machine = start(surroundings.cache_dir.clone(), surroundings.threads)
            .map_err(|e| failed("*", LoadProblem::Engine(e)))?;
        let loader = Loader { machine: Arc::new(machine), surroundings };
        let plugin = loader.load_for_trial(manifest, component, settings).map_err(|problem| failed("*", problem))?;
        let plugins = BTreeMap::from([(plugin.stamp.id.clone(), plugin)]);
        Ok(Self {
            plugins: ArcSwap::from_pointee(plugins),
            configs: BTreeMap::new(),
            loader,
            replacing: Mutex::default(),
            glimpsed: Mutex::default(),
        })
    }

    /// The plugin, as it serves now. Whoever holds it ends on it.
    pub(super) fn find(&self, id: &str, kind: PluginKind) -> Result<Arc<Plugin>, PluginFailure> {
        let plugins = self.plugins.load();
        let found = plugins.get(id).filter(|plugin| plugin.manifest.kind == kind);
        found.cloned().ok_or_else(|| PluginFailure::NoSuchPlugin(id.to_owned()))
    }

    /// The plugin, if it has this function.
    pub(super) fn find_for(&self, id: &str, export: Export) -> Result<Arc<Plugin>, PluginFailure> {
        let plugins = self.plugins.load();
        let found = plugins.get(id).filter(|plugin| export.is_of(&plugin.manifest));
        found.cloned().ok_or_else(|| PluginFailure::NoSuchPlugin(id.to_owned()))
    }

    /// Every plugin, in the order of the ids.
    pub(super) fn all(&self) -> Vec<Arc<Plugin>> {
        self.plugins.load().values().cloned().collect()
    }

    /// Whether any watched file is another one than when it was last read, and the same as at the last look: what
    /// is still being written is left alone. Quick: it reads none.
    pub(super) fn has_settled(&self) -> bool {
        let now = self.look();
        // Whoever replaces just now reads what is there.
        let Ok(seen) = self.replacing.try_lock() else { return false };
        if *seen == now {
            return false;
        }
        let mut glimpsed = self.glimpsed.lock().unwrap_or_else(PoisonError::into_inner);
        let settled = *glimpsed == now;
        *glimpsed = now;
        settled
    }

    /// Looks again at the files of every plugin. What changed is checked, compiled and tried; only then does it take the
    /// place of the old one, which serves on if anything is wrong with the new one.
    pub(super) fn refresh(&self) -> Vec<Result<Replacement, PluginLoadError>> {
        let mut seen = self.lock();
        // Before anything is read, so that what changes meanwhile is looked at again.
        *seen = self.look();
        let replaced = self.configs.iter().filter_map(|(id, config)| self.replace(id, config).transpose()).collect();
        // What the replacing itself wrote is no news.
        let lock_file = self.loader.surroundings.store.as_ref().map(|store| store.lock_file());
        if let Some(lock_file) = lock_file {
            seen.insert(lock_file.clone(), fingerprint(&lock_file));
        }
        replaced
    }

    fn replace(&self, id: &str, config: &PluginConfig) -> Result<Option<Replacement>, PluginLoadError> {
        let failed = |problem| failed(id, problem);
        let Some(old) = self.plugins.load().get(id).cloned() else { return Ok(None) };
        let package = self.loader.resolve(id, config).map_err(failed)?;
        if package.digest().to_string() == old.stamp.digest {
            return Ok(None);
        }
        let new = self.loader.load(id, config, &package).map_err(failed)?;
        new.health.take_over(&old.health);
        let (from, to) = (old.stamp.clone(), new.stamp.clone());
        let mut plugins = BTreeMap::clone(&self.plugins.load());
        plugins.insert(id.to_owned(), new);
        self.plugins.store(Arc::new(plugins));
        self.loader.note_served(id, &package);
        Ok(Some(Replacement { from, to }))
    }

    fn look(&self) -> Files {
        let watched = self.loader.surroundings.store.as_ref().map(|store| store.watched(&self.configs));
        watched.into_iter().flatten().map(|file| (file.clone(), fingerprint(&file))).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Files> {
        self.replacing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Files and what tells another version of each apart, without reading it.
type Files = BTreeMap<PathBuf, Option<(SystemTime, u64)>>;

fn fingerprint(file: &Path) -> Option<(SystemTime, u64)> {
    let found = std::fs::metadata(file).ok()?;
    Some((found.modified().ok()?, found.len()))
}

fn failed(plugin: &str, problem: LoadProblem) -> PluginLoadError {
    PluginLoadError { plugin: plugin.to_owned(), problem }
}
