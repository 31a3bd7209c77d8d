//! A lane: the connections of one credential, and how many requests are under way on each.
//!
//! One connection serves until it carries as many requests as vendors allow on one at once; then the next is used too.
//! So an idle lane is a single warm connection. When all are full, a request waits here, first come, first served: of what
//! has not been given to a connection it is certain that it did not leave. Sending walks in.
//!
//! How many are all follows from how long the vendor takes to reply when it is not busy with us (Little's law: what is
//! under way is the rate times that time). A vendor that needs 75 ms gets thousands of requests at once, a quick one
//! does not need them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::client::{Client, ClientError, ClientMaker, Speech};
use super::credential::Credential;
use super::pace::Pace;
use crate::clock::Clock;

/// Google allows a hundred requests on a connection at once.
const REQUESTS_A_CONNECTION: usize = 100;
/// What one sender opens however quick the vendor is.
const CONNECTIONS_MIN: usize = 8;
/// What one sender opens at the most: more would be taken for an attack.
const CONNECTIONS_MAX: usize = 40;
/// Requests a second that are wanted of a lane: about what a small machine sends.
const RATE: u64 = 40_000;
/// A request that meets fewer than so many others tells how long the vendor takes by itself.
const QUIET: usize = 16;
/// A reply that took longer says no more than this.
const REPLY_MAX_US: u64 = 1_000_000;

/// A connection that served so lately still stands: ours are kept for longer, and so are those of the push services.
const WARM_FOR: Duration = Duration::from_secs(40);

/// The connections of one credential, or of one that many vendors take to one of them: vendors tie a connection to who
/// opened it.
pub(super) struct Lane {
    pub(super) credential: Arc<Credential>,
    pub(super) pace: Pace,
    connections: Vec<Connection>,
    /// As many as the open connections carry at once.
    room: Semaphore,
    /// How many connections are open to requests. They do not become fewer.
    open: AtomicUsize,
    /// How long a quiet vendor takes to reply, in microseconds; 0 before the first reply.
    reply_us: AtomicU64,
    made_at: Instant,
}

struct Connection {
    client: Client,
    under_way: AtomicUsize,
    /// When it was last used: milliseconds from the making of the lane, and one; 0 is never.
    used_at: AtomicU64,
    /// It was opened, or a reply came on it, since it last broke: what is sent now need not wait for it.
    stands: AtomicBool,
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
    /// It came to a connection that stood, and met few others there.
    is_quiet: bool,
    _room: Option<SemaphorePermit<'a>>,
}

impl Lane {
    pub(super) fn new(credential: Arc<Credential>, clients: &ClientMaker<'_>) -> Result<Self, ClientError> {
        let speech = credential.speech();
        // Over HTTP/1.1 a client opens a connection for each request by itself.
        let is_shared = speech == Speech::Http2;
        let (open, number) = if is_shared { (CONNECTIONS_MIN, CONNECTIONS_MAX) } else { (1, 1) };
        let room = Semaphore::new(if is_shared { open * REQUESTS_A_CONNECTION } else { Semaphore::MAX_PERMITS });
        let connection = || {
            let (used_at, came, came_before_break) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
            let (client, under_way, stands) = (clients.make(speech)?, AtomicUsize::new(0), AtomicBool::new(false));
            Ok(Connection { client, under_way, used_at, stands, came, came_before_break, is_shared })
        };
        let connections = std::iter::repeat_with(connection).take(number).collect::<Result<_, ClientError>>()?;
        let (open, reply_us) = (AtomicUsize::new(open), AtomicU64::new(0));
        Ok(Self { credential, pace: Pace::default(), connections, room, open, reply_us, made_at: Instant::now() })
    }

