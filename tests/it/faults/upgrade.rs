//! An upgrade in the minute in which calls are armed: migrations run, tables are locked, the program starts anew.

use callpanion::domain::AttemptState;
use callpanion::services::{outcomes, queueing, ringing};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::program::{self, Running};
use crate::testing::{Database, Engine, TestApp, as_they_are, run};

const CALLS: usize = 100;
/// What a migration that changes a table keeps for itself.
const TABLES: &str = "slots, calls, ring_attempts, timeline, devices, push_addresses, callees, families, nodes, jobs";

async fn upgrade(engine: Engine) {
    let database = Database::fresh(engine).await;
    let due = now().plus_secs(14);
    let crowd = Crowd::gather(database.location(), &[due; CALLS]).await;
    let settings = crowd.settings(&database.url());
    let node = Running::serve(&settings).await;
    crowd.until_armed(CALLS).await;
    until_moment(due.plus_secs(-8)).await;
    let migrated = program::run(&["migrate"], &settings).await;
    assert_eq!(migrated.code, 0, "{}", migrated.said);
    let stopped = node.stop().await;
    assert_eq!(stopped.code, 0, "{}", stopped.said);
    let node = Running::serve(&settings).await;
    assert!(now() < due, "it is back before the moment");
    until("every phone rings", async || crowd.has_rung()).await;
    crowd.until_counted("ring_attempts WHERE accepted_at IS NOT NULL", CALLS).await;
    let rung = crowd.rung();
    rung.check(&format!("migrated and started anew on {engine:?} while calls are armed, n = {CALLS}"));
    assert!(rung.max_late_ms < 2_000 && rung.repeated == 0, "{rung:?}");
    crowd.audit_now(&settings).await;
    node.stop().await;
    crowd.world.stop().await;
    database.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migration_and_restart_while_calls_are_armed_delay_no_ring_on_sqlite() {
    upgrade(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migration_and_restart_while_calls_are_armed_delay_no_ring_on_postgres() {
    upgrade(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_that_a_migration_keeps_for_itself_delay_no_ring() {
    // Longer than two statements wait for a lock.
    let (before_s, after_s) = (3, 12);
    let database = Database::fresh(Engine::Postgres).await;
    let due = now().plus_secs(12);
    let crowd = Crowd::gather(database.location(), &[due; CALLS]).await;
    let settings = crowd.settings(&database.url());
    let node = Running::serve(&settings).await;
    crowd.until_armed(CALLS).await;
    until_moment(due.plus_secs(-before_s)).await;
    let mut migration = AsyncPgConnection::establish(&database.url()).await.unwrap();
    migration.batch_execute(&format!("BEGIN; LOCK TABLE {TABLES} IN ACCESS EXCLUSIVE MODE")).await.unwrap();
    until("every phone rings", async || crowd.has_rung()).await;
    let rung = crowd.rung();
    rung.check(&format!("tables locked from {before_s} s before to {after_s} s after, n = {CALLS}"));
    assert!(rung.max_late_ms < 2_000 && rung.repeated == 0, "{rung:?}");
    until_moment(due.plus_secs(after_s)).await;
    migration.batch_execute("COMMIT").await.unwrap();
    let done = now();
    crowd.until_counted("ring_attempts WHERE sent_at IS NOT NULL AND accepted_at IS NOT NULL", CALLS).await;
    let complete_after_s = now().since(done).as_secs();
    assert!(complete_after_s <= 10, "the outcomes were complete {complete_after_s} s after the migration");
    crowd.audit_now(&settings).await;
    let rung = crowd.rung();
    rung.check("the same, when all is written");
    assert_eq!(rung.repeated, 0, "what rang is not rung again: {rung:?}");
    node.stop().await;
    crowd.world.stop().await;
    database.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outcome_that_meets_a_locked_table_is_written_when_the_table_is_free() {
    run(Engine::Postgres, as_they_are, locked_table).await;
}

async fn locked_table(app: TestApp) {
    let home = app.app_household().await;
    app.android(&home).await;
    assert_eq!(queueing::tick(&app.host).await.unwrap(), 1);
    app.jump_to("2026-10-12T08:00:00Z").await;
    assert_eq!(ringing::run_due(&app.host).await, 1);
    let mut migration = AsyncPgConnection::establish(&app.database.url()).await.unwrap();
    migration.batch_execute("BEGIN; LOCK TABLE timeline IN ACCESS EXCLUSIVE MODE").await.unwrap();
    // Alone, it fails as it did together with others: that says nothing about it.
    assert!(outcomes::write(&app.host).await.is_err());
    assert_eq!(app.host.outcomes.len(), 1, "it waits on");
    migration.batch_execute("COMMIT").await.unwrap();
    assert_eq!(outcomes::write(&app.host).await.unwrap(), 1);
    let call = app.call(&home).await;
    assert_ne!(app.attempt_states(call.id).await, [AttemptState::Armed]);
    app.outcome(&home, 300).await;
}
