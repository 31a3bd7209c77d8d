//! A vendor of nobody in particular: it answers as it is told, and rings a phone.
//!
//! For plugins whose vendor has no emulator: the development harness sends their requests here. It checks nothing, since
//! it knows nothing; a push that names a phone's address rings that phone, with the ring id that the push carries.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, Uri};
use serde_json::Value;
use uuid::Uuid;

use crate::hold;
use crate::pace::Pace;
use crate::phone::Phone;
use crate::port::{self, BODY_LIMIT, Wire};
use crate::witness::Witness;

/// What is answered to requests that fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// `POST`, `GET` and so on.
    pub method: String,
    /// The path; a `*` stands for any text.
    pub path: String,
    /// HTTP's status.
    pub status: u16,
    /// The body; JSON where it looks like it.
    pub body: String,
}

impl Reply {
    fn fits(&self, method: &str, path: &str) -> bool {
        self.method == method && fits(&self.path, path)
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((head, rest)) => path.strip_prefix(head).is_some_and(|tail| {
            tail.char_indices().map(|(at, _)| at).chain([tail.len()]).any(|at| fits(rest, &tail[at..]))
        }),
    }
}

/// The emulator.
#[derive(Clone)]
pub struct Relay(Arc<Shared>);

struct Shared {
    url: String,
    replies: Mutex<Vec<Reply>>,
    phones: Mutex<Vec<(String, Phone)>>,
}

impl Relay {
    pub(crate) async fn start(pace: &Pace, witness: &Witness) -> std::io::Result<Self> {
        let (listener, url) = port::bind().await?;
        let relay = Self(Arc::new(Shared { url, replies: Mutex::default(), phones: Mutex::default() }));
        let router = Router::new().fallback(answer).with_state(relay.clone());
        port::serve(pace, witness, listener, router, Wire::Either);
        Ok(relay)
    }

    /// Its base URL.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// What it answers from now on; the first that fits counts, and for the rest it has a 404.
    pub fn answer_with(&self, replies: Vec<Reply>) {
        *hold(&self.0.replies) = replies;
    }

    /// A push that names `address` rings this phone from now on.
    pub fn wakes(&self, address: &str, phone: &Phone) {
        hold(&self.0.phones).push((address.to_owned(), phone.clone()));
    }

    fn reply(&self, method: &str, path: &str) -> Option<Reply> {
        hold(&self.0.replies).iter().find(|reply| reply.fits(method, path)).cloned()
    }

    fn called(&self, uri: &Uri, body: &str) -> Option<Phone> {
        let phones = hold(&self.0.phones);
        let named = |address: &str| uri.to_string().contains(address) || body.contains(address);
        phones.iter().find(|(address, _)| named(address)).map(|(_, phone)| phone.clone())
    }
}

async fn answer(State(relay): State<Relay>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_LIMIT).await.unwrap_or_else(|_| Bytes::new());
    let Some(reply) = relay.reply(parts.method.as_str(), parts.uri.path()) else {
        let said = format!("no reply is described for {} {}", parts.method, parts.uri.path());
        return (StatusCode::NOT_FOUND, said).into_response();
    };
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = String::from_utf8_lossy(&body);
    if status.is_success()
        && let Some(phone) = relay.called(&parts.uri, &body)
        && let Some(id) = serde_json::from_str(&body).ok().and_then(|body| ring_id(&body))
    {
        phone.rung_with(&id);
    }
    let kind = if serde_json::from_str::<Value>(&reply.body).is_ok() { "application/json" } else { "text/plain" };
    (status, [("content-type", kind)], reply.body).into_response()
}

/// The ring id that a push carries, whatever it is called: a UUID under a key that speaks of a ring or a session,
/// otherwise the first UUID.
fn ring_id(push: &Value) -> Option<String> {
    let mut found = Vec::new();
    collect("", push, &mut found);
    let named = |key: &str| ["ring", "session"].iter().any(|word| key.to_ascii_lowercase().contains(word));
    found.iter().find(|(key, _)| named(key)).or_else(|| found.first()).map(|(_, id)| id.clone())
}

fn collect(key: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if Uuid::try_parse(text).is_ok() => found.push((key.to_owned(), text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect(key, item, found)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| collect(key, value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, path, expected) in [
            ("/push", "/push", true),
            ("/push/*", "/push/a/b", true),
            ("/v1/*/calls", "/v1/7/calls", true),
            ("/v1/*/calls", "/v1/7/call", false),
            ("/push", "/push/1", false),
        ] {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn the_ring_id_is_found_whatever_it_is_called() {
        let (ring, call) = ("0192a000-0000-7000-8000-000000000001", "0192a000-0000-7000-8000-000000000002");
        let push = serde_json::json!({"call_id": call, "data": [{"ringId": ring}]});
        assert_eq!(ring_id(&push).as_deref(), Some(ring));
        assert_eq!(ring_id(&serde_json::json!({"message": call})).as_deref(), Some(call));
        assert_eq!(ring_id(&serde_json::json!({"message": "hello"})), None);
    }
}
