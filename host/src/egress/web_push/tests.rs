//! Web Push through the door, against push services on loopback.

use axum::body::to_bytes;
use axum::extract::Request as Inbound;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::super::tests::{door, post_to, room, send, serve, soon};
use super::super::{Answer, CredentialConfig, Egress, Permits, Request, Trust};
use super::{InstallationKey, NoSubscription};
use crate::clock::Clock;
use crate::domain::Moment;

fn vapid() -> CredentialConfig {
    CredentialConfig::WebPush { contact: "mailto:calls@care-home.org".to_owned(), hosts: Vec::new() }
}

/// A push service that tells what it was sent.
async fn push_service() -> String {
    let telling = post(|request: Inbound| async move {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        let told = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        let quoted = json!({
            "authorization": told("authorization"), "encoding": told("content-encoding"), "ttl": told("ttl"),
            "reader": told("web-push-p256dh"), "secret": told("web-push-auth"),
            "bytes": body.len(), "in_clear": body.windows(8).any(|piece| piece == b"web_push"),
        });
        (StatusCode::CREATED, Json(quoted))
    });
    serve(Router::new().route("/send/1", telling)).await
}

fn message(origin: &str) -> Request {
    let mut message = post_to(format!("{origin}/send/1"), Some("vapid"));
    // The reader of RFC 8291, appendix A.
    for (name, value) in [
        ("ttl", "15"),
        ("web-push-p256dh", "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        ("web-push-auth", "BTBZMqHH6r4Tts7J_aSIgg"),
    ] {
        message.headers.push((name.to_owned(), value.to_owned()));
    }
    message.body = b"{\"web_push\":8030}".as_slice().into();
    message
}

#[tokio::test]
async fn a_message_is_sealed_and_signed_and_its_signature_comes_back_to_no_plugin() {
    let origin = push_service().await;
    let door = door(&[&origin], true, &[("vapid", vapid())]);
    let Answer::Reply(reply) = send(&door, &message(&origin), soon(), &room()).await else { panic!("no reply") };
    assert_eq!(reply.status, 201);
    let told: Value = serde_json::from_slice(&reply.body).unwrap();
    assert!(told["authorization"].as_str().unwrap().starts_with("vapid t=[concealed], k=B"), "{told}");
    assert_eq!((&told["encoding"], &told["ttl"]), (&json!("aes128gcm"), &json!("15")));
    assert_eq!((&told["reader"], &told["secret"]), (&Value::Null, &Value::Null));
    assert_eq!((&told["bytes"], &told["in_clear"]), (&json!(359), &json!(false)));
}

#[tokio::test]
async fn what_cannot_be_sealed_never_leaves() {
    let origin = push_service().await;
    let door = door(&[&origin], true, &[("vapid", vapid())]);
    let mut for_nobody = message(&origin);
    for_nobody.headers.retain(|(name, _)| name != "web-push-auth");
    let answer = send(&door, &for_nobody, soon(), &room()).await;
    assert!(matches!(&answer, Answer::Unsent(why) if why.contains("`web-push-auth`")), "{answer:?}");
    assert!(!answer.tells_of_vendor());
}

#[tokio::test]
async fn only_a_granted_push_service_may_be_registered() {
    let said = |origin: &str| {
        let keys = json!({
            "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "auth": "BTBZMqHH6r4Tts7J_aSIgg",
        });
        json!({ "endpoint": format!("{origin}/send/1"), "keys": keys }).to_string()
    };
    let outside = door(&["https://push.example.net", "http://push.example.net"], false, &[]);
    let refusal = |origin: &str| outside.read_subscription(&said(origin)).err();
    assert_eq!(refusal("https://push.example.net"), None);
    assert_eq!(refusal("https://push.example.net:8443"), Some(NoSubscription::NotGranted));
    assert_eq!(refusal("https://other.example.net"), Some(NoSubscription::NotGranted));
    assert_eq!(refusal("http://push.example.net"), Some(NoSubscription::Endpoint));
    let by_number = door(&["https://127.0.0.1"], false, &[]);
    let refused = by_number.read_subscription(&said("https://127.0.0.1")).err();
    assert_eq!(refused, Some(NoSubscription::NotGranted), "the operator's own network is not granted");
    let inside = door(&["http://127.0.0.1:8080"], true, &[]);
    assert!(inside.read_subscription(&said("http://127.0.0.1:8080")).is_ok());
}

#[tokio::test]
async fn push_services_do_not_share_a_lane() {
    let (one, other) = (push_service().await, push_service().await);
    let door = door(&[&one, &other], true, &[("vapid", vapid())]);
    let lane = |origin: &str| door.lane_to("vapid", &origin.parse().unwrap()).unwrap();
    assert!(!std::ptr::eq(lane(&one), lane(&other)));
    for origin in [&one, &other] {
        let answer = send(&door, &message(origin), soon(), &room()).await;
        assert!(matches!(&answer, Answer::Reply(reply) if reply.status == 201), "{answer:?}");
    }
}

#[tokio::test]
async fn before_the_key_is_known_nothing_leaves_and_a_wrong_contact_opens_no_door() {
    let origin = push_service().await;
    let open = |contact: &str| {
        let permits =
            Permits { plugin: "x".to_owned(), origins: [origin.parse().unwrap()].into(), private_addresses: true };
        let config = CredentialConfig::WebPush { contact: contact.to_owned(), hosts: Vec::new() };
        let (clock, trust) = (Clock::manual(Moment::from_secs(1_800_000_000)), Trust::public().unwrap());
        Egress::new(permits, &[("vapid".to_owned(), config)].into(), clock, &trust, &InstallationKey::default())
    };
    let answer = send(&open("mailto:calls@care-home.org").unwrap(), &message(&origin), soon(), &room()).await;
    assert!(matches!(&answer, Answer::Unsent(why) if why.contains("not read yet")), "{answer:?}");
    let refused = open("mailto:calls@localhost").err().unwrap().to_string();
    assert_eq!(refused, "`plugins.x.credentials.vapid.contact` is unusable");
}