    /// The first connection with room, once there is one and the vendor's pace allows. `None` when too many wait for that.
    pub(super) async fn enter(&self, clock: &Clock) -> Option<Place<'_>> {
        let room = self.room.acquire().await.ok()?;
        if !self.pace.pass(clock).await {
            return None;
        }
        let load = |connection: &&Connection| connection.under_way.load(Ordering::Relaxed);
        let with_room = self.open().iter().find(|connection| load(connection) < REQUESTS_A_CONNECTION);
        Some(self.place(with_room.or_else(|| self.open().iter().min_by_key(load))?, Some(room)))
    }

    /// A connection that has not served lately, to be opened before it is needed; `None` when all stand.
    pub(super) fn enter_cold(&self) -> Option<Place<'_>> {
        let warm_since = self.now().saturating_sub(u64::try_from(WARM_FOR.as_millis()).unwrap_or(u64::MAX));
        let is_cold = |connection: &&Connection| {
            let used_at = connection.used_at.load(Ordering::Relaxed);
            used_at == 0 || used_at < warm_since
        };
        self.open().iter().find(is_cold).map(|cold| self.place(cold, None))
    }

    /// The vendor took a request from this place, and its reply took so long. Opens more connections when that is long.
    pub(super) fn replied(&self, place: &Place<'_>, took: Duration) {
        place.stands();
        if !place.connection.is_shared || !place.is_quiet {
            return;
        }
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).min(REPLY_MAX_US);
        let known_us = self.reply_us.load(Ordering::Relaxed);
        // One slow reply says little, many in a row do.
        let reply_us = if known_us == 0 { took_us } else { took_us.min(known_us + known_us / 4 + 1_000) };
        self.reply_us.store(reply_us, Ordering::Relaxed);
        let wanted = connections_for(reply_us);
        let open = self.open.fetch_max(wanted, Ordering::Relaxed);
        self.room.add_permits(wanted.saturating_sub(open) * REQUESTS_A_CONNECTION);
    }

    fn open(&self) -> &[Connection] {
        &self.connections[..self.open.load(Ordering::Relaxed)]
    }

    /// How many requests have left, or are about to, and are not answered.
    pub(super) fn under_way(&self) -> usize {
        self.connections.iter().map(|connection| connection.under_way.load(Ordering::Relaxed)).sum()
    }

    fn place<'a>(&self, connection: &'a Connection, room: Option<SemaphorePermit<'a>>) -> Place<'a> {
        let others = connection.under_way.fetch_add(1, Ordering::Relaxed);
        connection.used_at.store(self.now(), Ordering::Relaxed);
        let number = connection.came.fetch_add(1, Ordering::Relaxed) + 1;
        let is_first_connection = std::ptr::eq(connection, &raw const self.connections[0]);
        let is_quiet = is_first_connection && others < QUIET && connection.stands.load(Ordering::Relaxed);
        Place { connection, number, is_quiet, _room: room }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.made_at.elapsed().as_millis()).map_or(u64::MAX, |ms| ms.saturating_add(1))
    }
}

/// How many connections carry [`RATE`] when a reply takes so long.
fn connections_for(reply_us: u64) -> usize {
    let under_way = RATE * reply_us / 1_000_000;
    let wanted = usize::try_from(under_way).unwrap_or(usize::MAX).div_ceil(REQUESTS_A_CONNECTION);
    wanted.clamp(CONNECTIONS_MIN, CONNECTIONS_MAX)
}

impl Place<'_> {
    pub(super) fn client(&self) -> &Client {
        &self.connection.client
    }

    /// The connection is open: what is sent from now on need not wait for it.
    pub(super) fn stands(&self) {
        self.connection.stands.store(true, Ordering::Relaxed);
    }

    /// The connection could not be opened: it is as cold as one that never served.
    pub(super) fn does_not_stand(&self) {
        self.connection.stands.store(false, Ordering::Relaxed);
        self.connection.used_at.store(0, Ordering::Relaxed);
    }

    /// The request failed on its way. Says whether another one did since this one came to its place: when a connection
    /// breaks, all that are under way on it fail. Those that fail with another do not begin a break of their own.
    pub(super) fn breaks_with_another(&self) -> bool {
        let Connection { came, came_before_break, is_shared, stands, .. } = self.connection;
        stands.store(false, Ordering::Relaxed);
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
