//! The disk under the embedded database is full at the moment of a ring, and while webhooks come.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use callpanion::db::Location;
use tokio::process::Command;

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::Settings;
use crate::testing::program::Running;

const CALLS: usize = 60;
/// Webhooks that come when there is room again, beside those that come again.
const WEBHOOKS_AFTERWARDS: usize = 40;

/// A small disk in memory, for root only.
struct SmallDisk(PathBuf);

impl SmallDisk {
    async fn mount(at: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"]).arg(at);
        mount.output().await.ok().filter(|ran| ran.status.success()).map(|_| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _unmounted = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn webhook(number: usize) -> String {
    format!(r#"{{"webhook":"{number}"}}"#)
}

/// Posts a webhook. True when it was taken; otherwise the provider was told to come again, and when.
async fn is_taken(crowd: &Crowd, settings: &Settings, body: &str) -> bool {
    let answer = crowd.post_webhook(settings, body).await;
    if answer.status().as_u16() == 200 {
        return true;
    }
    assert_eq!(answer.status().as_u16(), 503, "{body}");
    let after_s: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&after_s), "{body}: {after_s}");
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_disk_delays_no_ring_loses_no_webhook_and_the_outcomes_follow() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path()).await else {
        eprintln!("disk full: NOT CHECKED, only root may mount a small disk");
        return;
    };
    let file = disk.0.join("it.sqlite");
    let due = now().plus_secs(14);
    let crowd = Crowd::gather(Location::Sqlite(file.clone()), &[due; CALLS]).await;
    let settings = crowd.settings(&format!("sqlite:{}", file.display()));
    let node = Running::serve(&settings).await;
    crowd.until_armed(CALLS).await;
    until_moment(due.plus_secs(-3)).await;
    let ballast = disk.0.join("ballast");
    let filled = Command::new("dd").args(["if=/dev/zero", "bs=64k"]).arg(format!("of={}", ballast.display())).output();
    assert!(!filled.await.unwrap().status.success(), "the disk is full now");

    let (taken, refused) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
    let post_and_look = async || {
        let number = taken.borrow().len() + refused.borrow().len();
        let body = webhook(number);
        let answered = if is_taken(&crowd, &settings, &body).await { &taken } else { &refused };
        answered.borrow_mut().push(body);
        crowd.has_rung()
    };
    until("every phone rings", post_and_look).await;
    let (mut taken, refused) = (taken.into_inner(), refused.into_inner());
    assert!(!refused.is_empty(), "the disk is full for webhooks too");
    let rung = crowd.rung();
    rung.check(&format!("disk full under SQLite, n = {CALLS}"));
    assert!(rung.max_late_ms < 2_000 && rung.repeated == 0, "{rung:?}");
    let taken_while_full = taken.len();

    std::fs::remove_file(ballast).unwrap();
    let freed = now();
    let written = async {
        crowd.until_counted("ring_attempts WHERE sent_at IS NOT NULL AND accepted_at IS NOT NULL", CALLS).await;
        now().since(freed).as_secs()
    };
    let posted = async {
        let first = taken_while_full + refused.len();
        for body in refused.iter().cloned().chain((first..first + WEBHOOKS_AFTERWARDS).map(webhook)) {
            assert!(is_taken(&crowd, &settings, &body).await, "there is room again: {body}");
            taken.push(body);
        }
    };
    let (complete_after_s, ()) = tokio::join!(written, posted);
    assert!(complete_after_s <= 10, "the outcomes were complete {complete_after_s} s after there was room again");

    crowd.audit(&settings).await;
    crowd.until_counted("webhook_events WHERE state = 'received'", 0).await;
    let stored = format!("webhook_events WHERE CAST(body AS TEXT) IN ('{}')", taken.join("', '"));
    assert_eq!(crowd.count(&stored).await, i64::try_from(taken.len()).ok(), "a webhook that was answered is lost");
    assert_eq!(crowd.count("pragma_integrity_check WHERE integrity_check = 'ok'").await, Some(1));
    crowd.rung().check(&format!(
        "the same, when all is settled; webhooks, n = {}, of which {} were refused while the disk was full and \
         {taken_while_full} were taken: lost 0; outcomes complete after {complete_after_s} s",
        taken.len(),
        refused.len()
    ));
    node.stop().await;
    crowd.world.stop().await;
}
