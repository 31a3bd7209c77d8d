//! A backup is restored: the database knows nothing of the last calls, and the phones do.

use std::path::PathBuf;

use callpanion::domain::Moment;
use tokio::process::Command;

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::program::Running;
use crate::testing::{Database, Engine};

/// Calls of each kind.
const CALLS: usize = 20;
/// The shortest that a phone may ring.
const WINDOW_S: i64 = 15;

/// What an operator makes, while the program runs.
async fn back_up(database: &Database) -> PathBuf {
    let backup = std::env::temp_dir().join(format!("callpanion-backup-{}", uuid::Uuid::new_v4()));
    match database {
        Database::Sqlite(_) => database.execute(&format!("VACUUM INTO '{}'", backup.display())).await,
        Database::Postgres { .. } => run(Command::new("pg_dump").arg(database.url()).arg("-f").arg(&backup)).await,
    }
    backup
}

/// What the operator does with it, when the program is down.
async fn restore(database: Database, backup: PathBuf) -> Database {
    let restored = match &database {
        Database::Sqlite(folder) => {
            for gone in ["", "-wal", "-shm"] {
                let _never_there = std::fs::remove_file(folder.path().join(format!("it.sqlite{gone}")));
            }
            std::fs::copy(&backup, folder.path().join("it.sqlite")).unwrap();
            database
        }
        Database::Postgres { .. } => {
            database.end().await;
            let empty = Database::empty(Engine::Postgres).await;
            let mut psql = Command::new("psql");
            run(psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-f"]).arg(&backup).arg("-d").arg(empty.url())).await;
            empty
        }
    };
    std::fs::remove_file(backup).unwrap();
    restored
}

async fn run(command: &mut Command) {
    let ran = command.output().await.unwrap();
    assert!(ran.status.success(), "{command:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// The backup was made when every call stood in the queue; the first ones rang after it, and their window is over when
/// the program is back, the next ones rang and could ring on, the last ones are still to ring.
async fn armed(engine: Engine) {
    let database = Database::fresh(engine).await;
    let start = now();
    let (over, open, ahead) = (start.plus_secs(9), start.plus_secs(21), start.plus_secs(35));
    let due: Vec<Moment> = [over, open, ahead].into_iter().flat_map(|due| [due; CALLS]).collect();
    let mut crowd = Crowd::gather(database.location(), &due).await;
    crowd.window_s = WINDOW_S;
    let node = Running::serve(&crowd.settings(&database.url())).await;
    crowd.until_armed(3 * CALLS).await;
    let backup = back_up(&database).await;
    assert!(now() < over, "the backup was made before the first ring");
    until("they ring, after the backup", async || crowd.have_rung(0..2 * CALLS)).await;
    node.kill().await;
    until_moment(over.plus_secs(WINDOW_S + 1)).await;

    let database = restore(database, backup).await;
    crowd.moves_to(database.location());
    let settings = crowd.settings(&database.url());
    let node = Running::serve(&settings).await;
    until("every phone has rung", async || crowd.has_rung()).await;
    crowd.until_counted("calls WHERE state = 'expired' AND reason = 'too_late'", CALLS).await;
    crowd.until_counted("ring_attempts WHERE accepted_at IS NOT NULL", 2 * CALLS).await;
    crowd.until_counted("alerts", CALLS).await;
    crowd.rung().check(&format!("a backup with armed calls restored on {engine:?}, n = 3 times {CALLS}"));
    // Nothing rings when its window is over; what may ring is repeated under its name, so that the phone drops it.
    let repeated = [0, 1, 2].map(|kind| crowd.rung_at(kind * CALLS..(kind + 1) * CALLS).repeated);
    assert_eq!(repeated, [0, CALLS, 0], "pushes that were repeated: over, open, ahead");
    assert!(crowd.rung_at(2 * CALLS..3 * CALLS).max_late_ms < 2_000, "{:?}", crowd.rung());
    crowd.audit_now(&settings).await;
    end(crowd, node, database).await;
}

/// The backup was made when nothing stood in the queue: yesterday's.
async fn slots_only(engine: Engine) {
    let database = Database::fresh(engine).await;
    let start = now();
    let (over, ahead) = (start.plus_secs(5), start.plus_secs(29));
    let due: Vec<Moment> = [over, ahead].into_iter().flat_map(|due| [due; CALLS]).collect();
    let mut crowd = Crowd::gather(database.location(), &due).await;
    crowd.window_s = WINDOW_S;
    let backup = back_up(&database).await;
    let node = Running::serve(&crowd.settings(&database.url())).await;
    until("they ring, after the backup", async || crowd.have_rung(0..CALLS)).await;
    node.kill().await;
    until_moment(over.plus_secs(WINDOW_S + 1)).await;

    let database = restore(database, backup).await;
    crowd.moves_to(database.location());
    let settings = crowd.settings(&database.url());
    let node = Running::serve(&settings).await;
    crowd.until_counted("calls WHERE state = 'expired' AND reason = 'host_was_down'", CALLS).await;
    until("the others ring", async || crowd.has_rung()).await;
    crowd.until_counted("ring_attempts WHERE accepted_at IS NOT NULL", CALLS).await;
    crowd.until_counted("alerts", CALLS).await;
    crowd.rung().check(&format!("a backup from before queueing restored on {engine:?}, n = 2 times {CALLS}"));
    assert_eq!(crowd.rung().repeated, 0, "what rang after the backup does not ring again");
    crowd.audit_now(&settings).await;
    end(crowd, node, database).await;
}

async fn end(crowd: Crowd, node: Running, database: Database) {
    node.stop().await;
    crowd.world.stop().await;
    database.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backup_with_armed_calls_rings_nothing_late_and_nobody_twice_on_sqlite() {
    armed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backup_with_armed_calls_rings_nothing_late_and_nobody_twice_on_postgres() {
    armed(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backup_from_before_queueing_rings_what_is_ahead_and_tells_of_the_rest() {
    slots_only(Engine::Sqlite).await;
}
