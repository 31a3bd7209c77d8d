//! The steps that both paths share: signing up, the family, the callee, the times, the call and its summary.

use callpanion::db::{accounts, callees, families};
use callpanion::domain::{CallMethod, CallState};

use super::{Chromium, Tab};
use crate::testing::{Household, TestApp};

const PASSWORD: &str = "seven-quiet-harbours";
const CALLEE: &str = "Philippa Thornbury";
/// What the family calls her.
pub const CALLED: &str = "Grandma Pippa";

/// From the first page to the first question about the family. Returns the address signed up with.
pub async fn arrive(app: &TestApp, tab: &mut Tab, who: &str) -> String {
    let email = format!("{who}@thornbury.example");
    for secret in [email.as_str(), PASSWORD, CALLEE, CALLED, "Cordelia Thornbury"] {
        app.keep_out_of_the_log(secret);
    }
    tab.open("/").await;
    tab.must_show("/", "A friendly call for your parent").await;
    tab.look("landing").await;

    tab.follow("main a", "Sign up").await;
    tab.must_show("/sign-up", "Sign up").await;
    tab.look("sign-up").await;
    tab.fill("#name", "Cordelia Thornbury").await;
    tab.fill("#email", &email).await;
    tab.fill("#password", PASSWORD).await;
    tab.follow("main button", "Sign up").await;
    tab.see("h1", "Please look into your mail").await;
    tab.look("check-mail").await;

    let token = app.mailed_link(&email, "/confirm/").await;
    tab.open(&format!("/confirm/{token}")).await;
    tab.look("confirm").await;
    tab.follow("main button", "Yes, this is my address").await;
    tab.must_show("/sign-in", "Sign in").await;
    tab.see(".flash", "Your e-mail address is confirmed.").await;
    tab.look("sign-in").await;
    tab.fill("#email", &email).await;
    tab.fill("#password", PASSWORD).await;
    tab.follow("main button", "Sign in").await;
    tab.must_show("/onboarding/family", "Your family").await;
    email
}

/// The family's name and place, and the call method.
pub async fn choose(tab: &mut Tab, method: CallMethod) {
    tab.look("onboarding-family").await;
    tab.fill("#name", "Family Thornbury").await;
    tab.pick("#zone", "Europe/London").await;
    tab.follow("main button", "Continue").await;
    tab.must_show("/onboarding/method", "How should we call?").await;
    tab.look("onboarding-method").await;
    tab.press(&format!("#method-{}", method.as_str()), "").await;
    tab.follow("main button", "Continue").await;
    tab.must_show("/onboarding/callee", "Who should be called?").await;
}

/// Who is called, in which language and where; everything but the number.
pub async fn describe(tab: &mut Tab) {
    tab.fill("#name", CALLEE).await;
    tab.fill("#address_form", CALLED).await;
    tab.pick("#language", "en").await;
    tab.pick("#zone", "Europe/London").await;
    tab.fill("#interests", "Sweet peas and the crossword.").await;
    tab.press("#consent", "").await;
}

/// The first of the proposed times becomes ten past nine.
pub async fn plan(tab: &mut Tab) {
    tab.must_show("/onboarding/schedule", CALLED).await;
    tab.look("onboarding-schedule").await;
    tab.pick("[name=slot1_time]", "09:10").await;
    tab.follow("main button", "Show").await;
    tab.see("main .card time", "09:10").await;
    tab.look("onboarding-schedule-preview").await;
    tab.follow("main button", "Continue").await;
}

/// The household that was entered on the pages.
pub async fn household(app: &TestApp, email: &str, number: &str) -> Household {
    let mut c = app.host.db.read().await.unwrap();
    let account = accounts::find_by_email(&mut c, email).await.unwrap().unwrap().id;
    let family = families::of_account(&mut c, account).await.unwrap().remove(0).0.id;
    let callee = callees::of_family(&mut c, family).await.unwrap().remove(0).id;
    Household { account, email: email.to_owned(), family, callee, number: number.to_owned() }
}

