//! Google's error table, row by row: the verdict of each, alone and beside a ring that Google took.

use callpanion_plugin_api::channel::Verdict;
use callpanion_plugin_api::testing::{NOW_MS, response, response_with};
use callpanion_plugin_api::{Answer, code};
use serde_json::{Value, json};

use super::{error, ring, run, verdict};

const FCM_ERROR: &str = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
const BAD_REQUEST: &str = "type.googleapis.com/google.rpc.BadRequest";
const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";
/// The operator must mend something.
const MEND: &str = "misconfigured";

fn fcm(code: &str) -> Value {
    json!({"@type": FCM_ERROR, "errorCode": code})
}

fn bad(field: &str) -> Value {
    json!({"@type": BAD_REQUEST, "fieldViolations": [{"field": field, "description": "why"}]})
}

fn info(reason: &str) -> Value {
    json!({"@type": ERROR_INFO, "reason": reason, "domain": "googleapis.com"})
}

/// An answer as Google writes it.
fn refused(status: u16, word: &str, details: &[Value]) -> Answer {
    let error = json!({"code": status, "message": "why", "status": word, "details": details});
    response(status, &json!({"error": error}).to_string())
}

/// The verdict on a ring that stands in a list beside one that Google took.
fn beside_a_taken_one(answer: Answer) -> Verdict {
    let (mut verdicts, _) = run(&[ring("token-1"), ring("token-2")], [answer, response(200, "{}")]);
    assert_eq!(verdicts[1], Verdict::Accepted(None));
    verdicts.remove(0)
}

