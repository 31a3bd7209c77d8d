//! The ringing loop: at each moment it takes out what is due and sends it, whatever else the host is doing.
//!
//! It asks the database for nothing. What it sends are tasks of their own; what became of them is written by a second
//! loop, which waits for the database as long as it must.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::Instant;

use super::{NAP_AFTER_FAILURE, Worker, report};
use crate::app::App;
use crate::services::{ServiceError, outcomes, ringing};

/// The longest nap: a clock on the wall may be set, and a host that was stopped must notice.
const LONGEST_NAP: Duration = Duration::from_millis(250);
/// Outcomes that come so closely after each other are written together.
const GATHER: Duration = Duration::from_millis(20);
/// Rings go first: at the full hour what became of the first ones is written this much later at the most, so that the
/// last ones need not share the processors with the database.
const LET_RINGS_GO_FIRST: Duration = Duration::from_secs(2);
/// A host that stops tries for so long to write what is left.
const LAST_WRITES: Duration = Duration::from_secs(10);

impl Worker {
    /// Rings what is due, until the host stops.
    pub(super) fn ring(&self, app: App) {
        let (stop, tasks) = (self.stop.clone(), self.tasks.clone());
        self.tasks.spawn(async move {
            while !stop.is_cancelled() {
                for list in ringing::take_due(&app) {
                    let app = app.clone();
                    tasks.spawn(async move { ringing::ring(&app, list).await });
                }
                let nap = ringing::next_in(&app).unwrap_or(LONGEST_NAP).min(LONGEST_NAP);
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = app.wake.notified() => {}
                    () = tokio::time::sleep(nap) => {}
                }
            }
        });
    }

    /// Writes what became of rings, until the host stops and nothing is left.
    pub(super) fn write_outcomes(&self, app: App) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            while stop.run_until_cancelled(app.outcomes.arrive()).await.is_some() {
                tokio::time::sleep(GATHER).await;
                let since = Instant::now();
                while app.lanes.are_full() && since.elapsed() < LET_RINGS_GO_FIRST && !stop.is_cancelled() {
                    tokio::time::sleep(GATHER).await;
                }
                while !app.outcomes.is_empty() && !stop.is_cancelled() {
                    let written = AssertUnwindSafe(outcomes::write(&app)).catch_unwind().await;
                    let written = written.unwrap_or(Err(ServiceError::Unavailable("a tick that panicked")));
                    if let Err(error) = written {
                        report("writing outcomes", &error);
                        stop.run_until_cancelled(tokio::time::sleep(NAP_AFTER_FAILURE)).await;
                    }
                }
            }
        });
    }
}

/// Writes what is left after every ring has come to its end.
pub(super) async fn write_the_rest(app: &App) {
    let writing = async {
        while let Err(error) = outcomes::write(app).await {
            report("writing outcomes", &error);
            tokio::time::sleep(NAP_AFTER_FAILURE).await;
        }
    };
    if tokio::time::timeout(LAST_WRITES, writing).await.is_err() {
        let waiting = app.outcomes.len();
        tracing::error!(waiting, "the database did not take the last outcomes; these rings are repeated or looked up");
    }
}
