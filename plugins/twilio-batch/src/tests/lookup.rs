//! The look-ups by id and by name, and the cancel.

use callpanion_plugin_api::channel::{Channel, Inspection, RingPhase, RingRef};
use callpanion_plugin_api::channel_check::{ChannelCheck as _, Severity};
use callpanion_plugin_api::testing::{NOW_MS, context, drive, response};
use callpanion_plugin_api::{Answer, Failure, Request};
use serde_json::{Value, json};

use super::{BATCH, GROUP, parse, settings};
use crate::TwilioBatch;

const ALL_STATUSES: &str = include_str!("../../tests/fixtures/batch_get.all_statuses.response.json");
const IN_PROGRESS: &str = include_str!("../../tests/fixtures/batch_get.in_progress.response.json");
const COMPLETED: &str = include_str!("../../tests/fixtures/batch_get.completed.response.json");
const LIST: &str = include_str!("../../tests/fixtures/batch_list.response.json");
const CANCELLED: &str = include_str!("../../tests/fixtures/batch_cancel.response.json");

fn reference(id: &str, number: &str, reference: Option<&str>) -> RingRef {
    RingRef {
        ring_id: id.to_owned(),
        call_id: format!("call of {id}"),
        group_id: GROUP.to_owned(),
        address: number.to_owned(),
        environment: String::new(),
        ring_at_ms: NOW_MS + 300_000,
        reference: reference.map(str::to_owned),
    }
}

fn inspect(
    rings: &[RingRef],
    script: impl IntoIterator<Item = Answer>,
) -> (Result<Vec<Inspection>, Failure>, Vec<Request>) {
    drive(&context(&settings()), script, |ctx| TwilioBatch::inspect(ctx, rings.to_vec()))
}

fn phases(rings: &[RingRef], script: impl IntoIterator<Item = Answer>) -> Vec<RingPhase> {
    match inspect(rings, script).0 {
        Ok(inspections) => inspections.into_iter().map(|i| i.phase).collect(),
        Err(failure) => panic!("{failure:?}"),
    }
}

/// A batch as GET tells it, under the name that our submit gave it.
fn ours(batch: &str) -> Value {
    let mut batch = parse(batch);
    batch["name"] = format!("callpanion-{GROUP}-1794990300-r3d5n0hyjs").into();
    batch
}

/// The list of conversations: id, status, start.
fn listed(conversations: &[(&str, &str, u64)]) -> Answer {
    let conversations: Vec<Value> = conversations
        .iter()
        .map(|(id, status, start)| json!({"conversation_id": id, "status": status, "start_time_unix_secs": start}))
        .collect();
    response(200, &json!({"conversations": conversations, "next_cursor": null, "has_more": false}).to_string())
}

/// The list's entry of a batch, on a page of its own.
fn page(batch: Option<&Value>, next_doc: Option<&str>) -> Answer {
    let mut page = parse(LIST);
    if let Some(batch) = batch {
        page["batch_calls"][0]["name"] = batch["name"].clone();
    }
    page["next_doc"] = next_doc.into();
    page["has_more"] = next_doc.is_some().into();
    response(200, &page.to_string())
}

