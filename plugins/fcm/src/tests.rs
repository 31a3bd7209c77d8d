//! The message that the phone app reads, and every line of Google's error table.

use callpanion_plugin_api::channel::{Channel, Ring, RingRef, Verdict};
use callpanion_plugin_api::testing::{self, NOW_MS, context, drive, json_body, response, response_with};
use callpanion_plugin_api::{Answer, Failure, Request};
use serde_json::{Value, json};

use super::Fcm;

fn ring(address: &str) -> Ring {
    Ring {
        expires_at_ms: NOW_MS + 44_700,
        language: "id".to_owned(),
        zone: "Asia/Jakarta".to_owned(),
        variables: vec![("callee_name".to_owned(), "Bu Sri".to_owned())],
        ..testing::ring(address)
    }
}

fn settings() -> Value {
    json!({"base_url": "https://fcm.googleapis.com", "project_id": "callpanion-test"})
}

fn run(rings: &[Ring], script: impl IntoIterator<Item = Answer>) -> (Vec<Verdict>, Vec<Request>) {
    let (result, requests) = drive(&context(&settings()), script, |ctx| Fcm::ring(ctx, rings.to_vec()));
    match result {
        Ok(verdicts) => (verdicts, requests),
        Err(failure) => panic!("{failure:?}"),
    }
}

fn verdict(answer: Answer) -> Verdict {
    run(&[ring("token-1")], [answer]).0.remove(0)
}

/// An error body as Google writes it.
fn error(status: u16, code: Option<&str>) -> Answer {
    let details = match code {
        Some(code) => json!([{
            "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
            "errorCode": code,
        }]),
        None => json!([]),
    };
    let body = json!({"error": {"code": status, "message": "why", "details": details}});
    response(status, &body.to_string())
}

