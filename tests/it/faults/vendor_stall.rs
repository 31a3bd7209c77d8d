//! A push service accepts connections and never says a word, not even of TLS. Another one is well.

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::crowd::{Crowd, now, until};
use crate::testing::program::Running;
use crate::testing::{Database, Engine};

const ANDROIDS: usize = 60;
const IPHONES: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn push_service_that_never_speaks_holds_up_no_other_and_its_families_are_told() {
    let database = Database::fresh(Engine::Sqlite).await;
    let due = now().plus_secs(10);
    let mut crowd = Crowd::with_iphones(database.location(), &[due; ANDROIDS], &[due; IPHONES]).await;
    crowd.window_s = 15;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("https://{}", listener.local_addr().unwrap());
    let mut listening = JoinSet::new();
    listening.spawn(async move {
        let mut open = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            open.push(stream);
        }
    });
    let mut settings = crowd.settings(&database.url());
    for (key, value) in [
        ("CALLING__VENDOR_DEADLINE_MS", "2000"),
        ("PLUGINS__APNS_VOIP__SETTINGS__BASE_URL_PRODUCTION", &silent),
        ("PLUGINS__APNS_VOIP__SETTINGS__BASE_URL_SANDBOX", &silent),
        ("PLUGINS__APNS_VOIP__GRANTS__HOSTS", &silent),
    ] {
        settings.insert(format!("CALLPANION__{key}"), value.to_owned());
    }
    let node = Running::serve(&settings).await;
    let is_android = |phone: &callpanion_emulators::Phone, _| phone.channel() == "fcm";
    until("the other phones ring", async || crowd.rung_of(is_android).lost == 0).await;
    crowd.audit(&settings).await;
    let well = crowd.rung_of(is_android);
    well.check(&format!("a push service that never speaks, n = {IPHONES}: the {ANDROIDS} phones of the other"));
    assert!(well.max_late_ms < 2_000, "they were held up: {well:?}");
    assert_eq!(crowd.rung().lost, IPHONES);
    assert_eq!(crowd.explained().await, IPHONES, "each has its reason and its alert");
    node.stop().await;
    crowd.world.stop().await;
    database.end().await;
}
