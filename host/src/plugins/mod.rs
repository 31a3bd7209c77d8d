//! The plugins room: channels, providers and renderers, as WebAssembly components
//! that compute and nothing else.
//!
//! Services walk in with domain words and get domain words back. A plugin is a
//! function from data to data; when it wants the network it returns requests, which
//! this room takes to the egress room, and is called again with the answers
//! (`steps`). Each run has a fresh instance with a budget of CPU time and memory, on
//! threads of its own (`machine`, `run`). What a plugin returns is hostile until it
//! has been cut to size (`bound`).

mod agreement;
mod border;
mod bound;
mod builtin;
mod channel;
mod entropy;
mod failure;
mod load;
mod machine;
mod provider;
mod renderer;
mod run;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use self::agreement::Disagreement;
pub use self::entropy::Entropy;
pub use self::failure::PluginFailure;
pub use self::load::{LoadProblem, PluginLoadError, read_manifest};
pub use self::machine::UnfitComponent;

use self::border::channel::ChannelPluginPre;
use self::border::provider::ProviderPluginPre;
use self::border::renderer::RendererPluginPre;
use self::load::{Loaded, Loader};
use self::machine::{Guest, Machine};
use self::run::Plugin;
use crate::clock::Clock;
use crate::config::plugins::PluginConfig;
use crate::domain::manifest::{ChannelInfo, Manifest};
use crate::domain::{
    Conversation, Finding, Inspection, Material, Rendering, Ring, RingRef, Session, SessionRequest, Verdict,
    WebhookReading,
};
use crate::egress::webhook_signature::SignatureError;
use crate::egress::{CredentialError, Trust};

/// Every loaded plugin. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Plugins(Arc<Shelf>);

struct Shelf {
    channels: BTreeMap<String, Plugin<ChannelPluginPre<Guest>>>,
    providers: BTreeMap<String, Plugin<ProviderPluginPre<Guest>>>,
    renderers: BTreeMap<String, Plugin<RendererPluginPre<Guest>>>,
}

impl Plugins {
    /// Loads every enabled plugin, and tries each once. The keys of `configs` become the ids.
    ///
    /// Blocks: compiling takes about 0.1 s for each plugin. With a `cache_dir`, which only the
    /// server may be able to write, it is done once for each version.
    pub fn load(
        configs: &BTreeMap<String, PluginConfig>,
        clock: Clock,
        entropy: Entropy,
        cache_dir: Option<PathBuf>,
    ) -> Result<Self, PluginLoadError> {
        let trust = Trust::public().map_err(|e| PluginLoadError {
            plugin: "*".to_owned(),
            problem: LoadProblem::Credential(CredentialError::Client(e)),
        })?;
        Self::load_trusting(configs, clock, entropy, cache_dir, &trust)
    }

    /// Like [`Plugins::load`], for servers whose certificates `trust` believes.
    pub fn load_trusting(
        configs: &BTreeMap<String, PluginConfig>,
        clock: Clock,
        entropy: Entropy,
        cache_dir: Option<PathBuf>,
        trust: &Trust,
    ) -> Result<Self, PluginLoadError> {
        let failed = |plugin: &str, problem| PluginLoadError { plugin: plugin.to_owned(), problem };
        let machine = Machine::start(cache_dir).map_err(|e| failed("*", LoadProblem::Engine(e)))?;
        let loader = Loader { machine: Arc::new(machine), clock, entropy, trust };
        let mut shelf = Shelf { channels: BTreeMap::new(), providers: BTreeMap::new(), renderers: BTreeMap::new() };
        for (id, config) in configs.iter().filter(|(_, config)| config.enabled) {
            let id = id.clone();
            match loader.load(&id, config).map_err(|problem| failed(&id, problem))? {
                Loaded::Channel(plugin) => drop(shelf.channels.insert(id, plugin)),
                Loaded::Provider(plugin) => drop(shelf.providers.insert(id, plugin)),
                Loaded::Renderer(plugin) => drop(shelf.renderers.insert(id, plugin)),
            }
        }
        Ok(Self(Arc::new(shelf)))
    }

    /// The loaded channels.
    pub fn channels(&self) -> Vec<ChannelInfo> {
        let info = |(id, plugin): (&String, &Plugin<_>)| plugin.common.manifest.channel_info(id);
        self.0.channels.iter().filter_map(info).collect()
    }

