//! The push that browsers and apps read, and what push services answer.

use callpanion_plugin_api::channel::{Channel, Ring, RingRef, Verdict};
use callpanion_plugin_api::testing::{self, NOW_MS, context, drive, json_body, response, response_with};
use callpanion_plugin_api::{Answer, Failure, Request};
use serde_json::{Value, json};

use super::WebPush;

const GOOGLE: &str = "the VAPID credentials in the authorization header do not correspond to the credentials used to \
                      create the subscriptions.\n";

fn subscription(endpoint: &str) -> String {
    json!({ "endpoint": endpoint, "keys": { "auth": "auth-1", "p256dh": "point-1" } }).to_string()
}

fn ring_at(endpoint: &str) -> Ring {
    Ring { expires_at_ms: NOW_MS + 44_700, language: "id".to_owned(), ..testing::ring(&subscription(endpoint)) }
}

fn ring() -> Ring {
    ring_at("https://push.example.net/send/1")
}

fn settings() -> Value {
    json!({ "page_url": "https://calls.example.org/device" })
}

fn run(rings: &[Ring], script: impl IntoIterator<Item = Answer>) -> (Vec<Verdict>, Vec<Request>) {
    let (result, requests) = drive(&context(&settings()), script, |ctx| WebPush::ring(ctx, rings.to_vec()));
    match result {
        Ok(verdicts) => (verdicts, requests),
        Err(failure) => panic!("{failure:?}"),
    }
}

fn verdict(answer: Answer) -> Verdict {
    run(&[ring()], [answer]).0.remove(0)
}

