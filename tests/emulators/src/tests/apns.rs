//! APNs: HTTP/2 only, provider tokens, headers, reasons.

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::DecodePrivateKey as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{now_s, unsigned, world};
use crate::{Environment, ManualTime, World, apns, loopback_builder, loopback_client};

fn provider_token(world: &World, header: &Value, claims: &Value) -> Result<String> {
    let key = SigningKey::from_pkcs8_pem(world.apns.auth_key_pem())?;
    let signed = unsigned(header, claims);
    let signature: Signature = key.sign(signed.as_bytes());
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes())))
}

fn token_issued(world: &World, iat: i64) -> Result<String> {
    let header = json!({ "alg": "ES256", "kid": world.apns.key_id() });
    provider_token(world, &header, &json!({ "iss": world.apns.team_id(), "iat": iat }))
}

struct Push {
    client: reqwest::Client,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Push {
    fn good(world: &World, time: &ManualTime, device: &str) -> Result<Self> {
        let body = json!({
            "aps": {}, "id": Uuid::new_v4(), "nameCaller": "CallPanion", "handle": "CallPanion", "type": 0,
            "duration": 30000, "extra": { "sessionId": "s-1", "callType": "in_app_call" },
        });
        Ok(Self {
            client: loopback_builder().http2_prior_knowledge().build()?,
            url: format!("{}/3/device/{device}", world.apns.url(Environment::Production)),
            headers: vec![
                ("authorization", format!("bearer {}", token_issued(world, now_s(time))?)),
                ("apns-push-type", "voip".to_owned()),
                ("apns-topic", format!("{}.voip", world.apns.bundle_id())),
                ("apns-priority", "10".to_owned()),
                ("apns-expiration", (now_s(time) + 45).to_string()),
                ("apns-id", Uuid::new_v4().to_string()),
            ],
            body: body.to_string(),
        })
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(header, _)| *header != name);
        let value = value.into();
        if !value.is_empty() {
            self.headers.push((name, value));
        }
        self
    }

