//! The log: says what happened by ids, and never who it happened to.
//!
//! Every test searches its own log at its end ([`crate::testing::TestApp::finish`]); here
//! it is made to be full, and the search itself is tried.

use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Fault, Line, fcm};
use serde_json::json;

use crate::testing::{PASSWORD, log, on_both};

on_both! {
    async fn what_goes_wrong_is_logged_without_the_people(app: TestApp) {
        let from = log::captured().text().len();
        let by_phone = app.phone_household().await;
        let by_app = app.app_household().await;
        let paired = app.android(&by_app).await;
        let browser = app.signed_in(&by_phone).await;
        // Vendors fail in every way that has words in its answer.
        app.world.eleven.fail_next(Op::Submit, Fault::html(502));
        app.world.fcm.faults().next(fcm::Refusal::Unavailable.into());
        app.world.eleven.fail_next(Op::Token, Refusal::UNAVAILABLE);
        app.world.line(&by_phone.number, Line::Answers(app.say(scripts::worrying(Language::Indonesian))));
        paired.phone.behave(Behaviour::answer(app.say(scripts::worrying(Language::English))));
        // People and machines send what cannot be taken.
        app.browser().post("/sign-in", &[("email", &by_phone.email), ("password", "wrong-for-the-log")]).await;
        app.keep_out_of_the_log("wrong-for-the-log");
        app.browser()
            .post("/sign-up", &[("name", "Rosalind Logless"), ("email", "no address"), ("password", PASSWORD)])
            .await;
        app.keep_out_of_the_log("Rosalind Logless");
        browser.post("/onboarding/callee", &[("name", "Margaret Logless"), ("phone", "+44 20 7946 9999 9")]).await;
        app.keep_out_of_the_log("Margaret Logless");
        app.post_webhook("/webhooks/elevenlabs", r#"{"said":"something nobody may read"}"#, Some("t=1,v0=00")).await;
        app.post_signed(r#"{"said":"something nobody may read"}"#, 0).await;
        app.keep_out_of_the_log("something nobody may read");
        app.machine_post("/functions/v1/pair-claim", None, &json!({ "user_id": "u", "pairing_code": "918273" })).await;
        app.keep_out_of_the_log("918273");
        app.machine_get("/api/device/v1/me", Some("a-secret-that-is-wrong")).await;
        app.keep_out_of_the_log("a-secret-that-is-wrong");
        browser.get("/calls?callee=Margaret%20In%20The%20Query").await;
        app.keep_out_of_the_log("Margaret In The Query");
        app.keep_out_of_the_log("Margaret%20In%20The%20Query");

        app.advance(1_000).await;
        let text = log::captured().text();
        assert!(text.len() > from, "something was logged at all");
    }
}

#[test]
#[should_panic(expected = "the log names something personal")]
fn search_finds_what_must_not_be_there() {
    log::captured();
    tracing::info!(target: "callpanion::it", callee = "Margaret \"Maggie\" Planted", "a careless line");
    log::assert_silent_about(&["Margaret \"Maggie\" Planted".to_owned()], 0);
}
