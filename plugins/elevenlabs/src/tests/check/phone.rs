//! The number that calls go out from, and the two plugins of phone calls.

use callpanion_plugin_api::provider::Severity;
use serde_json::{Value, json};

use super::{APP_AGENT, NUMBERS, PHONE, PHONE_AGENT, Stage, check, each_is_told, faults, findings, has_none};

#[test]
fn what_keeps_a_phone_from_ringing_is_told() {
    each_is_told(&[
        (|s| s.bodies[NUMBERS] = json!([]), Severity::Problem, "phone number phnum_0601", "agent_phone_number_id"),
        (|s| s.bodies[NUMBERS][0]["supports_outbound"] = false.into(), Severity::Problem, "cannot make them", "Voice"),
        (|s| s.bodies[NUMBERS][0]["provider"] = "sip_trunk".into(), Severity::Warning, "sip_trunk", "test call"),
        (
            |s| {
                let other = json!({"agent_id": "agent_of_the_shop", "agent_name": "Shop"});
                s.bodies[NUMBERS][0]["assigned_agent"] = other;
            },
            Severity::Warning,
            "reaches agent \"Shop\"",
            "Outgoing calls need none",
        ),
        (|s| s.channel["ringing_timeout_s"] = 4.into(), Severity::Problem, "ring for 4 s", "ringing_timeout_s"),
        (|s| s.answer(NUMBERS, 502, ""), Severity::Warning, "of the phone numbers: ElevenLabs answered 502", "again"),
    ]);
}

#[test]
fn a_number_that_nobody_answers_is_only_noted() {
    let findings = findings(|stage| stage.bodies[NUMBERS][0]["assigned_agent"] = Value::Null);
    assert!(findings.iter().all(|finding| finding.severity == Severity::Ok), "{findings:?}");
    assert!(findings.iter().any(|finding| finding.what.contains("reaches nobody")), "{findings:?}");
    // One that takes no calls at all cannot be answered, and does not say what else it can.
    let number = json!([{"provider": "twilio", "phone_number_id": "phnum_0601kb2m9q8rfs3vx5d7h1n4tzyc",
        "supports_inbound": false, "assigned_agent": null}]);
    let findings = super::findings(|stage| stage.bodies[NUMBERS] = number);
    assert!(findings.iter().all(|finding| !finding.what.contains("reaches nobody")), "{findings:?}");
    assert!(findings.iter().any(|finding| finding.what.contains("go out through Twilio")), "{findings:?}");
}

#[test]
fn agents_of_the_channel_that_are_not_named_here_are_told_and_looked_at() {
    let unnamed = |stage: &mut Stage| {
        stage.settings = json!({"agent_id": APP_AGENT});
        stage.bodies[PHONE]["platform_settings"]["auth"]["enable_auth"] = false.into();
    };
    let faults = faults(unnamed);
    let words: Vec<bool> =
        faults.iter().map(|fault| fault.what.contains(PHONE_AGENT) || fault.what.contains("talks to anyone")).collect();
    assert_eq!(words, [true, true], "{faults:?}");
    assert!(faults.iter().any(|fault| fault.mend.contains("`phone_agent_id` and `phone_agents` here")), "{faults:?}");
}

#[test]
fn two_addresses_are_told_and_the_other_one_is_not_looked_at() {
    let elsewhere = |stage: &mut Stage| stage.channel["base_url"] = "https://elsewhere.example".into();
    let faults = faults(elsewhere);
    let [fault] = &faults[..] else { panic!("{faults:?}") };
    assert!(fault.what.contains("different addresses") && fault.mend.contains("base_url"), "{fault:?}");
    assert!(check(elsewhere).1.iter().all(|request| !request.url.ends_with("phone-numbers")));
    let same = |stage: &mut Stage| stage.channel["base_url"] = "https://API.elevenlabs.io/".into();
    has_none(same);
}

#[test]
fn without_a_channel_that_dials_nothing_is_said_of_phones() {
    let (findings, requests) = check(|stage| {
        stage.forget("phone-channel");
        stage.settings = json!({"agent_id": APP_AGENT});
    });
    assert!(findings.iter().all(|finding| finding.severity == Severity::Ok), "{findings:?}");
    assert!(findings.iter().all(|finding| !finding.what.to_lowercase().contains("phone")), "{findings:?}");
    assert!(findings.iter().all(|finding| !finding.what.contains("batch calling")), "{findings:?}");
    assert_eq!(requests.len(), 5);
}

#[test]
fn a_channel_of_another_make_is_looked_at_as_far_as_it_is_known() {
    let findings = findings(|stage| stage.channel = json!({"agents": "none", "volume": 3}));
    assert!(findings.iter().any(|finding| finding.what.contains("is not known here")), "{findings:?}");
    assert!(findings.iter().all(|finding| !finding.what.contains("go out through Twilio")), "{findings:?}");
}
