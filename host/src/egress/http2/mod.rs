//! HTTP/2 to push services: one connection to each origin, opened when it is needed, and again after it ended.
//!
//! A push service takes thousands of small requests over few connections, all at one instant. So this speaks to `h2`
//! itself: what a client for everybody does for each request (pools, redirects, a task or two) costs as much as the
//! request, and it writes each one by itself.

mod dial;
mod gathered;
mod keep_alive;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use h2::client::SendRequest;
use h2::{Reason, RecvStream};
use http::{Request, Response, Uri};

use self::dial::Dialer;
use super::address::{AddressRefused, PublicOnly};
use super::client::Trust;
use super::origin::Origin;
use super::reason::{clip, with_causes};

/// What certainly was not processed is sent again, so often in all.
const TRIES: usize = 3;

/// The connections of one client, one to each origin.
pub(super) struct Http2 {
    dialer: Dialer,
    connections: Mutex<Vec<(Origin, Connection)>>,
}

/// A connection, or the opening of one, for which many may wait.
type Connection = Shared<BoxFuture<'static, Result<SendRequest<Bytes>, NoConnection>>>;

/// The connection that a response came on.
pub(super) struct Way(Connection);

/// Why there is no connection: nothing left.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum NoConnection {
    /// It may not be opened.
    #[error(transparent)]
    Refused(#[from] AddressRefused),
    /// It could not be opened, or ended before anything left.
    #[error("{0}")]
    Failed(String),
}

/// Why there is no response.
#[derive(Debug)]
pub(super) enum NoResponse {
    /// The request was certainly not processed.
    Unsent(NoConnection),
    /// It may have arrived.
    Broken(String),
}

impl Http2 {
    pub(super) fn new(trust: &Trust, addresses: PublicOnly) -> Self {
        Self { dialer: Dialer::new(trust, addresses), connections: Mutex::default() }
    }

    /// Has a connection to `uri` at `origin` stand.
    pub(super) async fn open(&self, to: (&Origin, &Uri)) -> Result<(), NoConnection> {
        self.stand(to).await.map(drop)
    }

    /// Sends what `head` makes, with `body`, to `uri` at `origin`, and gives the response once its head is there, with the
    /// connection that it came on. `may_have_left` says meanwhile whether it may have.
    ///
    /// It is made and sent anew, over another connection if need be, when the server has certainly not processed it
    /// (RFC 9113, 8.7).
    pub(super) async fn send(
        &self,
        to: (&Origin, &Uri),
        (head, body): (impl Fn() -> Request<()>, &Bytes),
        may_have_left: &AtomicBool,
    ) -> Result<(Response<RecvStream>, Way), NoResponse> {
        let mut last = String::new();
        for _ in 0..TRIES {
            may_have_left.store(false, Ordering::Relaxed);
            let (connection, mut sender) = self.stand(to).await.map_err(NoResponse::Unsent)?;
            may_have_left.store(true, Ordering::Relaxed);
            let (response, mut stream) = match sender.send_request(head(), body.is_empty()) {
                Ok(begun) => begun,
                Err(ended) => {
                    self.forget(&connection);
                    last = told(&ended);
                    continue;
                }
            };
            if !body.is_empty() {
                // Where the stream has ended already, the response says how.
                let _ = stream.send_data(body.clone(), true);
            }
            let error = match response.await {
                Ok(response) => return Ok((response, Way(connection))),
                Err(error) => error,
            };
            if !is_unprocessed(&error) {
                return Err(NoResponse::Broken(told(&error)));
            }
            last = told(&error);
            if error.is_go_away() {
                self.forget(&connection);
                if error.reason() != Some(Reason::NO_ERROR) {
                    break;
                }
            }
        }
        Err(NoResponse::Unsent(NoConnection::Failed(last)))
    }

    /// Sends nothing more over this connection, which ends when what is under way on it has ended.
    pub(super) fn leave(&self, way: &Way) {
        self.forget(&way.0);
    }

    /// A connection that has not ended.
    async fn stand(&self, (origin, uri): (&Origin, &Uri)) -> Result<(Connection, SendRequest<Bytes>), NoConnection> {
        let mut last = String::new();
        for _ in 0..TRIES {
            let connection = self.connection(origin, uri);
            let sender = connection.clone().await.inspect_err(|_| self.forget(&connection))?;
            match sender.ready().await {
                Ok(sender) => return Ok((connection, sender)),
                Err(ended) => {
                    self.forget(&connection);
                    last = told(&ended);
                }
            }
        }
        Err(NoConnection::Failed(last))
    }

    /// The connection to `origin`; the first who asks has it opened, whoever waits for it then.
    fn connection(&self, origin: &Origin, uri: &Uri) -> Connection {
        let mut connections = self.lock();
        if let Some((_, connection)) = connections.iter().find(|(to, _)| to == origin) {
            return connection.clone();
        }
        let opening = self.dialer.dial(uri.clone());
        let opening = async move { opening.await.unwrap_or_else(|error| Err(NoConnection::Failed(error.to_string()))) };
        let connection = opening.boxed().shared();
        connections.push((origin.clone(), connection.clone()));
        connection
    }

    /// The next request opens another one.
    fn forget(&self, ended: &Connection) {
        self.lock().retain(|(_, connection)| !connection.ptr_eq(ended));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Origin, Connection)>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server says that it did nothing with the request: it came after the last one that the connection takes, which is
/// all that an end of the connection is told to, or was turned away.
fn is_unprocessed(error: &h2::Error) -> bool {
    let is_turned_away = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
    error.is_remote() && (error.is_go_away() || is_turned_away)
}

/// What went wrong, with the beginning of what the server says of it.
pub(super) fn told(error: &h2::Error) -> String {
    clip(&with_causes(error))
}

#[cfg(test)]
mod tests;
