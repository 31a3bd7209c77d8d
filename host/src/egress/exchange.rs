//! One request and its reply, over a connection of either kind.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_LENGTH, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::address::AddressRefused;
use super::client::{Client, USER_AGENT as OURS};
use super::http2::{Http2, NoConnection, NoResponse, told};
use super::reason::{cause, reason};
use super::room::REPLY_MAX_BYTES;
use super::send::Prepared;
use super::{Answer, BROKE_TOGETHER, Reply, Room, Rooms, headers, parting};

/// Why nothing left where the deadline came first.
const TOO_SLOW: &str = "no connection stood in time";

/// A header that a credential fills.
pub(super) type Secret<'a> = (&'a HeaderName, &'a HeaderValue);

/// Why a request failed on its way: it may have arrived.
pub(super) struct Broken(String);

impl Broken {
    pub(super) fn alone(self) -> Answer {
        Answer::Unknown(self.0)
    }

    pub(super) fn with_others(self) -> Answer {
        Answer::Unknown(format!("{BROKE_TOGETHER}{}", self.0))
    }
}

/// Sends the request and hears the reply, if there is one by `limit`. The reply takes its place from `room`.
pub(super) async fn exchange(
    client: &Client,
    request: &Prepared,
    secret: Option<Secret<'_>>,
    (limit, room): (Instant, &Room),
) -> Result<Answer, Broken> {
    let may_have_left = AtomicBool::new(false);
    let answer = match client {
        Client::Negotiated(client) => {
            // It does not say when it begins to send.
            may_have_left.store(true, Ordering::Relaxed);
            timeout_at(limit, negotiated(client, request, secret, room)).await
        }
        Client::Http2(client) => timeout_at(limit, http2(client, request, secret, (room, &may_have_left))).await,
    };
    answer.unwrap_or_else(|_| {
        Ok(if may_have_left.load(Ordering::Relaxed) {
            Answer::Unknown("no answer came in time".to_owned())
        } else {
            Answer::Unsent(TOO_SLOW.to_owned())
        })
    })
}

/// Has a connection stand that takes the request by `limit`, without sending it. Else gives why there is none.
pub(super) async fn open(client: &Client, request: &Prepared, limit: Instant) -> Result<(), String> {
    if let Client::Http2(client) = client {
        let opening = timeout_at(limit, client.open((&request.origin, &request.uri))).await;
        return opening.map_err(|_| TOO_SLOW.to_owned())?.map_err(|why| why.to_string());
    }
    // reqwest opens one for a request only.
    match exchange(client, &request.opening(), None, (limit, &Rooms::default().open(REPLY_MAX_BYTES))).await {
        Ok(Answer::Reply(_)) => Ok(()),
        Ok(Answer::Unsent(why) | Answer::Misconfigured(why) | Answer::Unknown(why)) | Err(Broken(why)) => Err(why),
    }
}

async fn negotiated(
    client: &reqwest::Client,
    request: &Prepared,
    secret: Option<Secret<'_>>,
    room: &Room,
) -> Result<Answer, Broken> {
    let Ok(url) = Url::parse(&request.uri.to_string()) else {
        return Ok(Answer::Unsent("the URL is malformed".to_owned()));
    };
    let mut sending = reqwest::Request::new(request.method.clone(), url);
    *sending.headers_mut() = request.headers.clone();
    if let Some((name, value)) = secret {
        sending.headers_mut().insert(name, value.clone());
    }
    *sending.body_mut() = (!request.body.is_empty()).then(|| request.body.clone().into());
    let mut response = match client.execute(sending).await {
        Ok(response) => response,
        Err(error) => return not_answered(error),
    };
    let mut hearing = Hearing::new(response.status(), response.headers(), room);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                if let Some(cut) = hearing.take(&chunk) {
                    return Ok(cut);
                }
            }
            Ok(None) => return Ok(hearing.end()),
            Err(error) => return Err(hearing.broken(&reason(error))),
        }
    }
}

