//! The clock: the only room that may ask the machine for the time.
//!
//! Everyone who needs "now" is given a [`Clock`]. `serve` runs on the system's
//! time, the demo on a time that runs faster, and tests on one that they move.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::domain::Moment;

/// Where "now" comes from. Cheap to clone; clones share the time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    System,
    Scaled { started: Instant, from: Moment, speed: f64 },
    Manual { wall: AtomicI64, monotonic: AtomicI64 },
}

impl Clock {
    /// The system's time.
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// Starts at the system's time and runs `speed` times as fast.
    pub fn scaled(speed: f64) -> Self {
        Self(Arc::new(Source::Scaled { started: Instant::now(), from: system_now(), speed }))
    }

    /// Stands still until [`Clock::advance`] moves it.
    pub fn manual(start: Moment) -> Self {
        Self(Arc::new(Source::Manual { wall: AtomicI64::new(start.0), monotonic: AtomicI64::new(start.0) }))
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        match &*self.0 {
            Source::System => system_now(),
            Source::Scaled { started, from, speed } => *from + started.elapsed().mul_f64(*speed),
            Source::Manual { wall, .. } => Moment(wall.load(Ordering::SeqCst)),
        }
    }

    /// Time that only goes forward, whatever is done to the clock on the wall. Its beginning means nothing.
    pub fn monotonic(&self) -> Duration {
        match &*self.0 {
            Source::System => awake_and_asleep(),
            Source::Scaled { started, speed, .. } => started.elapsed().mul_f64(*speed),
            Source::Manual { monotonic, .. } => Duration::from_micros(monotonic.load(Ordering::SeqCst).unsigned_abs()),
        }
    }

    /// Whether time passes without anybody's hand: on a manual clock nobody may wait for it.
    pub fn runs(&self) -> bool {
        !matches!(&*self.0, Source::Manual { .. })
    }

    /// Moves a manual clock forward; other clocks move by themselves.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual { monotonic, .. } = &*self.0 {
            monotonic.fetch_add(micros(by), Ordering::SeqCst);
        }
        self.set_forward(by);
    }

    /// Sets a manual clock forward, as a hand on the wall does: no time passes. The simulator passes over hours in
    /// which nothing is due this way.
    pub fn set_forward(&self, by: Duration) {
        if let Source::Manual { wall, .. } = &*self.0 {
            wall.fetch_add(micros(by), Ordering::SeqCst);
        }
    }

    /// How long the machine must wait, in real time, for `span` to pass on this clock.
    ///
    /// A manual clock never moves by itself: there the wait is `span`, and a
    /// waiter is woken by the test that moves the clock.
    pub fn real(&self, span: Duration) -> Duration {
        match &*self.0 {
            Source::Scaled { speed, .. } => span.div_f64(*speed),
            Source::System | Source::Manual { .. } => span,
        }
    }

    /// Waits until this clock shows `moment`.
    pub async fn sleep_until(&self, moment: Moment) {
        loop {
            let left = moment.since(self.now());
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(self.real(left).max(Duration::from_millis(1))).await;
        }
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// Since the machine was started, whatever was done to its clock: also the time in which it was suspended, which
/// [`Instant`] leaves out on Linux (`clock_gettime(2)`).
fn awake_and_asleep() -> Duration {
    #[cfg(target_os = "linux")]
    let clock = rustix::time::ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    let clock = rustix::time::ClockId::Monotonic;
    rustix::time::clock_gettime(clock).try_into().unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
fn system_now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
