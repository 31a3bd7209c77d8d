//! Calls that are made by themselves: the body, every answer to it, and that none is ever made twice.

use callpanion_plugin_api::channel::{Channel, Inspection, Ring, RingPhase, RingRef, Verdict};
use callpanion_plugin_api::testing::{NOW_MS, context, drive, json_body, response, response_with};
use callpanion_plugin_api::{Answer, Request};
use serde_json::{Value, json};

use super::submit::{ring, submit};
use super::{BATCH, GROUP, parse, settings};
use crate::TwilioBatch;

const REQUEST: &str = include_str!("../../tests/fixtures/twilio_outbound_call.request.json");
const PLACED: &str = include_str!("../../tests/fixtures/twilio_outbound_call.response.json");
const REFUSED: &str = include_str!("../../tests/fixtures/twilio_outbound_call.refused.response.json");
const LIST: &str = include_str!("../../tests/fixtures/batch_list.response.json");
const CONVERSATION: &str = "conv_8801kbg5m2x4e7rt0v9c6h3qdnsw";

fn single() -> Value {
    let mut settings = settings();
    settings["single_calls"] = true.into();
    settings
}

/// A ring of "call now", which is handed over three seconds ahead.
fn now() -> Ring {
    let mut ring = ring("call_01KBG5K0Q9", "eld_01JZA0H4", "+442079460123", "en");
    ring.ring_at_ms = NOW_MS + 3_000;
    ring.expires_at_ms = NOW_MS + 48_000;
    ring
}

fn verdict(answer: Answer) -> Verdict {
    submit(&single(), &[now()], [answer]).0.remove(0)
}

/// The ring as it is asked about, so many milliseconds after its time.
fn reference(after_ms: i64, reference: Option<&str>) -> RingRef {
    let Ring { ring_id, call_id, address, .. } = now();
    RingRef {
        ring_id,
        call_id,
        group_id: GROUP.to_owned(),
        address,
        environment: String::new(),
        ring_at_ms: NOW_MS.saturating_add_signed(-after_ms),
        reference: reference.map(str::to_owned),
    }
}

fn inspect(rings: &[RingRef], script: impl IntoIterator<Item = Answer>) -> (Vec<Inspection>, Vec<Request>) {
    let (result, requests) = drive(&context(&single()), script, |ctx| TwilioBatch::inspect(ctx, rings.to_vec()));
    (result.unwrap_or_else(|failure| panic!("{failure:?}")), requests)
}

fn conversation(status: &str, result: &Value) -> Answer {
    response(200, &json!({"status": status, "metadata": {"phone_call": {"call_result": result}}}).to_string())
}

/// The workspace's list without a batch of ours.
fn no_batch() -> Answer {
    let mut page = parse(LIST);
    page["next_doc"] = Value::Null;
    page["has_more"] = false.into();
    response(200, &page.to_string())
}

fn listed(conversations: &Value) -> Answer {
    response(200, &json!({"conversations": conversations, "next_cursor": null, "has_more": false}).to_string())
}

