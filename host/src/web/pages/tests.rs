//! The pages as a browser sees them: a database, a theme and the real routes.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::response::Response;
use axum::{Router, middleware};
use futures::FutureExt;
use http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::app::{App, testing};
use crate::db::accounts as stored_accounts;
use crate::domain::{LinkPurpose, Locale, StaffRole};
use crate::services::{accounts, setup};
use crate::web::origin;

const PASSWORD: &str = "correct horse";

struct Browser {
    routes: Router,
    app: App,
    cookies: BTreeMap<String, String>,
    _folder: tempfile::TempDir,
}

impl Browser {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = testing::app(folder.path(), "2026-11-21T02:30:00Z").await;
        let routes =
            super::routes().layer(middleware::from_fn_with_state(app.clone(), origin::check)).with_state(app.clone());
        Self { routes, app, cookies: BTreeMap::new(), _folder: folder }
    }

    /// A browser in which the first staff account is signed in.
    async fn signed_in() -> Self {
        let mut browser = Self::open().await;
        let path = setup::ensure_setup_link(&browser.app).await.unwrap().unwrap();
        let form = format!("name=Dewi&email=dewi@family.example&password={}", PASSWORD.replace(' ', "+"));
        assert_eq!(browser.post(&path, &form).await, (303, "/staff".into()));
        browser
    }

    async fn send(&mut self, request: http::request::Builder, body: String) -> Response {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, cookies.join("; ")).body(Body::from(body)).unwrap();
        let response = self.routes.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.into(), value.into());
        }
        response
    }

    async fn get(&mut self, path: &str) -> (u16, String) {
        let response = self.send(Request::get(path), String::new()).await;
        let (status, there) = (response.status(), location(&response));
        if status == StatusCode::SEE_OTHER {
            return (303, there);
        }
        (status.as_u16(), text(response).await)
    }

    async fn post(&mut self, path: &str, form: &str) -> (u16, String) {
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let response = self.send(request, form.to_owned()).await;
        let (status, there) = (response.status(), location(&response));
        if status == StatusCode::SEE_OTHER { (303, there) } else { (status.as_u16(), text(response).await) }
    }

    /// Opens a page that must be there.
    async fn see(&mut self, path: &str) -> String {
        let (status, page) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {page}");
        page
    }

    /// Goes through onboarding up to the dashboard, by phone or app, and gives the callee's id.
    async fn onboard(&mut self, method: &str) -> String {
        let go = |path: &str| (303, path.to_owned());
        assert_eq!(self.get("/onboarding").await, go("/onboarding/family"));
        self.see("/onboarding/family").await;
        let family = "name=The+Lestari+family&zone=Europe%2FAmsterdam";
        assert_eq!(self.post("/onboarding/family", family).await, go("/onboarding/method"));
        self.see("/onboarding/method").await;
        assert_eq!(self.post("/onboarding/method", &format!("method={method}")).await, go("/onboarding/callee"));
        self.see("/onboarding/callee").await;
        let callee = "name=Sari&address_form=Ibu+Sari&country=ID&phone=0812-3456-7890&language=id&zone=Asia%2FJakarta\
                      &interests=orchids";
        let (status, page) = self.post("/onboarding/callee", callee).await;
        assert!(status == 422 && page.contains("orchids"), "without consent nothing is kept: {page}");
        let agreed = format!("{callee}&consent=yes");
        assert_eq!(self.post("/onboarding/callee", &agreed).await, go("/onboarding/schedule"));
        self.see("/onboarding/schedule").await;
        let (status, page) = self.post("/onboarding/schedule", &format!("intent=preview&{SLOTS}")).await;
        assert_eq!(status, 200, "{page}");
        assert_eq!(self.post("/onboarding/schedule", &format!("intent=save&{SLOTS}")).await, go("/onboarding"));
        let next = if method == "app" { "/onboarding/pairing" } else { "/onboarding/ready" };
        assert_eq!(self.get("/onboarding").await, go(next));
        self.see(next).await;
        self.see("/onboarding/ready").await;
        let (status, dashboard) = self.get("/dashboard").await;
        assert_eq!(status, 303);
        let (page, id) = dashboard.split_once("?callee=").unwrap();
        assert_eq!(page, format!("/dashboard/{method}"));
        self.see(&dashboard).await;
        id.to_owned()
    }
}

const SLOTS: &str = "slot1_on=yes&slot1_time=09%3A00&slot1_day1=yes&slot1_day6=yes&slot2_time=14%3A00&slot3_time=";

fn location(response: &Response) -> String {
    response.headers().get(header::LOCATION).map(|there| there.to_str().unwrap().to_owned()).unwrap_or_default()
}

async fn text(response: Response) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn onboarding_by_app_leads_to_every_page_of_the_family() {
    let mut browser = Browser::signed_in().await;
    let id = browser.onboard("app").await;
    let pages =
        ["/monitor", "/calls", "/calls?outcome=missed&page=2", "/insights", "/insights?span=3m", "/alerts", "/staff"];
    for path in pages
        .iter()
        .map(ToString::to_string)
        .chain(["", "/schedule", "/devices"].map(|end| format!("/callees/{id}{end}")))
    {
        browser.see(&path).await;
    }
    for fragment in [
        format!("/dashboard/app?callee={id}&fragment=overview"),
        format!("/callees/{id}/devices?fragment=devices"),
        "/monitor?fragment=today".into(),
    ] {
        assert!(!browser.see(&fragment).await.contains("<html"), "{fragment}");
    }
    assert_eq!(browser.get("/monitor?fragment=nothing").await.0, 404);
    let (status, there) = browser.post(&format!("/callees/{id}/pairing-codes"), "").await;
    assert_eq!((status, there.as_str()), (303, format!("/callees/{id}/devices").as_str()));
    assert!(browser.see(&there).await.contains("digits"));
}

