//! `callpanion sim week`: a neighbourhood lives through a week on a clock of its own, in which much goes wrong. The
//! hosts, their pipeline and plugins are the real ones; the vendors and phones are emulated; whatever happens comes
//! from the seed. At the end everything that was promised is compared with what happened.

mod calendar;
mod dice;
mod hosts;
mod judging;
mod letters;
mod neighbourhood;
mod scorecard;
mod weather;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use callpanion_emulators::scripts::Language;
use callpanion_emulators::{ManualTime, World, WorldConfig};
use tempfile::TempDir;
use tokio::net::TcpListener;

use self::calendar::{Calendar, Promise};
use self::hosts::{Hosts, Plan};
use self::letters::Letters;
use self::neighbourhood::{Home, Parent};
pub use self::scorecard::Scorecard;
use self::weather::{Change, Weather};
use super::args::{SimCommand, SimWeekArgs};
use super::demo::world_config;
use super::{Failure, Outcome};
use crate::boot::logging;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::Moment;
use crate::mail::Mailer;
use crate::services::audit::{self, Span};
use crate::services::ledger;

/// After the last promise that counts: second tries, webhooks that come an hour late, and what has to be fetched. Calls
/// go on meanwhile: a plan that ends would take second tries back.
const AFTERMATH_S: i64 = 3 * 3_600;
/// After the plans have ended: what was begun comes to its end.
const ENDING_S: i64 = 2 * 3_600;
/// Between two sweeps of a host.
const SWEEP_S: i64 = 6 * 3_600;

/// A week that is to be lived through.
#[derive(Clone, Debug)]
pub struct Week {
    /// How many people are called.
    pub parents: usize,
    /// Where all chance comes from.
    pub seed: u64,
    /// How many days.
    pub days: i64,
    /// An empty database; without it a SQLite file that goes afterwards.
    pub database: Option<String>,
    /// Where compiled plugins are kept; without it they are compiled anew.
    pub data_dir: Option<PathBuf>,
}

#[expect(clippy::print_stderr, reason = "what differs from run to run is kept off the scorecard")]
pub(super) async fn run(command: SimCommand) -> Outcome {
    let SimCommand::Week(SimWeekArgs { parents, seed, days, database, json }) = command;
    let (parents, days) = (usize::try_from(parents).unwrap_or(usize::MAX), days.into());
    let began = Instant::now();
    let scorecard = live(&Week { parents, seed, days, database, data_dir: None }, true).await?;
    eprintln!("{days} days took {:.1} s", began.elapsed().as_secs_f64());
    print(&if json { serde_json::to_string_pretty(&scorecard)? } else { scorecard.to_string() });
    if scorecard.is_clean() {
        return Ok(());
    }
    Err(anyhow::anyhow!("not every promise was kept as it should be; this happens again with: {}", scorecard.command)
        .into())
}

#[expect(clippy::print_stdout, reason = "the command's result")]
fn print(text: &str) {
    println!("{text}");
}

/// Lives through it. The scorecard says whether every promise was kept; an error, that it could not be found out.
pub async fn play(week: &Week) -> anyhow::Result<Scorecard> {
    live(week, false).await.map_err(|failure| match failure {
        Failure::Config(problems) => anyhow::anyhow!(problems),
        Failure::Other(error) => error,
    })
}

/// In memory, where the system has such a folder: that a commit survives a power cut is nothing to wait for here.
fn folder() -> std::io::Result<TempDir> {
    let mut named = tempfile::Builder::new();
    named.prefix("callpanion-sim-");
    named.tempdir_in("/dev/shm").or_else(|_| named.tempdir())
}

