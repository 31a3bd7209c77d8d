//! Every webhook fixture and its outcome, and the shapes that a tolerant reader must bear.

use callpanion_plugin_api::Ctx;
use callpanion_plugin_api::provider::{Conversation, ConversationOutcome as Outcome, Provider, Speaker, Webhook};
use callpanion_plugin_api::testing::context;
use serde_json::{Value, json};

use super::{APP_AGENT, settings};
use crate::ElevenLabs;

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../tests/fixtures/webhooks/", $name, ".json"))
    };
}

const EN: &str = fixture!("post_call_transcription.batch_phone.en");

fn read(body: &str) -> Webhook {
    let ctx = Ctx::new(context(&settings()), Vec::new());
    match ElevenLabs::read_webhook(&ctx, &[], body.as_bytes()) {
        Ok(webhook) => webhook,
        Err(stop) => panic!("{stop:?}"),
    }
}

fn conversation(body: &str) -> Conversation {
    match read(body) {
        Webhook::Conversation(conversation) => conversation,
        other => panic!("{other:?}"),
    }
}

/// A fixture with one change.
fn changed(body: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut event: Value = serde_json::from_str(body).unwrap_or_default();
    change(&mut event["data"]);
    event.to_string()
}

#[test]
fn every_webhook_has_its_outcome() {
    for (body, outcome) in [
        (fixture!("post_call_transcription.in_app.id"), Outcome::Answered),
        (EN, Outcome::Answered),
        (fixture!("post_call_transcription.batch_phone.id"), Outcome::Answered),
        (fixture!("post_call_transcription.batch_phone.ar"), Outcome::Answered),
        (fixture!("post_call_transcription.batch_phone.very_short"), Outcome::AnsweredSilent),
        (fixture!("post_call_transcription.batch_phone.voicemail"), Outcome::Voicemail),
        (fixture!("post_call_transcription.exclude_transcript"), Outcome::Answered),
        (fixture!("post_call_transcription.uncorrelated"), Outcome::Answered),
        (fixture!("post_call_transcription.unknown_extra"), Outcome::Answered),
        (fixture!("call_initiation_failure.twilio.busy"), Outcome::Busy),
        (fixture!("call_initiation_failure.twilio.no_answer"), Outcome::NoAnswer),
        (fixture!("call_initiation_failure.twilio.failed_unknown"), Outcome::Failed),
    ] {
        let conversation = conversation(body);
        assert_eq!(conversation.outcome, outcome, "{}", conversation.conversation);
    }
    for (body, name) in [
        (fixture!("post_call_audio"), "post_call_audio"),
        (fixture!("unknown_event.answering_machine_detection"), "answering_machine_detection"),
    ] {
        assert_eq!(read(body), Webhook::Ignored(name.to_owned()));
    }
}

