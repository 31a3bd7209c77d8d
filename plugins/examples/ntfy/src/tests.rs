//! What ntfy is sent, and what each of its answers means.

use callpanion_plugin_api::channel::{Channel, Verdict};
use callpanion_plugin_api::testing::{NOW_MS, context, drive, json_body, response, response_with, ring};
use callpanion_plugin_api::{Answer, Failure, Request};
use serde_json::{Value, json};

use super::Ntfy;

fn run(settings: &Value, answer: Answer) -> (Result<Vec<Verdict>, Failure>, Vec<Request>) {
    drive(&context(settings), [answer], |ctx| Ntfy::ring(ctx, vec![ring("anna-kitchen-7Qx2")]))
}

fn verdict(answer: Answer) -> Verdict {
    let settings = json!({
        "base_url": "https://ntfy.example.org", "title": "Callpanion", "message": "Tap to answer",
        "click": "https://calls.example.org/ring/",
    });
    run(&settings, answer).0.unwrap().remove(0)
}

/// An error as ntfy writes it.
fn error(status: u16, code: u32, text: &str) -> Answer {
    response(status, &json!({"code": code, "http": status, "error": text}).to_string())
}

#[test]
fn the_whole_plugin_is_under_sixty_lines() {
    let lines = include_str!("lib.rs").lines().count() + include_str!("../plugin.toml").lines().count();
    assert!(lines < 60, "{lines} lines");
}

#[test]
fn a_push_is_urgent_is_not_kept_and_opens_the_ring() {
    let settings = json!({
        "base_url": "https://ntfy.example.org", "title": "Callpanion", "message": "Ketuk untuk menjawab",
        "click": "https://calls.example.org/ring/",
    });
    let accepted = r#"{"id":"hwQ2YpKdmg","time":1794990000,"event":"message","topic":"anna-kitchen-7Qx2"}"#;
    let (verdicts, requests) = run(&settings, response(200, accepted));
    assert_eq!(verdicts, Ok(vec![Verdict::Accepted(None)]));
    let request = &requests[0];
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://ntfy.example.org"));
    assert!(request.headers.contains(&("cache".to_owned(), "no".to_owned())));
    assert_eq!(request.credential.as_deref(), Some("access-token"));
    assert_eq!(
        json_body(request),
        json!({
            "topic": "anna-kitchen-7Qx2", "title": "Callpanion", "message": "Ketuk untuk menjawab", "priority": 5,
            "tags": ["telephone_receiver"],
            "click": "https://calls.example.org/ring/0192a000-0000-7000-8000-000000000001",
        })
    );
}

#[test]
fn a_mistake_of_the_operator_retires_no_topic() {
    assert!(matches!(verdict(error(401, 40101, "unauthorized")), Verdict::Misconfigured(_)));
    assert!(matches!(verdict(error(403, 40301, "forbidden")), Verdict::Misconfigured(_)));
    assert!(matches!(verdict(error(404, 40401, "page not found")), Verdict::Misconfigured(_)));
    assert!(matches!(verdict(response(404, "<html>nginx</html>")), Verdict::Misconfigured(_)));
    assert!(matches!(verdict(error(400, 40009, "invalid request: topic invalid")), Verdict::Refused(_)));
}

#[test]
fn a_limit_waits_and_what_may_have_rung_is_unknown() {
    let limit = r#"{"code":42901,"http":429,"error":"limit reached: too many requests, please be nice"}"#;
    assert!(matches!(verdict(response_with(429, &[("retry-after", "5")], limit)), Verdict::Retry((5_000, _))));
    assert!(matches!(verdict(error(500, 50001, "internal server error")), Verdict::Unknown(_)));
    assert!(matches!(verdict(Answer::Unknown("no answer came in time".to_owned())), Verdict::Unknown(_)));
    assert!(matches!(verdict(Answer::Unsent("connection refused".to_owned())), Verdict::Retry(_)));
}

#[test]
fn a_ring_whose_window_is_over_is_not_sent() {
    let mut late = ring("anna-kitchen-7Qx2");
    late.expires_at_ms = NOW_MS;
    let settings = json!({"base_url": "https://ntfy.sh", "title": "", "message": "", "click": ""});
    let (verdicts, requests) = drive(&context(&settings), [], |ctx| Ntfy::ring(ctx, vec![late.clone()]));
    assert!(requests.is_empty());
    assert!(matches!(verdicts.as_deref(), Ok([Verdict::Refused(_)])), "{verdicts:?}");
}

#[test]
fn a_missing_setting_is_named() {
    let (result, _) = run(&json!({"base_url": "https://ntfy.sh", "title": "", "message": ""}), response(200, ""));
    assert_eq!(result, Err(Failure::Misconfigured("settings.click: missing".to_owned())));
}
