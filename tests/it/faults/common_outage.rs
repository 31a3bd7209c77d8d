//! The database is away for two nodes at once, and comes back for one before the other.

use callpanion::db::Location;

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::cluster::{Cluster, Way};
use crate::testing::program::Running;

const CALLS: usize = 60;
/// Longer than a lease.
const AWAY_S: i64 = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_that_finds_the_database_first_does_not_take_its_neighbour_for_dead() {
    let cluster = Cluster::start().await;
    let (way, way_of_other) = (Way::to(cluster.port()).await, Way::to(cluster.port()).await);
    let due = now().plus_secs(16);
    let crowd = Crowd::gather(Location::Postgres(cluster.url()), &[due; CALLS]).await;
    let holder = Running::serve(&crowd.settings(&Cluster::url_at(way.port()))).await;
    crowd.until_armed(CALLS).await;
    let other = Running::serve(&crowd.settings(&Cluster::url_at(way_of_other.port()))).await;
    until_moment(due.plus_secs(-2)).await;
    let cut_at = now().plus_secs(1);
    way.cut();
    way_of_other.cut();
    until("every phone rings", async || crowd.has_rung()).await;
    until_moment(due.plus_secs(AWAY_S)).await;

    way_of_other.mend();
    let has_looked = format!("nodes WHERE seen_at > {}", cut_at.0);
    until("the other has looked", async || crowd.count(&has_looked).await > Some(0)).await;
    way.mend();
    crowd.until_counted("ring_attempts WHERE sent_at IS NOT NULL AND accepted_at IS NOT NULL", CALLS).await;
    crowd.audit(&crowd.settings(&cluster.url())).await;
    let rung = crowd.rung();
    rung.check(&format!("a database that is away for two nodes, n = {CALLS}"));
    assert_eq!(rung.repeated, 0, "what one had rung the other did not ring again: {rung:?}");
    holder.stop().await;
    other.stop().await;
    crowd.world.stop().await;
}
