//! The two paths, whole and through the real doors: from signing up on the page to the summary on the page.

use callpanion::domain::{CallMethod, CallState};
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line, Phone};

use crate::testing::{Household, TestApp, on_both, readable, stable};

on_both! {
    async fn by_phone_from_sign_up_to_summary(app: TestApp) {
        let browser = app.browser();
        let email = app.sign_up(&browser).await;
        let home = app.onboard(&browser, &email, CallMethod::Phone, "09:10").await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        let page = browser.get("/dashboard").await;
        assert!(page.status == 200 && page.path.starts_with("/dashboard/phone"), "{}: {}", page.path, page.text());

        walk(&app, &home, &browser, "by_phone").await;
    }

    async fn by_android_from_sign_up_to_summary(app: TestApp) {
        let phone = app.world.android("Margaret's Galaxy").unwrap();
        by_app(&app, phone, "by_android").await;
    }

    async fn by_iphone_from_sign_up_to_summary(app: TestApp) {
        let phone = app.world.iphone("Margaret's iPhone").unwrap();
        by_app(&app, phone, "by_iphone").await;
    }

    async fn in_indonesian_every_page_of_the_path_is(app: TestApp) {
        let browser = app.browser_in("id");
        let email = app.sign_up(&browser).await;
        let home = app.onboard(&browser, &email, CallMethod::Phone, "09:10").await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::worrying(Language::Indonesian))));
        let call = {
            app.advance(660).await;
            app.outcome(&home, 300).await
        };
        let page = browser.get(&format!("/calls/{}", call.id)).await;
        assert!(page.html.contains(r#"<html lang="id">"#));
        as_before("in_indonesian_call", &page.text());
        as_before("in_indonesian_letter", &letter(&app, &home));
        as_before("in_indonesian_alerts", &browser.get("/alerts").await.text());
    }
}

async fn by_app(app: &TestApp, phone: Phone, name: &str) {
    let browser = app.browser();
    let email = app.sign_up(&browser).await;
    let home = app.onboard(&browser, &email, CallMethod::App, "09:10").await;
    app.pair_on_the_page(&browser, &home, &phone).await;
    phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
    let page = browser.get("/dashboard").await;
    assert!(page.status == 200 && page.path.starts_with("/dashboard/app"), "{}: {}", page.path, page.text());

    walk(app, &home, &browser, name).await;
    assert_eq!((phone.pushes().len(), phone.rings().len()), (1, 1));
}

/// From the queue to the summary, looking at the pages on the way.
async fn walk(app: &TestApp, home: &Household, browser: &crate::testing::Browser, name: &str) {
    app.advance(359).await;
    assert!(app.calls(home).await.is_empty(), "six minutes ahead nothing is queued");
    app.advance(2).await;
    assert_eq!(app.call(home).await.state, CallState::Queued);
    as_before(&format!("{name}_dashboard_queued"), &browser.get("/dashboard").await.text());

    app.advance_until(330, || async { app.call(home).await.state == CallState::InProgress }).await;
    as_before(&format!("{name}_monitor_talking"), &browser.get("/monitor").await.text());

    let call = app.outcome(home, 300).await;
    app.advance(10).await;
    assert_eq!((call.state, call.reason.as_deref()), (CallState::Completed, None));
    as_before(&format!("{name}_timeline"), &app.timeline(&call).await.join("\n"));
    as_before(&format!("{name}_call"), &browser.get(&format!("/calls/{}", call.id)).await.text());
    as_before(&format!("{name}_dashboard"), &browser.get("/dashboard").await.text());
    as_before(&format!("{name}_letter"), &letter(app, home));
    for path in ["/calls", "/insights", "/alerts"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
    }
    // What the family reads was never written to the log: `finish` looks.
}

fn letter(app: &TestApp, home: &Household) -> String {
    let letters = app.mail.to(&home.email);
    let letters: Vec<_> = letters.into_iter().filter(|letter| !letter.text.contains("/alerts/ack/")).collect();
    assert_eq!(letters.len(), 2, "the confirmation and one about the call");
    let letter = letters.last().unwrap();
    assert!(!readable(&letter.html).is_empty());
    stable(&format!("Subject: {}\n\n{}", letter.subject, letter.text))
}

/// The same text as when somebody last looked at it and found it good.
fn as_before(name: &str, text: &str) {
    insta::assert_snapshot!(name, text);
}
