//! The push that the app reads, the probe of the other environment, and Apple's response table.

use callpanion_plugin_api::channel::{Channel, Ring, Verdict};
use callpanion_plugin_api::testing::{NOW_MS, context, drive, json_body, response, response_with};
use callpanion_plugin_api::{Answer, Request};
use serde_json::json;

use super::ApnsVoip;

const TOKEN: &str = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0";

fn ring(environment: &str) -> Ring {
    Ring {
        ring_id: "0192a000-0000-7000-8000-00000000000a".to_owned(),
        call_id: "0192a000-0000-7000-8000-00000000000b".to_owned(),
        group_id: "0192a000-0000-7000-8000-00000000000c".to_owned(),
        family_id: "0192a000-0000-7000-8000-00000000000d".to_owned(),
        callee_id: "0192a000-0000-7000-8000-00000000000e".to_owned(),
        address: TOKEN.to_owned(),
        environment: environment.to_owned(),
        ring_at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 45_000,
        language: "en".to_owned(),
        zone: "Europe/London".to_owned(),
        variables: vec![("callee_name".to_owned(), "Mr. Harris".to_owned())],
        extra: Vec::new(),
    }
}

fn run(rings: &[Ring], script: impl IntoIterator<Item = Answer>) -> (Vec<Verdict>, Vec<Request>) {
    let settings = json!({"bundle_id": "example.callpanion"});
    let (result, requests) = drive(&context(&settings), script, |ctx| ApnsVoip::ring(ctx, rings.to_vec()));
    match result {
        Ok(verdicts) => (verdicts, requests),
        Err(failure) => panic!("{failure:?}"),
    }
}

fn verdict(answer: Answer) -> Verdict {
    run(&[ring("production")], [answer]).0.remove(0)
}

fn refused(status: u16, reason: &str) -> Answer {
    response(status, &json!({"reason": reason}).to_string())
}

#[test]
fn the_push_satisfies_both_readers_on_the_phone() {
    let answer = response_with(200, &[("apns-id", "0192a000-0000-7000-8000-00000000000a")], "");
    let (verdicts, requests) = run(&[ring("production")], [answer]);
    let reference = "0192a000-0000-7000-8000-00000000000a".to_owned();
    assert_eq!(verdicts, [Verdict::Accepted(Some(reference))]);

    let request = &requests[0];
    assert_eq!(request.method, "POST");
    assert_eq!(request.url, format!("https://api.push.apple.com/3/device/{TOKEN}"));
    assert_eq!(request.credential.as_deref(), Some("auth-key"));
    // 45 seconds are left: 30 to ring, so 15 to be on the way.
    let deadline_s = ((NOW_MS + 15_000) / 1_000).to_string();
    for (name, value) in [
        ("apns-push-type", "voip"),
        ("apns-topic", "example.callpanion.voip"),
        ("apns-priority", "10"),
        ("apns-expiration", deadline_s.as_str()),
        ("apns-id", "0192a000-0000-7000-8000-00000000000a"),
    ] {
        assert!(request.headers.contains(&(name.to_owned(), value.to_owned())), "{name}");
    }
    assert_eq!(
        json_body(request),
        json!({
            "aps": {},
            "id": "0192a000-0000-7000-8000-00000000000a",
            "nameCaller": "CallPanion",
            "handle": "CallPanion",
            "type": 0,
            "duration": 30_000,
            "extra": {
                "sessionId": "0192a000-0000-7000-8000-00000000000a",
                "callType": "in_app_call",
                "householdId": "0192a000-0000-7000-8000-00000000000d",
                "relativeId": "0192a000-0000-7000-8000-00000000000e",
            },
            "sessionId": "0192a000-0000-7000-8000-00000000000a",
            "callType": "in_app_call",
            "householdId": "0192a000-0000-7000-8000-00000000000d",
            "relativeId": "0192a000-0000-7000-8000-00000000000e",
            "relativeName": "Mr. Harris",
        })
    );
}

#[test]
fn a_ring_that_leaves_no_time_to_wait_is_pushed_now_or_never() {
    for (left_ms, kept_until) in [(30_000, "0".to_owned()), (8_000, "0".to_owned()), (31_000, "0".to_owned())]
        .into_iter()
        .chain([(40_000, (NOW_MS / 1_000 + 10).to_string())])
    {
        let mut short = ring("production");
        short.expires_at_ms = NOW_MS + left_ms;
        let (_, requests) = run(&[short], [response(200, "")]);
        let expiration = requests[0].headers.iter().find(|(name, _)| name == "apns-expiration");
        assert_eq!(expiration.map(|(_, value)| value), Some(&kept_until), "{left_ms} ms are left");
    }
}

#[test]
fn a_bad_token_is_tried_once_in_the_other_environment() {
    let script = [refused(400, "BadDeviceToken"), response(200, "")];
    let (verdicts, requests) = run(&[ring("sandbox")], script);
    assert_eq!(verdicts, [Verdict::Accepted(None)]);
    assert!(requests[0].url.starts_with("https://api.sandbox.push.apple.com/"));
    assert!(requests[1].url.starts_with("https://api.push.apple.com/"));

    let script = [refused(400, "BadDeviceToken"), refused(400, "BadDeviceToken")];
    let (verdicts, requests) = run(&[ring("")], script);
    assert!(matches!(verdicts[0], Verdict::Gone(_)));
    assert_eq!(requests.len(), 2);
}

