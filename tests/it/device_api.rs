//! The device API, version 1: statuses, problem documents, and who may speak of what.

use callpanion::domain::{AlertKind, AttemptState, CallReason, CallState};
use callpanion_emulators::fcm::Refusal;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Fault};
use serde_json::json;

use crate::testing::on_both;

const API: &str = "/api/device/v1";

on_both! {
    async fn without_a_device_secret_nothing_is_answered(app: TestApp) {
        let call = uuid::Uuid::now_v7();
        for path in ["me", "calls/current", "web-push-key"] {
            let (status, problem) = app.machine_get(&format!("{API}/{path}"), None).await;
            assert_eq!((status, &problem["code"]), (401, &json!("unauthenticated")), "{path}");
        }
        let mut paths: Vec<String> = ["push-addresses", "heartbeat"].map(str::to_owned).into();
        paths.extend(
            ["rang", "answer", "joined", "end", "decline", "missed"].map(|verb| format!("calls/{call}/{verb}")),
        );
        for path in paths {
            for secret in [None, Some("wrong"), Some("")] {
                let (status, problem) = app.machine_post(&format!("{API}/{path}"), secret, &json!({})).await;
                assert_eq!((status, &problem["code"]), (401, &json!("unauthenticated")), "{path} {secret:?}");
            }
        }
    }

    async fn problem_is_a_document_with_a_stable_code(app: TestApp) {
        let response = crate::testing::client().get(format!("{}{API}/me", app.url)).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let problem: serde_json::Value = response.json().await.unwrap();
        for key in ["type", "title", "status", "code"] {
            assert!(!problem[key].is_null(), "{key} in {problem}");
        }
    }

    async fn device_learns_how_it_stands_and_what_time_it_is(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        let secret = paired.phone.device_secret();
        let (status, me) = app.machine_get(&format!("{API}/me"), secret.as_deref()).await;
        assert_eq!(status, 200);
        assert_eq!((&me["state"], &me["now_ms"]), (&json!("active"), &json!(app.now().millis())));
        app.outcome(&home, 300).await;
    }

    async fn heartbeat_is_kept_and_nonsense_refused(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        let secret = paired.phone.device_secret();
        let path = format!("{API}/heartbeat");
        let beat = json!({ "battery_percent": 31, "network": "wifi", "app_version": "1.2.0" });
        assert_eq!(app.machine_post(&path, secret.as_deref(), &beat).await.0, 200);
        let kept = app.database.texts("SELECT network || ' ' || app_version AS text FROM devices").await;
        assert_eq!(kept, ["wifi 1.2.0"]);
        for percent in [-1, 101] {
            let (status, problem) =
                app.machine_post(&path, secret.as_deref(), &json!({ "battery_percent": percent })).await;
            assert_eq!((status, &problem["field"]), (422, &json!("battery_percent")), "{problem}");
        }
        app.outcome(&home, 300).await;
    }

    async fn push_address_that_is_none_is_refused(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        let secret = paired.phone.device_secret();
        let path = format!("{API}/push-addresses");
        for (body, field) in [
            (json!({ "channel": "apns-voip", "address": " ", "environment": "production" }), "address"),
            (json!({ "channel": "apns-voip", "address": "x".repeat(5_000), "environment": "" }), "address"),
            (json!({ "channel": "", "address": "ab", "environment": "" }), "channel"),
            (json!({ "channel": "apns-voip", "address": "ab", "environment": "moon" }), "environment"),
        ] {
            let (status, problem) = app.machine_post(&path, secret.as_deref(), &body).await;
            assert_eq!((status, &problem["field"]), (422, &json!(field)), "{problem}");
        }
        app.outcome(&home, 300).await;
    }

    async fn current_call_is_the_one_that_rings(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        let secret = paired.phone.device_secret();
        let path = format!("{API}/calls/current");
        assert_eq!(app.machine_get(&path, secret.as_deref()).await, (200, json!(null)));
        app.advance(62).await;
        let (status, current) = app.machine_get(&path, secret.as_deref()).await;
        assert_eq!(status, 200);
        assert_eq!(current["ring_id"], json!(paired.phone.rings()[0].session_id), "under the name that the push had");
        app.advance(900).await;
    }

    async fn ring_of_another_family_does_not_exist(app: TestApp) {
        let (home, other) = (app.app_household().await, app.app_household().await);
        let (paired, strange) = (app.iphone(&home).await, app.iphone(&other).await);
        for one in [&paired, &strange] {
            one.phone.behave(Behaviour::Ignore);
        }
        app.advance(62).await;
        let ring = paired.phone.rings()[0].session_id.clone();
        for verb in ["rang", "answer", "joined", "end", "decline", "missed"] {
            let path = format!("{API}/calls/{ring}/{verb}");
            let (status, problem) = app.device_post(&strange.phone, &path, json!({})).await;
            assert_eq!((status, &problem["code"]), (404, &json!("not-found")), "{verb}");
        }
        assert_eq!(app.call(&home).await.state, CallState::Ringing);
        for nonsense in ["not-an-id", "0"] {
            let path = format!("{API}/calls/{nonsense}/answer");
            assert_eq!(app.device_post(&paired.phone, &path, json!({})).await.0, 404);
        }
        app.advance(900).await;
    }

    async fn answering_twice_is_one_answer(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        app.advance(62).await;
        let path = |verb: &str| format!("{API}/calls/{}/{verb}", paired.phone.rings()[0].session_id);
        for _ in 0..3 {
            let (status, answer) = app.device_post(&paired.phone, &path("answer"), json!({})).await;
            assert_eq!(status, 200);
            assert!(answer["token"].is_string() && answer["conversation"].is_string(), "{answer}");
        }
        assert_eq!(app.call(&home).await.state, CallState::Answered);
        for _ in 0..2 {
            assert_eq!(app.device_post(&paired.phone, &path("joined"), json!({})).await.0, 200);
        }
        assert_eq!(app.call(&home).await.state, CallState::InProgress);
        for _ in 0..2 {
            assert_eq!(app.device_post(&paired.phone, &path("end"), json!({ "duration_s": 12 })).await.0, 200);
        }
        let call = app.call(&home).await;
        assert_eq!((call.state, call.duration_s), (CallState::Completed, Some(12)));
        let (status, problem) = app.device_post(&paired.phone, &path("answer"), json!({})).await;
        assert_eq!((status, &problem["code"]), (410, &json!("call-over")), "{problem}");
    }

    async fn body_that_is_too_large_is_refused(app: TestApp) {
        let body = json!({ "code": "x".repeat(100_000) });
        assert_eq!(app.machine_post(&format!("{API}/pair"), None, &body).await.0, 413);
    }

    async fn device_that_does_not_acknowledge_is_rung_once_more_and_the_next_one_beside_it(app: TestApp) {
        let home = app.app_household().await;
        let (silent, next) = (app.android(&home).await, app.iphone(&home).await);
        silent.phone.behave(Behaviour::Ignore);
        next.phone.behave(Behaviour::Ignore);
        // It was seen last, so it is rung first; and it has once said that it rings.
        app.database.execute("UPDATE devices SET acknowledges = TRUE, last_seen_at = last_seen_at + 1000000 WHERE platform = 'android'").await;
        app.advance_until(120, || async { silent.phone.pushes().len() == 1 }).await;
        app.advance(7).await;
        assert_eq!((silent.phone.pushes().len(), next.phone.pushes().len()), (1, 0));
        app.advance(2).await;
        assert_eq!((silent.phone.pushes().len(), next.phone.pushes().len()), (2, 1));
        assert_eq!(silent.phone.rings().len(), 1, "the repeat has the same name, and the phone knows it");
        app.advance(10).await;
        assert_eq!((silent.phone.pushes().len(), next.phone.pushes().len()), (2, 1), "once more, and not again");
        // The iPhone never says whether it rings, and so may have rung.
        let call = app.outcome(&home, 1_000).await;
        assert_eq!((call.state, call.reason), (CallState::Missed, Some(CallReason::NoAnswer)));
    }

    async fn device_that_says_nothing_was_not_reached_and_the_family_reads_so(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.go_offline();
        app.database.execute("UPDATE devices SET acknowledges = TRUE").await;
        let call = app.outcome(&home, 1_500).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Failed, Some(CallReason::DeviceSilent), 2));
        assert_eq!(app.alert_kinds(&home).await, [AlertKind::CallFailed]);
        let page = app.signed_in(&home).await.get(&format!("/calls/{}", call.id)).await;
        page.must_say("It may be switched off, or without a network.");
    }

    async fn device_that_says_nothing_is_rung_once_more_though_its_vendor_did_not_take_it_at_first(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        app.database.execute("UPDATE devices SET acknowledges = TRUE").await;
        for _ in 0..2 {
            app.world.fcm.faults().next(Fault::from(Refusal::Unavailable).retry_after("2"));
        }
        app.advance_until(130, || async { paired.phone.pushes().len() == 1 }).await;
        app.advance(10).await;
        assert_eq!(paired.phone.pushes().len(), 2, "it was rung once, and once more");
        app.advance(12).await;
        assert_eq!(paired.phone.pushes().len(), 2, "and not again");
    }

    async fn device_that_comes_back_when_another_has_picked_up_does_not_ring(app: TestApp) {
        let home = app.app_household().await;
        let (away, next) = (app.android(&home).await, app.iphone(&home).await);
        away.phone.go_offline();
        next.phone.behave(Behaviour::answer(scripts::cheerful(Language::English)));
        app.database.execute("UPDATE devices SET acknowledges = TRUE, last_seen_at = last_seen_at + 1000000 WHERE platform = 'android'").await;
        app.advance_until(120, || async { !next.phone.rings().is_empty() }).await;
        app.advance_until(5, || async { away.phone.pushes().len() == 3 }).await;
        let pushes = away.phone.pushes();
        let kinds: Vec<_> = pushes.iter().map(|push| push.payload["type"].as_str()).collect();
        assert_eq!(kinds, [Some("incoming_call"), Some("incoming_call"), Some("call_update")]);
        assert_eq!(pushes[0].payload["sessionId"], pushes[2].payload["sessionId"]);
        let call = app.call(&home).await;
        assert_eq!((call.device_id, call.state), (Some(next.device), CallState::InProgress));
        away.phone.go_online();
        app.advance(60).await;
        assert!(away.phone.rings().is_empty(), "what waited for it was replaced");
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
    }

    async fn ring_that_waits_for_its_vendor_does_not_leave_when_another_device_has_picked_up(app: TestApp) {
        let home = app.app_household().await;
        let (silent, next) = (app.android(&home).await, app.iphone(&home).await);
        silent.phone.behave(Behaviour::Ignore);
        next.phone.behave(Behaviour::answer(scripts::cheerful(Language::English)));
        app.database
            .execute(
                "UPDATE devices SET acknowledges = TRUE, last_seen_at = last_seen_at + 1000000 WHERE platform = 'android'",
            )
            .await;
        silent.phone.go_offline();
        app.advance_until(120, || async { silent.phone.pushes().len() == 1 }).await;
        // It says nothing, and is to be rung once more: by a vendor that asks for patience.
        app.world.fcm.faults().always(Fault::from(Refusal::Unavailable).retry_after("15"));
        app.advance_until(60, || async { app.call(&home).await.state == CallState::InProgress }).await;
        app.world.fcm.faults().clear();
        app.advance(60).await;
        let pushes: Vec<_> = silent.phone.pushes().iter().map(|push| push.payload["type"].clone()).collect();
        assert_eq!(pushes.iter().filter(|kind| *kind == "incoming_call").count(), 1, "{pushes:?}");
        assert_eq!(app.outcome(&home, 900).await.state, CallState::Completed);
    }

    async fn device_that_gets_a_new_address_while_it_rings_rings_once(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        app.database.execute("UPDATE devices SET acknowledges = TRUE").await;
        app.advance_until(120, || async { paired.phone.pushes().len() == 1 }).await;
        paired.phone.rotate_address().await.unwrap();
        // It is rung once more where it is not any more; that ends nothing, since it rings.
        app.advance(20).await;
        assert_eq!(paired.phone.rings().len(), 1);
        let call = app.call(&home).await;
        assert_eq!((call.state, call.tries), (CallState::Ringing, 1));
        assert_eq!(app.attempt_states(call.id).await, [AttemptState::Accepted]);
        // The second try is another ring, at the new address.
        let call = app.outcome(&home, 1_000).await;
        assert_eq!((call.state, call.tries, paired.phone.rings().len()), (CallState::Missed, 2, 2));
    }

    async fn device_that_says_twice_and_late_that_it_rings_was_rung_once(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        app.database.execute("UPDATE devices SET acknowledges = TRUE").await;
        app.advance_until(120, || async { paired.phone.pushes().len() == 1 }).await;
        let ring = app.attempts(app.call(&home).await.id).await[0].id;
        let rang = format!("{API}/calls/{ring}/rang");
        for _ in 0..2 {
            assert_eq!(app.device_post(&paired.phone, &rang, json!({})).await.0, 200);
        }
        app.advance(20).await;
        assert_eq!((app.call(&home).await.state, paired.phone.pushes().len()), (CallState::Ringing, 1));
        let call = app.outcome(&home, 1_500).await;
        app.advance(60).await;
        let pushes = paired.phone.pushes().len();
        // A word about a ring that was over long ago brings nothing back.
        assert_eq!(app.device_post(&paired.phone, &rang, json!({})).await.0, 200);
        app.advance(900).await;
        let after = app.call(&home).await;
        assert_eq!((after.state, after.reason, after.tries), (call.state, call.reason, call.tries));
        assert_eq!((paired.phone.pushes().len(), app.letters(&home).len()), (pushes, 1));
    }

    async fn device_that_acknowledges_is_not_rung_again(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        app.database.execute("UPDATE devices SET acknowledges = TRUE").await;
        app.advance_until(120, || async { paired.phone.pushes().len() == 1 }).await;
        let ring = app.attempts(app.call(&home).await.id).await[0].id;
        let secret = paired.phone.device_secret();
        let (status, _) = app.machine_post(&format!("{API}/calls/{ring}/rang"), secret.as_deref(), &json!({})).await;
        assert_eq!(status, 200);
        app.advance(20).await;
        assert_eq!(paired.phone.pushes().len(), 1);
        app.outcome(&home, 1_000).await;
    }
}
