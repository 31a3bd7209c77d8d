//! Twilio: text messages, Lookup, and what an account shows of itself, on one port.
//!
//! The `twilio` plugin's requests arrive here through the host's egress. A message is checked as Twilio checks it, goes to an
//! emulated telephone, and what becomes of it is posted to where the message says, signed. What Twilio would let pass and a
//! correct host never does, a second message of the same words above all, is noted as unexpected.

mod account;
mod callback;
mod request;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State as Held};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, RequestExt as _, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

pub use account::Account;
pub use callback::{Post, sign};
use request::Message;

use crate::fault::{Cut, Fault, Faults};
use crate::hold;
use crate::pace::Pace;
use crate::port::{self, BODY_LIMIT, Wire};
use crate::witness::Witness;

const ACCOUNT_SID: &str = "AC0f1e2d3c4b5a69788796a5b4c3d2e1f0";
/// The number that sends: one of those that stand in films.
const FROM: &str = "+12025550100";

/// The emulator.
#[derive(Clone)]
pub struct Twilio(Arc<State>);

struct State {
    pace: Pace,
    witness: Witness,
    url: String,
    auth_token: String,
    http: reqwest::Client,
    handsets: Mutex<HashMap<String, Handset>>,
    lines: Mutex<HashMap<String, Value>>,
    sent: Mutex<Vec<Sent>>,
    posts: Mutex<Vec<Post>>,
    looked_up: Mutex<Vec<String>>,
    account: Mutex<Account>,
    faults: Faults,
}

/// What happens to messages to a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Handset {
    /// They are delivered.
    #[default]
    Mobile,
    /// Its network never says whether they were.
    Silent,
    /// They are refused at once, with this code.
    Refused(u32),
    /// They are taken and not delivered, with this code.
    Undelivered(u32),
}

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When it came, ms.
    pub at_ms: i64,
    /// `SM…`.
    pub sid: String,
    /// `To`.
    pub to: String,
    /// `Body`.
    pub body: String,
    /// `StatusCallback`.
    pub callback: Option<String>,
    /// `ValidityPeriod`, in seconds.
    pub validity_s: Option<u32>,
}

impl Twilio {
    pub(crate) async fn start(pace: &Pace, witness: &Witness) -> Result<Self, crate::StartError> {
        let (listener, url) = port::bind().await?;
        let twilio = Self(Arc::new(State {
            pace: pace.clone(),
            witness: witness.clone(),
            url,
            auth_token: Uuid::new_v4().simple().to_string(),
            http: crate::loopback_client()?,
            handsets: Mutex::default(),
            lines: Mutex::default(),
            sent: Mutex::default(),
            posts: Mutex::default(),
            looked_up: Mutex::default(),
            account: Mutex::default(),
            faults: Faults::default(),
        }));
        let router = Router::new()
            .route("/2010-04-01/Accounts/{account}/Messages.json", post(create))
            .route("/2010-04-01/Accounts/{account}", get(account::show))
            .route("/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json", get(account::numbers))
            .route("/v1/Services/{service}", get(account::service))
            .route("/v2/PhoneNumbers/{number}", get(look_up))
            .fallback(unknown)
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .with_state(twilio.clone());
        port::serve(pace, witness, listener, router, Wire::Either);
        Ok(twilio)
    }

    /// Its origin, in place of `https://api.twilio.com`, `https://lookups.twilio.com` and `https://messaging.twilio.com`.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The one account.
    pub fn account_sid(&self) -> &'static str {
        ACCOUNT_SID
    }

    /// Its auth token: the password of requests, and what callbacks are signed with.
    pub fn auth_token(&self) -> &str {
        &self.0.auth_token
    }

    /// The account's number, which sends.
    pub fn from_number(&self) -> &'static str {
        FROM
    }

    /// Changes what the account is, as its console does.
    pub fn console(&self, change: impl FnOnce(&mut Account)) {
        change(&mut hold(&self.0.account));
    }

    /// What happens to messages to a number (E.164) from now on.
    pub fn handset(&self, number: &str, handset: Handset) {
        hold(&self.0.handsets).insert(number.to_owned(), handset);
    }

    /// What Lookup says of a number: `line_type_intelligence.type`, or that it cannot be one with `invalid`.
    pub fn line_type(&self, number: &str, word: &str) {
        let line = json!({ "type": word, "carrier_name": "Emulated Networks", "error_code": null });
        let found = if word == "invalid" { Value::Null } else { line };
        hold(&self.0.lines).insert(number.to_owned(), found);
    }

    /// Every message that was taken, the oldest first.
    pub fn sent(&self) -> Vec<Sent> {
        hold(&self.0.sent).clone()
    }

    /// Every callback, with what was answered.
    pub fn posts(&self) -> Vec<Post> {
        hold(&self.0.posts).clone()
    }

    /// Every number that was looked up.
    pub fn looked_up(&self) -> Vec<String> {
        hold(&self.0.looked_up).clone()
    }

    /// Failures; the key is the number. See also [`refusal`].
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    fn is_account(&self, headers: &HeaderMap) -> bool {
        let pair = STANDARD.encode(format!("{ACCOUNT_SID}:{}", self.0.auth_token));
        headers.get(AUTHORIZATION).is_some_and(|value| value.as_bytes() == format!("Basic {pair}").as_bytes())
    }

    fn unexpected(&self, what: &str) {
        self.0.witness.unexpected(format!("twilio: {what}"));
    }

    /// Takes a message in, and lets its fate begin. Gives what is answered.
    fn take(&self, message: &Message) -> Value {
        let sid = format!("SM{}", Uuid::new_v4().simple());
        let sent = Sent {
            at_ms: self.0.pace.now_ms(),
            sid: sid.clone(),
            to: message.to.clone(),
            body: message.body.clone(),
            callback: message.callback.clone(),
            validity_s: message.validity_s,
        };
        let is_second = hold(&self.0.sent).iter().any(|known| known.to == sent.to && known.body == sent.body);
        if is_second {
            self.unexpected("the same words to the same number twice");
        }
        hold(&self.0.sent).push(sent.clone());
        let handset = hold(&self.0.handsets).get(&sent.to).copied().unwrap_or_default();
        callback::follow(self, &sent, handset);
        self.0.pace.tell();
        json!({
            "account_sid": ACCOUNT_SID, "api_version": "2010-04-01", "body": sent.body, "direction": "outbound-api",
            "error_code": null, "error_message": null, "from": FROM, "messaging_service_sid": null,
            "num_media": "0", "num_segments": "1", "price": null, "price_unit": "USD", "sid": sid,
            "status": "queued", "to": sent.to,
        })
    }
}

