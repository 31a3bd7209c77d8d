//! What a tick costs when nothing is due, and a call when a few are: at ten thousand schedules, a hundred thousand and a
//! million, each with a phone and yesterday's call.

use std::time::{Duration, Instant};

use callpanion::app::App;
use callpanion::clock::Clock;
use callpanion::db::devices;
use callpanion::services::armory::{checking, holding, planning};
use callpanion::services::{
    answering, deadlines, housekeeping, jobs, lookups, nodes, outcomes, queueing, reconciling, ringing, submitting,
};
use callpanion_bench::median;

use crate::ingest::{bodies, receive};
use crate::seed;
use crate::spike::Stage;
use crate::store::Store;
use crate::table::Bar::AtMost;
use crate::table::Table;

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
const ROUNDS: usize = 400;
/// Calls whose lives are measured among so many families, of other families each time.
const LIVES: usize = 500;
const LIVES_FROM: usize = 5_000_000;
const LIFE_ROUNDS: usize = 5;

pub(crate) async fn run(store: &Store) -> anyhow::Result<()> {
    let stage = Stage::set(0).await?;
    let now = Clock::system().now();
    let mut table = Table::new();
    let (mut planted, mut first, mut first_life) = (0, f64::NAN, f64::NAN);
    let mut bytes = store.bytes().await?;
    for size in SIZES {
        seed::families(store, (planted + 1, size), now.plus_secs(43_200)).await?;
        let with_families = store.bytes().await?;
        seed::history(store, (planted + 1, size), now).await?;
        store.settle().await?;
        let with_history = store.bytes().await?;
        let app = stage.assemble(store).await?;
        let us = round_us(&app).await?;
        let mut lives = Vec::with_capacity(LIFE_ROUNDS);
        for round in 0..LIFE_ROUNDS {
            // A host that has just begun, and has not seen yet that nothing waits.
            let app = stage.assemble(store).await?;
            lives.push(life_us(&app, store, LIVES_FROM + size + round * LIVES).await?);
        }
        let life_us = median(&lives);
        if first.is_nan() {
            (first, first_life) = (us, life_us);
            table.note("us for every tick once, at 10000", us);
            table.note("us a call, at 10000", life_us);
        } else {
            table.beside(&format!("us for every tick once, at {size}, beside 10000"), (us, first), AtMost(1.5));
            table.beside(&format!("us a call, at {size}, beside 10000"), (life_us, first_life), AtMost(1.5));
        }
        let each = |bytes: f64| bytes / (size - planted) as f64;
        if size == 1_000_000 {
            table.note("bytes a schedule: family, callee, phone, slot", each(with_families - bytes));
            table.note("bytes a settled call, with all that it left", each(with_history - with_families));
            let slot = if store.is_postgres() {
                "SELECT pg_total_relation_size('slots')"
            } else {
                "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%slots%'"
            };
            if let Ok(slots) = store.number(slot).await {
                table.note("bytes a schedule: the slot alone, with its indexes", slots / size as f64);
            }
        }
        (planted, bytes) = (size, with_history);
    }
    table.end()
}

/// The median of many rounds.
async fn round_us(app: &App) -> anyhow::Result<f64> {
    nodes::join(app).await?;
    let mut took = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS + 50 {
        let began = Instant::now();
        let mut done = queueing::tick(app).await? + holding::tick(app).await? + checking::tick(app).await?;
        nodes::tick(app).await?;
        done += planning::tick(app).await? + submitting::tick(app).await? + lookups::tick(app).await?;
        done += deadlines::tick(app).await? + reconciling::tick(app).await? + jobs::run_due(app).await?;
        done += ringing::run_due(app).await;
        anyhow::ensure!(done == 0, "something was due");
        if round >= 50 {
            took.push(began.elapsed().as_secs_f64() * 1e6);
        }
    }
    nodes::leave(app).await?;
    Ok(median(&took))
}

/// What a call takes, without the waiting: queued, planned, rung, written; its phone asks whether it should ring; a webhook
/// of a conversation that nobody knows is stored and read; and the house is swept.
async fn life_us(app: &App, store: &Store, from: usize) -> anyhow::Result<f64> {
    nodes::join(app).await?;
    let due_at = app.clock.now().plus_secs(3);
    seed::families(store, (from, from + LIVES - 1), due_at).await?;
    let began = Instant::now();
    anyhow::ensure!(queueing::tick(app).await? == LIVES, "not every call was queued");
    planning::tick(app).await?;
    let ahead = began.elapsed();
    app.clock.sleep_until(due_at).await;
    let began = Instant::now();
    let mut rung = ringing::run_due(app).await;
    while rung < LIVES {
        rung += ringing::run_due(app).await;
        anyhow::ensure!(began.elapsed() < Duration::from_secs(20), "{rung} rang");
    }
    while !app.outcomes.is_empty() {
        outcomes::write(app).await?;
    }
    for number in from..from + LIVES {
        let mut c = app.db.read().await?;
        let device = devices::find(&mut c, format!("{number:032x}").parse()?).await?;
        drop(c);
        let Some(device) = device else { anyhow::bail!("there is no phone {number}") };
        anyhow::ensure!(answering::missed_push(app, &device, 0).await?.is_some(), "phone {number} should ring");
    }
    for body in bodies(from).into_iter().take(LIVES) {
        receive(app, body).await?;
    }
    while jobs::run_due(app).await? > 0 {}
    housekeeping::tick(app).await?;
    let took = ahead + began.elapsed();
    // What would come of them later is no part of the next round.
    store
        .execute(
            "UPDATE calls SET state = 'missed', ended_at = updated_at WHERE ended_at IS NULL; \
             UPDATE ring_attempts SET state = 'closed', act_at = NULL WHERE act_at IS NOT NULL;",
        )
        .await?;
    nodes::leave(app).await?;
    Ok(took.as_secs_f64() * 1e6 / LIVES as f64)
}
