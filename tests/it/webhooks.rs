//! Webhooks: only what the provider signed is believed, and what is believed has one effect.

use callpanion::domain::{CallState, WebhookState};
use callpanion::services::housekeeping;
use callpanion_emulators::eleven::webhooks::sign;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::testing::{Settings, TestApp, on_both};

const PATHS: [&str; 2] = ["/webhooks/elevenlabs", "/functions/v1/elevenlabs-webhook"];
const LONGEST_BYTES: usize = 65_536;
const OLD_SECRET: &str = "wsec_before_the_rotation";

macro_rules! fixtures {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../fixtures/webhooks/", $name, ".json")))),*]
    };
}

/// Every shape that the provider sends, and one that it may send some day.
pub const FIXTURES: [(&str, &str); 14] = fixtures![
    "call_initiation_failure.twilio.busy",
    "call_initiation_failure.twilio.failed_unknown",
    "call_initiation_failure.twilio.no_answer",
    "post_call_audio",
    "post_call_transcription.batch_phone.ar",
    "post_call_transcription.batch_phone.en",
    "post_call_transcription.batch_phone.id",
    "post_call_transcription.batch_phone.very_short",
    "post_call_transcription.batch_phone.voicemail",
    "post_call_transcription.exclude_transcript",
    "post_call_transcription.in_app.id",
    "post_call_transcription.uncorrelated",
    "post_call_transcription.unknown_extra",
    "unknown_event.answering_machine_detection",
];

fn fixture(name: &str) -> String {
    let (_, text) = FIXTURES.iter().find(|(known, _)| *known == name).unwrap();
    (*text).to_owned()
}

/// A transcription of one of our own agents, about a conversation that nobody knows.
fn stray(app: &TestApp, conversation: &str) -> Value {
    let mut event: Value = serde_json::from_str(&fixture("post_call_transcription.in_app.id")).unwrap();
    event["data"]["agent_id"] = json!(app.world.eleven.app_agent_id());
    event["data"]["conversation_id"] = json!(conversation);
    event
}

/// Posts a body in two chunks, its length untold, as the provider sends sound, and with its capitals in the header. Gives
/// the first line of the reply.
async fn post_in_chunks(app: &TestApp, body: &str) -> String {
    let host = app.url.trim_start_matches("http://");
    let (first, rest) = body.split_at(body.len() / 2);
    let chunk = |part: &str| format!("{:x}\r\n{part}\r\n", part.len());
    let request = format!(
        "POST {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         ElevenLabs-Signature: {}\r\ntransfer-encoding: chunked\r\n\r\n{}{}0\r\n\r\n",
        PATHS[0],
        app.signature(body, 0),
        chunk(first),
        chunk(rest),
    );
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut first_line = String::new();
    BufReader::new(stream).read_line(&mut first_line).await.unwrap();
    first_line.trim_end().to_owned()
}

