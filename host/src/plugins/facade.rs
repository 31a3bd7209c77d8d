//! What services ask of the interfaces of API 1.2: recordings and their erasure, provisioning, notices, numbers, digests.
//! Each has a file of its own that knows how; `Plugins` finds the plugin.

use std::time::Duration;

use super::Plugins;
use super::exchange::Export;
use super::failure::PluginFailure;
use crate::domain::manifest::{Also, NotifierSection, PluginKind, ReachWord};
use crate::domain::{
    Audio, CallbackReading, Change, Digest, Erasure, Notice, NumberFacts, Provisioned, Verdict, Wanted, WeekMaterial,
};
use crate::egress::web_push::NoSubscription;

impl Plugins {
    /// The ids of the loaded notifiers.
    pub fn notifier_ids(&self) -> Vec<String> {
        self.ids(PluginKind::Notifier)
    }

    /// Whether a loaded notifier can be asked whether everything is set up.
    pub fn is_checkable(&self, notifier: &str) -> bool {
        self.has(notifier, Also::ChannelCheck)
    }

    /// The loaded notifier that reaches phone numbers; the first of several.
    pub fn texter(&self) -> Option<String> {
        let reaches_numbers = |section: NotifierSection| section.reaches == ReachWord::Number;
        let plugins = self.0.all();
        let found = plugins.iter().find(|plugin| plugin.manifest.notifier.is_some_and(reaches_numbers));
        found.map(|plugin| plugin.stamp.id.clone())
    }

    /// Ids of the loaded plugins that can tell of a week.
    pub fn digest_renderer_ids(&self) -> Vec<String> {
        let plugins = self.0.all();
        let found = plugins.iter().filter(|plugin| plugin.manifest.has(Also::DigestRenderer));
        found.map(|plugin| plugin.stamp.id.clone()).collect()
    }

    /// The loaded plugin that looks up numbers; the first of several.
    pub fn number_expert(&self) -> Option<String> {
        let plugins = self.0.all();
        let found = plugins.iter().find(|plugin| plugin.manifest.has(Also::NumberLookup));
        found.map(|plugin| plugin.stamp.id.clone())
    }

    /// The loaded notifier that reaches browsers by Web Push; the first of several.
    pub fn browser_notifier(&self) -> Option<String> {
        let plugins = self.0.all();
        let mut found = plugins.iter().filter(|plugin| plugin.manifest.notifier.is_some());
        found.find(|plugin| plugin.manifest.takes_subscriptions()).map(|plugin| plugin.stamp.id.clone())
    }

    /// Reads the subscription of a browser for this notifier. Gives it as it is kept: the same text for the same
    /// subscription. `None` when the notifier is not loaded.
    pub fn read_browser(&self, notifier: &str, subscription: &str) -> Option<Result<String, NoSubscription>> {
        let plugin = self.0.find(notifier, PluginKind::Notifier).ok()?;
        Some(plugin.egress.read_subscription(subscription).map(|read| read.to_string()))
    }

    /// Gets the recording of a conversation; `None` when there is none. For a provider with `records`.
    pub async fn fetch_audio(
        &self,
        provider: &str,
        conversation: &str,
        deadline: Duration,
    ) -> Result<Option<Audio>, PluginFailure> {
        self.0.find_for(provider, Export::FetchAudio)?.fetch_audio(conversation, deadline).await
    }

    /// Has the provider remove all that it keeps of a conversation. May be repeated. For a provider with `records`.
    pub async fn erase(
        &self,
        provider: &str,
        conversation: &str,
        deadline: Duration,
    ) -> Result<Erasure, PluginFailure> {
        self.0.find_for(provider, Export::Erase)?.erase(conversation, deadline).await
    }

    /// What is other at the vendor than it is wanted. Changes nothing. For a provider with `provisioning`.
    pub async fn plan(&self, provider: &str, wanted: Wanted, deadline: Duration) -> Result<Vec<Change>, PluginFailure> {
        self.0.find_for(provider, Export::Plan)?.plan(wanted, deadline).await
    }

    /// Sets the vendor's side up as it is wanted. For a provider with `provisioning`.
    pub async fn apply(
        &self,
        provider: &str,
        wanted: Wanted,
        deadline: Duration,
    ) -> Result<Provisioned, PluginFailure> {
        self.0.find_for(provider, Export::Apply)?.apply(wanted, deadline).await
    }

    /// Tells these, at most 100: one verdict for each, in their order.
    pub async fn notify(
        &self,
        notifier: &str,
        notices: Vec<Notice>,
        deadline: Duration,
    ) -> Result<Vec<Verdict>, PluginFailure> {
        self.0.find_for(notifier, Export::Notify)?.notify(notices, deadline).await
    }

    /// Reads a notifier's callback whose signature has been verified.
    pub async fn read_callback(
        &self,
        notifier: &str,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<CallbackReading, PluginFailure> {
        self.0.find_for(notifier, Export::ReadCallback)?.read_callback(headers, body).await
    }

    /// Looks up a number in E.164, without ringing it. For a plugin with `number-lookup`.
    pub async fn look_up(&self, plugin: &str, number: &str, deadline: Duration) -> Result<NumberFacts, PluginFailure> {
        self.0.find_for(plugin, Export::LookUp)?.look_up(number, deadline).await
    }

    /// Renders a week in the language of `locale`. For a renderer with `digest-renderer`.
    pub async fn render_digest(
        &self,
        renderer: &str,
        week: &WeekMaterial,
        locale: &str,
    ) -> Result<Digest, PluginFailure> {
        self.0.find_for(renderer, Export::RenderDigest)?.render_digest(week, locale).await
    }
}
