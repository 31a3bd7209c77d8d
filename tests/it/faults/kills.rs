//! One of three nodes dies by `kill -9`, again and again, while phones ring.

use callpanion::domain::Moment;

use super::crowd::{Crowd, now, until};
use crate::testing::program::Running;
use crate::testing::{Database, Engine};

/// Calls between two kills.
const CALLS_A_KILL: usize = 12;
const CALLS_A_SECOND: usize = 10;
const NODES: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_nodes_lose_no_ring_and_double_none() {
    let kills = if super::is_full() { 200 } else { 15 };
    let database = Database::fresh(Engine::Postgres).await;
    let first = now().plus_secs(12);
    let due: Vec<Moment> =
        (0..kills * CALLS_A_KILL).map(|at| first.plus_secs(i64::try_from(at / CALLS_A_SECOND).unwrap())).collect();
    let crowd = Crowd::gather(database.location(), &due).await;
    let mut nodes = Vec::new();
    for _ in 0..NODES {
        let settings = crowd.settings(&database.url());
        nodes.push((Running::serve(&settings).await, settings));
    }
    // Where in the stream of rings each kill falls is drawn; the seed is fixed, so that a failure comes back.
    let mut draw = fastrand::Rng::with_seed(0x5eed);
    for kill in 0..kills {
        let at = kill * CALLS_A_KILL + draw.usize(..CALLS_A_KILL);
        until("the rings before the next kill", async || crowd.pushed() > at).await;
        let (node, settings) = nodes.remove(draw.usize(..nodes.len()));
        node.kill().await;
        // Its place is empty until the next one has started: the others go on meanwhile.
        nodes.push((Running::serve(&settings).await, settings));
    }
    until("every phone rings", async || crowd.has_rung()).await;
    crowd.audit(&nodes[0].1).await;
    crowd.rung().check(&format!("kill -9 of one of {NODES} nodes, n = {kills}"));
    for (node, _) in nodes {
        node.stop().await;
    }
    crowd.world.stop().await;
    database.end().await;
}