    async fn send(self) -> Result<(u16, String, Value)> {
        let mut request = self.client.post(&self.url).body(self.body);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        let id = answer.headers().get("apns-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        let body: Value = serde_json::from_str(&answer.text().await?).unwrap_or_default();
        Ok((status, id, body))
    }

    async fn reason(self) -> Result<(u16, String)> {
        let (status, _, body) = self.send().await?;
        Ok((status, body["reason"].as_str().unwrap_or_default().to_owned()))
    }
}

fn refused(status: u16, reason: &str) -> (u16, String) {
    (status, reason.to_owned())
}

#[tokio::test]
async fn http1_is_refused() -> Result<()> {
    let (world, time) = world().await?;
    let mut push = Push::good(&world, &time, "00")?;
    push.client = loopback_client()?;
    assert!(push.send().await.is_err());
    assert_eq!(world.unexpected().len(), 1);
    Ok(())
}

#[tokio::test]
async fn provider_tokens_are_checked() -> Result<()> {
    let (world, time) = world().await?;
    let phone = world.iphone("Lestari")?;
    let push = || Push::good(&world, &time, &phone.push_address());
    let now = now_s(&time);
    assert_eq!(push()?.with("authorization", "").reason().await?, refused(403, "MissingProviderToken"));
    let old = format!("bearer {}", token_issued(&world, now - 3601)?);
    assert_eq!(push()?.with("authorization", old).reason().await?, refused(403, "ExpiredProviderToken"));
    for (header, claims) in [
        (json!({ "alg": "ES256", "kid": "OTHERKEY00" }), json!({ "iss": world.apns.team_id(), "iat": now })),
        (json!({ "alg": "ES256", "kid": world.apns.key_id() }), json!({ "iss": "OTHERTEAM0", "iat": now })),
        (json!({ "alg": "none", "kid": world.apns.key_id() }), json!({ "iss": world.apns.team_id(), "iat": now })),
        (json!({ "alg": "ES256", "kid": world.apns.key_id() }), json!({ "iss": world.apns.team_id() })),
    ] {
        let token = format!("bearer {}", provider_token(&world, &header, &claims)?);
        assert_eq!(push()?.with("authorization", token).reason().await?, refused(403, "InvalidProviderToken"));
    }
    let mut forged = token_issued(&world, now)?;
    forged.replace_range(forged.len() - 20..forged.len() - 10, "AAAAAAAAAA");
    let forged = push()?.with("authorization", format!("bearer {forged}"));
    assert_eq!(forged.reason().await?, refused(403, "InvalidProviderToken"));
    assert!(phone.pushes().is_empty());
    Ok(())
}

#[tokio::test]
async fn provider_tokens_may_not_change_often() -> Result<()> {
    let (world, time) = world().await?;
    let phone = world.iphone("Lestari")?;
    let first = Push::good(&world, &time, &phone.push_address())?.send().await?;
    assert_eq!(first.0, 200, "{first:?}");
    time.advance(10 * 60 * 1000);
    let again = Push::good(&world, &time, &phone.push_address())?;
    assert_eq!(again.reason().await?, refused(429, "TooManyProviderTokenUpdates"));
    time.advance(10 * 60 * 1000);
    assert_eq!(Push::good(&world, &time, &phone.push_address())?.send().await?.0, 200);
    assert_eq!(world.apns.provider_tokens_seen(Environment::Production), 2);
    assert_eq!(world.unexpected(), ["apns: TooManyProviderTokenUpdates"]);
    Ok(())
}

#[tokio::test]
async fn spoilt_connection_takes_nothing_more_and_a_new_one_does() -> Result<()> {
    let (world, time) = world().await?;
    let phone = world.iphone("Lestari")?;
    let push = || Push::good(&world, &time, &phone.push_address());
    let client = loopback_builder().http2_prior_knowledge().build()?;
    let on = |client: &reqwest::Client, mut push: Push| {
        push.client = client.clone();
        push
    };
    assert_eq!(on(&client, push()?).send().await?.0, 200);
    world.apns.spoil_connections(Environment::Production, "UnrelatedKeyIdInToken");
    assert_eq!(on(&client, push()?).reason().await?, refused(403, "UnrelatedKeyIdInToken"));
    assert_eq!(on(&client, push()?).reason().await?, refused(403, "UnrelatedKeyIdInToken"));
    assert_eq!(push()?.send().await?.0, 200);
    assert!(world.unexpected().is_empty());

    // A token that comes too soon spoils its connection for the old one too.
    let client = loopback_builder().http2_prior_knowledge().build()?;
    let good = push()?;
    time.advance(60_000);
    assert_eq!(on(&client, push()?).reason().await?, refused(429, "TooManyProviderTokenUpdates"));
    assert_eq!(on(&client, good).reason().await?, refused(429, "TooManyProviderTokenUpdates"));
    assert_eq!(world.take_unexpected().len(), 1);
    Ok(())
}

#[tokio::test]
async fn headers_are_checked_one_by_one() -> Result<()> {
    let (world, time) = world().await?;
    let phone = world.iphone("Lestari")?;
    let push = || Push::good(&world, &time, &phone.push_address());
    for (name, value, status, reason) in [
        ("apns-push-type", "alert", 400, "InvalidPushType"),
        ("apns-push-type", "", 400, "InvalidPushType"),
        ("apns-topic", "", 400, "MissingTopic"),
        ("apns-topic", world.apns.bundle_id(), 400, "DeviceTokenNotForTopic"),
        ("apns-topic", "org.example.other.voip", 400, "TopicDisallowed"),
        ("apns-priority", "5", 400, "BadPriority"),
        ("apns-expiration", "1794961245000", 400, "BadExpirationDate"),
        ("apns-expiration", "soon", 400, "BadExpirationDate"),
        ("apns-id", "6F1A2B3C-0000-4000-8000-0123456789AB", 400, "BadMessageId"),
        ("apns-collapse-id", "x".repeat(65).as_str(), 400, "BadCollapseId"),
    ] {
        assert_eq!(push()?.with(name, value).reason().await?, refused(status, reason), "{name}: {value}");
    }
    let filled = |bytes: usize| {
        let mut payload: Value = serde_json::from_str(&push()?.body)?;
        payload["fill"] = "".into();
        payload["fill"] = "x".repeat(bytes - payload.to_string().len()).into();
        Ok::<_, anyhow::Error>(payload.to_string())
    };
    let mut large = push()?;
    large.body = filled(5121)?;
    assert_eq!(large.reason().await?, refused(413, "PayloadTooLarge"));
    let mut largest = push()?;
    largest.body = filled(5120)?;
    assert_eq!((largest.body.len(), largest.send().await?.0), (5120, 200));
    let mut crooked = push()?;
    crooked.url = format!("{}/3/device/not-hexadecimal", world.apns.url(Environment::Production));
    assert_eq!(crooked.reason().await?, refused(404, "BadPath"));
    let mut empty = push()?;
    empty.body.clear();
    assert_eq!(empty.reason().await?, refused(400, "PayloadEmpty"));
    assert_eq!(world.take_unexpected().len(), 13);
    let (status, id, _) = push()?.with("apns-id", "6f1a2b3c-0000-4000-8000-0123456789ab").send().await?;
    assert_eq!((status, id.as_str()), (200, "6f1a2b3c-0000-4000-8000-0123456789ab"));
    Ok(())
}

#[tokio::test]
async fn device_tokens_live_in_one_environment() -> Result<()> {
    let (world, time) = world().await?;
    let phone = world.iphone_in("Lestari", Environment::Sandbox)?;
    let push = || Push::good(&world, &time, &phone.push_address());
    assert_eq!(push()?.reason().await?, refused(400, "BadDeviceToken"));
    let mut sandbox = push()?;
    sandbox.url = format!("{}/3/device/{}", world.apns.url(Environment::Sandbox), phone.push_address());
    assert_eq!(sandbox.send().await?.0, 200);
    assert_eq!(world.apns.sent()[0].environment, Environment::Sandbox);

    world.apns.faults(Environment::Production).next(apns::refusal("Shutdown"));
    assert_eq!(push()?.reason().await?, refused(503, "Shutdown"));
    phone.uninstall();
    let mut gone = push()?;
    gone.url = format!("{}/3/device/{}", world.apns.url(Environment::Sandbox), phone.push_address());
    let (status, _, body) = gone.send().await?;
    assert_eq!((status, body["timestamp"].as_i64()), (410, Some(now_s(&time) * 1000)));
    Ok(())
}

#[tokio::test]
async fn a_payload_that_would_crash_the_app_is_taken_but_told() -> Result<()> {
    let (world, time) = world().await?;
    let phone = world.iphone("Lestari")?;
    let mut push = Push::good(&world, &time, &phone.push_address())?;
    push.body = json!({ "aps": {}, "type": "incoming_call", "extra": {} }).to_string();
    assert_eq!(push.send().await?.0, 200);
    assert!(phone.rings().is_empty());
    assert_eq!(world.unexpected(), ["phone: a VoIP payload's `id` is not a UUID, the app would crash"]);
    Ok(())
}
