//! The hosts: real ones, assembled on one database, that die as they are told.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use callpanion_emulators::World;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::{Environment, Fault};
use tokio::net::TcpListener;

use super::dice::Dice;
use super::weather::{Death, Way};
use crate::app::App;
use crate::boot::{self, Door};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::Moment;
use crate::mail::Mailer;
use crate::services::{ServiceError, agenda, housekeeping, nodes, reconciling, ringing, submitting};
use crate::worker::round::Tick;

/// Rounds within one moment: more means that something feeds itself.
const MOST_ROUNDS: usize = 100;
/// A vendor that is to take a request and never answer has it after so long, or was not asked.
const TAKEN_WITHIN: Duration = Duration::from_secs(2);

/// What every host is made of.
pub(super) struct Plan {
    pub(super) config: Config,
    pub(super) clock: Clock,
    pub(super) mailer: Mailer,
    pub(super) address: SocketAddr,
}

/// The hosts that are up. One of them has the web door.
pub(super) struct Hosts {
    plan: Plan,
    up: Vec<App>,
    door: Option<Door>,
    /// When those begin who take the places of the dead.
    returns: Vec<Moment>,
    /// Until then a dead one may not have been missed yet, and time goes second by second.
    watch_until: Moment,
    dice: Dice,
    /// How many died.
    pub(super) deaths: usize,
    /// Ticks that ended with an error.
    pub(super) failures: usize,
}

impl Hosts {
    /// Starts so many.
    pub(super) async fn start(plan: Plan, count: usize, listener: TcpListener, seed: u64) -> anyhow::Result<Self> {
        let watch_until = plan.clock.now();
        let dice = Dice::new(seed, "ticks", 0);
        let (up, returns) = (Vec::new(), Vec::new());
        let mut hosts = Self { plan, up, door: None, returns, watch_until, dice, deaths: 0, failures: 0 };
        for _ in 0..count {
            hosts.add().await?;
        }
        hosts.door = hosts.up.first().map(|app| Door::open(app, listener)).transpose()?;
        Ok(hosts)
    }

    async fn add(&mut self) -> anyhow::Result<()> {
        let Plan { config, clock, mailer, .. } = &self.plan;
        let app = boot::assemble(config.clone(), clock.clone(), mailer.clone()).await?;
        nodes::join(&app).await?;
        self.up.push(app);
        Ok(())
    }

    /// One of them, to read with.
    pub(super) fn any(&self) -> Option<&App> {
        self.up.first()
    }

    /// Starts those whose moment has come, and opens the door if nobody has it.
    pub(super) async fn begin(&mut self, now: Moment) -> anyhow::Result<()> {
        while let Some(at) = self.returns.iter().position(|at| *at <= now) {
            self.returns.remove(at);
            self.add().await?;
        }
        if let (None, Some(app)) = (&self.door, self.up.first()) {
            let listener = TcpListener::bind(self.plan.address).await.context("the hosts' port was taken meanwhile")?;
            self.door = Some(Door::open(app, listener)?);
        }
        Ok(())
    }

    /// When something is due for them, at `now` or later.
    pub(super) async fn next_at(&self, now: Moment) -> anyhow::Result<Option<Moment>> {
        let mut next = self.returns.iter().min().copied();
        for app in &self.up {
            next = next.into_iter().chain(agenda::next_at(app).await?).min();
        }
        let watched = (now < self.watch_until).then(|| now.plus_secs(1));
        Ok(next.into_iter().chain(watched).min())
    }

    /// Runs their ticks, in any order, until nothing happens any more at this moment.
    pub(super) async fn settle(&mut self, world: &World) -> anyhow::Result<()> {
        for _ in 0..MOST_ROUNDS {
            at_rest(world).await?;
            let mut done = 0;
            let mut order: Vec<usize> = (0..self.up.len()).collect();
            self.dice.shuffle(&mut order);
            for host in order {
                let mut ticks = Tick::ALL;
                self.dice.shuffle(&mut ticks);
                for tick in ticks {
                    done += self.run(host, tick).await;
                }
            }
            if done == 0 {
                return at_rest(world).await;
            }
        }
        anyhow::bail!("the ticks do not come to rest at {}", self.plan.clock.now())
    }

    async fn run(&mut self, host: usize, tick: Tick) -> usize {
        let Some(app) = self.up.get(host) else { return 0 };
        in_turn(app, tick).await.unwrap_or_else(|error| {
            tracing::error!(?tick, %error, "a tick failed");
            self.failures += 1;
            0
        })
    }

    /// Sweeps, as every host does from time to time.
    pub(super) async fn sweep(&self) -> anyhow::Result<()> {
        for app in &self.up {
            housekeeping::tick(app).await?;
        }
        Ok(())
    }

