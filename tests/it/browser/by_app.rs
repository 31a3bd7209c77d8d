//! The path of a family whose parent is reached in the app.

use callpanion::domain::CallMethod;
use callpanion_emulators::Behaviour;
use callpanion_emulators::scripts::{self, Language};

use super::path::{self, CALLED};
use super::{Chromium, Tab};
use crate::testing::{Engine, TestApp, as_they_are, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_sign_up_to_summary_by_app() {
    run(Engine::Sqlite, as_they_are, by_app).await;
}

async fn by_app(app: TestApp) {
    let chromium = Chromium::start().await;
    let mut tab = chromium.tab(&app).await;
    let email = path::arrive(&app, &mut tab, "cordelia").await;
    path::choose(&mut tab, CallMethod::App).await;
    tab.look("onboarding-callee-app").await;
    path::describe(&mut tab).await;
    tab.follow("main button", "Continue").await;
    path::plan(&mut tab).await;
    pair(&app, &mut tab).await;

    tab.follow("main a", "Continue").await;
    tab.must_show("/onboarding/ready", "All is set").await;
    tab.see("main", "09:10").await;
    tab.look("onboarding-ready-app").await;
    tab.follow("main a", "To the first page").await;
    tab.must_show("/dashboard/app", CALLED).await;
    tab.see(".device", "Android").await;
    tab.look("dashboard-app-new").await;

    let home = path::household(&app, &email, "").await;
    path::watch(&app, &chromium, &mut tab, &home).await;
    let headline = path::read(&mut tab).await;
    path::come_home(&mut tab, "/dashboard/app", &headline).await;
    the_rest(&mut tab).await;
    tab.end().await;
    chromium.end().await;
}

/// The six digits go from the page to the phone; the page shows the phone by itself, and the family says yes.
async fn pair(app: &TestApp, tab: &mut Tab) {
    tab.must_show("/onboarding/pairing", CALLED).await;
    tab.look("onboarding-pairing").await;
    tab.follow("form[action$='/pairing-codes'] button", "").await;
    tab.look("onboarding-pairing-code").await;
    assert!(tab.comes_true("document.documentElement.classList.contains('live')").await, "the stream is open");
    let code: String = tab.text(".digits").await.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(code.len(), 6);

    let phone = app.world.android("Pippa's Galaxy").unwrap();
    phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
    phone.pair(&app.url, &code).await.unwrap();
    app.keep_out_of_the_log(phone.device_secret().unwrap());
    app.keep_out_of_the_log(phone.push_address());
    tab.see(".ask", "“Android” has entered your code").await;
    tab.look("onboarding-pairing-claimed").await;
    tab.follow(".ask button.main", "").await;
    tab.see(".good", "It worked").await;
    tab.look("onboarding-pairing-done").await;
}

/// One call left out, and a pause that begins today: pressed, seen on the dashboard, and ended.
async fn a_rest_from_calls(tab: &mut Tab) {
    tab.follow(".tabs a", "Home").await;
    tab.follow(".doors a", "Call times").await;
    tab.follow(".preview button", "Skip this one").await;
    tab.see(".flash", "This call is skipped.").await;
    tab.see(".preview .skipped", "skipped").await;
    tab.look("schedule-skipped").await;
    tab.fill("#reason", "Away with us").await;
    tab.follow("button", "Pause calls").await;
    tab.see(".pauses li", "until you end it").await;
    tab.look("schedule-paused").await;
    tab.follow(".tabs a", "Home").await;
    tab.see(".paused", "Away with us").await;
    tab.look("dashboard-paused").await;
    tab.follow(".paused a", "").await;
    tab.follow(".pauses button", "End now").await;
    tab.see(".flash", "Calls are made again.").await;
    tab.follow(".preview button", "Call after all").await;
    tab.see(".flash", "after all").await;
}

/// The pages that lie beside the path.
async fn the_rest(tab: &mut Tab) {
    tab.follow("footer button", "English").await;
    a_rest_from_calls(tab).await;
    for (door, heading, name) in [("Call times", "When should", "schedule"), ("About", "About", "callee")] {
        tab.follow(".tabs a", "Home").await;
        tab.follow(".doors a", door).await;
        tab.see("h1", heading).await;
        tab.look(name).await;
    }
    tab.follow(".tabs a", "Home").await;
    tab.follow("aside a.button", "").await;
    tab.see(".device", "Android").await;
    tab.look("devices").await;
}
