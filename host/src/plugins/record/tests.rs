//! Calls of the embedded plugins with stand-ins: nobody is in them, and they go the way that they went in earnest.

use std::time::Duration;

use serde_json::{Value, json};

use super::rerun::rerun;
use super::*;
use crate::clock::Clock;
use crate::domain::Moment;
use crate::plugins::exchange::{Output, Turn};
use crate::plugins::witness::{Round, Sent, Stamp};
use crate::plugins::{Entropy, Surroundings, builtin};

/// When the fixtures were made.
const NOW_MS: u64 = 1_794_903_700_000;

fn plugins(id: &str, manifest: impl FnOnce(&str) -> String) -> Plugins {
    let found = builtin::find(id).unwrap();
    let surroundings = Surroundings::new(Clock::manual(Moment::default()), Entropy::fixed([7; 32])).unwrap();
    Plugins::for_trial(&manifest(found.manifest), found.component, serde_json::Map::new(), surroundings).unwrap()
}

/// A finished call, made by running the plugin on these answers.
async fn call(plugins: &Plugins, settings: &Value, input: Input, answers: Vec<wit::Answer>) -> CallTrace {
    let (stamp, _) = plugins.manifests().remove(0);
    let context = wit::Context {
        now_ms: NOW_MS,
        locale: "en".to_owned(),
        settings: settings.to_string(),
        entropy: vec![1; 32],
        extra: Vec::new(),
    };
    let mut rounds = Vec::new();
    let mut given = 0;
    let outcome = loop {
        let turn = Turn { context: context.clone(), answers: answers[..given].to_vec() };
        let requests = match plugins.play(&stamp.id, input.clone(), turn).await.unwrap().output {
            Output::Request(requests) => requests,
            output => break output,
        };
        let sent = requests.into_iter().zip(&answers[given..]).map(|(request, answer)| Sent {
            request,
            answer: answer.clone(),
            refused: None,
            vendor_time: Duration::from_millis(80),
        });
        let sent: Vec<_> = sent.collect();
        given += sent.len();
        rounds.push(Round { plugin_time: Duration::from_micros(100), sent });
    };
    rounds.push(Round { plugin_time: Duration::from_micros(100), sent: Vec::new() });
    CallTrace {
        stamp,
        begun_at: Moment::from_millis(i64::try_from(NOW_MS).unwrap()),
        context,
        input: Arc::new(input),
        rounds,
        outcome: Ok(outcome),
    }
}

fn response(status: u16, body: &Value) -> wit::Answer {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    wit::Answer::Response(wit::Response { status, headers, body: body.to_string().into_bytes() })
}

