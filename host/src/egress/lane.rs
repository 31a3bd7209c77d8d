//! A lane: the connections of one credential, and how many requests are under way on each.
//!
//! One connection serves until it carries as many requests as vendors allow on one at once; then the next is used too.
//! So an idle lane is a single warm connection. When all are full, a request waits here, first come, first served: of what
//! has not been given to a connection it is certain that it did not leave. Sending walks in.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::client::{ClientError, ClientMaker, Speech};
use super::credential::Credential;
use super::pace::Pace;
use crate::clock::Clock;

/// Google allows a hundred requests on a connection at once.
const REQUESTS_A_CONNECTION: usize = 100;
/// What one sender opens at the most: more would be taken for an attack.
const CONNECTIONS_MAX: usize = 8;

/// A connection that served so lately still stands: ours are kept for longer, and so are those of the push services.
const WARM_FOR: Duration = Duration::from_secs(40);

/// The connections of one credential: vendors tie a connection to who opened it.
pub(super) struct Lane {
    pub(super) credential: Credential,
    pub(super) pace: Pace,
    connections: Vec<Connection>,
    /// As many as all connections carry at once.
    room: Semaphore,
    made_at: Instant,
}

struct Connection {
    client: reqwest::Client,
    under_way: AtomicUsize,
    /// When it was last used: milliseconds from the making of the lane, and one; 0 is never.
    used_at: AtomicU64,
    /// How many requests came to it so far.
    came: AtomicU64,
    /// How many of them had come when it last broke.
    came_before_break: AtomicU64,
    /// Many are under way on it at once: they break together.
    is_shared: bool,
}

/// A place on a connection. It is given back when it is dropped.
pub(super) struct Place<'a> {
    connection: &'a Connection,
    /// Which one it is of those that came to the connection, from 1.
    number: u64,
    _room: Option<SemaphorePermit<'a>>,
}

impl Lane {
    pub(super) fn new(credential: Credential, clients: &ClientMaker<'_>) -> Result<Self, ClientError> {
        let speech = credential.speech();
        // Over HTTP/1.1 a client opens a connection for each request by itself.
        let is_shared = speech == Speech::Http2;
        let number = if is_shared { CONNECTIONS_MAX } else { 1 };
        let room = Semaphore::new(if is_shared { number * REQUESTS_A_CONNECTION } else { Semaphore::MAX_PERMITS });
        let connection = || {
            let (used_at, came, came_before_break) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
            let (client, under_way) = (clients.make(speech)?, AtomicUsize::new(0));
            Ok(Connection { client, under_way, used_at, came, came_before_break, is_shared })
        };
        let connections = std::iter::repeat_with(connection).take(number).collect::<Result<_, ClientError>>()?;
        Ok(Self { credential, pace: Pace::default(), connections, room, made_at: Instant::now() })
    }

    /// The first connection with room, once there is one and the vendor's pace allows. `None` when too many wait for that.
    pub(super) async fn enter(&self, clock: &Clock) -> Option<Place<'_>> {
        let room = self.room.acquire().await.ok()?;
        if !self.pace.pass(clock).await {
            return None;
        }
        let load = |connection: &&Connection| connection.under_way.load(Ordering::Relaxed);
        let with_room = self.connections.iter().find(|connection| load(connection) < REQUESTS_A_CONNECTION);
        Some(self.place(with_room.or_else(|| self.connections.iter().min_by_key(load))?, Some(room)))
    }

    /// A connection that has not served lately, to be opened before it is needed; `None` when all stand.
    pub(super) fn enter_cold(&self) -> Option<Place<'_>> {
        let warm_since = self.now().saturating_sub(u64::try_from(WARM_FOR.as_millis()).unwrap_or(u64::MAX));
        let is_cold = |connection: &&Connection| {
            let used_at = connection.used_at.load(Ordering::Relaxed);
            used_at == 0 || used_at < warm_since
        };
        self.connections.iter().find(is_cold).map(|cold| self.place(cold, None))
    }

    /// How many requests have left, or are about to, and are not answered.
    pub(super) fn under_way(&self) -> usize {
        self.connections.iter().map(|connection| connection.under_way.load(Ordering::Relaxed)).sum()
    }

    fn place<'a>(&self, connection: &'a Connection, room: Option<SemaphorePermit<'a>>) -> Place<'a> {
        connection.under_way.fetch_add(1, Ordering::Relaxed);
        connection.used_at.store(self.now(), Ordering::Relaxed);
        let number = connection.came.fetch_add(1, Ordering::Relaxed) + 1;
        Place { connection, number, _room: room }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.made_at.elapsed().as_millis()).map_or(u64::MAX, |ms| ms.saturating_add(1))
    }
}

impl Place<'_> {
    pub(super) fn client(&self) -> &reqwest::Client {
        &self.connection.client
    }

    /// The request failed on its way. Says whether another one did since this one came to its place: when a connection
    /// breaks, all that are under way on it fail. Those that fail with another do not begin a break of their own.
    pub(super) fn breaks_with_another(&self) -> bool {
        let Connection { came, came_before_break, is_shared, .. } = self.connection;
        let begins = |bar: u64| (bar < self.number).then(|| came.load(Ordering::Relaxed));
        let is_first = came_before_break.try_update(Ordering::Relaxed, Ordering::Relaxed, begins).is_ok();
        *is_shared && !is_first
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.connection.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[path = "lane_tests.rs"]
mod tests;