#[test]
fn every_status_has_its_phase_and_a_new_one_is_unknown() {
    let mut batch = parse(ALL_STATUSES);
    let recipients = batch["recipients"].as_array().cloned().unwrap_or_default();
    let phase = |status: &str| match status {
        "pending" => RingPhase::Waiting,
        "dispatched" | "initiated" => RingPhase::Ringing,
        "in_progress" => RingPhase::Talking,
        "completed" => RingPhase::Completed,
        "voicemail" => RingPhase::Voicemail,
        "failed" => RingPhase::Failed,
        "cancelled" => RingPhase::Canceled,
        other => panic!("{other}"),
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let expected: Vec<_> = recipients.iter().map(|r| phase(&text(&r["status"]))).collect();
    let rings: Vec<_> =
        recipients.iter().map(|r| reference(&text(&r["id"]), &text(&r["phone_number"]), Some(BATCH))).collect();
    // The one that failed has no conversation yet: it is looked for by our call id.
    assert_eq!(phases(&rings, [response(200, ALL_STATUSES), listed(&[])]), expected);

    batch["recipients"][0]["status"] = "screened".into();
    let answer = response(200, &batch.to_string());
    assert_eq!(phases(&rings[..1], [answer, listed(&[])]), [RingPhase::Unknown]);
}

#[test]
fn a_batch_that_ended_as_a_whole_rings_nobody_who_still_waits() {
    for (batch_status, status, phase) in [
        ("pending", "pending", RingPhase::Waiting),
        ("in_progress", "pending", RingPhase::Waiting),
        // As when it overrides what its agent does not allow.
        ("failed", "pending", RingPhase::Failed),
        ("failed", "dispatched", RingPhase::Failed),
        ("cancelled", "pending", RingPhase::Canceled),
        // What was dialled before counts by itself, and so does a word that we do not know.
        ("cancelled", "in_progress", RingPhase::Talking),
        ("failed", "initiated", RingPhase::Ringing),
        ("dreaming", "pending", RingPhase::Waiting),
    ] {
        let mut batch = parse(IN_PROGRESS);
        batch["status"] = batch_status.into();
        batch["recipients"][0]["status"] = status.into();
        let rings = [reference("call_01KBG5K0Q9", "+442079460123", Some(BATCH))];
        assert_eq!(phases(&rings, [response(200, &batch.to_string())]), [phase], "{batch_status} {status}");
    }
}

#[test]
fn what_only_delays_a_look_up_is_told_as_that() {
    let rings = [reference("call_01KBG5K0Q9", "+442079460123", Some(BATCH))];
    for status in [408, 409, 429, 500, 502, 503] {
        let failure = inspect(&rings, [response(status, "")]).0;
        assert!(matches!(failure, Err(Failure::Retry((5_000, _)))), "{status}: {failure:?}");
    }
    for late in [Answer::Unsent("dns".to_owned()), Answer::Unknown("cut".to_owned()), response(200, "<html>")] {
        assert!(matches!(inspect(&rings, [late]).0, Err(Failure::Retry(_))));
    }
    let spent = response(401, r#"{"detail":{"status":"quota_exceeded"}}"#);
    let failure = inspect(&rings, [spent]).0;
    assert!(matches!(&failure, Err(Failure::Misconfigured(text)) if text.contains("credit")), "{failure:?}");
}

#[test]
fn a_known_batch_is_read_once_and_tells_the_conversations() {
    let rings = [
        reference("call_01KBG5K0Q9", "+442079460123", Some(BATCH)),
        reference("call_01KBG6T2C4", "+628110000000", Some(BATCH)),
    ];
    let (result, requests) = inspect(&rings, [response(200, IN_PROGRESS)]);
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].url, format!("https://api.elevenlabs.io/v1/convai/batch-calling/{BATCH}"));
    assert!(requests[0].repeatable);
    let conversations: Vec<_> = result.unwrap_or_default().into_iter().map(|i| (i.recipient, i.conversation)).collect();
    let pair = |a: &str, b: &str| (Some(a.to_owned()), Some(b.to_owned()));
    assert_eq!(
        conversations,
        [
            pair("call_01KBG5K0Q9", "conv_8801kbg5m2x4e7rt0v9c6h3qdnsw"),
            pair("call_01KBG6T2C4", "conv_1401kbg6v8q3fxn7e5b2r9tmzh0d"),
        ]
    );
    let phases = phases(&rings, [response(200, COMPLETED), listed(&[])]);
    assert_eq!(phases, [RingPhase::Voicemail, RingPhase::Failed]);
}

#[test]
fn a_conversation_that_the_batch_does_not_tell_is_found_by_our_call_id() {
    let mut batch = parse(IN_PROGRESS);
    for recipient in [0, 1] {
        batch["recipients"][recipient]["conversation_id"] = Value::Null;
    }
    let rings = [
        reference("call_01KBG5K0Q9", "+442079460123", Some(BATCH)),
        reference("call_01KBG6T2C4", "+628110000000", Some(BATCH)),
    ];
    let script = [
        response(200, &batch.to_string()),
        listed(&[("conv_late", "done", 900), ("conv_first", "done", 400)]),
        listed(&[]),
    ];
    let (result, requests) = inspect(&rings, script);
    let told: Vec<_> = result.unwrap_or_default().into_iter().map(|i| (i.phase, i.conversation)).collect();
    // A later conversation is of a later try.
    assert_eq!(told, [(RingPhase::Completed, Some("conv_first".to_owned())), (RingPhase::Talking, None)]);
    let from_s = NOW_MS / 1_000 + 300 - 60;
    assert_eq!(
        requests[1].url,
        format!(
            "https://api.elevenlabs.io/v1/convai/conversations?dynamic_variable_params=\
             callpanion_call_id%3Aeq%3Acall%20of%20call_01KBG5K0Q9&call_start_after_unix={from_s}&page_size=10"
        )
    );
}