on_both! {
    async fn what_is_not_rightly_signed_is_refused_and_not_stored(app: TestApp) {
        let body = fixture("post_call_transcription.uncorrelated");
        let right = app.signature(&body, 0);
        let (time, tag) = right.split_once(",v0=").unwrap();
        let now = app.now().secs();
        let another = format!("{body} ");
        let cases: Vec<(&str, &str, Option<String>)> = vec![
            ("missing", &body, None),
            ("empty", &body, Some(String::new())),
            ("without its time", &body, Some(format!("v0={tag}"))),
            ("without its tag", &body, Some(time.to_owned())),
            ("of zeros", &body, Some(format!("{time},v0={}", "0".repeat(64)))),
            ("cut short", &body, Some(right[..right.len() - 2].to_owned())),
            ("by another secret", &body, Some(sign("wsec_somebody_else", now, &body))),
            ("of another body", &another, Some(right.clone())),
            ("with another time", &body, Some(format!("t={},v0={tag}", now - 1))),
            ("stale", &body, Some(app.signature(&body, -3_700))),
            ("from the future", &body, Some(app.signature(&body, 601))),
            ("not a number's time", &body, Some(format!("t=now,v0={tag}"))),
        ];
        for path in PATHS {
            for (what, body, signature) in &cases {
                let status = app.post_webhook(path, body, signature.as_deref()).await;
                assert_eq!(status, 401, "a signature {what}, at {path}");
            }
        }
        assert_eq!(app.database.count("webhook_events").await, 0, "nothing was stored");
        assert_eq!(app.database.count("jobs").await, 0, "nothing is to be done");
    }

    async fn right_signature_is_taken_at_both_paths_within_its_time(app: TestApp) {
        // The provider's fifth and last try comes 40 and a half minutes after the first, perhaps with its signature.
        for (at, path) in PATHS.iter().enumerate() {
            for (offset, seconds) in [0, -1_700, -2_430, -3_590, 290].into_iter().enumerate() {
                let body = stray(&app, &format!("conv_{at}{offset}")).to_string();
                assert_eq!(
                    app.post_webhook(path, &body, Some(&app.signature(&body, seconds))).await,
                    200,
                    "{seconds} s"
                );
            }
        }
        app.run_jobs().await;
        assert_eq!(app.parked().await.len(), 10);
    }

    async fn every_shape_of_the_provider_is_taken(app: TestApp) {
        for (name, body) in FIXTURES {
            assert_eq!(app.post_signed(body, 0).await, 200, "{name}");
        }
        app.settle().await;
        assert_eq!(app.database.count("webhook_events").await, FIXTURES.len());
        assert_eq!(app.database.count("webhook_events WHERE state = 'received'").await, 0, "each was thought about");
        assert_eq!(app.database.count("calls").await, 0, "none of them made a call");
        // Sound, and what is new, is nobody's; a call that nobody took waits for its own as a talk does.
        assert_eq!(app.database.count("webhook_events WHERE state = 'ignored'").await, 2);
        let parked = app.parked().await;
        assert!(parked.iter().all(|event| event.note.as_deref() == Some("unknown_call")), "{parked:?}");
        assert_eq!(parked.len(), 12);
    }

    async fn body_whose_length_is_not_told_is_taken(app: TestApp) {
        let sound = fixture("post_call_audio");
        assert_eq!(post_in_chunks(&app, &sound).await, "HTTP/1.1 200 OK");
        // The same bytes are the same event, however they came.
        assert_eq!(app.post_signed(&sound, 0).await, 200);
        app.settle().await;
        assert_eq!(app.database.count("webhook_events WHERE state = 'ignored'").await, 1);
        assert_eq!(app.database.count("webhook_events").await, 1);
    }

    async fn same_event_twice_is_stored_once(app: TestApp) {
        let body = stray(&app, "conv_twice").to_string();
        let posts = (0..6).map(|_| app.post_signed(&body, 0));
        let statuses = futures::future::join_all(posts).await;
        assert_eq!(statuses, [200; 6], "the provider is told each time that it arrived");
        app.settle().await;
        assert_eq!(app.database.count("webhook_events").await, 1);
        assert_eq!(app.database.count("jobs").await, 1);
    }

    async fn event_of_an_unknown_call_is_parked_and_shown_to_the_staff(app: TestApp) {
        let body = stray(&app, "conv_nobody_knows_this").to_string();
        assert_eq!(app.post_signed(&body, 0).await, 200);
        app.settle().await;
        let parked = app.parked().await;
        assert_eq!(parked.len(), 1);
        assert_eq!((parked[0].state, parked[0].note.as_deref()), (WebhookState::Parked, Some("unknown_call")));
        let page = app.staff().await.get("/staff").await;
        page.must_say("conv_nobody_knows_this");
    }

    async fn event_that_stays_unknown_is_kept_for_its_days_and_then_forgotten(app: TestApp) {
        assert_eq!(app.post_signed(&stray(&app, "conv_of_nobody").to_string(), 0).await, 200);
        app.settle().await;
        let kept_s = i64::from(app.host.config.webhook.parked_days) * 86_400;
        app.jump_to(&app.now().plus_secs(kept_s - 60).to_string()).await;
        housekeeping::tick(&app.host).await.unwrap();
        assert_eq!(app.parked().await.len(), 1);
        app.jump_to(&app.now().plus_secs(120).to_string()).await;
        housekeeping::tick(&app.host).await.unwrap();
        assert_eq!(app.database.count("webhook_events").await, 0);
    }

    async fn event_of_an_unknown_type_is_taken_and_ignored(app: TestApp) {
        assert_eq!(app.post_signed(r#"{"type":"something_new","event_timestamp":1,"data":{}}"#, 0).await, 200);
        app.settle().await;
        assert_eq!(app.database.count("webhook_events WHERE state = 'ignored'").await, 1);
        assert!(app.parked().await.is_empty());
    }

    async fn signed_rubbish_is_taken_and_parked(app: TestApp) {
        for body in ["", "not json", "[]", "{}", r#"{"type":"post_call_transcription"}"#] {
            assert_eq!(app.post_signed(body, 0).await, 200, "{body:?}");
        }
        app.settle().await;
        assert_eq!(app.database.count("webhook_events WHERE state = 'received'").await, 0);
    }

    async fn what_a_device_says_about_a_call_of_another_family_is_never_believed(app: TestApp) {
        let victim = app.app_household().await;
        let paired = app.android(&victim).await;
        paired.phone.behave(Behaviour::Ignore);
        app.advance(65).await;
        let call = app.call(&victim).await;
        let ring = app.attempts(call.id).await[0].id;
        // A client of ours may put any variable into its conversation; the provider echoes and signs it.
        for (at, name) in
            ["callpanion_call_id", "call_id", "session_id", "sessionId", "system__call_id"].iter().enumerate()
        {
            for id in [call.id.to_string(), ring.to_string()] {
                let mut event = stray(&app, &format!("conv_forged_{at}_{}", &id[..30]));
                event["data"]["conversation_initiation_client_data"]["dynamic_variables"][name] = json!(id);
                // Who is called is known by their id too, and that is forged as easily.
                event["data"]["user_id"] = json!(victim.callee.to_string());
                event["data"]["conversation_initiation_client_data"]["user_id"] = json!(victim.callee.to_string());
                assert_eq!(app.post_signed(&event.to_string(), 0).await, 200);
            }
        }
        app.settle().await;
        assert_eq!(app.parked().await.len(), 10);
        assert_eq!(app.call(&victim).await.state, CallState::Ringing, "the call is as it was");
        assert!(!app.is_summarised(call.id).await);
        paired.phone.behave(Behaviour::answer(scripts::ordinary(Language::English)));
        app.outcome(&victim, 900).await;
    }

    async fn echo_of_a_call_by_phone_without_its_batch_is_never_believed(app: TestApp) {
        let victim = app.phone_household().await;
        app.world.line(&victim.number, Line::NoAnswer);
        app.settle().await;
        let call = app.call(&victim).await;
        let mut event = stray(&app, "conv_forged");
        event["data"]["conversation_initiation_client_data"]["dynamic_variables"]["callpanion_call_id"] =
            json!(call.id.to_string());
        assert_eq!(app.post_signed(&event.to_string(), 0).await, 200);
        app.settle().await;
        assert_eq!(app.parked().await.len(), 1);
        assert_eq!(app.call(&victim).await.state, CallState::Queued);
        app.outcome(&victim, 900).await;
    }
}

on_both! {
    with: small;
    async fn body_over_the_limit_is_refused(app: TestApp) {
        let body = format!(r#"{{"type":"x","data":"{}"}}"#, "x".repeat(LONGEST_BYTES));
        for path in PATHS {
            assert_eq!(app.post_webhook(path, &body, Some(&app.signature(&body, 0))).await, 413);
        }
        let in_chunks = post_in_chunks(&app, &body).await;
        assert!(in_chunks.starts_with("HTTP/1.1 413 "), "{in_chunks}");
        assert_eq!(app.database.count("webhook_events").await, 0);
        // The sound of a talk may be too long; what was said in it comes by itself, and is taken.
        assert_eq!(app.post_signed(&stray(&app, "conv_without_its_sound").to_string(), 0).await, 200);
        app.settle().await;
        assert_eq!(app.parked().await.len(), 1);
    }
}

on_both! {
    with: rotating;
    async fn during_a_rotation_both_secrets_sign(app: TestApp) {
        let body = stray(&app, "conv_old").to_string();
        let signature = sign(OLD_SECRET, app.now().secs(), &body);
        assert_eq!(app.post_webhook(PATHS[0], &body, Some(&signature)).await, 200);
        assert_eq!(app.post_signed(&stray(&app, "conv_new").to_string(), 0).await, 200);
        app.settle().await;
    }
}

fn small(settings: &mut Settings) {
    settings.insert("CALLPANION__WEBHOOK__MAX_BODY_BYTES".into(), LONGEST_BYTES.to_string());
}

fn rotating(settings: &mut Settings) {
    settings.insert("CALLPANION__PLUGINS__ELEVENLABS__CREDENTIALS__WEBHOOK_SECRET__PREVIOUS".into(), OLD_SECRET.into());
}
