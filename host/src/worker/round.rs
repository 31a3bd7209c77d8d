//! A round: every tick of the worker once, one after the other, for whoever moves the clock by hand.
//!
//! The worker's own loops run side by side, each at its pace; the simulator and the tests walk in here, since between
//! two moments of their clock nothing happens. A tick may come in any order and at any time.

use crate::app::App;
use crate::services::armory::{checking, holding, planning};
use crate::services::{
    ServiceError, acknowledging, deadlines, digests, jobs, lookups, nodes, outcomes, plugin_health, queueing,
    reconciling, replacing, ringing, submitting,
};

/// One of the worker's ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// Slots become calls.
    Queueing,
    /// Signs of life, and the dead are buried.
    Nodes,
    /// What nobody holds is taken.
    Holding,
    /// What was canceled is dropped.
    Checking,
    /// Requests are made ready.
    Planning,
    /// What is due goes out.
    Ringing,
    /// What became of it is written.
    Outcomes,
    /// What no device has acknowledged rings once more.
    Acknowledging,
    /// What a vendor wants ahead is handed over.
    Submitting,
    /// Vendors are asked what became of it.
    LookUps,
    /// What nobody answers is ended.
    Deadlines,
    /// What never arrived is fetched.
    Reconciling,
    /// Plugins report how they are.
    PluginHealth,
    /// Changed plugins are taken up.
    Replacing,
    /// Families are told of their week.
    Digests,
    /// Queued work is done.
    Jobs,
}

impl Tick {
    /// All of them, in the order of a call's path.
    pub const ALL: [Self; 16] = [
        Self::Queueing,
        Self::Nodes,
        Self::Holding,
        Self::Checking,
        Self::Planning,
        Self::Ringing,
        Self::Outcomes,
        Self::Acknowledging,
        Self::Submitting,
        Self::LookUps,
        Self::Deadlines,
        Self::Reconciling,
        Self::PluginHealth,
        Self::Replacing,
        Self::Digests,
        Self::Jobs,
    ];

    /// Runs it. Returns how much it did; what it leaves for later counts as nothing.
    pub async fn run(self, app: &App) -> Result<usize, ServiceError> {
        match self {
            Self::Queueing => queueing::tick(app).await,
            Self::Nodes => nodes::tick(app).await,
            Self::Holding => holding::tick(app).await,
            Self::Checking => checking::tick(app).await,
            Self::Planning => planning::tick(app).await,
            Self::Ringing => Ok(ringing::run_due(app).await),
            Self::Outcomes => outcomes::write(app).await,
            Self::Acknowledging => acknowledging::tick(app).await,
            Self::Submitting => submitting::tick(app).await,
            Self::LookUps => lookups::tick(app).await,
            Self::Deadlines => deadlines::tick(app).await,
            Self::Reconciling => reconciling::tick(app).await,
            // Its period, by the app's own clock.
            Self::PluginHealth if app.clock.now().secs().unsigned_abs().is_multiple_of(plugin_health::PERIOD_S) => {
                plugin_health::tick(app).await
            }
            Self::PluginHealth => Ok(0),
            Self::Replacing => replacing::tick(app).await,
            Self::Digests => digests::tick(app).await,
            Self::Jobs => {
                let mut done = 0;
                loop {
                    match jobs::run_due(app).await? {
                        0 => return Ok(done),
                        jobs => done += jobs,
                    }
                }
            }
        }
    }
}

/// Every tick once. Returns how much they did: after nothing, nothing more happens before the clock moves.
pub async fn round(app: &App) -> Result<usize, ServiceError> {
    let mut done = 0;
    for tick in Tick::ALL {
        done += tick.run(app).await?;
    }
    Ok(done)
}
