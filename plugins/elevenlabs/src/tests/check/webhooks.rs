//! Webhooks: chosen, of the right events, on, signed, and for us.

use callpanion_plugin_api::provider::Severity;
use callpanion_plugin_api::testing::NOW_MS;
use serde_json::{Value, json};

use super::{APP, SETTINGS, Stage, WEBHOOKS, each_is_told, faults, findings, has_none};

fn chosen(stage: &mut Stage) -> &mut Value {
    &mut stage.bodies[SETTINGS]["webhooks"]
}

fn webhook(stage: &mut Stage) -> &mut Value {
    &mut stage.bodies[WEBHOOKS]["webhooks"][0]
}

fn failed(stage: &mut Stage, status: u16, ago_s: u64) {
    webhook(stage)["most_recent_failure_error_code"] = status.into();
    webhook(stage)["most_recent_failure_timestamp"] = (NOW_MS / 1_000 - ago_s).into();
}

#[test]
fn what_is_chosen_wrongly_is_told() {
    each_is_told(&[
        (
            |s| *chosen(s) = Value::Null,
            Severity::Problem,
            "of the talks of agent \"Companion in the app\" (in the app) and \"Companion by phone\" (on the phone)",
            "with the URL https://calls.example.org/webhooks/elevenlabs.",
        ),
        (|s| s.bodies[WEBHOOKS] = json!({"webhooks": []}), Severity::Problem, "does not exist any more", "HMAC"),
        (
            |s| chosen(s)["events"] = json!(["call_initiation_failure"]),
            Severity::Problem,
            "does not tell when a talk",
            "tick Transcript",
        ),
        // As before there were events.
        (
            |s| chosen(s)["events"] = Value::Null,
            Severity::Warning,
            "nobody took a call of agent \"Companion by phone\"",
            "tick Call initiation failure",
        ),
        (
            |s| chosen(s)["events"] = json!(["transcript", "audio", "call_initiation_failure"]),
            Severity::Warning,
            "recordings",
            "take the tick from Audio",
        ),
        (|s| chosen(s)["send_audio"] = true.into(), Severity::Warning, "recordings", "Audio"),
        (|s| chosen(s)["transcript_format"] = "opentelemetry".into(), Severity::Problem, "OpenTelemetry", "JSON"),
        (
            |s| chosen(s)["exclude_transcript"] = true.into(),
            Severity::Warning,
            "leaves out what was said in the talks of agent",
            "exclude_transcript",
        ),
        (|s| s.answer(SETTINGS, 500, ""), Severity::Warning, "of the choice of the webhook", "again"),
        (
            |s| s.answer(WEBHOOKS, 403, r#"{"detail":{"code":"forbidden"}}"#),
            Severity::Warning,
            "of the webhooks: ElevenLabs denies it (forbidden)",
            "admin",
        ),
        (|s| s.answer(WEBHOOKS, 404, ""), Severity::Warning, "of the webhooks: ElevenLabs does not know", "Update"),
    ]);
}

#[test]
fn what_is_wrong_with_the_webhook_is_told() {
    each_is_told(&[
        (|s| webhook(s)["is_disabled"] = true.into(), Severity::Problem, "is switched off", "Switch it on"),
        (
            |s| {
                webhook(s)["is_auto_disabled"] = true.into();
                failed(s, 500, 60);
            },
            Severity::Problem,
            "given up the webhook",
            "on again",
        ),
        (
            |s| webhook(s)["webhook_url"] = "https://old.example.org/hooks?token=secret".into(),
            Severity::Problem,
            "goes to https://old.example.org/hooks, and not to this Callpanion",
            "cannot be changed",
        ),
        (|s| webhook(s)["auth_type"] = "oauth2".into(), Severity::Problem, "but with oauth2", "HMAC"),
        (|s| failed(s, 401, 3_600), Severity::Warning, "its secret is not the one here", "shows a secret only once"),
        (|s| failed(s, 503, 3_600), Severity::Warning, "it was answered 503", "look into its log"),
        (|s| webhook(s)["retry_enabled"] = false.into(), Severity::Warning, "sent once only", "retries"),
        (
            |s| {
                s.forget("webhook-urls");
                let own = "http://localhost:8080/webhooks/elevenlabs";
                s.facts.push(("webhook-urls".to_owned(), own.to_owned()));
                webhook(s)["webhook_url"] = own.into();
            },
            Severity::Problem,
            "https addresses only, and Callpanion's is http://localhost:8080",
            "public_url",
        ),
    ]);
}

#[test]
fn what_is_old_or_written_otherwise_is_no_fault() {
    for url in [
        "https://CALLS.example.org:443/webhooks/elevenlabs/",
        "https://calls.example.org/functions/v1/elevenlabs-webhook",
    ] {
        has_none(|stage| webhook(stage)["webhook_url"] = url.into());
    }
    has_none(|stage| failed(stage, 401, 2 * 24 * 3_600));
    let retried = findings(|stage| webhook(stage)["retry_enabled"] = true.into());
    assert!(retried.iter().all(|finding| !finding.what.contains("sent again")), "{retried:?}");
}

#[test]
fn of_many_agents_some_are_named() {
    let many = |stage: &mut Stage| {
        for language in 0..20 {
            stage.settings["phone_agents"][format!("l{language}")] = format!("agent_of_{language}").into();
        }
        *chosen(stage) = Value::Null;
    };
    // Each is there, under a name that is as long as may be.
    let findings = super::findings(|stage| {
        many(stage);
        stage.bodies[APP]["name"] = "n".repeat(200).into();
        stage.more = vec![stage.bodies[APP].clone(); 20];
    });
    assert!(findings.iter().any(|finding| finding.what.contains(" and 17 more.")), "{findings:?}");
}

#[test]
fn an_agent_may_have_a_webhook_of_its_own() {
    let own = |stage: &mut Stage| {
        stage.bodies[APP]["platform_settings"]["workspace_overrides"]["webhooks"] =
            json!({"post_call_webhook_id": "its-own", "events": ["transcript"]});
        let mut another = webhook(stage).clone();
        another["webhook_id"] = "its-own".into();
        another["name"] = "Its own".into();
        another["is_disabled"] = true.into();
        if let Some(all) = stage.bodies[WEBHOOKS]["webhooks"].as_array_mut() {
            all.push(another);
        }
    };
    let faults = faults(own);
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert!(fault.what.contains("\"Its own\" is switched off"), "{fault:?}");
    // Calls in the app are not dialled, so nothing is missed of it.
    let fine = findings(own).into_iter().filter(|finding| finding.what.contains("is on and signed")).count();
    assert_eq!(fine, 1, "the phone's is looked at by itself");
}
