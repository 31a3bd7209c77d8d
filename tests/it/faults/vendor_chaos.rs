//! The push service refuses, breaks, is silent and drops connections after it took the message.

use callpanion_emulators::Fault;
use serde_json::json;

use super::crowd::{Crowd, now, until};
use crate::testing::program::Running;
use crate::testing::{Database, Engine};

const CALLS: usize = 100;

async fn chaos(engine: Engine) {
    let database = Database::fresh(engine).await;
    let due = now().plus_secs(10);
    let crowd = Crowd::gather(database.location(), &[due; CALLS]).await;
    let faults = crowd.world.fcm.faults();
    // So many, and scattered: a vendor that fails every time is left alone, and that is another test.
    for (at, address) in crowd.addresses().into_iter().step_by(25).enumerate() {
        let fault = match at {
            0 => Fault::answer(429, &json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}})).retry_after("1"),
            1 => Fault::answer(500, &json!({"error": {"code": 500, "status": "INTERNAL"}})),
            2 => Fault::taken_then_cut(),
            3 => Fault::cut(),
            _ => Fault::html(503),
        };
        faults.next_for(address, fault);
    }
    let node = Running::serve(&crowd.settings(&database.url())).await;
    until("every phone rings", async || crowd.has_rung()).await;
    crowd.audit(&crowd.settings(&database.url())).await;
    crowd.rung().check(&format!("a push service in trouble on {engine:?}, n = {CALLS}, four of them hit"));
    node.stop().await;
    crowd.world.stop().await;
    database.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn push_service_in_trouble_costs_no_ring_on_sqlite() {
    chaos(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn push_service_in_trouble_costs_no_ring_on_postgres() {
    chaos(Engine::Postgres).await;
}
