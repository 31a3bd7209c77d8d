//! What a tick costs when nothing is due: at ten thousand schedules, a hundred thousand and a million, each with a phone
//! and yesterday's call.

use std::time::Instant;

use callpanion::app::App;
use callpanion::clock::Clock;
use callpanion::services::armory::{checking, holding, planning};
use callpanion::services::{deadlines, jobs, lookups, nodes, queueing, reconciling, ringing, submitting};
use callpanion_bench::median;

use crate::seed;
use crate::spike::Stage;
use crate::store::Store;
use crate::table::Bar::AtMost;
use crate::table::Table;

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
const ROUNDS: usize = 400;

pub(crate) async fn run(store: &Store) -> anyhow::Result<()> {
    let stage = Stage::set(0).await?;
    let now = Clock::system().now();
    let mut table = Table::new();
    let (mut planted, mut first) = (0, f64::NAN);
    let mut bytes = store.bytes().await?;
    for size in SIZES {
        seed::families(store, (planted + 1, size), now.plus_secs(43_200)).await?;
        let with_families = store.bytes().await?;
        seed::history(store, (planted + 1, size), now).await?;
        store.settle().await?;
        let with_history = store.bytes().await?;
        let app = stage.assemble(store).await?;
        let us = round_us(&app).await?;
        if first.is_nan() {
            first = us;
            table.note("us for every tick once, at 10000", us);
        } else {
            table.beside(&format!("us for every tick once, at {size}, beside 10000"), (us, first), AtMost(1.5));
        }
        let each = |bytes: f64| bytes / (size - planted) as f64;
        if size == 1_000_000 {
            table.note("bytes a schedule: family, callee, phone, slot", each(with_families - bytes));
            table.note("bytes a settled call, with its attempt", each(with_history - with_families));
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
