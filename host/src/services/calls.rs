//! Calls: the only way in which a call changes its state.
//!
//! Every step is a compare-and-set with its timeline row in the same
//! transaction. Everyone else in this floor says what happened; what it means
//! for the promise (another try, or the outcome) is decided here.

use crate::app::App;
use crate::config::Config;
use crate::db::calls::{Call, CallChange};
use crate::db::{self, Conn, DbError, callees, ring_attempts};
use crate::domain::zone::Zone;
use crate::domain::{AlertId, AlertKind, AlertState, CallState, Moment};
use crate::services::arming::{self, Channels};
use crate::services::escalation;
use crate::services::schedules::pausing;

/// What the steps of a call need to know beside the database.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds the config with its secrets")]
pub(crate) struct Rules {
    /// The settings.
    pub(crate) config: std::sync::Arc<Config>,
    /// The loaded channels.
    pub(crate) channels: Channels,
    /// Now.
    pub(crate) now: Moment,
}

impl Rules {
    /// The rules at this moment.
    pub(crate) fn of(app: &App) -> Self {
        Self { config: app.config.clone(), channels: Channels::of(&app.plugins), now: app.clock.now() }
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

/// Why a try did not lead to a talk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Miss {
    /// The outcome, if this was the last try.
    pub(crate) outcome: CallState,
    /// A key of the Fluent files (`reason-<reason>`).
    pub(crate) reason: &'static str,
    /// Whether another try can help.
    pub(crate) retry: bool,
}

impl Miss {
    /// Nobody picked up.
    pub(crate) const NO_ANSWER: Self = Self { outcome: CallState::Missed, reason: "no_answer", retry: true };
    /// The line was busy.
    pub(crate) const BUSY: Self = Self { outcome: CallState::Busy, reason: "busy", retry: true };
    /// Picked up, but the talk never began.
    pub(crate) const NEVER_CONNECTED: Self = Self::failed("never_connected", true);

    /// It could not be made.
    pub(crate) const fn failed(reason: &'static str, retry: bool) -> Self {
        Self { outcome: CallState::Failed, reason, retry }
    }
}

/// Moves a call on, with its timeline row. False when another was quicker, or
/// the step does not fit; then nothing is written.
pub(crate) async fn advance(
    c: &mut Conn,
    call: &mut Call,
    to: CallState,
    change: CallChange,
    now: Moment,
) -> Result<bool, DbError> {
    catch_up(c, call).await?;
    if !call.state.may_become(to) {
        return Ok(false);
    }
    if !db::calls::move_state(c, call, to, &change, now).await? {
        return Ok(false);
    }
    let detail = change.reason.flatten();
    db::timeline::append(c, call, now, to.as_str(), detail.as_deref()).await?;
    call.state = to;
    if to.is_outcome() {
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
pub(crate) async fn miss(c: &mut Conn, call: &mut Call, miss: Miss, rules: &Rules) -> Result<(), DbError> {
    if call.state.is_outcome() {
        return Ok(());
    }
    let Some(callee) = callees::find(c, call.callee_id).await? else { return Ok(()) };
    let zone = Zone::parse(&callee.zone).unwrap_or_else(|_| Zone::utc());
    let again = next_try(call, miss, &zone, rules);
    if let Some(ring_at) = pausing::unless_paused(c, call, again, &zone, rules.now).await? {
        let change = CallChange {
            reason: Some(Some(miss.reason.to_owned())),
            ring_at: Some(ring_at),
            expires_at: Some(ring_at.plus_secs(rules.ring_window_s())),
            tries: Some(call.tries + 1),
            check_at: Some(None),
            ..CallChange::default()
        };
        catch_up(c, call).await?;
        if !db::calls::move_state(c, call, CallState::Queued, &change, rules.now).await? {
            return Ok(());
        }
        db::timeline::append(c, call, rules.now, "retry_planned", Some(miss.reason)).await?;
        ring_attempts::close_of_call(c, call.id).await?;
        if let Some(again) = db::calls::find(c, call.id).await? {
            *call = again;
        }
        if let Err(refusal) = arming::arm(c, call, &callee, rules).await? {
            settle_missed(c, call, Miss::failed(refusal.reason(), false), rules).await?;
        }
        return Ok(());
    }
    settle_missed(c, call, miss, rules).await
}

/// When the next try of a call rings, if there is to be one.
fn next_try(call: &Call, miss: Miss, zone: &Zone, rules: &Rules) -> Option<Moment> {
    let calling = &rules.config.calling;
    let tries = i32::try_from(calling.tries).unwrap_or(i32::MAX);
    let ring_at = rules.now.plus_secs(i64::from(calling.retry_after_s));
    let local = zone.local(ring_at).time();
    let quiet = if calling.quiet_start <= calling.quiet_end {
        local >= calling.quiet_start && local < calling.quiet_end
    } else {
        local >= calling.quiet_start || local < calling.quiet_end
    };
    // Who has begun to talk is not rung again for the same promise.
    let talked = call.state == CallState::InProgress;
    (miss.retry && !talked && call.tries < tries && !quiet).then_some(ring_at)
}

/// Settles a call that came to nothing.
async fn settle_missed(c: &mut Conn, call: &mut Call, miss: Miss, rules: &Rules) -> Result<(), DbError> {
    let change = CallChange {
        reason: Some(Some(miss.reason.to_owned())),
        ended_at: Some(rules.now),
        check_at: Some(None),
        ..CallChange::default()
    };
    if !advance(c, call, miss.outcome, change, rules.now).await? {
        return Ok(());
    }
    let kind = match (miss.outcome, miss.reason) {
        (_, "no_device") => AlertKind::NoDevice,
        (CallState::Failed | CallState::Expired, _) => AlertKind::CallFailed,
        _ => AlertKind::Missed,
    };
    open_alert(c, call, kind, miss.reason, rules.now).await
}

/// Opens the alert of a call that did not become a talk.
async fn open_alert(c: &mut Conn, call: &Call, kind: AlertKind, reason: &str, now: Moment) -> Result<(), DbError> {
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
    };
    escalation::raise(c, &[alert], now).await?;
    Ok(())
}

/// Settles a call that the callee declined, or that a machine took: no other try.
pub(crate) async fn settle_quietly(
    c: &mut Conn,
    call: &mut Call,
    outcome: CallState,
    reason: &'static str,
    rules: &Rules,
) -> Result<(), DbError> {
    settle_missed(c, call, Miss { outcome, reason, retry: false }, rules).await
}
