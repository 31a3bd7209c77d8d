//! Telling an emulator to fail.
//!
//! Tests queue a [`Fault`] for the next request, for a key (a push address, an
//! operation), for a share of all requests, for those above a rate, or for good. FCM
//! and APNs still find a request's own mistakes first; ElevenLabs, told to fail
//! without taking the request in, checks only its key.

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::sync::Mutex;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::StatusCode;
use serde_json::Value;
use tokio::time::Instant;
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
    Drip,
    Flood,
}

/// What a flood of a reply is made of.
const FLOOD_PIECE: Bytes = Bytes::from_static(&[b'x'; 64 * 1024]);

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

    /// Refuses with plain text.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        let headers = vec![("content-type", "text/plain".to_owned())];
        Self { taken: false, way: Way::Answer { status, headers, body: body.into() } }
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

    /// Answers with this status and something that says it is JSON and is not.
    pub fn garbage(status: u16) -> Self {
        let headers = vec![("content-type", "application/json; charset=UTF-8".to_owned())];
        Self { taken: false, way: Way::Answer { status, headers, body: "{\"error\": {\"\u{0}\u{fffd}]".to_owned() } }
    }

    /// Sends the sender somewhere else, and takes nothing in.
    pub fn redirect(to: impl Into<String>) -> Self {
        let headers = vec![("location", to.into())];
        Self { taken: false, way: Way::Answer { status: 307, headers, body: String::new() } }
    }

    /// Begins a good answer at once, and lets one byte of it out each second.
    pub fn drip() -> Self {
        Self { taken: false, way: Way::Drip }
    }

    /// Gives a good answer that never ends, as fast as it is read.
    pub fn flood() -> Self {
        Self { taken: false, way: Way::Flood }
    }

    /// Takes the request in first, with all its effects.
    #[must_use]
    pub fn once_taken(self) -> Self {
        Self { taken: true, ..self }
    }

    /// Adds a `Retry-After` header (seconds, or an HTTP date).
    #[must_use]
    pub fn retry_after(self, value: impl Into<String>) -> Self {
        self.header("retry-after", value)
    }

    /// Dates the answer (RFC 9110, section 5.6.7) as a vendor does whose clock is not the emulators'.
    #[must_use]
    pub fn dated(self, value: impl Into<String>) -> Self {
        self.header("date", value)
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
            Way::Drip => {
                let byte = |()| async {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    Ok::<_, std::convert::Infallible>(Bytes::from_static(b" "))
                };
                Response::new(Body::from_stream(futures::stream::StreamExt::then(futures::stream::repeat(()), byte)))
            }
            Way::Flood => {
                let piece = || Ok::<_, std::convert::Infallible>(FLOOD_PIECE);
                Response::new(Body::from_stream(futures::stream::repeat_with(piece)))
            }
        }
    }
}

/// Ends the connection that a request came on, and says which one that is: its number.
#[derive(Clone, Debug)]
pub(crate) struct Cut(pub(crate) CancellationToken, pub(crate) u64);

/// The faults that one emulator was told.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    next: VecDeque<(Option<String>, Fault)>,
    always: HashMap<Option<String>, Fault>,
    chances: Option<Chances>,
    limit: Option<Limit>,
    hits: usize,
}

/// So many of a hundred requests fail in these ways, drawn from a seed.
#[derive(Debug)]
struct Chances {
    drawn: u64,
    ways: Vec<(u64, Fault)>,
}

impl Chances {
    fn draw(&mut self) -> Option<Fault> {
        self.drawn = self.drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut left = (self.drawn >> 33) % 100;
        for (percent, fault) in &self.ways {
            if left < *percent {
                return Some(fault.clone());
            }
            left -= percent;
        }
        None
    }
}

/// A bucket that fills at a rate and holds a second's worth; a request that finds it empty fails.
#[derive(Debug)]
struct Limit {
    a_second: f64,
    left: f64,
    filled_at: Instant,
    fault: Fault,
}

impl Limit {
    fn refuse(&mut self) -> Option<Fault> {
        let now = Instant::now();
        self.left = (self.left + now.duration_since(self.filled_at).as_secs_f64() * self.a_second).min(self.a_second);
        self.filled_at = now;
        if self.left < 1.0 {
            return Some(self.fault.clone());
        }
        self.left -= 1.0;
        None
    }
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

    /// Of a hundred requests, so many fail in each of these ways until [`Faults::clear`]. Which ones is drawn from a seed.
    pub fn by_chance(&self, seed: u64, ways: Vec<(u64, Fault)>) {
        hold(&self.0).chances = Some(Chances { drawn: seed, ways });
    }

    /// Takes so many requests a second, and fails the others until [`Faults::clear`].
    pub fn above(&self, a_second: u32, fault: Fault) {
        let a_second = f64::from(a_second);
        hold(&self.0).limit = Some(Limit { a_second, left: a_second, filled_at: Instant::now(), fault });
    }

    /// How many requests have failed since the last [`Faults::clear`].
    pub fn hits(&self) -> usize {
        hold(&self.0).hits
    }

    /// Mends everything.
    pub fn clear(&self) {
        *hold(&self.0) = Told::default();
    }

    pub(crate) fn take(&self, key: &str) -> Option<Fault> {
        let mut told = hold(&self.0);
        let fault = told.take(key);
        told.hits += usize::from(fault.is_some());
        fault
    }
}

impl Told {
    fn take(&mut self, key: &str) -> Option<Fault> {
        let mine = |wanted: &Option<String>| wanted.as_deref().is_none_or(|wanted| wanted == key);
        if let Some(at) = self.next.iter().position(|(wanted, _)| mine(wanted)) {
            return self.next.remove(at).map(|(_, fault)| fault);
        }
        let always = self.always.get(&Some(key.to_owned())).or_else(|| self.always.get(&None));
        if let Some(fault) = always {
            return Some(fault.clone());
        }
        self.limit.as_mut().and_then(Limit::refuse).or_else(|| self.chances.as_mut().and_then(Chances::draw))
    }
}
