//! The demo, as a newcomer meets it: a program of its own, at the pace that it has by default.

use std::time::Duration;

use crate::testing::Browser;
use crate::testing::program::Running;

/// The first call is due within forty seconds, and its talk is over ten seconds later.
const PATIENCE: Duration = Duration::from_mins(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn call_of_the_demo_rings_is_talked_and_told() {
    let (demo, banner) = Running::demo().await;
    let (_, link) = banner.split_once("Sign in as the daughter:").unwrap_or_else(|| panic!("no link in:\n{banner}"));
    let link = link.split_whitespace().next().unwrap();
    let (url, enter) = link.split_at(link.find("/enter/").unwrap());
    let daughter = Browser::new(url, "en");
    daughter.get(enter).await.must_say("Ibu Sri");

    let told = async {
        let mut changes = daughter.changes().await;
        while !daughter.get("/dashboard/app").await.says("talked 1 min") {
            changes().await;
        }
    };
    if tokio::time::timeout(PATIENCE, told).await.is_err() {
        daughter.get("/dashboard/app").await.must_say("talked 1 min");
    }
    daughter.get("/monitor").await.must_say("Mr Harris");

    let ended = demo.stop().await;
    assert_eq!(ended.code, 0, "{}", ended.said);
}
