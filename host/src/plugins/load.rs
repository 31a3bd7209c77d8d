//! Loads plugins: finds them, checks them against the config, compiles them, and
//! tries each once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::agreement::{Agreement, Disagreement, agree};
use super::failure::PluginFailure;
use super::health::Health;
use super::machine::{MEMORY_MAX_MB, Machine, UnfitComponent};
use super::package::{Package, PackageProblem, PackageStore, resolve};
use super::run::Plugin;
use super::shelf::Surroundings;
use super::sources::SourceFiles;
use super::witness::Stamp;
use super::world::World;
use crate::config::plugins::{CredentialConfig, PluginConfig, SecretError};
use crate::domain::manifest::{Manifest, ManifestError, PluginKind};
use crate::egress::webhook_signature::SigningSecrets;
use crate::egress::{self, CredentialError, Egress, Permits, Rooms};

/// The trial may take longer than a call: the machine may be busy compiling.
const TRIAL_DEADLINE: Duration = Duration::from_secs(30);

/// Why a plugin cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[error("the plugin `{plugin}` cannot be loaded")]
pub struct PluginLoadError {
    /// The name of its section in the config.
    pub plugin: String,
    /// What is wrong.
    #[source]
    pub problem: LoadProblem,
}

impl PluginLoadError {
    /// What is wrong and what led to it, in one line.
    pub fn in_full(&self) -> String {
        let mut said = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            said.push_str(": ");
            said.push_str(&error.to_string());
            cause = error.source();
        }
        said
    }
}

