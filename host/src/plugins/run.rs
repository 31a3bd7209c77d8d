//! Runs a plugin once: a fresh instance, one call, and the instance is gone.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::AbortOnDropHandle;
use wasmtime::{Store, Trap};
use wasmtime_wasi::I32Exit;

use super::border::channel::{ChannelPlugin, ChannelPluginPre};
use super::border::provider::{ProviderPlugin, ProviderPluginPre};
use super::border::renderer::{RendererPlugin, RendererPluginPre};
use super::bound::{REASON_MAX_CHARS, text};
use super::entropy::Entropy;
use super::failure::PluginFailure;
use super::machine::{Guest, Machine};
use crate::clock::Clock;
use crate::config::plugins::Limits;
use crate::domain::manifest::Manifest;
use crate::egress::Egress;
use crate::egress::webhook_signature::SigningSecrets;

/// Waiting for a free instance took too long: try again after this.
const BUSY_RETRY_MS: u32 = 1_000;

/// One of the three worlds, ready to be instantiated.
pub(super) trait World: Clone + Send + Sync + 'static {
    /// The typed exports of an instance.
    type Exports: Send + Sync + 'static;

    /// Makes a fresh instance.
    fn instantiate<'a>(&'a self, store: &'a mut Store<Guest>) -> BoxFuture<'a, wasmtime::Result<Self::Exports>>;
}

macro_rules! world {
    ($pre:ident => $exports:ident) => {
        impl World for $pre<Guest> {
            type Exports = $exports;

            fn instantiate<'a>(
                &'a self,
                store: &'a mut Store<Guest>,
            ) -> BoxFuture<'a, wasmtime::Result<Self::Exports>> {
                Box::pin(self.instantiate_async(store))
            }
        }
    };
}
world!(ChannelPluginPre => ChannelPlugin);
world!(ProviderPluginPre => ProviderPlugin);
world!(RendererPluginPre => RendererPlugin);

/// One call of an export: it gets the instance, and gives what the export returned.
pub(super) type Call<W, R> = Box<
    dyn for<'a> FnOnce(&'a <W as World>::Exports, &'a mut Store<Guest>) -> BoxFuture<'a, wasmtime::Result<R>> + Send,
>;

/// What every loaded plugin has, whatever its kind.
pub(super) struct Common {
    /// The name of its section in the config.
    pub(super) id: String,
    pub(super) manifest: Manifest,
    /// Its settings, as JSON.
    pub(super) settings: String,
    pub(super) limits: Limits,
    pub(super) egress: Egress,
    pub(super) signing: Option<SigningSecrets>,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) machine: Arc<Machine>,
    /// Keeps one plugin from taking every instance.
    pub(super) permits: Arc<Semaphore>,
}

impl Common {
    /// Says that the plugin is broken.
    pub(super) fn broken(&self, what: impl Into<String>) -> PluginFailure {
        PluginFailure::Broken { plugin: self.id.clone(), version: self.manifest.version.clone(), what: what.into() }
    }

    /// The moment after which a call that starts now must not go on.
    pub(super) fn until(&self, deadline: Duration) -> Instant {
        Instant::now() + deadline.min(Duration::from_millis(self.limits.deadline_ms.into()))
    }
}

/// A loaded plugin of one kind.
pub(super) struct Plugin<W> {
    pub(super) common: Arc<Common>,
    pub(super) world: W,
}

impl<W: World> Plugin<W> {
    /// Makes an instance on the plugins' own threads, and calls it once.
    pub(super) async fn run<R: Send + 'static>(&self, until: Instant, call: Call<W, R>) -> Result<R, PluginFailure> {
        let busy = |reason: &str| PluginFailure::Retry { after_ms: BUSY_RETRY_MS, reason: reason.to_owned() };
        let common = &self.common;
        let machine = common.machine.clone();
        let permits = async {
            let own = common.permits.clone().acquire_owned().await.ok()?;
            Some((own, machine.slots().clone().acquire_owned().await.ok()?))
        };
        let Ok(Some(permits)) = timeout_at(until, permits).await else {
            return Err(busy("too many calls of this plugin run at once"));
        };
        let Some(threads) = machine.threads() else { return Err(busy("the plugins are shutting down")) };
        let limits = common.limits;
        let world = self.world.clone();
        let maker = machine.clone();
        let task = AbortOnDropHandle::new(threads.spawn(async move {
            let mut store = maker.store(limits);
            let outcome = match world.instantiate(&mut store).await {
                Ok(exports) => call(&exports, &mut store).await,
                Err(error) => Err(error),
            };
            let outcome = outcome.map_err(|error| describe(&error, &store.data().stderr(), limits));
            drop(store);
            drop(permits);
            outcome
        }));
        match timeout_at(until, task).await {
            Ok(Ok(outcome)) => outcome.map_err(|what| common.broken(what)),
            Ok(Err(_)) => Err(common.broken("its run did not end")),
            Err(_) => Err(busy("the plugin's run was not over at the deadline")),
        }
    }
}

/// What went wrong, in one line. Of a panic the place is kept and the message is
/// not, because the message may quote a transcript.
fn describe(error: &wasmtime::Error, stderr: &str, limits: Limits) -> String {
    let mut what = if let Some(I32Exit(code)) = error.downcast_ref() {
        format!("it exited with {code}")
    } else {
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => format!("it used more than {} ms of CPU", limits.cpu_ms),
            Some(trap) => trap.to_string(),
            None => text(error.root_cause().to_string().lines().next().unwrap_or_default(), REASON_MAX_CHARS),
        }
    };
    let lines = || stderr.lines();
    if let Some(place) = lines().find_map(|line| line.split_once(" panicked at ").map(|(_, place)| place)) {
        what.push_str("; it panicked at ");
        what.push_str(&text(place, REASON_MAX_CHARS));
    }
    if lines().any(|line| line.starts_with("memory allocation of ")) {
        what = format!("{what}; it wanted more than {} MiB of memory", limits.memory_mb);
    }
    what
}