fn headers(request: &Request) -> Vec<(&str, &str)> {
    request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[test]
fn the_push_is_declarative_and_says_where_how_soon_and_for_whom() {
    let accepted = response_with(201, &[("location", "https://push.example.net/m/1")], "");
    let (verdicts, requests) = run(&[ring()], [accepted]);
    assert_eq!(verdicts, [Verdict::Accepted(None)]);

    let request = &requests[0];
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://push.example.net/send/1"));
    assert_eq!((request.credential.as_deref(), request.repeatable), (Some("vapid"), false));
    assert_eq!(
        headers(request),
        [
            // 44.7 seconds are left: 30 to ring, so 14 to be on the way.
            ("ttl", "14"),
            ("urgency", "high"),
            ("topic", "0192a000000070008000000000000001"),
            ("web-push-p256dh", "point-1"),
            ("web-push-auth", "auth-1"),
            ("content-type", "application/json"),
        ]
    );
    assert_eq!(
        json_body(request),
        json!({
            "web_push": 8030,
            "notification": {
                "title": "CallPanion",
                "body": "menelepon Anda. Sentuh untuk menjawab.",
                "lang": "id",
                "tag": "0192a000-0000-7000-8000-000000000001",
                "navigate": "https://calls.example.org/device#ring=0192a000-0000-7000-8000-000000000001",
                "requireInteraction": true,
                "renotify": true,
                "silent": false,
                "data": {
                    "type": "incoming_call",
                    "ring_id": "0192a000-0000-7000-8000-000000000001",
                    "duration_ms": 30_000,
                    "expires_at_ms": NOW_MS + 44_700,
                    "now_ms": NOW_MS,
                },
            },
            "mutable": true,
        })
    );
}

#[test]
fn what_is_left_of_the_window_is_divided_between_the_way_and_the_ring() {
    for (left_ms, ttl_s, duration_ms) in
        [(90_000, "60", 30_000), (31_999, "1", 30_000), (30_999, "0", 30_000), (8_500, "0", 8_500), (1, "0", 1)]
    {
        let mut late = ring();
        late.expires_at_ms = NOW_MS + left_ms;
        let (_, requests) = run(&[late], [response(201, "")]);
        assert!(headers(&requests[0]).contains(&("ttl", ttl_s)), "{left_ms} ms are left: {:?}", headers(&requests[0]));
        let told = &json_body(&requests[0])["notification"]["data"];
        assert_eq!((&told["duration_ms"], &told["expires_at_ms"]), (&json!(duration_ms), &json!(NOW_MS + left_ms)));
    }
}

#[test]
fn whatever_success_a_push_service_tells_it_has_taken_the_message() {
    for status in [200, 201, 202] {
        assert_eq!(verdict(response(status, "")), Verdict::Accepted(None), "{status}");
    }
}

#[test]
fn who_speaks_neither_language_of_the_house_reads_english() {
    let mut other = ring();
    other.language = "ar".to_owned();
    let (_, requests) = run(&[other], [response(201, "")]);
    assert_eq!(json_body(&requests[0])["notification"]["body"], "is calling you. Touch to answer.");
}

#[test]
fn a_ring_that_is_over_is_replaced_by_a_quiet_notice_and_certain_of_nothing() {
    let refer = |ring: Ring| RingRef {
        ring_id: ring.ring_id,
        call_id: ring.call_id,
        group_id: ring.group_id,
        address: ring.address,
        environment: String::new(),
        ring_at_ms: ring.ring_at_ms,
        reference: None,
    };
    let rings = vec![refer(ring()), refer(testing::ring("no subscription"))];
    let (given_back, requests) =
        drive(&context(&settings()), [response(201, "")], |ctx| WebPush::cancel(ctx, rings.clone()));
    assert_eq!(given_back, Ok(vec![false, false]));
    assert_eq!(requests.len(), 1);
    let (_, rung) = run(&[ring()], [response(201, "")]);
    let of = |request: &Request, name: &str| request.headers.iter().find(|(key, _)| key == name).cloned();
    assert_eq!(of(&requests[0], "topic"), of(&rung[0], "topic"), "it takes the place of what still waits");
    assert_eq!(of(&requests[0], "ttl"), Some(("ttl".to_owned(), "60".to_owned())));
    let (over, notice) = (json_body(&requests[0]), json_body(&rung[0])["notification"]["tag"].clone());
    assert_eq!((&over["web_push"], &over["notification"]["tag"]), (&json!(8030), &notice));
    assert_eq!(over["notification"]["body"], "The call is over.");
    assert_eq!((&over["notification"]["silent"], &over["notification"]["renotify"]), (&json!(true), &json!(false)));
    assert_eq!(over["notification"]["data"]["status"], "canceled");
}

#[test]
fn a_message_fits_whatever_its_texts_are() {
    // Mozilla hands messages for Android on to another service, which takes 2744 bytes.
    let mut settings = settings();
    settings["page_url"] = format!("https://calls.example.org/{}", "x".repeat(500)).into();
    settings["caller_name"] = "ä".repeat(200).into();
    let rings = vec![ring()];
    let (_, requests) = drive(&context(&settings), [response(201, "")], |ctx| WebPush::ring(ctx, rings.clone()));
    assert!(json_body(&requests[0]).to_string().len() < 2_000);
}

#[test]
fn rings_are_asked_for_at_once_and_what_cannot_be_sent_is_not() {
    let mut late = ring();
    late.expires_at_ms = NOW_MS;
    let rings = [ring(), late, testing::ring("fcm-token-1"), testing::ring("{\"endpoint\":\"https://x\"}"), ring()];
    let (verdicts, requests) = run(&rings, [response(201, ""), response(410, "")]);
    assert_eq!(requests.len(), 2);
    assert_eq!(verdicts[0], Verdict::Accepted(None));
    assert!(matches!(verdicts[1], Verdict::Refused(_)));
    assert!(matches!((&verdicts[2], &verdicts[3]), (Verdict::Gone(_), Verdict::Gone(_))));
    assert!(matches!(verdicts[4], Verdict::Gone(_)));
}

#[test]
fn a_subscription_is_over_when_its_push_service_says_404_or_410() {
    let mozilla = r#"{"code":404,"errno":102,"error":"Not Found","message":"Endpoint Not Found"}"#;
    let over = "the subscription is over (status 404, errno 102)".to_owned();
    assert_eq!(verdict(response(404, mozilla)), Verdict::Gone(over));
    let apple = Verdict::Gone("the subscription is over (Unregistered)".to_owned());
    assert_eq!(verdict(response(410, r#"{"reason":"Unregistered"}"#)), apple);
    assert!(matches!(verdict(response(410, "push subscription has unsubscribed or expired.")), Verdict::Gone(_)));
}

#[test]
fn a_signature_that_is_not_accepted_is_the_operators_matter_and_names_the_reason() {
    let said = |answer| match verdict(answer) {
        Verdict::Misconfigured(text) => text,
        other => panic!("{other:?}"),
    };
    let apple = said(response(403, r#"{"reason":"BadJwtToken"}"#));
    assert!(apple.starts_with("BadJwtToken") && apple.contains("contact"), "{apple}");
    let mozilla = said(response(401, r#"{"code":401,"errno":109,"message":"Invalid bearer token"}"#));
    assert!(mozilla.starts_with("status 401, errno 109") && mozilla.contains("contact"), "{mozilla}");
    assert!(said(response(401, "<html>")).starts_with("status 401"));
    // Google's word for the same, beside a status that says something else.
    let google = said(response(400, "UnauthorizedRegistration\n"));
    assert!(google.starts_with("status 400") && google.contains("contact"), "{google}");
}

#[test]
fn a_subscription_to_another_key_is_gone_only_where_the_same_push_service_takes_others() {
    let answers = [
        response(403, GOOGLE),
        response(401, r#"{"code":401,"errno":109,"message":"VAPID public key mismatch"}"#),
        response(400, r#"{"reason":"VapidPkHashMismatch"}"#),
    ];
    for answer in answers {
        let Verdict::Misconfigured(text) = verdict(answer.clone()) else { panic!("alone it proves nothing") };
        assert!(text.contains("another key") && text.contains("backup"), "{text}");
        let (verdicts, _) = run(&[ring(), ring()], [answer.clone(), response(201, "")]);
        assert!(matches!(verdicts[0], Verdict::Gone(_)), "{verdicts:?}");
        let elsewhere = ring_at("https://push.example.net:8443/send/1");
        let (verdicts, _) = run(&[ring(), elsewhere], [answer, response(201, "")]);
        assert!(matches!(verdicts[0], Verdict::Misconfigured(_)), "another push service says nothing of it");
    }
    let (verdicts, _) = run(&[ring(), ring()], [response(403, ""), response(201, "")]);
    assert!(matches!(verdicts[0], Verdict::Misconfigured(_)), "it may have been refused for another reason");
}

#[test]
fn a_push_service_that_has_enough_is_left_alone_for_as_long_as_it_asks() {
    let pause = |answer| match verdict(answer) {
        Verdict::Retry((after_ms, _)) => after_ms,
        other => panic!("{other:?}"),
    };
    assert_eq!(pause(response(429, "")), 20_000);
    assert_eq!(pause(response(406, "")), 20_000);
    assert_eq!(pause(response_with(429, &[("retry-after", "7")], "")), 7_000);
    assert_eq!(pause(response_with(429, &[("retry-after", "Wed, 18 Nov 2026 08:20:09 GMT")], "")), 9_000);
    assert_eq!(pause(response_with(503, &[("retry-after", "120")], "")), 120_000);
    assert_eq!(pause(response(503, "<html>")), 1_000);
    assert_eq!(pause(Answer::Unsent("connection refused".to_owned())), 1_000);
}

#[test]
fn what_may_have_rung_is_unknown_and_what_was_turned_down_is_not_tried_again() {
    for status in [408, 500, 502, 504] {
        assert!(matches!(verdict(response(status, "")), Verdict::Unknown(_)), "{status}");
    }
    assert!(matches!(verdict(Answer::Unknown("no answer came in time".to_owned())), Verdict::Unknown(_)));
    for status in [301, 400, 415] {
        assert!(matches!(verdict(response(status, "")), Verdict::Refused(_)), "{status}");
    }
}

#[test]
fn what_is_wrong_with_every_push_is_told_to_the_operator() {
    let said = |answer| match verdict(answer) {
        Verdict::Misconfigured(text) => text,
        other => panic!("{other:?}"),
    };
    let body = r#"{"code":400,"errno":111,"message":"Missing TTL for https://push.example.net/1"}"#;
    let mozilla = said(response(400, body));
    assert!(mozilla.starts_with("status 400, errno 111: ") && !mozilla.contains("push.example.net"), "{mozilla}");
    let long = said(response(413, r#"{"reason":"PayloadTooLarge"}"#));
    assert!(long.starts_with("PayloadTooLarge: ") && long.contains("`page_url`"), "{long}");
    for errno in [101, 104, 110, 112, 113] {
        let told = said(response(400, &json!({ "code": 400, "errno": errno }).to_string()));
        assert!(told.starts_with(&format!("status 400, errno {errno}: ")), "{told}");
    }
    // A number that is none of these is of the one message.
    for errno in [100, 999] {
        let answer = response(400, &json!({ "code": 400, "errno": errno }).to_string());
        assert_eq!(verdict(answer), Verdict::Refused(format!("status 400, errno {errno}")));
    }
}

#[test]
fn a_missing_page_is_named() {
    let (result, requests) = drive(&context(&json!({})), [], |ctx| WebPush::ring(ctx, vec![ring()]));
    assert!(requests.is_empty());
    let Err(Failure::Misconfigured(text)) = result else { panic!("{result:?}") };
    assert!(text.contains("page_url"), "{text}");
}