/// Texts of a webhook that only its people can have said or be.
fn private_texts(value: &Value, key: &str, found: &mut Vec<String>) {
    const PRIVATE: [&str; 10] = [
        "message",
        "transcript_summary",
        "rationale",
        "value",
        "user_id",
        "external_number",
        "callee_name",
        "call_sid",
        "To",
        "From",
    ];
    match value {
        Value::Object(table) => table.iter().for_each(|(key, value)| private_texts(value, key, found)),
        Value::Array(list) => list.iter().for_each(|value| private_texts(value, key, found)),
        Value::String(text) if PRIVATE.contains(&key) && text.len() > 3 => found.push(text.clone()),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_webhook_of_the_fixtures_is_recorded_without_its_people_and_goes_the_same_way() {
    let plugins = plugins("elevenlabs", str::to_owned);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/webhooks");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let body = std::fs::read(&path).unwrap();
        let value: Value = serde_json::from_slice(&body).unwrap();
        let agent = value["data"]["agent_id"].as_str().unwrap_or("agent_none").to_owned();
        let headers = vec![
            ("elevenlabs-signature".to_owned(), "t=1794903700,v0=93fc84b018732620".to_owned()),
            ("user-agent".to_owned(), "node for Emily Harris".to_owned()),
        ];
        let settings = json!({ "agent_id": agent, "base_url": "https://api.elevenlabs.io" });
        let trace = call(&plugins, &settings, Input::ReadWebhook { headers, body }, Vec::new()).await;
        let recording = rerun(&plugins, trace, Record::StandIns).await.unwrap();
        assert!(!recording.stand_ins_changed_the_flow, "{}", path.display());
        let text = recording.to_text().unwrap();
        let mut private = vec!["93fc84b0".to_owned(), "Emily".to_owned(), "Harris".to_owned()];
        private_texts(&value, "", &mut private);
        for private in private {
            let escaped = Value::String(private.clone()).to_string();
            assert!(!text.contains(&private), "{private} in {text}");
            assert!(!text.contains(escaped.trim_matches('"')), "{private} in {text}");
        }
        assert_eq!(recording.replay(&plugins, "elevenlabs").await.unwrap().differences, []);
        read += 1;
    }
    assert!(read > 10);
}

fn ring(address: &str) -> wit::RingAttempt {
    wit::RingAttempt {
        ring_id: "0192a000-0000-7000-8000-000000000011".to_owned(),
        call_id: "0192a000-0000-7000-8000-000000000012".to_owned(),
        group_id: "0192a000-0000-7000-8000-000000000013".to_owned(),
        family_id: "0192a000-0000-7000-8000-000000000014".to_owned(),
        callee_id: "0192a000-0000-7000-8000-000000000015".to_owned(),
        address: address.to_owned(),
        environment: String::new(),
        ring_at_ms: NOW_MS,
        expires_at_ms: NOW_MS + 45_000,
        language: "id".to_owned(),
        zone: "Asia/Jakarta".to_owned(),
        variables: vec![("callee_name".to_owned(), "Bu Sri".to_owned())],
        extra: Vec::new(),
    }
}

async fn recorded_ring(record: Record) -> (Plugins, Recording) {
    let plugins = plugins("fcm", str::to_owned);
    let gone = json!({"error": {"code": 404, "message": "The token dQw4:APA91bGone of Bu Sri is gone", "status": "NOT_FOUND",
        "details": [{"@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", "errorCode": "UNREGISTERED"}]}});
    let answers =
        vec![response(200, &json!({"name": "projects/demo/messages/0:1712345678%31bd"})), response(404, &gone)];
    let rings = vec![ring("dQw4:APA91bLive"), ring("dQw4:APA91bGone")];
    let settings = json!({"project_id": "demo", "caller_name": "Care", "api_key": "s3cr3t-key"});
    let trace = call(&plugins, &settings, Input::Ring(rings), answers).await;
    let recording = rerun(&plugins, trace, record).await.unwrap();
    (plugins, recording)
}

#[tokio::test(flavor = "multi_thread")]
async fn ring_is_recorded_with_one_stand_in_for_each_thing() {
    let (plugins, recording) = recorded_ring(Record::StandIns).await;
    let text = recording.to_text().unwrap();
    for private in ["Sri", "APA91b", "0192a000", "1712345678", "Jakarta", "s3cr3t"] {
        assert!(!text.contains(private), "{private} in {text}");
    }
    assert!(!recording.stand_ins_changed_the_flow, "{text}");
    let Input::Ring(rings) = &recording.input else { panic!("{:?}", recording.input) };
    let Some(Output::Request(requests)) = &recording.rounds[0].output else { panic!("{text}") };
    let wit::Body::Text(body) = &requests[1].body else { panic!("{text}") };
    assert!(body.contains(&rings[1].address) && body.contains(&rings[1].variables[0].1), "{body}");
    assert!(text.contains(&format!("token {}", rings[1].address)) || text.contains(&rings[1].address));
    assert!(
        matches!(recording.rounds[1].output, Some(Output::Rung(ref verdicts)) if matches!(verdicts[1], wit::Verdict::Gone(_)))
    );
    assert_eq!(Recording::from_text(&text).unwrap(), recording);
    assert_eq!(recording.replay(&plugins, "fcm").await.unwrap(), Replayed { runs: 2, differences: Vec::new() });
}

#[tokio::test(flavor = "multi_thread")]
async fn all_means_all() {
    let (plugins, recording) = recorded_ring(Record::All).await;
    let text = recording.to_text().unwrap();
    assert!(text.contains("Bu Sri") && text.contains("APA91bGone"), "{text}");
    assert_eq!(recording.replay(&plugins, "fcm").await.unwrap().differences, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_out_otherwise_is_shown_by_its_path() {
    let (plugins, mut recording) = recorded_ring(Record::StandIns).await;
    let Some(Output::Request(requests)) = &mut recording.rounds[0].output else { panic!("no request") };
    requests[0].timeout_ms = 1;
    let replayed = recording.replay(&plugins, "fcm").await.unwrap();
    assert_eq!((replayed.runs, replayed.differences.len()), (2, 1));
    assert_eq!(replayed.differences[0].path, "run 1.request[0].timeout_ms");
    assert_eq!(replayed.differences[0].was.as_deref(), Some("1"));
    let Some(Output::Request(requests)) = &mut recording.rounds[0].output else { panic!("no request") };
    requests.pop();
    assert_eq!(recording.replay(&plugins, "fcm").await.unwrap().runs, 1, "the answers fit no further");
}

#[tokio::test(flavor = "multi_thread")]
async fn flow_that_the_stand_ins_changed_is_called_so() {
    let plugins = plugins("elevenlabs", str::to_owned);
    // Nothing but the vendor's own id says whose conversation it is, and it is not in the settings.
    let body = json!({"type": "Post Call Transcription of Bu Sri", "data": {}});
    let input = Input::ReadWebhook { headers: Vec::new(), body: body.to_string().into_bytes() };
    let mut trace = call(&plugins, &json!({"agent_id": "agent_1"}), input, Vec::new()).await;
    let same = rerun(&plugins, trace.clone(), Record::StandIns).await.unwrap();
    assert!(!same.stand_ins_changed_the_flow, "an unknown event stays one");
    trace.outcome = Ok(Output::Webhook(wit::Webhook::Unreadable("why".to_owned())));
    assert!(rerun(&plugins, trace, Record::StandIns).await.unwrap().stand_ins_changed_the_flow);
}

#[test]
fn recorder_takes_only_the_calls_that_are_wanted_and_counts_those_that_it_loses() {
    let config = |record| PluginConfig { record, ..PluginConfig::default() };
    let none = BTreeMap::from([("fcm".to_owned(), config(Record::Off))]);
    assert!(Recorder::of(&none, PathBuf::new()).is_none());
    let some = BTreeMap::from([("fcm".to_owned(), config(Record::StandIns)), ("x".to_owned(), config(Record::Off))]);
    let recorder = Recorder::of(&some, PathBuf::new()).unwrap();
    let witness = recorder.witness(None);
    assert!(witness.watches("fcm") && !witness.watches("x"));
    let trace = CallTrace {
        stamp: Stamp { id: "fcm".to_owned(), version: String::new(), digest: String::new() },
        begun_at: Moment::default(),
        context: wit::Context {
            now_ms: 0,
            locale: String::new(),
            settings: String::new(),
            entropy: Vec::new(),
            extra: Vec::new(),
        },
        input: Arc::new(Input::ReadWebhook { headers: Vec::new(), body: vec![0; CALL_MAX_BYTES + 1] }),
        rounds: Vec::new(),
        outcome: Ok(Output::Canceled(Vec::new())),
    };
    witness.saw(trace.clone());
    assert!(recorder.waiting.is_empty(), "too long");
    for _ in 0..WAITING_MAX + 5 {
        witness.saw(CallTrace { input: Arc::new(Input::Check), ..trace.clone() });
    }
    assert_eq!(recorder.waiting.len(), WAITING_MAX);
}
