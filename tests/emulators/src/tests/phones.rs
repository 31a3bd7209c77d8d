//! Phones: a small host of their own stands in for the real one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::world;
use crate::phone::{Outcome, Push};
use crate::port::{Wire, bind, serve};
use crate::scripts::{self, Language};
use crate::witness::Witness;
use crate::{Behaviour, ManualTime, Phone, Time as _, World, loopback_client};

/// A host that agrees to everything and fetches conversation tokens.
#[derive(Clone)]
struct Host {
    eleven: crate::ElevenLabs,
    closed: Arc<AtomicBool>,
}

async fn host(world: &World) -> Result<(String, Host)> {
    let (listener, url) = bind().await?;
    let host = Host { eleven: world.eleven.clone(), closed: Arc::default() };
    let router = Router::new().fallback(post(serve_all)).with_state(host.clone());
    serve(&world.eleven.0.pace, &Witness::default(), listener, router, Wire::Either);
    Ok((url, host))
}

async fn serve_all(
    State(host): State<Host>,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (axum::http::StatusCode, Json<Value>) {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let secret = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let starts = body["action"] == "start" || uri.path().ends_with("/answer");
    if starts && host.closed.load(Ordering::SeqCst) {
        return (axum::http::StatusCode::GONE, Json(json!({ "error": "over" })));
    }
    let mut answer = match uri.path() {
        "/functions/v1/pair-claim" => json!({
            "pairing_token": "secret-1", "relative_name": "Margaret", "household_id": "house-1", "relative_id": "relative-1",
        }),
        "/api/device/v1/pair" => {
            json!({ "device_id": "device-1", "device_secret": "secret-2", "state": "pending" })
        }
        path if path.starts_with("/api/") => {
            assert_eq!(secret, "Bearer secret-2");
            json!({})
        }
        _ => json!({}),
    };
    answer["success"] = json!(true);
    if starts {
        let token = token(&host.eleven).await.unwrap_or_default();
        answer["conversationToken"] = json!(token);
        answer["callLogId"] = json!("log-1");
        answer["token"] = json!(token);
    }
    (axum::http::StatusCode::OK, Json(answer))
}

async fn token(eleven: &crate::ElevenLabs) -> Result<String> {
    let url = format!("{}/v1/convai/conversation/token?agent_id={}", eleven.url(), eleven.app_agent_id());
    let answer = loopback_client()?.get(url).header("xi-api-key", eleven.api_key()).send().await?;
    Ok(answer.json::<Value>().await?["token"].as_str().context("token")?.to_owned())
}

fn push(time: &ManualTime, phone: &Phone, session: &str, ttl_ms: i64) {
    let payload = if phone.channel() == "fcm" {
        json!({
            "type": "incoming_call", "sessionId": session, "householdId": "house-1", "relativeId": "relative-1",
            "callType": "in_app_call", "duration": "45000",
        })
    } else {
        json!({
            "id": uuid::Uuid::new_v4(), "type": 0, "duration": 45000,
            "extra": { "sessionId": session, "callType": "in_app_call" },
        })
    };
    let at_ms = time.now_ms();
    phone.receive(&Push {
        id: "push-1".to_owned(),
        at_ms,
        expires_at_ms: at_ms + ttl_ms,
        kept_while_offline: true,
        collapse_key: Some("ring".to_owned()),
        payload,
    });
}

fn actions(phone: &Phone) -> Vec<String> {
    phone
        .exchanges()
        .iter()
        .map(|one| {
            let last = one.path.rsplit('/').next().unwrap_or_default();
            let action = one.request["action"].as_str().map(|action| format!(":{action}")).unwrap_or_default();
            format!("{last}{action}")
        })
        .collect()
}

#[tokio::test]
async fn android_answers_talks_and_reports_in_the_apps_order() -> Result<()> {
    let (world, time) = world().await?;
    let (url, _) = host(&world).await?;
    let phone = world.android("Margaret")?;
    phone.behave(Behaviour::answer(scripts::cheerful(Language::English)));
    phone.pair(&url, "123456").await?;
    push(&time, &phone, "session-1", 45_000);
    push(&time, &phone, "session-1", 45_000);
    time.advance(3000);
    assert!(world.settle().await);
    assert!(matches!(phone.rings()[0].outcome, Outcome::Talking { .. }), "{:?}", phone.rings());
    time.advance(600_000);
    assert!(world.settle().await);
    let rings = phone.rings();
    assert_eq!((phone.pushes().len(), rings.len()), (2, 1));
    let Outcome::Talked { conversation_id, duration_s } = &rings[0].outcome else {
        anyhow::bail!("{:?}", rings[0]);
    };
    assert_eq!(
        actions(&phone),
        [
            "pair-claim",
            "register-fcm-token",
            "register-fcm-token",
            "check-scheduled-calls",
            "update-device-call-status:accept",
            "check-scheduled-calls",
            "elevenlabs-device-call:start",
            "elevenlabs-device-call:update_conversation_id",
            "elevenlabs-device-call:end",
            "update-device-call-status:end",
            "update-device-call-status:end",
        ]
    );
    let exchanges = phone.exchanges();
    assert_eq!(exchanges[9].request["duration"], *duration_s);
    assert!(exchanges[10].request["duration"].is_null());
    let conversation = world.eleven.conversation(conversation_id).context("conversation")?;
    assert_eq!(conversation["status"], "done");
    assert!(conversation["transcript"][0]["message"].as_str().is_some_and(|said| said.contains("Margaret")));
    assert!(world.unexpected().is_empty(), "{:?}", world.unexpected());
    Ok(())
}

#[tokio::test]
async fn late_known_and_strange_pushes_do_not_ring() -> Result<()> {
    let (world, time) = world().await?;
    let (url, _) = host(&world).await?;
    let phone = world.android("Margaret")?;
    phone.behave(Behaviour::Ignore);
    phone.pair(&url, "123456").await?;
    phone.go_offline();
    push(&time, &phone, "session-1", 45_000);
    push(&time, &phone, "session-2", 45_000);
    time.advance(46_000);
    phone.go_online();
    assert!(phone.rings().is_empty());
    push(&time, &phone, "session-3", 45_000);
    time.advance(45_000);
    assert!(world.settle().await);
    assert_eq!(phone.rings()[0].outcome, Outcome::Missed);
    assert_eq!(actions(&phone).last().map(String::as_str), Some("update-device-call-status:timeout"));
    phone.receive(&Push { payload: json!({ "type": "ring" }), ..phone.pushes()[2].clone() });
    assert_eq!(phone.dropped_late(), 1);
    let fresh = Push { expires_at_ms: i64::MAX, ..phone.pushes()[2].clone() };
    phone.receive(&Push { payload: json!({ "type": "ring" }), ..fresh });
    assert_eq!(world.unexpected(), ["phone: a data message has no known `type`"]);
    Ok(())
}

#[tokio::test]
async fn iphone_speaks_the_device_api() -> Result<()> {
    let (world, time) = world().await?;
    let (url, host) = host(&world).await?;
    let phone = world.iphone("Lestari")?;
    phone.behave_in_turn(vec![
        Behaviour::answer(scripts::worrying(Language::Indonesian)),
        Behaviour::Decline { after_ms: 1000 },
        Behaviour::Ignore,
        Behaviour::answer(scripts::silent(Language::Indonesian)),
    ]);
    phone.pair(&url, "123456").await?;
    phone.resume().await?;
    for session in ["session-1", "session-2", "session-3"] {
        push(&time, &phone, session, 45_000);
        assert!(world.settle().await);
        time.advance(600_000);
        assert!(world.settle().await);
    }
    host.closed.store(true, Ordering::SeqCst);
    push(&time, &phone, "session-4", 45_000);
    assert!(world.settle().await);
    time.advance(4000);
    assert!(world.settle().await);
    assert_eq!(
        actions(&phone),
        [
            "pair",
            "push-addresses",
            "heartbeat",
            "rang",
            "answer",
            "joined",
            "end",
            "rang",
            "decline",
            "rang",
            "missed",
            "rang",
            "answer",
        ]
    );
    assert_eq!(phone.rings()[3].outcome, Outcome::Refused(Some(410)));
    assert!(world.unexpected().is_empty(), "{:?}", world.unexpected());
    Ok(())
}
