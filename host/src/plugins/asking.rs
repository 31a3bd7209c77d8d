//! What a run of a plugin asks for: requests that are checked and ready to be sent. `steps` sends them.

use std::time::Duration;

use bytes::Bytes;

use super::border::types;
use super::exchange::Output;
use super::run::{Plugin, Ran};
use crate::egress::{self, Answer, Prepared, Request};

/// So many requests may come of one run.
pub(super) const REQUESTS_PER_STEP_MAX: usize = 200;

/// A request as it is sent; or what is answered to one that is not.
pub(super) type Ready = Result<Prepared, Answer>;

/// What came of a run.
pub(super) enum Came {
    /// It asks for requests, of which none is sent yet.
    Asking(Asking),
    /// The call is over.
    Done(Box<Ran<Output>>),
}

pub(super) struct Asking {
    pub(super) plugin_time: Duration,
    /// How many requests, and how many bytes of memory they took.
    pub(super) number: usize,
    pub(super) size: usize,
    /// The requests, unless they are too many.
    pub(super) asked: Vec<Asked>,
}

/// A request that a plugin asked for. What it wrote itself is kept for a witness only: a full hour of rings waits in
/// memory for its moment.
pub(super) struct Asked {
    pub(super) ready: Ready,
    pub(super) reads_only: bool,
    pub(super) written: Option<types::Request>,
}

impl Plugin {
    /// What came of a run; its requests are ready. `watched` is whether somebody wants to see them.
    pub(super) fn came(&self, ran: Ran<Output>, watched: bool) -> Came {
        let Ran { result, plugin_time } = ran;
        let requests = match result {
            Output::Request(requests) => requests,
            result => return Came::Done(Box::new(Ran { result, plugin_time })),
        };
        let (number, size) = (requests.len(), requests.iter().map(size).sum());
        let asked = requests.into_iter().map(|request| Asked {
            ready: self.egress.prepare(outgoing(&request)),
            reads_only: matches!(request.method.as_str(), "GET" | "HEAD"),
            written: watched.then_some(request),
        });
        let asked = if number <= REQUESTS_PER_STEP_MAX { asked.collect() } else { Vec::new() };
        Came::Asking(Asking { plugin_time, number, size, asked })
    }
}

/// How much memory a request takes.
fn size(request: &types::Request) -> usize {
    let body = match &request.body {
        types::Body::Empty => 0,
        types::Body::Text(text) => text.len(),
        types::Body::Bytes(bytes) => bytes.len(),
    };
    let headers: usize = request.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    request.url.len() + headers + body
}

/// The request, as the egress room wants it.
fn outgoing(request: &types::Request) -> Request {
    Request {
        method: request.method.clone(),
        url: request.url.clone(),
        headers: request.headers.clone(),
        body: match &request.body {
            types::Body::Empty => Bytes::new(),
            types::Body::Text(text) => Bytes::copy_from_slice(text.as_bytes()),
            types::Body::Bytes(bytes) => Bytes::copy_from_slice(bytes),
        },
        credential: request.credential.clone(),
        repeatable: request.repeatable,
        timeout: Duration::from_millis(request.timeout_ms.into()),
    }
}

/// What is wrong with a request, whoever asks for it and whatever is granted; `None` where nothing is.
pub fn flaw(request: &types::Request) -> Option<String> {
    egress::flaw(&outgoing(request))
}
