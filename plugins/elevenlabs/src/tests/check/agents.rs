//! Agents: there, closed to strangers, with variables, notes and limits that fit.

use callpanion_plugin_api::provider::Severity;
use serde_json::{Value, json};

use super::{APP, APP_AGENT, PHONE, SETTINGS, Stage, each_is_told, faults, findings, has_none};

/// The platform settings of the agent at this place.
fn platform(stage: &mut Stage, place: usize) -> &mut Value {
    &mut stage.bodies[place]["platform_settings"]
}

fn agent(stage: &mut Stage, place: usize) -> &mut Value {
    &mut stage.bodies[place]["conversation_config"]["agent"]
}

#[test]
fn what_is_set_up_otherwise_is_told() {
    each_is_told(&[
        (|s| s.answer(APP, 404, "{}"), Severity::Problem, APP_AGENT, "phone_agent_id"),
        (
            |s| s.answer(APP, 403, r#"{"detail":{"code":"workspace_access_denied"}}"#),
            Severity::Problem,
            "does not show agent",
            "another workspace's",
        ),
        (|s| s.answer(PHONE, 500, ""), Severity::Warning, "of the agents: ElevenLabs answered 500", "again"),
        (
            |s| platform(s, APP)["auth"]["enable_auth"] = false.into(),
            Severity::Warning,
            "\"Companion in the app\" (in the app) talks to anyone",
            "Enable authentication",
        ),
        (
            |s| platform(s, PHONE)["overrides"] = json!({}),
            Severity::Problem,
            "`twilio-batch` does: no phone will ring",
            "Overrides",
        ),
        (
            |s| {
                s.settings["override_language"] = true.into();
                platform(s, APP)["overrides"] = json!({});
            },
            Severity::Problem,
            "does not let the app set its language, and `override_language` does",
            "Overrides",
        ),
        (
            |s| {
                s.settings["first_messages"] = json!({"id": "Halo {{address_form}}!"});
                platform(s, APP)["overrides"]["conversation_config_override"]["agent"]["first_message"] = false.into();
            },
            Severity::Problem,
            "does not let the app set its first message, and `first_messages` does",
            "Overrides",
        ),
        (
            |s| platform(s, PHONE)["privacy"]["zero_retention_mode"] = true.into(),
            Severity::Problem,
            "Zero Retention Mode, which batch calls refuse",
            "Advanced tab",
        ),
        (
            |s| platform(s, APP)["privacy"]["zero_retention_mode"] = true.into(),
            Severity::Warning,
            "keeps nothing",
            "Data Retention",
        ),
        (
            |s| platform(s, APP)["privacy"]["retention_days"] = 0.into(),
            Severity::Warning,
            "keeps nothing",
            "Data Retention",
        ),
        (
            |s| platform(s, APP)["privacy"]["retention_days"] = (-1).into(),
            Severity::Warning,
            "for ever",
            "number of days",
        ),
        (|s| platform(s, APP)["privacy"] = Value::Null, Severity::Warning, "for ever", "number of days"),
        (
            |s| platform(s, PHONE)["call_limits"]["daily_limit"] = 0.into(),
            Severity::Problem,
            "takes no calls",
            "-1 means no limit",
        ),
        (
            |s| platform(s, PHONE)["call_limits"]["agent_concurrency_limit"] = 1.into(),
            Severity::Warning,
            "talks with 1 at once at the most, and a batch is told to make 2",
            "target_concurrency_limit",
        ),
    ]);
}

#[test]
fn how_an_agent_talks_is_told_where_it_harms() {
    each_is_told(&[
        (
            |s| s.bodies[APP]["conversation_config"]["turn"]["silence_end_call_timeout"] = (-1).into(),
            Severity::Warning,
            "stays on the line when nobody speaks",
            "for example 45",
        ),
        (
            |s| s.bodies[PHONE]["conversation_config"]["turn"] = json!({"turn_timeout": 7}),
            Severity::Warning,
            "stays on the line when nobody speaks",
            "silence_end_call_timeout",
        ),
        (
            |s| agent(s, PHONE)["prompt"]["built_in_tools"]["voicemail_detection"] = Value::Null,
            Severity::Warning,
            "does not notice an answering machine",
            "Voicemail detection",
        ),
        (
            |s| s.bodies[APP]["conversation_config"]["conversation"]["max_duration_seconds"] = 300.into(),
            Severity::Warning,
            "hangs up after 5 minutes",
            "max_duration_seconds",
        ),
        (
            |s| s.bodies[APP]["conversation_config"]["conversation"] = Value::Null,
            Severity::Warning,
            "hangs up after 10 minutes",
            "1200",
        ),
        (
            |s| platform(s, PHONE)["queueing_config"] = Value::Null,
            Severity::Warning,
            "lets people wait while all of the plan's lines are taken",
            "queueing_config.enabled",
        ),
        (
            |s| s.bodies[APP]["conversation_config"]["tts"]["model_id"] = "eleven_turbo_v2".into(),
            Severity::Problem,
            "speaks id with a voice model for English only",
            "eleven_flash_v2_5",
        ),
    ]);
}

#[test]
fn what_is_not_asked_of_an_agent_is_no_fault() {
    // The app overrides nothing, and neither does a channel that is not told to.
    has_none(|s| platform(s, APP)["overrides"] = json!({}));
    let no_override = |stage: &mut Stage| {
        stage.channel["override_language"] = false.into();
        platform(stage, PHONE)["overrides"] = json!({});
    };
    has_none(no_override);
    has_none(|s| platform(s, APP)["call_limits"] = json!({"agent_concurrency_limit": -1}));
    // No machine answers in the app, and nobody waits there. English may be spoken with a voice for English.
    has_none(|s| agent(s, APP)["prompt"]["built_in_tools"] = Value::Null);
    has_none(|s| platform(s, APP)["queueing_config"] = Value::Null);
    has_none(|s| {
        let config = &mut s.bodies[PHONE]["conversation_config"];
        config["tts"]["model_id"] = "eleven_flash_v2".into();
        config["language_presets"] = json!({});
    });
}

#[test]
fn variables_without_a_value_end_a_talk_and_are_told() {
    each_is_told(&[
        (
            |s| agent(s, PHONE)["first_message"] = "Hello {{elder_name}}!".into(),
            Severity::Problem,
            "wants a value for {{elder_name}}, which Callpanion does not send",
            "{{callee_name}}",
        ),
        (
            |s| {
                agent(s, PHONE)["first_message"] = "Hello {{mother}}!".into();
                agent(s, PHONE)["dynamic_variables"]["dynamic_variable_placeholders"]["mother"] = "mother".into();
            },
            Severity::Warning,
            "says the default of {{mother}} to everyone",
            "{{callee_name}}",
        ),
        (
            |s| agent(s, PHONE)["dynamic_variables"] = json!({}),
            Severity::Warning,
            "no default value for {{callee_name}}, {{family_messages}}, {{family_name}}, {{interests}}, {{last_talk}}",
            "type {{",
        ),
        (
            |s| agent(s, APP)["dynamic_variables"] = Value::Null,
            Severity::Warning,
            "in an app that does not pass on what Callpanion gives it",
            "default value",
        ),
        (
            |s| agent(s, APP)["first_message"] = "Hello {{elder_name}}!".into(),
            Severity::Warning,
            "wants a value for {{elder_name}}, which Callpanion does not give the app",
            "default value",
        ),
        (
            |s| agent(s, PHONE)["prompt"]["prompt"] = "You are a warm companion.".into(),
            Severity::Warning,
            "does not pass on what families leave to be told",
            "{{family_messages}}",
        ),
        // Wherever it is used.
        (
            |s| {
                s.bodies[PHONE]["conversation_config"]["language_presets"] =
                    json!({"id": {"overrides": {"agent": {"first_message": "Halo {{ nama }}!"}}}});
            },
            Severity::Problem,
            "{{nama}}",
            "system prompt",
        ),
    ]);
}

#[test]
fn an_agent_that_uses_nothing_that_it_is_told_is_noted() {
    let findings = findings(|stage| {
        let prompt = json!({"built_in_tools": agent(stage, PHONE)["prompt"]["built_in_tools"]});
        *agent(stage, PHONE) =
            json!({"first_message": "Hello {{ not a name }} {{}} {{system__time_utc}} {{!", "prompt": prompt});
        // The message for a machine counts too.
        let tools = &mut agent(stage, PHONE)["prompt"]["built_in_tools"];
        tools["voicemail_detection"]["params"]["voicemail_message"] = Value::Null;
    });
    assert!(findings.iter().all(|finding| finding.severity == Severity::Ok), "{findings:?}");
    let note = findings.iter().find(|finding| finding.what.contains("makes no use of it"));
    let note = note.unwrap_or_else(|| panic!("{findings:?}"));
    assert!(note.mend.contains("{{interests}}") && !note.mend.contains("callpanion_call_id"), "{note:?}");
}

#[test]
fn an_agent_of_both_places_is_held_to_both() {
    let faults = faults(|stage| {
        stage.settings = json!({"agent_id": super::PHONE_AGENT, "phone_agent_id": super::PHONE_AGENT});
        // There is one agent to ask about now.
        stage.bodies[APP] = stage.bodies[PHONE].clone();
        stage.bodies[APP]["conversation_config"]["agent"]["dynamic_variables"] = Value::Null;
    });
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert!(fault.what.contains("(in the app and on the phone)"), "{fault:?}");
    assert!(fault.what.contains("does not pass on what Callpanion gives it"), "{fault:?}");
}

#[test]
fn notes_that_the_summary_lacks_are_named_with_their_types() {
    each_is_told(&[
        (
            |s| platform(s, APP)["data_collection"] = json!({}),
            Severity::Warning,
            "does not note all",
            "emergency_flag (boolean), mood_score (integer)",
        ),
        (
            |s| platform(s, APP)["data_collection"]["flag_confused"]["type"] = "string".into(),
            Severity::Warning,
            "as a type that the summary cannot read",
            "flag_confused (boolean).",
        ),
    ]);
    let owners = |stage: &mut Stage| {
        let collected = &mut platform(stage, PHONE)["data_collection"];
        collected["mood_score"] = json!({"type": "integer"});
        collected["emergency_flag"] = json!({"type": "boolean"});
        collected["urgent"] = json!({"type": "string"});
    };
    // One of two names is enough.
    has_none(owners);
}

#[test]
fn notes_are_not_judged_where_they_cannot_be_seen_or_nobody_knows_who_reads_them() {
    let shared = findings(|stage| {
        platform(stage, PHONE)["data_collection"] = json!({});
        platform(stage, PHONE)["analysis_items"] = json!([{"id": "item_1"}]);
    });
    assert!(shared.iter().any(|finding| finding.what.contains("items that agents share")), "{shared:?}");
    assert!(shared.iter().all(|finding| finding.severity == Severity::Ok), "{shared:?}");
    let another = |stage: &mut Stage| {
        stage.forget("renderer");
        stage.facts.push(("renderer".to_owned(), "ollama-summary".to_owned()));
        platform(stage, PHONE)["data_collection"] = json!({});
    };
    has_none(another);
}

#[test]
fn a_strange_shape_breaks_nothing() {
    for body in
        [json!([]), json!({}), json!({"platform_settings": 7, "conversation_config": "x", "name": ["\u{1b}[2J"]})]
    {
        let findings = findings(|stage| {
            stage.bodies[PHONE] = body.clone();
            stage.bodies[SETTINGS] = body.clone();
        });
        assert!(findings.iter().any(|finding| finding.severity != Severity::Ok), "{findings:?}");
    }
    let named = findings(|stage| stage.bodies[APP]["name"] = "\u{1b}[2J".repeat(100).into());
    assert!(named.iter().all(|finding| !finding.what.contains('\u{1b}')), "{named:?}");
}
