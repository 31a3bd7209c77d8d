//! The existing phone app's calls: what it sends, it may send at any time, twice, and without half of it.

use callpanion::domain::CallState;
use callpanion_emulators::Behaviour;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};
use serde_json::{Value, json};

use crate::testing::{Paired, TestApp, on_both};

const ALL: [&str; 6] = [
    "pair-claim",
    "register-fcm-token",
    "update-device-call-status",
    "updateCallStatus",
    "check-scheduled-calls",
    "elevenlabs-device-call",
];

impl TestApp {
    async fn function(&self, name: &str, body: &Value) -> (u16, Value) {
        self.machine_post(&format!("/functions/v1/{name}"), None, body).await
    }
}

/// A household whose phone rings right now, and the name of the ring.
async fn ringing(app: &TestApp) -> (crate::testing::Household, Paired, String) {
    let home = app.app_household().await;
    let paired = app.android(&home).await;
    paired.phone.behave(Behaviour::Ignore);
    app.advance(61).await;
    let ring = paired.phone.rings()[0].session_id.clone();
    (home, paired, ring)
}

fn report(paired: &Paired, ring: &str, status: &str, action: &str, duration: Option<u32>) -> Value {
    json!({
        "sessionId": ring, "status": status, "action": action, "callUuid": "5b1a3a7c-2a8c-4a0e-8a55-0d8ad3a6f0c1",
        "duration": duration, "pairingToken": paired.phone.device_secret(), "deviceToken": paired.phone.push_address(),
    })
}

