//! What is asked of Twilio to see whether all is set up, and what each of its answers means for the operator.

use callpanion_plugin_api::channel_check::{ChannelCheck as _, Finding, Severity};
use callpanion_plugin_api::testing::{context, drive, response, response_with};
use callpanion_plugin_api::{Answer, Failure, Request};
use serde_json::{Value, json};

use super::{Twilio, refused, settings};

fn checked(settings: &Value, answers: [Answer; 2]) -> (Result<Vec<Finding>, Failure>, Vec<Request>) {
    drive(&context(settings), answers, Twilio::check)
}

fn found(settings: &Value, answers: [Answer; 2]) -> Vec<Finding> {
    checked(settings, answers).0.unwrap()
}

/// Severities and what was found; whatever is out of order says how it is mended.
fn told(settings: &Value, answers: [Answer; 2]) -> Vec<(Severity, String)> {
    let findings = found(settings, answers);
    for finding in &findings {
        assert!(finding.severity == Severity::Ok || !finding.mend.is_empty(), "{finding:?}");
    }
    findings.into_iter().map(|finding| (finding.severity, finding.what)).collect()
}

fn account(status: &str, kind: &str) -> Answer {
    response(200, &json!({"sid": "AC0123", "status": status, "type": kind, "friendly_name": "Anna"}).to_string())
}

fn numbers(list: &[(&str, bool)]) -> Answer {
    let number = |(number, sms): &(&str, bool)| json!({"phone_number": number, "capabilities": {"sms": sms}});
    let list: Vec<Value> = list.iter().map(number).collect();
    response(200, &json!({ "incoming_phone_numbers": list }).to_string())
}

fn own() -> Answer {
    numbers(&[("+12025550100", true)])
}

#[test]
fn account_and_number_are_looked_at_with_the_credential_and_nothing_is_sent() {
    let (findings, asked) = checked(&settings(), [account("active", "Full"), own()]);
    let severities: Vec<Severity> = findings.unwrap().iter().map(|finding| finding.severity).collect();
    assert_eq!(severities, [Severity::Ok; 3]);
    let urls: Vec<&str> = asked.iter().map(|request| request.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "https://api.twilio.com/2010-04-01/Accounts/AC0123.json",
            "https://api.twilio.com/2010-04-01/Accounts/AC0123/IncomingPhoneNumbers.json?PhoneNumber=%2B12025550100",
        ]
    );
    for request in &asked {
        assert_eq!((request.method.as_str(), request.credential.as_deref()), ("GET", Some("account")));
    }
}

#[test]
fn account_that_sends_nothing_or_little_is_told() {
    for status in ["suspended", "closed"] {
        let told = told(&settings(), [account(status, "Full"), own()]);
        assert!(matches!(&told[..], [(Severity::Problem, what)] if what.contains("suspended or closed")), "{told:?}");
    }
    for (status, code) in [(401, 20005), (403, 20403)] {
        let told = told(&settings(), [refused(status, code), refused(status, code)]);
        assert!(matches!(&told[..], [(Severity::Problem, what)] if what.contains("suspended or closed")), "{told:?}");
    }
    let trial = told(&settings(), [account("active", "Trial"), own()]);
    assert!(
        matches!(&trial[..], [(Severity::Warning, what), (Severity::Ok, _)] if what.contains("trial")),
        "{trial:?}"
    );
    let unheard = told(&settings(), [account("resting", "Full"), own()]);
    assert_eq!(unheard[0].0, Severity::Warning, "{unheard:?}");
}

#[test]
fn credential_is_called_wrong_only_where_nothing_accepts_it() {
    let wrong = told(&settings(), [refused(401, 20003), refused(401, 20003)]);
    let expected = "Twilio does not accept the credential `account` (Twilio 20003).";
    assert_eq!(wrong, [(Severity::Problem, expected.to_owned())]);
    let test = told(&settings(), [refused(403, 20008), refused(403, 20008)]);
    assert!(matches!(&test[..], [(Severity::Problem, what)] if what.contains("test credentials")), "{test:?}");
    // A standard API key is shown its numbers and no account.
    let key = told(&settings(), [refused(401, 20003), own()]);
    assert_eq!(key.iter().map(|(severity, _)| *severity).collect::<Vec<_>>(), [Severity::Ok; 3]);
    assert!(key[0].1.contains("API key"), "{key:?}");
    // A restricted one may be shown the account, and no numbers.
    let narrow = told(&settings(), [account("active", "Full"), refused(403, 70051)]);
    assert_eq!((narrow[0].0, narrow[1].0), (Severity::Ok, Severity::Warning), "{narrow:?}");
}

