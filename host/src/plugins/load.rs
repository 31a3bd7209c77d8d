//! Loads plugins: finds them, checks them against the config, compiles them, and
//! tries each once.

use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::agreement::{Agreement, Disagreement, agree};
use super::border::channel::ChannelPluginPre;
use super::border::provider::ProviderPluginPre;
use super::border::renderer::RendererPluginPre;
use super::border::types::Description;
use super::builtin;
use super::entropy::Entropy;
use super::failure::PluginFailure;
use super::machine::{MEMORY_MAX_MB, Machine, UnfitComponent};
use super::run::{Call, Common, Plugin, World};
use crate::clock::Clock;
use crate::config::plugins::{CredentialConfig, PluginConfig, SecretError};
use crate::domain::manifest::{Manifest, ManifestError, PluginKind};
use crate::egress::webhook_signature::SigningSecrets;
use crate::egress::{CredentialError, Egress, Permits, Trust};

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

/// What is wrong with a plugin, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum LoadProblem {
    /// `source` leads nowhere.
    #[error(
        "`plugins.{plugin}.source` is \"{source_text}\"; write \"builtin:<id>\" with one of {known}, or \"file:/path/to.wasm\""
    )]
    Source {
        /// The section.
        plugin: String,
        /// What stands there.
        source_text: String,
        /// The built-in ones.
        known: String,
    },
    /// A file cannot be read.
    #[error("cannot read {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another component than the one that the operator meant.
    #[error(
        "its SHA-256 is {found}, and `plugins.{plugin}.sha256` is another: write the new one there if this is the \
         component that you mean"
    )]
    Sha256 {
        /// The section.
        plugin: String,
        /// What it is.
        found: String,
    },
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
    #[error("its plugin.toml says kind = \"{kind}\", and the component does not export what a {kind} must")]
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
pub(super) struct Loader<'a> {
    pub(super) machine: Arc<Machine>,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) trust: &'a Trust,
}

/// A plugin that passed.
pub(super) enum Loaded {
    Channel(Plugin<ChannelPluginPre<super::machine::Guest>>),
    Provider(Plugin<ProviderPluginPre<super::machine::Guest>>),
    Renderer(Plugin<RendererPluginPre<super::machine::Guest>>),
}

impl Loader<'_> {
    /// Loads the plugin of the section `[plugins.<id>]`.
    pub(super) fn load(&self, id: &str, config: &PluginConfig) -> Result<Loaded, LoadProblem> {
        let (manifest, bytes) = read(id, config)?;
        let manifest: Manifest = toml::from_str(&manifest)?;
        manifest.check()?;
        let common = Arc::new(self.common(id, manifest, config)?);
        check_format(&bytes)?;
        let pre = self.machine.prepare(&bytes)?;
        let kind = common.manifest.kind;
        let wasm = |e: wasmtime::Error| LoadProblem::World { kind, source: e.into() };
        match kind {
            PluginKind::Channel => {
                let plugin = Plugin { common, world: ChannelPluginPre::new(pre).map_err(wasm)? };
                let plugin =
                    trial(plugin, |exports, store| Box::pin(exports.callpanion_plugin_channel().call_describe(store)))?;
                Ok(Loaded::Channel(plugin))
            }
            PluginKind::Provider => {
                let plugin = Plugin { common, world: ProviderPluginPre::new(pre).map_err(wasm)? };
                let plugin = trial(plugin, |exports, store| {
                    Box::pin(exports.callpanion_plugin_provider().call_describe(store))
                })?;
                Ok(Loaded::Provider(plugin))
            }
            PluginKind::Renderer => {
                let plugin = Plugin { common, world: RendererPluginPre::new(pre).map_err(wasm)? };
                let plugin = trial(plugin, |exports, store| {
                    Box::pin(exports.callpanion_plugin_renderer().call_describe(store))
                })?;
                Ok(Loaded::Renderer(plugin))
            }
        }
    }

    fn common(&self, id: &str, manifest: Manifest, config: &PluginConfig) -> Result<Common, LoadProblem> {
        let limits = config.limits;
        let rest = [limits.memory_mb, limits.cpu_ms, limits.deadline_ms, limits.concurrency];
        if limits.memory_mb > MEMORY_MAX_MB || rest.contains(&0) {
            return Err(LoadProblem::Limits { plugin: id.to_owned() });
        }
        let Agreement { origins, mut credentials, settings } = agree(id, &manifest, config)?;
        let signing = manifest.webhook.as_ref().map(|w| &w.credential);
        let signing = signing.and_then(|name| {
            let key = format!("plugins.{id}.credentials.{name}");
            SigningSecrets::read(credentials.get(name)?, &key)
        });
        // A secret that signs webhooks is no credential for requests.
        credentials.retain(|_, credential| !matches!(credential, CredentialConfig::HmacSecret { .. }));
        let permits = Permits { plugin: id.to_owned(), origins, private_addresses: config.grants.private_addresses };
        Ok(Common {
            id: id.to_owned(),
            settings: serde_json::Value::Object(settings).to_string(),
            limits,
            egress: Egress::new(permits, &credentials, self.clock.clone(), self.trust)?,
            signing: signing.transpose()?,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            machine: self.machine.clone(),
            permits: Arc::new(Semaphore::new(limits.concurrency as usize)),
            manifest,
        })
    }
}

