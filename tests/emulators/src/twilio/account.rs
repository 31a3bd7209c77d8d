//! What an account shows of itself: its state, its numbers, its messaging services.
//! www.twilio.com/docs/iam/api/account and www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, Query, State as Held};
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use serde_json::{Value, json};

use super::{ACCOUNT_SID, FROM, Twilio, refused};
use crate::hold;

/// What stands in the console.
#[derive(Clone, Debug)]
pub struct Account {
    /// `active`, `suspended` or `closed`.
    pub status: &'static str,
    /// `Full` or `Trial`.
    pub kind: &'static str,
    /// The numbers, in E.164, and whether each can send text messages.
    pub numbers: Vec<(String, bool)>,
    /// The SIDs of the messaging services.
    pub services: Vec<String>,
    /// Whether it is asked with a standard API key, which is shown no account.
    pub is_hidden: bool,
}

impl Default for Account {
    fn default() -> Self {
        let numbers = vec![(FROM.to_owned(), true)];
        Self { status: "active", kind: "Full", numbers, services: Vec::new(), is_hidden: false }
    }
}

/// Why a request is refused, whatever it asks for: the credential, or an account that is not this one.
fn barred(twilio: &Twilio, headers: &HeaderMap, account: &str) -> Option<Response> {
    if !twilio.is_account(headers) {
        return Some(refused(401, 20_003, "Authenticate"));
    }
    (account != ACCOUNT_SID).then(|| refused(404, 20_404, "The requested resource was not found"))
}

/// `GET /2010-04-01/Accounts/{Sid}.json`
pub(super) async fn show(Held(twilio): Held<Twilio>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let account = file.strip_suffix(".json").unwrap_or_default();
    if let Some(refused) = barred(&twilio, &headers, account) {
        return refused;
    }
    let Account { status, kind, is_hidden, .. } = hold(&twilio.0.account).clone();
    if is_hidden {
        return refused(401, 20_003, "Authenticate");
    }
    Json(json!({
        "sid": ACCOUNT_SID, "owner_account_sid": ACCOUNT_SID, "friendly_name": "Emulated account", "status": status,
        "type": kind, "uri": format!("/2010-04-01/Accounts/{ACCOUNT_SID}.json"),
    }))
    .into_response()
}

/// `GET /2010-04-01/Accounts/{Sid}/IncomingPhoneNumbers.json`. The filter finds numbers of which it is a part.
pub(super) async fn numbers(
    Held(twilio): Held<Twilio>,
    Path(account): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    if let Some(refused) = barred(&twilio, &headers, &account) {
        return refused;
    }
    if query.keys().any(|name| !matches!(name.as_str(), "PhoneNumber" | "PageSize")) {
        twilio.unexpected("a list of numbers with a parameter that is not known");
        return refused(400, 20_001, "Unknown parameter");
    }
    let wanted = query.get("PhoneNumber").map(String::as_str).unwrap_or_default();
    let known = hold(&twilio.0.account).numbers.clone();
    let found: Vec<Value> = known
        .iter()
        .filter(|(number, _)| number.contains(wanted))
        .map(|(number, sms)| {
            json!({
                "account_sid": ACCOUNT_SID, "phone_number": number, "friendly_name": number, "status": "in-use",
                "capabilities": { "voice": true, "sms": sms, "mms": false, "fax": false }, "origin": "twilio",
            })
        })
        .collect();
    Json(json!({ "incoming_phone_numbers": found, "page": 0, "page_size": 50, "next_page_uri": null })).into_response()
}

/// `GET /v1/Services/{Sid}`
pub(super) async fn service(Held(twilio): Held<Twilio>, Path(sid): Path<String>, headers: HeaderMap) -> Response {
    if let Some(refused) = barred(&twilio, &headers, ACCOUNT_SID) {
        return refused;
    }
    if !hold(&twilio.0.account).services.contains(&sid) {
        return refused(404, 20_404, "The requested resource was not found");
    }
    Json(json!({ "sid": sid, "account_sid": ACCOUNT_SID, "friendly_name": "Emulated service" })).into_response()
}
