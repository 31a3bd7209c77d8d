//! Sends one request: check, place the credential, send, and say what became of it.

use std::time::Duration;

use bytes::Bytes;
use http::uri::{PathAndQuery, Uri};
use http::{HeaderMap, Method};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::address;
use super::conceal::conceal;
use super::credential::{NoCredential, Placed};
use super::exchange::{Broken, exchange, open};
use super::lane::{Lane, Place};
use super::{Answer, Egress, NO_TIME, NOT_SENT, Origin, Reply, Request, Room, headers};
use crate::config::plugins::Secret;

const URL_MAX_BYTES: usize = 8 * 1024;
const BODY_MAX_BYTES: usize = 1024 * 1024;
/// No request waits longer than this, whatever its deadline.
const TIMEOUT_MAX: Duration = Duration::from_mins(1);

/// Every connection carried as much as it may until the deadline came.
const NO_ROOM: &str = "the vendor still had too many requests unanswered";

/// How a request ends that the vendor would refuse for coming too soon.
const TOO_MANY: &str = "the host does not send this: the vendor takes no more requests for now";

/// Planning does not wait longer for a connection that it opens ahead.
const OPENING_MAX: Duration = Duration::from_secs(1);

/// A request that passed every check of one door: all that is left to do is to put its credential in and to send it.
#[derive(Debug)]
pub struct Prepared {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) origin: Origin,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    credential: Option<String>,
    repeatable: bool,
    timeout: Duration,
}

impl Prepared {
    /// Where it goes to.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Says nothing and asks for nothing: what is wanted of the reply is the connection that it comes on.
    pub(super) fn opening(&self) -> Self {
        let mut parts = self.uri.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::from_static("/"));
        Self {
            method: Method::HEAD,
            uri: Uri::from_parts(parts).unwrap_or_else(|_| self.uri.clone()),
            origin: self.origin.clone(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            credential: None,
            repeatable: true,
            timeout: Duration::ZERO,
        }
    }

    fn limit(&self, until: Instant) -> Instant {
        match self.timeout {
            Duration::ZERO => until.min(Instant::now() + TIMEOUT_MAX),
            wanted => until.min(Instant::now() + wanted.min(TIMEOUT_MAX)),
        }
    }
}

impl Egress {
    /// Checks `request` against the grants and makes it ready. On an error it never leaves, and this is why.
    pub fn prepare(&self, request: Request) -> Result<Prepared, Answer> {
        let refuse = |why: &str| Answer::Unsent(format!("{NOT_SENT}{why}"));
        let Shape { method, url, uri, origin } = shape(&request).map_err(refuse)?;
        self.check_grants(&url, &origin)?;
        let lane = request.credential.as_deref().map(|name| self.granted_lane(name, &origin)).transpose()?;
        let request = match lane {
            Some(lane) => lane.credential.fit(request).map_err(|unfit| refuse(&unfit.to_string()))?,
            None => request,
        };
        let taken = lane.map(|lane| lane.credential.header_name());
        let headers = headers::from_plugin(&request.headers, taken).map_err(|refused| refuse(&refused.to_string()))?;
        let Request { body, credential, repeatable, timeout, .. } = request;
        Ok(Prepared { method, uri, origin, headers, body, credential, repeatable, timeout })
    }

    /// Sends what this door prepared, and never waits beyond `until`. The reply takes its place from `room`.
    ///
    /// A request is sent twice in two cases only: when it may be repeated and it is
    /// unknown whether it arrived, and when a bought credential was refused with 401.
    /// What a server says that it did not process is no sending (`http2`).
    pub async fn send(&self, request: &Prepared, until: Instant, room: &Room) -> Answer {
        // One place for every try: what a request that waits takes of memory is moved about with it.
        let (mut refused, mut unknown) = (None, None);
        loop {
            let (answer, bought) = self.try_once(request, refused.as_ref(), until, room).await;
            match (answer, unknown.take()) {
                (reply @ Answer::Reply(_), Some(_)) => return reply,
                // The second try says nothing about what became of the first.
                (_, Some(unknown)) => return unknown,
                (answer, None) if refused.is_some() => return answer,
                (Answer::Reply(Reply { status: 401, .. }), None) if bought.is_some() => refused = bought,
                (answer @ Answer::Unknown(_), None) if request.repeatable && Instant::now() < until => {
                    unknown = Some(answer);
                }
                (answer, None) => return answer,
            }
        }
    }

    /// Gets ready to send `request` soon: its credential is bought, if it is one that is bought, and one more of its
    /// connections is opened. What can't be had now is asked for again when the request is sent.
    pub async fn warm(&self, request: &Prepared, until: Instant) {
        let Some(lane) = self.lane(request) else { return };
        if let Ok(Err(NoCredential::Transient(why) | NoCredential::Misconfigured(why))) =
            timeout_at(until, lane.credential.place(&request.origin, &self.clock, None)).await
        {
            tracing::warn!(plugin = self.permits.plugin, why, "a credential could not be had ahead");
        }
        let Some(place) = lane.enter_cold() else { return };
        let limit = until.min(Instant::now() + OPENING_MAX);
        match open(place.client(), request, limit).await {
            Ok(()) => place.stands(),
            Err(why) => {
                place.does_not_stand();
                tracing::warn!(plugin = self.permits.plugin, why, "a connection could not be opened ahead");
            }
        }
    }