on_both! {
    async fn unknown_pairing_token_is_unauthorised_in_the_apps_own_shape(app: TestApp) {
        let ring = uuid::Uuid::now_v7();
        for (name, body) in [
            ("register-fcm-token", json!({ "token": "t", "pairingToken": "unknown", "platform": "android" })),
            ("update-device-call-status", json!({ "sessionId": ring, "action": "accept", "pairingToken": "unknown" })),
            ("check-scheduled-calls", json!({ "deviceToken": "t", "pairingToken": "unknown" })),
            ("check-scheduled-calls", json!({ "deviceToken": "t" })),
            ("elevenlabs-device-call", json!({ "action": "start", "sessionId": ring, "pairingToken": "unknown" })),
        ] {
            let (status, answer) = app.function(name, &body).await;
            assert_eq!((status, &answer["success"]), (401, &json!(false)), "{name}: {answer}");
            assert!(answer["error"].as_str().is_some_and(|error| !error.is_empty()), "{name}: {answer}");
        }
    }

    async fn what_is_no_json_is_answered_with_json(app: TestApp) {
        for name in ALL {
            let url = format!("{}/functions/v1/{name}", app.url);
            let response = crate::testing::client().post(url).body("no json").send().await.unwrap();
            assert_eq!(response.status(), 400, "{name}");
            let answer: Value = response.json().await.unwrap();
            assert!(answer["error"].is_string(), "{name}: {answer}");
        }
    }

    async fn unknown_action_is_a_bad_request(app: TestApp) {
        let (_, paired, ring) = ringing(&app).await;
        let token = paired.phone.device_secret();
        let (status, answer) = app
            .function("elevenlabs-device-call", &json!({ "action": "dance", "sessionId": ring, "pairingToken": token }))
            .await;
        assert_eq!(status, 400, "{answer}");
        let (status, answer) =
            app.function("update-device-call-status", &report(&paired, &ring, "odd", "odd", None)).await;
        assert_eq!(status, 400, "{answer}");
        app.advance(900).await;
    }

    async fn registering_takes_an_empty_voip_token_and_whatever_names_the_app_claims(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        let body = json!({
            "userId": uuid::Uuid::now_v7(), "token": paired.phone.push_address(), "platform": "android",
            "voipToken": "", "pairingToken": paired.phone.device_secret(), "relativeId": "another", "householdId": "another",
        });
        let (status, answer) = app.function("register-fcm-token", &body).await;
        assert_eq!((status, &answer["success"]), (200, &json!(true)), "{answer}");
        assert_eq!(app.database.count("push_addresses").await, 1);
        app.outcome(&home, 300).await;
        assert_eq!(paired.phone.rings().len(), 1);
    }

    async fn start_may_be_posted_twelve_times_and_is_one_answer(app: TestApp) {
        let (home, paired, ring) = ringing(&app).await;
        let body = json!({
            "action": "start", "sessionId": ring, "pairingToken": paired.phone.device_secret(),
            "deviceToken": paired.phone.push_address(),
        });
        for post in 0..12 {
            let (status, answer) = app.function("elevenlabs-device-call", &body).await;
            assert_eq!((status, &answer["success"]), (200, &json!(true)), "post {post}: {answer}");
            assert!(answer["conversationToken"].is_string() && answer["callLogId"].is_string(), "{answer}");
        }
        let call = app.call(&home).await;
        assert_eq!(call.state, CallState::Answered);
        let answered = app.timeline(&call).await.iter().filter(|line| line.ends_with("answered")).count();
        assert_eq!(answered, 1);
        let end = report(&paired, &ring, "completed", "end", Some(30));
        assert_eq!(app.function("update-device-call-status", &end).await.0, 200);
        app.settle().await;
    }

    async fn later_end_without_a_length_does_not_erase_it(app: TestApp) {
        let (home, paired, ring) = ringing(&app).await;
        let start = json!({ "action": "start", "sessionId": ring, "pairingToken": paired.phone.device_secret() });
        assert_eq!(app.function("elevenlabs-device-call", &start).await.0, 200);
        let with_length = report(&paired, &ring, "completed", "end", Some(42));
        let without = report(&paired, &ring, "completed", "end", None);
        for name in ["update-device-call-status", "updateCallStatus"] {
            assert_eq!(app.function(name, &with_length).await.0, 200);
            assert_eq!(app.function(name, &without).await.0, 200);
        }
        let call = app.call(&home).await;
        assert_eq!((call.state, call.duration_s), (CallState::Completed, Some(42)));
    }

    async fn update_of_the_conversation_without_a_token_is_taken_and_changes_nothing(app: TestApp) {
        let (home, paired, ring) = ringing(&app).await;
        let body = json!({ "action": "update_conversation_id", "callLogId": ring, "conversationId": "conv_mine" });
        let (status, answer) = app.function("elevenlabs-device-call", &body).await;
        assert_eq!((status, &answer["success"]), (200, &json!(true)), "{answer}");
        assert_eq!(app.call(&home).await.state, CallState::Ringing);
        assert_eq!(app.database.count("conversations").await, 0);
        paired.phone.behave(Behaviour::answer(scripts::ordinary(Language::English)));
        app.outcome(&home, 900).await;
    }

    async fn conversation_id_of_the_phone_is_not_believed(app: TestApp) {
        let (home, paired, ring) = ringing(&app).await;
        let token = paired.phone.device_secret();
        let start = json!({ "action": "start", "sessionId": ring, "pairingToken": token });
        assert_eq!(app.function("elevenlabs-device-call", &start).await.0, 200);
        let update = json!({
            "action": "update_conversation_id", "sessionId": ring, "callLogId": ring,
            "conversationId": "conv_of_somebody_else", "pairingToken": token,
        });
        assert_eq!(app.function("elevenlabs-device-call", &update).await.0, 200);
        assert_eq!(app.call(&home).await.state, CallState::InProgress);
        let known = app.database.texts("SELECT provider_ref AS text FROM conversations").await;
        assert_eq!(known, app.world.eleven.conversation_ids());
        assert_eq!(
            app.function("update-device-call-status", &report(&paired, &ring, "completed", "end", Some(9))).await.0,
            200
        );
        app.settle().await;
    }

    async fn missed_push_is_listed_only_while_it_rings_and_not_before_it_is_lost(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.go_offline();
        let ask = json!({ "deviceToken": paired.phone.push_address(), "pairingToken": paired.phone.device_secret() });
        app.advance(59).await;
        assert_eq!(app.function("check-scheduled-calls", &ask).await.1["scheduledCalls"], json!([]), "too early");
        app.advance(4).await;
        assert_eq!(
            app.function("check-scheduled-calls", &ask).await.1["scheduledCalls"],
            json!([]),
            "its push may come"
        );
        app.advance(15).await;
        let (status, answer) = app.function("check-scheduled-calls", &ask).await;
        assert_eq!((status, &answer["success"]), (200, &json!(true)));
        let listed = &answer["scheduledCalls"][0];
        for key in ["id", "call_type", "household_id", "relative_id", "scheduled_time"] {
            assert!(listed[key].is_string(), "{key} in {listed}");
        }
        assert_eq!(listed["call_type"], "in_app_call");
        assert!(listed["scheduled_time"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
        // The app comes to the foreground, and rings for it.
        paired.phone.resume().await.unwrap();
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        assert_eq!(paired.phone.rings().len(), 1);
    }

    async fn call_of_another_family_does_not_exist_for_the_phone(app: TestApp) {
        let (home, paired, ring) = ringing(&app).await;
        let other = app.app_household().await;
        let strange = app.android(&other).await;
        let tokens = app.world.eleven.count(Op::Token);
        for (name, body) in [
            ("update-device-call-status", report(&strange, &ring, "active", "accept", None)),
            ("update-device-call-status", report(&strange, &ring, "declined", "decline", None)),
            ("update-device-call-status", report(&strange, &ring, "completed", "end", Some(5))),
            (
                "elevenlabs-device-call",
                json!({ "action": "start", "sessionId": ring, "pairingToken": strange.phone.device_secret() }),
            ),
            (
                "elevenlabs-device-call",
                json!({ "action": "end", "sessionId": ring, "pairingToken": strange.phone.device_secret() }),
            ),
        ] {
            let (status, answer) = app.function(name, &body).await;
            assert_eq!(status, 404, "{name}: {answer}");
        }
        assert_eq!(app.world.eleven.count(Op::Token), tokens, "no conversation was asked for");
        assert_eq!(app.call(&home).await.state, CallState::Ringing);
        let _ring_out = paired;
        app.advance(900).await;
    }

    async fn rotated_push_address_is_where_the_next_call_rings(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.rotate_address().await.unwrap();
        app.keep_out_of_the_log(paired.phone.push_address());
        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        assert_eq!(app.attempts(call.id).await.len(), 1);
    }

    async fn phones_requests_all_succeed_on_a_good_day(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        app.outcome(&home, 300).await;
        app.advance(10).await;
        let refused: Vec<_> = paired
            .phone
            .exchanges()
            .into_iter()
            .filter(|exchange| exchange.status != Some(200) || exchange.response["success"] != true)
            .map(|exchange| (exchange.path, exchange.status, exchange.response))
            .collect();
        assert!(refused.is_empty(), "{refused:#?}");
    }
}
