//! The message that the phone app reads, and what is waited for.

mod errors;

use callpanion_plugin_api::channel::{Channel, Ring, RingRef, Verdict};
use callpanion_plugin_api::channel_check::{ChannelCheck as _, Finding, Severity};
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
fn what_is_left_of_the_window_is_divided_between_the_way_and_the_ring() {
    for (left_ms, ttl, duration) in [
        (90_000, "60s", "30000"),
        (31_999, "1s", "30000"),
        (30_999, "0s", "30000"),
        (30_000, "0s", "30000"),
        (8_500, "0s", "8500"),
        (1, "0s", "1"),
    ] {
        let mut late = ring("token-1");
        late.expires_at_ms = NOW_MS + left_ms;
        let (_, requests) = run(&[late], [response(200, "{}")]);
        let message = json_body(&requests[0])["message"].take();
        assert_eq!((&message["android"]["ttl"], &message["data"]["duration"]), (&json!(ttl), &json!(duration)));
    }
}

#[test]
fn no_message_is_shown_by_the_system_and_every_value_is_a_string() {
    let refer = |ring: Ring| RingRef {
        ring_id: ring.ring_id,
        call_id: ring.call_id,
        group_id: ring.group_id,
        address: ring.address,
        environment: ring.environment,
        ring_at_ms: ring.ring_at_ms,
        reference: None,
    };
    let (_, mut requests) = run(&[ring("token-1")], [response(200, "{}")]);
    let over = vec![refer(ring("token-1"))];
    requests.extend(drive(&context(&settings()), [response(200, "{}")], |ctx| Fcm::cancel(ctx, over.clone())).1);
    assert_eq!(requests.len(), 2);
    for request in &requests {
        let message = json_body(request)["message"].take();
        assert!(message.get("notification").is_none() && message["android"].get("notification").is_none(), "{message}");
        assert_eq!(message["android"]["priority"], "HIGH");
        let data = message["data"].as_object().cloned().unwrap_or_default();
        for (key, value) in &data {
            let is_reserved = ["from", "message_type", "gcm"].contains(&key.as_str())
                || key.starts_with("google.")
                || key.starts_with("gcm.notification.");
            assert!(value.is_string() && !is_reserved, "{key}: {value}");
        }
        assert!(!data.is_empty());
    }
}

#[test]
fn a_message_fits_whatever_its_texts_are() {
    let mut settings = settings();
    settings["caller_name"] = "📞".repeat(200).into();
    settings["avatar"] = format!("https://calls.example.org/{}", "x".repeat(500)).into();
    let mut wordy = ring("token-1");
    wordy.variables = vec![("callee_name".to_owned(), "📞".repeat(200)), ("last_talk".to_owned(), "x".repeat(10_000))];
    let rings = vec![wordy];
    let (_, requests) = drive(&context(&settings), [response(200, "{}")], |ctx| Fcm::ring(ctx, rings.clone()));
    // Google takes 4096 bytes of keys and values.
    let data = json_body(&requests[0])["message"]["data"].take();
    let length = |(key, value): (&String, &Value)| key.len() + value.as_str().map_or(0, str::len);
    let bytes: usize = data.as_object().into_iter().flatten().map(length).sum();
    assert!((2_126..=4_096).contains(&bytes), "{bytes}");
}

#[test]
fn an_installation_id_goes_into_its_own_field() {
    for (address, fid, token) in [
        ("fid:dQw4w9WgXcQ_invented1", json!("dQw4w9WgXcQ_invented1"), Value::Null),
        ("dQw4w9WgXcQ_invented1:APA91b", Value::Null, json!("dQw4w9WgXcQ_invented1:APA91b")),
        // No id at all: Google says that it is none.
        ("fid:", Value::Null, json!("fid:")),
    ] {
        let (_, requests) = run(&[ring(address)], [response(200, "{}")]);
        let message = json_body(&requests[0])["message"].take();
        assert_eq!((&message["fid"], &message["token"]), (&fid, &token), "{address}");
        let named = ["fid", "token"].into_iter().filter(|name| message.get(name).is_some()).count();
        assert_eq!(named, 1, "{message}");
    }
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
fn quota_and_outage_wait_as_long_as_google_asks() {
    let pause = |answer| match verdict(answer) {
        Verdict::Retry((after_ms, _)) => after_ms,
        other => panic!("{other:?}"),
    };
    assert_eq!(pause(error(429, Some("QUOTA_EXCEEDED"))), 60_000);
    assert_eq!(pause(response_with(429, &[("retry-after", "7")], "")), 7_000);
    let date = [("retry-after", "Wed, 18 Nov 2026 08:20:09 GMT")];
    assert_eq!(pause(response_with(503, &date, "<html>")), 9_000);
    // By Google's clock, which wrote both.
    let dates = [date[0], ("date", "Wed, 18 Nov 2026 08:20:06 GMT")];
    assert_eq!(pause(response_with(429, &dates, "")), 3_000);
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

/// What the check makes of an answer, and the request to which it was one.
fn checked(answer: Answer) -> (Result<Vec<Finding>, Failure>, Request) {
    let (result, mut requests) = drive(&context(&settings()), [answer], Fcm::check);
    (result, requests.remove(0))
}

#[test]
fn a_check_sends_nothing_and_a_phone_that_is_not_there_proves_the_rest() {
    let dry = response(200, r#"{"name":"n"}"#);
    for answer in [error(404, Some("UNREGISTERED")), error(400, Some("INVALID_ARGUMENT")), dry] {
        let (result, request) = checked(answer);
        assert_eq!(json_body(&request)["validate_only"], true);
        let findings = result.unwrap();
        assert!(matches!(&findings[..], [one] if one.severity == Severity::Ok), "{findings:?}");
    }
}

#[test]
fn a_check_tells_a_wrong_key_from_a_vendor_that_is_away() {
    assert!(matches!(checked(error(401, None)).0, Err(Failure::Misconfigured(_))));
    assert!(matches!(checked(error(404, None)).0, Err(Failure::Misconfigured(_))), "a wrong project");
    for answer in [error(503, None), error(500, None), Answer::Unsent("refused".to_owned())] {
        assert!(matches!(checked(answer).0, Err(Failure::Retry(_))));
    }
    let (result, _) = checked(response(418, "<html>"));
    assert!(matches!(&result.unwrap()[..], [one] if one.severity == Severity::Warning && !one.mend.is_empty()));
}

#[test]
fn a_ring_is_never_only_validated() {
    let (_, requests) = run(&[ring("token-1")], [response(200, r#"{"name":"n"}"#)]);
    assert_eq!(json_body(&requests[0]).get("validate_only"), None);
}