    /// The ids of the loaded providers.
    pub fn provider_ids(&self) -> Vec<String> {
        self.0.providers.keys().cloned().collect()
    }

    /// The ids of the loaded renderers.
    pub fn renderer_ids(&self) -> Vec<String> {
        self.0.renderers.keys().cloned().collect()
    }

    /// The id and the manifest of every loaded plugin, for the operator's eyes.
    pub fn manifests(&self) -> Vec<(&str, &Manifest)> {
        let channels = self.0.channels.values().map(|p| &p.common);
        let providers = self.0.providers.values().map(|p| &p.common);
        let renderers = self.0.renderers.values().map(|p| &p.common);
        let all = channels.chain(providers).chain(renderers);
        all.map(|common| (common.id.as_str(), &common.manifest)).collect()
    }

    /// Rings these, at most 100: one verdict for each, in their order.
    pub async fn ring(
        &self,
        channel: &str,
        rings: Vec<Ring>,
        deadline: Duration,
    ) -> Result<Vec<Verdict>, PluginFailure> {
        find(&self.0.channels, channel)?.ring(rings, deadline).await
    }

    /// Takes these back before they are answered: for each, whether it certainly will not ring.
    pub async fn cancel(
        &self,
        channel: &str,
        rings: Vec<RingRef>,
        deadline: Duration,
    ) -> Result<Vec<bool>, PluginFailure> {
        find(&self.0.channels, channel)?.cancel(rings, deadline).await
    }

    /// Asks the vendor what became of these. A ring that it says nothing of is left out.
    pub async fn inspect(
        &self,
        channel: &str,
        rings: Vec<RingRef>,
        deadline: Duration,
    ) -> Result<Vec<Inspection>, PluginFailure> {
        find(&self.0.channels, channel)?.inspect(rings, deadline).await
    }

    /// Gets what a device needs to join a new conversation.
    pub async fn open_session(
        &self,
        provider: &str,
        wanted: SessionRequest,
        deadline: Duration,
    ) -> Result<Session, PluginFailure> {
        find(&self.0.providers, provider)?.open_session(wanted, deadline).await
    }

    /// Reads a webhook whose signature has been verified.
    pub async fn read_webhook(
        &self,
        provider: &str,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<WebhookReading, PluginFailure> {
        find(&self.0.providers, provider)?.read_webhook(headers, body).await
    }

    /// Asks the provider for a conversation; `None` when it does not know it.
    pub async fn fetch_session(
        &self,
        provider: &str,
        conversation: &str,
        deadline: Duration,
    ) -> Result<Option<Conversation>, PluginFailure> {
        find(&self.0.providers, provider)?.fetch_session(conversation, deadline).await
    }

    /// Asks the provider whether everything is set up. Changes nothing.
    pub async fn check(&self, provider: &str, deadline: Duration) -> Result<Vec<Finding>, PluginFailure> {
        find(&self.0.providers, provider)?.check(deadline).await
    }

    /// Renders a talk in the language of `locale`.
    pub async fn render(&self, renderer: &str, material: Material, locale: &str) -> Result<Rendering, PluginFailure> {
        find(&self.0.renderers, renderer)?.render(material, locale).await
    }

    /// Verifies a webhook's signature. `header` gives the value of a header by its
    /// lower-case name; `body` is what came over the wire.
    pub fn verify_webhook(
        &self,
        provider: &str,
        header: impl Fn(&str) -> Option<String>,
        body: &[u8],
    ) -> Result<(), SignatureError> {
        let plugin = self.0.providers.get(provider).ok_or(SignatureError::NotExpected)?;
        let common = &plugin.common;
        let (Some(scheme), Some(secrets)) = (&common.manifest.webhook, &common.signing) else {
            return Err(SignatureError::NotExpected);
        };
        let given = header(&scheme.header.to_ascii_lowercase()).ok_or(SignatureError::Missing)?;
        secrets.verify(&given, body, common.clock.now(), scheme.tolerance_s)
    }
}

fn find<'a, W>(plugins: &'a BTreeMap<String, Plugin<W>>, id: &str) -> Result<&'a Plugin<W>, PluginFailure> {
    plugins.get(id).ok_or_else(|| PluginFailure::NoSuchPlugin(id.to_owned()))
}
