//! ElevenLabs: key, submit, dialling.

use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result};
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};

use super::{now_s, world};
use crate::eleven::answers::Refusal;
use crate::eleven::requests::Op;
use crate::eleven::webhooks::sign;
use crate::scripts::{self, Language};
use crate::{Fault, Line, World, hold, loopback_client};

pub(super) const NUMBER: &str = "+442079460123";

pub(super) async fn call(world: &World, method: &str, path: &str, body: Option<&Value>) -> Result<(u16, Value)> {
    let mut request = loopback_client()?
        .request(method.parse()?, format!("{}{path}", world.eleven.url()))
        .header("xi-api-key", world.eleven.api_key());
    if let Some(body) = body {
        request = request.json(body);
    }
    let answer = request.send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

pub(super) fn batch(world: &World, at_s: Option<i64>, numbers: &[&str]) -> Value {
    let recipients: Vec<Value> = numbers
        .iter()
        .enumerate()
        .map(|(at, number)| {
            json!({
                "id": format!("call-{at}"), "phone_number": number,
                "conversation_initiation_client_data": {
                    "user_id": "callee-1", "conversation_config_override": { "agent": { "language": "en" } },
                    "dynamic_variables": { "call_id": format!("call-{at}"), "callee_name": "Mrs. Finch" },
                },
            })
        })
        .collect();
    json!({
        "call_name": "batch-1", "agent_id": world.eleven.phone_agent_id(),
        "agent_phone_number_id": world.eleven.phone_number_id(), "scheduled_time_unix": at_s,
        "timezone": "Europe/London", "recipients": recipients,
        "telephony_call_config": { "ringing_timeout_secs": 45 }, "target_concurrency_limit": null,
    })
}

pub(super) async fn submit(world: &World, body: &Value) -> Result<(u16, Value)> {
    call(world, "POST", "/v1/convai/batch-calling/submit", Some(body)).await
}

/// A receiver of webhooks that checks signatures and answers with the statuses given, then 200.
pub(super) type Received = Arc<Mutex<Vec<(bool, Value)>>>;

pub(super) async fn receiver(world: &World, statuses: Vec<u16>) -> Result<Received> {
    let (listener, url) = crate::port::bind().await?;
    let received: Received = Arc::default();
    let (into, secret) = (received.clone(), world.eleven.webhook_secret().to_owned());
    let statuses = Arc::new(Mutex::new(statuses.into_iter()));
    let router = Router::new().route(
        "/hook",
        post(move |headers: HeaderMap, body: String| async move {
            let signature = headers["elevenlabs-signature"].to_str().unwrap_or_default().to_owned();
            let at_s = signature.split(['=', ',']).nth(1).and_then(|at| at.parse().ok()).unwrap_or_default();
            let value = serde_json::from_str(&body).unwrap_or_default();
            hold(&into).push((sign(&secret, at_s, &body) == signature, value));
            let status = hold(&statuses).next().unwrap_or(200);
            StatusCode::from_u16(status).unwrap_or(StatusCode::OK)
        }),
    );
    let witness = crate::witness::Witness::default();
    crate::port::serve(&world.eleven.0.pace, &witness, listener, router, crate::port::Wire::Either);
    world.set_webhook_url(format!("{url}/hook"));
    Ok(received)
}

#[tokio::test]
async fn requests_without_the_key_are_unauthorised() -> Result<()> {
    let (world, _) = world().await?;
    let url = format!("{}/v1/convai/agents", world.eleven.url());
    for (key, code) in [(None, "missing_api_key"), (Some("sk_wrong"), "invalid_api_key")] {
        let mut request = loopback_client()?.get(&url);
        if let Some(key) = key {
            request = request.header("xi-api-key", key);
        }
        let answer = request.send().await?;
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.json::<Value>().await?["detail"]["code"], code);
    }
    assert_eq!(world.unexpected().len(), 2);
    assert_eq!(call(&world, "GET", "/v1/convai/agents?page_size=1", None).await?.1["has_more"], true);
    Ok(())
}

