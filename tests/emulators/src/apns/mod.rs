//! APNs for VoIP pushes: two HTTP/2-only ports, production and sandbox.
//!
//! The `apns-voip` plugin's requests arrive here through the host's egress,
//! signed with the key that this emulator made. Emulated iPhones get a device
//! token of one environment; a good push rings them.

mod provider_token;
mod push;
mod spoilt;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State as Held};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use axum::{Extension, Json, RequestExt as _, Router};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fault::{Cut, Fault, Faults};
use crate::hold;
use crate::keys::EcPair;
use crate::pace::Pace;
use crate::phone::{Doorbell, Push};
use crate::port::{self, BODY_LIMIT, Wire};
use crate::witness::Witness;

use provider_token::ProviderTokens;
use push::Headers;
use spoilt::Spoilt;

/// The emulator of APNs.
#[derive(Clone)]
pub struct Apns(Arc<Shared>);

struct Shared {
    auth: Arc<Auth>,
    production: Gate,
    sandbox: Gate,
}

/// Whose pushes are taken.
pub(crate) struct Auth {
    pub(crate) team_id: String,
    pub(crate) key_id: String,
    pub(crate) bundle_id: String,
    pub(crate) pair: EcPair,
}

/// One of Apple's two worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Apps from the App Store or TestFlight.
    Production,
    /// Apps from a developer's machine.
    Sandbox,
}

impl Environment {
    /// The word used in push-address registrations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Sandbox => "sandbox",
        }
    }
}

/// One environment's port.
#[derive(Clone)]
struct Gate(Arc<GateState>);

struct GateState {
    pace: Pace,
    witness: Witness,
    environment: Environment,
    url: String,
    auth: Arc<Auth>,
    tokens: Mutex<ProviderTokens>,
    spoilt: Mutex<Spoilt>,
    devices: Mutex<HashMap<String, Device>>,
    sent: Mutex<Vec<Sent>>,
    faults: Faults,
}

enum Device {
    Live(Doorbell),
    /// Unregistered since this moment (ms).
    Gone(i64),
}

/// One push that APNs accepted.
#[derive(Clone, Debug)]
pub struct Sent {
    /// When it came, ms.
    pub at_ms: i64,
    /// Where it came.
    pub environment: Environment,
    /// Hexadecimal device token.
    pub device_token: String,
    /// The `apns-id`, as sent or as made here.
    pub apns_id: String,
    /// The `apns-expiration`, unix seconds; 0 is one attempt.
    pub expiration_s: i64,
    /// The body.
    pub payload: Value,
}

impl Apns {
    pub(crate) async fn start(pace: &Pace, witness: &Witness, bundle_id: &str) -> Result<Self, crate::StartError> {
        let auth = Arc::new(Auth {
            team_id: "EMUTEAM001".to_owned(),
            key_id: "EMUKEY0001".to_owned(),
            bundle_id: bundle_id.to_owned(),
            pair: EcPair::new()?,
        });
        Ok(Self(Arc::new(Shared {
            production: Gate::open(pace, witness, &auth, Environment::Production).await?,
            sandbox: Gate::open(pace, witness, &auth, Environment::Sandbox).await?,
            auth,
        })))
    }

    /// Base URL of an environment's port, in place of `https://api.push.apple.com`.
    pub fn url(&self, environment: Environment) -> &str {
        &self.gate(environment).0.url
    }

    /// The `.p8` file: PKCS#8 PEM of the P-256 key.
    pub fn auth_key_pem(&self) -> &str {
        &self.0.auth.pair.private_pem
    }

    /// Ten characters, the `iss` of provider tokens.
    pub fn team_id(&self) -> &str {
        &self.0.auth.team_id
    }

    /// Ten characters, the `kid` of provider tokens.
    pub fn key_id(&self) -> &str {
        &self.0.auth.key_id
    }

    /// The app's bundle id; the VoIP topic is this and `.voip`.
    pub fn bundle_id(&self) -> &str {
        &self.0.auth.bundle_id
    }

    /// Every accepted push of both environments, oldest first.
    pub fn sent(&self) -> Vec<Sent> {
        let mut sent = hold(&self.0.production.0.sent).clone();
        sent.extend(hold(&self.0.sandbox.0.sent).iter().cloned());
        sent.sort_by_key(|one| one.at_ms);
        sent
    }

    /// Failures of an environment; the key is the device token. See also [`refusal`].
    pub fn faults(&self, environment: Environment) -> &Faults {
        &self.gate(environment).0.faults
    }

    /// How many different provider tokens an environment has seen.
    pub fn provider_tokens_seen(&self, environment: Environment) -> usize {
        hold(&self.gate(environment).0.tokens).seen()
    }

    /// Refuses everything that still comes on the connections of an environment that stand now, for one of Apple's reasons.
    /// On new ones it is taken.
    pub fn spoil_connections(&self, environment: Environment, reason: &'static str) {
        hold(&self.gate(environment).0.spoilt).all_until(port::last_connection(), reason);
    }

    /// Makes a device token `Unregistered` as of now.
    pub fn unregister(&self, environment: Environment, device_token: &str) {
        let gate = &self.gate(environment).0;
        hold(&gate.devices).insert(device_token.to_owned(), Device::Gone(gate.pace.now_ms()));
    }

    /// Registers a phone and returns its device token.
    pub(crate) fn register(&self, environment: Environment, doorbell: Doorbell) -> String {
        let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        hold(&self.gate(environment).0.devices).insert(token.clone(), Device::Live(doorbell));
        token
    }

    fn gate(&self, environment: Environment) -> &Gate {
        match environment {
            Environment::Production => &self.0.production,
            Environment::Sandbox => &self.0.sandbox,
        }
    }
}