const fn kind(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted(_) => "accepted",
        Verdict::Gone(_) => "gone",
        Verdict::Refused(_) => "refused",
        Verdict::Retry(_) => "retry",
        Verdict::Unknown(_) => "unknown",
        Verdict::Misconfigured(_) => "misconfigured",
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

#[test]
fn every_row_of_googles_table_has_its_verdict() {
    // Status, its word and the details; the verdict alone, and beside a ring that was taken; what it must say.
    let rows = [
        (400, "INVALID_ARGUMENT", vec![fcm("INVALID_ARGUMENT")], ["refused", "gone"], "INVALID_ARGUMENT"),
        (
            400,
            "INVALID_ARGUMENT",
            vec![fcm("INVALID_ARGUMENT"), bad("message.token")],
            ["refused", "gone"],
            "malformed",
        ),
        (400, "INVALID_ARGUMENT", vec![fcm("INVALID_ARGUMENT"), bad("message.android")], [MEND; 2], "message.android"),
        (400, "INVALID_ARGUMENT", vec![bad("message.data[0].value")], [MEND; 2], "message.data[0].value"),
        (400, "INVALID_ARGUMENT", vec![bad("message.token")], ["refused"; 2], "INVALID_ARGUMENT"),
        (400, "FAILED_PRECONDITION", vec![], ["refused"; 2], "FAILED_PRECONDITION"),
        (404, "NOT_FOUND", vec![fcm("UNREGISTERED")], ["gone"; 2], "UNREGISTERED"),
        (404, "NOT_FOUND", vec![], [MEND; 2], "`callpanion-test`"),
        (403, "PERMISSION_DENIED", vec![fcm("SENDER_ID_MISMATCH")], [MEND, "gone"], "SENDER_ID_MISMATCH"),
        (403, "PERMISSION_DENIED", vec![info("SERVICE_DISABLED")], [MEND; 2], "SERVICE_DISABLED"),
        (403, "PERMISSION_DENIED", vec![info("IAM_PERMISSION_DENIED")], [MEND; 2], "(IAM_PERMISSION_DENIED)"),
        (403, "PERMISSION_DENIED", vec![], [MEND; 2], "`callpanion-test` (PERMISSION_DENIED)"),
        (401, "UNAUTHENTICATED", vec![], [MEND; 2], "`service-account`"),
        (401, "UNAUTHENTICATED", vec![fcm("THIRD_PARTY_AUTH_ERROR")], [MEND; 2], "Firebase console"),
        (429, "RESOURCE_EXHAUSTED", vec![fcm("QUOTA_EXCEEDED")], ["retry"; 2], "quota"),
        (500, "INTERNAL", vec![fcm("INTERNAL")], ["unknown"; 2], "INTERNAL"),
        (503, "UNAVAILABLE", vec![fcm("UNAVAILABLE")], ["retry"; 2], "unavailable"),
        // Codes that Google may add, and ones that stand beside another status than theirs.
        (400, "INVALID_ARGUMENT", vec![fcm("UNREGISTERED")], ["refused"; 2], "UNREGISTERED"),
        (403, "PERMISSION_DENIED", vec![fcm("UNREGISTERED")], [MEND; 2], "UNREGISTERED"),
        (404, "NOT_FOUND", vec![fcm("SOMETHING_NEW")], [MEND; 2], "`callpanion-test`"),
    ];
    for (status, word, details, [alone, beside], said) in rows {
        let answer = || refused(status, word, &details);
        let row = format!("{status} {word} {details:?}");
        let found = verdict(answer());
        assert_eq!(kind(&found), alone, "{row}: {found:?}");
        assert!(words(&found).contains(said), "{row}: {found:?}");
        let found = beside_a_taken_one(answer());
        assert_eq!(kind(&found), beside, "{row}, beside a ring that was taken: {found:?}");
        assert!(words(&found).contains(said), "{row}: {found:?}");
    }
}

#[test]
fn an_answer_that_never_came_may_have_rung_and_one_that_never_left_has_not() {
    assert_eq!(kind(&verdict(Answer::Unknown("no answer within 10000 ms".to_owned()))), "unknown");
    assert_eq!(kind(&verdict(Answer::Unsent("connection refused".to_owned()))), "retry");
}

#[test]
fn a_body_that_is_no_json_is_read_by_its_status() {
    for (status, expected) in [
        (400, "refused"),
        (401, "misconfigured"),
        (403, "misconfigured"),
        (404, "misconfigured"),
        (408, "unknown"),
        (409, "refused"),
        (410, "refused"),
        (429, "retry"),
        (500, "unknown"),
        (502, "unknown"),
        (503, "retry"),
        (504, "unknown"),
    ] {
        for found in [verdict(response(status, "<html>")), beside_a_taken_one(response(status, "<html>"))] {
            assert_eq!(kind(&found), expected, "{status}: {found:?}");
        }
    }
}

#[test]
fn a_wrong_project_retires_nobodys_address_however_many_there_are() {
    let rings: Vec<_> = (0..30).map(|at| ring(&format!("token-{at}"))).collect();
    for answer in [
        refused(403, "PERMISSION_DENIED", &[fcm("SENDER_ID_MISMATCH")]),
        refused(403, "PERMISSION_DENIED", &[]),
        refused(404, "NOT_FOUND", &[]),
        refused(400, "INVALID_ARGUMENT", &[fcm("INVALID_ARGUMENT")]),
    ] {
        let (verdicts, _) = run(&rings, vec![answer.clone(); rings.len()]);
        assert!(verdicts.iter().all(|verdict| kind(verdict) != "gone"), "{answer:?}: {:?}", verdicts[0]);
    }
    let told = verdict(error(403, Some("SENDER_ID_MISMATCH")));
    for said in ["`callpanion-test`", "`project_id`", "paired anew"] {
        assert!(words(&told).contains(said), "{told:?}");
    }
    // What is dead proves nothing of the project.
    let pair = [ring("token-1"), ring("token-2")];
    let dead = refused(404, "NOT_FOUND", &[fcm("UNREGISTERED")]);
    let (verdicts, _) = run(&pair, [refused(403, "PERMISSION_DENIED", &[fcm("SENDER_ID_MISMATCH")]), dead]);
    assert_eq!((kind(&verdicts[0]), kind(&verdicts[1])), ("misconfigured", "gone"));
}

#[test]
fn many_addresses_of_another_project_are_the_configurations_fault_though_one_is_taken() {
    let mismatch = || refused(403, "PERMISSION_DENIED", &[fcm("SENDER_ID_MISMATCH")]);
    let judged = |strangers: usize, taken: usize| {
        let rings: Vec<_> = (0..strangers + taken).map(|at| ring(&format!("token-{at}"))).collect();
        let script = (0..strangers).map(|_| mismatch()).chain((0..taken).map(|_| response(200, "{}")));
        let (verdicts, _) = run(&rings, script);
        assert!(verdicts[strangers..].iter().all(|verdict| kind(verdict) == "accepted"), "{verdicts:?}");
        assert!(verdicts[..strangers].iter().all(|verdict| *verdict == verdicts[0]), "one alert for all: {verdicts:?}");
        verdicts[0].clone()
    };
    for (strangers, taken, expected) in
        [(1, 1, "gone"), (2, 1, "gone"), (3, 1, MEND), (3, 3, MEND), (3, 4, "gone"), (40, 60, "gone"), (99, 1, MEND)]
    {
        let found = judged(strangers, taken);
        assert_eq!(kind(&found), expected, "{strangers} beside {taken}: {found:?}");
    }
    let told = judged(3, 0);
    assert!(kind(&told) == MEND && words(&told).contains("several phones at once"), "{told:?}");
}

#[test]
fn a_code_counts_only_where_googles_own_detail_carries_it() {
    for kind_of_detail in ["x", "type.googleapis.com/google.rpc.ErrorInfo", ""] {
        let foreign = json!({"@type": kind_of_detail, "errorCode": "UNREGISTERED"});
        assert_eq!(kind(&verdict(refused(404, "NOT_FOUND", &[foreign]))), "misconfigured");
    }
}

#[test]
fn a_refused_access_token_is_blamed_on_the_clock_where_the_clock_is_wrong() {
    let told = |date: &str| words(&verdict(response_with(401, &[("date", date)], ""))).to_owned();
    // The test's moment is 08:20:00.
    let right = told("Wed, 18 Nov 2026 08:20:02 GMT");
    assert!(right.contains("check credential `service-account`"), "{right}");
    let ahead = told("Wed, 18 Nov 2026 07:15:00 GMT");
    assert!(ahead.contains("1 h 5 min ahead of the vendor's: set it by NTP"), "{ahead}");
    let behind = told("Thu, 19 Nov 2026 10:20:00 GMT");
    assert!(behind.contains("1 d 2 h behind the vendor's"), "{behind}");
    assert_eq!(NOW_MS, 1_794_990_000_000);
}

#[test]
fn a_reason_holds_googles_codes_and_none_of_its_sentences() {
    let text = |status: u16, body: Value| words(&verdict(response(status, &body.to_string()))).to_owned();
    let message = "token-1 is no address of Bu Sri";
    assert_eq!(code(message), None);
    let body = json!({"error": {"code": 400, "message": message, "status": "FAILED_PRECONDITION"}});
    assert_eq!(text(400, body.clone()), "Google rejects the message (FAILED_PRECONDITION)");
    assert_eq!(text(409, body), "Google answered 409 (FAILED_PRECONDITION)");
    let quoting = json!({"error": {"status": message, "details": [
        {"@type": "x", "reason": message, "fieldViolations": [{"field": message}]},
    ]}});
    assert_eq!(text(400, quoting.clone()), "Google rejects the message (no code)");
    assert!(text(403, quoting).contains("(no code)"));
}
