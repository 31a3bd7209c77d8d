//! A node is told to stop just before the rings that it holds are due: it lets them go, and another rings them on time.

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::program::Running;
use crate::testing::{Database, Engine};

const CALLS: usize = 60;
/// The holder is told to stop so long before the moment.
const BEFORE_S: i64 = 3;
/// The shortest that a phone may ring.
const WINDOW_S: i64 = 15;
/// Beyond the window even from the holder's last sign of life: what is not let go, nobody else rings.
const LEASE_S: i64 = 20;
const MOST_LATE_MS: i64 = 3_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_that_is_told_to_stop_lets_go_of_what_it_holds_and_another_rings_it_on_time() {
    let database = Database::fresh(Engine::Postgres).await;
    let due = now().plus_secs(20);
    let mut crowd = Crowd::gather(database.location(), &[due; CALLS]).await;
    crowd.window_s = WINDOW_S;
    let settings = || {
        let mut settings = crowd.settings(&database.url());
        settings.insert("CALLPANION__CALLING__LEASE_S".into(), LEASE_S.to_string());
        settings
    };
    let mut nodes = vec![Running::serve(&settings()).await, Running::serve(&settings()).await];
    crowd.until_armed(CALLS).await;
    let ids = database.texts("SELECT encode(id, 'hex') AS text FROM nodes ORDER BY started_at").await;
    let owners = database.texts("SELECT DISTINCT encode(owner, 'hex') AS text FROM ring_attempts").await;
    // They are queued as one page.
    assert_eq!((ids.len(), owners.len()), (2, 1), "one of two holds them all: {ids:?}, {owners:?}");
    let holder = ids.iter().position(|id| *id == owners[0]).expect("the holder is one of the two");
    let heir = &ids[1 - holder];
    let (leaving, staying) = (nodes.remove(holder), nodes.remove(0));

    let told_at = due.plus_secs(-BEFORE_S);
    assert!(now() < told_at, "both serve long before the moment");
    until_moment(told_at).await;
    let left = leaving.stop().await;
    assert_eq!(left.code, 0, "{}", left.said);
    let kept = format!("ring_attempts WHERE encode(owner, 'hex') = '{}'", owners[0]);
    assert_eq!(crowd.count(&kept).await, Some(0), "it has let go of all: {}", left.said);
    assert_eq!(crowd.count("nodes").await, Some(1), "nobody waits for its lease");

    until("every phone rings", async || crowd.has_rung()).await;
    let by_heir = format!("ring_attempts WHERE accepted_at IS NOT NULL AND encode(owner, 'hex') = '{heir}'");
    crowd.until_counted(&by_heir, CALLS).await;
    let rung = crowd.rung();
    rung.check(&format!("SIGTERM of the node that held them, {BEFORE_S} s before, n = {CALLS}"));
    assert!(rung.max_late_ms <= MOST_LATE_MS, "{rung:?}");
    crowd.audit(&settings()).await;
    let rung = crowd.rung();
    rung.check("the same, when all is settled");
    assert_eq!(rung.repeated, 0, "each ring left once: {rung:?}");
    let stopped = staying.stop().await;
    assert_eq!(stopped.code, 0, "{}", stopped.said);
    crowd.world.stop().await;
    database.end().await;
}
