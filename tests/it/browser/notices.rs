//! Notices in a real browser: turned on and off on the page of one's letters, shown by the worker, and pressed.
//!
//! What answers about permission, runs the worker and shows notices is the browser. Only the push service is not its
//! own, since that one is of the internet: the page is given another ([`PUSH_SERVICE`]), and what the host sent to the
//! emulated one is handed to the worker as the browser hands it on.

use callpanion::services::browser_notices::browsers;
use callpanion::services::web_push_key;
use chromiumoxide::cdp::browser_protocol::browser::PermissionSetting;
use chromiumoxide::cdp::browser_protocol::service_worker::{
    DeliverPushMessageParams, EnableParams, EventWorkerVersionUpdated, RegistrationId, ServiceWorkerVersion,
    ServiceWorkerVersionStatus,
};
use futures::StreamExt as _;
use serde_json::{Value, json};

use super::tab::{PATIENCE, within};
use super::{Chromium, Tab};
use crate::browser_notices::{in_browsers, missed, shown, subscribed};
use crate::testing::{Engine, Household, PASSWORD, TestApp, client, run};

const PAGE: &str = "/notices";
const WORKER: &str = "/notices/worker.js";
const TURN_ON: &str = "form[data-push-key] button";
const TURN_OFF: &str = "form[action$='/browsers/remove'] button";

/// A function of the host's key, the key that was subscribed to before, and the subscription that it gives.
const PUSH_SERVICE: &str = include_str!("push_service.js");
/// The key of somebody else, byte after byte.
const KEY_BEFORE: &str = "4,1,2,3";
/// A browser that has no push service, or cannot reach it.
const NO_PUSH_SERVICE: &str =
    "void (PushManager.prototype.subscribe = async () => { throw new DOMException('none', 'AbortError'); })";
