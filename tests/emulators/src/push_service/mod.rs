//! A push service of browsers (RFC 8030), on one port. It answers as Mozilla's does.
//!
//! The `web-push` plugin's messages arrive here through the host's egress, sealed and signed. An emulated browser
//! subscribes to the host's key; what comes for it is opened with its own, and rings it.

mod headers;
pub(crate) mod opening;
mod refusal;
mod vapid;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State as Held};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{head, post};
use axum::{Extension, RequestExt as _, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use rsa::rand_core::OsRng;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fault::{Cut, Fault, Faults};
use crate::hold;
use crate::pace::Pace;
use crate::phone::{Doorbell, Push};
use crate::port::{self, BODY_LIMIT, Wire};
use crate::witness::Witness;

use headers::Headers;
pub use refusal::Refusal;

/// The longest body that is taken (RFC 8030, 7.2).
const BODY_MAX_BYTES: usize = 4_096;

/// The emulator of a push service.
#[derive(Clone)]
pub struct PushService(Arc<State>);

struct State {
    pace: Pace,
    witness: Witness,
    url: String,
    /// By the last part of the endpoint.
    subscriptions: Mutex<HashMap<String, Subscription>>,
    sent: Mutex<Vec<Sent>>,
    faults: Faults,
}

/// One browser, which only it can read for.
#[derive(Clone)]
struct Subscription {
    /// Whose messages it takes: a public key, as in `k`.
    server_key: String,
    reader: SecretKey,
    auth: [u8; 16],
    doorbell: Doorbell,
    is_gone: bool,
}

/// One message that was taken.
#[derive(Clone, Debug)]
pub struct Sent {
    /// When it came, ms.
    pub at_ms: i64,
    /// Where it was sent.
    pub endpoint: String,
    /// `TTL`, in seconds.
    pub ttl_s: i64,
    /// `Urgency`; `normal` when nothing is said.
    pub urgency: String,
    /// `Topic`.
    pub topic: Option<String>,
    /// How long the sealed body was, in bytes.
    pub body_bytes: usize,
    /// What the browser read in it.
    pub payload: Value,
}

impl PushService {
    pub(crate) async fn start(pace: &Pace, witness: &Witness) -> std::io::Result<Self> {
        let (listener, url) = port::bind().await?;
        let service = Self(Arc::new(State {
            pace: pace.clone(),
            witness: witness.clone(),
            url,
            subscriptions: Mutex::default(),
            sent: Mutex::default(),
            faults: Faults::default(),
        }));
        let router = Router::new()
            .route("/", head(nothing_is_here))
            .route("/send/{id}", post(send))
            .fallback(unknown)
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(service.clone());
        port::serve(pace, witness, listener, router, Wire::Either);
        Ok(service)
    }

    /// Its origin, in place of `https://updates.push.services.mozilla.com`.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// Every message that was taken, oldest first.
    pub fn sent(&self) -> Vec<Sent> {
        hold(&self.0.sent).clone()
    }

    /// Failures; the key is the endpoint. See also [`Refusal`].
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// A browser that gets its messages and does nothing subscribes to this public key. Gives the subscription, as
    /// `JSON.stringify` writes it.
    pub fn subscribe(&self, server_key: &str) -> String {
        self.subscribe_with(server_key, Arc::new(|_push| ()))
    }

    /// The same, for a browser that is told of each message.
    pub(crate) fn subscribe_with(&self, server_key: &str, doorbell: Doorbell) -> String {
        let (reader, auth) = (SecretKey::random(&mut OsRng), Uuid::new_v4().into_bytes());
        let id = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let point = reader.public_key().to_encoded_point(false);
        let subscription = json!({
            "endpoint": self.endpoint(&id), "expirationTime": null,
            "keys": { "p256dh": URL_SAFE_NO_PAD.encode(point.as_bytes()), "auth": URL_SAFE_NO_PAD.encode(auth) },
        });
        let kept = Subscription { server_key: server_key.to_owned(), reader, auth, doorbell, is_gone: false };
        hold(&self.0.subscriptions).insert(id, kept);
        subscription.to_string()
    }

    /// The browser takes this subscription back: from now on it is 410.
    pub fn unsubscribe(&self, subscription: &str) {
        let endpoint = endpoint_of(subscription);
        let id = endpoint.rsplit('/').next().unwrap_or_default();
        if let Some(kept) = hold(&self.0.subscriptions).get_mut(id) {
            kept.is_gone = true;
        }
    }

    fn endpoint(&self, id: &str) -> String {
        format!("{}/send/{id}", self.0.url)
    }

    /// Checks a message as push services do, and finds who reads it.
    fn check(&self, id: &str, headers: &HeaderMap, body: &[u8]) -> Result<(Headers, Subscription), Refusal> {
        let read = Headers::read(headers)?;
        let key = vapid::check(headers, &self.0.url, self.0.pace.now_s()).map_err(Refusal::BadSignature)?;
        let kept = hold(&self.0.subscriptions).get(id).cloned();
        let subscription = kept.ok_or(Refusal::NotFound)?;
        if subscription.is_gone {
            return Err(Refusal::Gone);
        }
        if subscription.server_key != key {
            return Err(Refusal::OtherKey);
        }
        if body.len() > BODY_MAX_BYTES {
            return Err(Refusal::TooLarge);
        }
        Ok((read, subscription))
    }

    /// Hands a message to its browser. Whether that can open it, a push service never learns.
    fn deliver(&self, id: &str, headers: &Headers, subscription: &Subscription, body: &[u8]) -> String {
        let now = self.0.pace.now_ms();
        let location = format!("{}/m/{}", self.0.url, Uuid::new_v4().simple());
        let opened = opening::open(body, &subscription.reader, &subscription.auth)
            .and_then(|text| serde_json::from_slice::<Value>(&text).map_err(|_| "a message is no JSON"));
        match opened {
            Ok(payload) => {
                hold(&self.0.sent).push(Sent {
                    at_ms: now,
                    endpoint: self.endpoint(id),
                    ttl_s: headers.ttl_s,
                    urgency: headers.urgency.clone(),
                    topic: headers.topic.clone(),
                    body_bytes: body.len(),
                    payload: payload.clone(),
                });
                (subscription.doorbell)(Push {
                    id: location.clone(),
                    at_ms: now,
                    // A time to live of 0 is "now or never": what is delivered at all is not stale.
                    expires_at_ms: if headers.ttl_s == 0 { i64::MAX } else { now + headers.ttl_s * 1_000 },
                    kept_while_offline: headers.ttl_s > 0,
                    collapse_key: headers.topic.clone(),
                    payload,
                });
            }
            Err(why) => self.0.witness.unexpected(format!("browser: {why}")),
        }
        self.0.pace.tell();
        location
    }
}

/// The endpoint of a subscription that [`PushService::subscribe`] gave.
pub fn endpoint_of(subscription: &str) -> String {
    let subscription: Value = serde_json::from_str(subscription).unwrap_or_default();
    subscription["endpoint"].as_str().unwrap_or_default().to_owned()
}

async fn send(
    Held(service): Held<PushService>,
    Path(id): Path<String>,
    Extension(cut): Extension<Cut>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    let Ok(body) = request.extract::<Bytes, _>().await else {
        return Refusal::TooLarge.respond();
    };
    let (headers, subscription) = match service.check(&id, &headers, &body) {
        Ok(checked) => checked,
        Err(refusal) => {
            if refusal.is_senders_fault() {
                service.0.witness.unexpected(format!("push service: {refusal}"));
            }
            return refusal.respond();
        }
    };
    match service.0.faults.take(&service.endpoint(&id)) {
        Some(fault) if !fault.is_taken() => fault.perform(&cut).await,
        fault => {
            let location = service.deliver(&id, &headers, &subscription, &body);
            if let Some(fault) = fault {
                return fault.perform(&cut).await;
            }
            (StatusCode::CREATED, [("location", location), ("ttl", headers.ttl_s.to_string())]).into_response()
        }
    }
}

/// A client that has a connection stand before it has something to send asks for this, as it may of any web server.
async fn nothing_is_here() -> Response {
    Refusal::NotFound.respond()
}

async fn unknown(Held(service): Held<PushService>, request: Request) -> Response {
    service.0.witness.unexpected(format!("push service: {} to a path that does not exist", request.method()));
    Refusal::NotFound.respond()
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal.body() {
            Ok(json) => Self::answer(refusal.status(), &json),
            Err(text) => Self::text(refusal.status(), text),
        }
    }
}
