//! The push service: headers, signatures, sealing, refusals.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::{PublicKey, SecretKey};
use ring::aead::Aad;
use rsa::rand_core::OsRng;
use serde_json::{Value, json};

use super::{now_s, unsigned, world};
use crate::push_service::opening::Sharing;
use crate::push_service::{Refusal, endpoint_of};
use crate::{ManualTime, World, loopback_client};

const SALT: [u8; 16] = [9; 16];

/// Who sends messages.
struct Sender(SecretKey);

impl Sender {
    fn new() -> Self {
        Self(SecretKey::random(&mut OsRng))
    }

    fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.public_key().to_encoded_point(false).as_bytes())
    }

    fn authorization(&self, header: &Value, claims: &Value) -> String {
        let signed = unsigned(header, claims);
        let signature: Signature = SigningKey::from(&self.0).sign(signed.as_bytes());
        format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public())
    }
}

/// What is sealed for the browser of this subscription, with so much padding.
fn sealed(subscription: &str, text: &[u8], padding: usize) -> Result<Vec<u8>> {
    let keys: Value = serde_json::from_str(subscription)?;
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(keys["keys"][name].as_str().unwrap_or_default());
    let (reader, auth) = (PublicKey::from_sec1_bytes(&bytes("p256dh")?)?, bytes("auth")?);
    let own = SecretKey::random(&mut OsRng);
    let sender = own.public_key();
    let sharing = Sharing { own: &own, others: &reader, reader: &reader, sender: &sender, auth: &auth };
    let (key, nonce) = sharing.keys(&SALT).context("keys")?;
    let mut record = [text, &[2], &vec![0; padding]].concat();
    key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record).ok().context("sealing")?;
    let point = sender.to_encoded_point(false);
    Ok([&SALT[..], &4_096_u32.to_be_bytes(), &[65], point.as_bytes(), &record].concat())
}

