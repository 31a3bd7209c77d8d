//! Sends one request: check, place the credential, send, and say what became of it.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::address::{self, AddressRefused};
use super::conceal::conceal;
use super::credential::{NoCredential, Placed};
use super::lane::{Lane, Place};
use super::reason::{cause, reason};
use super::{Answer, Egress, NO_TIME, NOT_SENT, Origin, Reply, Request, Room, headers};
use crate::config::plugins::Secret;

const URL_MAX_BYTES: usize = 8 * 1024;
const BODY_MAX_BYTES: usize = 1024 * 1024;
const REPLY_MAX_BYTES: usize = 4 * 1024 * 1024;
/// No request waits longer than this, whatever its deadline.
const TIMEOUT_MAX: Duration = Duration::from_mins(1);

/// A request that passed every check.
struct Checked<'a> {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: &'a [u8],
    lane: Option<&'a Lane>,
}

impl Egress {
    /// Sends `request`, and never waits beyond `until`. The reply takes its place from `room`.
    ///
    /// A request is sent twice in two cases only: when it may be repeated and it is
    /// unknown whether it arrived, and when a bought credential was refused with 401.
    pub async fn send(&self, request: &Request, until: Instant, room: &Room) -> Answer {
        let checked = match self.check(request) {
            Ok(checked) => checked,
            Err(answer) => return answer,
        };
        let limit = || match request.timeout {
            Duration::ZERO => until.min(Instant::now() + TIMEOUT_MAX),
            wanted => until.min(Instant::now() + wanted.min(TIMEOUT_MAX)),
        };
        let (answer, bought) = self.try_once(&checked, None, limit(), room).await;
        match answer {
            Answer::Reply(Reply { status: 401, .. }) if bought.is_some() => {
                self.try_once(&checked, bought.as_ref(), limit(), room).await.0
            }
            Answer::Unknown(_) if request.repeatable && Instant::now() < until => {
                match self.try_once(&checked, None, limit(), room).await.0 {
                    reply @ Answer::Reply(_) => reply,
                    // The second try says nothing about what became of the first.
                    _ => answer,
                }
            }
            _ => answer,
        }
    }

    /// Gets ready to send `request` soon: its credential is bought, if it is one that is bought. What can't be had now
    /// is asked for again when the request is sent.
    pub async fn warm(&self, request: &Request, until: Instant) {
        let Ok(Checked { lane: Some(lane), .. }) = self.check(request) else { return };
        if let Ok(Err(NoCredential::Transient(why) | NoCredential::Misconfigured(why))) =
            timeout_at(until, lane.credential.place(&self.clock, None)).await
        {
            tracing::warn!(plugin = self.permits.plugin, why, "a credential could not be had ahead");
        }
    }

    fn check<'a>(&'a self, request: &'a Request) -> Result<Checked<'a>, Answer> {
        let refuse = |why: &str| Answer::Unsent(format!("{NOT_SENT}{why}"));
        let (method, url, origin) = shape(request).map_err(refuse)?;
        self.check_grants(&url, &origin)?;
        let lane = request.credential.as_deref().map(|name| self.lane(name, &origin)).transpose()?;
        let taken = lane.map(|lane| lane.credential.header_name());
        let headers = match headers::from_plugin(&request.headers, taken) {
            Ok(headers) => headers,
            Err(refused) => return Err(refuse(&refused.to_string())),
        };
        Ok(Checked { method, url, headers, body: &request.body, lane })
    }

    fn check_grants(&self, url: &Url, origin: &Origin) -> Result<(), Answer> {
        let plugin = &self.permits.plugin;
        if !self.permits.origins.contains(origin) {
            // Not which: the plugin may have written what it knows of a person into the name.
            return Err(Answer::Misconfigured(format!(
                "the plugin wants to talk to a host that is not granted: its manifest must ask for it, and \
                 `plugins.{plugin}.grants.hosts` must name it"
            )));
        }
        if self.permits.private_addresses {
            return Ok(());
        }
        address::check_literal(url).map_err(|refused| Answer::Misconfigured(refused.to_string()))
    }

