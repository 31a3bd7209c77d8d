//! Accounts and sessions: who gets in, for how long, and what nobody learns by trying.

use callpanion::services::accounts;

use crate::testing::{PASSWORD, TestApp, on_both};

const DAY_S: i64 = 86_400;

/// The start of the tests, some days later.
fn days_later(app: &TestApp, days: i64) -> String {
    app.now().plus_secs(days * DAY_S).to_string()
}

on_both! {
    async fn session_is_a_cookie_that_no_script_and_no_other_site_gets(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        let fields = [("email", home.email.as_str()), ("password", PASSWORD), ("next", "")];
        let response = crate::testing::client()
            .post(format!("{}/sign-in", app.url))
            .header("sec-fetch-site", "same-origin")
            .form(&fields)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 303);
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
    }

    async fn signing_out_ends_the_session_on_the_server(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        let browser = app.signed_in(&home).await;
        assert_eq!(browser.get("/dashboard").await.status, 200);
        assert_eq!(app.database.count("sessions").await, 1);
        browser.post("/sign-out", &[]).await;
        assert_eq!(app.database.count("sessions").await, 0);
        assert!(browser.get("/dashboard").await.path.starts_with("/sign-in"));
    }

    async fn unused_session_ends_after_two_weeks(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        let browser = app.signed_in(&home).await;
        app.jump_to(&days_later(&app, 13)).await;
        assert!(browser.get("/dashboard").await.path.starts_with("/dashboard"));
        app.jump_to(&days_later(&app, 13)).await;
        assert!(browser.get("/dashboard").await.path.starts_with("/dashboard"), "using it keeps it");
        app.jump_to(&days_later(&app, 15)).await;
        assert!(browser.get("/dashboard").await.path.starts_with("/sign-in"));
    }

    async fn every_session_ends_after_ninety_days(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        let browser = app.signed_in(&home).await;
        for _ in 0..8 {
            app.jump_to(&days_later(&app, 11)).await;
            assert!(browser.get("/dashboard").await.path.starts_with("/dashboard"));
        }
        app.jump_to(&days_later(&app, 3)).await;
        assert!(browser.get("/dashboard").await.path.starts_with("/sign-in"));
    }

    async fn wrong_password_and_unknown_address_get_the_same_answer(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        let wrong = app.browser().post("/sign-in", &[("email", &home.email), ("password", "not-her-password")]).await;
        let unknown =
            app.browser().post("/sign-in", &[("email", "nobody@example.org"), ("password", "not-her-password")]).await;
        assert_eq!((wrong.status, wrong.text()), (unknown.status, unknown.text()));
        wrong.must_say("The address and the password do not fit together.");
        assert_eq!(wrong.value_of("email"), Some(home.email.clone()), "what was typed is kept");
        assert!(!wrong.html.contains("not-her-password"), "but never a password");
    }

    async fn guessing_passwords_is_limited(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        let guess = [("email", home.email.as_str()), ("password", "not-her-password")];
        for _ in 0..10 {
            assert_eq!(app.browser().post("/sign-in", &guess).await.status, 422);
        }
        let right = [("email", home.email.as_str()), ("password", PASSWORD)];
        let page = app.browser().post("/sign-in", &right).await;
        assert_eq!(page.status, 429, "{}", page.text());
        assert!(page.headers["retry-after"].parse::<u32>().unwrap() > 0);
    }

    async fn address_that_is_not_proven_opens_nothing(app: TestApp) {
        let browser = app.browser();
        let form = [("name", "Rosalind"), ("email", "new@achterberg.example"), ("password", PASSWORD)];
        app.keep_out_of_the_log("new@achterberg.example");
        browser.post("/sign-up", &form).await;
        let page = browser.post("/sign-in", &form[1..]).await;
        assert_eq!(page.status, 422, "{}", page.text());
        page.must_say("Your address is not confirmed yet.");
        assert!(!browser.has_cookie("session"));
        app.run_jobs().await;
    }

    async fn signing_up_tells_nobody_whether_an_address_is_known(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        let form =
            |email: &'static str| [("name", "Rosalind"), ("email", email), ("password", "another-good-password")];
        let mut known = form("");
        known[1].1 = &home.email;
        let known = app.browser().post("/sign-up", &known).await;
        let unknown = app.browser().post("/sign-up", &form("fresh@achterberg.example")).await;
        app.keep_out_of_the_log("fresh@achterberg.example");
        let same =
            |text: String| text.replace(&home.email, "[address]").replace("fresh@achterberg.example", "[address]");
        assert_eq!((known.status, same(known.text())), (unknown.status, same(unknown.text())));
        app.run_jobs().await;
        let told = app.mail.to(&home.email);
        assert_eq!(told.len(), 2, "the owner of the address is told by mail");
        assert!(!told[1].text.contains("/confirm/"));
        assert!(app.signed_in(&home).await.has_cookie("session"), "and the password is still the old one");
    }

    async fn confirmation_link_works_once(app: TestApp) {
        let browser = app.browser();
        let email = "once@achterberg.example";
        app.keep_out_of_the_log(email);
        browser.post("/sign-up", &[("name", "Rosalind"), ("email", email), ("password", PASSWORD)]).await;
        let token = app.mailed_link(email, "/confirm/").await;
        let path = format!("/confirm/{token}");
        assert_eq!(browser.post(&path, &[]).await.status, 200);
        assert_eq!(browser.post(&path, &[]).await.status, 410);
        assert_eq!(browser.post("/confirm/never-was", &[]).await.status, 410);
    }

    async fn confirmation_link_ends_after_two_days(app: TestApp) {
        let browser = app.browser();
        let email = "late@achterberg.example";
        app.keep_out_of_the_log(email);
        browser.post("/sign-up", &[("name", "Rosalind"), ("email", email), ("password", PASSWORD)]).await;
        let token = app.mailed_link(email, "/confirm/").await;
        app.jump_to(&days_later(&app, 2)).await;
        assert_eq!(browser.post(&format!("/confirm/{token}"), &[]).await.status, 410);
    }

    async fn new_password_ends_every_session(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        let (one, two) = (app.signed_in(&home).await, app.signed_in(&home).await);
        let page = app.browser().post("/forgot", &[("email", &home.email)]).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let token = app.mailed_link(&home.email, "/reset/").await;
        let path = format!("/reset/{token}");
        app.keep_out_of_the_log("nine-copper-kettles");
        let short = app.browser().post(&path, &[("password", "short")]).await;
        assert_eq!(short.status, 422, "{}", short.text());
        let page = app.browser().post(&path, &[("password", "nine-copper-kettles")]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/sign-in"), "{}", page.text());
        for browser in [one, two] {
            assert!(browser.get("/dashboard").await.path.starts_with("/sign-in"));
        }
        let old = app.browser().post("/sign-in", &[("email", &home.email), ("password", PASSWORD)]).await;
        assert_eq!(old.status, 422);
        assert_eq!(app.browser().post(&path, &[("password", "nine-copper-kettles")]).await.status, 410, "used up");
    }

    async fn form_from_another_site_is_refused(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        let browser = app.signed_in(&home).await;
        for path in ["/sign-out".to_owned(), format!("/callees/{}/call-now", home.callee), "/language".to_owned()] {
            assert_eq!(browser.post_from_elsewhere(&path, &[]).await.status, 403, "{path}");
        }
        assert_eq!(app.database.count("calls").await, 0);
        assert_eq!(app.database.count("sessions").await, 1);
    }

    async fn signing_in_leads_only_to_our_own_pages(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
            let form = [("email", home.email.as_str()), ("password", PASSWORD), ("next", next)];
            let page = app.browser().post("/sign-in", &form).await;
            assert!(page.path.starts_with("/dashboard"), "{next} led to {}", page.path);
        }
        let form = [("email", home.email.as_str()), ("password", PASSWORD), ("next", "/insights")];
        assert_eq!(app.browser().post("/sign-in", &form).await.path, "/insights");
    }

    async fn set_up_link_makes_one_administrator(app: TestApp) {
        let path = callpanion::services::setup::ensure_setup_link(&app.host).await.unwrap().unwrap();
        let form = [("name", "Ada"), ("email", "ada@operator.example"), ("password", "seven-brass-door-handles")];
        let staff = app.browser();
        assert_eq!(staff.get(&path).await.status, 200);
        assert_eq!(staff.post(&path, &form).await.path, "/staff");
        assert_eq!(app.browser().get(&path).await.status, 410);
        let again = [("name", "Eve"), ("email", "eve@operator.example"), ("password", "seven-brass-door-handles")];
        assert_eq!(app.browser().post(&path, &again).await.status, 410);
        assert!(callpanion::services::setup::ensure_setup_link(&app.host).await.unwrap().is_none());
    }

    async fn sign_in_link_works_once(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        let token = accounts::new_sign_in_link(&app.host, home.account).await.unwrap();
        app.keep_out_of_the_log(token.clone());
        let path = format!("/enter/{token}");
        let browser = app.browser();
        assert!(browser.get(&path).await.path.starts_with("/dashboard"));
        assert_eq!(app.browser().get(&path).await.status, 410);
    }
}
