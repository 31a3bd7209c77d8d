//! Calls: the only way in which a call changes its state.
//!
//! Every step is a compare-and-set with its timeline row in the same
//! transaction. Everyone else in this floor says what happened; what it means
//! for the promise (another try, or the outcome) is decided here.

use crate::app::App;
use crate::config::Config;
use crate::db::callees::Callee;
use crate::db::calls::Call;
use crate::db::{self, Conn, DbError, callees, ring_attempts};
use crate::domain::zone::Zone;
use crate::domain::{AlertId, AlertKind, AlertState, AnotherTry, CallReason, CallState, CallStep, Moment};
use crate::services::arming::{self, Channels};
use crate::services::schedules::pausing;
use crate::services::schedules::retrying::Retries;
use crate::services::sealing::Sealer;
use crate::services::{canceling, escalation};

/// What the steps of a call need to know beside the database.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds the config with its secrets")]
pub(crate) struct Rules {
    /// The settings.
    pub(crate) config: std::sync::Arc<Config>,
    /// The loaded channels.
    pub(crate) channels: Channels,
    /// Opens addresses.
    pub(crate) sealer: Sealer,
    /// Now.
    pub(crate) now: Moment,
}

impl Rules {
    /// The rules at this moment.
    pub(crate) fn of(app: &App) -> Self {
        Self {
            config: app.config.clone(),
            channels: Channels::of(&app.plugins),
            sealer: app.sealer.clone(),
            now: app.clock.now(),
        }
    }

    /// When a device that acknowledges rings should have said that this one rings.
    pub(crate) fn ack_by(&self, sent_at: Moment) -> Moment {
        sent_at.plus_secs(self.config.calling.ring_ack_s.into())
    }

    /// The length of a ring.
    pub(crate) fn ring_window_s(&self) -> i64 {
        i64::from(self.config.calling.ring_window_s)
    }
}

/// Moves a call on, with its timeline row. False when another was quicker, or
/// the step does not fit; then nothing is written.
pub(crate) async fn advance(c: &mut Conn, call: &mut Call, step: &CallStep, now: Moment) -> Result<bool, DbError> {
    catch_up(c, call).await?;
    let state = step.state();
    if !call.state.may_become(state) || !db::calls::take_step(c, call, step, now).await? {
        return Ok(false);
    }
    db::timeline::append(c, call, now, state.as_str(), step.reason().map(CallReason::as_str)).await?;
    call.state = state;
    canceling::others(c, call, step, now).await?;
    if state.is_outcome() {
        ring_attempts::close_of_call(c, call.id).await?;
    }
    Ok(true)
}

/// Locks the call's attempts, and takes in that it began to ring since it was read: that is written after the fact,
/// when a device may have spoken already.
async fn catch_up(c: &mut Conn, call: &mut Call) -> Result<(), DbError> {
    ring_attempts::lock_of_call(c, call.id).await?;
    if call.state != CallState::Queued {
        return Ok(());
    }
    let stored = db::calls::find(c, call.id).await?;
    if stored.is_some_and(|stored| stored.state == CallState::Ringing && stored.tries == call.tries) {
        call.state = CallState::Ringing;
    }
    Ok(())
}

/// A try came to nothing: ring again later, or settle the call, tell the family and open an alert.
pub(crate) async fn miss(c: &mut Conn, call: &mut Call, reason: CallReason, rules: &Rules) -> Result<(), DbError> {
    if call.state.is_outcome() {
        return Ok(());
    }
    let Some(callee) = callees::find(c, call.callee_id).await? else { return Ok(()) };
    let zone = Zone::parse(&callee.zone).unwrap_or_else(|_| Zone::utc());
    let again = next_try(call, &callee, reason, &zone, rules);
    let Some(ring_at) = pausing::unless_paused(c, call, again, &zone, rules.now).await? else {
        return settle_missed(c, call, reason, rules).await;
    };
    catch_up(c, call).await?;
    let expires_at = ring_at.plus_secs(rules.ring_window_s());
    let queued = CallStep::Queued { reason, ring_at, expires_at, try_no: call.tries + 1 };
    if !db::calls::take_step(c, call, &queued, rules.now).await? {
        return Ok(());
    }
    db::timeline::append(c, call, rules.now, "retry_planned", Some(reason.as_str())).await?;
    ring_attempts::close_of_call(c, call.id).await?;
    if let Some(again) = db::calls::find(c, call.id).await? {
        *call = again;
    }
    if let Err(refusal) = arming::arm(c, call, &callee, rules).await? {
        arming::tell_staff(c, refusal.reason(), rules).await?;
        settle_missed(c, call, refusal.reason(), rules).await?;
    }
    Ok(())
}

/// When the next try of a call rings, if there is to be one.
fn next_try(call: &Call, callee: &Callee, reason: CallReason, zone: &Zone, rules: &Rules) -> Option<Moment> {
    let calling = &rules.config.calling;
    let retries = Retries::of(callee, calling);
    let wait_s = match reason.another_try(call.call_method) {
        AnotherTry::Later => retries.after_s,
        AnotherTry::WhenFree => calling.retry_busy_after_s,
        AnotherTry::WhenMended => calling.retry_vendor_after_s,
        AnotherTry::Never => return None,
    };
    let ring_at = rules.now.plus_secs(wait_s.into());
    let local = zone.local(ring_at).time();
    let quiet = if calling.quiet_start <= calling.quiet_end {
        local >= calling.quiet_start && local < calling.quiet_end
    } else {
        local >= calling.quiet_start || local < calling.quiet_end
    };
    // Who has begun to talk is not rung again for the same promise.
    let talked = call.state == CallState::InProgress;
    let tries = i32::try_from(retries.tries).unwrap_or(i32::MAX);
    (!talked && call.tries < tries && !quiet).then_some(ring_at)
}

/// Settles a call that came to nothing.
async fn settle_missed(c: &mut Conn, call: &mut Call, reason: CallReason, rules: &Rules) -> Result<(), DbError> {
    if !advance(c, call, &CallStep::Over { reason, at: rules.now }, rules.now).await? {
        return Ok(());
    }
    let kind = match reason.outcome() {
        _ if reason == CallReason::NoDevice => AlertKind::NoDevice,
        CallState::Failed | CallState::Expired => AlertKind::CallFailed,
        _ => AlertKind::Missed,
    };
    open_alert(c, call, kind, reason, rules.now).await
}

/// Opens the alert of a call that did not become a talk.
async fn open_alert(
    c: &mut Conn,
    call: &Call,
    kind: AlertKind,
    reason: CallReason,
    now: Moment,
) -> Result<(), DbError> {
    let alert = db::alerts::Alert {
        id: AlertId::new(),
        family_id: Some(call.family_id),
        callee_id: Some(call.callee_id),
        call_id: Some(call.id),
        kind,
        cause: format!("call:{}", call.id),
        detail: serde_json::json!({ "reason": reason }).to_string(),
        evidence: "[]".to_owned(),
        state: AlertState::Open,
        opened_at: now,
        acknowledged_at: None,
        closed_at: None,
        note: None,
        acknowledged_by: None,
        last_at: None,
        times: 1,
    };
    escalation::raise(c, &[alert], now).await?;
    Ok(())
}
