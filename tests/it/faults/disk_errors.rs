//! The disk under the embedded database answers every write with an error, around the moment of a ring.

use callpanion::db::Location;

use super::crowd::{Crowd, now, until, until_moment};
use super::disk::Disk;
use crate::testing::program::Running;

const CALLS: usize = 60;
const BROKEN_S: i64 = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn disk_errors_delay_no_ring_and_the_outcomes_follow() {
    let Some(disk) = Disk::start("disk errors").await else { return };
    let due = now().plus_secs(12);
    let crowd = Crowd::gather(Location::Sqlite(disk.file()), &[due; CALLS]).await;
    let mut settings = crowd.settings(&format!("sqlite:{}", disk.file().display()));
    disk.watch(&mut settings);
    let node = Running::serve(&settings).await;
    crowd.until_armed(CALLS).await;
    until_moment(due.plus_secs(-BROKEN_S)).await;
    disk.breaks();

    until("every phone rings", async || crowd.has_rung()).await;
    let rung = crowd.rung();
    rung.check(&format!("EIO from every write of SQLite from {BROKEN_S} s before to {BROKEN_S} s after, n = {CALLS}"));
    assert!(rung.max_late_ms < 2_000 && rung.repeated == 0, "{rung:?}");
    until_moment(due.plus_secs(BROKEN_S)).await;
    assert_eq!(crowd.count("ring_attempts WHERE accepted_at IS NOT NULL").await, Some(0), "nothing could be written");
    disk.mends();
    let mended = now();
    crowd.until_counted("ring_attempts WHERE sent_at IS NOT NULL AND accepted_at IS NOT NULL", CALLS).await;
    let complete_after_s = now().since(mended).as_secs();
    assert!(complete_after_s <= 10, "the outcomes were complete {complete_after_s} s after the disk was mended");
    assert_eq!(crowd.count("pragma_integrity_check WHERE integrity_check = 'ok'").await, Some(1));
    let rung = crowd.rung();
    rung.check("the same, when all is written");
    assert_eq!(rung.repeated, 0, "what rang is not rung again: {rung:?}");
    node.stop().await;
    settings.remove("LD_PRELOAD");
    crowd.audit_now(&settings).await;
    crowd.world.stop().await;
}