#[test]
fn a_key_for_one_environment_does_not_retire_an_address() {
    let script = [refused(400, "BadDeviceToken"), refused(403, "BadEnvironmentKeyIdInToken")];
    assert!(matches!(run(&[ring("production")], script).0[0], Verdict::Refused(_)));
}

#[test]
fn only_the_bad_ones_of_a_batch_are_probed() {
    let mut not_hex = ring("production");
    not_hex.address = "../../admin".to_owned();
    let mut late = ring("production");
    late.expires_at_ms = NOW_MS;
    let rings = [ring("production"), not_hex, ring("production"), late];
    let script = [response(200, ""), refused(400, "BadDeviceToken"), refused(503, "ServiceUnavailable")];
    let (verdicts, requests) = run(&rings, script);
    assert_eq!(requests.len(), 3);
    assert!(requests[2].url.starts_with("https://api.sandbox."));
    assert_eq!(verdicts[0], Verdict::Accepted(None));
    assert!(matches!(verdicts[1], Verdict::Gone(_)));
    assert!(matches!(verdicts[2], Verdict::Retry(_)));
    assert!(matches!(verdicts[3], Verdict::Refused(_)));
}

#[test]
fn an_invalid_token_is_gone_and_says_since_when() {
    let body = r#"{"reason":"Unregistered","timestamp":1794980000123}"#;
    let gone = Verdict::Gone("Unregistered; timestamp_ms=1794980000123".to_owned());
    assert_eq!(verdict(response(410, body)), gone);
    assert!(matches!(verdict(refused(410, "ExpiredToken")), Verdict::Gone(_)));
}

#[test]
fn another_apps_token_is_gone_only_when_the_topic_is_proven() {
    let wrong = || refused(400, "DeviceTokenNotForTopic");
    assert!(matches!(verdict(wrong()), Verdict::Misconfigured(_)));
    let rings = [ring("production"), ring("production")];
    let (verdicts, _) = run(&rings, [wrong(), response(200, "")]);
    assert!(matches!(verdicts[0], Verdict::Gone(_)));
}

#[test]
fn the_rest_of_apples_table() {
    let is = |status, reasons: &[&str], test: fn(&Verdict) -> bool| {
        for reason in reasons {
            let verdict = verdict(refused(status, reason));
            assert!(test(&verdict), "{status} {reason}: {verdict:?}");
        }
    };
    let misconfigured: fn(&Verdict) -> bool = |v| matches!(v, Verdict::Misconfigured(_));
    let refused_: fn(&Verdict) -> bool = |v| matches!(v, Verdict::Refused(_));
    let retry: fn(&Verdict) -> bool = |v| matches!(v, Verdict::Retry(_));
    is(400, &["TopicDisallowed", "BadTopic", "MissingTopic"], misconfigured);
    is(
        400,
        &[
            "BadCollapseId",
            "BadExpirationDate",
            "BadMessageId",
            "BadPriority",
            "DuplicateHeaders",
            "InvalidPushType",
            "PayloadEmpty",
            "MissingDeviceToken",
        ],
        refused_,
    );
    is(400, &["IdleTimeout"], retry);
    is(
        403,
        &[
            "BadCertificate",
            "BadCertificateEnvironment",
            "ExpiredProviderToken",
            "InvalidProviderToken",
            "MissingProviderToken",
            "Forbidden",
            "BadEnvironmentKeyIdInToken",
            "BadEnvironmentKeyInToken",
        ],
        misconfigured,
    );
    is(403, &["UnrelatedKeyIdInToken"], retry);
    is(404, &["BadPath"], refused_);
    is(405, &["MethodNotAllowed"], refused_);
    is(413, &["PayloadTooLarge"], refused_);
    is(429, &["TooManyProviderTokenUpdates", "TooManyRequests"], retry);
    is(500, &["InternalServerError"], retry);
    is(503, &["ServiceUnavailable", "Shutdown"], retry);
    is(400, &["SomethingNew"], refused_);
    is(502, &["SomethingNew"], |v| matches!(v, Verdict::Unknown(_)));
    is(408, &["SomethingNew", ""], |v| matches!(v, Verdict::Unknown(_)));
}

#[test]
fn a_reason_that_is_no_code_is_not_repeated() {
    let quoting = format!("device token {TOKEN} is wrong");
    assert_eq!(verdict(refused(400, &quoting)), Verdict::Refused("status 400".to_owned()));
    assert_eq!(verdict(refused(400, TOKEN)), Verdict::Refused("status 400".to_owned()));
}

#[test]
fn an_answer_that_never_came_is_unknown_and_one_that_never_left_is_tried_again() {
    assert!(matches!(verdict(Answer::Unknown("reset".to_owned())), Verdict::Unknown(_)));
    assert!(matches!(verdict(Answer::Unsent("dns".to_owned())), Verdict::Retry(_)));
}