#[tokio::test]
async fn submits_are_checked_field_by_field() -> Result<()> {
    let (world, _) = world().await?;
    let good = batch(&world, None, &[NUMBER, "+628110000000"]);
    for (pointer, name, value) in [
        ("", "surprise", json!(1)),
        ("", "call_name", Value::Null),
        ("", "recipients", json!([])),
        ("", "scheduled_time_unix", json!("1794961200")),
        ("", "timezone", json!("Mars/Olympus")),
        ("", "target_concurrency_limit", json!(0)),
        ("/telephony_call_config", "ring_timeout", json!(40)),
        ("/recipients/0", "phone_number", json!("020 7946 0123")),
        ("/recipients/0", "id", json!("call-1")),
        ("/recipients/0", "name", json!("Mrs. Finch")),
        ("/recipients/0/conversation_initiation_client_data", "variables", json!({})),
        ("/recipients/0/conversation_initiation_client_data/dynamic_variables", "list", json!([1])),
        ("/recipients/0/conversation_initiation_client_data/dynamic_variables", "system__x", json!("y")),
    ] {
        let mut body = good.clone();
        body.pointer_mut(pointer).context("pointer")?[name] = value;
        let (status, answer) = submit(&world, &body).await?;
        assert_eq!((status, answer["detail"].is_array()), (422, true), "{name}");
    }
    assert_eq!(world.take_unexpected().len(), 13);
    let mut body = good.clone();
    body.as_object_mut().context("object")?.remove("scheduled_time_unix");
    assert_eq!(submit(&world, &body).await?.0, 422);
    assert!(world.eleven.batches().is_empty());

    world.eleven.switch(|switches| switches.agreement_missing = true);
    let (status, answer) = submit(&world, &good).await?;
    assert_eq!((status, answer["detail"]["status"].as_str()), (403, Some("batch_calling_agreement_required")));
    Ok(())
}

#[tokio::test]
async fn a_batch_dials_at_its_time_and_ends_in_signed_webhooks() -> Result<()> {
    let (world, time) = world().await?;
    let received = receiver(&world, vec![]).await?;
    let numbers = ["+442079460001", "+442079460002", "+442079460003", "+442079460004", "+442079460005"];
    world.line(numbers[0], Line::Answers(scripts::worrying(Language::English)));
    for (number, line) in numbers[1..].iter().zip([Line::Busy, Line::NoAnswer, Line::Voicemail, Line::Fails]) {
        world.line(number, line);
    }
    let (status, answer) = submit(&world, &batch(&world, Some(now_s(&time) + 300), &numbers)).await?;
    assert_eq!((status, answer["status"].as_str()), (200, Some("pending")), "{answer}");
    let path = format!("/v1/convai/batch-calling/{}", answer["id"].as_str().context("id")?);
    time.advance(299_000);
    assert!(world.settle().await);
    assert!(world.eleven.dials().is_empty());
    time.advance(7000);
    assert!(world.settle().await);
    let (_, ringing) = call(&world, "GET", &path, None).await?;
    assert_eq!(ringing["recipients"][0]["status"], "in_progress");
    assert!(ringing["recipients"][0]["conversation_id"].is_string());
    time.advance(600_000);
    assert!(world.settle().await);

    let (_, done) = call(&world, "GET", &path, None).await?;
    let statuses: Vec<_> =
        done["recipients"].as_array().context("recipients")?.iter().map(|one| one["status"].as_str()).collect();
    assert_eq!(done["status"], "completed");
    assert_eq!(statuses, ["completed", "failed", "failed", "voicemail", "failed"].map(Some));
    let mut outcomes: Vec<String> = hold(&received)
        .iter()
        .map(|(genuine, event)| {
            assert!(genuine);
            let data = &event["data"];
            let call_result = &data["metadata"]["phone_call"]["call_result"];
            format!("{} {}{}", event["type"], data["failure_reason"], call_result)
        })
        .collect();
    outcomes.sort();
    assert_eq!(
        outcomes,
        [
            r#""call_initiation_failure" "busy"null"#,
            r#""call_initiation_failure" "no-answer"null"#,
            r#""call_initiation_failure" "unknown"null"#,
            r#""post_call_transcription" null"answered""#,
            r#""post_call_transcription" null"voicemail""#,
        ]
    );
    let talked = done["recipients"][0]["conversation_id"].as_str().context("conversation")?;
    let conversation = world.eleven.conversation(talked).context("conversation")?;
    let variables = &conversation["conversation_initiation_client_data"]["dynamic_variables"];
    assert_eq!(variables["call_id"], "call-0");
    assert_eq!(variables["system__conversation_id"], talked);
    assert_eq!(conversation["metadata"]["batch_call"]["batch_call_recipient_id"], "call-0");
    assert_eq!(conversation["analysis"]["data_collection_results"]["emergency_flag"]["value"], true);
    assert_eq!(
        conversation["transcript"][0]["message"],
        "Good morning, Mrs. Finch. It's your companion. How are you feeling today?"
    );
    assert!(world.unexpected().is_empty(), "{:?}", world.unexpected());
    Ok(())
}