#[tokio::test]
async fn forms_that_are_refused_keep_what_was_typed() {
    let mut browser = Browser::signed_in().await;
    let id = browser.onboard("phone").await;
    let schedule = format!("/callees/{id}/schedule");
    let (status, page) = browser.post(&schedule, "intent=save&slot1_on=yes&slot1_time=08%3A15").await;
    assert!(status == 422 && page.contains("08:15"), "a slot that is on needs a day: {page}");
    assert_eq!(browser.post(&schedule, &format!("intent=save&{SLOTS}")).await, (303, schedule.clone()));
    let (status, page) =
        browser.post(&format!("/callees/{id}"), "intent=profile&name=&zone=Asia%2FJakarta&interests=batik").await;
    assert!(status == 422 && page.contains("batik"), "{page}");
    assert_eq!(browser.post(&format!("/callees/{id}"), "intent=method&method=app").await.0, 303);
    assert!(browser.get("/dashboard/phone").await.1.starts_with("/dashboard"));
    let there = browser.get(&format!("/dashboard/phone?callee={id}")).await;
    assert_eq!(there, (303, format!("/dashboard/app?callee={id}")));
    assert_eq!(browser.post(&format!("/callees/{id}/call-now"), "").await.1, format!("/dashboard/app?callee={id}"));
    assert!(browser.see(&format!("/dashboard/app?callee={id}")).await.contains("class=\"flash"), "said once");
    assert!(!browser.see(&format!("/dashboard/app?callee={id}")).await.contains("class=\"flash"), "and not again");
}

#[tokio::test]
async fn a_call_now_is_a_call_with_a_page() {
    let mut browser = Browser::signed_in().await;
    let id = browser.onboard("phone").await;
    browser.post(&format!("/callees/{id}/call-now"), "").await;
    let list = browser.see("/calls").await;
    let call = list.split("href=\"/calls/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    browser.see(&format!("/calls/{call}")).await;
    browser.see(&format!("/calls/{call}?fragment=call")).await;
    browser.see("/alerts").await;
    let alerts = browser.see(&format!("/dashboard/phone?callee={id}")).await;
    let alert = alerts.split("/alerts/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    for act in ["acknowledge", "close"] {
        assert_eq!(browser.post(&format!("/alerts/{alert}/{act}"), "").await, (303, "/alerts".into()));
    }
    browser.see("/alerts").await;
}

#[tokio::test]
async fn another_familys_rows_do_not_exist() {
    let mut browser = Browser::signed_in().await;
    let id = browser.onboard("app").await;
    browser.cookies.clear();
    assert_eq!(browser.get(&format!("/callees/{id}")).await, (303, format!("/sign-in?next=%2Fcallees%2F{id}")));
    assert_eq!(browser.post(&format!("/callees/{id}/call-now"), "").await, (303, "/sign-in".into()));

    let form = "name=Budi&email=budi@other.example&password=correct+horse";
    let signed_up = browser.post("/sign-up", form).await;
    // Without a way for mail nobody can sign up here, and that is said.
    assert!([303, 503].contains(&signed_up.0), "{}", signed_up.1);
    stranger(&mut browser).await;
    for path in
        [format!("/callees/{id}"), format!("/callees/{id}/devices"), format!("/insights?callee={id}"), "/staff".into()]
    {
        assert_eq!(browser.get(&path).await.0, 404, "{path}");
    }
    for path in ["method", "schedule", "call-now", "pairing-codes"] {
        assert_eq!(browser.post(&format!("/callees/{id}/{path}"), SLOTS).await.0, 404, "{path}");
    }
}

/// Signs someone in who has no family and no role.
async fn stranger(browser: &mut Browser) {
    let account = stored_accounts::Account {
        id: crate::domain::AccountId::new(),
        email: "stranger@other.example".into(),
        name: "Budi".into(),
        password_hash: String::new(),
        locale: Locale::Id,
        zone: "UTC".into(),
        staff_role: None::<StaffRole>,
        confirmed_at: Some(browser.app.clock.now()),
        created_at: browser.app.clock.now(),
    };
    let id = account.id;
    browser.app.db.write(move |c| async move { stored_accounts::insert(c, &account).await }.boxed()).await.unwrap();
    let link = accounts::new_sign_in_link(&browser.app, id).await.unwrap();
    assert_eq!(browser.get(&format!("/enter/{link}")).await, (303, "/dashboard".into()));
    assert_eq!(browser.get(&format!("/enter/{link}")).await.0, 410, "{} links work once", LinkPurpose::SignIn);
}

#[tokio::test]
async fn pages_before_the_house_are_open_to_everyone() {
    let mut browser = Browser::open().await;
    for path in ["/", "/sign-in", "/forgot", "/confirm/abc", "/reset/abc"] {
        browser.see(path).await;
    }
    assert_eq!(browser.post("/confirm/abc", "").await.0, 410);
    assert_eq!(browser.post("/reset/abc", "password=correct+horse").await.0, 410);
    assert_eq!(browser.get("/setup/abc").await.0, 410);
    assert_eq!(browser.get("/no/such/page").await.0, 404);
    assert_eq!(browser.get("/sign-out").await.0, 405);
    let (status, page) = browser.post("/sign-in", "email=a@b.example&password=wrong&next=%2Fcalls").await;
    assert!(status == 422 && page.contains("/calls") && page.contains("a@b.example"), "{page}");
    assert_eq!(browser.post("/language", "locale=id&next=%2Fsign-in").await, (303, "/sign-in".into()));
    assert!(browser.see("/sign-in").await.contains("lang=\"id\""));
    assert_eq!(browser.post("/language", "locale=en&next=%2F%2Fevil.example").await, (303, "/".into()));
}
