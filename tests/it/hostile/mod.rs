//! Hostile input: whatever comes in at the doors, it is refused as the sender's fault or taken, never answered with an
//! error of the host's own. After what devices and vendors sent, calls ring as if nothing had been; after what a family
//! sent, another sees what it saw.
//!
//! Each test prints how much it tried. `CALLPANION_FAULTS=full` tries a hundred times as much.

#![allow(clippy::print_stderr, reason = "how many were tried is part of the result")]

mod input;
mod parsers;

use std::collections::BTreeMap;

use callpanion::db::calls::Call;
use callpanion::domain::{CallMethod, CallState};
use callpanion_emulators::Behaviour;
use callpanion_emulators::eleven::webhooks::sign;
use callpanion_emulators::scripts::{self, Language};
use fastrand::Rng;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::families::{self, asks};
use crate::testing::{Household, Paired, TestApp, WEBHOOK_PATH, client, on_both};
use crate::webhooks::FIXTURES;

const SEED: u64 = 0x0bad_1dea;

/// Pages without an id: their forms take what [`families::form`] and these hold.
const OTHER_FORMS: [&str; 16] = [
    "/sign-up",
    "/sign-in",
    "/forgot",
    "/confirm/none",
    "/reset/none",
    "/setup/none",
    "/alerts/ack/none",
    "/notices/off/none",
    "/notices",
    "/staff/zone",
    "/staff/troubles/none/close",
    "/language",
    "/onboarding/family",
    "/onboarding/method",
    "/onboarding/callee",
    "/onboarding/schedule",
];
const OTHER_FIELDS: [(&str, &str); 10] = [
    ("email", "sarah@example.com"),
    ("password", "correct horse battery"),
    ("token", "none"),
    ("family_name", "Thompson"),
    ("phone_number", "+442079460123"),
    ("country", "GB"),
    ("consent", "on"),
    ("relation", "daughter"),
    ("interests", "gardening"),
    ("next", "/dashboard"),
];

/// How often each thing is tried.
fn times() -> usize {
    if crate::faults::is_full() { 4_000 } else { 40 }
}

/// What was answered how often.
#[derive(Default)]
struct Answers(BTreeMap<u16, usize>);

impl Answers {
    /// Sends, and fails when the host calls it its own fault.
    async fn ask(&mut self, what: &str, body: &[u8], request: RequestBuilder) -> u16 {
        let answer = request.body(body.to_vec()).send().await;
        let answer = answer.unwrap_or_else(|error| panic!("{what} was not answered: {error:.2000}; {}", shown(body)));
        let status = answer.status().as_u16();
        *self.0.entry(status).or_default() += 1;
        let said = answer.text().await.unwrap();
        assert!(status < 500, "{what} was answered {status}: {said}\n{}", shown(body));
        status
    }

    fn print(&self, what: &str) {
        eprintln!("{what}: n = {}, answers {:?}", self.0.values().sum::<usize>(), self.0);
    }
}

fn shown(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(2_000)]).into_owned()
}

/// The next call rings, is talked and told as ever.
async fn still_works(app: &TestApp, home: &Household, paired: &Paired) -> Call {
    paired.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
    let rung = paired.phone.rings().len();
    let call = app.outcome(home, 1_800).await;
    assert_eq!(call.state, CallState::Completed);
    assert_eq!(paired.phone.rings().len(), rung + 1);
    assert_eq!(app.signed_in(home).await.get(&format!("/calls/{}", call.id)).await.status, 200);
    call
}

