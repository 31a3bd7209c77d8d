//! The parts of a page that move by themselves, under the finger of somebody who uses it.

use super::{Chromium, Tab};
use crate::testing::{Engine, Household, PASSWORD, TestApp, as_they_are, run};

const CALL_NOW: &str = "form[action$='/call-now'] button";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn press_is_not_lost_to_a_change_and_what_is_the_same_is_not_replaced() {
    async fn body(app: TestApp) {
        let home = app.phone_household().await;
        let chromium = Chromium::start().await;
        let tab = dashboard(&app, &home, &chromium).await;

        tab.ask(&format!("void (document.querySelector({CALL_NOW:?}).untouched = true)")).await;
        // The stream has opened: what may have changed until then is fetched.
        tab.fetched_parts(1).await;
        app.host.live.changed(home.family);
        tab.fetched_parts(2).await;
        assert_eq!(tab.ask(&format!("document.querySelector({CALL_NOW:?}).untouched")).await, true);

        tab.follow_slowly(CALL_NOW, "", pause(&app, &home, &tab, 3)).await;
        tab.see(".paused", "Away with us").await;
        assert_eq!(app.calls(&home).await.len(), 1, "the call was asked for");
        tab.end().await;
        chromium.end().await;
    }
    run(Engine::Sqlite, as_they_are, body).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn press_of_the_space_bar_is_not_lost_either() {
    async fn body(app: TestApp) {
        let home = app.phone_household().await;
        let chromium = Chromium::start().await;
        let tab = dashboard(&app, &home, &chromium).await;
        tab.fetched_parts(1).await;
        tab.follow_by_space_slowly(CALL_NOW, pause(&app, &home, &tab, 2)).await;
        tab.see(".paused", "Away with us").await;
        assert_eq!(app.calls(&home).await.len(), 1, "the call was asked for");
        tab.end().await;
        chromium.end().await;
    }
    run(Engine::Sqlite, as_they_are, body).await;
}

async fn dashboard(app: &TestApp, home: &Household, chromium: &Chromium) -> Tab {
    let tab = chromium.tab(app).await;
    tab.open("/sign-in").await;
    tab.fill("#email", &home.email).await;
    tab.fill("#password", PASSWORD).await;
    tab.follow("main button", "Sign in").await;
    tab.must_show("/dashboard/phone", "").await;
    tab
}

/// Somebody else of the family pauses the calls, and the page has fetched its parts so many times.
async fn pause(app: &TestApp, home: &Household, tab: &Tab, fetched: usize) {
    let brother = app.signed_in(home).await;
    let fields = [("from", ""), ("until", ""), ("reason", "Away with us")];
    brother.post(&format!("/callees/{}/pauses", home.callee), &fields).await.must_say("Away with us");
    tab.fetched_parts(fetched).await;
}
