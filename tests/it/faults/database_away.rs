//! The database dies before the moment of a ring and comes back long after.

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::cluster::Cluster;
use crate::testing::program::Running;
use callpanion::db::Location;

const CALLS: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn database_that_dies_after_arming_delays_no_ring() {
    let (before_s, after_s) = if super::is_full() { (60, 240) } else { (5, 8) };
    let cluster = Cluster::start().await;
    let due = now().plus_secs(before_s + 15);
    let crowd = Crowd::gather(Location::Postgres(cluster.url()), &[due; CALLS]).await;
    let node = Running::serve(&crowd.settings(&cluster.url())).await;
    crowd.until_armed(CALLS).await;
    // It holds nothing, and comes back to the same database.
    let other = Running::serve(&crowd.settings(&cluster.url())).await;
    until_moment(due.plus_secs(-before_s)).await;
    cluster.halt().await;

    until("every phone rings", async || crowd.has_rung()).await;
    let rung = crowd.rung();
    rung.check(&format!("PostgreSQL dead from {before_s} s before to {after_s} s after, n = {CALLS}"));
    assert!(rung.max_late_ms < 2_000, "{rung:?}");
    assert_eq!(rung.repeated, 0, "{rung:?}");
    until_moment(due.plus_secs(after_s)).await;
    cluster.go().await;
    let back = now();
    crowd.until_counted("ring_attempts WHERE sent_at IS NOT NULL AND accepted_at IS NOT NULL", CALLS).await;
    let complete_after_s = now().since(back).as_secs();
    assert!(complete_after_s <= 10, "the outcomes were complete {complete_after_s} s after the database was back");
    crowd.audit(&crowd.settings(&cluster.url())).await;
    let rung = crowd.rung();
    rung.check("the same, when all is settled");
    assert_eq!(rung.repeated, 0, "what rang is not rung again: {rung:?}");
    node.stop().await;
    other.stop().await;
    crowd.world.stop().await;
}