on_both! {
    async fn pages_take_any_form_question_and_cookie(app: TestApp) {
        let (home, other) = families::two(&app).await;
        let owner = app.signed_in(&home).await;
        let before = app.signed_in(&other).await.get("/dashboard").await;
        let mut rng = Rng::with_seed(SEED);
        let mut answers = Answers::default();
        let form = [&families::form()[..], &OTHER_FIELDS].concat();
        let mut asked: Vec<(String, bool)> = asks(&app, &home).await.into_iter().map(|ask| (ask.path, ask.post)).collect();
        asked.extend(OTHER_FORMS.iter().flat_map(|path| [((*path).to_owned(), true), ((*path).to_owned(), false)]));
        asked.extend(["/", "/people", "/alerts", "/monitor", "/staff"].map(|path| (path.to_owned(), false)));
        for _ in 0..times() {
            for (path, post) in &asked {
                let url = format!("{}{path}", app.url);
                let request = if *post {
                    let sent = client().post(&url).header("sec-fetch-site", "same-origin");
                    sent.header("content-type", "application/x-www-form-urlencoded")
                } else {
                    let mark = if path.contains('?') { '&' } else { '?' };
                    client().get(format!("{url}{mark}{}", input::query(&mut rng)))
                };
                let mut request = owner.with_cookies(request);
                for name in ["cookie", "accept-language", "x-forwarded-for", "referer", "if-none-match", "range"] {
                    if rng.usize(..12) == 0 {
                        request = request.header(name, input::header(&mut rng));
                    }
                }
                let body = if *post { input::form_body(&mut rng, &form) } else { Vec::new() };
                answers.ask(path, &body, request).await;
            }
        }
        answers.print("pages");
        let after = app.signed_in(&other).await.get("/dashboard").await;
        assert_eq!((after.status, after.text()), (200, before.text()), "another family sees what it saw");
        app.advance(900).await;
    }

    async fn devices_may_send_anything(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        let other = app.household(CallMethod::App, &["09:20"]).await;
        let theirs = app.android(&other).await;
        let mut rng = Rng::with_seed(SEED);
        let mut answers = Answers::default();
        app.advance(61).await;
        let ring = paired.phone.rings()[0].session_id.clone();
        let secret = paired.phone.device_secret().unwrap();
        let everything = json!({
            "sessionId": ring, "status": "accepted", "action": "start", "callUuid": uuid::Uuid::nil(), "duration": 3,
            "pairingToken": secret, "deviceToken": paired.phone.push_address(), "token": paired.phone.push_address(),
            "voipToken": "", "platform": "android", "userId": uuid::Uuid::nil(), "code": "123456", "pairingCode": "123456",
            "deviceInfo": { "model": "Pixel", "os": "14" }, "conversationId": "conv_1", "kind": "fcm",
            "address": paired.phone.push_address(), "environment": "production", "app_version": "1.2.0",
            "battery_percent": 31, "network": "wifi", "permissions": { "microphone": true }, "at_ms": 1,
        });
        let old = ["pair-claim", "register-fcm-token", "update-device-call-status", "check-scheduled-calls",
            "elevenlabs-device-call"].map(|name| format!("/functions/v1/{name}"));
        let ours = ["push-addresses".to_owned(), "heartbeat".to_owned(), "pair".to_owned()].into_iter();
        let of_call = ["rang", "answer", "joined", "missed"].map(|verb| format!("calls/{ring}/{verb}"));
        let of_no_call = ["rang", "end", "decline"].map(|verb| format!("calls/x%00{verb}/{verb}"));
        let ours = ours.chain(of_call).chain(of_no_call).map(|path| format!("/api/device/v1/{path}"));
        let paths: Vec<String> = old.into_iter().chain(ours).collect();
        for _ in 0..times() {
            for path in &paths {
                let body = input::json_body(&mut rng, &everything);
                let mut request = client().post(format!("{}{path}", app.url)).header("content-type", "application/json");
                request = match rng.usize(..4) {
                    0 => request.header("authorization", input::header(&mut rng)),
                    _ => request.bearer_auth(&secret),
                };
                answers.ask(path, &body, request).await;
            }
        }
        answers.print("devices");
        let call = still_works(&app, &other, &theirs).await;
        assert_eq!(call.due_at.to_string(), "2026-10-12T08:20:00Z");
    }

    async fn signed_webhooks_may_hold_anything(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        let mut rng = Rng::with_seed(SEED);
        let mut answers = Answers::default();
        for (name, text) in FIXTURES {
            let mut sound: Value = serde_json::from_str(text).unwrap();
            // Of our own agent: what is another's is not looked at.
            sound["data"]["agent_id"] = json!(app.world.eleven.app_agent_id());
            for _ in 0..times() {
                let body = input::json_body(&mut rng, &sound);
                let signature = sign(app.world.eleven.webhook_secret(), app.now().secs(), &body);
                let request = client().post(format!("{}{WEBHOOK_PATH}", app.url));
                answers.ask(name, &body, request.header("elevenlabs-signature", signature)).await;
            }
        }
        answers.print("webhooks");
        app.settle().await;
        let unread = app.database.texts("SELECT state AS text FROM jobs WHERE kind = 'apply_webhook' AND state <> 'done'").await;
        assert_eq!(unread, [""; 0], "each was read to its end");
        still_works(&app, &home, &paired).await;
    }
}
