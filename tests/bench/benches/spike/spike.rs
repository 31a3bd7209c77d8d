//! The spike: everybody is due at one instant. Lateness, calls a second and CPU, each beside bare loops at the same
//! vendor before and after; then what the database was asked for. And what a page takes meanwhile.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use callpanion::app::App;
use callpanion::boot::Host;
use callpanion::clock::Clock;
use callpanion::db::accounts::{self, Account};
use callpanion::db::members::{self, Member};
use callpanion::domain::{AccountId, Locale, Moment, Role};
use callpanion::services::sessions;
use callpanion_bench::{Watch, resident_mb};
use futures::FutureExt as _;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::bare::{self, Bare};
use crate::house::{self, Vendor};
use crate::other::Other;
use crate::seed;
use crate::store::Store;
use crate::table::Bar::{AtLeast, AtMost};
use crate::table::{Table, quantile};
use crate::wal::Ledger;

/// The vendor's process, and where the host keeps its files.
pub(crate) struct Stage {
    pub(crate) vendor: Other,
    pub(crate) origin: String,
    pub(crate) roots: String,
    /// How long the vendor takes for a reply.
    pub(crate) reply_ms: u32,
    account: String,
    folder: TempDir,
}

impl Stage {
    pub(crate) async fn set(reply_ms: u32) -> anyhow::Result<Self> {
        let mut vendor = Other::start(&["vendor", &reply_ms.to_string()])?;
        let (origin, roots) = (vendor.hear()?, vendor.hear()?);
        let account = house::account(&origin).await?;
        Ok(Self { vendor, origin, roots, reply_ms, account, folder: tempfile::tempdir()? })
    }

    pub(crate) async fn assemble(&self, store: &Store) -> anyhow::Result<App> {
        let vendor = Vendor { origin: &self.origin, roots: &self.roots, account: &self.account };
        house::assemble(store, &vendor, self.folder.path()).await
    }
}

/// What came at the vendor: which ring, and when.
pub(crate) struct Received(pub(crate) Vec<(String, i64)>);

impl Received {
    /// Since it was last asked.
    pub(crate) fn take(vendor: &mut Other) -> anyhow::Result<Self> {
        let number: usize = vendor.ask("take")?.parse()?;
        let mut received = Vec::with_capacity(number);
        for _ in 0..number {
            let line = vendor.hear()?;
            let (ring, at) = line.split_once(' ').unwrap_or_default();
            received.push((ring.to_owned(), at.parse()?));
        }
        Ok(Self(received))
    }

    /// From the first to the last.
    pub(crate) fn span_s(&self) -> f64 {
        let at = || self.0.iter().map(|(_, at)| *at);
        (at().max().unwrap_or(0) - at().min().unwrap_or(0)) as f64 / 1e6
    }

    fn lateness_s(&self, due_at: Moment) -> Vec<f64> {
        let mut late: Vec<f64> = self.0.iter().map(|(_, at)| (at - due_at.0) as f64 / 1e6).collect();
        late.sort_by(f64::total_cmp);
        late
    }
}

/// Microseconds of CPU for each call.
#[derive(Clone, Copy)]
struct Spent {
    /// Of this process, which on SQLite is the database too.
    process_us: f64,
    /// Of the database, where it can be seen.
    engine_us: Option<f64>,
}

impl Spent {
    fn since(store: &Store, watch: &Watch, engine: Option<Duration>, calls: usize) -> Self {
        let each = |(now, then): (Duration, Duration)| now.saturating_sub(then).as_secs_f64() * 1e6 / calls as f64;
        let engine_us = store.engine_cpu().zip(engine).map(each);
        Self { process_us: watch.stop().cpu_us_each(calls), engine_us }
    }

    /// Less what is spent in `seconds` by a host that only waits.
    fn less(self, idle: Self, seconds: f64, calls: usize) -> Self {
        let share = seconds / calls as f64;
        Self {
            process_us: self.process_us - idle.process_us * share,
            engine_us: self.engine_us.zip(idle.engine_us).map(|(all, idle)| all - idle * share),
        }
    }

    /// Without the database.
    fn ours_us(self, store: &Store) -> f64 {
        self.process_us - self.engine_us.filter(|_| !store.is_postgres()).unwrap_or(0.0)
    }

    /// With it.
    fn all_us(self, store: &Store) -> f64 {
        self.process_us + self.engine_us.filter(|_| store.is_postgres()).unwrap_or(0.0)
    }
}

/// A running host whose calls are all held, a moment before they are due.
struct Poised {
    app: App,
    host: Host,
    due_at: Moment,
    ahead: Spent,
    /// What it takes a second while it only waits: that is not for the calls.
    idle: Spent,
    armed_in_s: f64,
    resident_mb: f64,
}

