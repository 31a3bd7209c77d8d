//! The worker: ticks that nudge the services. A tick has no input and may run
//! at any time, twice, or on many hosts at once; what is due stands in the database.
//!
//! Each tick has a loop of its own, so that a stuck one stops no other. A loop
//! that fails says so once and goes on. `boot` starts and stops the worker.

mod ringing;
pub mod round;

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::services::armory::{checking, holding, planning};
use crate::services::{
    ServiceError, acknowledging, deadlines, digests, housekeeping, jobs, live_bridge, lookups, nodes, plugin_health,
    queueing, reconciling, replacing, submitting,
};

/// Rarer ticks than this are not nudged: what they do can wait.
const LONGEST_WOKEN_PERIOD: Duration = Duration::from_secs(1);
/// After a failure, so that a dead database is not asked a thousand times a second.
const NAP_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// The running loops.
#[derive(Debug)]
pub struct Worker {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Worker {
    /// Starts every loop.
    pub fn start(app: &App) -> Self {
        let worker = Self { tasks: TaskTracker::new(), stop: CancellationToken::new() };
        worker.ring(app.clone());
        worker.write_outcomes(app.clone());
        worker.every(app, "queueing", Duration::from_secs(1), |app| async move { queueing::tick(&app).await });
        worker.every(app, "holding", Duration::from_millis(500), |app| async move { holding::tick(&app).await });
        worker.every(
            app,
            "acknowledging",
            Duration::from_secs(1),
            |app| async move { acknowledging::tick(&app).await },
        );
        worker.every(app, "checking", Duration::from_secs(1), |app| async move { checking::tick(&app).await });
        worker.every(app, "planning", Duration::from_millis(250), |app| async move { planning::tick(&app).await });
        worker.every(app, "submitting", Duration::from_secs(1), |app| async move { submitting::tick(&app).await });
        worker.every(app, "look-ups", Duration::from_secs(1), |app| async move { lookups::tick(&app).await });
        worker.every(app, "deadlines", Duration::from_secs(1), |app| async move { deadlines::tick(&app).await });
        worker.every(app, "reconciling", Duration::from_secs(5), |app| async move { reconciling::tick(&app).await });
        worker.every(app, "weekly digests", Duration::from_mins(1), |app| async move { digests::tick(&app).await });
        worker.every(app, "jobs", Duration::from_secs(1), |app| async move { jobs::run_due(&app).await });
        worker.every(
            app,
            "replacing plugins",
            Duration::from_secs(2),
            |app| async move { replacing::tick(&app).await },
        );
        worker.every(app, "housekeeping", Duration::from_mins(10), |app| async move { housekeeping::tick(&app).await });
        let period = Duration::from_secs(plugin_health::PERIOD_S);
        worker.every(app, "plugin health", period, |app| async move { plugin_health::tick(&app).await });
        worker.keep_up(app, "comparing what is armed", |app| async move { checking::keep_up(&app).await });
        if app.db.is_shared() {
            worker.every(app, "nodes", Duration::from_secs(1), |app| async move { nodes::tick(&app).await });
            worker.keep_up(app, "telling other hosts", |app| async move { live_bridge::tell(&app).await });
            worker.keep_up(app, "hearing other hosts", |app| async move { live_bridge::hear(&app).await });
        }
        worker
    }

    /// Stops the loops and waits until what they began is done. Then writes what is left, and lets everything go that
    /// this host was to ring, so that another takes it at once.
    pub async fn stop(self, app: &App) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        ringing::write_the_rest(app).await;
        // Who has not let go is found dead by the others, who take what it held.
        let left = async {
            holding::let_go(app).await?;
            nodes::leave(app).await
        };
        if let Err(error) = left.await {
            report("leaving", &error);
        }
    }

    /// Runs what lasts, and begins it again when it ends.
    fn keep_up<F, R>(&self, app: &App, name: &'static str, lasting: F)
    where
        F: Fn(App) -> R + Send + 'static,
        R: Future<Output = Result<(), ServiceError>> + Send,
    {
        let (app, stop) = (app.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            while !stop.is_cancelled() {
                let ended = stop.run_until_cancelled(lasting(app.clone())).await;
                if let Some(Err(error)) = ended {
                    report(name, &error);
                }
                stop.run_until_cancelled(tokio::time::sleep(NAP_AFTER_FAILURE)).await;
            }
        });
    }

    fn every<F, R>(&self, app: &App, name: &'static str, period: Duration, tick: F)
    where
        F: Fn(App) -> R + Send + 'static,
        R: Future<Output = Result<usize, ServiceError>> + Send,
    {
        let (app, stop) = (app.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            while !stop.is_cancelled() {
                let ticked = AssertUnwindSafe(tick(app.clone())).catch_unwind().await;
                let nap = match ticked.unwrap_or_else(|_| Err(ServiceError::Unavailable("a tick that panicked"))) {
                    Ok(0) => app.clock.real(period),
                    // There may be more of the same.
                    Ok(_) => Duration::from_millis(20).min(period),
                    Err(error) => {
                        report(name, &error);
                        NAP_AFTER_FAILURE
                    }
                };
                if period > LONGEST_WOKEN_PERIOD {
                    stop.run_until_cancelled(tokio::time::sleep(nap)).await;
                } else {
                    rest(&app, &stop, nap).await;
                }
            }
        });
    }
}

fn report(tick: &str, error: &ServiceError) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(tick, %error, cause, "a tick failed; it will be tried again");
}

async fn rest(app: &App, stop: &CancellationToken, nap: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = app.wake.notified() => {}
        () = tokio::time::sleep(nap) => {}
    }
}