async fn live(week: &Week, logs: bool) -> Result<Scorecard, Failure> {
    let folder = folder().context("no temporary folder")?;
    let calendar = Calendar::new(week.seed, week.days);
    let time = Arc::new(ManualTime::new(calendar.from.millis()));
    let world = World::start(WorldConfig::new(time.clone())).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port on the loopback address")?;
    let address = listener.local_addr()?;
    let public_url = format!("http://{address}");
    world.set_webhook_url(format!("{public_url}/webhooks/elevenlabs"));

    let database = week.database.clone().unwrap_or_else(|| format!("sqlite:{}", folder.path().join("sim").display()));
    let data_dir = week.data_dir.clone().unwrap_or_else(|| folder.path().to_owned());
    let mut settings = world_config::environment(&world.settings(), &public_url, &data_dir);
    // The usual waits, and no quiet hours: the nights in which clocks are changed are to have calls.
    settings.retain(|(key, _)| {
        !key.ends_with("RETRY_AFTER_S")
            && !key.ends_with("LEASE_S")
            && !key.ends_with("POLL_INTERVAL_S")
            && !key.ends_with("LOG__LEVEL")
    });
    for (key, value) in [
        ("DATABASE__URL", database),
        ("LOG__LEVEL", "off".to_owned()),
        ("PAIRING__GUESSES_PER_ADDRESS_PER_HOUR", "1000".to_owned()),
        ("PAIRING__GUESSES_TOTAL_PER_HOUR", "100000".to_owned()),
        ("CALLING__VENDOR_DEADLINE_MS", "6000".to_owned()),
    ] {
        settings.push((format!("CALLPANION__{key}"), value));
    }
    if logs {
        for (key, value) in std::env::vars().filter(|(key, _)| key.starts_with("CALLPANION__LOG__")) {
            settings.retain(|(known, _)| *known != key);
            settings.push((key, value));
        }
    }
    let config = Config::load(None, settings.into_iter()).map_err(|error| Failure::Config(error.to_string()))?;
    if logs {
        logging::start(&config.log).map_err(|error| Failure::Config(error.to_string()))?;
    }
    let (clock, mailer) = (Clock::manual(calendar.from), Mailer::memory());
    let plan = Plan { config, clock: clock.clone(), mailer: mailer.clone(), address };
    let is_shared = week.database.as_ref().is_some_and(|url| url.starts_with("postgres"));
    let hosts = Hosts::start(plan, if is_shared { 2 } else { 1 }, listener, week.seed).await?;
    let mut street = Street::settle_in(week, calendar, (time, clock), world, hosts, mailer, &public_url).await?;
    street.live().await?;
    let scorecard = street.judge(week, is_shared).await?;
    street.hosts.stop().await;
    street.world.stop().await;
    Ok(scorecard)
}

/// Everything that lives on the simulated clock.
struct Street {
    calendar: Calendar,
    homes: Vec<Home>,
    promises: Vec<Promise>,
    weather: Weather,
    hosts: Hosts,
    world: World,
    time: Arc<ManualTime>,
    clock: Clock,
    mailer: Mailer,
    letters: Letters,
}

impl Street {
    async fn settle_in(
        week: &Week,
        calendar: Calendar,
        (time, clock): (Arc<ManualTime>, Clock),
        world: World,
        hosts: Hosts,
        mailer: Mailer,
        public_url: &str,
    ) -> anyhow::Result<Self> {
        let app = hosts.any().context("there is no host")?;
        let before = ledger::between(app, Moment(i64::MIN), Moment(i64::MAX)).await?;
        anyhow::ensure!(before.entries.is_empty(), "the database has calls already: give --database an empty one");
        let parents = Parent::draw_all(week.seed, week.parents, &calendar);
        let homes = neighbourhood::plant(app, &world, public_url, parents).await?;
        let mut promises: Vec<Promise> = homes.iter().flat_map(|home| calendar.promises(&home.parent)).collect();
        promises.sort_by_key(|promise| (promise.at, promise.parent));
        let weather = Weather::draw(week.seed, &calendar, &homes, &promises);
        let letters = Letters::default();
        Ok(Self { calendar, homes, promises, weather, hosts, world, time, clock, mailer, letters })
    }