async fn poise(store: &Store, stage: &Stage, calls: usize, ledger: &mut Ledger) -> anyhow::Result<Poised> {
    let lead_s = 15 + i64::try_from(calls / 1_000)?;
    let due_at = Clock::system().now().plus_secs(lead_s);
    seed::families(store, (1, calls), due_at).await?;
    store.settle().await?;
    let app = stage.assemble(store).await?;
    ledger.open(store).await?;
    let (before_mb, began, watch, engine) = (resident_mb(), Instant::now(), Watch::start(), store.engine_cpu());
    let host = Host::start(&app, TcpListener::bind("127.0.0.1:0").await?).await?;
    while app.armory.len() < calls {
        let left = due_at.since(app.clock.now());
        anyhow::ensure!(left > Duration::from_secs(3), "only {} were held in time", app.armory.len());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let armed_in_s = began.elapsed().as_secs_f64();
    // All is planned long since, and no connection is opened yet.
    app.clock.sleep_until(due_at.plus_secs(-8)).await;
    let (waiting, engine_then) = (Watch::start(), store.engine_cpu());
    app.clock.sleep_until(due_at.plus_secs(-4)).await;
    let idle = Spent::since(store, &waiting, engine_then, 4);
    app.clock.sleep_until(due_at.plus_secs(-1)).await;
    let resident_mb = resident_mb() - before_mb;
    let ahead = Spent::since(store, &watch, engine, calls).less(idle, began.elapsed().as_secs_f64(), calls);
    Ok(Poised { app, host, due_at, ahead, idle, armed_in_s, resident_mb })
}

/// Waits until every outcome stands in the database.
async fn written(store: &Store, app: &App, calls: usize) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        if app.outcomes.is_empty()
            && store.number("SELECT count(*) FROM calls WHERE state = 'ringing'").await? >= calls as f64
        {
            return Ok(());
        }
        anyhow::ensure!(began.elapsed() < Duration::from_secs(40), "outcomes are missing");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The vendor takes `reply_ms` for a reply, however much it has to do.
pub(crate) async fn run(store: &Store, calls: usize, reply_ms: u32) -> anyhow::Result<()> {
    let mut stage = Stage::set(reply_ms).await?;
    let bare_before = bare::best(&mut stage, calls)?;
    let mut ledger = Ledger::default();
    let poised = poise(store, &stage, calls, &mut ledger).await?;
    let Poised { app, due_at, .. } = &poised;
    Received::take(&mut stage.vendor)?;

    let (watch, engine) = (Watch::start(), store.engine_cpu());
    app.clock.sleep_until(*due_at).await;
    stage.vendor.ask(&format!("wait {calls}"))?;
    let sent_us = watch.stop().cpu_us_each(calls);
    written(store, app, calls).await?;
    let written_s = app.clock.now().since(*due_at).as_secs_f64();
    let spike = Spent::since(store, &watch, engine, calls);
    ledger.close(store).await?;
    let received = Received::take(&mut stage.vendor)?;
    check(store, &received, *due_at, calls).await?;
    let Poised { app, host, due_at, ahead, idle, armed_in_s, resident_mb } = poised;
    host.stop().await;
    drop(app);
    let bare_after = bare::best(&mut stage, calls)?;
    let bare = if bare_before.rate > bare_after.rate { bare_before } else { bare_after };

    let mut table = Table::new();
    let late = received.lateness_s(due_at);
    let Bare { rate, span_s, cpu_us } = bare;
    table.beside("calls a second, first to last", (calls as f64 / received.span_s(), rate), AtLeast(0.6));
    table.note("lateness p50, s", quantile(&late, 0.5));
    table.beside("lateness p99, s, beside the bare loop's span", (quantile(&late, 0.99), span_s), AtMost(1.7));
    table.note("lateness max, s", quantile(&late, 1.0));
    table.note("until every outcome is durable, s", written_s);
    table.note("us of CPU a call, until the vendor has all", sent_us);
    table.beside("us of CPU a call, from the moment to its outcome", (spike.process_us, cpu_us), AtMost(2.5));
    table.note("us of CPU a call, minutes ahead: queued, armed, planned", ahead.process_us);
    let both = |of: fn(Spent, &Store) -> f64| (of(ahead, store) + of(spike, store), cpu_us);
    table.beside("us of CPU a call, both, without the database", both(Spent::ours_us), AtMost(2.5));
    table.beside("us of CPU a call, both, with the database", both(Spent::all_us), AtMost(f64::INFINITY));
    for (when, spent) in [("minutes ahead", ahead), ("from the moment on", spike)] {
        if let Some(engine_us) = spent.engine_us {
            table.note(&format!("us of the database's CPU a call, {when}"), engine_us);
        }
    }
    table.note("us of CPU a second of a host that waits, in none of these", idle.process_us);
    table.note("from start to all held, s", armed_in_s);
    table.note("bytes of memory for each armed and planned call", resident_mb * 1_048_576.0 / calls as f64);
    ledger.tell(store, &mut table, calls).await?;
    stage.vendor.end()?;
    table.end()
}

/// Nothing lost, doubled or early, and the database says the same as the vendor.
async fn check(store: &Store, received: &Received, due_at: Moment, calls: usize) -> anyhow::Result<()> {
    let rings: HashSet<&str> = received.0.iter().map(|(ring, _)| ring.as_str()).collect();
    let (lost, doubled) = (calls - rings.len().min(calls), received.0.len() - rings.len());
    let early = received.0.iter().filter(|(_, at)| *at < due_at.0).count();
    let accepted = store.number("SELECT count(*) FROM ring_attempts WHERE state = 'accepted' AND sends = 1").await?;
    let steps = store.number("SELECT count(*) FROM timeline").await?;
    println!("  of {calls} calls: {lost} lost, {doubled} doubled, {early} early");
    anyhow::ensure!(lost + doubled + early == 0, "the promise was broken");
    anyhow::ensure!(accepted == calls as f64 && steps == 2.0 * calls as f64, "{accepted} accepted, {steps} steps");
    Ok(())
}

/// A family's dashboard, asked for at a fixed rate, idle and in the spike.
pub(crate) async fn visited(store: &Store, calls: usize) -> anyhow::Result<()> {
    let calls = calls * 5;
    let mut stage = Stage::set(0).await?;
    let poised = poise(store, &stage, calls, &mut Ledger::default()).await?;
    let Poised { app, host, due_at, .. } = poised;
    let cookie = sign_in(&app).await?;
    let mut visitor = Other::start(&["visitor", &format!("http://{}/dashboard/app", host.address()), &cookie])?;
    visitor.hear()?;
    Received::take(&mut stage.vendor)?;
    app.clock.sleep_until(due_at).await;
    visitor.tell("go")?;
    stage.vendor.ask(&format!("wait {calls}"))?;
    written(store, &app, calls).await?;
    let busy = Visits::read(&visitor.ask("stop")?)?;
    // Idle comes second: the same pages with the same rows.
    tokio::time::sleep(Duration::from_secs(1)).await;
    visitor.tell("go")?;
    tokio::time::sleep(Duration::from_secs(10)).await;
    let idle = Visits::read(&visitor.ask("stop")?)?;
    visitor.end()?;
    host.stop().await;
    let mut table = Table::new();
    table.note("visits in the spike", busy.number);
    table.note("visits when idle", idle.number);
    table.beside("a dashboard's p50, ms, beside the idle one", (busy.p50_ms, idle.p50_ms), AtMost(f64::INFINITY));
    table.beside("a dashboard's p99, ms, beside the idle one", (busy.p99_ms, idle.p99_ms), AtMost(3.0));
    stage.vendor.end()?;
    table.end()
}

struct Visits {
    number: f64,
    p50_ms: f64,
    p99_ms: f64,
}

impl Visits {
    fn read(line: &str) -> anyhow::Result<Self> {
        let numbers = line.split(' ').map(str::parse).collect::<Result<Vec<f64>, _>>()?;
        let [number, p50_ms, p99_ms] = numbers[..] else { anyhow::bail!("the visitor said {line}") };
        Ok(Self { number, p50_ms, p99_ms })
    }
}

/// A member of the first family; gives the session's cookie.
async fn sign_in(app: &App) -> anyhow::Result<String> {
    let (id, now) = (AccountId::new(), app.clock.now());
    let account = Account {
        id,
        email: "rosalind@achterberg.example".to_owned(),
        name: "Rosalind Achterberg".to_owned(),
        password_hash: String::new(),
        locale: Locale::En,
        zone: "Europe/London".to_owned(),
        staff_role: None,
        confirmed_at: Some(now),
        created_at: now,
    };
    let family_id = "00000000-0000-0000-0000-000000000001".parse()?;
    let member = Member { family_id, account_id: id, role: Role::Owner, joined_at: now };
    app.db
        .write(move |c| {
            async move {
                accounts::insert(c, &account).await?;
                members::insert(c, &member).await
            }
            .boxed()
        })
        .await?;
    Ok(format!("session={}", sessions::create(app, id).await?.secret))
}