#[test]
fn a_batch_that_is_gone_is_made_up_for_by_its_conversation() {
    let rings = [reference("call_01KBG5K0Q9", "+442079460123", Some(BATCH))];
    for (status, phase) in [
        ("initiated", RingPhase::Ringing),
        ("in-progress", RingPhase::Talking),
        ("processing", RingPhase::Completed),
        ("done", RingPhase::Completed),
        ("failed", RingPhase::Completed),
        ("dreaming", RingPhase::Unknown),
    ] {
        assert_eq!(phases(&rings, [response(404, ""), listed(&[("conv_1", status, 400)])]), [phase], "{status}");
    }
    for unreadable in [response(500, ""), response(200, "<html>"), Answer::Unknown("cut".to_owned())] {
        assert_eq!(phases(&rings, [response(404, ""), unreadable]), [RingPhase::Unknown]);
    }
}

#[test]
fn a_lost_submit_is_found_by_name_on_a_later_page() {
    let batch = ours(IN_PROGRESS);
    let rings = [reference("call_01KBG5K0Q9", "+442079460123", None)];
    let script = [page(None, Some("doc 2")), page(Some(&batch), Some("doc 3")), response(200, &batch.to_string())];
    let (result, requests) = inspect(&rings, script);
    let inspection = result.unwrap_or_default().remove(0);
    assert_eq!(inspection.phase, RingPhase::Completed);
    assert_eq!(inspection.reference.as_deref(), Some(BATCH));
    let base = "https://api.elevenlabs.io/v1/convai/batch-calling";
    let urls: Vec<_> = requests.iter().map(|r| r.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            format!("{base}/workspace?limit=100"),
            format!("{base}/workspace?limit=100&last_doc=doc%202"),
            format!("{base}/{BATCH}"),
        ]
    );
}

#[test]
fn only_a_list_read_to_its_end_proves_absence() {
    let rings = [reference("call_01KBG5K0Q9", "+442079460123", None)];
    assert_eq!(phases(&rings, [page(None, Some("2")), page(None, None)]), [RingPhase::Absent]);

    // Five pages, and whether there is a talk.
    let endless = || std::iter::repeat_with(|| page(None, Some("more"))).take(5);
    assert_eq!(phases(&rings, endless().chain([listed(&[])])), [RingPhase::Unknown]);
    assert_eq!(phases(&rings, endless().chain([listed(&[("conv_1", "done", 400)])])), [RingPhase::Completed]);

    let script = [page(None, Some("2")), response(500, "")];
    assert!(matches!(inspect(&rings, script).0, Err(Failure::Retry(_))));

    let unauthorised = [response(401, include_str!("../../tests/fixtures/error.401.json"))];
    assert!(matches!(inspect(&rings, unauthorised).0, Err(Failure::Misconfigured(_))));
}

/// A page of batches that were made so many seconds before the ring's time.
fn aged(ages_s: impl Iterator<Item = u64>) -> Answer {
    let mut page = parse(LIST);
    let batch = page["batch_calls"][0].clone();
    let made = |age_s: u64| {
        let mut batch = batch.clone();
        batch["created_at_unix"] = (NOW_MS / 1_000 + 300 - age_s).into();
        batch
    };
    page["batch_calls"] = ages_s.map(made).collect();
    page["next_doc"] = "more".into();
    page["has_more"] = true.into();
    response(200, &page.to_string())
}

#[test]
fn what_follows_is_not_read_in_a_list_that_begins_with_the_newest() {
    let rings = [reference("call_01KBG5K0Q9", "+442079460123", None)];
    let two_hours = 7_200;
    let pages = [aged((0..100).map(|i| i * 50)), aged((100..200).map(|i| i * 50))];
    assert_eq!(phases(&rings, pages), [RingPhase::Absent]);

    // Old ones first, and then younger ones: the batch may stand anywhere.
    let unsorted = || aged((0..100).rev().map(|i| two_hours + 60 + i));
    let script = (0..5).map(|_| unsorted()).chain([listed(&[])]);
    assert_eq!(phases(&rings, script), [RingPhase::Unknown]);
    // A few in a row may be chance.
    let few = || aged((0..3).map(|i| two_hours + 60 + i));
    let script = [few(), page(None, None)];
    assert_eq!(phases(&rings, script), [RingPhase::Absent], "it was read to its end");
    // One that has no date says nothing of those that follow.
    let mut undated = parse(LIST);
    undated["batch_calls"][0]["created_at_unix"] = Value::Null;
    undated["next_doc"] = "more".into();
    undated["has_more"] = true.into();
    let undated = || response(200, &undated.to_string());
    let old = || aged((0..100).map(|i| two_hours + 60 + i));
    let script = [undated(), old(), old(), old(), old(), listed(&[])];
    assert_eq!(phases(&rings, script), [RingPhase::Unknown]);
}

