//! The path of a family whose parent is rung on the ordinary phone.

use callpanion::domain::CallMethod;
use callpanion_emulators::Line;
use callpanion_emulators::scripts::{self, Language};

use super::path::{self, CALLED};
use super::{Chromium, Tab};
use crate::testing::{Engine, TestApp, as_they_are, run};

/// The regulator keeps 020 7946 0000 to 0999 for drama.
const NUMBER: &str = "+442079460990";
const AS_DIALLED: &str = "020 7946 0990";
/// Too short for any number in London.
const WRONG: &str = "020 7946";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_sign_up_to_summary_by_phone() {
    run(Engine::Sqlite, as_they_are, by_phone).await;
}

async fn by_phone(app: TestApp) {
    let chromium = Chromium::start().await;
    let mut tab = chromium.tab(&app).await;
    let email = path::arrive(&app, &mut tab, "imogen").await;
    path::choose(&mut tab, CallMethod::Phone).await;
    tab.look("onboarding-callee-phone").await;
    mistype(&app, &mut tab).await;

    tab.fill("#phone", AS_DIALLED).await;
    tab.follow("main button", "Lanjutkan").await;
    tab.follow("footer button", "English").await;
    path::plan(&mut tab).await;
    tab.must_show("/onboarding/ready", "All is set").await;
    tab.see("main", "09:10").await;
    tab.look("onboarding-ready-phone").await;
    tab.follow("main a", "To the first page").await;
    tab.must_show("/dashboard/phone", CALLED).await;
    tab.see(".number", "+44 20").await;
    tab.look("dashboard-phone-new").await;

    app.world.line(NUMBER, Line::Answers(app.say(scripts::cheerful(Language::English))));
    let home = path::household(&app, &email, NUMBER).await;
    path::watch(&app, &chromium, &mut tab, &home).await;
    let headline = path::read(&mut tab).await;
    path::come_home(&mut tab, "/dashboard/phone", &headline).await;
    tab.end().await;
    chromium.end().await;
}

/// A wrong number is refused at its field, in the language of the page, and everything typed stays.
async fn mistype(app: &TestApp, tab: &mut Tab) {
    for secret in [NUMBER, AS_DIALLED, "2079460990"] {
        app.keep_out_of_the_log(secret);
    }
    tab.follow("footer button", "Bahasa Indonesia").await;
    tab.must_show("/onboarding/callee", "Siapa yang akan ditelepon?").await;
    path::describe(tab).await;
    tab.pick("#country", "GB").await;
    tab.fill("#phone", WRONG).await;
    tab.follow("main button", "Lanjutkan").await;

    tab.must_show("/onboarding/callee", "Siapa yang akan ditelepon?").await;
    tab.see("fieldset.phone .error", "Nomor itu tidak berlaku di negara ini.").await;
    let described = tab.ask(
        "document.querySelector('#phone').getAttribute('aria-describedby').split(' ').map((id) => \
        document.getElementById(id)?.innerText).join(' ')",
    );
    assert!(described.await.as_str().unwrap().contains("Nomor itu tidak berlaku"), "a screen reader says it too");
    assert_eq!(tab.value("#phone").await, WRONG);
    assert_eq!(tab.value("#country").await, "GB");
    assert_eq!(tab.value("#zone").await, "Europe/London");
    assert_eq!(tab.value("#language").await, "en");
    assert_eq!(tab.value("#address_form").await, CALLED);
    assert_eq!(tab.ask("document.querySelector('#consent').checked").await, true, "the tick stays");
    tab.look("onboarding-callee-wrong-number").await;
    // A refused form is answered 422, which the console notes.
    let complaints = tab.complaints().await;
    assert!(complaints.iter().all(|complaint| complaint.contains("status of 422")), "{complaints:#?}");
}
