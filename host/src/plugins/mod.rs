//! The plugins room: channels, providers, renderers and notifiers, as WebAssembly components
//! that compute and nothing else.
//!
//! Services walk in with domain words and get domain words back. A plugin is a
//! function from data to data; when it wants the network it returns requests, which
//! this room takes to the egress room, and is called again with the answers
//! (`steps`). Each run has a fresh instance with a budget of CPU time and memory, on
//! threads of its own (`machine`, `run`). What a plugin returns is hostile until it
//! has been cut to size (`bound`).

mod agreement;
mod asking;
mod beside;
mod border;
mod bound;
mod budget;
mod builtin;
mod channel;
mod complexity;
mod digest;
mod entropy;
mod exchange;
mod facade;
mod failure;
pub mod fit;
mod health;
mod load;
mod machine;
mod notifier;
mod number_lookup;
pub mod package;
mod provider;
mod provisioning;
pub mod record;
mod records;
mod renderer;
mod run;
mod shelf;
mod sources;
mod steps;
#[cfg(test)]
mod tests;
pub mod trace;
mod witness;
mod world;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::{Map, Value};

pub use self::agreement::{Disagreement, Wish, disagreements, hosts_not_set, wishes};
pub use self::asking::flaw;
pub use self::channel::RingPlan;
pub use self::entropy::Entropy;
pub use self::exchange::{Export, Input, Output, Turn, wit};
pub use self::failure::PluginFailure;
pub use self::load::{LoadProblem, PluginLoadError, read_manifest, rehearse};
pub use self::machine::UnfitComponent;
pub use self::record::{Recorder, Recording};
pub use self::shelf::{Replacement, Surroundings};
pub use self::witness::{CallTrace, Round, Sent, Stamp, Witness};

use self::run::Plugin;
use self::shelf::Shelf;
use crate::config::plugins::{Limits, PluginConfig};
use crate::domain::manifest::{Also, ChannelInfo, DataKind, Manifest, PluginKind, SignatureScheme};
use crate::domain::{
    Conversation, Finding, Inspection, Material, Moment, PluginHealth, Rendering, Ring, RingRef, Session,
    SessionRequest, Verdict, WebhookReading,
};
use crate::egress::form_signature;
use crate::egress::web_push::NoSubscription;
use crate::egress::webhook_signature::SignatureError;

/// Every loaded plugin. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Plugins(Arc<Shelf>);

/// One run of an export.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    /// What it returned.
    pub output: Output,
    /// How long the plugin computed.
    pub plugin_time: Duration,
}

impl Plugins {
    /// Loads every enabled plugin, and tries each once. The keys of `configs` become the ids.
    ///
    /// Blocks: compiling takes about 0.1 s for each plugin, unless the compiled code is in the cache.
    pub fn load(configs: &BTreeMap<String, PluginConfig>, surroundings: Surroundings) -> Result<Self, PluginLoadError> {
        Ok(Self(Arc::new(Shelf::fill(configs, surroundings)?)))
    }

    /// Loads one plugin for [`Plugins::play`] only, under its manifest's id: nothing is granted, and nobody reached.
    /// The component is WebAssembly, never compiled code. Blocks.
    pub fn for_trial(
        manifest: &str,
        component: &[u8],
        settings: Map<String, Value>,
        surroundings: Surroundings,
    ) -> Result<Self, PluginLoadError> {
        Ok(Self(Arc::new(Shelf::with_trial(manifest, component, settings, surroundings)?)))
    }

    /// The loaded channels.
    pub fn channels(&self) -> Vec<ChannelInfo> {
        self.0.all().iter().filter_map(|plugin| plugin.manifest.channel_info(&plugin.stamp.id)).collect()
    }

    /// The ids of the loaded providers.
    pub fn provider_ids(&self) -> Vec<String> {
        self.ids(PluginKind::Provider)
    }

    /// The ids of the loaded renderers.
    pub fn renderer_ids(&self) -> Vec<String> {
        self.ids(PluginKind::Renderer)
    }

    /// Whether a loaded plugin has this interface beside that of its kind.
    pub fn has(&self, id: &str, also: Also) -> bool {
        self.0.all().iter().any(|plugin| plugin.stamp.id == id && plugin.manifest.has(also))
    }

    fn ids(&self, kind: PluginKind) -> Vec<String> {
        let of_kind = self.0.all().into_iter().filter(|plugin| plugin.manifest.kind == kind);
        of_kind.map(|plugin| plugin.stamp.id.clone()).collect()
    }

    /// Every loaded plugin and its manifest, for the operator's eyes.
    pub fn manifests(&self) -> Vec<(Stamp, Manifest)> {
        self.0.all().iter().map(|plugin| (plugin.stamp.clone(), plugin.manifest.clone())).collect()
    }