    /// One dies. The vendors are told to fail and are mended by the caller.
    pub(super) async fn die(&mut self, world: &World, death: Death, now: Moment) -> anyhow::Result<()> {
        if self.up.is_empty() {
            return Ok(());
        }
        let dying = usize::try_from(death.whose).unwrap_or(0) % self.up.len();
        // Whoever has the door takes it with them, and some hear nobody any more before they die.
        if death.is_deaf && dying == 0 {
            self.close_door().await;
        }
        match death.way {
            Way::Before(last) => {
                for tick in Tick::ALL.into_iter().take_while(|tick| *tick != last) {
                    self.run(dying, tick).await;
                }
            }
            Way::RingsTaken | Way::RingsSent => {
                for tick in Tick::ALL.into_iter().take_while(|tick| *tick != Tick::Ringing) {
                    self.run(dying, tick).await;
                }
                if let (Way::RingsSent, Some(app)) = (death.way, self.up.get(dying)) {
                    ring_and_hear_nothing(world, app, now).await;
                }
            }
            Way::SubmissionsTaken | Way::SubmissionsSent => {
                for tick in Tick::ALL.into_iter().take_while(|tick| *tick != Tick::Submitting) {
                    self.run(dying, tick).await;
                }
                if let Some(app) = self.up.get(dying) {
                    let batches = submitting::claim_due(app).await?;
                    if matches!(death.way, Way::SubmissionsSent) {
                        submit_and_hear_nothing(world, app, batches).await;
                    }
                }
            }
        }
        // What phones and vendors say to it in the meantime, they have said: it is not a race with the closing door.
        at_rest(world).await?;
        self.bury(dying, death, now).await;
        at_rest(world).await
    }

    async fn close_door(&mut self) {
        if let Some(door) = self.door.take() {
            door.close().await;
        }
    }

    async fn bury(&mut self, dying: usize, death: Death, now: Moment) {
        if dying == 0 {
            self.close_door().await;
        }
        let app = self.up.remove(dying);
        self.deaths += 1;
        self.returns.push(now.plus_secs(death.away_s));
        if app.db.is_shared() {
            self.watch_until = now.plus_secs(i64::from(app.config.calling.lease_s) + 3);
        }
    }

    /// Ends them all.
    pub(super) async fn stop(mut self) {
        for app in &self.up {
            app.live.close();
        }
        self.close_door().await;
    }
}

/// Runs a tick. What the worker asks of vendors side by side is asked one after the other here: whether a vendor that
/// begins to fail is left alone before or after the sixth request would otherwise depend on the machine.
async fn in_turn(app: &App, tick: Tick) -> Result<usize, ServiceError> {
    match tick {
        Tick::Ringing => {
            let lists = ringing::take_due(app);
            let rings = lists.iter().map(|list| list.rings.len()).sum();
            for list in lists {
                ringing::ring(app, list).await;
            }
            Ok(rings)
        }
        Tick::Submitting => {
            let mut submitted = 0;
            loop {
                let batches = submitting::claim_due(app).await?;
                if batches.is_empty() {
                    return Ok(submitted);
                }
                submitted += batches.len();
                for batch in batches {
                    submitting::send(app, batch).await?;
                }
            }
        }
        Tick::Reconciling => reconciling::look_after(app, 1).await,
        other => other.run(app).await,
    }
}

async fn at_rest(world: &World) -> anyhow::Result<()> {
    anyhow::ensure!(world.settle().await, "the emulated world does not come to rest");
    Ok(())
}

/// Sends what is due to vendors that take it and never answer, and stops waiting.
async fn ring_and_hear_nothing(world: &World, app: &App, now: Moment) {
    let due = app.armory.due_by(now).len();
    let silent = Fault::taken_then_hang();
    world.fcm.faults().always(silent.clone());
    world.apns.faults(Environment::Production).always(silent);
    let taken = |world: &World| world.fcm.sent().len() + world.apns.sent().len();
    let wanted = taken(world) + due;
    tokio::select! {
        biased;
        _rings = ringing::run_due(app) => {}
        _all = world.until(|world| taken(world) >= wanted) => {}
        () = tokio::time::sleep(TAKEN_WITHIN) => {}
    }
}

async fn submit_and_hear_nothing(world: &World, app: &App, batches: Vec<submitting::Batch>) {
    world.eleven.fail_always(Op::Submit, Fault::taken_then_hang());
    let wanted = world.eleven.batches().len() + batches.len();
    let sending = futures::future::join_all(batches.into_iter().map(|batch| submitting::send(app, batch)));
    tokio::select! {
        biased;
        _sent = sending => {}
        _all = world.until(|world| world.eleven.batches().len() >= wanted) => {}
        () = tokio::time::sleep(TAKEN_WITHIN) => {}
    }
}
