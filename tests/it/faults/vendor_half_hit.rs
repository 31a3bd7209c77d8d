//! The push service refuses, breaks, babbles, is silent, drops connections after it took the message, and sends the
//! host elsewhere: half of all requests are hit. Another push service is well meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use callpanion_emulators::Fault;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::crowd::{Crowd, now, until_moment};
use super::memory::Memory;
use crate::testing::program::Running;
use crate::testing::{Database, Engine};

const SEED: u64 = 0x5eed;

/// A place where nobody may come: counts who does.
struct Trap {
    url: String,
    comers: Arc<AtomicUsize>,
    _task: JoinSet<()>,
}

impl Trap {
    async fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/latest/meta-data/", listener.local_addr().unwrap());
        let comers = Arc::new(AtomicUsize::new(0));
        let (mut task, count) = (JoinSet::new(), comers.clone());
        task.spawn(async move {
            while listener.accept().await.is_ok() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { url, comers, _task: task }
    }
}

/// What becomes of how many of a hundred requests.
fn ways(trap: &Trap) -> Vec<(u64, Fault)> {
    let quota = json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}});
    vec![
        (30, Fault::answer(429, &quota).retry_after("1")),
        (10, Fault::answer(500, &json!({"error": {"code": 500, "status": "INTERNAL"}}))),
        (5, Fault::taken_then_broken_off()),
        (1, Fault::taken_then_cut()),
        (1, Fault::drip().once_taken()),
        (1, Fault::hang()),
        (2, Fault::flood()),
        (1, Fault::garbage(200).once_taken()),
        (1, Fault::garbage(503)),
        (1, Fault::redirect("http://169.254.169.254/latest/meta-data/")),
        (1, Fault::redirect(trap.url.clone())),
    ]
}

async fn chaos(engine: Engine) {
    let (androids, iphones) = if super::is_full() { (3_000, 300) } else { (240, 60) };
    let fault = format!("a push service in trouble on {engine:?}, n = {androids}, half of all requests hit");
    let database = Database::fresh(engine).await;
    let due = now().plus_secs(if super::is_full() { 60 } else { 12 });
    let mut crowd = Crowd::with_iphones(database.location(), &vec![due; androids], &vec![due; iphones]).await;
    crowd.window_s = 25;
    let mut settings = crowd.settings(&database.url());
    settings.insert("CALLPANION__CALLING__VENDOR_DEADLINE_MS".into(), "3000".into());
    let trap = Trap::set().await;
    crowd.world.fcm.faults().by_chance(SEED, ways(&trap));
    let node = Running::serve(&settings).await;
    crowd.until_armed(androids + iphones).await;
    until_moment(due.plus_secs(-2)).await;
    let mut memory = Memory::of(&node);
    memory.during(&node, crowd.audit(&settings)).await;
    memory.check(&fault);

    let rung = crowd.rung();
    let told = crowd.explained().await;
    let hits = crowd.world.fcm.faults().hits();
    eprintln!("{fault}: {rung:?}, {hits} requests failed, {told} families were told that it did not ring");
    assert_eq!((rung.doubled, rung.early, rung.late), (0, 0, 0), "{fault}: {rung:?}");
    assert!(hits * 3 >= androids, "{fault}: only {hits} requests were hit");
    // Each is tried again for as long as it may ring.
    assert!(rung.lost * 10 <= androids, "{fault}: {rung:?}");
    assert_eq!(trap.comers.load(Ordering::SeqCst), 0, "a redirect was followed");
    let well = crowd.rung_of(|phone, _| phone.channel() == "apns-voip");
    well.check(&format!("{fault}: the phones of a push service that is well"));
    assert!(well.max_late_ms < 2_000, "they were held up: {well:?}");
    node.stop().await;
    crowd.world.stop().await;
    database.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn push_service_in_trouble_rings_nobody_twice_or_late_and_families_are_told_on_sqlite() {
    chaos(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn push_service_in_trouble_rings_nobody_twice_or_late_and_families_are_told_on_postgres() {
    chaos(Engine::Postgres).await;
}