#[test]
fn the_body_is_the_one_that_the_vendors_own_library_sends() {
    let mut expected = parse(REQUEST);
    let mut ring = now();
    let Some(variables) = expected["conversation_initiation_client_data"]["dynamic_variables"].as_object_mut() else {
        panic!("no variables in the fixture");
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    ring.variables = variables.iter().map(|(name, value)| (name.clone(), text(value))).collect();
    variables.insert("callpanion_call_id".to_owned(), ring.call_id.clone().into());
    // Twilio's detection of machines is not asked for: its verdict comes too late, and costs.
    expected["telephony_call_config"] = json!({"ringing_timeout_secs": 40});

    let (verdicts, requests) = submit(&single(), &[ring], [response(200, PLACED)]);
    assert_eq!(verdicts, [Verdict::Accepted(Some(format!("call:{CONVERSATION}")))]);
    let [request] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!(
        (request.method.as_str(), request.url.as_str()),
        ("POST", "https://api.elevenlabs.io/v1/convai/twilio/outbound-call")
    );
    assert_eq!(request.credential.as_deref(), Some("api-key"));
    assert!(!request.repeatable, "a repeated call rings a phone twice");
    assert_eq!(json_body(request), expected);
}

#[test]
fn what_is_not_due_and_what_is_not_wished_alone_goes_in_a_batch() {
    let mut later = now();
    later.ring_id = "later".to_owned();
    (later.ring_at_ms, later.expires_at_ms) = (NOW_MS + 60_000, NOW_MS + 105_000);
    let submitted = json!({"id": BATCH}).to_string();
    let script = [response(200, &submitted), response(200, PLACED)];
    let (verdicts, requests) = submit(&single(), &[now(), later], script);
    let accepted = |reference: &str| Verdict::Accepted(Some(reference.to_owned()));
    assert_eq!(verdicts, [accepted(&format!("call:{CONVERSATION}")), accepted(BATCH)]);
    assert!(requests[0].url.ends_with("/batch-calling/submit") && requests[1].url.ends_with("/outbound-call"));

    let (verdicts, requests) = submit(&settings(), &[now()], [response(200, &submitted)]);
    assert_eq!(verdicts, [accepted(BATCH)]);
    assert!(requests[0].url.ends_with("/batch-calling/submit"), "unless it is asked for");
}

#[test]
fn every_answer_says_whether_it_may_have_rung() {
    assert!(matches!(verdict(response(200, REFUSED)), Verdict::Refused(text) if text.ends_with(": no code")));
    let why = r#"{"success": false, "message": "+442079460123 failed: invalid_number", "callSid": null}"#;
    assert!(matches!(verdict(response(200, why)), Verdict::Refused(text) if text.ends_with(": invalid_number")));
    // Taken, though it is not told what it is known by.
    for body in [
        r#"{"success": true, "conversation_id": null, "callSid": null}"#,
        r#"{"success": false, "conversation_id": null, "callSid": "CA1"}"#,
        "{}",
        "<html>",
    ] {
        assert_eq!(verdict(response(200, body)), Verdict::Accepted(None), "{body}");
    }
    let error = include_str!("../../tests/fixtures/error.500.string_detail.json");
    for answer in [response(500, error), response(408, ""), response(409, ""), Answer::Unknown("late".to_owned())] {
        assert!(matches!(verdict(answer.clone()), Verdict::Unknown(_)), "{answer:?}");
    }
    assert!(matches!(verdict(Answer::Unsent("dns".to_owned())), Verdict::Retry(_)));
    let busy = response_with(429, &[("retry-after-ms", "2500")], "{}");
    assert!(matches!(verdict(busy), Verdict::Retry((2_500, _))), "refused before it dialled");
    let error = include_str!("../../tests/fixtures/error.422.json");
    assert!(matches!(verdict(response(422, error)), Verdict::Refused(text) if text.contains("rejects the call")));
    let about = |field: &str| json!({"detail": [{"loc": ["body", field], "type": "value_error"}]}).to_string();
    assert!(matches!(verdict(response(422, &about("to_number"))), Verdict::Refused(_)), "another number may be good");
    assert!(matches!(verdict(response(422, &about("agent_phone_number_id"))), Verdict::Misconfigured(_)));
    for (status, error) in [
        (401, include_str!("../../tests/fixtures/error.401.json")),
        (402, include_str!("../../tests/fixtures/error.402.json")),
        (404, include_str!("../../tests/fixtures/error.404.json")),
    ] {
        assert!(matches!(verdict(response(status, error)), Verdict::Misconfigured(_)), "{status}");
    }
}

#[test]
fn a_call_is_followed_by_its_conversation() {
    let known = format!("call:{CONVERSATION}");
    for (status, result, phase) in [
        ("initiated", Value::Null, RingPhase::Ringing),
        ("in-progress", json!("answered"), RingPhase::Talking),
        ("processing", json!("answered"), RingPhase::Completed),
        ("done", Value::Null, RingPhase::Completed),
        ("done", json!("voicemail"), RingPhase::Voicemail),
        ("done", json!("no_answer"), RingPhase::Failed),
        ("failed", json!("busy"), RingPhase::Failed),
        ("screened", Value::Null, RingPhase::Unknown),
    ] {
        let (found, requests) = inspect(&[reference(4_000, Some(&known))], [conversation(status, &result)]);
        assert_eq!(found[0].phase, phase, "{status}");
        assert_eq!(found[0].conversation.as_deref(), Some(CONVERSATION));
        assert_eq!(found[0].reference.as_deref(), Some(known.as_str()));
        let [request] = &requests[..] else { panic!("{requests:?}") };
        assert_eq!(request.url, format!("https://api.elevenlabs.io/v1/convai/conversations/{CONVERSATION}"));
    }
    // Also while ElevenLabs says nothing: the webhook is to find its call.
    for answer in [response(404, "{}"), response(500, ""), Answer::Unknown("late".to_owned())] {
        let (found, _) = inspect(&[reference(4_000, Some(&known))], [answer]);
        assert_eq!((found[0].phase, found[0].conversation.as_deref()), (RingPhase::Unknown, Some(CONVERSATION)));
    }
}

#[test]
fn a_call_whose_reply_was_lost_is_found_by_our_id_and_never_called_absent() {
    let lost = [reference(10_000, None)];
    let (found, requests) = inspect(&lost, [no_batch(), listed(&json!([]))]);
    let known = (found[0].phase, found[0].reference.as_deref());
    assert_eq!(known, (RingPhase::Unknown, None), "that it is not listed proves nothing");
    assert!(requests[1].url.contains("dynamic_variable_params=callpanion_call_id%3Aeq"), "{requests:?}");
    let one = json!([{"conversation_id": CONVERSATION, "status": "in-progress", "start_time_unix_secs": 1}]);
    let (found, _) = inspect(&lost, [no_batch(), listed(&one)]);
    assert_eq!((found[0].phase, found[0].conversation.as_deref()), (RingPhase::Talking, Some(CONVERSATION)));
    assert_eq!(found[0].reference, Some(format!("call:{CONVERSATION}")));
    // What was handed over before it was due went in a batch, whose list tells.
    let (found, _) = inspect(&[reference(-60_000, None)], [no_batch()]);
    assert_eq!(found[0].phase, RingPhase::Absent);
}

#[test]
fn a_call_cannot_be_taken_back() {
    let known = format!("call:{CONVERSATION}");
    let rings = [reference(0, Some(&known)), reference(0, None), reference(-60_000, None)];
    let (result, requests) = drive(&context(&single()), [no_batch()], |ctx| TwilioBatch::cancel(ctx, rings.to_vec()));
    assert_eq!(result, Ok(vec![false, false, true]));
    assert!(requests.iter().all(|request| request.method == "GET"), "{requests:?}");
}
