//! What Twilio is sent, what each of its answers means, and what its callbacks tell.

mod check;

use callpanion_plugin_api::notifier::{Callback, Fate, Notice, Notifier as _, Receipt, Verdict};
use callpanion_plugin_api::number_lookup::{LineKind, NumberLookup as _};
use callpanion_plugin_api::testing::{NOW_MS, context, drive, notice, response, response_with};
use callpanion_plugin_api::{Answer, Body, Ctx, Failure, Request};
use serde_json::{Value, json};

use super::{Twilio, fit, form};

const NUMBER: &str = "+442079460123";
const SID: &str = "SM0123456789abcdef0123456789abcdef";

fn settings() -> Value {
    json!({"account_sid": "AC0123", "from": "+12025550100", "base_url": "https://api.twilio.com/"})
}

fn run(settings: &Value, notices: &[Notice], answers: Vec<Answer>) -> (Result<Vec<Verdict>, Failure>, Vec<Request>) {
    drive(&context(settings), answers, |ctx| Twilio::notify(ctx, notices.to_vec()))
}

fn told(answer: Answer) -> Verdict {
    run(&settings(), &[notice(NUMBER)], vec![answer]).0.unwrap().remove(0)
}

/// An error as Twilio writes it, with a sentence that repeats the number.
fn refused(status: u16, code: u32) -> Answer {
    let body = json!({"code": code, "message": format!("{NUMBER} is wrong"), "more_info": "", "status": status});
    response(status, &body.to_string())
}

fn fields(request: &Request) -> Vec<(String, String)> {
    let Body::Text(text) = &request.body else { panic!("{:?}", request.body) };
    form::read(text.as_bytes()).unwrap()
}

