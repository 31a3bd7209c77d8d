//! What is set up: what differs, what is sent for it, and what is left alone.

use callpanion_plugin_api::provisioning::{Change, Provisioned, Provisioning, Wanted};
use callpanion_plugin_api::testing::{context, drive, json_body, response};
use callpanion_plugin_api::{Answer, Failure, Request};
use serde_json::{Value, json};

use super::{APP_AGENT, settings};
use crate::ElevenLabs;

const OUR_URL: &str = "https://calls.example.org/webhooks/elevenlabs";

fn wanted() -> Wanted {
    Wanted {
        name: "Callpanion".to_owned(),
        languages: vec!["en".to_owned(), "id".to_owned()],
        webhook_url: OUR_URL.to_owned(),
        retention_days: Some(30),
        keep_audio: false,
        variables: vec!["callee_name".to_owned()],
        extra: Vec::new(),
    }
}

/// An agent to which nothing is missing.
fn agent() -> Value {
    json!({
        "name": "Companion",
        "conversation_config": {
            "agent": {
                "prompt": {
                    "prompt": "Be kind to {{callee_name}}.",
                    "built_in_tools": { "voicemail_detection": { "name": "voicemail_detection" } },
                },
                "dynamic_variables": { "dynamic_variable_placeholders": { "callee_name": "friend" } },
            },
            "turn": { "silence_end_call_timeout": 30 },
            "conversation": { "max_duration_seconds": 1_800 },
        },
        "platform_settings": {
            "auth": { "enable_auth": true }, "privacy": { "retention_days": 30, "record_voice": false },
            "queueing_config": { "enabled": false },
            "workspace_overrides": { "webhooks": {
                "post_call_webhook_id": "wh_1", "events": ["transcript", "call_initiation_failure"],
            }},
        },
    })
}

/// The answers to the looks: the workspace, its webhooks, and both agents, the second in order.
fn looks(first: &Value, webhooks: &Value) -> Vec<Answer> {
    [json!({}), webhooks.clone(), first.clone(), agent()].iter().map(|it| response(200, &it.to_string())).collect()
}

fn ours() -> Value {
    json!({ "webhooks": [
        {
            "webhook_id": "wh_1", "name": "post-call", "webhook_url": OUR_URL, "auth_type": "hmac",
            "is_disabled": false,
        },
    ]})
}

fn plan(answers: Vec<Answer>) -> (Result<Vec<Change>, Failure>, Vec<Request>) {
    drive(&context(&settings()), answers, |ctx| ElevenLabs::plan(ctx, wanted()))
}

fn apply(settings: &Value, answers: Vec<Answer>) -> (Result<Provisioned, Failure>, Vec<Request>) {
    drive(&context(settings), answers, |ctx| ElevenLabs::apply(ctx, wanted()))
}

#[test]
fn nothing_differs_and_nothing_is_sent_where_all_is_in_order() {
    let (changes, requests) = plan(looks(&agent(), &ours()));
    assert_eq!(changes, Ok(Vec::new()));
    assert!(requests.iter().all(|request| request.method == "GET"));
    let (done, requests) = apply(&settings(), looks(&agent(), &ours()));
    let done = done.unwrap();
    assert!(done.changes.is_empty() && done.settings.is_empty() && done.to_do.is_empty(), "{done:?}");
    assert_eq!(requests.len(), 4);
}