fn not_answered(error: reqwest::Error) -> Result<Answer, Broken> {
    if let Some(refused) = cause::<AddressRefused>(&error) {
        return Ok(Answer::Misconfigured(refused.to_string()));
    }
    // A connection that never stood, or a request that could not be built, carried nothing.
    if error.is_connect() || error.is_builder() {
        return Ok(Answer::Unsent(reason(error)));
    }
    Err(Broken(reason(error)))
}

async fn http2(
    client: &Http2,
    request: &Prepared,
    secret: Option<Secret<'_>>,
    (room, may_have_left): (&Room, &AtomicBool),
) -> Result<Answer, Broken> {
    let (to, what) = ((&request.origin, &request.uri), (|| head(request, secret), &request.body));
    let (response, way) = match client.send(to, what, may_have_left).await {
        Ok(heard) => heard,
        Err(NoResponse::Unsent(NoConnection::Refused(refused))) => {
            return Ok(Answer::Misconfigured(refused.to_string()));
        }
        Err(NoResponse::Unsent(NoConnection::Failed(why))) => return Ok(Answer::Unsent(why)),
        Err(NoResponse::Broken(why)) => return Err(Broken(why)),
    };
    let (head, mut body) = response.into_parts();
    let mut hearing = Hearing::new(head.status, &head.headers, room);
    while let Some(chunk) = body.data().await {
        let chunk: Bytes = match chunk {
            Ok(chunk) => chunk,
            Err(error) => return Err(hearing.broken(&told(&error))),
        };
        if let Some(cut) = hearing.take(&chunk) {
            return Ok(cut);
        }
        // What fails here has ended the body, which says so.
        let _ = body.flow_control().release_capacity(chunk.len());
    }
    if parting::is_one(hearing.status, &hearing.body) {
        client.leave(&way);
    }
    Ok(hearing.end())
}

/// The request without its body, with what every client says.
fn head(request: &Prepared, secret: Option<Secret<'_>>) -> http::Request<()> {
    let mut headers = HeaderMap::with_capacity(request.headers.len() + 4);
    headers.extend(request.headers.iter().map(|(name, value)| (name.clone(), value.clone())));
    headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(OURS));
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    if !request.body.is_empty() || matches!(request.method, Method::PATCH | Method::POST | Method::PUT) {
        headers.insert(CONTENT_LENGTH, request.body.len().into());
    }
    if let Some((name, value)) = secret {
        headers.insert(name, value.clone());
    }
    let mut head = http::Request::new(());
    *head.method_mut() = request.method.clone();
    *head.uri_mut() = request.uri.clone();
    *head.version_mut() = Version::HTTP_2;
    *head.headers_mut() = headers;
    head
}

/// A reply, as far as it has come.
struct Hearing<'a> {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    room: &'a Room,
}

impl<'a> Hearing<'a> {
    fn new(status: StatusCode, headers: &HeaderMap, room: &'a Room) -> Self {
        Self { status, headers: headers::for_plugin(headers), body: Vec::new(), room }
    }

    /// Takes what came; gives the answer instead when that is too much.
    fn take(&mut self, chunk: &[u8]) -> Option<Answer> {
        let status = self.status;
        let most = self.room.reply_max_bytes;
        if self.body.len() + chunk.len() > most {
            return Some(Answer::Unknown(format!("the reply ({status}) is longer than {most} bytes")));
        }
        if !self.room.take(chunk.len()) {
            return Some(Answer::Unknown("the replies are too long together".to_owned()));
        }
        self.body.extend_from_slice(chunk);
        None
    }

    fn broken(&self, why: &str) -> Broken {
        Broken(format!("the reply ({}) broke off: {why}", self.status))
    }

    fn end(self) -> Answer {
        Answer::Reply(Reply { status: self.status.as_u16(), headers: self.headers, body: self.body })
    }
}
