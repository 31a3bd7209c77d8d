//! FCM HTTP v1 and Google's token endpoint on one port.
//!
//! The `fcm` plugin's requests arrive here through the host's egress. Emulated
//! Android phones ask for registration tokens; a good message rings them.

mod message;
mod oauth;
mod refusal;

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State as Held};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Extension, Json, RequestExt as _, Router};
use http::{HeaderMap, StatusCode, Version};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fault::{Cut, Fault, Faults};
use crate::hold;
use crate::keys::{KeyError, RsaPair};
use crate::pace::Pace;
use crate::phone::{Doorbell, Push};
use crate::port::{self, BODY_LIMIT, Wire};
use crate::witness::Witness;

pub use message::Message;
pub use refusal::Refusal;

/// Another Firebase project of the same operator: the service account may send there, and no phone is registered there.
pub const ANOTHER_PROJECT: &str = "callpanion-elsewhere";

/// The emulator of FCM.
#[derive(Clone)]
pub struct Fcm(pub(crate) Arc<State>);

pub(crate) struct State {
    pub(crate) pace: Pace,
    pub(crate) witness: Witness,
    pub(crate) url: String,
    pub(crate) account: Account,
    /// Access tokens given out, and when they end (ms).
    pub(crate) access: Mutex<HashMap<String, i64>>,
    pub(crate) token_faults: Faults,
    token_requests: Mutex<Vec<i64>>,
    connections: Arc<AtomicUsize>,
    registrations: Mutex<HashMap<String, Registration>>,
    sent: Mutex<Vec<Sent>>,
    faults: Faults,
}

/// The service account that the emulator made up.
pub(crate) struct Account {
    pub(crate) project_id: String,
    pub(crate) client_email: String,
    pub(crate) key_id: String,
    pub(crate) pair: RsaPair,
}

/// What a registration token stands for.
enum Registration {
    Live(Doorbell),
    Gone,
}

/// One message that FCM accepted.
#[derive(Clone, Debug)]
pub struct Sent {
    /// When it came, ms.
    pub at_ms: i64,
    /// The id answered to the sender.
    pub message_id: String,
    /// The registration token (or installation id) it was for.
    pub target: String,
    /// What was sent.
    pub message: Message,
    /// Only checked, not delivered.
    pub validate_only: bool,
    /// It came over HTTP/2.
    pub http2: bool,
}

impl Fcm {
    pub(crate) async fn start(pace: &Pace, witness: &Witness) -> Result<Self, crate::StartError> {
        let (listener, url) = port::bind().await?;
        let pair = tokio::task::spawn_blocking(RsaPair::of_this_process).await.map_err(io::Error::other)??;
        let account = Account {
            project_id: "callpanion-emulated".to_owned(),
            client_email: "sender@callpanion-emulated.iam.gserviceaccount.com".to_owned(),
            key_id: Uuid::new_v4().simple().to_string(),
            pair,
        };
        let fcm = Self(Arc::new(State {
            pace: pace.clone(),
            witness: witness.clone(),
            url,
            account,
            access: Mutex::default(),
            token_faults: Faults::default(),
            token_requests: Mutex::default(),
            connections: Arc::default(),
            registrations: Mutex::default(),
            sent: Mutex::default(),
            faults: Faults::default(),
        }));
        let router = Router::new()
            .route("/token", post(oauth::exchange))
            .route("/v1/projects/{project}/messages:send", post(send))
            .fallback(unknown)
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(fcm.clone());
        port::serve_counted(pace, witness, listener, router, Wire::Either, fcm.0.connections.clone());
        Ok(fcm)
    }

    /// Base URL, in place of `https://fcm.googleapis.com`.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The token endpoint, as written in the service account.
    pub fn token_url(&self) -> String {
        format!("{}/token", self.0.url)
    }

    /// The project that messages are sent in.
    pub fn project_id(&self) -> &str {
        &self.0.account.project_id
    }

    /// The service account file, as the Google console gives it out.
    pub fn service_account_json(&self) -> String {
        let account = &self.0.account;
        json!({
            "type": "service_account",
            "project_id": account.project_id,
            "private_key_id": account.key_id,
            "private_key": account.pair.private_pem,
            "client_email": account.client_email,
            "client_id": "100000000000000000001",
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": self.token_url(),
            "universe_domain": "googleapis.com",
        })
        .to_string()
    }

    /// Every accepted message, oldest first.
    pub fn sent(&self) -> Vec<Sent> {
        hold(&self.0.sent).clone()
    }

    /// When access tokens were asked for (ms), to see that they are cached.
    pub fn token_requests(&self) -> Vec<i64> {
        hold(&self.0.token_requests).clone()
    }

    /// How many connections were opened, for messages and for tokens.
    pub fn connections(&self) -> usize {
        self.0.connections.load(Ordering::SeqCst)
    }

    /// Failures of `messages:send`; the key is the registration token.
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// Failures of the token endpoint.
    pub fn token_faults(&self) -> &Faults {
        &self.0.token_faults
    }

    /// Ends every access token given out, as a revocation does: the next send is a 401.
    pub fn expire_access_tokens(&self) {
        hold(&self.0.access).values_mut().for_each(|ends| *ends = 0);
    }

    /// Registers a phone and returns its registration token.
    pub(crate) fn register(&self, doorbell: Doorbell) -> String {
        let (a, b) = (Uuid::new_v4().simple().to_string(), Uuid::new_v4().simple().to_string());
        let token = format!("{}:APA91b{a}{b}{}", &a[..22], Uuid::new_v4().simple());
        hold(&self.0.registrations).insert(token.clone(), Registration::Live(doorbell));
        token
    }

