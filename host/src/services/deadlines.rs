//! Deadlines: calls that went on longer than their state allows.
//!
//! A phone that says nothing is the usual case: the app may be killed, the
//! battery flat. So the server alone decides that a ring is over.

use std::collections::HashSet;
use std::sync::Arc;

use futures::{FutureExt, StreamExt};

use crate::app::App;
use crate::db::calls::{self, Call, CallFacts};
use crate::db::ring_attempts::RingAttempt;
use crate::db::ring_attempts::steps::LOOKED_UP;
use crate::db::{Conn, DbError, conversations, devices, ring_attempts};
use crate::domain::{AttemptState, CallId, CallMethod, CallReason, CallState, DeviceId, FamilyId, NodeId};
use crate::services::calls::{Rules, miss};
use crate::services::error::ServiceError;
use crate::services::{nodes, outcomes};

/// After the ring window, for an answer that is on its way.
pub(crate) const ANSWER_GRACE_S: i64 = 5;
/// After the ring window, for a vendor that dials and reports.
pub(crate) const VENDOR_GRACE_S: i64 = 180;
/// From the answer to the talk.
pub(crate) const CONNECT_WINDOW_S: i64 = 60;
const CALLS_A_TICK: usize = 200;
/// Transactions under way at once: fewer than connections.
const SIDE_BY_SIDE: usize = 4;

/// Ends what is overdue. Returns how many calls it moved on.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let overdue = overdue(app).await?;
    if overdue.is_empty() {
        return Ok(0);
    }
    // What this host knows of them and has not written counts too.
    if let Err(error) = outcomes::write(app).await {
        tracing::warn!(%error, "calls whose outcome waits to be written are judged later");
    }
    let unwritten = app.outcomes.calls();
    let overdue = overdue.into_iter().filter(|call| !unwritten.contains(&call.id));
    let others: Arc<[NodeId]> = nodes::others(app).await?.into();
    // Side by side: after nine o'clock there may be thousands whom nobody answered.
    let judged =
        futures::stream::iter(overdue).map(|call| end_one(app, call, others.clone())).buffer_unordered(SIDE_BY_SIDE);
    let judged: Vec<Result<Option<FamilyId>, ServiceError>> = judged.collect().await;
    let (mut moved, mut failed) = (Vec::new(), None);
    for outcome in judged {
        match outcome {
            Ok(family) => moved.extend(family),
            // One that fails keeps no other from its end.
            Err(error) => failed = Some(error),
        }
    }
    app.live.changed_all(&moved);
    failed.map_or(Ok(moved.len()), Err)
}

/// The open calls whose time is over, of each kind the oldest.
async fn overdue(app: &App) -> Result<Vec<Call>, DbError> {
    let (now, low_water) = (app.clock.now(), &app.low_water);
    let c = &mut app.db.read().await?;
    let mut overdue = Vec::new();
    for (method, low_water, grace_s) in [
        (CallMethod::App, &low_water.app_calls, ANSWER_GRACE_S),
        (CallMethod::Phone, &low_water.phone_calls, VENDOR_GRACE_S),
    ] {
        let (look, until) = (low_water.look(now), now.plus_secs(-grace_s));
        let found = calls::expired(c, method, look.span(until, CALLS_A_TICK)).await?;
        low_water.seen(look, found.first().map_or(until, |call| call.expires_at));
        overdue.extend(found);
    }
    // They are told at once.
    let look = low_water.missed_calls.look(now);
    let found = calls::made_expired(c, look.span(now, CALLS_A_TICK)).await?;
    low_water.missed_calls.seen(look, found.first().map_or(now, |call| call.expires_at));
    let known: HashSet<CallId> = overdue.iter().map(|call| call.id).collect();
    overdue.extend(found.into_iter().filter(|call| !known.contains(&call.id)));
    Ok(overdue)
}

async fn end_one(app: &App, call: Call, others: Arc<[NodeId]>) -> Result<Option<FamilyId>, ServiceError> {
    let (rules, family) = (Rules::of(app), call.family_id);
    let changed = app.db.write(move |c| async move { judge(c, call, &others, &rules).await }.boxed()).await?;
    Ok(changed.then_some(family))
}

