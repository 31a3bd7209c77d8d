//! The push that browsers read, and what push services answer.

use callpanion_plugin_api::notifier::{Notice, Notifier as _, Verdict};
use callpanion_plugin_api::testing::{self, NOW_MS, context, drive, json_body, response, response_with};
use callpanion_plugin_api::{Answer, Request};
use serde_json::json;

use super::WebPushNotices;

fn subscription(endpoint: &str) -> String {
    json!({ "endpoint": endpoint, "keys": { "auth": "auth-1", "p256dh": "point-1" } }).to_string()
}

fn notice() -> Notice {
    testing::notice(&subscription("https://push.example.net/send/1"))
}

fn run(notices: &[Notice], script: impl IntoIterator<Item = Answer>) -> (Vec<Verdict>, Vec<Request>) {
    let (result, requests) = drive(&context(&json!({})), script, |ctx| WebPushNotices::notify(ctx, notices.to_vec()));
    match result {
        Ok(verdicts) => (verdicts, requests),
        Err(failure) => panic!("{failure:?}"),
    }
}

fn verdict(answer: Answer) -> Verdict {
    run(&[notice()], [answer]).0.remove(0)
}

#[test]
fn a_notice_is_a_title_and_a_link_and_never_its_text() {
    let (verdicts, requests) = run(&[notice()], [response(201, "")]);
    assert_eq!(verdicts, [Verdict::Accepted(None)]);
    let request = &requests[0];
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://push.example.net/send/1"));
    assert_eq!(request.credential.as_deref(), Some("vapid"));
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        headers,
        [
            ("ttl", "3600"),
            ("urgency", "high"),
            ("topic", "0192a000000070008000000000000006"),
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
                "title": "A missed call",
                "lang": "en",
                "tag": "0192a000-0000-7000-8000-000000000006",
                "navigate": "https://callpanion.example/calls/1",
            },
        })
    );
}

#[test]
fn what_cannot_be_sent_has_its_verdict_and_the_others_theirs() {
    let late = Notice { expires_at_ms: NOW_MS, ..notice() };
    let stray = testing::notice("an address of something else");
    let unnamed = Notice { title: String::new(), ..notice() };
    let (verdicts, requests) = run(&[late, stray, unnamed], [response(201, "")]);
    assert!(matches!(&verdicts[..], [Verdict::Refused(_), Verdict::Gone(_), Verdict::Accepted(_)]), "{verdicts:?}");
    assert_eq!((requests.len(), &json_body(&requests[0])["notification"]["title"]), (1, &json!("Callpanion")));
}

#[test]
fn what_push_services_answer_is_told_apart() {
    for status in [404, 410] {
        assert!(matches!(verdict(response(status, "over")), Verdict::Gone(_)), "{status}");
    }
    for status in [401, 403] {
        assert!(matches!(verdict(response(status, "")), Verdict::Misconfigured(_)), "{status}");
    }
    for status in [406, 429, 503] {
        let busy = response_with(status, &[("retry-after", "7")], "");
        assert!(matches!(verdict(busy), Verdict::Retry((7_000, _))), "{status}");
    }
    assert!(matches!(verdict(response(413, "")), Verdict::Refused(_)));
    assert!(matches!(verdict(response(500, "")), Verdict::Unknown(_)));
    assert!(matches!(verdict(Answer::Unsent("busy".to_owned())), Verdict::Retry(_)));
    assert!(matches!(verdict(Answer::Unknown("cut".to_owned())), Verdict::Unknown(_)));
    let Verdict::Refused(said) = verdict(response(400, "https://push.example.net/send/1 is wrong")) else {
        panic!("400 is no refusal")
    };
    assert!(!said.contains("push.example.net"), "{said}");
}