/// What is wrong with a plugin, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum LoadProblem {
    /// Its package cannot be had, or is not to be believed.
    #[error(transparent)]
    Package(#[from] PackageProblem),
    /// The manifest is not readable.
    #[error("its plugin.toml is wrong")]
    ManifestText(#[from] toml::de::Error),
    /// The manifest is not usable.
    #[error("its plugin.toml cannot be used")]
    Manifest(#[from] ManifestError),
    /// Manifest and config disagree.
    #[error(transparent)]
    Disagreement(#[from] Disagreement),
    /// A limit is out of its range.
    #[error("`plugins.{plugin}.limits`: memory_mb must be 1 to {MEMORY_MAX_MB}, and the others at least 1")]
    Limits {
        /// The section.
        plugin: String,
    },
    /// A credential is not usable.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// A webhook secret is not there.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A service account acts in its own project, and the setting names another: nobody would be rung.
    #[error(
        "`plugins.{plugin}.settings.project_id` is {set:?}, and the key in \
         `plugins.{plugin}.credentials.{credential}` is of the project {own:?}. Which of the two is your app's, its \
         google-services.json says. If it is {own:?}, write project_id = {own:?}; if it is {set:?}, make a key there: \
         in the Firebase console under Project settings, Service accounts"
    )]
    AnotherProject {
        /// The section.
        plugin: String,
        /// The credential.
        credential: String,
        /// The project in the settings.
        set: String,
        /// The account's own.
        own: String,
    },
    /// The file is something else.
    #[error("its file is no WebAssembly component")]
    NotWasm,
    /// A module of core WebAssembly, as the older targets make.
    #[error("its file is a core WebAssembly module and no component: in Rust, build for the target wasm32-wasip2")]
    CoreModule,
    /// The component is not usable.
    #[error(transparent)]
    Component(#[from] UnfitComponent),
    /// It exports another world than its manifest says.
    #[error(
        "its plugin.toml says kind = \"{kind}\", and the component does not export what a {kind} must, or not all that \
         `also` names"
    )]
    World {
        /// The manifest's kind.
        kind: PluginKind,
        /// What is missing.
        #[source]
        source: anyhow::Error,
    },
    /// It failed its first call.
    #[error("it failed its trial")]
    Trial(#[source] PluginFailure),
    /// It is not what its manifest says.
    #[error("it calls itself {found}, and its plugin.toml says {expected}")]
    Stranger {
        /// What the component says.
        found: String,
        /// What the manifest says.
        expected: String,
    },
    /// The engine does not start.
    #[error("the plugin engine does not start")]
    Engine(#[source] anyhow::Error),
}

/// What loading needs, whatever the plugin.
pub(super) struct Loader {
    pub(super) machine: Arc<Machine>,
    pub(super) surroundings: Surroundings,
}

impl Loader {
    /// The package of the section `[plugins.<id>]`, as its files are now.
    pub(super) fn resolve(&self, id: &str, config: &PluginConfig) -> Result<Package, LoadProblem> {
        Ok(resolve(id, config, self.surroundings.store.as_deref())?)
    }

    /// Checks and compiles a package, and tries it once.
    pub(super) fn load(&self, id: &str, config: &PluginConfig, package: &Package) -> Result<Arc<Plugin>, LoadProblem> {
        let manifest: Manifest = toml::from_str(package.manifest())?;
        manifest.check()?;
        let stamp =
            Stamp { id: id.to_owned(), version: manifest.version.clone(), digest: package.digest().to_string() };
        let agreed = agree(id, &manifest, config)?;
        let world = self.world(&manifest, package.component())?;
        let sources = SourceFiles::of(package.component());
        trial(Arc::new(self.furnish(stamp, manifest, config, agreed, (world, sources))?))
    }

    /// Writes down that this package serves now. Without that it still serves, and cannot be gone back to.
    pub(super) fn note_served(&self, id: &str, package: &Package) {
        let noted = self.surroundings.store.as_deref().map_or(Ok(()), |store| store.loaded(id, package));
        if let Err(error) = noted {
            let error = format!("{:#}", anyhow::Error::new(error));
            tracing::warn!(plugin = id, %error, "the lock file does not say that this version serves");
        }
    }

    /// Loads a plugin that can be played and can reach nobody: no host and no credential is granted.
    pub(super) fn load_for_trial(
        &self,
        manifest: &str,
        component: &[u8],
        settings: Map<String, Value>,
    ) -> Result<Arc<Plugin>, LoadProblem> {
        let manifest: Manifest = toml::from_str(manifest)?;
        manifest.check()?;
        let digest = hex::encode(Sha256::digest(component));
        let stamp = Stamp { id: manifest.id.clone(), version: manifest.version.clone(), digest };
        let world = self.world(&manifest, component)?;
        let agreed = Agreement {
            origins: BTreeSet::new(),
            credentials: BTreeMap::new(),
            settings,
            data: manifest.data.iter().map(|wish| wish.what).collect(),
        };
        let sources = SourceFiles::of(component);
        trial(Arc::new(self.furnish(stamp, manifest, &PluginConfig::default(), agreed, (world, sources))?))
    }

    fn world(&self, manifest: &Manifest, component: &[u8]) -> Result<World, LoadProblem> {
        check_format(component)?;
        let (kind, pre) = (manifest.kind, self.machine.prepare(component)?);
        World::new(kind, &manifest.also, pre).map_err(|e| LoadProblem::World { kind, source: e.into() })
    }

    /// Gives a plugin everything that it works with.
    fn furnish(
        &self,
        stamp: Stamp,
        manifest: Manifest,
        config: &PluginConfig,
        agreed: Agreement,
        (world, sources): (World, SourceFiles),
    ) -> Result<Plugin, LoadProblem> {
        let (id, limits) = (&stamp.id, config.limits);
        let rest = [limits.memory_mb, limits.cpu_ms, limits.deadline_ms, limits.concurrency];
        if limits.memory_mb > MEMORY_MAX_MB || rest.contains(&0) {
            return Err(LoadProblem::Limits { plugin: id.clone() });
        }
        let Agreement { origins, mut credentials, settings, data: shown } = agreed;
        // A trial has no credentials, and verifies nothing.
        let signing = manifest.webhook.as_ref().map(|w| &w.credential);
        let signing = signing.and_then(|name| {
            let key = format!("plugins.{id}.credentials.{name}");
            SigningSecrets::read(credentials.get(name)?, &key)
        });
        // A secret that signs webhooks is no credential for requests.
        credentials.retain(|_, credential| !matches!(credential, CredentialConfig::HmacSecret { .. }));
        let permits = Permits { plugin: id.clone(), origins, private_addresses: config.grants.private_addresses };
        let Surroundings { clock, entropy, trust, witness, installation_key, .. } = &self.surroundings;
        let egress = Egress::new(permits, &credentials, clock.clone(), trust, installation_key)?;
        check_projects(id, &settings, &credentials)?;
        Ok(Plugin {
            sources: Arc::new(sources),
            rooms: Rooms::default(),
            settings: serde_json::Value::Object(settings).to_string(),
            shown,
            limits,
            egress,
            signing: signing.transpose()?,
            clock: clock.clone(),
            entropy: entropy.clone(),
            machine: self.machine.clone(),
            permits: Arc::new(Semaphore::new(limits.concurrency as usize)),
            health: Arc::new(Health::default()),
            witness: witness.clone(),
            world,
            manifest,
            stamp,
        })
    }
}

/// Whether the setting `project_id`, where there is one, names the project of each Google service account beside it. A slip
/// there rings nobody, and un-pairs nobody; so it is told before the first call.
fn check_projects(
    id: &str,
    settings: &Map<String, Value>,
    credentials: &BTreeMap<String, CredentialConfig>,
) -> Result<(), LoadProblem> {
    let Some(set) = settings.get("project_id").and_then(Value::as_str) else { return Ok(()) };
    for (credential, config) in credentials {
        let own = egress::project_of(config, &format!("plugins.{id}.credentials.{credential}"))?;
        if let Some(own) = own.filter(|own| own != set) {
            let (plugin, credential, set) = (id.to_owned(), credential.clone(), set.to_owned());
            return Err(LoadProblem::AnotherProject { plugin, credential, set, own });
        }
    }
    Ok(())
}

/// Reads what a plugin says of itself, without running any of its code.
pub fn read_manifest(id: &str, config: &PluginConfig, store: Option<&PackageStore>) -> Result<Manifest, LoadProblem> {
    let manifest: Manifest = toml::from_str(resolve(id, config, store)?.manifest())?;
    manifest.check()?;
    Ok(manifest)
}

/// Loads the plugin of the section `[plugins.<id>]` as the server would, tries it, and leaves no trace. Blocks.
pub fn rehearse(id: &str, config: &PluginConfig, surroundings: Surroundings) -> Result<(), LoadProblem> {
    let machine = Machine::start(surroundings.cache_dir.clone(), surroundings.threads).map_err(LoadProblem::Engine)?;
    let loader = Loader { machine: Arc::new(machine), surroundings };
    let package = loader.resolve(id, config)?;
    loader.load(id, config, &package).map(drop)
}

/// Tells apart what the engine would refuse in words of its own. After the magic number and a version the header has a
/// layer: 1 in a component, 0 in a core module.
fn check_format(bytes: &[u8]) -> Result<(), LoadProblem> {
    match bytes {
        [0, b'a', b's', b'm', _, _, 0, 0, ..] => Err(LoadProblem::CoreModule),
        [0, b'a', b's', b'm', _, _, _, _, ..] => Ok(()),
        _ => Err(LoadProblem::NotWasm),
    }
}

/// Makes one instance and asks it who it is. Some misfits show only here.
fn trial(plugin: Arc<Plugin>) -> Result<Arc<Plugin>, LoadProblem> {
    let (told, hear) = mpsc::sync_channel(1);
    let down = || LoadProblem::Engine(anyhow::anyhow!("its threads are gone"));
    let threads = plugin.machine.threads().ok_or_else(down)?;
    let tried = plugin.clone();
    threads.spawn(async move {
        let until = tried.until(TRIAL_DEADLINE);
        // The loader waits for as long as the channel is open.
        let _ = told.send(tried.describe(until).await);
    });
    let described = hear.recv().map_err(|_| down())?.map_err(LoadProblem::Trial)?;
    let manifest = &plugin.manifest;
    if (&described.id, &described.version) != (&manifest.id, &manifest.version) {
        let brief =
            |id: &str, version: &str| super::bound::reason(&super::bound::text(&format!("{id} {version}"), 100));
        return Err(LoadProblem::Stranger {
            found: brief(&described.id, &described.version),
            expected: brief(&manifest.id, &manifest.version),
        });
    }
    Ok(plugin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_component_is_named() {
        assert!(check_format(b"\0asm\x0d\0\x01\0").is_ok());
        assert!(matches!(check_format(b"\0asm\x01\0\0\0"), Err(LoadProblem::CoreModule)));
        for other in [&b""[..], b"\0asm", b"\x7fELF\x02\x01\x01\0", b"(component)"] {
            assert!(matches!(check_format(other), Err(LoadProblem::NotWasm)), "{other:?}");
        }
    }
}