async fn judge(c: &mut Conn, mut call: Call, others: &[NodeId], rules: &Rules) -> Result<bool, DbError> {
    let before = (call.state, call.tries, call.check_at);
    let attempts = ring_attempts::of_call(c, call.id).await?;
    // Another host knows what became of it, and has not written it yet; one that is dead is buried, and lets it go.
    if attempts.iter().any(|attempt| is_held_by(attempt, others)) {
        return Ok(false);
    }
    match (call.state, call.call_method) {
        // Its window was over when it was made.
        (CallState::Queued, _) if attempts.is_empty() => miss(c, &mut call, CallReason::HostWasDown, rules).await?,
        (CallState::Queued, CallMethod::App) => {
            // A device may have said that it rings though nobody wrote so: the host that rang it died.
            let rang = attempts.iter().any(|attempt| attempt.try_no == call.tries && attempt.rang_at.is_some());
            miss(c, &mut call, if rang { CallReason::NoAnswer } else { CallReason::NotRungInTime }, rules).await?;
        }
        (CallState::Ringing, CallMethod::App) => {
            let reason = of_silence(c, &call, &attempts).await?;
            miss(c, &mut call, reason, rules).await?;
        }
        (CallState::Queued | CallState::Ringing, CallMethod::Phone) => {
            // Nobody asked the vendor yet since a host is here again: that comes first.
            if is_to_be_looked_up(&call, &attempts, rules) {
                return Ok(false);
            }
            // It may have rung, so it is not dialled again: the family is told instead.
            miss(c, &mut call, CallReason::VendorSilent, rules).await?;
            // The family knows. What became of it is asked for all the same, until the vendor says.
            check_from_now_on(c, &mut call, rules).await?;
        }
        (CallState::Answered, _) => {
            let answered_at = call.answered_at.unwrap_or(call.ring_at);
            if rules.now > answered_at.plus_secs(CONNECT_WINDOW_S) {
                if conversations::of_call(c, call.id).await?.is_empty() {
                    miss(c, &mut call, CallReason::NeverConnected, rules).await?;
                } else {
                    check_from_now_on(c, &mut call, rules).await?;
                }
            }
        }
        (CallState::InProgress, _) => check_from_now_on(c, &mut call, rules).await?,
        _ => {}
    }
    Ok(before != (call.state, call.tries, call.check_at))
}

fn is_held_by(attempt: &RingAttempt, nodes: &[NodeId]) -> bool {
    let is_held = attempt.state == AttemptState::Armed && !attempt.ahead;
    is_held && attempt.owner.is_some_and(|owner| nodes.contains(&owner))
}

/// Why nobody picked up a ring that was sent: that says neither that its vendor took it nor that it rang.
async fn of_silence(c: &mut Conn, call: &Call, attempts: &[RingAttempt]) -> Result<CallReason, DbError> {
    let mut tried = attempts.iter().filter(|attempt| attempt.try_no == call.tries);
    if tried.clone().any(|attempt| attempt.rang_at.is_some()) {
        return Ok(CallReason::NoAnswer);
    }
    let rung: Vec<Option<DeviceId>> =
        tried.by_ref().filter(|attempt| attempt.accepted_at.is_some()).map(|attempt| attempt.device_id).collect();
    if rung.is_empty() {
        return Ok(CallReason::VendorFailed);
    }
    let devices: Vec<DeviceId> = rung.iter().flatten().copied().collect();
    let acknowledging = devices::acknowledging(c, &devices).await?;
    let would_say = |device: &Option<DeviceId>| device.is_some_and(|device| acknowledging.contains(&device));
    Ok(if rung.iter().all(would_say) { CallReason::DeviceSilent } else { CallReason::NoAnswer })
}

/// Whether the vendor is just about to be asked what became of a call. Who was asked in vain is asked again later.
fn is_to_be_looked_up(call: &Call, attempts: &[RingAttempt], rules: &Rules) -> bool {
    attempts.iter().any(|attempt| {
        attempt.ahead
            && attempt.try_no == call.tries
            && LOOKED_UP.contains(&attempt.state)
            && attempt.act_at.is_some_and(|at| at <= rules.now)
    })
}

/// A talk that nobody has ended is asked for at the provider.
async fn check_from_now_on(c: &mut Conn, call: &mut Call, rules: &Rules) -> Result<(), DbError> {
    if call.check_at.is_some() {
        return Ok(());
    }
    let check_at = Some(rules.now.plus_secs(rules.config.calling.reconcile_after_s.into()));
    calls::amend(c, call.id, &CallFacts { check_at: Some(check_at), ..CallFacts::default() }, rules.now).await?;
    call.check_at = check_at;
    Ok(())
}
