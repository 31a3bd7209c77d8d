//! Apple's response table, row by row: the verdict of each.

use callpanion_plugin_api::Answer;
use callpanion_plugin_api::channel::Verdict;
use callpanion_plugin_api::testing::{response, response_with};
use serde_json::json;

use super::{TOKEN, refused, ring, run, run_at_present, verdict};

/// The operator must mend something.
const MEND: &str = "misconfigured";
const SINCE_MS: u64 = 1_794_980_000_123;

const fn kind(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted(_) => "accepted",
        Verdict::Gone(_) => "gone",
        Verdict::Refused(_) => "refused",
        Verdict::Retry(_) => "retry",
        Verdict::Unknown(_) => "unknown",
        Verdict::Misconfigured(_) => MEND,
        Verdict::Other(_) => "other",
    }
}

fn words(verdict: &Verdict) -> &str {
    match verdict {
        Verdict::Gone(text)
        | Verdict::Refused(text)
        | Verdict::Retry((_, text))
        | Verdict::Unknown(text)
        | Verdict::Misconfigured(text) => text,
        other => panic!("{other:?}"),
    }
}

fn dead(reason: &str) -> Answer {
    response(410, &json!({"reason": reason, "timestamp": SINCE_MS}).to_string())
}

#[test]
fn every_row_of_apples_table_has_its_verdict() {
    let rows = [
        (400, "DeviceTokenNotForTopic", MEND),
        (400, "TopicDisallowed", MEND),
        (400, "BadTopic", MEND),
        (400, "MissingTopic", MEND),
        (400, "BadCollapseId", MEND),
        (400, "BadExpirationDate", MEND),
        (400, "BadMessageId", MEND),
        (400, "BadPriority", MEND),
        (400, "DuplicateHeaders", MEND),
        (400, "InvalidPushType", MEND),
        (400, "PayloadEmpty", MEND),
        (400, "MissingDeviceToken", MEND),
        (400, "IdleTimeout", "retry"),
        (403, "BadCertificate", MEND),
        (403, "BadCertificateEnvironment", MEND),
        (403, "ExpiredProviderToken", MEND),
        (403, "InvalidProviderToken", MEND),
        (403, "MissingProviderToken", MEND),
        (403, "Forbidden", MEND),
        (403, "UnrelatedKeyIdInToken", "retry"),
        (403, "BadEnvironmentKeyIdInToken", MEND),
        (403, "BadEnvironmentKeyInToken", MEND),
        (404, "BadPath", MEND),
        (405, "MethodNotAllowed", MEND),
        (413, "PayloadTooLarge", MEND),
        (429, "TooManyProviderTokenUpdates", "retry"),
        (429, "TooManyRequests", "retry"),
        (500, "InternalServerError", "retry"),
        (503, "ServiceUnavailable", "retry"),
        (503, "Shutdown", "retry"),
        // Apple adds reasons: then the status tells.
        (400, "SomethingNew", "refused"),
        (403, "SomethingNew", MEND),
        (404, "SomethingNew", MEND),
        (405, "SomethingNew", "refused"),
        (408, "SomethingNew", "unknown"),
        (410, "SomethingNew", "refused"),
        (413, "SomethingNew", "refused"),
        (429, "SomethingNew", "retry"),
        (500, "SomethingNew", "unknown"),
        (502, "SomethingNew", "unknown"),
        (503, "SomethingNew", "retry"),
        (400, "", "refused"),
        (408, "", "unknown"),
        (410, "", "refused"),
    ];
    for (status, reason, expected) in rows {
        let found = verdict(refused(status, reason));
        assert_eq!(kind(&found), expected, "{status} {reason}: {found:?}");
        let said = if reason.is_empty() { "status" } else { reason };
        assert!(words(&found).contains(said), "{status} {reason}: {found:?}");
    }
}

