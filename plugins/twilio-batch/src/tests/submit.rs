//! The submit body, and every answer to it.

use callpanion_plugin_api::channel::{Channel, Ring, Verdict};
use callpanion_plugin_api::testing::{NOW_MS, context, drive, json_body, response, response_with};
use callpanion_plugin_api::{Answer, Request};
use serde_json::{Value, json};

use super::{BATCH, GROUP, parse, settings};
use crate::TwilioBatch;

const SUBMIT_REQUEST: &str = include_str!("../../tests/fixtures/batch_submit.request.json");
const SUBMITTED: &str = include_str!("../../tests/fixtures/batch_submit.response.json");

pub(super) fn ring(id: &str, callee: &str, number: &str, language: &str) -> Ring {
    Ring {
        ring_id: id.to_owned(),
        call_id: format!("call of {id}"),
        group_id: GROUP.to_owned(),
        family_id: "fam_01JZ9Q5A".to_owned(),
        callee_id: callee.to_owned(),
        address: number.to_owned(),
        environment: String::new(),
        ring_at_ms: NOW_MS + 300_000,
        expires_at_ms: NOW_MS + 345_000,
        language: language.to_owned(),
        zone: "Europe/London".to_owned(),
        variables: Vec::new(),
        extra: Vec::new(),
    }
}

fn two() -> Vec<Ring> {
    vec![
        ring("call_01KBG5K0Q9", "eld_01JZA0H4", "+442079460123", "en"),
        ring("call_01KBG6T2C4", "eld_01JZA1C8", "+628110000000", "id"),
    ]
}

pub(super) fn submit(
    settings: &Value,
    rings: &[Ring],
    script: impl IntoIterator<Item = Answer>,
) -> (Vec<Verdict>, Vec<Request>) {
    let (result, requests) = drive(&context(settings), script, |ctx| TwilioBatch::ring(ctx, rings.to_vec()));
    match result {
        Ok(verdicts) => (verdicts, requests),
        Err(failure) => panic!("{failure:?}"),
    }
}

fn verdicts(answer: Answer) -> Vec<Verdict> {
    submit(&settings(), &two(), [answer]).0
}