#[test]
fn what_is_told_is_what_is_sent_and_the_rest_of_a_section_goes_with_it() {
    let mut careless = agent();
    careless["platform_settings"]["privacy"]["retention_days"] = json!(-1);
    careless["platform_settings"]["call_limits"] = json!({ "daily_limit": 7 });
    let (told, _) = plan(looks(&careless, &ours()));
    let change = Change::new("Agent \"Companion\": days that talks are kept", "-1", "30");
    assert_eq!(told, Ok(vec![change.clone()]));
    let answers = looks(&careless, &ours()).into_iter().chain([response(200, "{}")]).collect();
    let (done, requests) = apply(&settings(), answers);
    assert_eq!(done.unwrap().changes, [change]);
    let sent = requests.last().unwrap();
    assert_eq!((sent.method.as_str(), sent.repeatable), ("PATCH", true));
    let body = json_body(sent);
    assert_eq!(body["platform_settings"]["privacy"]["retention_days"], 30);
    assert_eq!(body["platform_settings"]["call_limits"]["daily_limit"], 7);
    assert!(body.get("conversation_config").is_none(), "nothing of it differs");
}

#[test]
fn how_an_agent_talks_is_mended_where_it_harms_and_else_left() {
    let mut hasty = agent();
    hasty["conversation_config"]["agent"]["prompt"]["built_in_tools"] = json!({ "end_call": { "name": "end_call" } });
    hasty["conversation_config"]["turn"] = json!({ "turn_timeout": 7 });
    hasty["conversation_config"]["conversation"]["max_duration_seconds"] = json!(600);
    hasty["conversation_config"]["tts"] = json!({ "model_id": "eleven_turbo_v2", "voice_id": "chosen" });
    hasty["platform_settings"]["queueing_config"] = Value::Null;
    let answers = looks(&hasty, &ours()).into_iter().chain([response(200, "{}")]).collect();
    let (done, requests) = apply(&settings(), answers);
    let change =
        |what: &str, before: &str, after: &str| Change::new(format!("Agent \"Companion\": {what}"), before, after);
    assert_eq!(
        done.unwrap().changes,
        [
            change("seconds of silence that end a talk", "", "45"),
            change("seconds that a talk lasts at the most", "600", "1200"),
            change("what it does on an answering machine", "", "hangs up"),
            change("voice model", "eleven_turbo_v2", "eleven_flash_v2_5"),
            change("whether people wait while lines are taken", "", "no"),
        ]
    );
    let body = json_body(requests.last().unwrap());
    let config = &body["conversation_config"];
    let tools = &config["agent"]["prompt"]["built_in_tools"];
    assert_eq!(tools["voicemail_detection"]["params"]["system_tool_type"], "voicemail_detection");
    assert_eq!(tools["end_call"]["name"], "end_call");
    assert_eq!((&config["turn"]["turn_timeout"], &config["tts"]["voice_id"]), (&json!(7), &json!("chosen")));
    assert_eq!(body["platform_settings"]["queueing_config"]["enabled"], false);
}

#[test]
fn an_agent_that_is_nothing_but_odd_is_mended_and_does_no_harm() {
    for odd in [json!({}), json!({ "platform_settings": [], "conversation_config": "x" })] {
        let changes = plan(looks(&odd, &ours())).0.unwrap();
        assert!(changes.iter().any(|change| change.what.contains("system prompt")), "{changes:?}");
    }
    let not_an_agent = plan(looks(&json!([1]), &ours())).0;
    assert!(matches!(not_an_agent, Err(Failure::Retry(_))), "{not_an_agent:?}");
}

#[test]
fn a_webhook_is_made_by_hand_and_switched_on_from_here() {
    let (done, _) = apply(&settings(), looks(&agent(), &json!({ "webhooks": [] })));
    let to_do = done.unwrap().to_do;
    assert!(matches!(&to_do[..], [one] if one.contains(OUR_URL) && one.contains("secret")), "{to_do:?}");
    let mut off = ours();
    off["webhooks"][0]["is_disabled"] = json!(true);
    let answers = looks(&agent(), &off).into_iter().chain([response(200, "{}")]).collect();
    let (done, requests) = apply(&settings(), answers);
    assert_eq!(done.unwrap().changes.len(), 1);
    assert!(requests.last().unwrap().url.ends_with("/v1/workspace/webhooks/wh_1"));
}

