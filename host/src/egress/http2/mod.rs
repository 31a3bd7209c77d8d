//! HTTP/2 to push services: one connection to each origin, opened when it is needed, and again after it ended.
//!
//! A push service takes thousands of small requests over few connections, all at one instant. So this speaks to `h2`
//! itself: what a client for everybody does for each request (pools, redirects, a task or two) costs as much as the
//! request, and it writes each one by itself.

mod dial;
mod gathered;
mod keep_alive;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use h2::client::SendRequest;
use h2::{Reason, RecvStream};
use http::{Request, Response, Uri};
use tokio_util::task::TaskTracker;

use self::dial::Dialer;
use super::address::{AddressRefused, PublicOnly};
use super::client::Trust;
use super::origin::Origin;
use super::reason::with_causes;

/// What certainly was not processed is sent again, so often in all.
const TRIES: usize = 3;

/// The connections of one client, one to each origin.
pub(super) struct Http2 {
    dialer: Dialer,
    connections: Mutex<Vec<(Origin, Connection)>>,
}

/// A connection, or the opening of one, for which many may wait.
type Connection = Shared<BoxFuture<'static, Result<SendRequest<Bytes>, NoConnection>>>;

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
    Broken(h2::Error),
}

impl Http2 {
    pub(super) fn new(trust: &Trust, addresses: PublicOnly) -> Self {
        Self { dialer: Dialer::new(trust, addresses), connections: Mutex::default() }
    }

    /// Has a connection to `uri` at `origin` stand.
    pub(super) async fn open(&self, (origin, uri): (&Origin, &Uri)) -> Result<(), NoConnection> {
        let connection = self.connection(origin, uri);
        let stands = match connection.clone().await {
            Ok(sender) => sender.ready().await.map(drop).map_err(|ended| NoConnection::Failed(with_causes(&ended))),
            Err(why) => Err(why),
        };
        stands.inspect_err(|_| self.forget(&connection))
    }

    /// Sends what `head` makes, with `body`, to `uri` at `origin`, and gives the response once its head is there.
    ///
    /// It is made when it leaves, and not before. It is made and sent anew, over another connection if need be, when the
    /// server has certainly not processed it (RFC 9113, 8.7).
    pub(super) async fn send(
        &self,
        (origin, uri): (&Origin, &Uri),
        head: impl Fn() -> Request<()>,
        body: &Bytes,
    ) -> Result<Response<RecvStream>, NoResponse> {
        let mut last = String::new();
        for _ in 0..TRIES {
            let connection = self.connection(origin, uri);
            let stands = match connection.clone().await {
                Ok(sender) => sender.ready().await,
                Err(why) => {
                    self.forget(&connection);
                    return Err(NoResponse::Unsent(why));
                }
            };
            let begun = stands.and_then(|mut sender| sender.send_request(head(), body.is_empty()));
            let (response, mut stream) = match begun {
                Ok(begun) => begun,
                Err(ended) => {
                    self.forget(&connection);
                    last = with_causes(&ended);
                    continue;
                }
            };
            let sent = if body.is_empty() { Ok(()) } else { stream.send_data(body.clone(), true) };
            let error = match response.await {
                Ok(response) => return Ok(response),
                Err(error) => sent.err().unwrap_or(error),
            };
            if !is_unprocessed(&error) {
                return Err(NoResponse::Broken(error));
            }
            if error.is_go_away() {
                self.forget(&connection);
            }
            last = with_causes(&error);
        }
        Err(NoResponse::Unsent(NoConnection::Failed(last)))
    }

    /// The connection to `origin`; the first who asks has it opened, whoever waits for it then.
    fn connection(&self, origin: &Origin, uri: &Uri) -> Connection {
        let mut connections = self.lock();
        if let Some((_, connection)) = connections.iter().find(|(to, _)| to == origin) {
            return connection.clone();
        }
        let opening = TaskTracker::new().spawn(self.dialer.dial(uri.clone()));
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

/// The server says that it did nothing with the request: it came after a connection's orderly end, or was turned away.
fn is_unprocessed(error: &h2::Error) -> bool {
    let says = |reason| error.is_remote() && error.reason() == Some(reason);
    (error.is_go_away() && says(Reason::NO_ERROR)) || (error.is_reset() && says(Reason::REFUSED_STREAM))
}

#[cfg(test)]
mod tests;
