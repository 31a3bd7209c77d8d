//! A start with a hundred thousand calls queued that nobody holds: until all are held, and until the first ring of those
//! that are due.

use std::time::{Duration, Instant};

use callpanion::boot::Host;
use callpanion::clock::Clock;
use callpanion::services::armory::holding;
use callpanion::services::{nodes, queueing};
use callpanion_bench::{Watch, resident_mb};
use tokio::net::TcpListener;

use crate::seed;
use crate::spike::{Received, Stage};
use crate::store::Store;
use crate::table::Bar::AtMost;
use crate::table::Table;

/// For each call of the spike.
const TIMES: usize = 10;
/// Of these so many are due when the host starts.
const OVERDUE: usize = 100;

pub(crate) async fn run(store: &Store, calls: usize) -> anyhow::Result<()> {
    let calls = (calls * TIMES).min(100_000);
    let mut stage = Stage::set(0).await?;
    seed::families(store, (1, calls), Clock::system().now().plus_secs(290)).await?;
    store.settle().await?;
    let before = stage.assemble(store).await?;
    nodes::join(&before).await?;
    let watch = Watch::start();
    queueing::tick(&before).await?;
    let queueing = watch.stop();
    holding::let_go(&before).await?;
    nodes::leave(&before).await?;
    anyhow::ensure!(before.armory.is_empty(), "something is held");
    drop(before);
    let now = Clock::system().now().0;
    store
        .execute(&format!(
            "UPDATE ring_attempts SET ring_at = {now}, act_at = {now}, expires_at = {now} + 40000000 \
             WHERE id IN (SELECT id FROM ring_attempts ORDER BY id LIMIT {OVERDUE})"
        ))
        .await?;
    store.settle().await?;
    Received::take(&mut stage.vendor)?;

    let (before_mb, began_at, began) = (resident_mb(), Clock::system().now(), Instant::now());
    let app = stage.assemble(store).await?;
    let assembled_s = began.elapsed().as_secs_f64();
    let host = Host::start(&app, TcpListener::bind("127.0.0.1:0").await?).await?;
    while app.armory.len() < calls - OVERDUE {
        anyhow::ensure!(began.elapsed() < Duration::from_mins(1), "only {} are held", app.armory.len());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let held_s = began.elapsed().as_secs_f64();
    let held_mb = resident_mb() - before_mb;
    stage.vendor.ask(&format!("wait {OVERDUE}"))?;
    let received = Received::take(&mut stage.vendor)?;
    let since = |at: Option<i64>| at.map_or(f64::NAN, |at| (at - began_at.0) as f64 / 1e6);
    let at = || received.0.iter().map(|(_, at)| *at);

    let mut table = Table::new();
    table.note("calls queued a second, before the restart", queueing.rate(calls));
    table.note("us of CPU for each, queued", queueing.cpu_us_each(calls));
    table.note("from start to assembled, s", assembled_s);
    table.held(&format!("from start to all {calls} held, s"), held_s, AtMost(4.0));
    table.note("from start to the first ring that is due, s", since(at().min()));
    table.note(&format!("from start to the last of {OVERDUE} that are due, s"), since(at().max()));
    table.note("bytes of memory for each held call, unplanned", held_mb * 1_048_576.0 / calls as f64);
    host.stop().await;
    stage.vendor.end()?;
    table.end()
}