/// Reads what a plugin says of itself, without running any of its code.
pub fn read_manifest(id: &str, config: &PluginConfig) -> Result<Manifest, LoadProblem> {
    let manifest: Manifest = toml::from_str(&read(id, config)?.0)?;
    manifest.check()?;
    Ok(manifest)
}

/// The manifest's text and the component.
fn read(id: &str, config: &PluginConfig) -> Result<(String, Vec<u8>), LoadProblem> {
    let unreadable = |path: PathBuf| move |source| LoadProblem::File { path, source };
    let source = if config.source.is_empty() { format!("builtin:{id}") } else { config.source.clone() };
    let (manifest, bytes) = match source.split_once(':') {
        Some(("builtin", name)) if let Some(found) = builtin::find(name) => {
            (found.manifest.to_owned(), found.component.to_vec())
        }
        Some(("file", path)) if !path.is_empty() => {
            let path = PathBuf::from(path);
            let beside = path.with_file_name("plugin.toml");
            let manifest = std::fs::read_to_string(&beside).map_err(unreadable(beside))?;
            (manifest, std::fs::read(&path).map_err(unreadable(path))?)
        }
        _ => {
            let known: Vec<_> = builtin::BUILTIN.iter().map(|builtin| builtin.id).collect();
            return Err(LoadProblem::Source { plugin: id.to_owned(), source_text: source, known: known.join(", ") });
        }
    };
    if let Some(wanted) = &config.sha256 {
        let found = hex::encode(Sha256::digest(&bytes));
        if !found.eq_ignore_ascii_case(wanted.trim()) {
            return Err(LoadProblem::Sha256 { plugin: id.to_owned(), found });
        }
    }
    Ok((manifest, bytes))
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
fn trial<W: World>(
    plugin: Plugin<W>,
    describe: impl for<'a> FnOnce(
        &'a W::Exports,
        &'a mut wasmtime::Store<super::machine::Guest>,
    ) -> futures::future::BoxFuture<'a, wasmtime::Result<Description>>
    + Send
    + 'static,
) -> Result<Plugin<W>, LoadProblem> {
    let machine = plugin.common.machine.clone();
    let (told, hear) = mpsc::sync_channel(1);
    let down = || LoadProblem::Engine(anyhow::anyhow!("its threads are gone"));
    let threads = machine.threads().ok_or_else(down)?;
    threads.spawn(async move {
        let until = plugin.common.until(TRIAL_DEADLINE);
        let call: Call<W, Description> = Box::new(describe);
        let outcome = plugin.run(until, call).await;
        // The loader waits for as long as the channel is open.
        let _ = told.send((plugin, outcome));
    });
    let (plugin, outcome) = hear.recv().map_err(|_| down())?;
    let described = outcome.map_err(LoadProblem::Trial)?;
    let manifest = &plugin.common.manifest;
    if (&described.id, &described.version) != (&manifest.id, &manifest.version) {
        let brief = |id: &str, version: &str| super::bound::text(&format!("{id} {version}"), 100);
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
