//! A node is stopped for longer than its lease, another takes over, and the first wakes up.

use super::crowd::{Crowd, now, until, until_moment};
use crate::testing::program::Running;
use crate::testing::{Database, Engine};

const CALLS: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn node_that_wakes_up_after_its_lease_rings_nothing_of_what_it_held() {
    let database = Database::fresh(Engine::Postgres).await;
    let due = now().plus_secs(14);
    let crowd = Crowd::gather(database.location(), &[due; CALLS]).await;
    // Alone, it arms all of them; the other one comes later.
    let sleeper = Running::serve(&crowd.settings(&database.url())).await;
    crowd.until_armed(CALLS).await;
    let other = Running::serve(&crowd.settings(&database.url())).await;
    until_moment(due.plus_secs(-2)).await;
    sleeper.signal("-STOP").await;
    until("every phone rings", async || crowd.has_rung()).await;
    let rung = crowd.rung();
    rung.check(&format!("SIGSTOP of the node that held them, n = {CALLS}"));

    let beats = "nodes";
    crowd.until_counted(beats, 1).await;
    sleeper.signal("-CONT").await;
    // It gives signs of life again, and has looked at what it held before that.
    crowd.until_counted(beats, 2).await;
    crowd.audit(&crowd.settings(&database.url())).await;
    let rung = crowd.rung();
    rung.check("the same, after SIGCONT");
    assert_eq!(rung.repeated, 0, "what was taken over did not leave twice: {rung:?}");
    sleeper.stop().await;
    other.stop().await;
    crowd.world.stop().await;
    database.end().await;
}