#[test]
fn a_ring_that_is_over_is_said_to_the_phone_and_certain_of_nothing() {
    let ring = RingRef {
        ring_id: "r-1".to_owned(),
        call_id: "c-1".to_owned(),
        group_id: "g-1".to_owned(),
        address: "token-1".to_owned(),
        environment: String::new(),
        ring_at_ms: NOW_MS,
        reference: None,
    };
    let script = [response(200, r#"{"name":"projects/callpanion-test/messages/0:18"}"#)];
    let (given_back, requests) = drive(&context(&settings()), script, |ctx| Fcm::cancel(ctx, vec![ring.clone()]));
    assert_eq!(given_back, Ok(vec![false]));
    assert_eq!(
        json_body(&requests[0]),
        json!({"message": {
            "token": "token-1",
            "data": {"type": "call_update", "sessionId": "r-1", "status": "canceled"},
            "android": {"priority": "HIGH", "ttl": "60s", "collapse_key": "ring"},
        }})
    );
}

#[test]
fn the_message_is_the_one_that_the_phone_app_reads() {
    let accepted = r#"{"name":"projects/callpanion-test/messages/0:17"}"#;
    let (verdicts, requests) = run(&[ring("token-1")], [response(200, accepted)]);
    let reference = "projects/callpanion-test/messages/0:17".to_owned();
    assert_eq!(verdicts, [Verdict::Accepted(Some(reference))]);

    let request = &requests[0];
    assert_eq!(
        (request.method.as_str(), request.url.as_str()),
        ("POST", "https://fcm.googleapis.com/v1/projects/callpanion-test/messages:send")
    );
    assert_eq!(request.credential.as_deref(), Some("service-account"));
    assert!(!request.repeatable);
    assert_eq!(
        json_body(request),
        json!({"message": {
            "token": "token-1",
            "data": {
                "type": "incoming_call",
                "sessionId": "0192a000-0000-7000-8000-000000000001",
                "householdId": "0192a000-0000-7000-8000-000000000004",
                "relativeId": "0192a000-0000-7000-8000-000000000005",
                "callType": "in_app_call",
                "relativeName": "Bu Sri",
                "handle": "CallPanion",
                "avatar": "",
                "duration": "30000",
            },
            "android": {"priority": "HIGH", "ttl": "14s", "collapse_key": "ring"},
        }})
    );
}

#[test]
fn rings_are_asked_for_at_once_and_an_expired_one_is_not_sent() {
    let mut late = ring("late");
    late.expires_at_ms = NOW_MS;
    let script = [response(200, "{}"), error(404, Some("UNREGISTERED"))];
    let (verdicts, requests) = run(&[ring("one"), late, ring("two")], script);
    assert_eq!(requests.len(), 2);
    assert_eq!(verdicts[0], Verdict::Accepted(None));
    assert!(matches!(verdicts[1], Verdict::Refused(_)));
    assert!(matches!(verdicts[2], Verdict::Gone(_)));
}

#[test]
fn only_an_fcm_error_retires_an_address() {
    assert!(matches!(verdict(error(404, Some("UNREGISTERED"))), Verdict::Gone(_)));
    assert!(matches!(verdict(error(403, Some("SENDER_ID_MISMATCH"))), Verdict::Gone(_)));
    assert!(matches!(verdict(error(404, None)), Verdict::Misconfigured(_)));
    assert!(matches!(verdict(error(403, None)), Verdict::Misconfigured(_)));
    assert!(matches!(verdict(error(400, Some("INVALID_ARGUMENT"))), Verdict::Refused(_)));
    assert!(matches!(verdict(response(404, "<html>not found</html>")), Verdict::Misconfigured(_)));
    // The code counts only where Google's own detail type carries it.
    let foreign = r#"{"error":{"details":[{"@type":"x","errorCode":"UNREGISTERED"}]}}"#;
    assert!(matches!(verdict(response(404, foreign)), Verdict::Misconfigured(_)));
}

#[test]
fn a_rejected_field_is_named() {
    let body = json!({"error": {"code": 400, "status": "INVALID_ARGUMENT", "details": [{
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": "message.data[0].value"}],
    }]}});
    let Verdict::Refused(text) = verdict(response(400, &body.to_string())) else {
        panic!("not refused");
    };
    assert!(text.contains("message.data[0].value"), "{text}");
}

#[test]
fn a_reason_holds_googles_codes_and_none_of_its_sentences() {
    let text = |status: u16, body: Value| match verdict(response(status, &body.to_string())) {
        Verdict::Refused(text) | Verdict::Misconfigured(text) | Verdict::Unknown(text) => text,
        other => panic!("{other:?}"),
    };
    let message = "token-1 is no address of Bu Sri";
    let body = json!({"error": {"code": 400, "message": message, "status": "FAILED_PRECONDITION"}});
    assert_eq!(text(400, body.clone()), "Google rejects the message (FAILED_PRECONDITION)");
    assert_eq!(text(409, body), "Google answered 409 (FAILED_PRECONDITION)");
    let quoting = json!({"error": {"status": message, "details": [
        {"@type": "x", "reason": message, "fieldViolations": [{"field": message}]},
    ]}});
    assert_eq!(text(400, quoting.clone()), "Google rejects the message (no code)");
    assert!(text(403, quoting).starts_with("the service account may not send (no code)"));
}

#[test]
fn a_missing_right_says_what_to_do() {
    let body = json!({"error": {"code": 403, "details": [{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SERVICE_DISABLED",
    }]}});
    let Verdict::Misconfigured(text) = verdict(response(403, &body.to_string())) else {
        panic!("not misconfigured");
    };
    assert!(text.contains("SERVICE_DISABLED") && text.contains("enable"), "{text}");
    assert!(matches!(verdict(error(401, None)), Verdict::Misconfigured(_)));
    assert!(matches!(verdict(error(401, Some("THIRD_PARTY_AUTH_ERROR"))), Verdict::Misconfigured(_)));
}

#[test]
fn quota_and_outage_wait_as_long_as_google_asks() {
    let pause = |answer| match verdict(answer) {
        Verdict::Retry((after_ms, _)) => after_ms,
        other => panic!("{other:?}"),
    };
    assert_eq!(pause(error(429, Some("QUOTA_EXCEEDED"))), 60_000);
    assert_eq!(pause(response_with(429, &[("retry-after", "7")], "")), 7_000);
    let date = [("retry-after", "Wed, 18 Nov 2026 08:20:09 GMT")];
    assert_eq!(pause(response_with(503, &date, "<html>")), 9_000);
    assert_eq!(pause(error(503, Some("UNAVAILABLE"))), 1_000);
    assert_eq!(pause(Answer::Unsent("connection refused".to_owned())), 1_000);
}

#[test]
fn what_may_have_rung_is_unknown() {
    assert!(matches!(verdict(error(500, Some("INTERNAL"))), Verdict::Unknown(_)));
    assert!(matches!(verdict(response(408, "")), Verdict::Unknown(_)));
    assert!(matches!(verdict(Answer::Unknown("no answer within 10000 ms".to_owned())), Verdict::Unknown(_)));
}

#[test]
fn a_missing_project_id_is_named() {
    let (result, requests) = drive(&context(&json!({})), [], |ctx| Fcm::ring(ctx, vec![ring("token-1")]));
    assert!(requests.is_empty());
    let Err(Failure::Misconfigured(text)) = result else {
        panic!("{result:?}");
    };
    assert!(text.contains("project_id"), "{text}");
}
