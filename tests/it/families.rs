//! Families: the unit of isolation. What is another family's does not exist, at any route.

use std::collections::BTreeSet;

use callpanion::db::members::{self, Member};
use callpanion::domain::Role;
use callpanion::services::schedules::pausing::{self, PauseInput};
use callpanion_emulators::{Behaviour, Line, scripts};
use futures::FutureExt as _;
use regex::Regex;

use crate::testing::{Browser, Household, TestApp, on_both, slot_fields};

/// The routes of the pages, read from the source, so that a new one cannot be forgotten here.
const PAGES: &str = include_str!("../../host/src/web/pages/mod.rs");

/// One thing that can be asked of a family's pages.
pub struct Ask {
    /// As the router has it.
    pub route: &'static str,
    pub post: bool,
    /// With the ids of a household.
    pub path: String,
}

/// Everything that names something of a household.
pub async fn asks(app: &TestApp, home: &Household) -> Vec<Ask> {
    let call = app.calls(home).await[0].id;
    let alert = app.alerts(home).await[0].id;
    let device = app.database.texts("SELECT 'x' AS text FROM devices").await.len();
    assert_eq!(device, 2, "one of each household");
    let devices = callpanion::services::devices::list(&app.host, home.account, home.callee).await.unwrap();
    let device = devices[0].0.id;
    let pause = pausing::list(&app.host, home.account, home.callee).await.unwrap()[0].id;
    let callee = home.callee;
    let get = |route, path: String| Ask { route, post: false, path };
    let post = |route, path: String| Ask { route, post: true, path };
    vec![
        get("/calls/{id}", format!("/calls/{call}")),
        get("/calls/{id}", format!("/calls/{call}?fragment=call")),
        get("/calls/{id}/audio", format!("/calls/{call}/audio")),
        get("/callees/{id}", format!("/callees/{callee}")),
        post("/callees/{id}", format!("/callees/{callee}")),
        post("/callees/{id}/method", format!("/callees/{callee}/method")),
        get("/callees/{id}/schedule", format!("/callees/{callee}/schedule")),
        post("/callees/{id}/schedule", format!("/callees/{callee}/schedule")),
        post("/callees/{id}/skips", format!("/callees/{callee}/skips")),
        post("/callees/{id}/retries", format!("/callees/{callee}/retries")),
        post("/callees/{id}/pauses", format!("/callees/{callee}/pauses")),
        post("/pauses/{id}/end", format!("/pauses/{pause}/end")),
        post("/callees/{id}/call-now", format!("/callees/{callee}/call-now")),
        get("/callees/{id}/devices", format!("/callees/{callee}/devices")),
        get("/callees/{id}/devices", format!("/callees/{callee}/devices?fragment=devices")),
        post("/callees/{id}/pairing-codes", format!("/callees/{callee}/pairing-codes")),
        post("/devices/{id}/confirm", format!("/devices/{device}/confirm")),
        post("/devices/{id}/decline", format!("/devices/{device}/decline")),
        post("/devices/{id}/unpair", format!("/devices/{device}/unpair")),
        post("/alerts/{id}/acknowledge", format!("/alerts/{alert}/acknowledge")),
        post("/people/{id}/{account}/up", format!("/people/{}/{}/up", home.family, home.account)),
        post("/alerts/{id}/close", format!("/alerts/{alert}/close")),
        get("/dashboard", format!("/dashboard?callee={callee}")),
        get("/dashboard/phone", format!("/dashboard/phone?callee={callee}")),
        get("/dashboard/app", format!("/dashboard/app?callee={callee}")),
        get("/insights", format!("/insights?callee={callee}")),
        get("/calls", format!("/calls?callee={callee}")),
    ]
}

/// A form that each of these routes would take.
pub fn form() -> Vec<(&'static str, &'static str)> {
    let mut form = slot_fields(&[(1, "10:00")]);
    form.extend([("name", "Taken Over"), ("address_form", "Taken"), ("language", "en"), ("zone", "Europe/London")]);
    form.extend([("method", "phone"), ("note", "closed by a stranger")]);
    form.extend([("slot", "1"), ("date", "2026-10-20"), ("from", "2026-11-01"), ("until", "")]);
    form
}

/// Two households, the first with a talk, an alert and a device.
pub async fn two(app: &TestApp) -> (Household, Household) {
    let home = app.app_household().await;
    let paired = app.android(&home).await;
    let other = app.app_household().await;
    app.android(&other).await.phone.behave(Behaviour::Decline { after_ms: 2_000 });
    paired.phone.behave(Behaviour::answer(app.say(scripts::worrying(scripts::Language::English))));
    app.outcome(&home, 300).await;
    app.advance(10).await;
    let holiday = PauseInput { from: "2026-12-24".into(), until: "2026-12-26".into(), reason: "With us".into() };
    pausing::pause(&app.host, home.account, home.callee, &holiday).await.unwrap();
    (home, other)
}

