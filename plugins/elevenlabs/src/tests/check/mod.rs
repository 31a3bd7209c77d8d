//! The check of the set-up: a vendor with everything in order, in which each test makes one thing wrong.

mod account;
mod agents;
mod phone;
mod webhooks;

use callpanion_plugin_api::provider::{Finding, Provider, Severity};
use callpanion_plugin_api::testing::{context, drive, response};
use callpanion_plugin_api::{Answer, Request};
use serde_json::{Value, json};

use super::{APP_AGENT, PHONE_AGENT};
use crate::ElevenLabs;

/// Where the host takes webhooks.
const OUR_URL: &str = "https://calls.example.org/webhooks/elevenlabs";

/// The places of the answers, in the order of the requests.
const LIST: usize = 0;
const SETTINGS: usize = 1;
const WEBHOOKS: usize = 2;
const SUBSCRIPTION: usize = 3;
const NUMBERS: usize = 4;
const APP: usize = 5;
const PHONE: usize = 6;

/// What the vendor answers, what the operator has set, and what the host tells.
struct Stage {
    settings: Value,
    facts: Vec<(String, String)>,
    /// The settings of the channel that dials, among the facts.
    channel: Value,
    bodies: [Value; 7],
    /// Bodies of further agents.
    more: Vec<Value>,
    /// Other answers than these bodies, by their places.
    instead: Vec<(usize, Answer)>,
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

impl Stage {
    /// Everything is in order, for calls in the app and on the phone.
    fn in_order() -> Self {
        let mut app_agent = parse(include_str!("../../../tests/fixtures/http/agent_get.response.json"));
        let phone_agent = app_agent.clone();
        app_agent["agent_id"] = APP_AGENT.into();
        app_agent["name"] = "Companion in the app".into();
        let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Self {
            settings: super::settings(),
            facts: vec![
                fact("webhook-urls", &format!("{OUR_URL} https://calls.example.org/functions/v1/elevenlabs-webhook")),
                fact(
                    "variables",
                    "callpanion_call_id callee_name language interests family_name last_talk family_messages",
                ),
                fact("renderer", "family-summary"),
                fact("phone-channel", "twilio-batch"),
            ],
            channel: json!({
                "base_url": "https://api.elevenlabs.io", "agent_id": PHONE_AGENT, "agents": {},
                "agent_phone_number_id": "phnum_0601kb2m9q8rfs3vx5d7h1n4tzyc", "ringing_timeout_s": 40,
                "override_language": true, "target_concurrency_limit": 2,
            }),
            bodies: [
                json!({"agents": [], "has_more": false}),
                parse(include_str!("../../../tests/fixtures/http/settings_get.response.json")),
                parse(include_str!("../../../tests/fixtures/http/webhooks_list.response.json")),
                parse(include_str!("../../../tests/fixtures/http/subscription_get.response.json")),
                parse(include_str!("../../../tests/fixtures/http/phone_numbers_list.response.json")),
                app_agent,
                phone_agent,
            ],
            more: Vec::new(),
            instead: Vec::new(),
        }
    }

    /// Takes a fact away.
    fn forget(&mut self, fact: &str) {
        self.facts.retain(|(name, _)| name != fact);
    }