#[test]
fn a_list_without_an_end_keeps_nobody_from_being_told_of_what_is_known() {
    let rings = [reference("call_01KBG5K0Q9", "+442079460123", Some(BATCH)), reference("lost", "+442079460177", None)];
    let script = [response(200, IN_PROGRESS)]
        .into_iter()
        .chain(std::iter::repeat_with(|| page(None, Some("more"))).take(4))
        .chain([listed(&[])]);
    assert_eq!(phases(&rings, script), [RingPhase::Completed, RingPhase::Unknown]);
}

#[test]
fn a_recipient_with_another_id_is_known_by_its_number_if_only_one_has_it() {
    let mut batch = ours(IN_PROGRESS);
    batch["recipients"][0]["id"] = "theirs".into();
    batch["recipients"][0]["phone_number"] = "+44 20 7946 0123".into();
    let rings = [reference("call_01KBG5K0Q9", "+442079460123", None)];
    let script = |batch: &Value| [page(Some(batch), None), response(200, &batch.to_string())];
    let inspection = inspect(&rings, script(&batch)).0.unwrap_or_default().remove(0);
    assert_eq!(inspection.recipient.as_deref(), Some("theirs"));

    // Two callees with one telephone.
    batch["recipients"][1]["phone_number"] = "+442079460123".into();
    assert_eq!(phases(&rings, script(&batch).into_iter().chain([listed(&[])])), [RingPhase::Unknown]);

    // Our own variable tells them apart.
    for (i, call) in ["call of call_01KBG5K0Q9", "another"].iter().enumerate() {
        batch["recipients"][i]["conversation_initiation_client_data"]["dynamic_variables"]["callpanion_call_id"] =
            (*call).into();
    }
    assert_eq!(phases(&rings, script(&batch)), [RingPhase::Completed]);
}

#[test]
fn a_batch_is_canceled_only_when_all_of_it_is_wanted_back() {
    let mut batch = parse(COMPLETED);
    for recipient in [0, 1] {
        batch["recipients"][recipient]["status"] = "pending".into();
    }
    let body = batch.to_string();
    let both = [
        reference("call_01KBG5K0Q9", "+442079460123", Some(BATCH)),
        reference("call_01KBG6T2C4", "+628110000000", Some(BATCH)),
    ];
    let cancel = |rings: &[RingRef], script: Vec<Answer>| {
        let (result, requests) = drive(&context(&settings()), script, |ctx| TwilioBatch::cancel(ctx, rings.to_vec()));
        (result.unwrap_or_default(), requests)
    };

    let (canceled, requests) = cancel(&both, vec![response(200, &body), response(200, CANCELLED)]);
    assert_eq!(canceled, [true, true]);
    assert_eq!(requests[1].method, "POST");
    assert!(requests[1].url.ends_with(&format!("/{BATCH}/cancel")));

    let (canceled, requests) = cancel(&both[..1], vec![response(200, &body)]);
    assert_eq!((canceled, requests.len()), (vec![false], 1));

    let (canceled, _) = cancel(&both, vec![response(200, &body), response(500, "")]);
    assert_eq!(canceled, [false, false]);

    batch["recipients"][0]["status"] = "initiated".into();
    let script = vec![response(200, &batch.to_string()), response(200, CANCELLED)];
    assert_eq!(cancel(&both, script).0, [false, true], "it may ring already");

    batch["recipients"][0]["status"] = "in_progress".into();
    let (canceled, requests) = cancel(&both, vec![response(200, &batch.to_string())]);
    assert_eq!((canceled, requests.len()), (vec![false, false], 1), "a talk is not cut off");
}

#[test]
fn a_check_reads_the_list_with_the_key_that_hands_calls_over() {
    let check = |answer| drive(&context(&settings()), [answer], TwilioBatch::check);
    let (result, requests) = check(response(200, r#"{"batch_calls":[],"next_doc":null,"has_more":false}"#));
    assert!(matches!(&result.unwrap()[..], [one] if one.severity == Severity::Ok));
    assert!(requests.iter().all(|it| it.method == "GET" && it.credential.as_deref() == Some("api-key")));
    assert!(matches!(check(response(401, "{}")).0, Err(Failure::Misconfigured(_))));
    for answer in [response(500, ""), Answer::Unknown("no answer".to_owned())] {
        assert!(matches!(check(answer).0, Err(Failure::Retry(_))));
    }
}
