//! Ringing: at its moment, what is armed goes out.
//!
//! Nothing is read, planned or written first: the list is in memory, its requests are ready, and what became of them
//! is written afterwards by [`super::outcomes`]. So a database that is away delays no ring. How many go out at once is the
//! matter of [`super::lanes`].

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;

use crate::app::App;
use crate::domain::{Fault, Verdict};
use crate::plugins::PluginFailure;
use crate::services::armory::{Armed, List};
use crate::services::outcomes::{Outcome, Rung};
use crate::services::verdicts;

/// What a request may take from here to the vendor, and from there to the phone's clock.
const ON_THE_WAY: Duration = Duration::from_millis(50);

/// Between two looks whether a vendor would hear us again.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What is due now; nothing just after this host slept for longer than its lease.
pub fn take_due(app: &App) -> Vec<List> {
    if !app.armory.wake_up(app.clock.monotonic(), app.longest_sleep()) {
        tracing::warn!("this host was asleep for longer than its lease: what it held is taken again");
        app.wake.notify_waiters();
        return Vec::new();
    }
    let now = app.clock.now();
    // A channel that says no to one list has no room for the next one either, and the oldest goes first.
    let mut closed = Vec::new();
    app.armory.take_due(now, |list| {
        if list.rings.iter().any(|armed| armed.attempt.expires_at < now) {
            return true;
        }
        let may_go = !closed.contains(&list.channel) && app.plugins.would_hear(&list.channel, list.rings.len());
        if !may_go {
            closed.push(list.channel.clone());
        }
        may_go
    })
}

/// How long until the next ring is due; `None` when nothing is held.
pub fn next_in(app: &App) -> Option<Duration> {
    let next = app.armory.next_at().map(|at| at.since(app.clock.now()))?;
    // What is due already waits for its vendor.
    Some(app.clock.real(next)).filter(|next| !next.is_zero()).or(Some(LOOK_AGAIN))
}

/// Rings a list, and hands what became of it to who writes it.
pub async fn ring(app: &App, mut list: List) {
    let on_its_way = app.lanes.begin();
    let Some((place, turn)) = app.lanes.enter(&list.channel).await else { return };
    if !app.armory.is_awake(app.clock.monotonic(), app.longest_sleep()) {
        // Between the taking and here the host was stopped: another may have these by now.
        app.armory.suspect();
        return;
    }
    let now = app.clock.now();
    let (on_time, late): (Vec<Arc<Armed>>, Vec<Arc<Armed>>) =
        list.rings.into_iter().partition(|armed| now <= armed.attempt.expires_at);
    if !late.is_empty() {
        list.plan = None;
        app.outcomes.add(late.into_iter().map(|armed| Rung::new(armed, now, now, Outcome::Late)).collect());
    }
    let Some(ends_at) = on_time.iter().map(|armed| armed.attempt.expires_at).min() else { return };
    // Nothing leaves after the ring window, nor so late in it that it comes after it.
    let vendor_deadline = Duration::from_millis(app.config.calling.vendor_deadline_ms.into());
    let deadline = vendor_deadline.min(app.clock.real(ends_at.since(now).saturating_sub(ON_THE_WAY)));
    let plan = list.plan.filter(|plan| plan.is_good_at(now));
    let answered = turn.clone();
    let verdicts = if let Some(plan) = plan {
        let pause = async move {
            answered.pass_on();
            drop((on_its_way, place));
            app.lanes.let_others_go_first().await;
        };
        app.plugins.ring_as_planned(plan, deadline, pause.boxed()).boxed()
    } else {
        let rings = on_time.iter().map(|armed| armed.ring.clone()).collect();
        app.plugins.ring(&list.channel, rings, deadline).boxed()
    };
    let verdicts = turn.spend_on(verdicts).await;
    let outcomes: Vec<Outcome> = match verdicts {
        Ok(verdicts) => verdicts.into_iter().map(Outcome::Verdict).collect(),
        Err(failure) => {
            tracing::warn!(channel = list.channel, rings = on_time.len(), error = %failure, "a channel gave up");
            on_time.iter().map(|_| of_failure(&failure)).collect()
        }
    };
    let heard_at = app.clock.now();
    if outcomes.iter().any(Outcome::is_accepted) {
        app.proofs.worked(Fault::Ringing, &list.channel, heard_at);
    }
    let rung = on_time.into_iter().zip(outcomes).map(|(armed, outcome)| Rung::new(armed, now, heard_at, outcome));
    app.outcomes.add(rung.collect());
}

/// What a plugin's failure means for each of its rings.
fn of_failure(failure: &PluginFailure) -> Outcome {
    Outcome::Verdict(match failure {
        PluginFailure::Resting { until, .. } => {
            return Outcome::TurnedAway { until: *until, reason: failure.to_string() };
        }
        PluginFailure::Retry { after_ms, reason } => Verdict::Retry { after_ms: *after_ms, reason: reason.clone() },
        PluginFailure::Misconfigured(reason) => Verdict::Misconfigured(reason.clone()),
        PluginFailure::Permanent(reason) => Verdict::Refused(reason.clone()),
        PluginFailure::NoSuchPlugin(id) => Verdict::Misconfigured(verdicts::not_loaded(id)),
        // A plugin that broke may have had its request sent before.
        PluginFailure::Unknown(reason) => Verdict::Unknown(reason.clone()),
        PluginFailure::Broken { .. } => Verdict::Retry { after_ms: 2_000, reason: failure.to_string() },
    })
}

/// Rings everything that is due, and waits for it. Returns how many rings that were.
pub async fn run_due(app: &App) -> usize {
    let lists = take_due(app);
    let rings = lists.iter().map(|list| list.rings.len()).sum();
    futures::future::join_all(lists.into_iter().map(|list| ring(app, list))).await;
    rings
}