/// Everything of a household that a stranger could change.
async fn state(app: &TestApp) -> Vec<String> {
    let mut state = Vec::new();
    for sql in [
        "SELECT name || call_method || zone AS text FROM callees ORDER BY id",
        "SELECT local_time || enabled AS text FROM slots ORDER BY id",
        "SELECT d.state AS text FROM devices d ORDER BY id",
        "SELECT a.state || coalesce(a.note, '') AS text FROM alerts a ORDER BY id",
        "SELECT c.state AS text FROM calls c ORDER BY id",
        "SELECT CAST(count(*) AS TEXT) AS text FROM pairings",
        "SELECT from_date || coalesce(CAST(ended_at AS TEXT), '') AS text FROM pauses ORDER BY id",
        "SELECT local_date AS text FROM skips",
    ] {
        state.extend(app.database.texts(sql).await);
    }
    state
}

on_both! {
    async fn whatever_is_another_familys_does_not_exist(app: TestApp) {
        let (home, other) = two(&app).await;
        let stranger = app.signed_in(&other).await;
        let before = state(&app).await;
        for ask in asks(&app, &home).await {
            let page = if ask.post { stranger.post(&ask.path, &form()).await } else { stranger.get(&ask.path).await };
            let shown = page.says("Margaret") || page.html.contains("Maggie") || page.html.contains(&home.number);
            let empty_list = ask.route == "/calls" && page.status == 200;
            assert!(page.status == 404 || empty_list, "{}: {}\n{}", ask.path, page.status, page.text());
            assert!(
                !shown || (empty_list && ask.path.contains("callee=")),
                "{} shows something:\n{}",
                ask.path,
                page.text()
            );
        }
        assert_eq!(state(&app).await, before, "nothing was changed");
    }

    async fn whoever_is_not_signed_in_is_asked_to(app: TestApp) {
        let (home, _) = two(&app).await;
        let nobody = app.browser();
        let before = state(&app).await;
        for ask in asks(&app, &home).await {
            let page = if ask.post { nobody.post(&ask.path, &form()).await } else { nobody.get(&ask.path).await };
            assert!(page.path.starts_with("/sign-in"), "{}: {} {}", ask.path, page.status, page.path);
        }
        for path in
            ["/dashboard", "/monitor", "/calls", "/insights", "/alerts", "/people", "/notices", "/staff", "/onboarding"]
        {
            let page = nobody.get(path).await;
            assert!(page.path.starts_with("/sign-in"), "{path}: {} {}", page.status, page.path);
        }
        assert_eq!(nobody.get("/events").await.status, 401);
        assert_eq!(state(&app).await, before, "nothing was changed");
    }

    async fn every_route_that_names_something_is_tried(app: TestApp) {
        let (home, _) = two(&app).await;
        let tried: BTreeSet<&str> = asks(&app, &home).await.iter().map(|ask| ask.route).collect();
        let named = Regex::new(r#"\.route\("(/[^"]*\{id\}[^"]*)""#).unwrap();
        let mut routes: BTreeSet<&str> =
            named.captures_iter(PAGES).map(|found| found.get(1).unwrap().as_str()).collect();
        // What the staff closes is no family's: `troubles` tries who may.
        routes.retain(|route| !route.starts_with("/staff/"));
        assert!(routes.len() > 8, "the routes were found: {routes:?}");
        let forgotten: Vec<_> = routes.difference(&tried).collect();
        assert!(forgotten.is_empty(), "add these to `asks`: {forgotten:?}");
    }

    async fn id_that_is_none_is_not_found(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Busy);
        let browser = app.signed_in(&home).await;
        for path in ["/calls/1", "/callees/x", "/callees/x/schedule", "/dashboard?callee=x", "/insights?callee=1%27--"]
        {
            assert_eq!(browser.get(path).await.status, 404, "{path}");
        }
    }

    async fn viewer_sees_and_changes_nothing(app: TestApp) {
        let (home, other) = two(&app).await;
        let viewer = member(&app, &home, &other, Role::Viewer).await;
        let before = state(&app).await;
        for ask in asks(&app, &home).await {
            if ask.post {
                let page = viewer.post(&ask.path, &form()).await;
                assert_eq!(page.status, 403, "{}: {}", ask.path, page.text());
            } else {
                let page = viewer.get(&ask.path).await;
                // The operator allows nobody to hear recordings: `records` tries who may.
                let wanted = if ask.route == "/calls/{id}/audio" { 404 } else { 200 };
                assert_eq!(page.status, wanted, "{}: {}", ask.path, page.text());
            }
        }
        assert_eq!(state(&app).await, before, "nothing was changed");
    }

    async fn member_may_not_change_the_call_method(app: TestApp) {
        let (home, other) = two(&app).await;
        let member = member(&app, &home, &other, Role::Member).await;
        let page = member.post(&format!("/callees/{}/method", home.callee), &[("method", "app")]).await;
        assert_eq!(page.status, 403, "{}", page.text());
        let page = member.post(&format!("/callees/{}/schedule", home.callee), &slot_fields(&[(1, "10:00")])).await;
        assert_eq!(page.status, 200, "{}", page.text());
    }

    async fn family_is_no_staff(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Busy);
        let page = app.signed_in(&home).await.get("/staff").await;
        assert!(matches!(page.status, 403 | 404), "{}", page.text());
    }
}

/// Makes the other household's account a member of the first, and gives its browser.
async fn member(app: &TestApp, home: &Household, other: &Household, role: Role) -> Browser {
    let row = Member { family_id: home.family, account_id: other.account, role, joined_at: app.now() };
    let write = app.host.db.write(move |c| async move { members::insert(c, &row).await }.boxed());
    assert!(write.await.unwrap());
    app.signed_in(other).await
}