    /// Whether files of plugins, or the lock file, are others than when they were last read, and did not change since the
    /// last look: nobody is still writing them. Quick.
    pub fn have_settled(&self) -> bool {
        self.0.has_settled()
    }

    /// How every loaded plugin is, in the order of the ids.
    pub fn health(&self) -> Vec<PluginHealth> {
        self.0.all().iter().map(|plugin| plugin.health.report(&plugin.stamp, plugin.clock.now())).collect()
    }

    /// Looks again at the files of all plugins, and puts each new version that is sound in the place of the old one.
    /// For each that is not, the old one serves on.
    ///
    /// Blocks, as [`Plugins::load`] does.
    pub fn refresh(&self) -> Vec<Result<Replacement, PluginLoadError>> {
        self.0.refresh()
    }

    /// Runs one export once with these answers, and sends nothing: for replays, for the conformance kit, and for
    /// measuring.
    pub async fn play(&self, id: &str, input: Input, turn: Turn) -> Result<Played, PluginFailure> {
        let plugin = self.0.find_for(id, input.export())?;
        let ran = plugin.run(plugin.until(Duration::MAX), Arc::new(input), Arc::new(turn)).await?;
        Ok(Played { output: ran.result, plugin_time: ran.plugin_time })
    }

    /// The same with so much memory, and with so many instructions where [`Surroundings::counts_instructions`]: whether
    /// it would do with less than its limits.
    pub async fn play_within(
        &self,
        memory_mb: u32,
        instructions: u64,
        id: &str,
        input: Input,
        turn: Turn,
    ) -> Result<Played, PluginFailure> {
        let plugin = self.0.find_for(id, input.export())?;
        let (until, limits) = (plugin.until(Duration::MAX), Limits { memory_mb, ..plugin.limits });
        let ran = plugin.run_within(limits, instructions, until, Arc::new(input), Arc::new(turn)).await?;
        Ok(Played { output: ran.result, plugin_time: ran.plugin_time })
    }

    /// Reads what a device registers with a channel whose addresses are subscriptions of Web Push. Gives it as it is
    /// kept: the same text for the same subscription. `None` where addresses are something else.
    pub fn read_subscription(&self, channel: &str, address: &str) -> Option<Result<String, NoSubscription>> {
        let plugin = self.0.find(channel, PluginKind::Channel).ok()?;
        let read = || plugin.egress.read_subscription(address).map(|subscription| subscription.to_string());
        plugin.manifest.takes_subscriptions().then(read)
    }

    /// Rings these, at most 100: one verdict for each, in their order.
    pub async fn ring(
        &self,
        channel: &str,
        rings: Vec<Ring>,
        deadline: Duration,
    ) -> Result<Vec<Verdict>, PluginFailure> {
        self.0.find(channel, PluginKind::Channel)?.ring(rings, deadline).await
    }

    /// Plans the rings, at most 100, that go out at `at` or shortly before: the plugin computes now what it wants sent then,
    /// and the credential for it is bought. At their moment only the sending is left.
    pub async fn plan_rings(
        &self,
        channel: &str,
        rings: Vec<Ring>,
        at: Moment,
        deadline: Duration,
    ) -> Result<RingPlan, PluginFailure> {
        RingPlan::make(self.0.find(channel, PluginKind::Channel)?, rings, at, deadline).await
    }

    /// Whether a channel's vendors would hear of so many rings now. While they would not, it is better to keep them.
    pub fn would_hear(&self, channel: &str, rings: usize) -> bool {
        // What is not loaded says so when it is rung.
        self.0.find(channel, PluginKind::Channel).map_or(true, |plugin| plugin.egress.admits(rings))
    }

    /// Rings as planned: one verdict for each, in their order. When the requests have been answered it waits for `pause`
    /// before the plugin reads the answers.
    pub async fn ring_as_planned(
        &self,
        plan: RingPlan,
        deadline: Duration,
        pause: BoxFuture<'_, ()>,
    ) -> Result<Vec<Verdict>, PluginFailure> {
        plan.carry_out(deadline, pause).await
    }

    /// Takes these back before they are answered: for each, whether it certainly will not ring.
    pub async fn cancel(
        &self,
        channel: &str,
        rings: Vec<RingRef>,
        deadline: Duration,
    ) -> Result<Vec<bool>, PluginFailure> {
        self.0.find(channel, PluginKind::Channel)?.cancel(rings, deadline).await
    }

    /// Asks the vendor what became of these. A ring that it says nothing of is left out.
    pub async fn inspect(
        &self,
        channel: &str,
        rings: Vec<RingRef>,
        deadline: Duration,
    ) -> Result<Vec<Inspection>, PluginFailure> {
        self.0.find(channel, PluginKind::Channel)?.inspect(rings, deadline).await
    }