/// An error as Twilio answers it. Its sentence repeats what it was sent, as Twilio's do.
pub fn refusal(status: u16, code: u32, about: &str) -> Fault {
    Fault::answer(status, &error(status, code, about))
}

fn error(status: u16, code: u32, about: &str) -> Value {
    json!({
        "code": code, "message": format!("Refused: {about}"), "status": status,
        "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
    })
}

fn refused(status: u16, code: u32, about: &str) -> Response {
    let status_code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status_code, Json(error(status, code, about))).into_response()
}

/// `POST …/Messages.json`
async fn create(
    Held(twilio): Held<Twilio>,
    Path(account): Path<String>,
    Extension(cut): Extension<Cut>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    if !twilio.is_account(&headers) {
        return refused(401, 20_003, "Authenticate");
    }
    if account != ACCOUNT_SID {
        return refused(404, 20_404, "The requested resource was not found");
    }
    let is_form = headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "application/x-www-form-urlencoded");
    let Ok(body) = request.extract::<Bytes, _>().await else { return refused(400, 21_602, "no body") };
    if !is_form {
        twilio.unexpected("a message that is no form");
    }
    let message = match Message::read(&body, FROM) {
        Ok(message) => message,
        Err((code, why)) => {
            // A number that a person typed may be wrong; anything else a correct host never sends.
            if code != 21_211 {
                twilio.unexpected(why);
            }
            return refused(400, code, &String::from_utf8_lossy(&body));
        }
    };
    let handset = hold(&twilio.0.handsets).get(&message.to).copied().unwrap_or_default();
    if let Handset::Refused(code) = handset {
        return refused(if code == 20_429 { 429 } else { 400 }, code, &message.to);
    }
    match twilio.0.faults.take(&message.to) {
        Some(fault) if !fault.is_taken() => fault.perform(&cut).await,
        fault => {
            let answer = twilio.take(&message);
            if let Some(fault) = fault {
                return fault.perform(&cut).await;
            }
            (StatusCode::CREATED, Json(answer)).into_response()
        }
    }
}

/// `GET /v2/PhoneNumbers/{number}`
async fn look_up(
    Held(twilio): Held<Twilio>,
    Path(number): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    Extension(cut): Extension<Cut>,
    headers: HeaderMap,
) -> Response {
    if !twilio.is_account(&headers) {
        return refused(401, 20_003, "Authenticate");
    }
    let fields = query.get("Fields").map(String::as_str);
    if query.keys().any(|name| name != "Fields") || !matches!(fields, None | Some("line_type_intelligence")) {
        twilio.unexpected("a look-up with a parameter that is not known");
        return refused(400, 60_600, "Fields");
    }
    if let Some(fault) = twilio.0.faults.take(&number) {
        return fault.perform(&cut).await;
    }
    hold(&twilio.0.looked_up).push(number.clone());
    let default = json!({ "type": "mobile", "carrier_name": "Emulated Networks", "error_code": null });
    let line = hold(&twilio.0.lines).get(&number).cloned().unwrap_or(default);
    let is_valid = !line.is_null();
    Json(json!({
        "phone_number": number, "calling_country_code": null, "country_code": null, "national_format": number,
        "valid": is_valid, "validation_errors": if is_valid { Value::Null } else { json!(["INVALID_LENGTH"]) },
        "line_type_intelligence": if fields.is_some() { line } else { Value::Null },
        "url": format!("{}/v2/PhoneNumbers", twilio.0.url),
    }))
    .into_response()
}

async fn unknown(Held(twilio): Held<Twilio>, request: Request) -> Response {
    twilio.unexpected(&format!("{} to a path that does not exist", request.method()));
    refused(404, 20_404, "The requested resource was not found")
}