#[test]
fn an_agent_is_made_once_and_what_may_have_made_one_is_not_repeated() {
    let settings = json!({ "agent_id": "new" });
    let with = |made: Answer| {
        let looks = [json!({}), ours()].iter().map(|it| response(200, &it.to_string())).collect::<Vec<_>>();
        apply(&settings, looks.into_iter().chain([made]).collect())
    };
    let (done, requests) = with(response(200, &json!({ "agent_id": APP_AGENT }).to_string()));
    let done = done.unwrap();
    assert_eq!(done.changes.len(), 1);
    assert_eq!(done.settings[0].name, "agent_id");
    assert_eq!(done.settings[0].value, format!("\"{APP_AGENT}\""));
    let made = requests.last().unwrap();
    assert!(made.url.ends_with("/v1/convai/agents/create") && !made.repeatable);
    let body = json_body(made);
    assert_eq!(body["platform_settings"]["privacy"]["retention_days"], 30);
    assert_eq!(body["conversation_config"]["turn"]["silence_end_call_timeout"], 45);
    assert!(body["conversation_config"]["agent"]["prompt"]["built_in_tools"]["voicemail_detection"].is_object());
    for doubtful in [response(504, ""), Answer::Unknown("no answer".to_owned()), response(200, "{}")] {
        assert!(matches!(with(doubtful).0, Err(Failure::Unknown(_))));
    }
}

#[test]
fn a_webhook_that_is_switched_on_keeps_its_name_and_is_sent_again_when_it_fails() {
    let (mut once, mut given_up) = (ours(), ours());
    once["webhooks"][0]["retry_enabled"] = json!(false);
    given_up["webhooks"][0]["is_auto_disabled"] = json!(true);
    for webhooks in [once, given_up] {
        let answers = looks(&agent(), &webhooks).into_iter().chain([response(200, "{}")]).collect();
        let (done, requests) = apply(&settings(), answers);
        assert!(done.is_ok(), "{done:?}");
        let sent = requests.last().unwrap();
        assert_eq!(sent.method, "PATCH", "{webhooks}");
        let expected = json!({ "is_disabled": false, "name": "post-call", "retry_enabled": true });
        assert_eq!(json_body(sent), expected, "{webhooks}");
    }
}

#[test]
fn an_agent_that_is_made_speaks_each_language_and_hangs_up_on_silence() {
    let looks = [json!({}), ours()].iter().map(|it| response(200, &it.to_string())).collect::<Vec<_>>();
    let made = response(200, &json!({ "agent_id": APP_AGENT }).to_string());
    let (done, requests) = apply(&json!({ "agent_id": "new" }), looks.into_iter().chain([made]).collect());
    assert!(done.is_ok(), "{done:?}");
    let body = json_body(requests.last().unwrap());
    let (talk, platform) = (&body["conversation_config"], &body["platform_settings"]);
    assert_eq!(talk["agent"]["language"], "en");
    assert_eq!(talk["language_presets"]["id"]["overrides"]["agent"]["language"], "id");
    // Models without this ending speak English alone.
    assert!(talk["tts"]["model_id"].as_str().is_some_and(|model| model.ends_with("_v2_5")), "{talk}");
    assert!(talk["turn"]["silence_end_call_timeout"].as_i64().is_some_and(|seconds| seconds > 0), "{talk}");
    assert!(talk["agent"]["dynamic_variables"]["dynamic_variable_placeholders"]["callee_name"].is_string(), "{talk}");
    assert_eq!(platform["auth"]["enable_auth"], true);
    assert_eq!(platform["overrides"]["conversation_config_override"]["agent"]["language"], true);
    let chosen = &platform["workspace_overrides"]["webhooks"];
    assert_eq!(chosen["post_call_webhook_id"], "wh_1");
    assert_eq!(chosen["transcript_format"], "json");
    assert_eq!(chosen["events"], json!(["transcript", "call_initiation_failure"]));
}
