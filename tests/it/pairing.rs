//! Pairing: six digits are worth little, once, for a short time, and nothing without the family's yes.

use callpanion::domain::DeviceState;
use callpanion::services::{devices, pairings};
use serde_json::{Value, json};

use crate::testing::{Household, Settings, TestApp, on_both};

const OURS: &str = "/api/device/v1/pair";
const THE_APPS: &str = "/functions/v1/pair-claim";

impl TestApp {
    /// Claims a code from a network address behind the trusted proxy; status, JSON and `Retry-After`.
    async fn guess(&self, path: &str, code: &str, address: &str) -> (u16, Value, Option<String>) {
        let body = if path == OURS {
            json!({ "code": code, "platform": "ios", "name": "A phone" })
        } else {
            json!({ "user_id": "f3b0c442-98fc-4c14-9afb-4c8996fb9242", "pairing_code": code })
        };
        let request = crate::testing::client().post(format!("{}{path}", self.url)).header("x-forwarded-for", address);
        let response = request.json(&body).send().await.unwrap();
        let wait = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let mut body: Value = response.json().await.unwrap();
        if let Some(problem) = body.as_object_mut() {
            problem.remove("reference");
        }
        (status, body, wait)
    }

    async fn devices_of(&self, home: &Household) -> Vec<DeviceState> {
        let found = devices::list(&self.host, home.account, home.callee).await.unwrap();
        found.iter().map(|(device, _)| device.state).collect()
    }
}

/// A code that is certainly another.
fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

fn behind_a_proxy(settings: &mut Settings) {
    settings.insert("CALLPANION__TRUSTED_PROXIES".into(), "127.0.0.0/8".into());
}

fn few_in_total(settings: &mut Settings) {
    behind_a_proxy(settings);
    settings.insert("CALLPANION__PAIRING__GUESSES_TOTAL_PER_HOUR".into(), "15".into());
}