    /// The id of the installation that has this registration token, which is what stands before its colon. From now on
    /// its phone is reached by either.
    pub fn installation_id(&self, token: &str) -> String {
        let fid = token.split(':').next().unwrap_or(token).to_owned();
        let mut registrations = hold(&self.0.registrations);
        if let Some(Registration::Live(doorbell)) = registrations.get(token) {
            let doorbell = doorbell.clone();
            registrations.insert(fid.clone(), Registration::Live(doorbell));
        }
        fid
    }

    /// The registration token of a phone that gets its pushes and does nothing: for tests of numbers, not of phones.
    pub fn silent_phone(&self) -> String {
        self.register(Arc::new(|_push| ()))
    }

    /// Makes a registration token `UNREGISTERED`, as an uninstalled app does.
    pub fn unregister(&self, token: &str) {
        let mut registrations = hold(&self.0.registrations);
        if let Some(installation) = token.split(':').next().and_then(|fid| registrations.get_mut(fid)) {
            *installation = Registration::Gone;
        }
        registrations.insert(token.to_owned(), Registration::Gone);
    }

    pub(crate) fn note_token_request(&self) {
        hold(&self.0.token_requests).push(self.0.pace.now_ms());
    }

    fn authorised(&self, headers: &HeaderMap) -> bool {
        let bearer = headers.get("authorization").and_then(|value| value.to_str().ok());
        let Some(token) = bearer.and_then(|value| value.strip_prefix("Bearer ")) else {
            self.0.witness.unexpected("fcm: a message without a bearer token");
            return false;
        };
        let ends = hold(&self.0.access).get(token).copied();
        if ends.is_none() {
            self.0.witness.unexpected("fcm: a bearer token that was never given out");
        }
        ends.is_some_and(|ends| ends > self.0.pace.now_ms())
    }

    fn deliver(&self, message: Message, validate_only: bool, http2: bool) -> Result<String, Refusal> {
        let now = self.0.pace.now_ms();
        let doorbell = match hold(&self.0.registrations).get(&message.target) {
            Some(Registration::Live(doorbell)) => doorbell.clone(),
            Some(Registration::Gone) | None => return Err(Refusal::Unregistered),
        };
        let id = if validate_only { "fake_message_id".to_owned() } else { format!("0:{}", Uuid::new_v4().simple()) };
        let name = format!("projects/{}/messages/{id}", self.0.account.project_id);
        let push = Push {
            id: name.clone(),
            at_ms: now,
            // A time to live of 0 is "now or never": what is delivered at all is not stale.
            expires_at_ms: if message.ttl_ms == 0 { i64::MAX } else { now + message.ttl_ms },
            kept_while_offline: message.ttl_ms > 0,
            collapse_key: message.collapse_key.clone(),
            payload: Value::Object(message.data.iter().map(|(key, value)| (key.clone(), json!(value))).collect()),
        };
        if let Some(why) = message.why_late() {
            self.0.witness.unexpected(format!("fcm: {why}"));
        }
        hold(&self.0.sent).push(Sent {
            at_ms: now,
            message_id: name.clone(),
            target: message.target.clone(),
            message,
            validate_only,
            http2,
        });
        if !validate_only {
            doorbell(push);
        }
        self.0.pace.tell();
        Ok(name)
    }
}

async fn send(
    Held(fcm): Held<Fcm>,
    Path(project): Path<String>,
    Extension(cut): Extension<Cut>,
    request: Request,
) -> Response {
    let answer = take(&fcm, &project, &cut, request).await;
    port::dated(&fcm.0.pace, answer)
}

async fn take(fcm: &Fcm, project: &str, cut: &Cut, request: Request) -> Response {
    let http2 = request.version() == Version::HTTP_2;
    let headers = request.headers().clone();
    let body = match request.extract::<Bytes, _>().await {
        Ok(body) => body,
        Err(rejection) => {
            let refusal = Refusal::field("message", "Request payload could not be read");
            // A connection that ended in the middle is nobody's fault, and nobody hears the answer.
            let too_long = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
            return if too_long { refuse(fcm, &refusal) } else { refusal.respond() };
        }
    };
    if !fcm.authorised(&headers) {
        return Refusal::Unauthenticated.respond();
    }
    if project != fcm.project_id() && project != ANOTHER_PROJECT {
        return refuse(fcm, &Refusal::UnknownProject);
    }
    if !headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
        return refuse(fcm, &Refusal::field("message", "Content-Type is not application/json"));
    }
    let (message, validate_only) = match message::read(&body) {
        Ok(read) => read,
        Err(refusal) => return refuse(fcm, &refusal),
    };
    if project == ANOTHER_PROJECT {
        return Refusal::SenderIdMismatch.respond();
    }
    let fault = fcm.0.faults.take(&message.target);
    match fault {
        Some(fault) if !fault.is_taken() => fault.perform(cut).await,
        fault => match (fcm.deliver(message, validate_only, http2), fault) {
            (Err(refusal), _) => refusal.respond(),
            (Ok(_), Some(fault)) => fault.perform(cut).await,
            (Ok(name), None) => Json(json!({ "name": name })).into_response(),
        },
    }
}

/// Refuses what no correct sender sends, and says so at the end of the test.
fn refuse(fcm: &Fcm, refusal: &Refusal) -> Response {
    fcm.0.witness.unexpected(format!("fcm: {refusal}"));
    refusal.respond()
}

async fn unknown(Held(fcm): Held<Fcm>, request: Request) -> Response {
    fcm.0.witness.unexpected(format!("fcm: {} {}", request.method(), request.uri().path()));
    (StatusCode::NOT_FOUND, "<html><title>Error 404 (Not Found)!!1</title></html>").into_response()
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Fault::answer(refusal.status(), &refusal.body())
    }
}

impl From<KeyError> for crate::StartError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}
