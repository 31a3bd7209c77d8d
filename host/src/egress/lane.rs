//! A lane: the connections of one credential, and how many requests are under way on each.
//!
//! One connection serves until it carries as many requests as vendors allow on one at once; then the next is used too.
//! So an idle lane is a single warm connection, and at the full hour no request waits for another's reply. Sending walks in.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::client::{ClientError, ClientMaker, Speech};
use super::credential::Credential;

/// Google allows a hundred requests on a connection at once.
const REQUESTS_A_CONNECTION: usize = 100;
/// What one sender opens at the most: more would be taken for an attack.
const CONNECTIONS_MAX: usize = 8;

/// The connections of one credential: vendors tie a connection to who opened it.
pub(super) struct Lane {
    pub(super) credential: Credential,
    connections: Vec<Connection>,
}

struct Connection {
    client: reqwest::Client,
    under_way: AtomicUsize,
}

/// A place on a connection. It is given back when it is dropped.
pub(super) struct Place<'a>(&'a Connection);

impl Lane {
    pub(super) fn new(credential: Credential, clients: &ClientMaker<'_>) -> Result<Self, ClientError> {
        let speech = credential.speech();
        // Over HTTP/1.1 a client opens a connection for each request by itself.
        let number = if speech == Speech::Http2 { CONNECTIONS_MAX } else { 1 };
        let connection = || Ok(Connection { client: clients.make(speech)?, under_way: AtomicUsize::new(0) });
        let connections = std::iter::repeat_with(connection).take(number).collect::<Result<_, ClientError>>()?;
        Ok(Self { credential, connections })
    }

    /// The first connection with room; when none has any, the emptiest. `None` never happens: there is always one.
    pub(super) fn enter(&self) -> Option<Place<'_>> {
        let load = |connection: &&Connection| connection.under_way.load(Ordering::Relaxed);
        let with_room = self.connections.iter().find(|connection| load(connection) < REQUESTS_A_CONNECTION);
        let chosen = with_room.or_else(|| self.connections.iter().min_by_key(load))?;
        chosen.under_way.fetch_add(1, Ordering::Relaxed);
        Some(Place(chosen))
    }
}

impl Place<'_> {
    pub(super) fn client(&self) -> &reqwest::Client {
        &self.0.client
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}
