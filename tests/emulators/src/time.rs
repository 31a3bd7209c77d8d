//! The time that the emulators live in.
//!
//! The world's owner hands a [`Time`] in: the machine's own, one that runs
//! faster, or one that a test moves. Every emulator reads only this.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, UNIX_EPOCH};

use tokio::sync::watch;

/// A boxed future that borrows for `'a`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A clock that can be waited on.
pub trait Time: Send + Sync + 'static {
    /// Milliseconds since 1970-01-01 UTC on this clock.
    fn now_ms(&self) -> i64;

    /// Returns once this clock shows `ms` more than now; at once if `ms` is not positive.
    ///
    /// The moment is fixed when this is called, not when the future is first
    /// polled, so that a clock moved in between does not lengthen the wait.
    fn sleep(&self, ms: i64) -> BoxFuture<'_, ()>;
}

/// The machine's time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemTime;

impl Time for SystemTime {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everyone here asks")]
    fn now_ms(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    }

    fn sleep(&self, ms: i64) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(Duration::from_millis(u64::try_from(ms).unwrap_or(0))))
    }
}

/// A time that stands still until [`ManualTime::advance`] moves it; sleepers wait without polling.
#[derive(Debug)]
pub struct ManualTime(watch::Sender<i64>);

impl ManualTime {
    /// Starts at `now_ms`.
    pub fn new(now_ms: i64) -> Self {
        Self(watch::Sender::new(now_ms))
    }

    /// Moves forward by `ms` and wakes the sleepers whose moment has come.
    pub fn advance(&self, ms: i64) {
        self.0.send_modify(|now| *now += ms);
    }
}

impl Time for ManualTime {
    fn now_ms(&self) -> i64 {
        *self.0.borrow()
    }

    fn sleep(&self, ms: i64) -> BoxFuture<'_, ()> {
        let mut watching = self.0.subscribe();
        let until = self.now_ms() + ms;
        Box::pin(async move {
            // The sender lives as long as `self`, so this ends only by reaching the moment.
            let _reached = watching.wait_for(|now| *now >= until).await;
        })
    }
}