#[test]
fn account_that_is_not_there_is_told_by_its_setting() {
    for first in [refused(404, 20404), refused(401, 20003)] {
        let told = told(&settings(), [first, refused(404, 20404)]);
        assert!(matches!(&told[..], [(Severity::Problem, what)] if what.contains("`account_sid`")), "{told:?}");
    }
}

#[test]
fn number_that_sends_is_the_accounts_own_and_can_send_texts() {
    let sender = |numbers: Answer| told(&settings(), [account("active", "Full"), numbers]).remove(1);
    assert_eq!(sender(own()).0, Severity::Ok);
    // The filter finds longer numbers too.
    for strange in [numbers(&[]), numbers(&[("+120255501001", true)])] {
        let (severity, what) = sender(strange);
        assert!(severity == Severity::Problem && what.contains("none of this Twilio account"), "{what}");
    }
    let (severity, what) = sender(numbers(&[("+12025550100", false)]));
    assert!(severity == Severity::Problem && what.contains("cannot send text messages"), "{what}");
    assert_eq!(sender(response(200, "<html>")).0, Severity::Warning);
}

#[test]
fn messaging_service_is_looked_at_where_its_host_is_given() {
    let service = |url: &str| json!({"account_sid": "AC0123", "messaging_service_sid": "MG1", "messaging_url": url});
    let given = service("https://messaging.twilio.com");
    let (_, asked) = checked(&given, [account("active", "Full"), response(200, "{}")]);
    assert_eq!(asked[1].url, "https://messaging.twilio.com/v1/Services/MG1");
    let there = told(&given, [account("active", "Full"), response(200, "{}")]);
    assert_eq!(there.len(), 3, "{there:?}");
    for first in [account("active", "Full"), refused(401, 20003)] {
        let gone = told(&given, [first, refused(404, 20404)]);
        assert_eq!((gone[0].0, gone[1].0), (Severity::Ok, Severity::Problem), "{gone:?}");
    }
    let (findings, asked) = checked(&service(""), [account("active", "Full"), numbers(&[])]);
    assert_eq!(asked[1].url, "https://api.twilio.com/2010-04-01/Accounts/AC0123/IncomingPhoneNumbers.json?PageSize=1");
    let findings = findings.unwrap();
    assert!(findings[1].severity == Severity::Ok && findings[1].mend.contains("`messaging_url`"), "{findings:?}");
}

#[test]
fn sender_with_a_name_is_no_problem_and_nobody_is_one() {
    for from in ["Callpanion", "12345"] {
        let named = json!({"account_sid": "AC0123", "from": from});
        let told = told(&named, [account("active", "Full"), numbers(&[])]);
        assert_eq!(told.iter().map(|(severity, _)| *severity).collect::<Vec<_>>(), [Severity::Ok; 3]);
    }
    let (nobody, asked) = checked(&json!({"account_sid": "AC0123"}), [own(), own()]);
    assert!(matches!(nobody, Err(Failure::Misconfigured(_))) && asked.is_empty(), "{nobody:?}");
}

#[test]
fn vendor_that_does_not_answer_proves_nothing() {
    let failed = |answer: Answer| checked(&settings(), [answer.clone(), answer]).0.unwrap_err();
    assert!(matches!(failed(response_with(429, &[("retry-after", "7")], "")), Failure::Retry((7_000, _))));
    assert!(matches!(failed(Answer::Unsent("refused".to_owned())), Failure::Retry(_)));
    assert!(matches!(failed(response(502, "")), Failure::Unknown(_)));
    let half = checked(&settings(), [account("active", "Full"), response(503, "")]).0;
    assert!(matches!(half, Err(Failure::Retry(_))), "{half:?}");
    let html = told(&settings(), [response(200, "<html>"), response(200, "<html>")]);
    assert_eq!(html.iter().map(|(severity, _)| *severity).collect::<Vec<_>>(), [Severity::Warning; 2]);
}
