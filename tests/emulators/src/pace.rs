//! Who is doing what, and until when: the tasks of one world.
//!
//! Dialled lines, ringing phones and webhook posts are *actors*: tracked,
//! cancelled together, and counted, so that a test which moved the clock can
//! wait until everything that the move set off has come to rest.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::hold;
use crate::time::Time;

/// Real time that [`Pace::settle`] and [`Pace::until`] wait at most.
const PATIENCE_S: u64 = 30;

#[derive(Clone)]
pub(crate) struct Pace(Arc<Inner>);

struct Inner {
    time: Arc<dyn Time>,
    stop: CancellationToken,
    tasks: TaskTracker,
    bench: Mutex<Bench>,
    moved: Notify,
}

/// Actors at work, and the moments that the sleeping ones wait for.
#[derive(Default)]
struct Bench {
    busy: usize,
    next: u64,
    sleepers: HashMap<u64, i64>,
}

impl Pace {
    pub(crate) fn new(time: Arc<dyn Time>) -> Self {
        Self(Arc::new(Inner {
            time,
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            bench: Mutex::default(),
            moved: Notify::new(),
        }))
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.0.time.now_ms()
    }

    pub(crate) fn now_s(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// Runs an actor. It counts as busy from now on, not from when its task first runs.
    pub(crate) fn act(&self, part: impl Future<Output = ()> + Send + 'static) {
        let busy = Busy::new(self.clone());
        let stop = self.0.stop.clone();
        self.0.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = part => {}
            }
            drop(busy);
        });
    }

    /// Runs something that serves others and never counts as busy.
    pub(crate) fn serve(&self, service: impl Future<Output = ()> + Send + 'static) {
        let stop = self.0.stop.clone();
        self.0.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = service => {}
            }
        });
    }

    /// Says that something was recorded, for those who wait in [`Pace::until`].
    pub(crate) fn tell(&self) {
        self.0.moved.notify_waiters();
    }

    /// Waits until no actor has anything to do before the clock moves again; false if patience ran out.
    pub(crate) async fn settle(&self) -> bool {
        self.until(|| {
            let now = self.now_ms();
            let bench = hold(&self.0.bench);
            bench.busy == 0 && bench.sleepers.values().all(|until| *until > now)
        })
        .await
    }

    /// The next moment, ms, that a sleeping actor waits for.
    pub(crate) fn next_ms(&self) -> Option<i64> {
        hold(&self.0.bench).sleepers.values().min().copied()
    }

    /// Waits until `reached` holds, looking again after each record; false if patience ran out.
    pub(crate) async fn until(&self, reached: impl Fn() -> bool) -> bool {
        let looking = async {
            loop {
                let moved = self.0.moved.notified();
                tokio::pin!(moved);
                moved.as_mut().enable();
                if reached() {
                    return;
                }
                moved.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(PATIENCE_S), looking).await.is_ok()
    }

    /// Ends every task.
    pub(crate) fn cancel(&self) {
        self.0.stop.cancel();
        self.0.tasks.close();
    }

    /// Waits for the tasks that [`Pace::cancel`] ended.
    pub(crate) async fn ended(&self) {
        self.0.tasks.wait().await;
    }

    async fn sleep_until(&self, until_ms: i64, counted: bool) {
        let left = until_ms - self.now_ms();
        if left > 0 {
            // The moment is fixed before anyone can see us asleep and move the clock.
            let sleeping = self.0.time.sleep(left);
            let asleep = counted.then(|| Asleep::new(self.clone(), until_ms));
            sleeping.await;
            drop(asleep);
        }
    }
}

/// One actor at work.
struct Busy(Pace);

impl Busy {
    fn new(pace: Pace) -> Self {
        hold(&pace.0.bench).busy += 1;
        Self(pace)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        hold(&self.0.0.bench).busy -= 1;
        self.0.tell();
    }
}

/// One actor that waits for the clock; back at work when dropped.
struct Asleep(Pace, u64);

impl Asleep {
    fn new(pace: Pace, until_ms: i64) -> Self {
        let id = {
            let mut bench = hold(&pace.0.bench);
            bench.next += 1;
            bench.busy -= 1;
            let id = bench.next;
            bench.sleepers.insert(id, until_ms);
            id
        };
        pace.tell();
        Self(pace, id)
    }
}

impl Drop for Asleep {
    fn drop(&mut self) {
        let mut bench = hold(&self.0.0.bench);
        bench.sleepers.remove(&self.1);
        bench.busy += 1;
    }
}

/// The planned moments of one actor: a chain of waits that stays true when the clock jumps.
///
/// A line that rings 5 s and talks 60 s is done 65 s after it was dialled,
/// also for a test that moves its clock ten minutes at once.
pub(crate) struct Course {
    pace: Pace,
    at_ms: i64,
    sleeping: Sleeping,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sleeping {
    /// Inside [`Pace::act`].
    Actor,
    /// Somebody else's task, which was never counted.
    Guest,
    /// No wait at all: the plan runs through at once.
    Never,
}

impl Course {
    pub(crate) fn actor(pace: &Pace, at_ms: i64) -> Self {
        Self { pace: pace.clone(), at_ms, sleeping: Sleeping::Actor }
    }

    pub(crate) fn guest(pace: &Pace, at_ms: i64) -> Self {
        Self { pace: pace.clone(), at_ms, sleeping: Sleeping::Guest }
    }

    pub(crate) fn at_once(pace: &Pace) -> Self {
        Self { pace: pace.clone(), at_ms: pace.now_ms(), sleeping: Sleeping::Never }
    }

    /// The planned moment reached so far.
    pub(crate) fn at_ms(&self) -> i64 {
        self.at_ms
    }

    pub(crate) fn at_s(&self) -> i64 {
        self.at_ms.div_euclid(1000)
    }

    pub(crate) fn is_at_once(&self) -> bool {
        self.sleeping == Sleeping::Never
    }

    /// Moves the plan on by `ms` and waits until the clock is there.
    pub(crate) async fn wait(&mut self, ms: i64) {
        self.at_ms += ms.max(0);
        if self.sleeping != Sleeping::Never {
            self.pace.sleep_until(self.at_ms, self.sleeping == Sleeping::Actor).await;
        }
    }
}
