//! FCM: tokens, messages, refusals.

use anyhow::{Context as _, Result};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use super::{der, now_s, unsigned, world};
use crate::fcm::{ANOTHER_PROJECT, Refusal};
use crate::{Fault, ManualTime, World, loopback_builder, loopback_client};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The header that Google's own libraries write.
fn header(world: &World) -> Result<Value> {
    let account: Value = serde_json::from_str(&world.fcm.service_account_json())?;
    Ok(json!({ "alg": "RS256", "typ": "JWT", "kid": account["private_key_id"] }))
}

fn assertion(world: &World, header: &Value, claims: &Value) -> Result<String> {
    let account: Value = serde_json::from_str(&world.fcm.service_account_json())?;
    let pem = account["private_key"].as_str().context("key")?;
    let pair = RsaKeyPair::from_pkcs8(&der(pem)?).map_err(|error| anyhow::anyhow!("{error}"))?;
    let signed = unsigned(header, claims);
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn claims(world: &World, time: &ManualTime) -> Result<Value> {
    let account: Value = serde_json::from_str(&world.fcm.service_account_json())?;
    let now = now_s(time);
    Ok(json!({
        "iss": account["client_email"], "aud": "https://oauth2.googleapis.com/token", "iat": now, "exp": now + 3600,
        "scope": "https://www.googleapis.com/auth/firebase.messaging",
    }))
}

async fn exchange(world: &World, claims: &Value) -> Result<(u16, Value)> {
    exchange_under(world, &header(world)?, claims).await
}

async fn exchange_under(world: &World, header: &Value, claims: &Value) -> Result<(u16, Value)> {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        .append_pair("assertion", &assertion(world, header, claims)?)
        .finish();
    let answer = loopback_client()?
        .post(world.fcm.token_url())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

async fn access(world: &World, time: &ManualTime) -> Result<String> {
    let (status, body) = exchange(world, &claims(world, time)?).await?;
    assert_eq!(status, 200, "{body}");
    Ok(body["access_token"].as_str().context("token")?.to_owned())
}

async fn send(world: &World, bearer: &str, project: &str, message: Value) -> Result<(u16, Value)> {
    let answer = loopback_client()?
        .post(format!("{}/v1/projects/{project}/messages:send", world.fcm.url()))
        .bearer_auth(bearer)
        .json(&json!({ "message": message }))
        .send()
        .await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

fn ring(token: &str) -> Value {
    json!({
        "token": token,
        "data": { "type": "call_update" },
        "android": { "priority": "HIGH", "ttl": "45s", "collapse_key": "ring" },
    })
}

#[tokio::test]
async fn assertions_are_checked_like_googles() -> Result<()> {
    let (world, time) = world().await?;
    let good = claims(&world, &time)?;
    let now = now_s(&time);
    for (name, value, error) in [
        ("aud", json!("https://example.org/token"), "invalid_grant"),
        ("exp", json!(now + 3601), "invalid_grant"),
        ("iat", json!(now + 1000), "invalid_grant"),
        ("iss", json!("somebody@else"), "invalid_grant"),
        ("scope", json!("https://www.googleapis.com/auth/drive"), "invalid_scope"),
    ] {
        let mut claims = good.clone();
        claims[name] = value;
        let (status, body) = exchange(&world, &claims).await?;
        assert_eq!((status, body["error"].as_str()), (400, Some(error)), "{name}");
    }
    for (name, value) in
        [("alg", json!("HS256")), ("typ", Value::Null), ("kid", Value::Null), ("kid", json!("of another key"))]
    {
        let mut header = header(&world)?;
        header[name] = value;
        let (status, body) = exchange_under(&world, &header, &good).await?;
        assert_eq!((status, body["error"].as_str()), (400, Some("invalid_grant")), "{name}");
    }
    assert_eq!(world.take_unexpected().len(), 9);
    let (status, body) = exchange(&world, &good).await?;
    assert_eq!((status, body["token_type"].as_str()), (200, Some("Bearer")));
    assert!(world.unexpected().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_wrong_bearer_is_unauthenticated() -> Result<()> {
    let (world, time) = world().await?;
    let phone = world.android("Margaret")?;
    let project = world.fcm.project_id();
    let (status, body) = send(&world, "made-up", project, ring(&phone.push_address())).await?;
    assert_eq!((status, body["error"]["status"].as_str()), (401, Some("UNAUTHENTICATED")));
    assert_eq!(world.take_unexpected().len(), 1);

    // A token that has run out is a 401 that every sender meets, so it is not unexpected.
    let bearer = access(&world, &time).await?;
    time.advance(3_600_000);
    assert_eq!(send(&world, &bearer, project, ring(&phone.push_address())).await?.0, 401);
    assert!(world.unexpected().is_empty());
    Ok(())
}

#[tokio::test]
async fn unknown_project_and_unknown_token_are_told_apart() -> Result<()> {
    let (world, time) = world().await?;
    let bearer = access(&world, &time).await?;
    let (status, body) = send(&world, &bearer, "another", ring("abc:def")).await?;
    assert_eq!((status, body["error"]["details"].is_null()), (404, true));
    world.take_unexpected();
    let (status, body) = send(&world, &bearer, world.fcm.project_id(), ring("abc:def")).await?;
    assert_eq!((status, body["error"]["details"][0]["errorCode"].as_str()), (404, Some("UNREGISTERED")));
    assert!(world.unexpected().is_empty());
    Ok(())
}

#[tokio::test]
async fn phone_is_unknown_to_another_project_of_the_same_account() -> Result<()> {
    let (world, time) = world().await?;
    let (phone, bearer) = (world.android("Margaret")?, access(&world, &time).await?);
    let (status, body) = send(&world, &bearer, ANOTHER_PROJECT, ring(&phone.push_address())).await?;
    assert_eq!((status, body["error"]["details"][0]["errorCode"].as_str()), (403, Some("SENDER_ID_MISMATCH")));
    assert!(phone.pushes().is_empty() && world.unexpected().is_empty());
    Ok(())
}

#[tokio::test]
async fn phone_is_reached_by_its_installation_id_until_the_app_is_gone() -> Result<()> {
    let (world, time) = world().await?;
    let (phone, bearer) = (world.android("Margaret")?, access(&world, &time).await?);
    let token = phone.push_address();
    let to = |name: &str, target: &str| {
        let mut message = ring("");
        message.as_object_mut().context("object")?.remove("token");
        message[name] = json!(target);
        Ok::<_, anyhow::Error>(message)
    };
    let status =
        async |message| Ok::<_, anyhow::Error>(send(&world, &bearer, world.fcm.project_id(), message).await?.0);
    let fid = world.fcm.installation_id(&token);
    assert_eq!(status(to("fid", &fid)?).await?, 200);
    assert_eq!(status(to("token", &token)?).await?, 200);
    assert_eq!(phone.pushes().len(), 2);
    assert_eq!(status(to("fid", &token)?).await?, 400, "a registration token is no installation id");
    world.take_unexpected();
    phone.uninstall();
    assert_eq!(status(to("fid", &fid)?).await?, 404);
    Ok(())
}

#[tokio::test]
async fn refusals_are_dated_by_the_emulated_clock() -> Result<()> {
    let (world, _) = world().await?;
    let answer = loopback_client()?.post(world.fcm.token_url()).body("no form").send().await?;
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["date"].to_str().unwrap()),
        (400, "Wed, 18 Nov 2026 00:20:00 GMT")
    );
    world.take_unexpected();
    Ok(())
}

#[tokio::test]
async fn messages_are_checked_field_by_field() -> Result<()> {
    let (world, time) = world().await?;
    let phone = world.android("Margaret")?;
    let bearer = access(&world, &time).await?;
    let good = ring(&phone.push_address());
    for (pointer, name, value) in [
        ("/android", "ttl", json!("45")),
        ("/android", "ttl", json!(45)),
        ("/android", "ttl", json!("2419201s")),
        ("/android", "ttl", json!("-1s")),
        ("/android", "priority", json!("max")),
        ("/android", "urgency", json!("high")),
        ("/data", "count", json!(1)),
        ("/data", "from", json!("me")),
        ("/data", "google.x", json!("y")),
        ("/data", "long", json!("x".repeat(4096))),
        ("", "topic", json!("news")),
        ("", "android_v2", json!({ "background_sync": {} })),
    ] {
        let mut message = good.clone();
        message.pointer_mut(pointer).context("pointer")?[name] = value;
        let (status, body) = send(&world, &bearer, world.fcm.project_id(), message).await?;
        let detail = body["error"]["details"][0]["@type"].as_str();
        assert_eq!((status, detail), (400, Some("type.googleapis.com/google.rpc.BadRequest")), "{name}");
        assert_eq!(world.take_unexpected().len(), 1, "{name}");
    }
    let mut camel = good.clone();
    camel["android"] = json!({ "collapseKey": "ring", "directBootOk": true });
    for message in [good, camel] {
        assert_eq!(send(&world, &bearer, world.fcm.project_id(), message).await?.0, 200);
    }
    let sent = world.fcm.sent();
    assert_eq!(sent.iter().map(|one| one.message.ttl_ms).collect::<Vec<_>>(), [45_000, 2_419_200_000]);
    assert_eq!(phone.pushes().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_ring_that_comes_late_or_runs_no_code_is_taken_but_told() -> Result<()> {
    let (world, time) = world().await?;
    // Nobody has the phone's pairing here: what it makes of a ring is another matter.
    let (phone, bearer) = (world.fcm.silent_phone(), access(&world, &time).await?);
    let mut good = ring(&phone);
    good["data"]["type"] = "incoming_call".into();
    let told = async |pointer: &str, name: &str, value: Value| {
        let mut message = good.clone();
        message.pointer_mut(pointer).context("pointer")?[name] = value;
        assert_eq!(send(&world, &bearer, world.fcm.project_id(), message).await?.0, 200);
        Ok::<_, anyhow::Error>(world.take_unexpected().join(", "))
    };
    assert_eq!(told("/data", "x", json!("y")).await?, "");
    assert!(told("/android", "priority", json!("NORMAL")).await?.contains("not of high priority"));
    assert!(told("/android", "notification", json!({ "title": "x" })).await?.contains("app's code does not run"));
    assert!(told("", "notification", json!({ "title": "x" })).await?.contains("app's code does not run"));
    Ok(())
}

#[tokio::test]
async fn http2_with_prior_knowledge_and_told_failures() -> Result<()> {
    let (world, time) = world().await?;
    let phone = world.android("Margaret")?;
    let bearer = access(&world, &time).await?;
    let url = format!("{}/v1/projects/{}/messages:send", world.fcm.url(), world.fcm.project_id());
    let http2 = loopback_builder().http2_prior_knowledge().build()?;
    let post = || http2.post(&url).bearer_auth(&bearer).json(&json!({ "message": ring(&phone.push_address()) })).send();
    world.fcm.faults().next(Fault::from(Refusal::QuotaExceeded).retry_after("7"));
    let refused = post().await?;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "7");
    assert_eq!(phone.pushes().len(), 0);

    // Taken in, but the answer never comes: the sender cannot know.
    world.fcm.faults().next(Fault::taken_then_cut());
    assert!(post().await.is_err());
    assert_eq!(phone.pushes().len(), 1);

    assert_eq!(post().await?.status(), 200);
    assert!(world.fcm.sent()[1].http2);
    assert!(world.unexpected().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_path_nobody_knows_is_unexpected() -> Result<()> {
    let (world, _) = world().await?;
    let answer = loopback_client()?.get(format!("{}/fcm/send", world.fcm.url())).send().await?;
    assert_eq!(answer.status(), 404);
    assert_eq!(world.unexpected(), ["fcm: GET /fcm/send"]);
    world.stop().await;
    Ok(())
}
