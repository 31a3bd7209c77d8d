//! What becomes of a call in the app: answered, ignored, declined, never connected, picked up elsewhere.

use callpanion::domain::{AlertKind, CallMethod, CallReason, CallState};
use callpanion::services::deadlines;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, phone};
use serde_json::json;

use crate::testing::{TestApp, on_both};

on_both! {
    async fn android_call_becomes_a_summary_and_a_letter(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, None));
        app.advance(10).await;
        assert!(app.is_summarised(call.id).await);
        assert_eq!(app.letters(&home).len(), 1);
        let rings = paired.phone.rings();
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].at_ms, call.due_at.millis(), "on the second");
        assert_eq!(call.device_id, Some(paired.device));
    }

    async fn iphone_call_becomes_a_summary_and_a_letter(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        paired.phone.behave(Behaviour::answer(app.say(scripts::ordinary(Language::English))));

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, None));
        app.advance(10).await;
        assert!(app.is_summarised(call.id).await);
        assert_eq!((paired.phone.rings().len(), app.letters(&home).len()), (1, 1));
    }

    async fn conversation_whose_id_only_its_token_tells_is_known_to_its_webhook(app: TestApp) {
        app.world.eleven.switch(|vendor| vendor.legacy_token = true);
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        paired.phone.behave(Behaviour::answer(app.say(scripts::ordinary(Language::English))));

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, None));
        app.advance(10).await;
        assert!(app.is_summarised(call.id).await);
        assert!(app.parked().await.is_empty());
    }

    async fn ignored_ring_is_tried_once_more_and_then_missed(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::Ignore);

        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Missed, Some(CallReason::NoAnswer), 2));
        let rings = paired.phone.rings();
        // The app rings once for a session: the second try must come under a name that it does not know.
        assert_eq!(rings.len(), 2, "{rings:#?}");
        let apart_s = (rings[1].at_ms - rings[0].at_ms) / 1000;
        assert!((600..700).contains(&apart_s), "{apart_s} s apart");
        assert_eq!(app.letters(&home).len(), 1);
        assert_eq!(app.alert_kinds(&home).await, [AlertKind::Missed]);
    }

    async fn second_try_that_is_answered_is_a_talk(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        paired.phone.behave_in_turn(vec![Behaviour::Ignore, Behaviour::answer(scripts::ordinary(Language::English))]);

        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 2));
        assert_eq!(app.alert_kinds(&home).await, []);
    }

    async fn declined_ring_is_an_outcome_of_its_own(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::Decline { after_ms: 4_000 });

        let call = app.outcome(&home, 120).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Declined, Some(CallReason::Declined), 1));
        app.advance(700).await;
        assert_eq!(paired.phone.rings().len(), 1, "who declined is not rung again");
    }

    async fn phone_that_says_nothing_is_missed_by_the_hosts_own_clock(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.go_offline();

        app.advance(62).await;
        assert_eq!(app.call(&home).await.state, CallState::Ringing);
        app.advance(52).await;
        let call = app.call(&home).await;
        assert_eq!((call.state, call.tries), (CallState::Queued, 2), "the window is over: another try is planned");
        paired.phone.go_online();
        app.advance(5).await;
        assert!(paired.phone.rings().is_empty(), "nothing rings after its window");
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 2));
    }

    async fn answer_after_the_window_is_gone(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        app.advance(61).await;
        app.advance_without_ticks(52).await;
        let answer = format!("/api/device/v1/calls/{}/answer", paired.phone.rings()[0].session_id);
        let (status, body) = app.device_post(&paired.phone, &answer, json!({})).await;
        assert_eq!(status, 410, "{body}");
        app.outcome(&home, 900).await;
    }

    async fn answer_that_races_the_end_of_the_window_has_one_result(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        paired.phone.go_offline();
        app.advance(61).await;
        // To the first second at which the deadline's tick ends it, while an answer is on its way.
        let ring = app.attempts(app.call(&home).await.id).await[0].id;
        app.advance_without_ticks(49).await;
        let answer = format!("/api/device/v1/calls/{ring}/answer");
        let (answered, ended) =
            tokio::join!(app.device_post(&paired.phone, &answer, json!({})), deadlines::tick(&app.host));
        ended.unwrap();
        let state = app.call(&home).await.state;
        assert_eq!(answered.0 == 200, state == CallState::Answered, "{} {state}", answered.0);
        let end = format!("/api/device/v1/calls/{ring}/end");
        app.device_post(&paired.phone, &end, json!({ "duration_s": 0 })).await;
        paired.phone.go_online();
        app.outcome(&home, 1200).await;
    }

    async fn callee_without_a_device_is_told_to_the_family_and_not_called(app: TestApp) {
        let home = app.app_household().await;
        let call = app.outcome(&home, 120).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::NoDevice)));
        assert_eq!(app.alert_kinds(&home).await, [AlertKind::NoDevice]);
        assert_eq!(app.letters(&home).len(), 1);
    }

    async fn device_that_the_family_has_not_confirmed_does_not_ring(app: TestApp) {
        let home = app.app_household().await;
        let phone = app.world.android("A stranger's phone").unwrap();
        app.claim(&home, &phone).await;
        app.outcome(&home, 120).await;
        assert!(phone.pushes().is_empty());
    }

    async fn talk_that_ends_before_it_began_is_tried_again(app: TestApp) {
        let home = app.household(CallMethod::App, &["09:00"]).await;
        let paired = app.iphone(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        app.advance(62).await;
        let ring = paired.phone.rings()[0].session_id.clone();
        let path = |verb: &str| format!("/api/device/v1/calls/{ring}/{verb}");
        assert_eq!(app.device_post(&paired.phone, &path("rang"), json!({})).await.0, 200);
        // Picked up, but the app dies before it asks for a conversation; only its end arrives.
        let (status, body) = app.device_post(&paired.phone, &path("end"), json!({ "duration_s": 0 })).await;
        assert_eq!((status, &body["state"]), (200, &json!("queued")), "{body}");
        paired.phone.behave(Behaviour::answer(scripts::ordinary(Language::English)));
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 2));
    }
}

impl TestApp {
    /// A request of the device API with a phone's secret; status and body.
    pub async fn device_post(
        &self,
        phone: &phone::Phone,
        path: &str,
        body: serde_json::Value,
    ) -> (u16, serde_json::Value) {
        let secret = phone.device_secret().unwrap();
        self.machine_post(path, Some(&secret), &body).await
    }
}