    /// From moment to moment: what changes changes, then everything comes to rest, then the clock moves to whatever is
    /// due next.
    async fn live(&mut self) -> anyhow::Result<()> {
        let plans_end = self.calendar.to.plus_secs(AFTERMATH_S);
        let end = plans_end.plus_secs(ENDING_S);
        let mut sweep_at = self.calendar.from;
        let mut is_promising = true;
        loop {
            let now = self.clock.now();
            self.hosts.begin(now).await?;
            while let Some(change) = self.weather.take_due(now) {
                self.change(change, now).await?;
            }
            if is_promising && now >= plans_end {
                is_promising = false;
                let app = self.hosts.any().context("no host is up at the end")?;
                for home in &self.homes {
                    home.schedule(app, false).await?;
                }
            }
            self.hosts.settle(&self.world).await?;
            if now >= sweep_at {
                self.hosts.sweep().await?;
                self.letters.take_in(&self.mailer);
                sweep_at = now.plus_secs(SWEEP_S);
            }
            if now >= end {
                return Ok(());
            }
            let next = [
                self.hosts.next_at(now).await?,
                self.world.next_ms().map(Moment::from_millis),
                self.weather.next_at(),
                Some(sweep_at),
                is_promising.then_some(plans_end),
                Some(end),
            ];
            let next = next.into_iter().flatten().min().unwrap_or(end);
            self.pass(if next > now { next.since(now) } else { Duration::from_secs(1) });
        }
    }

    /// Lets time pass. Hours in which nothing is due are set forward on the hosts' clock: no host slept through them.
    fn pass(&self, span: Duration) {
        let ms = span.as_micros().div_ceil(1_000);
        let span = Duration::from_millis(u64::try_from(ms).unwrap_or(u64::MAX));
        let lived = span.min(Duration::from_secs(1));
        self.clock.set_forward(span.saturating_sub(lived));
        self.clock.advance(lived);
        self.time.advance(i64::try_from(ms).unwrap_or(i64::MAX));
    }

    async fn change(&mut self, change: Change, now: Moment) -> anyhow::Result<()> {
        match change {
            Change::Touches(parent, touches) => {
                for home in self.homes.iter().filter(|home| home.parent.number == parent) {
                    let language =
                        Language::of(Some(if home.parent.zone.starts_with("Asia/Ja") { "id" } else { "en" }));
                    for (phone, number) in home.phones.iter().zip(0..) {
                        phone.behave_in_turn(touches.iter().map(|touch| touch.behaviour(language, number)).collect());
                    }
                    if let Some(line) = &home.line {
                        let lines = touches.iter().map(|touch| touch.line(language)).collect();
                        self.world.eleven.lines(line, lines);
                    }
                }
            }
            Change::Online(parent, online) => {
                for phone in self.phones_of(parent) {
                    if online { phone.go_online() } else { phone.go_offline() }
                }
            }
            // A host that is away hears nothing of it; the app says it again when it is opened.
            Change::NewAddresses(parent) => {
                for phone in self.phones_of(parent) {
                    let _unheard = phone.rotate_address().await;
                }
            }
            Change::Registers(parent) => {
                for phone in self.phones_of(parent) {
                    let _unheard = phone.register().await;
                }
            }
            Change::Trouble { number, begins } => self.weather.change(&self.world, number, begins),
            Change::Dies(death) => {
                self.hosts.die(&self.world, death, now).await?;
                self.weather.apply(&self.world);
            }
        }
        Ok(())
    }

    fn phones_of(&self, parent: usize) -> impl Iterator<Item = &callpanion_emulators::Phone> {
        self.homes.iter().filter(move |home| home.parent.number == parent).flat_map(|home| &home.phones)
    }

    /// Compares what was promised with what happened, and with what is on record.
    async fn judge(&mut self, week: &Week, is_shared: bool) -> anyhow::Result<Scorecard> {
        self.letters.take_in(&self.mailer);
        let app = self.hosts.any().context("no host is up at the end")?;
        let now = self.clock.now();
        let record = ledger::between(app, self.calendar.from, now).await?;
        let mut findings = judging::judge(&self.promises, &self.homes, &self.world, &record, &self.letters);
        // What is promised at the very beginning is not judged: nobody was there to promise it.
        let span = Span { from: Moment(self.calendar.from.0 + 1), to: self.calendar.to, now };
        let audit = audit::promises(&app.db, &app.config.calling, span).await?;
        findings.hear(&audit);
        Ok(Scorecard::new(week, self, findings, (&audit).into(), is_shared))
    }
}