struct Message {
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Message {
    fn good(world: &World, time: &ManualTime, sender: &Sender, subscription: &str) -> Result<Self> {
        let (header, claims) = (json!({ "typ": "JWT", "alg": "ES256" }), claims(world, time));
        Ok(Self {
            url: endpoint_of(subscription),
            headers: vec![
                ("authorization", sender.authorization(&header, &claims)),
                ("content-encoding", "aes128gcm".to_owned()),
                ("ttl", "15".to_owned()),
                ("urgency", "high".to_owned()),
                ("topic", "0192a000000070008000000000000001".to_owned()),
            ],
            body: sealed(subscription, br#"{"web_push":8030}"#, 200)?,
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

    async fn send(self) -> Result<(u16, Value)> {
        let mut request = loopback_client()?.post(&self.url).body(self.body);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        Ok((status, serde_json::from_str(&answer.text().await?).unwrap_or_default()))
    }

    async fn errno(self) -> Result<(u16, Option<u64>)> {
        let (status, body) = self.send().await?;
        Ok((status, body["errno"].as_u64()))
    }
}

fn claims(world: &World, time: &ManualTime) -> Value {
    json!({ "aud": world.push_service.url(), "exp": now_s(time) + 12 * 3_600, "sub": "mailto:calls@care-home.org" })
}

#[tokio::test]
async fn a_message_is_taken_and_read_by_its_browser() -> Result<()> {
    let (world, time) = world().await?;
    let sender = Sender::new();
    let subscription = world.push_service.subscribe(&sender.public());
    let message = Message::good(&world, &time, &sender, &subscription)?;
    assert_eq!(message.send().await?, (201, Value::Null));
    let sent = world.push_service.sent();
    assert_eq!((sent[0].ttl_s, sent[0].urgency.as_str(), sent[0].body_bytes), (15, "high", 320));
    assert_eq!(sent[0].topic.as_deref(), Some("0192a000000070008000000000000001"));
    assert_eq!((&sent[0].endpoint, &sent[0].payload), (&endpoint_of(&subscription), &json!({ "web_push": 8030 })));
    assert!(world.unexpected().is_empty());
    Ok(())
}

#[tokio::test]
async fn signatures_are_checked() -> Result<()> {
    let (world, time) = world().await?;
    let (sender, other) = (Sender::new(), Sender::new());
    let subscription = world.push_service.subscribe(&sender.public());
    let message = || Message::good(&world, &time, &sender, &subscription);
    let (header, good, now) = (json!({ "alg": "ES256" }), claims(&world, &time), now_s(&time));
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        sender.authorization(&header, &claims)
    };
    let signed = sender.authorization(&header, &good);
    let forged = signed.replace(&sender.public(), &other.public());
    for authorization in [
        String::new(),
        signed.replace("vapid ", "Bearer "),
        signed.split(", k=").next().unwrap_or_default().to_owned(),
        forged,
        sender.authorization(&json!({ "alg": "none" }), &good),
        with("aud", json!("https://push.example.net")),
        with("aud", Value::Null),
        with("exp", json!(now)),
        with("exp", json!(now + 24 * 3_600 + 1)),
        with("exp", json!((now + 60).to_string())),
        with("sub", Value::Null),
        with("sub", json!("calls@care-home.org")),
        with("sub", json!("mailto:calls@localhost")),
        with("sub", json!("mailto:calls@house.local")),
        with("sub", json!("mailto: calls@care-home.org")),
        with("sub", json!("mailto:<calls@care-home.org>")),
        with("sub", json!("https://localhost:8080")),
    ] {
        let answered = message()?.with("authorization", authorization.clone()).errno().await?;
        assert_eq!(answered, (401, Some(109)), "{authorization}");
    }
    assert_eq!(message()?.with("authorization", with("exp", json!(now + 24 * 3_600))).send().await?.0, 201);
    assert_eq!(world.take_unexpected().len(), 17);
    assert_eq!(message()?.with("authorization", with("sub", json!("https://care-home.org/x"))).send().await?.0, 201);
    Ok(())
}

#[tokio::test]
async fn headers_and_length_are_checked() -> Result<()> {
    let (world, time) = world().await?;
    let sender = Sender::new();
    let subscription = world.push_service.subscribe(&sender.public());
    let message = || Message::good(&world, &time, &sender, &subscription);
    for (name, value, errno) in [
        ("ttl", "", 111),
        ("ttl", "-1", 112),
        ("ttl", "soon", 112),
        ("urgency", "highest", 110),
        ("topic", "0192a000-0000-7000-8000-000000000001", 113),
        ("topic", "ring!", 113),
        ("content-encoding", "", 110),
        ("content-encoding", "aesgcm", 110),
        ("web-push-auth", "BTBZMqHH6r4Tts7J_aSIgg", 110),
    ] {
        assert_eq!(message()?.with(name, value).errno().await?, (400, Some(errno)), "{name}: {value}");
    }
    let mut longest = message()?;
    longest.body = sealed(&subscription, b"{}", 3_991)?;
    assert_eq!((longest.body.len(), longest.send().await?.0), (4_096, 201));
    let mut too_long = message()?;
    too_long.body = sealed(&subscription, b"{}", 3_992)?;
    assert_eq!(too_long.errno().await?, (413, Some(104)));
    assert_eq!(message()?.with("topic", "").with("urgency", "").with("ttl", "0").send().await?.0, 201);
    assert_eq!(world.take_unexpected().len(), 10);
    Ok(())
}

#[tokio::test]
async fn what_is_sealed_for_another_browser_is_taken_and_told() -> Result<()> {
    let (world, time) = world().await?;
    let sender = Sender::new();
    let (one, other) = (world.push_service.subscribe(&sender.public()), world.push_service.subscribe(&sender.public()));
    let mut message = Message::good(&world, &time, &sender, &one)?;
    message.url = endpoint_of(&other);
    assert_eq!(message.send().await?.0, 201);
    assert!(world.push_service.sent().is_empty());
    assert_eq!(world.take_unexpected(), ["browser: a message is not sealed for this browser"]);
    Ok(())
}

#[tokio::test]
async fn subscriptions_end_and_belong_to_one_key() -> Result<()> {
    let (world, time) = world().await?;
    let sender = Sender::new();
    let subscription = world.push_service.subscribe(&sender.public());
    let others = world.push_service.subscribe(&Sender::new().public());
    assert_eq!(Message::good(&world, &time, &sender, &others)?.errno().await?, (401, Some(109)));
    world.push_service.unsubscribe(&subscription);
    assert_eq!(Message::good(&world, &time, &sender, &subscription)?.errno().await?, (410, Some(106)));
    let mut nowhere = Message::good(&world, &time, &sender, &subscription)?;
    nowhere.url = format!("{}/send/nobody", world.push_service.url());
    assert_eq!(nowhere.errno().await?, (404, Some(102)));
    assert!(world.unexpected().is_empty(), "none of it is the sender's fault");
    Ok(())
}

#[tokio::test]
async fn a_push_service_fails_as_it_is_told() -> Result<()> {
    let (world, time) = world().await?;
    let sender = Sender::new();
    let subscription = world.push_service.subscribe(&sender.public());
    for (refusal, status) in [
        (Refusal::OtherKeyByApple, 400),
        (Refusal::OtherKeyByGoogle, 403),
        (Refusal::BadSignatureByApple, 403),
        (Refusal::TooManyByWindows, 406),
        (Refusal::TooMany, 429),
        (Refusal::Internal, 500),
        (Refusal::Unavailable, 503),
    ] {
        world.push_service.faults().next_for(endpoint_of(&subscription), refusal.into());
        assert_eq!(Message::good(&world, &time, &sender, &subscription)?.send().await?.0, status);
    }
    assert!(world.push_service.sent().is_empty());
    assert_eq!(Message::good(&world, &time, &sender, &subscription)?.send().await?.0, 201);
    Ok(())
}
