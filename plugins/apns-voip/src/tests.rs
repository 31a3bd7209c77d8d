//! The push that the app reads, and the probe of the other environment.

mod errors;

use callpanion_plugin_api::channel::{Channel, Ring, RingRef, Verdict};
use callpanion_plugin_api::channel_check::{ChannelCheck as _, Severity};
use callpanion_plugin_api::testing::{NOW_MS, context, drive, json_body, response, response_with};
use callpanion_plugin_api::{Answer, Context, Failure, Request};
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

/// Rings at a host that knows no verdicts beyond those of 1.0.0.
fn run(rings: &[Ring], script: impl IntoIterator<Item = Answer>) -> (Vec<Verdict>, Vec<Request>) {
    run_at(Vec::new(), rings, script)
}

/// Rings at a host that knows them all.
fn run_at_present(rings: &[Ring], script: impl IntoIterator<Item = Answer>) -> Vec<Verdict> {
    run_at(vec![("verdicts".to_owned(), "accepted-in gone-since".to_owned())], rings, script).0
}

fn run_at(
    extra: Vec<(String, String)>,
    rings: &[Ring],
    script: impl IntoIterator<Item = Answer>,
) -> (Vec<Verdict>, Vec<Request>) {
    let context = Context { extra, ..context(&json!({"bundle_id": "example.callpanion"})) };
    let (result, requests) = drive(&context, script, |ctx| ApnsVoip::ring(ctx, rings.to_vec()));
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
fn a_push_fits_whatever_its_texts_are() {
    let context = context(&json!({"bundle_id": "example.callpanion", "caller_name": "📞".repeat(200)}));
    let mut wordy = ring("production");
    wordy.variables = vec![("callee_name".to_owned(), "📞".repeat(200)), ("last_talk".to_owned(), "x".repeat(10_000))];
    let rings = vec![wordy];
    let (_, requests) = drive(&context, [response(200, "")], |ctx| ApnsVoip::ring(ctx, rings.clone()));
    // Apple takes 5120 bytes of a VoIP push.
    let bytes = json_body(&requests[0]).to_string().len();
    assert!((2_400..=5_120).contains(&bytes), "{bytes}");
}

#[test]
fn a_ring_that_is_over_is_told_by_no_push() {
    // A VoIP push must make the phone ring, or iOS stops delivering them: it cannot say that a ring is over.
    let Ring { ring_id, call_id, group_id, address, environment, ring_at_ms, .. } = ring("production");
    let over = RingRef { ring_id, call_id, group_id, address, environment, ring_at_ms, reference: None };
    let context = context(&json!({"bundle_id": "example.callpanion"}));
    let (given_back, requests) = drive(&context, [], |ctx| ApnsVoip::cancel(ctx, vec![over.clone()]));
    assert_eq!((given_back, requests.len()), (Ok(vec![false]), 0));
}

#[test]
fn the_name_of_a_push_is_a_canonical_uuid_and_the_same_wherever_it_goes() {
    let mut shouted = ring("production");
    shouted.ring_id = shouted.ring_id.to_ascii_uppercase();
    let (_, requests) = run(&[shouted], [refused(400, "BadDeviceToken"), response(200, "")]);
    assert_eq!(requests.len(), 2);
    for request in &requests {
        let name = request.headers.iter().find(|(name, _)| name == "apns-id").map(|(_, value)| value.as_str());
        assert_eq!(name, Some("0192a000-0000-7000-8000-00000000000a"));
    }
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
fn the_environment_in_which_a_token_is_good_is_told() {
    let id = "0192a000-0000-7000-8000-00000000000a";
    let script = [refused(400, "BadDeviceToken"), response_with(200, &[("apns-id", id)], "")];
    let told = run_at_present(&[ring("production")], script);
    assert_eq!(told, [Verdict::Other(("accepted-in".to_owned(), format!("sandbox {id}")))]);
    let script = [refused(400, "BadDeviceToken"), response(200, "")];
    let told = run_at_present(&[ring("sandbox")], script);
    assert_eq!(told, [Verdict::Other(("accepted-in".to_owned(), "production".to_owned()))]);
    // Nothing is learnt from a ring that its own environment took.
    assert_eq!(run_at_present(&[ring("sandbox")], [response(200, "")]), [Verdict::Accepted(None)]);
}

#[test]
fn a_token_that_the_probe_found_proves_the_topic() {
    let rings = [ring("production"), ring("production")];
    let script = [refused(400, "DeviceTokenNotForTopic"), refused(400, "BadDeviceToken"), response(200, "")];
    assert!(matches!(run_at_present(&rings, script)[0], Verdict::Gone(_)));
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
fn a_check_pushes_to_nobody_in_both_environments_and_a_bad_token_is_good_news() {
    let settings = json!({"bundle_id": "com.example.app"});
    let check = |answers: [Answer; 2]| drive(&context(&settings), answers, ApnsVoip::check);
    let bad_token = || response(400, r#"{"reason":"BadDeviceToken"}"#);
    let bad_key = || response(403, r#"{"reason":"InvalidProviderToken"}"#);
    let (result, requests) = check([bad_token(), bad_token()]);
    assert!(matches!(&result.unwrap()[..], [one] if one.severity == Severity::Ok && one.mend.is_empty()));
    assert!(requests.iter().all(|request| request.url.ends_with(&format!("/3/device/{}", "0".repeat(64)))));
    assert_ne!(requests[0].url, requests[1].url);
    let (result, _) = check([bad_token(), bad_key()]);
    assert!(matches!(&result.unwrap()[..], [one] if one.what.contains("not in the sandbox") && !one.mend.is_empty()));
    assert!(matches!(check([bad_key(), bad_key()]).0, Err(Failure::Misconfigured(_))));
    assert!(matches!(check([response(503, ""), response(503, "")]).0, Err(Failure::Retry(_))));
}