on_both! {
    with: behind_a_proxy;

    async fn wrong_used_expired_and_replaced_code_get_the_same_answer(app: TestApp) {
        let home = app.app_household().await;
        for path in [OURS, THE_APPS] {
            let used = app.pairing_code(&home).await;
            assert_eq!(app.guess(path, &used, "198.51.100.1").await.0, 200);
            let replaced = app.pairing_code(&home).await;
            let expired = app.pairing_code(&home).await;
            app.advance_without_ticks(601).await;
            let mut answers = Vec::new();
            for code in [&used, &replaced, &expired, &wrong(&expired), &"12345".to_owned(), &"abcdef".to_owned()] {
                answers.push(app.guess(path, code, "198.51.100.1").await);
            }
            assert!(answers.windows(2).all(|two| two[0] == two[1]), "{answers:#?}");
            assert!((400..500).contains(&answers[0].0), "{answers:#?}");
            app.advance_without_ticks(3_600).await;
        }
        app.settle().await;
    }

    async fn guesses_of_one_address_are_limited_and_the_right_code_does_not_help_then(app: TestApp) {
        let home = app.app_household().await;
        let code = app.pairing_code(&home).await;
        for guess in 0..10 {
            let (status, ..) = app.guess(OURS, &wrong(&code), "198.51.100.7").await;
            assert_ne!(status, 429, "guess {guess}");
        }
        let (status, body, wait) = app.guess(OURS, &code, "198.51.100.7").await;
        assert_eq!(status, 429, "{body}");
        assert!(wait.unwrap().parse::<u32>().unwrap() > 0);
        let (status, body, _) = app.guess(THE_APPS, &code, "198.51.100.7").await;
        assert_eq!((status, &body["success"]), (429, &json!(false)), "{body}");
        assert_eq!(app.guess(OURS, &code, "203.0.113.9").await.0, 200, "another address is not concerned");
    }

    async fn guesses_at_the_same_time_are_counted_one_by_one(app: TestApp) {
        let home = app.app_household().await;
        let code = wrong(&app.pairing_code(&home).await);
        let guesses = (0..40).map(|_| app.guess(OURS, &code, "198.51.100.7"));
        let answers = futures::future::join_all(guesses).await;
        assert_eq!(answers.iter().filter(|answer| answer.0 != 429).count(), 10);
    }

    async fn good_codes_do_not_use_up_the_guesses(app: TestApp) {
        let home = app.app_household().await;
        for _ in 0..15 {
            let code = app.pairing_code(&home).await;
            assert_eq!(app.guess(OURS, &code, "198.51.100.7").await.0, 200);
        }
    }

    async fn of_two_phones_that_claim_one_code_one_gets_it(app: TestApp) {
        let home = app.app_household().await;
        let code = app.pairing_code(&home).await;
        let (one, two, three) = tokio::join!(
            app.guess(OURS, &code, "198.51.100.1"),
            app.guess(THE_APPS, &code, "198.51.100.2"),
            app.guess(OURS, &code, "198.51.100.3"),
        );
        let won = [one.0, two.0, three.0].iter().filter(|status| **status == 200).count();
        assert_eq!(won, 1);
        assert_eq!(app.devices_of(&home).await, [DeviceState::Pending]);
    }

    async fn code_may_be_typed_as_the_page_shows_it(app: TestApp) {
        let home = app.app_household().await;
        let code = app.pairing_code(&home).await;
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(app.guess(OURS, &spaced, "198.51.100.1").await.0, 200);
    }

    async fn claimed_device_may_register_but_takes_no_call_before_the_family_says_yes(app: TestApp) {
        let home = app.app_household().await;
        let phone = app.world.iphone("A stranger's iPhone").unwrap();
        app.claim(&home, &phone).await;
        let secret = phone.device_secret().unwrap();
        let (status, me) = app.machine_get("/api/device/v1/me", Some(&secret)).await;
        assert_eq!((status, &me["state"]), (200, &json!("pending")));
        app.settle().await;
        let call = app.call(&home).await;
        assert!(app.attempts(call.id).await.is_empty(), "nothing is armed for it");
        assert!(phone.pushes().is_empty());
    }

    async fn revoked_device_is_nobody(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        let secret = paired.phone.device_secret().unwrap();
        pairings::unpair(&app.host, home.account, paired.device).await.unwrap();
        for path in ["/api/device/v1/me", "/api/device/v1/calls/current"] {
            assert_eq!(app.machine_get(path, Some(&secret)).await.0, 401, "{path}");
        }
        let id = uuid::Uuid::nil();
        for verb in ["rang", "answer", "joined", "end", "decline", "missed"] {
            let path = format!("/api/device/v1/calls/{id}/{verb}");
            assert_eq!(app.machine_post(&path, Some(&secret), &json!({})).await.0, 401, "{path}");
        }
        let address = json!({ "channel": "apns-voip", "address": "ab12", "environment": "production" });
        assert_eq!(app.machine_post("/api/device/v1/push-addresses", Some(&secret), &address).await.0, 401);
        assert_eq!(app.machine_post("/api/device/v1/heartbeat", Some(&secret), &json!({})).await.0, 401);
        let start = json!({ "action": "start", "sessionId": id, "pairingToken": secret, "deviceToken": "x" });
        let (status, body) = app.machine_post("/functions/v1/elevenlabs-device-call", None, &start).await;
        assert_eq!((status, &body["success"]), (401, &json!(false)));
        app.settle().await;
        assert!(paired.phone.pushes().is_empty(), "it is not rung either");
    }

    async fn replacing_a_phone_revokes_the_one_before(app: TestApp) {
        let home = app.app_household().await;
        let old = app.android(&home).await;
        let phone = app.world.android("The new Galaxy").unwrap();
        let new = app.claim(&home, &phone).await;
        pairings::confirm(&app.host, home.account, new, true).await.unwrap();
        let secret = old.phone.device_secret().unwrap();
        assert_eq!(app.machine_get("/api/device/v1/me", Some(&secret)).await.0, 401);
        app.outcome(&home, 300).await;
        assert_eq!((old.phone.rings().len(), phone.rings().len()), (0, 1));
    }

    async fn confirming_twice_is_a_conflict_and_changes_nothing(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        assert!(pairings::confirm(&app.host, home.account, paired.device, false).await.is_err());
        assert_eq!(app.devices_of(&home).await, [DeviceState::Active]);
    }

    async fn phone_that_is_handed_on_rings_only_for_its_new_owner(app: TestApp) {
        let (first, second) = (app.app_household().await, app.app_household().await);
        let phone = app.world.android("A handed on Galaxy").unwrap();
        app.pair(&first, phone.clone()).await;
        app.pair(&second, phone.clone()).await;
        app.advance(120).await;
        let pushes = phone.pushes();
        assert_eq!(pushes.len(), 1, "{pushes:#?}");
        assert_eq!(pushes[0].payload["relativeId"], second.callee.to_string());
        app.advance(200).await;
    }
}

on_both! {
    with: few_in_total;
    async fn guesses_from_everywhere_together_are_limited(app: TestApp) {
        let home = app.app_household().await;
        let code = app.pairing_code(&home).await;
        let mut refused = 0;
        for guess in 0..20 {
            let (status, ..) = app.guess(OURS, &wrong(&code), &format!("198.51.100.{guess}")).await;
            refused += usize::from(status == 429);
        }
        assert_eq!(refused, 5);
        app.advance_without_ticks(3_601).await;
        let fresh = app.pairing_code(&home).await;
        assert_eq!(app.guess(OURS, &fresh, "203.0.113.1").await.0, 200, "an hour later it goes on");
        app.settle().await;
    }
}
