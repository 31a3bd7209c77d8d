//! Runs a plugin once: a fresh instance, one call, and the instance is gone.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::AbortOnDropHandle;
use wasmtime::{Store, Trap};
use wasmtime_wasi::I32Exit;

use super::border::types::Description;
use super::bound::reason;
use super::entropy::Entropy;
use super::exchange::{Input, Output, Turn};
use super::failure::PluginFailure;
use super::health::{Health, Rest};
use super::machine::{Guest, Machine};
use super::sources::SourceFiles;
use super::witness::{Stamp, Witness};
use super::world::World;
use crate::clock::Clock;
use crate::config::plugins::Limits;
use crate::domain::manifest::{DataKind, Manifest};
use crate::egress::webhook_signature::SigningSecrets;
use crate::egress::{Egress, Rooms};

/// Waiting for a free instance took too long: try again after this.
const BUSY_RETRY_MS: u32 = 1_000;

/// A loaded plugin.
pub(super) struct Plugin {
    /// Who it is: the name of its section in the config, its version, its digest.
    pub(super) stamp: Stamp,
    pub(super) manifest: Manifest,
    /// Its settings, as JSON.
    pub(super) settings: String,
    /// What it is shown; the rest is withheld.
    pub(super) shown: BTreeSet<DataKind>,
    pub(super) limits: Limits,
    pub(super) egress: Egress,
    /// How much its requests and replies may hold.
    pub(super) rooms: Rooms,
    pub(super) signing: Option<SigningSecrets>,
    pub(super) clock: Clock,
    pub(super) entropy: Entropy,
    pub(super) machine: Arc<Machine>,
    /// Keeps one plugin from taking every instance.
    pub(super) permits: Arc<Semaphore>,
    pub(super) health: Arc<Health>,
    pub(super) witness: Option<Arc<dyn Witness>>,
    pub(super) world: World,
    /// Where it can panic.
    pub(super) sources: Arc<SourceFiles>,
}

/// What one run gave, and the time that it took on the plugins' threads.
pub(super) struct Ran<R> {
    pub(super) result: R,
    pub(super) plugin_time: Duration,
}

impl Plugin {
    /// Says that the plugin is broken.
    pub(super) fn broken(&self, what: impl Into<String>) -> PluginFailure {
        PluginFailure::Broken { plugin: self.stamp.id.clone(), version: self.stamp.version.clone(), what: what.into() }
    }

    /// An export gave another export's result, which the types of the border rule out.
    pub(super) fn off_key(&self) -> PluginFailure {
        self.broken("it answered another question than the one asked")
    }

    /// Says who is left alone for now.
    pub(super) fn resting(&self, rest: &Rest) -> PluginFailure {
        PluginFailure::Resting { whom: self.stamp.says(&rest.whom), until: rest.until }
    }

    /// The moment after which a call that starts now must not go on.
    pub(super) fn until(&self, deadline: Duration) -> Instant {
        Instant::now() + deadline.min(Duration::from_millis(self.limits.deadline_ms.into()))
    }

    /// Calls one export of a fresh instance.
    pub(super) async fn run(
        &self,
        until: Instant,
        input: Arc<Input>,
        turn: Arc<Turn>,
    ) -> Result<Ran<Output>, PluginFailure> {
        self.run_within(self.limits, u64::MAX, until, input, turn).await
    }

    /// The same with other limits, and with so many instructions at the most where the machine counts them.
    pub(super) async fn run_within(
        &self,
        limits: Limits,
        instructions: u64,
        until: Instant,
        input: Arc<Input>,
        turn: Arc<Turn>,
    ) -> Result<Ran<Output>, PluginFailure> {
        self.within((limits, instructions), until, move |world, store| {
            Box::pin(async move { world.invoke(store, &input, &turn).await })
        })
        .await
    }

    /// Asks a fresh instance who it is.
    pub(super) async fn describe(&self, until: Instant) -> Result<Description, PluginFailure> {
        let ran = self.within((self.limits, u64::MAX), until, |world, store| Box::pin(world.describe(store))).await?;
        Ok(ran.result)
    }

    /// Does `work` with a fresh store, on the plugins' own threads.
    async fn within<R: Send + 'static>(
        &self,
        (limits, instructions): (Limits, u64),
        until: Instant,
        work: impl for<'a> FnOnce(&'a World, &'a mut Store<Guest>) -> BoxFuture<'a, wasmtime::Result<R>> + Send + 'static,
    ) -> Result<Ran<R>, PluginFailure> {
        let busy = |reason: &str| PluginFailure::Retry { after_ms: BUSY_RETRY_MS, reason: reason.to_owned() };
        let machine = self.machine.clone();
        let permits = async {
            let own = self.permits.clone().acquire_owned().await.ok()?;
            Some((own, machine.slots().clone().acquire_owned().await.ok()?))
        };
        let Ok(Some(permits)) = timeout_at(until, permits).await else {
            return Err(busy("too many calls of this plugin run at once"));
        };
        let Some(threads) = machine.threads() else { return Err(busy("the plugins are shutting down")) };
        let (world, sources) = (self.world.clone(), self.sources.clone());
        let maker = machine.clone();
        let task = AbortOnDropHandle::new(threads.spawn(async move {
            let began = Instant::now();
            let mut store = maker.store(limits, instructions).map_err(|error| reason(&error.to_string()));
            let outcome = match &mut store {
                Ok(store) => {
                    let outcome = work(&world, store).await;
                    outcome.map_err(|error| describe(&error, &store.data().stderr(), &sources, (limits, instructions)))
                }
                Err(why) => Err(why.clone()),
            };
            #[cfg(test)]
            if let (Some(look), Ok(store)) = (&maker.onlooker, &mut store) {
                look(store);
            }
            drop(store);
            drop(permits);
            (outcome, began.elapsed())
        }));
        match timeout_at(until, task).await {
            Ok(Ok((outcome, plugin_time))) => {
                self.health.ran(plugin_time);
                outcome.map(|result| Ran { result, plugin_time }).map_err(|what| self.broken(what))
            }
            Ok(Err(_)) => Err(self.broken("its run did not end")),
            Err(_) => Err(busy("the plugin's run was not over at the deadline")),
        }
    }
}

/// What went wrong, in one line. Of a panic the place is kept and the message is
/// not, because the message may quote a transcript.
fn describe(
    error: &wasmtime::Error,
    stderr: &str,
    sources: &SourceFiles,
    (limits, instructions): (Limits, u64),
) -> String {
    let mut what = if let Some(I32Exit(code)) = error.downcast_ref() {
        format!("it exited with {code}")
    } else {
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt) => format!("it used more than {} ms of CPU", limits.cpu_ms),
            Some(Trap::OutOfFuel) => format!("it used more than {} million instructions", instructions / 1_000_000),
            Some(trap) => trap.to_string(),
            None => reason(error.root_cause().to_string().lines().next().unwrap_or_default()),
        }
    };
    let lines = || stderr.lines();
    if let Some(place) = lines().find_map(|line| sources.panic_place(line)) {
        what.push_str("; it panicked at ");
        what.push_str(&place);
    }
    if lines().any(|line| line.starts_with("memory allocation of ")) {
        what = format!("{what}; it wanted more than {} MiB of memory", limits.memory_mb);
    }
    what
}