fn field(request: &Request, name: &str) -> Option<String> {
    fields(request).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

#[test]
fn a_message_is_a_form_with_title_and_link_and_no_more() {
    let mut wanted = notice(NUMBER);
    wanted.extra = vec![("callback-url".to_owned(), "https://calls.example/webhooks/twilio".to_owned())];
    let (verdicts, asked) = run(&settings(), &[wanted], vec![response(201, &json!({"sid": SID}).to_string())]);
    assert_eq!(verdicts, Ok(vec![Verdict::Accepted(Some(SID.to_owned()))]));
    let request = &asked[0];
    assert_eq!(request.url, "https://api.twilio.com/2010-04-01/Accounts/AC0123/Messages.json");
    assert_eq!((request.method.as_str(), request.credential.as_deref()), ("POST", Some("account")));
    assert!(!request.repeatable, "a repeat would be a second message");
    let expected = [
        ("To", NUMBER),
        ("From", "+12025550100"),
        ("Body", "A missed call\nhttps://callpanion.example/calls/1"),
        ("ValidityPeriod", "3600"),
        ("StatusCallback", "https://calls.example/webhooks/twilio"),
    ];
    assert_eq!(fields(request), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(!format!("{:?}", fields(request)).contains("Anna"), "the text of the notice stays behind");
}

#[test]
fn a_messaging_service_sends_in_the_place_of_a_number() {
    let service = json!({"account_sid": "AC0123", "messaging_service_sid": "MG1"});
    let (_, asked) = run(&service, &[notice(NUMBER)], vec![response(201, "{}")]);
    assert_eq!(field(&asked[0], "MessagingServiceSid").as_deref(), Some("MG1"));
    assert_eq!((field(&asked[0], "From"), field(&asked[0], "StatusCallback")), (None, None));
    for (from, sent) in [("12025550100", "+12025550100"), ("Callpanion", "Callpanion"), ("12345", "12345")] {
        let one = json!({"account_sid": "AC1", "from": from});
        let (_, asked) = run(&one, &[notice(NUMBER)], vec![response(201, "{}")]);
        assert_eq!(field(&asked[0], "From").as_deref(), Some(sent));
    }
    for (wrong, named) in [
        (json!({"account_sid": "AC1"}), "nobody sends"),
        (json!({"account_sid": "AC1", "from": "+1202", "messaging_service_sid": "MG1"}), "keep one"),
        (json!({"from": "+1202"}), "settings.account_sid"),
    ] {
        let (verdicts, asked) = run(&wrong, &[notice(NUMBER)], Vec::new());
        let Err(Failure::Misconfigured(text)) = verdicts else { panic!("{verdicts:?}") };
        assert!(text.contains(named) && asked.is_empty(), "{text}");
    }
}

#[test]
fn the_time_left_is_the_validity_and_what_is_late_is_not_sent() {
    let until = |expires_at_ms| Notice { expires_at_ms, ..notice(NUMBER) };
    for (expires_at_ms, validity_s) in [(NOW_MS + 1, "1"), (NOW_MS + 90_500, "90"), (u64::MAX, "36000")] {
        let (_, asked) = run(&settings(), &[until(expires_at_ms)], vec![response(201, "{}")]);
        assert_eq!(field(&asked[0], "ValidityPeriod").as_deref(), Some(validity_s));
    }
    let (verdicts, asked) = run(&settings(), &[until(NOW_MS)], Vec::new());
    assert!(asked.is_empty() && matches!(verdicts.as_deref(), Ok([Verdict::Refused(_)])), "{verdicts:?}");
}

#[test]
fn a_message_never_takes_more_than_three_segments() {
    let wordy = Notice { title: "Ibu Sri was not reached. 📞 ".repeat(40), ..notice(NUMBER) };
    let (_, asked) = run(&settings(), &[wordy], vec![response(201, "{}")]);
    let body = field(&asked[0], "Body").unwrap();
    assert!(fit::segments(&body) <= 3 && body.ends_with("/calls/1"), "{body}");
}

#[test]
fn twilios_codes_become_verdicts_without_its_sentences() {
    for code in [21211, 21217, 21610, 21614] {
        let Verdict::Gone(why) = told(refused(400, code)) else { panic!("{code}") };
        assert!(why.contains(&code.to_string()) && !why.contains(NUMBER), "{why}");
    }
    for (status, code) in [(401, 20003), (404, 20404), (400, 21212), (400, 21606), (400, 21408), (400, 21608)] {
        assert!(matches!(told(refused(status, code)), Verdict::Misconfigured(_)), "{code}");
    }
    for (status, code) in [(429, 20429), (400, 21611), (429, 0)] {
        assert!(matches!(told(refused(status, code)), Verdict::Retry(_)), "{code}");
    }
    let limit = response_with(429, &[("retry-after", "7")], &json!({"code": 20429}).to_string());
    assert!(matches!(told(limit), Verdict::Retry((7_000, _))));
    for code in [21612, 21216, 21617, 99_999] {
        let Verdict::Refused(why) = told(refused(400, code)) else { panic!("{code}") };
        assert!(!why.contains(NUMBER), "{why}");
    }
}

#[test]
fn what_may_have_been_sent_is_unknown() {
    for answer in [Answer::Unknown("no answer".to_owned()), response(500, ""), refused(502, 21211)] {
        assert!(matches!(told(answer.clone()), Verdict::Unknown(_)), "{answer:?}");
    }
    assert!(matches!(told(Answer::Unsent("refused".to_owned())), Verdict::Retry(_)));
    // Taken, though nobody can say later what became of it.
    for body in ["", "<html>", "{\"sid\":\"SM1\"}", "{\"sid\":\"+442079460123\"}"] {
        assert_eq!(told(response(201, body)), Verdict::Accepted(None), "{body}");
    }
}

fn callback(status: &str, code: Option<&str>) -> Callback {
    let mut posted = vec![("SmsSid", SID), ("MessageStatus", status), ("To", NUMBER), ("MessageSid", SID)];
    posted.extend(code.map(|code| ("ErrorCode", code)));
    let ctx = Ctx::new(context(&settings()), Vec::new());
    Twilio::read_callback(&ctx, &[], form::write(&posted).as_bytes()).unwrap()
}

fn fate(status: &str, code: Option<&str>) -> Fate {
    let Callback::Receipts(mut receipts) = callback(status, code) else { panic!("{status}") };
    let Receipt { reference, fate } = receipts.remove(0);
    assert!(reference == SID && receipts.is_empty());
    fate
}

#[test]
fn callbacks_tell_what_became_of_a_message() {
    assert_eq!(fate("delivered", None), Fate::Delivered);
    assert_eq!(fate("read", None), Fate::Delivered);
    for code in ["30003", "30004", "30007", "30008", "99999", "x"] {
        assert!(matches!(fate("undelivered", Some(code)), Fate::Failed(_)), "{code}");
    }
    assert!(matches!(fate("failed", None), Fate::Failed(_)));
    for code in ["30005", "30006", "21610"] {
        assert!(matches!(fate("failed", Some(code)), Fate::Gone(_)), "{code}");
    }
    let Fate::Other((case, how)) = fate("undelivered", Some("30034")) else { panic!("the operator must register") };
    assert!(case == "misconfigured" && how.contains("register"), "{how}");
    for on_its_way in ["accepted", "queued", "sending", "sent", "a_word_of_a_later_version"] {
        assert_eq!(callback(on_its_way, None), Callback::Ignored(on_its_way.to_owned()));
    }
}

#[test]
fn what_was_taken_back_has_failed_and_half_a_word_is_waited_on() {
    assert!(matches!(fate("canceled", None), Fate::Failed(_)));
    for on_its_way in ["scheduled", "receiving", "received", "partially_delivered"] {
        assert_eq!(callback(on_its_way, None), Callback::Ignored(on_its_way.to_owned()));
    }
}

#[test]
fn a_callback_that_is_none_tells_of_nothing() {
    let ctx = Ctx::new(context(&settings()), Vec::new());
    for body in ["", "MessageSid=SM1&MessageStatus=delivered", "{\"MessageSid\":1}", "MessageStatus=delivered", "%ff"] {
        let read = Twilio::read_callback(&ctx, &[], body.as_bytes()).unwrap();
        assert!(matches!(read, Callback::Unreadable(_)), "{body}: {read:?}");
    }
    assert!(matches!(callback("+44 20 7946 0123", None), Callback::Unreadable(_)));
}

type LookedUp = Result<(bool, Option<LineKind>), Failure>;

fn looked_up(settings: &Value, answer: Answer) -> (LookedUp, Vec<Request>) {
    let (facts, asked) = drive(&context(settings), [answer], |ctx| Twilio::look_up(ctx, NUMBER.to_owned()));
    (facts.map(|facts| (facts.valid, facts.line)), asked)
}

#[test]
fn a_number_is_looked_up_with_its_line() {
    let line = |word: &str| {
        let body = json!({"valid": true, "country_code": "GB", "line_type_intelligence": {"type": word}});
        looked_up(&settings(), response(200, &body.to_string())).0.unwrap()
    };
    assert_eq!(line("mobile"), (true, Some(LineKind::Mobile)));
    assert_eq!(line("landline"), (true, Some(LineKind::Landline)));
    assert_eq!(line("fixedVoip"), (true, Some(LineKind::Voip)));
    assert_eq!(line("nonFixedVoip"), (true, Some(LineKind::Voip)));
    assert_eq!(line("tollFree"), (true, Some(LineKind::TollFree)));
    assert_eq!(line("premium"), (true, Some(LineKind::Other)));
    assert_eq!(line("unknown"), (true, None));
    let (facts, asked) = looked_up(&settings(), response(200, "{\"valid\":false,\"line_type_intelligence\":null}"));
    assert_eq!(facts, Ok((false, None)));
    let url = "https://lookups.twilio.com/v2/PhoneNumbers/%2B442079460123?Fields=line_type_intelligence";
    assert_eq!((asked[0].url.as_str(), asked[0].repeatable), (url, true));
    let cheap = json!({"account_sid": "AC1", "from": "+1", "line_type": false});
    let (_, asked) = looked_up(&cheap, response(200, "{\"valid\":true}"));
    assert!(!asked[0].url.contains("Fields"), "{}", asked[0].url);
}

#[test]
fn a_number_that_cannot_be_one_is_an_answer_and_no_failure() {
    for errors in [Value::Null, json!(["TOO_SHORT"]), json!(["INVALID_COUNTRY_CODE", "INVALID_LENGTH"])] {
        let body = json!({
            "phone_number": NUMBER, "country_code": null, "valid": false, "validation_errors": errors,
            "line_type_intelligence": {"type": null, "error_code": 60_600},
        });
        let (facts, _) = looked_up(&settings(), response(200, &body.to_string()));
        assert_eq!(facts, Ok((false, None)), "{body}");
    }
}

#[test]
fn a_look_up_that_fails_says_whose_turn_it_is() {
    let failed = |answer| looked_up(&settings(), answer).0.unwrap_err();
    assert!(matches!(failed(refused(401, 20003)), Failure::Misconfigured(_)));
    assert!(matches!(failed(refused(429, 20429)), Failure::Retry(_)));
    assert!(matches!(failed(response(503, "")), Failure::Retry(_)));
    assert!(matches!(failed(response(200, "<html>")), Failure::Retry(_)));
    assert!(matches!(failed(Answer::Unsent("refused".to_owned())), Failure::Retry(_)));
}