/// A refusal with one of Apple's reasons, for [`Apns::faults`]; the status follows from the reason.
pub fn refusal(reason: &str) -> Fault {
    Fault::answer(push::status_of(reason), &json!({ "reason": reason }))
}

/// A 410 with Apple's time stamp: since when (ms) the device token is known to be dead.
pub fn unregistered_since(reason: &str, timestamp_ms: i64) -> Fault {
    Fault::answer(410, &json!({ "reason": reason, "timestamp": timestamp_ms }))
}

impl Gate {
    async fn open(
        pace: &Pace,
        witness: &Witness,
        auth: &Arc<Auth>,
        environment: Environment,
    ) -> Result<Self, crate::StartError> {
        let (listener, url) = port::bind().await?;
        let gate = Self(Arc::new(GateState {
            pace: pace.clone(),
            witness: witness.clone(),
            environment,
            url,
            auth: auth.clone(),
            tokens: Mutex::default(),
            spoilt: Mutex::default(),
            devices: Mutex::default(),
            sent: Mutex::default(),
            faults: Faults::default(),
        }));
        let router = Router::new()
            .route("/3/device/{token}", any(take))
            .fallback(bad_path)
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(gate.clone());
        port::serve(pace, witness, listener, router, Wire::Http2Only);
        Ok(gate)
    }

    /// Checks the request in Apple's order: connection's authority first, then headers, token, payload.
    fn check(&self, headers: &HeaderMap, device: &str, body: &[u8]) -> Result<(Headers, Value), &'static str> {
        let state = &self.0;
        hold(&state.tokens).check(&state.auth, headers, state.pace.now_s())?;
        if device.is_empty() || !device.bytes().all(|b| b.is_ascii_hexdigit()) || !device.len().is_multiple_of(2) {
            return Err("BadPath");
        }
        let headers = Headers::read(headers, &state.auth.bundle_id, state.pace.now_s())?;
        let payload = push::read_payload(body)?;
        Ok((headers, payload))
    }

    fn deliver(&self, device: &str, headers: &Headers, apns_id: &str, payload: Value) -> Result<(), Box<Response>> {
        let state = &self.0;
        let now = state.pace.now_ms();
        let doorbell = match hold(&state.devices).get(&device.to_ascii_lowercase()) {
            Some(Device::Live(doorbell)) => doorbell.clone(),
            Some(Device::Gone(since)) => {
                return Err(Box::new(answer(apns_id, "Unregistered", json!({ "timestamp": since }))));
            }
            None => return Err(Box::new(answer(apns_id, "BadDeviceToken", json!({})))),
        };
        let push = Push {
            id: apns_id.to_owned(),
            at_ms: now,
            // 0 is one attempt now: what is delivered at all is not stale.
            expires_at_ms: if headers.expiration_s == 0 { i64::MAX } else { headers.expiration_s * 1000 },
            kept_while_offline: headers.expiration_s * 1000 > now,
            collapse_key: None,
            payload: payload.clone(),
        };
        hold(&state.sent).push(Sent {
            at_ms: now,
            environment: state.environment,
            device_token: device.to_owned(),
            apns_id: apns_id.to_owned(),
            expiration_s: headers.expiration_s,
            payload,
        });
        doorbell(push);
        state.pace.tell();
        Ok(())
    }
}

async fn take(
    Held(gate): Held<Gate>,
    Path(device): Path<String>,
    Extension(cut): Extension<Cut>,
    request: Request,
) -> Response {
    let answer = judge(&gate, &device, &cut, request).await;
    port::dated(&gate.0.pace, answer)
}

async fn judge(gate: &Gate, device: &str, cut: &Cut, request: Request) -> Response {
    let sent_id = push::apns_id(request.headers());
    let apns_id = sent_id.clone().unwrap_or_else(|| Uuid::new_v4().to_string());
    let refuse = |reason: &'static str| {
        gate.0.witness.unexpected(format!("apns: {reason}"));
        answer(&apns_id, reason, json!({}))
    };
    if request.method() != Method::POST {
        return refuse("MethodNotAllowed");
    }
    let spoilt = hold(&gate.0.spoilt).reason(cut.1);
    if let Some(reason) = spoilt {
        return answer(&apns_id, reason, json!({}));
    }
    let headers = request.headers().clone();
    let Ok(body) = request.extract::<Bytes, _>().await else {
        return refuse("PayloadTooLarge");
    };
    let (headers, payload) = match gate.check(&headers, device, &body) {
        Ok(checked) => checked,
        Err(reason) => {
            if reason == "TooManyProviderTokenUpdates" {
                hold(&gate.0.spoilt).one(cut.1, reason);
            }
            return refuse(reason);
        }
    };
    let fault = gate.0.faults.take(device);
    match fault {
        Some(fault) if !fault.is_taken() => fault.header("apns-id", apns_id).perform(cut).await,
        fault => match (gate.deliver(device, &headers, &apns_id, payload), fault) {
            (Err(refused), _) => *refused,
            (Ok(()), Some(fault)) => fault.perform(cut).await,
            (Ok(()), None) => [("apns-id", apns_id)].into_response(),
        },
    }
}

fn answer(apns_id: &str, reason: &str, more: Value) -> Response {
    let mut body = more;
    body["reason"] = json!(reason);
    let status = StatusCode::from_u16(push::status_of(reason)).unwrap_or(StatusCode::BAD_REQUEST);
    (status, [("apns-id", apns_id.to_owned())], Json(body)).into_response()
}

async fn bad_path(Held(gate): Held<Gate>, request: Request) -> Response {
    gate.0.witness.unexpected(format!("apns: {} to a path that does not exist", request.method()));
    answer(&Uuid::new_v4().to_string(), "BadPath", json!({}))
}
