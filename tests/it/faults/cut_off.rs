//! A node is cut off from the database, but not from its vendors.

use callpanion::db::Location;

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::cluster::{Cluster, Way};
use crate::testing::program::Running;

const CALLS: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_that_is_cut_off_rings_what_it_armed_on_time_and_no_phone_rings_twice() {
    let cluster = Cluster::start().await;
    let way = Way::to(cluster.port()).await;
    let due = now().plus_secs(16);
    let crowd = Crowd::gather(Location::Postgres(cluster.url()), &[due; CALLS]).await;
    let lonely = Running::serve(&crowd.settings(&Cluster::url_at(way.port()))).await;
    crowd.until_armed(CALLS).await;
    let other = Running::serve(&crowd.settings(&cluster.url())).await;
    until_moment(due.plus_secs(-2)).await;
    way.cut();
    until("every phone rings", async || crowd.has_rung()).await;
    let rung = crowd.rung();
    rung.check(&format!("a node cut off from the database, n = {CALLS}"));
    assert!(rung.max_late_ms < 2_000, "it rang what it had armed, on time: {rung:?}");

    // The other one cannot know that they rang, and repeats them under the same names: the phones drop those.
    crowd.audit(&crowd.settings(&cluster.url())).await;
    way.mend();
    crowd.until_counted("nodes", 2).await;
    let rung = crowd.rung();
    rung.check("the same, when the way is mended and all is settled");
    assert!(rung.repeated <= CALLS, "{rung:?}");
    lonely.stop().await;
    other.stop().await;
    crowd.world.stop().await;
}
