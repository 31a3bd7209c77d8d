//! Telling an emulator to fail.
//!
//! Tests queue a [`Fault`] for the next request, for a key (a push address, an
//! operation), or for good. FCM and APNs still find a request's own mistakes
//! first; ElevenLabs, told to fail without taking the request in, checks only its key.

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::sync::Mutex;

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::StatusCode;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::hold;

/// One way to fail a request.
#[derive(Clone, Debug)]
pub struct Fault {
    taken: bool,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: String },
    Cut,
    BreakOff,
    Hang,
}

impl Fault {
    /// Refuses with this status and JSON body.
    pub fn answer(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json; charset=UTF-8".to_owned())];
        Self { taken: false, way: Way::Answer { status, headers, body: body.to_string() } }
    }

    /// Refuses with a page of HTML, as vendors' front ends do in an outage.
    pub fn html(status: u16) -> Self {
        let headers = vec![("content-type", "text/html".to_owned())];
        let body = "<html><body><h1>Error</h1></body></html>".to_owned();
        Self { taken: false, way: Way::Answer { status, headers, body } }
    }

    /// Drops the connection before anything was taken in.
    pub fn cut() -> Self {
        Self { taken: false, way: Way::Cut }
    }

    /// Takes the request in, with all its effects, and drops the connection instead of answering.
    pub fn taken_then_cut() -> Self {
        Self { taken: true, way: Way::Cut }
    }

    /// Takes nothing in and breaks off the answer. Other requests on the connection go on.
    pub fn broken_off() -> Self {
        Self { taken: false, way: Way::BreakOff }
    }

    /// Takes the request in, with all its effects, and breaks off the answer. Other requests on the connection go on.
    pub fn taken_then_broken_off() -> Self {
        Self { taken: true, way: Way::BreakOff }
    }

    /// Never answers, and takes nothing in.
    pub fn hang() -> Self {
        Self { taken: false, way: Way::Hang }
    }

    /// Takes the request in, with all its effects, and never answers.
    pub fn taken_then_hang() -> Self {
        Self { taken: true, way: Way::Hang }
    }

    /// Adds a `Retry-After` header (seconds, or an HTTP date).
    #[must_use]
    pub fn retry_after(self, value: impl Into<String>) -> Self {
        self.header("retry-after", value)
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Way::Answer { headers, .. } = &mut self.way {
            headers.push((name, value.into()));
        }
        self
    }

    pub(crate) fn is_taken(&self) -> bool {
        self.taken
    }

    /// Fails the request on its connection.
    pub(crate) async fn perform(self, connection: &Cut) -> Response {
        match self.way {
            Way::Answer { status, headers, body } => {
                let mut response = Response::new(Body::from(body));
                *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                for (name, value) in headers {
                    if let Ok(value) = value.parse() {
                        response.headers_mut().append(name, value);
                    }
                }
                response
            }
            Way::Cut => {
                connection.0.cancel();
                pending().await
            }
            Way::BreakOff => {
                let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("broken off")) });
                Response::new(Body::from_stream(broken))
            }
            Way::Hang => pending().await,
        }
    }
}

/// Ends the connection that a request came on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cut(pub(crate) CancellationToken);

/// The faults that one emulator was told.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    next: VecDeque<(Option<String>, Fault)>,
    always: HashMap<Option<String>, Fault>,
}

impl Faults {
    /// Fails the next request; calls queue up.
    pub fn next(&self, fault: Fault) {
        hold(&self.0).next.push_back((None, fault));
    }

    /// Fails the next request that concerns `key`.
    pub fn next_for(&self, key: impl Into<String>, fault: Fault) {
        hold(&self.0).next.push_back((Some(key.into()), fault));
    }

    /// Fails every request until [`Faults::clear`].
    pub fn always(&self, fault: Fault) {
        hold(&self.0).always.insert(None, fault);
    }

    /// Fails every request that concerns `key` until [`Faults::clear`].
    pub fn always_for(&self, key: impl Into<String>, fault: Fault) {
        hold(&self.0).always.insert(Some(key.into()), fault);
    }

    /// Mends everything.
    pub fn clear(&self) {
        *hold(&self.0) = Told::default();
    }

    pub(crate) fn take(&self, key: &str) -> Option<Fault> {
        let mut told = hold(&self.0);
        let mine = |wanted: &Option<String>| wanted.as_deref().is_none_or(|wanted| wanted == key);
        if let Some(at) = told.next.iter().position(|(wanted, _)| mine(wanted)) {
            return told.next.remove(at).map(|(_, fault)| fault);
        }
        told.always.get(&Some(key.to_owned())).or_else(|| told.always.get(&None)).cloned()
    }
}
