//! The key, what it may do, and the credit.

use callpanion_plugin_api::testing::response;
use callpanion_plugin_api::{Answer, provider::Severity};
use serde_json::json;

use super::{LIST, NUMBERS, SETTINGS, SUBSCRIPTION, Stage, WEBHOOKS, each_is_told, faults, findings};

fn lacking(permission: &str) -> String {
    json!({"detail": {
        "type": "authentication_error", "code": "unauthorized", "status": "missing_permissions",
        "message": format!("The API key you used is missing the permission {permission} to execute this operation."),
    }})
    .to_string()
}

#[test]
fn a_key_that_opens_nothing_is_the_only_finding() {
    let bad = |status: u16, body: &str, what: &str, mend: &str| {
        let findings = findings(|stage| stage.answer(LIST, status, body));
        let [finding] = &findings[..] else { panic!("{findings:?}") };
        assert!(finding.what.contains(what) && finding.mend.contains(mend), "{finding:?}");
        finding.severity
    };
    let unknown = include_str!("../../../tests/fixtures/http/error.401.json");
    assert_eq!(bad(401, unknown, "does not accept the key (invalid_api_key)", "sk_"), Severity::Problem);
    let id = r#"{"detail":{"status":"api_key_id_used_as_api_key","message":"x"}}"#;
    assert_eq!(bad(401, id, "api_key_id_used_as_api_key", "not the key's name or id"), Severity::Problem);
    let denied = r#"{"detail":{"code":"workspace_access_denied"}}"#;
    assert_eq!(bad(403, denied, "workspace_access_denied", "admin"), Severity::Problem);
    assert_eq!(bad(404, "", "not ElevenLabs", "base_url"), Severity::Problem);
    assert_eq!(bad(200, "{}", "not ElevenLabs", "residency"), Severity::Problem);
    let spent = include_str!("../../../tests/fixtures/http/error.402.json");
    assert_eq!(bad(402, spent, "could not be tried", "credit"), Severity::Problem);
    let spent = r#"{"detail":{"status":"quota_exceeded","message":"x"}}"#;
    assert_eq!(bad(401, spent, "could not be tried", "credit"), Severity::Problem);
    assert_eq!(bad(503, "", "answered 503", "again"), Severity::Warning);
    assert_eq!(bad(200, "<html>", "not ElevenLabs'", "internet"), Severity::Warning);

    let findings = findings(|stage| stage.instead.push((LIST, Answer::Unsent("no such host".to_owned()))));
    assert_eq!((findings.len(), findings[0].severity), (1, Severity::Warning));
    assert!(findings[0].what.contains("no such host"));
}

#[test]
fn what_the_key_lacks_is_told_once_with_all_that_it_hides() {
    let all = |stage: &mut Stage| {
        for place in [LIST, SETTINGS, NUMBERS, super::APP, super::PHONE] {
            stage.instead.push((place, response(401, &lacking("convai_read"))));
        }
        stage.instead.push((SUBSCRIPTION, response(401, &lacking("user_read"))));
        // As the published table says it.
        let insufficient = r#"{"detail":{"code":"insufficient_permissions","message":"no"}}"#;
        stage.instead.push((WEBHOOKS, response(403, insufficient)));
    };
    let faults = faults(all);
    let said: Vec<(Severity, &str)> = faults.iter().map(|fault| (fault.severity, fault.what.as_str())).collect();
    assert_eq!(
        said,
        [
            (
                Severity::Problem,
                "The key lacks a permission that ElevenLabs does not name, so nothing could be seen of the webhooks."
            ),
            (
                Severity::Problem,
                "The key lacks the permission convai_read, so nothing could be seen of the agents, the phone numbers \
                 and the choice of the webhook."
            ),
            (Severity::Warning, "The key lacks the permission user_read, so nothing could be seen of the credit."),
        ]
    );
    assert!(faults.iter().all(|fault| fault.mend.contains("API Keys")));
    // The key itself is known, and that it may look at agents is not claimed.
    assert!(findings(all).iter().all(|finding| !finding.what.contains("accepts the key")));
}

#[test]
fn credit_is_told_before_it_is_gone() {
    each_is_told(&[
        (
            |s| s.bodies[SUBSCRIPTION]["character_count"] = 500_000.into(),
            Severity::Problem,
            "No credit",
            "Subscription",
        ),
        (
            |s| {
                s.bodies[SUBSCRIPTION]["character_count"] = 700_000.into();
                s.bodies[SUBSCRIPTION]["allowed_to_extend_character_limit"] = true.into();
            },
            Severity::Warning,
            "costs extra",
            "larger plan",
        ),
        (
            |s| s.bodies[SUBSCRIPTION]["character_count"] = 460_000.into(),
            Severity::Warning,
            "Only 40000 of 500000",
            "Buy more",
        ),
        (|s| s.bodies[SUBSCRIPTION]["status"] = "past_due".into(), Severity::Warning, "payment", "invoice"),
        (|s| s.bodies[SUBSCRIPTION]["has_open_invoices"] = true.into(), Severity::Warning, "payment", "invoice"),
        (|s| s.answer(SUBSCRIPTION, 500, ""), Severity::Warning, "of the credit: ElevenLabs answered 500", "again"),
    ]);
    let findings = findings(|stage| stage.bodies[SUBSCRIPTION] = json!({}));
    assert!(findings.iter().any(|finding| finding.what.contains("does not say how much")), "{findings:?}");
}