    pub(super) fn check_grants(&self, url: &Url, origin: &Origin) -> Result<(), Answer> {
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

    fn lane(&self, request: &Prepared) -> Option<&Lane> {
        self.lane_to(request.credential.as_deref()?, &request.origin)
    }

    /// The lane of this credential to there.
    pub(super) fn lane_to(&self, name: &str, origin: &Origin) -> Option<&Lane> {
        let mut lanes = self.lanes.get(name)?.iter();
        lanes.find(|(to, _)| to.as_ref().is_none_or(|to| to == origin)).map(|(_, lane)| lane)
    }

    fn granted_lane(&self, name: &str, origin: &Origin) -> Result<&Lane, Answer> {
        let plugin = &self.permits.plugin;
        let Some(lane) = self.lane_to(name, origin) else {
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
        request: &Prepared,
        refused: Option<&Secret>,
        until: Instant,
        room: &Room,
    ) -> (Answer, Option<Secret>) {
        let limit = request.limit(until);
        if limit <= Instant::now() {
            return (Answer::Unsent(NO_TIME.to_owned()), None);
        }
        let way = match self.lane(request) {
            Some(lane) => match timeout_at(limit, lane.enter(&self.clock)).await {
                // Room that is given back at the deadline comes too late.
                Ok(Some(place)) if Instant::now() < limit => Some((lane, place)),
                Ok(None) => return (Answer::Unsent(TOO_MANY.to_owned()), None),
                _ if lane.pace.is_limited() => return (Answer::Unsent(TOO_MANY.to_owned()), None),
                _ => return (Answer::Unsent(NO_ROOM.to_owned()), None),
            },
            None => None,
        };
        // A whole hour of requests may wait above; what a request needs from here on is big, and made when it is its turn.
        Box::pin(self.send_by(way, request, refused, (limit, room))).await
    }

    /// Sends it over the place of a lane; without one, over a connection that carries no credential.
    async fn send_by(
        &self,
        way: Option<(&Lane, Place<'_>)>,
        request: &Prepared,
        refused: Option<&Secret>,
        (limit, room): (Instant, &Room),
    ) -> (Answer, Option<Secret>) {
        let Some((lane, place)) = way else {
            let answer = exchange(&self.bare, request, None, (limit, room)).await;
            return (answer.unwrap_or_else(Broken::alone), None);
        };
        let placing = lane.credential.place(&request.origin, &self.clock, refused);
        let Placed { name, value, bought } = match timeout_at(limit, placing).await {
            Ok(Ok(placed)) => placed,
            Ok(Err(NoCredential::Transient(why))) => return (Answer::Unsent(why), None),
            Ok(Err(NoCredential::Misconfigured(why))) => return (Answer::Misconfigured(why), None),
            Err(_) => return (Answer::Unsent("the credential could not be had in time".to_owned()), None),
        };
        let (left_at, began) = (self.clock.monotonic(), Instant::now());
        let answer = exchange(place.client(), request, Some((&name, &value)), (limit, room)).await;
        let mut answer = answer
            .unwrap_or_else(|broken| if place.breaks_with_another() { broken.with_others() } else { broken.alone() });
        if let Answer::Reply(reply) = &answer
            && reply.status < 300
        {
            lane.replied(&place, began.elapsed());
        }
        drop(place);
        let reply = if let Answer::Reply(reply) = &mut answer { Some(reply) } else { None };
        lane.pace.note(reply.as_deref(), left_at, || lane.under_way(), &self.clock);
        if let Some(reply) = reply {
            conceal(reply, value.as_bytes());
        }
        (answer, bought)
    }
}

/// What is wrong with a request, whoever sends it and whatever is granted; `None` where nothing is.
pub fn flaw(request: &Request) -> Option<String> {
    let header = || headers::from_plugin(&request.headers, None).err().map(|refused| refused.to_string());
    shape(request).err().map(str::to_owned).or_else(header)
}

/// What a request is, and where it goes.
struct Shape {
    method: Method,
    url: Url,
    uri: Uri,
    origin: Origin,
}

fn shape(request: &Request) -> Result<Shape, &'static str> {
    const MALFORMED: &str = "the URL is malformed";
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
    let mut url = Url::parse(&request.url).map_err(|_| MALFORMED)?;
    let origin = Origin::of(&url).ok_or("the URL is neither https nor http")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the URL carries a user name or a password");
    }
    url.set_fragment(None);
    let uri = Uri::try_from(url.as_str()).map_err(|_| MALFORMED)?;
    Ok(Shape { method, url, uri, origin })
}
