//! A newer version takes the hosts' places one by one, while calls are armed and ring.
//!
//! There is no newer version yet. What the older hosts see of one is real: its migration, which adds columns, tables and
//! indexes under their feet. In its place the same program is started, while the database hides that it is newer.

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::program::Running;
use crate::testing::{Database, Engine};

const CALLS: usize = 120;
/// Between the first call and the last.
const SPREAD_S: i64 = 24;
/// What the older hosts work on.
const TABLES: [&str; 11] = [
    "slots",
    "calls",
    "ring_attempts",
    "timeline",
    "devices",
    "push_addresses",
    "callees",
    "families",
    "nodes",
    "jobs",
    "webhook_events",
];
const IS_NEWER: &str = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000001')";
const HIDES_IT: &str = "DELETE FROM __diesel_schema_migrations WHERE version = '20990101000001'";

/// What the newer version adds: columns with and without a value in old rows, an index, a table.
fn migration() -> String {
    let of_table = |table: &&str| {
        format!(
            "ALTER TABLE {table} ADD COLUMN newer_words TEXT, ADD COLUMN newer_number BIGINT NOT NULL DEFAULT 7; \
             CREATE INDEX {table}_by_newer ON {table} (newer_number);"
        )
    };
    let tables: String = TABLES.iter().map(of_table).collect();
    format!("BEGIN; {tables} CREATE TABLE newer_things (id BYTEA PRIMARY KEY NOT NULL); {IS_NEWER}; COMMIT")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn newer_version_takes_over_host_by_host_while_calls_ring() {
    let database = Database::fresh(Engine::Postgres).await;
    let first = now().plus_secs(14);
    let step_us = SPREAD_S * 1_000_000 / i64::try_from(CALLS).unwrap();
    let due: Vec<_> =
        (0..CALLS).map(|at| callpanion::domain::Moment(first.0 + i64::try_from(at).unwrap() * step_us)).collect();
    let crowd = Crowd::gather(database.location(), &due).await;
    let settings = || crowd.settings(&database.url());
    let (older, oldest) = (Running::serve(&settings()).await, Running::serve(&settings()).await);
    crowd.until_armed(CALLS).await;

    until_moment(first.plus_secs(2)).await;
    crowd.execute(&migration()).await;
    until_moment(first.plus_secs(5)).await;
    crowd.execute(HIDES_IT).await;
    let newer = Running::serve(&settings()).await;
    crowd.execute(IS_NEWER).await;
    // One leaves as it should; the other dies over the newer tables, and the new one takes what it held.
    let stopped = oldest.stop().await;
    assert_eq!(stopped.code, 0, "{}", stopped.said);
    until_moment(first.plus_secs(12)).await;
    older.kill().await;

    until("every phone rings", async || crowd.has_rung()).await;
    crowd.until_counted("ring_attempts WHERE accepted_at IS NOT NULL", CALLS).await;
    crowd.until_counted("ring_attempts WHERE newer_number = 7 AND newer_words IS NULL", CALLS).await;
    let rung = crowd.rung();
    rung.check(&format!("a rolling upgrade with a migration, one host drained and one killed, n = {CALLS}"));
    crowd.execute(HIDES_IT).await;
    crowd.audit(&settings()).await;
    newer.stop().await;
    crowd.world.stop().await;
    database.end().await;
}
