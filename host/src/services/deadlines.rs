//! Deadlines: calls that went on longer than their state allows.
//!
//! A phone that says nothing is the usual case: the app may be killed, the
//! battery flat. So the server alone decides that a ring is over.

use futures::{FutureExt, StreamExt};

use crate::app::App;
use crate::db::calls::{self, Call, CallFacts};
use crate::db::ring_attempts::steps::LOOKED_UP;
use crate::db::{Conn, DbError, conversations, ring_attempts};
use crate::domain::{CallMethod, CallReason, CallState, FamilyId};
use crate::services::calls::{Rules, miss};
use crate::services::error::ServiceError;
use crate::services::outcomes;

/// After the ring window, for an answer that is on its way.
pub(crate) const ANSWER_GRACE_S: i64 = 5;
/// After the ring window, for a vendor that dials and reports.
pub(crate) const VENDOR_GRACE_S: i64 = 180;
/// From the answer to the talk.
pub(crate) const CONNECT_WINDOW_S: i64 = 60;
const CALLS_A_TICK: i64 = 200;
/// Transactions under way at once: fewer than connections.
const SIDE_BY_SIDE: usize = 4;

/// Ends what is overdue. Returns how many calls it moved on.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let (app_before, phone_before) = (now.plus_secs(-ANSWER_GRACE_S), now.plus_secs(-VENDOR_GRACE_S));
    let overdue = calls::open_expired_before(&mut app.db.read().await?, app_before, phone_before, CALLS_A_TICK).await?;
    if !overdue.is_empty() {
        // What this host knows of them and has not written counts too.
        outcomes::write(app).await?;
    }
    // Side by side: after nine o'clock there may be thousands whom nobody answered.
    let judged = futures::stream::iter(overdue).map(|call| end_one(app, call)).buffer_unordered(SIDE_BY_SIDE);
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

async fn end_one(app: &App, call: Call) -> Result<Option<FamilyId>, ServiceError> {
    let (rules, family) = (Rules::of(app), call.family_id);
    let changed = app.db.write(move |c| async move { judge(c, call, &rules).await }.boxed()).await?;
    Ok(changed.then_some(family))
}

async fn judge(c: &mut Conn, mut call: Call, rules: &Rules) -> Result<bool, DbError> {
    let before = (call.state, call.tries, call.check_at);
    match (call.state, call.call_method) {
        (CallState::Queued, CallMethod::App) => {
            // A device may have said that it rings though nobody wrote so: the host that rang it died.
            let attempts = ring_attempts::of_call(c, call.id).await?;
            let rang = attempts.iter().any(|attempt| attempt.try_no == call.tries && attempt.rang_at.is_some());
            miss(c, &mut call, if rang { CallReason::NoAnswer } else { CallReason::NotRungInTime }, rules).await?;
        }
        (CallState::Ringing, CallMethod::App) => {
            // It was sent, which says nothing of whether anybody took it.
            let attempts = ring_attempts::of_call(c, call.id).await?;
            let was_taken = attempts.iter().any(|attempt| {
                attempt.try_no == call.tries && (attempt.accepted_at.is_some() || attempt.rang_at.is_some())
            });
            let reason = if was_taken { CallReason::NoAnswer } else { CallReason::VendorFailed };
            miss(c, &mut call, reason, rules).await?;
        }
        (CallState::Queued | CallState::Ringing, CallMethod::Phone) => {
            // Nobody asked the vendor yet since a host is here again: that comes first.
            if is_to_be_looked_up(c, &call, rules).await? {
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

/// Whether the vendor is just about to be asked what became of a call. Who was asked in vain is asked again later.
async fn is_to_be_looked_up(c: &mut Conn, call: &Call, rules: &Rules) -> Result<bool, DbError> {
    let attempts = ring_attempts::of_call(c, call.id).await?;
    Ok(attempts.iter().any(|attempt| {
        attempt.ahead
            && attempt.try_no == call.tries
            && LOOKED_UP.contains(&attempt.state)
            && attempt.act_at.is_some_and(|at| at <= rules.now)
    }))
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