#[tokio::test]
async fn a_submit_cut_off_after_it_was_taken_is_found_by_name() -> Result<()> {
    let (world, _) = world().await?;
    world.line(NUMBER, Line::NoAnswer);
    world.eleven.fail_next(Op::Submit, Fault::taken_then_cut());
    assert!(submit(&world, &batch(&world, None, &[NUMBER])).await.is_err());
    let (_, list) = call(&world, "GET", "/v1/convai/batch-calling/workspace?limit=1", None).await?;
    assert_eq!(list["batch_calls"][0]["name"], "batch-1");
    assert_eq!(list["has_more"], false);
    assert_eq!(world.eleven.count(Op::Submit), 1);
    world.eleven.fail_next(Op::Submit, Refusal::CONCURRENCY);
    assert_eq!(submit(&world, &batch(&world, None, &[NUMBER])).await?.0, 429);
    assert_eq!(world.eleven.batches().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_cancelled_batch_dials_nobody() -> Result<()> {
    let (world, time) = world().await?;
    let (_, answer) = submit(&world, &batch(&world, Some(now_s(&time) + 60), &[NUMBER])).await?;
    let path = format!("/v1/convai/batch-calling/{}/cancel", answer["id"].as_str().context("id")?);
    assert_eq!(call(&world, "POST", &path, None).await?.1["status"], "cancelled");
    time.advance(120_000);
    assert!(world.settle().await);
    assert!(world.eleven.dials().is_empty());
    assert!(world.eleven.webhooks().is_empty());
    Ok(())
}

#[tokio::test]
async fn an_override_that_the_agent_forbids_fails_the_batch() -> Result<()> {
    let (world, time) = world().await?;
    let mut body = batch(&world, None, &[NUMBER]);
    body["recipients"][0]["conversation_initiation_client_data"]["conversation_config_override"]["tts"] =
        json!({ "voice_id": "another" });
    assert_eq!(submit(&world, &body).await?.0, 200);
    time.advance(1000);
    assert!(world.settle().await);
    assert_eq!(world.eleven.batches()[0].status, "failed");
    assert!(world.eleven.dials().is_empty());
    Ok(())
}

#[tokio::test]
async fn what_is_set_in_the_console_is_shown_and_holds() -> Result<()> {
    let (world, time) = world().await?;
    let of_webhook = || call(&world, "GET", "/v1/workspace/webhooks", None);
    assert_eq!(of_webhook().await?.1["webhooks"][0]["webhook_url"], "http://127.0.0.1:9/none");
    let agent = format!("/v1/convai/agents/{}", world.eleven.phone_agent_id());
    let overrides = "/platform_settings/overrides/conversation_config_override/agent/language";
    assert_eq!(call(&world, "GET", &agent, None).await?.1.pointer(overrides), Some(&json!(true)));
    world.eleven.console(|account| {
        account.webhooks["webhooks"][0]["webhook_url"] = json!("https://elsewhere.example/hook");
        account.phone_agent["platform_settings"]["overrides"] = json!({});
    });
    assert_eq!(of_webhook().await?.1["webhooks"][0]["webhook_url"], "https://elsewhere.example/hook");
    assert_eq!(call(&world, "GET", &agent, None).await?.1.pointer(overrides), None);
    assert_eq!(submit(&world, &batch(&world, None, &[NUMBER])).await?.0, 200);
    time.advance(1000);
    assert!(world.settle().await);
    assert_eq!(world.eleven.batches()[0].status, "failed", "it sets a language that the agent does not allow");
    assert_eq!(call(&world, "GET", "/v1/convai/agents/agent_of_somebody", None).await?.0, 404);
    assert!(world.unexpected().is_empty(), "{:?}", world.unexpected());
    Ok(())
}

#[tokio::test]
async fn a_key_that_lacks_a_permission_is_told_which() -> Result<()> {
    let (world, _) = world().await?;
    world.eleven.console(|account| account.lacks = vec!["user_read", "convai_write"]);
    let (status, answer) = call(&world, "GET", "/v1/user/subscription", None).await?;
    assert_eq!((status, answer["detail"]["status"].as_str()), (401, Some("missing_permissions")));
    assert!(answer["detail"]["message"].as_str().is_some_and(|said| said.contains("user_read")), "{answer}");
    for path in ["/v1/convai/settings", "/v1/convai/phone-numbers", "/v1/workspace/webhooks"] {
        assert_eq!(call(&world, "GET", path, None).await?.0, 200, "{path}");
    }
    assert_eq!(submit(&world, &batch(&world, None, &[NUMBER])).await?.0, 401);
    assert!(world.eleven.batches().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_single_call_dials_at_once_and_is_no_batch() -> Result<()> {
    let (world, time) = world().await?;
    let received = receiver(&world, vec![]).await?;
    world.line(NUMBER, Line::Answers(scripts::worrying(Language::English)));
    let path = "/v1/convai/twilio/outbound-call";
    let good = json!({
        "agent_id": world.eleven.phone_agent_id(), "agent_phone_number_id": world.eleven.phone_number_id(),
        "to_number": NUMBER, "telephony_call_config": { "ringing_timeout_secs": 40 },
        "conversation_initiation_client_data": { "dynamic_variables": { "callpanion_call_id": "call-0" } },
    });
    let faults = [
        ("to_number", json!("020 7946 0123")),
        ("agent_id", Value::Null),
        ("call_name", json!("batch-1")),
        ("conversation_initiation_client_data", json!({ "dynamic_variables": { "list": [] } })),
    ];
    for (name, value) in &faults {
        let mut body = good.clone();
        body[*name] = value.clone();
        assert_eq!(call(&world, "POST", path, Some(&body)).await?.0, 422, "{name}");
    }
    assert_eq!(world.take_unexpected().len(), faults.len());

    let (status, placed) = call(&world, "POST", path, Some(&good)).await?;
    assert_eq!((status, &placed["success"]), (200, &json!(true)), "{placed}");
    let id = placed["conversation_id"].as_str().context("conversation")?;
    assert_eq!(world.eleven.dials().len(), 1);
    assert!(world.eleven.batches().is_empty());
    let (_, list) = call(&world, "GET", "/v1/convai/batch-calling/workspace", None).await?;
    assert_eq!(list["batch_calls"], json!([]));
    time.advance(600_000);
    assert!(world.settle().await);
    let events = hold(&received).clone();
    let data = &events[0].1["data"];
    assert_eq!((&data["conversation_id"], &data["metadata"]["batch_call"]), (&json!(id), &Value::Null));
    assert_eq!(data["metadata"]["phone_call"]["call_sid"], placed["callSid"]);

    world.eleven.switch(|switches| switches.unplaceable = true);
    let (status, refused) = call(&world, "POST", path, Some(&good)).await?;
    assert_eq!((status, &refused["success"], &refused["callSid"]), (200, &json!(false), &Value::Null));
    Ok(())
}