    fn lane(&self, name: &str, origin: &Origin) -> Result<&Lane, Answer> {
        let plugin = &self.permits.plugin;
        let Some(lane) = self.lanes.get(name) else {
            return Err(Answer::Misconfigured(format!(
                "the plugin wants a credential that is not granted for requests: its manifest must ask for it, and \
                 `plugins.{plugin}.grants.credentials` must name it"
            )));
        };
        if !lane.credential.may_go_to(origin) {
            return Err(Answer::Misconfigured(format!(
                "the credential {name} may not go to {origin}: `plugins.{plugin}.credentials.{name}.hosts` does not \
                 name it"
            )));
        }
        Ok(lane)
    }

    /// One try; also gives the bought secret that was used.
    async fn try_once(
        &self,
        checked: &Checked<'_>,
        refused: Option<&Secret>,
        limit: Instant,
        room: &Room,
    ) -> (Answer, Option<Secret>) {
        if limit <= Instant::now() {
            return (Answer::Unsent(NO_TIME.to_owned()), None);
        }
        let mut headers = checked.headers.clone();
        let (mut bought_secret, mut placed) = (None, None);
        if let Some(lane) = checked.lane {
            match timeout_at(limit, lane.credential.place(&self.clock, refused)).await {
                Ok(Ok(Placed { name, value, bought })) => {
                    placed = Some(value.clone());
                    headers.insert(name, value);
                    bought_secret = bought;
                }
                Ok(Err(NoCredential::Transient(why))) => return (Answer::Unsent(why), None),
                Ok(Err(NoCredential::Misconfigured(why))) => return (Answer::Misconfigured(why), None),
                Err(_) => {
                    return (Answer::Unsent("the credential could not be had in time".to_owned()), None);
                }
            }
        }
        let place = checked.lane.and_then(Lane::enter);
        let client = place.as_ref().map_or(&self.bare, Place::client);
        let mut builder = client.request(checked.method.clone(), checked.url.clone()).headers(headers);
        if !checked.body.is_empty() {
            builder = builder.body(checked.body.to_vec());
        }
        let mut answer = match timeout_at(limit, exchange(builder, room)).await {
            Ok(answer) => answer,
            Err(_) => Answer::Unknown("no answer came in time".to_owned()),
        };
        if let (Answer::Reply(reply), Some(placed)) = (&mut answer, placed) {
            conceal(reply, placed.as_bytes());
        }
        (answer, bought_secret)
    }
}

/// What is wrong with a request, whoever sends it and whatever is granted; `None` where nothing is.
pub fn flaw(request: &Request) -> Option<String> {
    let header = || headers::from_plugin(&request.headers, None).err().map(|refused| refused.to_string());
    shape(request).err().map(str::to_owned).or_else(header)
}

fn shape(request: &Request) -> Result<(Method, Url, Origin), &'static str> {
    let method = match request.method.as_str() {
        "GET" => Method::GET,
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        "HEAD" => Method::HEAD,
        _ => return Err("the method is none of GET, POST, PUT, PATCH, DELETE and HEAD"),
    };
    if request.url.len() > URL_MAX_BYTES || request.body.len() > BODY_MAX_BYTES {
        return Err("the URL or the body is too long");
    }
    let mut url = Url::parse(&request.url).map_err(|_| "the URL is malformed")?;
    let origin = Origin::of(&url).ok_or("the URL is neither https nor http")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the URL carries a user name or a password");
    }
    url.set_fragment(None);
    Ok((method, url, origin))
}

async fn exchange(builder: reqwest::RequestBuilder, room: &Room) -> Answer {
    let mut response = match builder.send().await {
        Ok(response) => response,
        Err(error) => return not_answered(error),
    };
    let status: StatusCode = response.status();
    let headers = headers::for_plugin(response.headers());
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > REPLY_MAX_BYTES => {
                return Answer::Unknown(format!("the reply ({status}) is longer than {REPLY_MAX_BYTES} bytes"));
            }
            Ok(Some(chunk)) if !room.take(chunk.len()) => {
                return Answer::Unknown("the replies are too long together".to_owned());
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Answer::Reply(Reply { status: status.as_u16(), headers, body }),
            Err(error) => {
                return Answer::Unknown(format!("the reply ({status}) broke off: {}", reason(error)));
            }
        }
    }
}

fn not_answered(error: reqwest::Error) -> Answer {
    if let Some(refused) = cause::<AddressRefused>(&error) {
        return Answer::Misconfigured(refused.to_string());
    }
    // A connection that never stood, or a request that could not be built, carried nothing.
    if error.is_connect() || error.is_builder() {
        return Answer::Unsent(reason(error));
    }
    Answer::Unknown(reason(error))
}
