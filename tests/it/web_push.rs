//! Web Push: browsers, and apps of UnifiedPush, are rung without an account at anybody's.

use callpanion::domain::{CallReason, CallState};
use callpanion_emulators::push_service::{Refusal, endpoint_of};
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Fault};
use serde_json::{Value, json};

use crate::testing::{Settings, on_both};

const KEY: &str = "/api/device/v1/web-push-key";
const REGISTER: &str = "/api/device/v1/push-addresses";
/// The browser was seen last, so it is rung first.
const BROWSER_FIRST: &str =
    "UPDATE devices SET acknowledges = TRUE, last_seen_at = last_seen_at + 1000000 WHERE platform = 'browser'";

fn browsers(settings: &mut Settings) {
    settings.insert("CALLPANION__PLUGINS__WEB_PUSH__ENABLED".to_owned(), "true".to_owned());
}

/// What a message tells the page.
fn told(message: &Value) -> &Value {
    &message["notification"]["data"]
}

on_both! {
    with: browsers;

    async fn browser_is_rung_and_answers(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.paired_browser(&home).await;
        paired.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.device_id), (CallState::Completed, Some(paired.device)));
        let ring = paired.phone.rings()[0].session_id.clone();
        let sent = app.world.push_service.sent();
        assert_eq!((sent.len(), &told(&sent[0].payload)["ring_id"]), (1, &json!(ring)));
        assert_eq!((&sent[0].urgency, &sent[0].topic), (&"high".to_owned(), &Some(ring.replace('-', ""))));
        // The push may be on its way for what the ring leaves of the window of 45 seconds.
        assert!((10..=15).contains(&sent[0].ttl_s), "{}", sent[0].ttl_s);
        assert_eq!(sent[0].payload["notification"]["lang"], "en");
    }

    async fn every_device_subscribes_to_the_one_key_of_the_installation(app: TestApp) {
        assert_eq!(app.machine_get(KEY, None).await.0, 401);
        let mut keys = Vec::new();
        for _ in 0..2 {
            let home = app.app_household().await;
            let paired = app.paired_browser(&home).await;
            let (status, reply) = app.machine_get(KEY, paired.phone.device_secret().as_deref()).await;
            assert_eq!(status, 200);
            keys.push(reply["application_server_key"].as_str().unwrap().to_owned());
        }
        assert_eq!((keys[0].len(), &keys[0]), (87, &keys[1]));
        app.run_jobs().await;
    }

    async fn only_subscriptions_at_granted_push_services_are_taken(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.paired_browser(&home).await;
        let secret = paired.phone.device_secret();
        let good = app.world.push_service.subscribe("of another host");
        let with_keys = |name: &str, key: &str| {
            let mut changed: Value = serde_json::from_str(&good).unwrap();
            changed["keys"][name] = key.into();
            changed.to_string()
        };
        for (address, code) in [
            ("fcm-token-1".to_owned(), "push-address-wrong"),
            (endpoint_of(&good), "push-address-wrong"),
            (with_keys("auth", "c2hvcnQ"), "push-address-wrong"),
            (with_keys("p256dh", "BCVxsr7N"), "push-address-wrong"),
            (good.replace("127.0.0.1", "169.254.169.254"), "push-service-not-granted"),
            (good.replace("http:", "https:"), "push-service-not-granted"),
            (good.replace("http:", "file:"), "push-address-wrong"),
        ] {
            let body = json!({ "channel": "web-push", "address": address });
            let (status, problem) = app.machine_post(REGISTER, secret.as_deref(), &body).await;
            assert_eq!((status, &problem["code"]), (422, &json!(code)), "{address}");
            assert_eq!(problem["field"], "address");
        }
        // However it is written, it is the same address.
        for address in [good.clone(), good.replace("\"expirationTime\":null,", "")] {
            let body = json!({ "channel": "web-push", "address": address });
            assert_eq!(app.machine_post(REGISTER, secret.as_deref(), &body).await.0, 200);
            let kept = app.database.texts("SELECT address AS text FROM push_addresses").await;
            assert_eq!(kept.len(), 1);
            assert!(kept[0].starts_with("{\"endpoint\":") && !kept[0].contains("expirationTime"), "{kept:?}");
        }
        app.run_jobs().await;
    }

    async fn subscription_that_is_over_is_retired_and_the_next_device_rings(app: TestApp) {
        let home = app.app_household().await;
        let (next, browser) = (app.iphone(&home).await, app.paired_browser(&home).await);
        next.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
        app.database.execute(BROWSER_FIRST).await;
        browser.phone.uninstall();
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.device_id, call.tries), (CallState::Completed, Some(next.device), 1));
        assert_eq!(app.database.count("push_addresses WHERE channel = 'web-push' AND gone_at IS NOT NULL").await, 1);
        // The page is opened once more.
        browser.phone.rotate_address().await.unwrap();
        assert_eq!(app.database.count("push_addresses WHERE channel = 'web-push' AND gone_at IS NULL").await, 1);
    }

    async fn contact_that_a_push_service_refuses_is_told_to_the_staff(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.paired_browser(&home).await;
        app.world.push_service.faults().always(Fault::from(Refusal::BadSignatureByApple));
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::Misconfigured)));
        assert!(paired.phone.rings().is_empty());
        let alerts = app.staff_alerts().await;
        assert!(alerts.iter().any(|alert| alert.detail.contains("BadJwtToken")), "{alerts:?}");
        let kept = app.database.count("push_addresses WHERE gone_at IS NULL").await;
        assert_eq!(kept, 1, "it says nothing of the address");
    }

    async fn browser_that_comes_back_when_another_device_has_picked_up_does_not_ring(app: TestApp) {
        let home = app.app_household().await;
        let (away, next) = (app.paired_browser(&home).await, app.iphone(&home).await);
        away.phone.go_offline();
        next.phone.behave(Behaviour::answer(scripts::cheerful(Language::English)));
        app.database.execute(BROWSER_FIRST).await;
        app.advance_until(120, || async { !next.phone.rings().is_empty() }).await;
        app.advance_until(5, || async { away.phone.pushes().len() == 3 }).await;
        let pushes = away.phone.pushes();
        let kinds: Vec<_> = pushes.iter().map(|push| told(&push.payload)["type"].as_str()).collect();
        assert_eq!(kinds, [Some("incoming_call"), Some("incoming_call"), Some("call_update")]);
        assert_eq!(told(&pushes[0].payload)["ring_id"], told(&pushes[2].payload)["ring_id"]);
        away.phone.go_online();
        app.advance(60).await;
        assert!(away.phone.rings().is_empty(), "what waited for it was replaced");
        assert_eq!(app.outcome(&home, 900).await.state, CallState::Completed);
    }
}
