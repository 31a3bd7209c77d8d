//! The emulators' time is the host's.

use std::time::Duration;

use callpanion_emulators::{Time, time::BoxFuture};

use crate::clock::Clock;

/// The host's clock, for the emulators.
pub(super) struct DemoTime(pub(super) Clock);

impl Time for DemoTime {
    fn now_ms(&self) -> i64 {
        self.0.now().millis()
    }

    fn sleep(&self, ms: i64) -> BoxFuture<'_, ()> {
        let until = self.0.now() + Duration::from_millis(u64::try_from(ms).unwrap_or(0));
        Box::pin(async move { self.0.sleep_until(until).await })
    }
}
