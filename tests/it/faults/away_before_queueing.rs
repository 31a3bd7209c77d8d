//! The database is away from before calls are queued, over the whole window of some, and into the window of others.

use callpanion::db::Location;
use callpanion::domain::Moment;

use super::crowd::{Crowd, now, until_moment};
use crate::testing::cluster::{Cluster, Way};
use crate::testing::program::Running;

/// Calls of each kind.
const CALLS: usize = 100;
/// The shortest that a phone may ring.
const WINDOW_S: i64 = 15;
/// Far enough ahead that nobody queues it: twelve days.
const LATER_US: i64 = 12 * 86_400_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_queued_rings_within_its_window_or_is_told_of_but_never_rings_late() {
    let cluster = Cluster::start_with("-c fsync=off").await;
    let way = Way::to(cluster.port()).await;
    let start = now();
    let (over, open) = (start.plus_secs(9), start.plus_secs(23));
    let due: Vec<Moment> = [over, open].into_iter().flat_map(|due| [due; CALLS]).collect();
    let mut crowd = Crowd::gather(Location::Postgres(cluster.url()), &due).await;
    crowd.window_s = WINDOW_S;
    crowd.execute(&format!("UPDATE slots SET next_at = next_at + {LATER_US}")).await;
    let node = Running::serve(&crowd.settings(&Cluster::url_at(way.port()))).await;

    // The host sees nothing of it any more: what it is to queue can be written now.
    way.cut();
    crowd.execute(&format!("UPDATE slots SET next_at = next_at - {LATER_US}")).await;
    assert!(now() < over, "nothing was due yet when the database went away");
    cluster.halt().await;
    until_moment(over.plus_secs(WINDOW_S + 1)).await;
    assert_eq!(crowd.pushed(), 0, "nothing was queued");
    cluster.go().await;
    way.mend();

    // How many of the others still ring depends on how soon the database is back; the rest is told of, as the first are.
    crowd.audit(&crowd.settings(&cluster.url())).await;
    let rung = crowd.rung_at(CALLS..2 * CALLS);
    eprintln!("PostgreSQL away from before queueing into the ring window of {WINDOW_S} s, n = {CALLS}: {rung:?}");
    assert_eq!((rung.doubled, rung.early, rung.late), (0, 0, 0), "{rung:?}");
    eprintln!("what the host says: {:?}", crowd.outcomes().await);
    crowd.until_counted("calls WHERE state = 'expired'", CALLS + rung.lost).await;
    crowd.until_counted("alerts", 2 * CALLS).await;
    assert_eq!(crowd.rung_at(0..CALLS).lost, CALLS, "and what was too late never rang");
    node.stop().await;
    crowd.world.stop().await;
}
