//! Lanes: how many lists of rings leave at once, channel by channel.
//!
//! What is under way follows from how long a vendor takes: a quick one is sent a few lists at a time, whose memory the next
//! ones use again; all of a full hour at once would take new memory for each. A slow one is sent more beside those that it
//! has not answered.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout};

/// Lists of one channel that are under way at once: enough for forty thousand rings a second at a vendor that takes
/// a quarter of a second, and a bound on memory. A slow vendor holds up its own channel only.
const LISTS_IN_FLIGHT: usize = 100;
/// Lists of one channel whose turn it is.
const LISTS_LEAVING: usize = 8;
/// So long a turn is at the most.
const TURN: Duration = Duration::from_millis(10);

/// More lists than this at once are a full hour.
const LISTS_OF_A_FULL_HOUR: usize = 5;
/// At the full hour, what a vendor said of the first rings is read this much later at the most, so that the last ones need
/// not share the processors with plugins.
const LET_OTHERS_GO_FIRST: Duration = Duration::from_secs(1);
/// Of so many lists at once the answers wait to be read: they are held in memory.
const LISTS_READ_LATER: usize = 500;
/// Between two looks whether they have gone.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Who may ring, channel by channel. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Lanes {
    channels: Arc<Mutex<HashMap<String, Lane>>>,
    on_their_way: Lists,
    to_be_read: Lists,
}

/// A number of lists.
#[derive(Clone, Debug, Default)]
struct Lists(Arc<AtomicUsize>);

impl Lists {
    fn number(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// One more, until the guard is dropped.
    fn count(&self) -> Counted {
        self.0.fetch_add(1, Ordering::Relaxed);
        Counted(self.clone())
    }
}

#[derive(Clone, Debug)]
struct Lane {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Default for Lane {
    fn default() -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self { places: semaphore(LISTS_IN_FLIGHT), turns: semaphore(LISTS_LEAVING) }
    }
}

/// A list that is counted.
pub(super) struct Counted(Lists);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The turn of a list, until it is passed on.
#[derive(Clone)]
pub(super) struct Turn(Arc<Mutex<Option<OwnedSemaphorePermit>>>);

impl Turn {
    /// The next list may leave.
    pub(super) fn pass_on(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// Waits for what is sent in this turn, which is passed on when that is done or takes longer than a turn.
    pub(super) async fn spend_on<T>(self, mut sending: BoxFuture<'_, T>) -> T {
        let quick = timeout(TURN, &mut sending).await;
        self.pass_on();
        match quick {
            Ok(done) => done,
            Err(_) => sending.await,
        }
    }
}

impl Lanes {
    /// Whether so many rings are on their way out that everything else had better wait a moment.
    pub fn are_full(&self) -> bool {
        self.on_their_way.number() > LISTS_OF_A_FULL_HOUR
    }

    /// Waits while so many are on their way, but not for long, and not if too many others wait.
    pub(super) async fn let_others_go_first(&self) {
        let (since, _counted) = (Instant::now(), self.to_be_read.count());
        while self.are_full() && self.to_be_read.number() <= LISTS_READ_LATER && since.elapsed() < LET_OTHERS_GO_FIRST {
            sleep(LOOK_AGAIN).await;
        }
    }

    /// A list is due, and its requests have not been answered.
    pub(super) fn begin(&self) -> Counted {
        self.on_their_way.count()
    }

    /// Waits for a place of this channel and for the turn to leave, first come, first served.
    pub(super) async fn enter(&self, channel: &str) -> Option<(OwnedSemaphorePermit, Turn)> {
        let Lane { places, turns } = {
            let mut lanes = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
            lanes.entry(channel.to_owned()).or_default().clone()
        };
        let place = places.acquire_owned().await.ok()?;
        let turn = turns.acquire_owned().await.ok()?;
        Some((place, Turn(Arc::new(Mutex::new(Some(turn))))))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::FutureExt as _;
    use tokio::time::timeout;

    use super::{LISTS_LEAVING, LISTS_OF_A_FULL_HOUR, LISTS_READ_LATER, Lanes};

    const SOON: Duration = Duration::from_millis(1);
    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn turn_is_passed_on_when_it_was_spent_or_lasts_too_long() {
        let lanes = Lanes::default();
        let mut first = Vec::new();
        for _ in 0..LISTS_LEAVING {
            first.push(lanes.enter("fcm").await.unwrap());
        }
        assert!(timeout(SOON, lanes.enter("fcm")).await.is_err(), "it is nobody's turn yet");
        assert!(timeout(LONG, lanes.enter("apns-voip")).await.is_ok(), "another channel has lists of its own");
        let (_place, turn) = first.pop().unwrap();
        turn.spend_on(async {}.boxed()).await;
        assert!(timeout(LONG, lanes.enter("fcm")).await.is_ok(), "its requests were answered");
        let (_place, turn) = first.pop().unwrap();
        let silent = turn.spend_on(futures::future::pending::<()>().boxed());
        tokio::select! {
            () = silent => panic!("its vendor is silent"),
            next = timeout(LONG, lanes.enter("fcm")) => assert!(next.is_ok(), "its vendor is slow"),
        }
    }

    #[tokio::test]
    async fn answers_wait_for_the_others_to_leave_unless_too_many_wait() {
        let lanes = Lanes::default();
        lanes.let_others_go_first().now_or_never().expect("nobody else is on the way");
        let _others: Vec<_> = (0..=LISTS_OF_A_FULL_HOUR).map(|_| lanes.begin()).collect();
        assert!(timeout(SOON, lanes.let_others_go_first()).await.is_err());
        let _waiting: Vec<_> = (0..LISTS_READ_LATER).map(|_| lanes.to_be_read.count()).collect();
        lanes.let_others_go_first().now_or_never().expect("too many wait");
    }
}