/// Watches the call on the monitor, which moves by itself; beside it one without scripts, which does when asked.
pub async fn watch(app: &TestApp, chromium: &Chromium, tab: &mut Tab, home: &Household) {
    tab.follow(".tabs a", "Live").await;
    tab.must_show("/monitor", "Today, live").await;
    tab.see("main", "Still to come today").await;
    tab.see("main li", "09:10").await;
    assert!(tab.comes_true("document.documentElement.classList.contains('live')").await, "the stream is open");
    tab.look("monitor-ahead").await;
    // A reload would lose it.
    tab.ask("window.neverReloaded = true").await;

    app.until_state(home, CallState::Queued, 700).await;
    tab.see(".steps [aria-current=step]", "Prepared").await;
    let plain = plain_monitor(app, chromium).await;
    app.until_state(home, CallState::Ringing, 330).await;
    tab.see(".steps [aria-current=step]", "Ringing").await;
    tab.look("monitor-ringing").await;
    app.until_state(home, CallState::InProgress, 60).await;
    tab.see(".steps [aria-current=step]", "Talking").await;
    plain.follow(".refresh a", "Refresh").await;
    plain.see(".steps [aria-current=step]", "Talking").await;

    let call = app.outcome(home, 600).await;
    assert_eq!((call.state, call.reason), (CallState::Completed, None));
    tab.see(".live .mark-completed", "talked").await;
    app.advance(10).await;
    assert!(app.is_summarised(call.id).await);
    tab.see("main", "No call is running at the moment.").await;
    tab.look("monitor-over").await;
    assert_eq!(tab.ask("window.neverReloaded").await, true, "the monitor moved without a reload");

    plain.follow(".refresh a", "Refresh").await;
    plain.see(".live .mark-completed", "talked").await;
    plain.end().await;
}

/// The monitor in a tab that runs no scripts.
async fn plain_monitor(app: &TestApp, chromium: &Chromium) -> Tab {
    let mut tab = chromium.tab(app).await;
    tab.without_scripts().await;
    tab.open("/monitor").await;
    tab.must_show("/monitor", "Today, live").await;
    tab.see(".steps [aria-current=step]", "Prepared").await;
    tab.look("monitor-without-scripts").await;
    tab
}

/// From the monitor to the call's page: summary, evidence, transcript. Returns the headline.
pub async fn read(tab: &mut Tab) -> String {
    tab.follow(".live h3 a", CALLED).await;
    tab.must_show("/calls/", CALLED).await;
    tab.look("call").await;
    tab.see("h2", "Summary").await;
    tab.see("h2", "The whole talk").await;
    tab.see(".turn-callee", "porridge").await;
    let headline = tab.text(".part-headline summary span").await;
    assert!(!headline.is_empty());

    // The sentence shows what it rests on; that leads to the moment in the talk.
    let evidence = "details[open] .evidence a";
    let sentence =
        tab.ask("document.querySelector('.part:not(.part-headline) details summary').innerText.trim()").await;
    tab.press(".part details summary", sentence.as_str().unwrap()).await;
    tab.see(evidence, "“").await;
    tab.look("call-evidence").await;
    let quoted = tab.ask(&format!("document.querySelector({evidence:?}).innerText.match(/“(.*)”/s)[1]")).await;
    tab.press(evidence, "").await;
    tab.see(".turn:target", quoted.as_str().unwrap()).await;
    let visible = "(() => { const box = document.querySelector('.turn:target').getBoundingClientRect(); \
        return box.top >= 0 && box.bottom <= innerHeight; })()";
    assert_eq!(tab.ask(visible).await, true, "the turn is on the screen");
    let outlined = tab.ask("getComputedStyle(document.querySelector('.turn:target')).outlineStyle").await;
    assert_eq!(outlined, "solid", "and stands out");
    headline
}

/// The dashboard tells of the talk, and so do the lists, in both languages of the pages.
pub async fn come_home(tab: &mut Tab, dashboard: &str, headline: &str) {
    tab.follow(".tabs a", "Home").await;
    tab.must_show(dashboard, CALLED).await;
    tab.see(".last .headline", headline).await;
    tab.look("dashboard").await;
    for (name, heading) in [("Calls", "Calls"), ("Insights", CALLED), ("Alerts", "Alerts")] {
        tab.follow(".tabs a", name).await;
        tab.see("h1", heading).await;
        tab.look(&name.to_lowercase()).await;
    }
    tab.follow("footer button", "Bahasa Indonesia").await;
    tab.follow(".tabs a", "Langsung").await;
    tab.must_show("/monitor", "Hari ini, langsung").await;
    tab.see(".live .mark-completed", "sudah mengobrol").await;
    tab.look("monitor-in-indonesian").await;
}
