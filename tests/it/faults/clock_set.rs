//! The clock on the wall is set: by an hour forward or back, by a day back, by a second just before and after a ring.

use std::path::PathBuf;

use callpanion::domain::Moment;
use futures::future::join_all;
use tempfile::TempDir;
use tokio::process::Command;

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::program::{self, Running};
use crate::testing::{Database, Engine, Settings};

const CALLS: usize = 30;
const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 86_400;

/// A program whose clock somebody sets; time itself goes on as it does.
struct Host {
    folder: TempDir,
    database: Database,
    crowd: Crowd,
    settings: Settings,
    node: Running,
}

/// The library that shows a program another time; none where it is not installed, which is said.
async fn faketime() -> Option<String> {
    let found = Command::new("sh").args(["-c", "ls /usr/lib/*/faketime/libfaketime.so.1"]).output().await.ok()?;
    let path = String::from_utf8(found.stdout).ok()?.trim().to_owned();
    if path.is_empty() {
        eprintln!("clock set: NOT CHECKED, libfaketime is not installed (Debian: faketime)");
        return None;
    }
    Some(path)
}

impl Host {
    /// One that has armed a call for each of these moments.
    async fn armed(library: &str, engine: Engine, due: &[Moment]) -> Self {
        let (folder, database) = (tempfile::tempdir().unwrap(), Database::fresh(engine).await);
        let crowd = Crowd::gather(database.location(), due).await;
        let mut settings = crowd.settings(&database.url());
        let offset = folder.path().join("offset");
        std::fs::write(&offset, "+0").unwrap();
        for (key, value) in [
            ("LD_PRELOAD", library),
            ("FAKETIME_TIMESTAMP_FILE", offset.to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            // What a clock that is set leaves alone.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ] {
            settings.insert(key.to_owned(), value.to_owned());
        }
        let node = Running::serve(&settings).await;
        crowd.until_armed(due.len()).await;
        Self { folder, database, crowd, settings, node }
    }

    /// Sets its clock to so many seconds off the right time.
    fn set(&self, off_s: i64) {
        // In one step: it must never read half of it.
        let offset: PathBuf = self.folder.path().join("offset");
        let written = self.folder.path().join("written");
        std::fs::write(&written, format!("{off_s:+}s")).unwrap();
        std::fs::rename(written, offset).unwrap();
    }

    /// The promises are kept by now.
    async fn end(mut self) {
        self.settings.remove("LD_PRELOAD");
        let audit = program::run(&["audit", "promises"], &self.settings).await;
        assert_eq!(audit.code, 0, "{}", audit.said);
        self.node.stop().await;
        self.crowd.world.stop().await;
        self.database.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clock_that_is_set_by_an_hour_and_back_rings_nobody_at_the_wrong_time() {
    let Some(library) = faketime().await else { return };
    let (first, last) = (now().plus_secs(14), now().plus_secs(50));
    let due: Vec<Moment> = (0..CALLS).map(|at| if at % 2 == 0 { first } else { last }).collect();
    let host = Host::armed(&library, Engine::Sqlite, &due).await;
    let crowd = &host.crowd;
    // For a second it is an hour later: every window is over, and nothing may ring.
    until_moment(first.plus_secs(-3)).await;
    host.set(HOUR_S);
    crowd.until_counted("calls WHERE state = 'expired'", CALLS).await;
    host.set(0);
    until_moment(last.plus_secs(2)).await;
    until("the host serves on", async || crowd.count("calls WHERE state = 'expired'").await.is_some()).await;
    assert_eq!(crowd.pushed(), 0, "what was too late an hour ahead does not ring afterwards");
    assert_eq!(crowd.count("alerts").await, i64::try_from(CALLS).ok(), "and the families know of it");
    eprintln!("clock set forward by an hour and back, n = {CALLS}: none rang, each is expired with an alert");
    host.end().await;
}

/// Sets the clock by `off_s` at a second and back at another, counted from the first ring; rings go out for six seconds.
async fn step(engine: Engine, off_s: i64, (set_s, back_s): (i64, i64)) {
    let Some(library) = faketime().await else { return };
    let first = now().plus_secs(18);
    let due: Vec<Moment> = (0..CALLS).map(|at| first.plus_secs(i64::try_from(at / 5).unwrap())).collect();
    let host = Host::armed(&library, engine, &due).await;
    until_moment(first.plus_secs(set_s)).await;
    host.set(off_s);
    until_moment(first.plus_secs(back_s)).await;
    host.set(0);
    until("every phone rings", async || host.crowd.has_rung()).await;
    let rung = host.crowd.rung();
    eprintln!("clock set by {off_s} s at {set_s} s, and back at {back_s} s, on {engine:?}, n = {CALLS}: {rung:?}");
    assert_eq!((rung.lost, rung.doubled, rung.late), (0, 0, 0), "{rung:?}");
    // By its own clock it rings at the moment: early by no more than that clock was ahead.
    assert_eq!(host.crowd.rung_early_by(off_s.max(0) * 1_000), 0, "{rung:?}");
    // And when the clock is right again, what became due meanwhile goes out at once.
    let held_up_ms = if off_s < 0 { (back_s - set_s.max(0)) * 1_000 } else { 0 };
    assert!(rung.max_late_ms <= held_up_ms + 1_000, "{rung:?}");
    host.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clock_that_is_a_second_ahead_around_a_ring_rings_once() {
    step(Engine::Sqlite, 1, (-1, 3)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clock_that_is_a_second_behind_around_a_ring_rings_once() {
    step(Engine::Sqlite, -1, (0, 3)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clock_that_is_a_day_behind_for_a_moment_rings_once_when_it_is_right_again() {
    step(Engine::Sqlite, -DAY_S, (-1, 4)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clock_that_is_set_back_by_an_hour_before_the_rings_rings_once_when_it_is_right_again_on_either_engine() {
    join_all([Engine::Sqlite, Engine::Postgres].map(|engine| step(engine, -HOUR_S, (-3, 2)))).await;
}