/// A function of the worker and the title of a notice.
const PRESS: &str = include_str!("press.js");
/// What is shown of a push that makes no sense.
const NO_TITLE: &str = "Callpanion";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browser_is_turned_on_is_told_and_is_turned_off() {
    async fn body(app: TestApp) {
        let home = app.phone_household().await;
        let chromium = Chromium::start().await;
        chromium.answer_about_notices(&app, PermissionSetting::Granted).await;
        let (mut tab, subscription) = (chromium.tab(&app).await, subscribed(&app));
        tab.before_each_page(&push_service(&app, &subscription)).await;
        sign_in(&tab, &home).await;
        let worker = active_worker(&tab).await;
        tab.see(TURN_ON, "Turn on in this browser").await;
        tab.look("notices").await;
        assert!(browsers::of(&app.host, home.account).await.unwrap().is_empty());

        // The second time it is the same subscription.
        for _ in 0..2 {
            turn_on(&tab).await;
            let known = browsers::of(&app.host, home.account).await.unwrap();
            assert_eq!((known.len(), known[0].is_gone), (1, false));
        }
        tab.look("notices-turned-on").await;

        missed(&app, &home).await;
        let sent = shown(&app, &subscription);
        assert_eq!(sent.len(), 1, "what is kept is the subscription that the page was given");
        let notice = &sent[0].payload["notification"];
        deliver(&app, &tab, &worker, &sent[0].payload.to_string(), notice["title"].as_str().unwrap()).await;
        assert_eq!(on_screen(&tab, 1).await, std::slice::from_ref(notice));

        tab.follow(TURN_OFF, "Turn off").await;
        tab.see(".flash", "Saved.").await;
        assert!(browsers::of(&app.host, home.account).await.unwrap().is_empty());
        tab.see(TURN_ON, "Turn on in this browser").await;
        tab.end().await;
        chromium.end().await;
    }
    run(Engine::Sqlite, in_browsers, body).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_browser_says_what_to_do_and_that_helps() {
    async fn body(app: TestApp) {
        let home = app.phone_household().await;
        let chromium = Chromium::start().await;
        chromium.answer_about_notices(&app, PermissionSetting::Denied).await;
        let (mut tab, subscription) = (chromium.tab(&app).await, subscribed(&app));
        tab.before_each_page(&push_service(&app, &subscription)).await;
        sign_in(&tab, &home).await;
        tab.see(TURN_ON, "Turn on in this browser").await;
        assert_eq!(said(&tab).await, Vec::<String>::new());

        tab.press(TURN_ON, "").await;
        tab.see("[data-refused]", "Please allow notifications for this page in its settings, and try again.").await;
        assert_eq!(said(&tab).await.len(), 1);
        tab.look("notices-refused").await;

        chromium.answer_about_notices(&app, PermissionSetting::Granted).await;
        tab.ask(NO_PUSH_SERVICE).await;
        tab.press(TURN_ON, "").await;
        tab.see("[data-failed]", "Please try again later, or in another browser.").await;
        assert_eq!(said(&tab).await.len(), 1, "what was said before is said no more");
        assert!(browsers::of(&app.host, home.account).await.unwrap().is_empty());

        tab.ask(&format!("void {}", push_service(&app, &subscription))).await;
        turn_on(&tab).await;
        assert_eq!(browsers::of(&app.host, home.account).await.unwrap().len(), 1);
        tab.end().await;
        chromium.end().await;
        app.settle().await;
    }
    run(Engine::Sqlite, in_browsers, body).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_push_is_shown_once_and_leads_to_a_page_of_this_house() {
    async fn body(app: TestApp) {
        let home = app.phone_household().await;
        let chromium = Chromium::start().await;
        chromium.answer_about_notices(&app, PermissionSetting::Granted).await;
        let tab = chromium.tab(&app).await;
        sign_in(&tab, &home).await;
        let worker = active_worker(&tab).await;
        let (call, first_page) = (format!("{}/calls/1", app.url), format!("{}/", app.url));
        let (ours, others) = (notice("of ours", &call), notice("of others", "https://elsewhere.example/calls/1"));
        let push = |notice: &Value| json!({ "web_push": 8030, "notification": notice }).to_string();
        let others_push = (push(&others), "of others");
        let senseless = ("not JSON".to_owned(), NO_TITLE);
        for (text, title) in [(push(&ours), "of ours"), (push(&ours), "of ours"), others_push, senseless] {
            deliver(&app, &tab, &worker, &text, title).await;
        }
        let mut standing = on_screen(&tab, 3).await;
        standing.sort_by_key(|notice| notice["title"].to_string());
        assert_eq!(standing, [json!({ "title": NO_TITLE, "lang": "", "tag": "" }), others, ours]);

        for (left, title, page) in [(2, "of ours", &call), (1, "of others", &first_page), (0, NO_TITLE, &first_page)] {
            assert_eq!(press(&app, &tab, title).await, json!([page]), "{title}");
            let standing = on_screen(&tab, left).await;
            assert!(standing.iter().all(|notice| notice["title"] != title), "{title} is gone: {standing:?}");
        }
        tab.end().await;
        chromium.end().await;
        app.settle().await;
    }
    run(Engine::Sqlite, in_browsers, body).await;
}

async fn sign_in(tab: &Tab, home: &Household) {
    tab.open(PAGE).await;
    tab.fill("#email", &home.email).await;
    tab.fill("#password", PASSWORD).await;
    tab.follow("main button", "Sign in").await;
    tab.must_show(PAGE, "Your letters").await;
}

/// Waits for the button, presses it, and sees this browser among those that are told.
async fn turn_on(tab: &Tab) {
    tab.see(TURN_ON, "Turn on in this browser").await;
    tab.follow(TURN_ON, "").await;
    tab.must_show(PAGE, "Your letters").await;
    tab.see(".flash", "Saved.").await;
    tab.see("#browsers p", "Turned on: ").await;
    tab.see(TURN_OFF, "Turn off").await;
}

/// What puts the push service into a page: the browser has a subscription to somebody else's key and will get this one.
fn push_service(app: &TestApp, subscription: &str) -> String {
    let key = web_push_key::public_key(&app.host).unwrap();
    format!("{}({}, {}, {subscription})", PUSH_SERVICE.trim_end(), json!(key), json!(KEY_BEFORE))
}

/// What the page says of why it did not turn on.
async fn said(tab: &Tab) -> Vec<String> {
    let seen = "[...document.querySelectorAll('[data-push-key] .error')].filter((one) => one.checkVisibility())";
    let said = tab.ask(&format!("{seen}.map((one) => one.innerText)")).await;
    said.as_array().unwrap().iter().map(|words| words.as_str().unwrap().to_owned()).collect()
}

/// Waits until the worker of notices is active, and gives its registration.
async fn active_worker(tab: &Tab) -> RegistrationId {
    let mut updates = tab.page().event_listener::<EventWorkerVersionUpdated>().await.unwrap();
    tab.page().execute(EnableParams::default()).await.unwrap();
    let is_active = |version: &&ServiceWorkerVersion| {
        version.status == ServiceWorkerVersionStatus::Activated && version.script_url.ends_with(WORKER)
    };
    let active = async {
        loop {
            let update = updates.next().await.unwrap();
            if let Some(version) = update.versions.iter().find(is_active) {
                break version.registration_id.clone();
            }
        }
    };
    within("the worker of notices", active).await
}

/// A notice as it stands in a push.
fn notice(title: &str, navigate: &str) -> Value {
    json!({ "title": title, "lang": "en", "tag": title, "navigate": navigate })
}

/// The browser hands a push to the worker, until a notice of this title is on the screen. While it starts, Chromium tidies
/// up after an earlier run, and now and then takes away what it has just shown.
async fn deliver(app: &TestApp, tab: &Tab, worker: &RegistrationId, push: &str, title: &str) {
    let is_shown = format!(
        "(async () => {{
            const registration = await navigator.serviceWorker.getRegistration('/notices/');
            const late = performance.now() + 2000;
            for (;;) {{
                const all = await registration.getNotifications();
                const is_there = all.some((one) => one.title === {});
                if (is_there || performance.now() > late) return is_there;
                await new Promise(requestAnimationFrame);
            }}
        }})()",
        json!(title)
    );
    let shown = async {
        loop {
            let push = DeliverPushMessageParams::new(app.url.as_str(), worker.clone(), push);
            tab.page().execute(push).await.unwrap();
            if tab.ask(&is_shown).await == json!(true) {
                break;
            }
        }
    };
    within(title, shown).await;
}

/// The notices on the screen, in the words of a push, as soon as there are so many.
async fn on_screen(tab: &Tab, count: usize) -> Vec<Value> {
    let wait = format!(
        "(async () => {{
            const registration = await navigator.serviceWorker.getRegistration('/notices/');
            const late = performance.now() + {};
            let all = await registration.getNotifications();
            while (all.length !== {count} && performance.now() < late) {{
                await new Promise(requestAnimationFrame);
                all = await registration.getNotifications();
            }}
            return all.map(({{ title, lang, tag, data }}) => ({{ title, lang, tag, navigate: data.navigate }}));
        }})()",
        PATIENCE.as_millis()
    );
    let notices = tab.ask(&wait).await.as_array().unwrap().clone();
    assert_eq!(notices.len(), count, "{notices:#?}");
    notices
}

/// Presses a notice. Gives the pages that this opens.
async fn press(app: &TestApp, tab: &Tab, title: &str) -> Value {
    let worker = client().get(format!("{}{WORKER}", app.url)).send().await.unwrap().text().await.unwrap();
    tab.ask(&format!("{}((self) => {{{worker}}}, {})", PRESS.trim_end(), json!(title))).await
}
