//! The clock on the wall is set forward by an hour, and back.

use callpanion::db::Location;
use callpanion::domain::Moment;
use tokio::process::Command;

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::program::{self, Running};

const CALLS: usize = 30;
const HOUR_S: i64 = 3_600;

/// The library that shows a program another time; none where it is not installed.
async fn faketime() -> Option<String> {
    let found = Command::new("sh").args(["-c", "ls /usr/lib/*/faketime/libfaketime.so.1"]).output().await.ok()?;
    let path = String::from_utf8(found.stdout).ok()?.trim().to_owned();
    (!path.is_empty()).then_some(path)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clock_that_is_set_by_an_hour_and_back_rings_nobody_at_the_wrong_time() {
    let Some(library) = faketime().await else {
        eprintln!("clock set by an hour: NOT CHECKED, libfaketime is not installed (Debian: faketime)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("it.sqlite");
    let (first, last) = (now().plus_secs(14), now().plus_secs(50));
    let due: Vec<Moment> = (0..CALLS).map(|at| if at % 2 == 0 { first } else { last }).collect();
    let crowd = Crowd::gather(Location::Sqlite(file.clone()), &due).await;
    let mut settings = crowd.settings(&format!("sqlite:{}", file.display()));
    let offset = folder.path().join("offset");
    std::fs::write(&offset, "+0").unwrap();
    for (key, value) in [
        ("LD_PRELOAD", library.as_str()),
        ("FAKETIME_TIMESTAMP_FILE", offset.to_str().unwrap()),
        ("FAKETIME_NO_CACHE", "1"),
        // What a clock that is set leaves alone.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ] {
        settings.insert(key.to_owned(), value.to_owned());
    }
    let node = Running::serve(&settings).await;
    crowd.until_counted("ring_attempts WHERE state = 'armed' AND owner IS NOT NULL", CALLS).await;
    // For a second it is an hour later: every window is over, and nothing may ring.
    until_moment(first.plus_secs(-3)).await;
    std::fs::write(&offset, format!("+{HOUR_S}s")).unwrap();
    crowd.until_counted("calls WHERE state = 'expired'", CALLS).await;
    std::fs::write(&offset, "+0").unwrap();
    until_moment(last.plus_secs(2)).await;
    until("the host serves on", async || crowd.count("calls WHERE state = 'expired'").await.is_some()).await;
    assert_eq!(crowd.pushed(), 0, "what was too late an hour ahead does not ring afterwards");
    assert_eq!(crowd.count("alerts").await, i64::try_from(CALLS).ok(), "and the families know of it");
    eprintln!("clock set forward by an hour and back, n = {CALLS}: none rang, each is expired with an alert");
    settings.remove("LD_PRELOAD");
    let audit = program::run(&["audit", "promises"], &settings).await;
    assert_eq!(audit.code, 0, "{}", audit.said);
    node.stop().await;
    crowd.world.stop().await;
}