    /// Gets what a device needs to join a new conversation.
    pub async fn open_session(
        &self,
        provider: &str,
        wanted: SessionRequest,
        deadline: Duration,
    ) -> Result<Session, PluginFailure> {
        self.0.find(provider, PluginKind::Provider)?.open_session(wanted, deadline).await
    }

    /// Whether a provider is shown this. What it is not shown, a device that joins its conversation does not pass on to it.
    pub fn is_provider_shown(&self, provider: &str, what: DataKind) -> bool {
        self.0.find(provider, PluginKind::Provider).is_ok_and(|plugin| plugin.shown.contains(&what))
    }

    /// The settings of a loaded provider as JSON, with its manifest's defaults. Settings hold no secrets.
    pub fn settings_of_provider(&self, provider: &str) -> Option<String> {
        self.0.find(provider, PluginKind::Provider).ok().map(|plugin| plugin.settings.clone())
    }

    /// Reads a webhook whose signature has been verified.
    pub async fn read_webhook(
        &self,
        provider: &str,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<WebhookReading, PluginFailure> {
        self.0.find(provider, PluginKind::Provider)?.read_webhook(headers, body).await
    }

    /// Asks the provider for a conversation; `None` when it does not know it.
    pub async fn fetch_session(
        &self,
        provider: &str,
        conversation: &str,
        deadline: Duration,
    ) -> Result<Option<Conversation>, PluginFailure> {
        self.0.find(provider, PluginKind::Provider)?.fetch_session(conversation, deadline).await
    }

    /// Asks a provider, or a notifier with `channel-check`, whether everything is set up. Changes nothing. `facts` are names
    /// and values that the plugin is told of this host, as the guide of the plugin API lists them.
    pub async fn check(
        &self,
        plugin: &str,
        facts: Vec<(String, String)>,
        deadline: Duration,
    ) -> Result<Vec<Finding>, PluginFailure> {
        self.0.find_for(plugin, Export::Check)?.check(facts, deadline).await
    }

    /// Asks a channel whether everything is set up. Nobody's phone rings, and nothing changes. A channel without
    /// `channel-check` that submits ahead is asked what became of a ring that never was, of which only the asking
    /// matters; `None` for any other, of which only a call shows whether it rings.
    pub async fn check_channel(
        &self,
        channel: &str,
        facts: Vec<(String, String)>,
        deadline: Duration,
    ) -> Result<Option<Vec<Finding>>, PluginFailure> {
        self.0.find(channel, PluginKind::Channel)?.check_channel(facts, deadline).await
    }

    /// The settings of a loaded channel as JSON, with its manifest's defaults. Settings hold no secrets.
    pub fn settings_of_channel(&self, channel: &str) -> Option<String> {
        self.0.find(channel, PluginKind::Channel).ok().map(|plugin| plugin.settings.clone())
    }

    /// Renders a talk in the language of `locale`.
    pub async fn render(&self, renderer: &str, material: Material, locale: &str) -> Result<Rendering, PluginFailure> {
        self.0.find(renderer, PluginKind::Renderer)?.render(material, locale).await
    }

    /// Whether a provider or notifier sends webhooks, and this host takes them.
    pub fn takes_webhooks(&self, id: &str) -> bool {
        self.hearer(id).is_some_and(|plugin| plugin.manifest.webhook.is_some() && plugin.signing.is_some())
    }

    /// Whether webhooks of a plugin are looked at: it is a loaded provider or notifier.
    pub fn hears_webhooks(&self, id: &str) -> bool {
        self.hearer(id).is_some()
    }

    fn hearer(&self, id: &str) -> Option<Arc<Plugin>> {
        self.0.find(id, PluginKind::Provider).or_else(|_| self.0.find(id, PluginKind::Notifier)).ok()
    }

    /// Verifies a webhook's signature. `url` is where this host takes the plugin's webhooks; `header` gives the value of a
    /// header by its lower-case name; `body` is what came over the wire.
    pub fn verify_webhook(
        &self,
        id: &str,
        url: &str,
        header: impl Fn(&str) -> Option<String>,
        body: &[u8],
    ) -> Result<(), SignatureError> {
        let plugin = self.hearer(id).ok_or(SignatureError::NotExpected)?;
        let (Some(scheme), Some(secrets)) = (&plugin.manifest.webhook, &plugin.signing) else {
            return Err(SignatureError::NotExpected);
        };
        let given = header(&scheme.header.to_ascii_lowercase()).ok_or(SignatureError::Missing)?;
        match scheme.scheme {
            SignatureScheme::HmacSha256Timestamped => {
                secrets.verify(&given, body, plugin.clock.now(), scheme.tolerance_s)
            }
            SignatureScheme::TwilioHmacSha1 => form_signature::check(secrets, &given, url, body),
        }
    }
}
