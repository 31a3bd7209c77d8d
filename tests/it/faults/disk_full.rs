//! The disk under the embedded database is full at the moment of a ring.

use std::path::{Path, PathBuf};

use callpanion::db::Location;
use tokio::process::Command;

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::program::Running;

const CALLS: usize = 60;

/// A small disk in memory, for root only.
struct SmallDisk(PathBuf);

impl SmallDisk {
    async fn mount(at: &Path) -> Option<Self> {
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"]).arg(at);
        mount.output().await.ok().filter(|ran| ran.status.success()).map(|_| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _unmounted = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn full_disk_delays_no_ring_and_the_outcomes_follow() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path()).await else {
        eprintln!("disk full: NOT CHECKED, only root may mount a small disk");
        return;
    };
    let file = disk.0.join("it.sqlite");
    let due = now().plus_secs(14);
    let crowd = Crowd::gather(Location::Sqlite(file.clone()), &[due; CALLS]).await;
    let node = Running::serve(&crowd.settings(&format!("sqlite:{}", file.display()))).await;
    crowd.until_armed(CALLS).await;
    until_moment(due.plus_secs(-3)).await;
    let ballast = disk.0.join("ballast");
    let filled = Command::new("dd").args(["if=/dev/zero", "bs=64k"]).arg(format!("of={}", ballast.display())).output();
    assert!(!filled.await.unwrap().status.success(), "the disk is full now");

    until("every phone rings", async || crowd.has_rung()).await;
    let rung = crowd.rung();
    rung.check(&format!("disk full under SQLite, n = {CALLS}"));
    assert!(rung.max_late_ms < 2_000 && rung.repeated == 0, "{rung:?}");
    std::fs::remove_file(ballast).unwrap();
    crowd.until_counted("ring_attempts WHERE sent_at IS NOT NULL AND accepted_at IS NOT NULL", CALLS).await;
    crowd.audit(&crowd.settings(&format!("sqlite:{}", file.display()))).await;
    assert_eq!(crowd.count("pragma_integrity_check WHERE integrity_check = 'ok'").await, Some(1));
    crowd.rung().check("the same, when all is settled");
    node.stop().await;
    crowd.world.stop().await;
}