#[test]
fn the_submit_body_is_the_one_that_the_vendors_own_library_sends() {
    let mut expected = parse(SUBMIT_REQUEST);
    let mut rings = two();
    // The name ends in the last eight characters of the agent's id.
    expected["call_name"] = format!("callpanion-{GROUP}-1794990300-d5n0hyjs").into();
    expected["scheduled_time_unix"] = 1_794_990_300.into();
    for (i, ring) in rings.iter_mut().enumerate() {
        let data = &mut expected["recipients"][i]["conversation_initiation_client_data"];
        let Some(variables) = data["dynamic_variables"].as_object_mut() else {
            panic!("no variables in the fixture");
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        ring.variables = variables.iter().map(|(k, v)| (k.clone(), text(v))).collect();
        ring.variables.push(("system__caller_id".to_owned(), "forged".to_owned()));
        ring.variables.push(("phone_number".to_owned(), "+10".to_owned()));
        variables.insert("callpanion_call_id".to_owned(), ring.call_id.clone().into());
    }

    let (verdicts, requests) = submit(&settings(), &rings, [response(200, SUBMITTED)]);
    assert_eq!(verdicts, vec![Verdict::Accepted(Some(BATCH.to_owned())); 2]);
    assert_eq!(requests.len(), 1);
    let request = &requests[0];
    assert_eq!(
        (request.method.as_str(), request.url.as_str()),
        ("POST", "https://api.elevenlabs.io/v1/convai/batch-calling/submit")
    );
    assert_eq!(request.credential.as_deref(), Some("api-key"));
    assert!(!request.repeatable, "a repeated submit rings a phone twice");
    assert_eq!(json_body(request), expected);
}

#[test]
fn another_address_may_have_a_path_and_a_slash_at_its_end() {
    for base_url in ["https://proxy.example/eleven", "https://proxy.example/eleven/"] {
        let mut settings = settings();
        settings["base_url"] = base_url.into();
        let (_, requests) = submit(&settings, &two(), [response(200, SUBMITTED)]);
        assert_eq!(requests[0].url, "https://proxy.example/eleven/v1/convai/batch-calling/submit");
    }
}

#[test]
fn what_is_not_set_is_not_sent() {
    let mut settings = settings();
    settings["target_concurrency_limit"] = Value::Null;
    settings["override_language"] = false.into();
    let (_, requests) = submit(&settings, &two(), [response(200, SUBMITTED)]);
    let body = json_body(&requests[0]);
    assert!(body.get("target_concurrency_limit").is_none(), "ElevenLabs' own rule holds: {body}");
    let client = &body["recipients"][0]["conversation_initiation_client_data"];
    assert!(client.get("conversation_config_override").is_none(), "an agent need not allow it: {client}");
}

#[test]
fn rings_go_together_by_agent_and_moment() {
    let mut settings = settings();
    settings["agents"] = json!({"id": "agent_for_indonesian"});
    let mut rings = two();
    rings.push(ring("three", "callee", "+442079460199", "en-GB"));
    rings.push(ring("four", "callee", "+442079460198", "en"));
    rings[3].ring_at_ms += 60_000;
    rings[3].expires_at_ms += 60_000;
    let answers = ["a", "b", "c"].map(|id| response(200, &json!({"id": id}).to_string()));
    let (verdicts, requests) = submit(&settings, &rings, answers);
    let agents: Vec<_> = requests.iter().map(|r| json_body(r)["agent_id"].clone()).collect();
    assert_eq!(
        agents,
        ["agent_7401kb2m8x4teqf9v6r3d5n0hyjs", "agent_7401kb2m8x4teqf9v6r3d5n0hyjs", "agent_for_indonesian"]
    );
    let accepted = |id: &str| Verdict::Accepted(Some(id.to_owned()));
    assert_eq!(verdicts, [accepted("a"), accepted("c"), accepted("a"), accepted("b")]);
    let mut names: Vec<_> = requests.iter().map(|r| json_body(r)["call_name"].to_string()).collect();
    names.dedup();
    assert_eq!(names.len(), 3, "names are unique");
}

#[test]
fn a_phone_falls_silent_inside_its_window() {
    let mut short = ring("short", "callee", "+442079460199", "en");
    short.expires_at_ms = short.ring_at_ms + 20_000;
    let (_, requests) = submit(&settings(), &[short.clone()], [response(200, SUBMITTED)]);
    let config = &json_body(&requests[0])["telephony_call_config"];
    assert_eq!(*config, json!({"ringing_timeout_secs": 15}));

    short.expires_at_ms = short.ring_at_ms + 9_000;
    let (verdicts, requests) = submit(&settings(), &[short], []);
    assert!(requests.is_empty());
    assert!(matches!(verdicts[0], Verdict::Refused(_)));
}

#[test]
fn an_ambiguous_submit_is_unknown_and_a_certain_one_is_not() {
    let unknown = Answer::Unknown("no answer within 30000 ms".to_owned());
    assert!(matches!(verdicts(unknown)[0], Verdict::Unknown(_)));
    let error = include_str!("../../tests/fixtures/error.500.string_detail.json");
    assert!(matches!(verdicts(response(500, error))[0], Verdict::Unknown(_)));
    for status in [408, 409, 500, 502, 503, 504] {
        assert!(matches!(verdicts(response(status, "<html>"))[0], Verdict::Unknown(_)), "{status}");
    }
    assert!(matches!(verdicts(Answer::Unsent("dns".to_owned()))[0], Verdict::Retry(_)));
    // Accepted, though the answer cannot be read: it must not be sent again.
    assert_eq!(verdicts(response(200, "ok"))[0], Verdict::Accepted(None));
}

#[test]
fn what_the_operator_must_do_is_said() {
    let agreement = json!({"detail": {
        "type": "authorization_error", "code": "forbidden",
        "status": "batch_calling_agreement_required", "message": "…",
    }});
    let lacking = json!({"detail": {
        "type": "authentication_error", "code": "unauthorized", "status": "missing_permissions",
        "message": "The API key you used is missing the permission convai_write to execute this operation.",
    }});
    for (status, body, word) in [
        (401, lacking.to_string(), "may not do this (missing_permissions, convai_write)"),
        (401, include_str!("../../tests/fixtures/error.401.json").to_owned(), "api-key"),
        (402, include_str!("../../tests/fixtures/error.402.json").to_owned(), "credit"),
        (400, json!({"detail": {"status": "quota_exceeded"}}).to_string(), "credit"),
        (401, json!({"detail": {"status": "quota_exceeded"}}).to_string(), "credit"),
        (403, agreement.to_string(), "accept the batch calling terms"),
        (404, include_str!("../../tests/fixtures/error.404.json").to_owned(), "agent_id"),
    ] {
        let Verdict::Misconfigured(text) = verdicts(response(status, &body)).remove(0) else {
            panic!("{status} is the operator's to mend");
        };
        assert!(text.contains(word), "{status}: {text}");
    }
}

#[test]
fn a_reason_names_codes_and_repeats_no_sentence() {
    let sentence = "+442079460123 of Anna Smith is not valid: see phone_number";
    let text = |status: u16, detail: Value| match verdicts(response(status, &json!({"detail": detail}).to_string()))
        .remove(0)
    {
        Verdict::Refused(text) | Verdict::Misconfigured(text) | Verdict::Unknown(text) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(text(400, json!(sentence)), "ElevenLabs rejects the batch: phone_number");
    let coded = json!({"code": "invalid_number", "message": sentence});
    assert_eq!(text(400, coded.clone()), "ElevenLabs rejects the batch: invalid_number, phone_number");
    assert_eq!(text(418, coded), "ElevenLabs answered 418: invalid_number, phone_number");
    assert_eq!(text(500, json!("Anna Smith")), "ElevenLabs answered 500: no code");
    let quoting = json!([{"loc": ["body", sentence, 442_079_460_123_u64], "msg": sentence, "type": sentence}]);
    assert!(text(422, quoting).starts_with("ElevenLabs rejects the batch: body; check"));
}

#[test]
fn a_bad_recipient_is_refused_and_the_others_try_again() {
    let error = include_str!("../../tests/fixtures/error.422.json");
    let verdicts = verdicts(response(422, error));
    let Verdict::Refused(text) = &verdicts[0] else {
        panic!("{verdicts:?}");
    };
    assert_eq!(text, "ElevenLabs rejects the batch: body.recipients.0.phone_number missing");
    assert!(matches!(verdicts[1], Verdict::Retry(_)));
}

#[test]
fn a_field_that_all_recipients_share_is_the_operators_matter() {
    let at = |loc: Value| json!({"loc": loc, "msg": "why", "type": "value_error"});
    let (zone, number) = (at(json!(["body", "timezone"])), at(json!(["body", "recipients", 0, "phone_number"])));
    for detail in [json!([zone]), json!([number, zone]), json!([at(json!(["body", "recipients"]))])] {
        for verdict in verdicts(response(422, &json!({"detail": detail}).to_string())) {
            let Verdict::Misconfigured(text) = verdict else {
                panic!("{detail}: {verdict:?}");
            };
            assert!(text.contains("body.") && text.contains("settings"), "{text}");
        }
    }
    // What says nothing of fields may be about the one number that is dialled.
    let unsaid = verdicts(response(422, r#"{"detail":[]}"#));
    assert!(matches!(unsaid[0], Verdict::Refused(_)), "{unsaid:?}");
}

#[test]
fn no_free_line_waits() {
    let error = include_str!("../../tests/fixtures/error.429.concurrent.json");
    assert!(matches!(verdicts(response(429, error))[0], Verdict::Retry((10_000, _))));
    let answer = response_with(429, &[("retry-after-ms", "2500")], error);
    assert!(matches!(verdicts(answer)[0], Verdict::Retry((2_500, _))));
}