#[test]
fn a_phone_conversation_is_read_whole() {
    let read = conversation(EN);
    assert_eq!(read.conversation, "conv_8801kbg5m2x4e7rt0v9c6h3qdnsw");
    assert_eq!((read.started_at_ms, read.duration_s), (1_794_903_600_000, 47));
    assert_eq!(read.language.as_deref(), Some("en"));
    assert_eq!(read.reference.as_deref(), Some("btcal_3301kbf0p6h8e2brs9q4v7xwm1tk"));
    assert_eq!(read.recipient.as_deref(), Some("call_01KBG5K0Q9"));
    assert_eq!(read.turns.len(), 7);
    assert_eq!(read.turns[3].speaker, Speaker::Callee);
    assert_eq!(read.turns[3].at_s, 18);
    assert!(read.turns[3].text.starts_with("Not too well."));
    assert!(read.summary.is_some_and(|s| s.starts_with("Mr. Harris slept badly")));
    let value = |name: &str| {
        let found = read.collected.iter().find(|c| c.name == name);
        found.map(|c| (c.value.as_str(), c.rationale.as_str()))
    };
    assert_eq!(value("mood"), Some((r#""neutral""#, "Tired but calm.")));
    assert_eq!(value("pain_reported"), Some(("false", "No pain.")));
    assert_eq!(value("meals_today"), Some(("null", "Not discussed.")));
    // The fixture carries another installation's variable, which is not ours to read.
    assert_eq!(read.echoed_call_id, None);
    let echoed = changed(EN, |data| {
        data["conversation_initiation_client_data"]["dynamic_variables"]["callpanion_call_id"] =
            "0192a000-0000-7000-8000-000000000002".into();
    });
    let id = conversation(&echoed).echoed_call_id;
    assert_eq!(id.as_deref(), Some("0192a000-0000-7000-8000-000000000002"));
}

#[test]
fn a_conversation_in_the_app_has_no_reference() {
    let read = conversation(fixture!("post_call_transcription.in_app.id"));
    assert_eq!((read.reference, read.recipient), (None, None));
    assert_eq!(read.language.as_deref(), Some("id"));
}

#[test]
fn silence_and_tools_are_no_speech() {
    let id = conversation(fixture!("post_call_transcription.batch_phone.id"));
    assert!(id.turns.iter().all(|turn| turn.text != "..."));
    assert_eq!(id.turns.len(), 6);
    let voicemail = conversation(fixture!("post_call_transcription.batch_phone.voicemail"));
    assert_eq!(voicemail.turns.len(), 3);
    // Someone who said nothing but dots said nothing.
    let only_dots = changed(EN, |data| {
        data["transcript"] = json!([{"role": "user", "message": "…", "time_in_call_secs": 3}]);
        data["user_message_count"] = 0.into();
    });
    assert_eq!(conversation(&only_dots).outcome, Outcome::AnsweredSilent);
}

#[test]
fn a_new_role_and_a_new_call_result_break_nothing() {
    let read = conversation(fixture!("post_call_transcription.unknown_extra"));
    assert!(read.turns.iter().all(|turn| turn.text != "note"));
    assert!(read.extra.contains(&("call_result".to_owned(), "screened".to_owned())));
    // With a result that we do not know, only a callee who spoke makes it answered.
    let silent = changed(fixture!("post_call_transcription.unknown_extra"), |data| {
        data["transcript"] = json!([]);
        data["user_message_count"] = 0.into();
    });
    assert_eq!(conversation(&silent).outcome, Outcome::Failed);
}

#[test]
fn the_outcome_rules_apply_in_their_order() {
    let outcome = |change: fn(&mut Value)| conversation(&changed(EN, change)).outcome;
    // Whoever carries the call, and before whatever else is said of it.
    for kind in ["twilio", "sip_trunking", "exotel", "a new one"] {
        for (result, outcome) in [
            ("busy", Outcome::Busy),
            ("no_answer", Outcome::NoAnswer),
            ("voicemail", Outcome::Voicemail),
            ("failed", Outcome::Failed),
            ("answered", Outcome::Answered),
        ] {
            let body = changed(EN, |data| {
                data["metadata"]["phone_call"] = json!({"type": kind, "call_result": result});
            });
            assert_eq!(conversation(&body).outcome, outcome, "{kind} {result}");
        }
    }
    // Free text of the vendor's is shown, and decides nothing.
    for reason in ["Call ended by remote party", "webhook_detected_voicemail", "busy", ""] {
        let body = changed(EN, |data| data["metadata"]["termination_reason"] = reason.into());
        assert_eq!(conversation(&body).outcome, Outcome::Answered, "{reason}");
    }
    let failed = |d: &mut Value| {
        d["status"] = "failed".into();
        d["metadata"]["phone_call"]["call_result"] = "voicemail".into();
    };
    assert_eq!(outcome(failed), Outcome::Voicemail);
    assert_eq!(
        outcome(|d| d["metadata"]["features_usage"]["voicemail_detection"]["used"] = true.into()),
        Outcome::Voicemail
    );
    assert_eq!(outcome(|d| d["status"] = "failed".into()), Outcome::Failed);
    assert_eq!(outcome(|d| d["metadata"]["error"] = json!({"code": 1008, "reason": "no credit"})), Outcome::Failed);
}

#[test]
fn a_failure_keeps_the_vendors_reason() {
    let busy = conversation(fixture!("call_initiation_failure.twilio.busy"));
    assert_eq!(busy.reason.as_deref(), Some("busy, SIP 486"));
    assert_eq!(busy.conversation, "conv_5201kbgc8d3f7mz9e1t4v6xqhr0s");
    // A vague reason is made precise by the telephone company's code.
    let vague = changed(fixture!("call_initiation_failure.twilio.busy"), |data| {
        data["failure_reason"] = "unknown".into();
        data["metadata"] = json!({"type": "sip", "body": {"sip_status_code": 480}});
    });
    assert_eq!(conversation(&vague).outcome, Outcome::NoAnswer);
}

#[test]
fn a_failure_is_as_precise_as_the_most_precise_of_its_words() {
    let outcome = |reason: &str, metadata: Value| {
        let body = changed(fixture!("call_initiation_failure.twilio.busy"), |data| {
            data["failure_reason"] = reason.into();
            data["metadata"] = metadata;
        });
        conversation(&body).outcome
    };
    let twilio =
        |status: &str, sip: &str| json!({"type": "twilio", "body": {"CallStatus": status, "SipResponseCode": sip}});
    let sip = |code: u16| json!({"type": "sip", "body": {"sip_status_code": code, "error_reason": "x"}});
    for (reason, metadata, expected) in [
        ("busy", json!({}), Outcome::Busy),
        ("no-answer", json!({}), Outcome::NoAnswer),
        ("unknown", json!({}), Outcome::Failed),
        ("something new", Value::Null, Outcome::Failed),
        ("busy", twilio("no-answer", "487"), Outcome::Busy),
        ("unknown", twilio("busy", "603"), Outcome::Busy),
        ("unknown", twilio("no-answer", "404"), Outcome::NoAnswer),
        ("unknown", twilio("failed", "404"), Outcome::Failed),
        ("unknown", twilio("failed", "480"), Outcome::NoAnswer),
        ("unknown", sip(486), Outcome::Busy),
        ("unknown", sip(600), Outcome::Busy),
        ("unknown", sip(408), Outcome::NoAnswer),
        ("unknown", sip(487), Outcome::NoAnswer),
        ("unknown", sip(404), Outcome::Failed),
        ("unknown", sip(503), Outcome::Failed),
    ] {
        assert_eq!(outcome(reason, metadata.clone()), expected, "{reason} {metadata}");
    }
}

#[test]
fn a_failure_tells_the_call_at_the_telephone_company_and_no_number() {
    let twilio = conversation(fixture!("call_initiation_failure.twilio.no_answer"));
    assert!(matches!(&twilio.extra[..], [(name, sid)] if name == "call_sid" && sid.starts_with("CA")), "{twilio:?}");
    let sip = conversation(&changed(fixture!("call_initiation_failure.twilio.busy"), |data| {
        data["metadata"] = json!({"type": "sip", "body": {
            "from_number": 12_025_550_143_u64, "to_number": "+442079460123", "sip_status_code": 486,
            "error_reason": "Busy Here", "call_sid": "SCL_7x2k",
        }});
    }));
    assert_eq!(sip.extra, [("call_sid".to_owned(), "SCL_7x2k".to_owned())]);
    for conversation in [twilio, sip] {
        let told = format!("{conversation:?}");
        assert!(!told.contains("+44") && !told.contains("2025550143"), "{told}");
        assert_eq!((conversation.reference, conversation.recipient, conversation.echoed_call_id), (None, None, None));
    }
}

#[test]
fn old_shapes_are_read() {
    let body = json!({"type": "post_call_transcription", "event_timestamp": 1, "data": {
        "agent_id": APP_AGENT,
        "status": "done",
        "transcript": [
            {"role": "agent", "message": "Hello?", "tool_calls": null, "time_in_call_secs": "2"},
            {"role": "user", "message": "Hello dear.", "time_in_call_secs": 4.7},
        ],
        "metadata": {"start_time_unix_secs": 1_794_903_600, "call_duration_secs": "12",
            "phone_call": null, "batch_call": {"batch_call_id": null,
            "batch_call_recipient_id": null}},
        "analysis": {"data_collection_results": {"mood_score": "4"}},
        "conversation_initiation_client_data": {"dynamic_variables": {
            "system__conversation_id": "conv_0001old"}},
    }});
    let read = conversation(&body.to_string());
    assert_eq!(read.conversation, "conv_0001old");
    assert_eq!(read.outcome, Outcome::Answered);
    assert_eq!(read.duration_s, 12);
    assert_eq!(read.turns.iter().map(|t| t.at_s).collect::<Vec<_>>(), [2, 4]);
    assert_eq!((read.reference, read.recipient), (None, None));
    assert_eq!(read.collected[0].value, r#""4""#);

    let list = changed(EN, |data| {
        data["analysis"]["data_collection_results"] = json!({});
        data["analysis"]["data_collection_results_list"] =
            json!([{"data_collection_id": "notes", "value": "tea", "rationale": "said so"}]);
    });
    assert_eq!(conversation(&list).collected[0].name, "notes");
}

#[test]
fn ids_that_are_missing_from_their_place_are_taken_from_the_vendors_own_variables() {
    for missing in ["agent_id", "conversation_id"] {
        let whole = conversation(EN);
        let body = changed(EN, |data| {
            let id = data[missing].take();
            let variables = &mut data["conversation_initiation_client_data"]["dynamic_variables"];
            variables[format!("system__{missing}").as_str()] = id;
        });
        let found = conversation(&body);
        assert_eq!((found.agent, found.conversation), (whole.agent, whole.conversation), "{missing}");
    }
}

#[test]
fn another_agents_conversation_is_not_ours() {
    for body in [EN, fixture!("call_initiation_failure.twilio.busy")] {
        let foreign = changed(body, |data| {
            data["agent_id"] = "agent_of_somebody_else".into();
        });
        assert_eq!(read(&foreign), Webhook::Ignored("foreign agent".to_owned()));
    }
}

#[test]
fn whether_a_talk_reached_its_goal_is_no_outcome() {
    for word in ["success", "failure", "unknown", "a new one"] {
        let talked = changed(EN, |data| data["analysis"]["call_successful"] = word.into());
        assert_eq!(conversation(&talked).outcome, Outcome::Answered, "{word}");
        let silent = changed(EN, |data| {
            data["analysis"]["call_successful"] = word.into();
            data["transcript"] = json!([]);
            data["user_message_count"] = 0.into();
        });
        assert_eq!(conversation(&silent).outcome, Outcome::AnsweredSilent, "{word}");
    }
}

#[test]
fn turns_that_are_left_out_are_counted_all_the_same() {
    for (transcript, spoken, outcome) in [
        (Value::Null, 3, Outcome::Answered),
        (json!([]), 3, Outcome::Answered),
        (Value::Null, 0, Outcome::AnsweredSilent),
        (json!([]), 0, Outcome::AnsweredSilent),
    ] {
        let body = changed(fixture!("post_call_transcription.exclude_transcript"), |data| {
            data["transcript"] = transcript.clone();
            data["user_message_count"] = json!(spoken);
        });
        assert_eq!(conversation(&body).outcome, outcome, "{transcript} {spoken}");
    }
}

#[test]
fn what_is_no_event_is_unreadable() {
    let no_ids = r#"{"type":"post_call_transcription","data":{}}"#;
    for body in ["", "[]", "{}", r#"{"type":"post_call_transcription"}"#, no_ids] {
        assert!(matches!(read(body), Webhook::Unreadable(_)), "{body}");
    }
}