#[test]
fn a_dead_token_is_gone_since_apple_knows_and_only_with_its_word_for_it() {
    for reason in ["Unregistered", "ExpiredToken"] {
        let since = Verdict::Other(("gone-since".to_owned(), format!("{SINCE_MS} {reason}")));
        assert_eq!(run_at_present(&[ring("production")], [dead(reason)]), [since]);
        assert_eq!(verdict(dead(reason)), Verdict::Gone(reason.to_owned()), "an older host is told as well as can be");
        // Apple always says since when; a proxy that answers for it does not.
        assert_eq!(kind(&verdict(refused(410, reason))), "refused");
    }
    assert_eq!(kind(&verdict(dead("SomethingNew"))), "refused");
    let odd = response(410, r#"{"reason":"Unregistered","timestamp":"yesterday"}"#);
    assert_eq!(kind(&verdict(odd)), "refused");
}

#[test]
fn another_apps_token_is_gone_only_when_the_topic_is_proven() {
    let wrong = || refused(400, "DeviceTokenNotForTopic");
    let alone = verdict(wrong());
    assert!(kind(&alone) == MEND && words(&alone).contains("`bundle_id`"), "{alone:?}");
    let rings = [ring("production"), ring("production")];
    let (verdicts, _) = run(&rings, [wrong(), response(200, "")]);
    assert_eq!(verdicts.iter().map(kind).collect::<Vec<_>>(), ["gone", "accepted"]);
    let (verdicts, _) = run(&rings, [wrong(), dead("Unregistered")]);
    assert_eq!(verdicts.iter().map(kind).collect::<Vec<_>>(), [MEND, "gone"], "what is dead proves no topic");
}

#[test]
fn a_refused_signature_is_blamed_on_the_clock_where_the_clock_is_wrong() {
    let told = |reason: &str, headers: &[(&str, &str)]| {
        let body = json!({"reason": reason}).to_string();
        words(&verdict(response_with(403, headers, &body))).to_owned()
    };
    // The test's moment is 08:20:00.
    let later = [("date", "Wed, 18 Nov 2026 09:05:00 GMT")];
    let expired = told("ExpiredProviderToken", &later);
    assert!(expired.contains("45 min 0 s behind the vendor's: set it by NTP"), "{expired}");
    let expired = told("ExpiredProviderToken", &[]);
    assert!(expired.contains("at least 20 minutes behind"), "{expired}");
    let invalid = told("InvalidProviderToken", &[("date", "Wed, 18 Nov 2026 07:20:00 GMT")]);
    assert!(invalid.contains("1 h 0 min ahead of") && invalid.contains("key id"), "{invalid}");
    let invalid = told("InvalidProviderToken", &[("date", "Wed, 18 Nov 2026 08:20:01 GMT")]);
    assert!(invalid.contains("check key, key id and team id"), "{invalid}");
}

#[test]
fn a_pause_is_as_long_as_apple_asks_in_either_form() {
    let pause = |status, reason: &str, after: Option<&str>| {
        let headers: Vec<_> = after.iter().map(|after| ("retry-after", *after)).collect();
        match verdict(response_with(status, &headers, &json!({"reason": reason}).to_string())) {
            Verdict::Retry((after_ms, _)) => after_ms,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(pause(503, "Shutdown", None), 1_000);
    assert_eq!(pause(503, "ServiceUnavailable", Some("5")), 5_000);
    assert_eq!(pause(429, "TooManyRequests", None), 20_000);
    assert_eq!(pause(429, "TooManyProviderTokenUpdates", Some("Wed, 18 Nov 2026 08:20:09 GMT")), 9_000);
}

#[test]
fn a_reason_that_is_no_code_is_not_repeated() {
    let quoting = format!("device token {TOKEN} is wrong");
    assert_eq!(verdict(refused(400, &quoting)), Verdict::Refused("status 400".to_owned()));
    assert_eq!(verdict(refused(400, TOKEN)), Verdict::Refused("status 400".to_owned()));
}

#[test]
fn an_answer_that_never_came_is_unknown_and_one_that_never_left_is_tried_again() {
    assert_eq!(kind(&verdict(Answer::Unknown("reset".to_owned()))), "unknown");
    assert_eq!(kind(&verdict(Answer::Unsent("dns".to_owned()))), "retry");
}
