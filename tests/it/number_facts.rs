//! What is behind a number that somebody gives: told where it was typed, and never in the way when nobody can say.

use callpanion::services::texting::numbers;
use callpanion_emulators::Fault;
use callpanion_emulators::twilio::refusal;

use crate::testing::{Settings, TestApp, on_both};

fn texting(settings: &mut Settings) {
    settings.insert("CALLPANION__PLUGINS__TWILIO__ENABLED".to_owned(), "true".to_owned());
}

/// A number that no other test uses.
fn number(app: &TestApp, place: usize) -> String {
    let number = format!("+6281234568{place:03}");
    app.keep_out_of_the_log(number.clone());
    number
}

fn profile(phone: &str) -> [(&str, &str); 7] {
    [
        ("name", "Margaret Achterberg"),
        ("address_form", "Grandma Maggie"),
        ("country", "GB"),
        ("phone", phone),
        ("language", "en"),
        ("zone", "Europe/London"),
        ("interests", ""),
    ]
}

/// The number of the one callee.
async fn stored(app: &TestApp) -> Vec<String> {
    app.database.texts("SELECT phone AS text FROM callees").await
}

on_both! {
    with: texting;

    async fn landline_is_told_where_it_was_typed_and_gets_no_code(app: TestApp) {
        let home = app.app_household().await;
        let (landline, nobodys, mobile) = (number(&app, 1), number(&app, 2), number(&app, 3));
        app.world.twilio.line_type(&landline, "landline");
        app.world.twilio.line_type(&nobodys, "invalid");
        let browser = app.signed_in(&home).await;
        for (typed, words) in [
            (&landline, "No text message arrives at this number: it is a landline"),
            (&nobodys, "The telephone network does not know this number."),
        ] {
            let page = browser.post("/notices/number", &[("phone", typed.as_str())]).await;
            assert_eq!(page.status, 422);
            page.must_say(words);
        }
        assert_eq!((app.world.twilio.sent().len(), app.database.count("notice_numbers").await), (0, 0));
        let page = browser.post("/notices/number", &[("phone", mobile.as_str())]).await;
        page.must_say("We have sent a code of six digits");
        app.advance(3).await;
        assert_eq!(app.world.twilio.sent().len(), 1);
        // A second code for the same number asks nobody.
        numbers::ask(&app.host, home.account, &mobile).await.unwrap();
        app.advance(3).await;
        assert_eq!(app.world.twilio.looked_up(), [landline, nobodys, mobile]);
    }

    async fn callees_number_is_looked_up_when_it_is_new(app: TestApp) {
        let home = app.phone_household().await;
        let (nobodys, landline) = (number(&app, 4), number(&app, 5));
        app.world.twilio.line_type(&nobodys, "invalid");
        app.world.twilio.line_type(&landline, "landline");
        assert_eq!(app.world.twilio.looked_up(), [home.number.as_str()]);
        let browser = app.signed_in(&home).await;
        let path = format!("/callees/{}", home.callee);
        let page = browser.post(&path, &profile(&nobodys)).await;
        assert_eq!(page.status, 422);
        page.must_say("The telephone network does not know this number.");
        assert_eq!(stored(&app).await, [home.number.as_str()]);
        // It rings, and that is what it is for.
        browser.post(&path, &profile(&landline)).await.must_say("Saved.");
        assert_eq!(stored(&app).await, [landline.as_str()]);
        browser.post(&path, &profile(&landline)).await.must_say("Saved.");
        assert_eq!(app.world.twilio.looked_up(), [home.number.clone(), nobodys, landline]);
    }

    async fn look_up_that_fails_lets_the_number_pass(app: TestApp) {
        let staff = app.staff().await;
        let home = app.app_household().await;
        let faults = [refusal(401, 20_003, "Authenticate"), Fault::garbage(200), Fault::html(503)];
        for (place, fault) in (6..).zip(faults) {
            let number = number(&app, place);
            app.world.twilio.faults().next(fault);
            numbers::ask(&app.host, home.account, &number).await.unwrap();
            app.advance(60).await;
            assert!(app.world.twilio.sent().iter().any(|sent| sent.to == number), "try {place}");
        }
        assert!(app.world.twilio.looked_up().is_empty());
        let page = staff.get("/staff").await;
        page.must_say("twilio does not say what is behind a phone number");
        page.must_say("Twilio does not accept credential");
    }
}