    /// Answers so at this place.
    fn answer(&mut self, place: usize, status: u16, body: &str) {
        self.instead.push((place, response(status, body)));
    }
}

/// What the check says of a vendor with this change, and what it asked.
fn check(change: impl FnOnce(&mut Stage)) -> (Vec<Finding>, Vec<Request>) {
    let mut stage = Stage::in_order();
    change(&mut stage);
    let mut answers = stage.bodies.map(|body| response(200, &body.to_string()));
    for (place, answer) in stage.instead {
        answers[place] = answer;
    }
    let mut context = context(&stage.settings);
    let dials = stage.facts.iter().any(|(name, _)| name == "phone-channel");
    context.extra = stage.facts;
    if dials {
        context.extra.push(("phone-channel-settings".to_owned(), stage.channel.to_string()));
    }
    let is_asked =
        |place: usize| place != NUMBERS || (dials && stage.channel["base_url"] != "https://elsewhere.example");
    let more = stage.more.iter().map(|body| response(200, &body.to_string()));
    let script =
        answers.into_iter().enumerate().filter(|(place, _)| is_asked(*place)).map(|(_, answer)| answer).chain(more);
    let (result, requests) = drive(&context, script, ElevenLabs::check);
    (result.unwrap_or_else(|failure| panic!("{failure:?}")), requests)
}

fn findings(change: impl FnOnce(&mut Stage)) -> Vec<Finding> {
    let (findings, _) = check(change);
    for finding in &findings {
        assert!(finding.what.chars().count() <= 500 && finding.mend.chars().count() <= 500, "it is cut: {finding:?}");
        assert!(!finding.what.contains("  ") && !finding.mend.contains("  "), "{finding:?}");
    }
    findings
}

/// What is wrong, of all that is said.
fn faults(change: impl FnOnce(&mut Stage)) -> Vec<Finding> {
    findings(change).into_iter().filter(|finding| finding.severity != Severity::Ok).collect()
}

/// Nothing is wrong with this change.
fn has_none(change: impl FnOnce(&mut Stage)) {
    let faults = faults(change);
    assert!(faults.is_empty(), "{faults:?}");
}

/// One thing that is made wrong, and the finding that tells of it: how grave, and words of `what` and `mend`.
type Row = (fn(&mut Stage), Severity, &'static str, &'static str);

/// Each change leads to exactly one fault.
fn each_is_told(rows: &[Row]) {
    for (change, severity, what, mend) in rows {
        let faults = faults(change);
        let [fault] = &faults[..] else { panic!("{what}: {faults:?}") };
        assert_eq!(fault.severity, *severity, "{fault:?}");
        assert!(fault.what.contains(what) && fault.mend.contains(mend), "{what}, {mend}: {fault:?}");
    }
}

#[test]
fn what_is_in_order_is_told_and_so_is_what_cannot_be_seen() {
    let (findings, requests) = check(|_| {});
    let said: Vec<&str> = findings.iter().map(|finding| finding.what.as_str()).collect();
    assert_eq!(
        said,
        [
            "ElevenLabs accepts the key.",
            "Agent \"Companion in the app\" (in the app) is in order: it wants a token, its variables and notes fit, \
             and its talks are deleted after 30 days.",
            "Agent \"Companion by phone\" (on the phone) is in order: it wants a token, its variables and notes fit, \
             and its talks are deleted after 30 days.",
            "Phone calls go out through Twilio, from a number that can make calls.",
            "The webhook \"Callpanion\" is on and signed, and comes to this Callpanion.",
            "Whether the webhook \"Callpanion\" is sent again when it fails cannot be seen from here.",
            "488000 of 500000 credits are left. How many can talk at the same time depends on the plan, pro.",
            "Only a call shows whether the key may start talks, whether the terms of batch calling were accepted, and \
             whether the webhook's secret is right.",
        ]
    );
    assert!(findings.iter().all(|finding| finding.severity == Severity::Ok));
    let notes = findings.iter().filter(|finding| !finding.mend.is_empty()).count();
    assert_eq!(notes, 2, "{findings:?}");

    let urls: Vec<&str> = requests.iter().map(|request| request.url.as_str()).collect();
    let base = "https://api.elevenlabs.io/v1";
    assert_eq!(
        urls,
        [
            format!("{base}/convai/agents?page_size=1"),
            format!("{base}/convai/settings"),
            format!("{base}/workspace/webhooks"),
            format!("{base}/user/subscription"),
            format!("{base}/convai/phone-numbers"),
            format!("{base}/convai/agents/{APP_AGENT}"),
            format!("{base}/convai/agents/{PHONE_AGENT}"),
        ]
    );
    assert!(requests.iter().all(|request| request.method == "GET" && request.credential.as_deref() == Some("api-key")));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let faults = faults(|stage| {
        stage.bodies[APP]["platform_settings"]["auth"]["enable_auth"] = false.into();
        stage.answer(PHONE, 404, "{}");
        stage.bodies[NUMBERS] = json!([]);
        stage.bodies[WEBHOOKS]["webhooks"][0]["is_disabled"] = true.into();
        stage.bodies[SUBSCRIPTION]["character_count"] = 500_000.into();
    });
    let words = ["talks to anyone", "does not show agent", "phone number phnum_", "switched off", "No credit"];
    assert_eq!(faults.len(), words.len(), "{faults:?}");
    for word in words {
        assert!(faults.iter().any(|fault| fault.what.contains(word)), "{word}: {faults:?}");
    }
}

#[test]
fn an_older_host_that_tells_nothing_is_served_as_well() {
    let findings = findings(|stage| stage.facts.clear());
    assert!(findings.iter().all(|finding| finding.severity == Severity::Ok), "{findings:?}");
    assert!(findings.iter().any(|finding| finding.mend.contains("Update Callpanion")), "{findings:?}");
    assert!(findings.iter().all(|finding| !finding.what.contains("to this Callpanion")), "{findings:?}");
}
