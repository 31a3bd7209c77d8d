//! Queueing: five minutes before a slot, its promise becomes a call.
//!
//! The slot's next moment is moved on by compare-and-set in the transaction
//! that makes the call, and the call is unique on callee, slot and local date:
//! of many planners one makes it, and a planner that dies loses nothing.

use futures::FutureExt;

use crate::app::App;
use crate::db::callees::{self, Callee};
use crate::db::calls::{self, Call};
use crate::db::slots::{self, DueSlot};
use crate::db::{Conn, DbError, timeline};
use crate::domain::zone::Zone;
use crate::domain::{CallId, CallState, CalleeId, Moment};
use crate::services::arming;
use crate::services::calls::{Miss, Rules, miss};
use crate::services::error::ServiceError;
use crate::services::schedules::planning;

/// Slots that one tick queues; the next tick takes the rest.
const SLOTS_A_TICK: i64 = 200;

/// Queues every slot that is due within the lead. Returns how many calls were made.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let lead_s = i64::from(app.config.calling.queue_ahead_s);
    let mut made = 0;
    let mut left_out = 0;
    loop {
        let horizon = app.clock.now().plus_secs(lead_s);
        let due = slots::due_before(&mut app.db.read().await?, horizon, SLOTS_A_TICK).await?;
        let full = due.len() >= usize::try_from(SLOTS_A_TICK).unwrap_or(usize::MAX);
        for slot in due {
            let rules = Rules::of(app);
            let id = slot.slot_id;
            let queued = app.db.write(move |c| async move { queue(c, &slot, &rules).await }.boxed()).await;
            let call = match queued {
                Ok(call) => call,
                Err(error @ (DbError::Unavailable(_) | DbError::Interrupted)) => return Err(error.into()),
                Err(error) => {
                    // One slot that cannot be read must not keep every other from being queued.
                    tracing::error!(slot = %id, %error, "a slot could not be queued");
                    left_out += 1;
                    continue;
                }
            };
            if let Some(call) = call {
                made += 1;
                app.live.changed(call.family_id);
            }
        }
        if !full || left_out > 0 {
            break;
        }
    }
    if made > 0 {
        app.wake.notify_waiters();
    }
    Ok(made)
}

/// Makes the call of one due slot, unless another planner did.
async fn queue(c: &mut Conn, due: &DueSlot, rules: &Rules) -> Result<Option<Call>, DbError> {
    let zone = Zone::parse(&due.zone).unwrap_or_else(|_| Zone::utc());
    // Pauses and skips are read when whoever changes them is done, and before anyone can begin.
    slots::lock_of_callee(c, due.callee_id).await?;
    let calendar = planning::calendar(c, due.callee_id, zone, rules.now).await?;
    let next = due.slot.next_after(due.next_at.max(rules.now), &calendar);
    if !slots::advance(c, due.slot_id, due.next_at, next.map(|next| (next.at, next.date.to_string()))).await? {
        return Ok(None);
    }
    let Some(callee) = callees::find(c, due.callee_id).await? else { return Ok(None) };
    let mut call = new_call(&callee, due.slot.slot_no, due.next_date.clone(), due.next_at, rules);
    if !calls::add(c, &call).await? {
        return Ok(None);
    }
    timeline::append(c, &call, rules.now, CallState::Queued.as_str(), None).await?;
    if rules.now > call.expires_at {
        // The host was down over the whole ring window: a late ring would be worse than none.
        miss(c, &mut call, Miss { outcome: CallState::Expired, reason: "host_was_down", retry: false }, rules).await?;
    } else if let Err(refusal) = arming::arm(c, &call, &callee, rules).await? {
        miss(c, &mut call, Miss::failed(refusal.reason(), false), rules).await?;
    }
    Ok(Some(call))
}

fn new_call(callee: &Callee, slot_no: i32, local_date: String, due_at: Moment, rules: &Rules) -> Call {
    Call {
        id: CallId::new(),
        family_id: callee.family_id,
        callee_id: callee.id,
        slot_no,
        local_date,
        call_method: callee.call_method,
        state: CallState::Queued,
        reason: None,
        due_at,
        ring_at: due_at,
        expires_at: due_at.plus_secs(rules.ring_window_s()),
        tries: 1,
        device_id: None,
        answered_at: None,
        joined_at: None,
        ended_at: None,
        duration_s: None,
        mood_score: None,
        check_at: None,
        created_at: rules.now,
        updated_at: rules.now,
    }
}

/// Rings a callee now. Asking twice before the answer finds the first call.
///
/// The phone of a "call now" rings a few seconds later, so that whoever asked
/// sees it queued; the vendor of a phone call is given the same moment.
pub async fn call_now(app: &App, callee: CalleeId) -> Result<CallId, ServiceError> {
    let rules = Rules::of(app);
    let call = app
        .db
        .write(move |c| {
            async move {
                if let Some(open) = calls::open_now(c, callee).await? {
                    return Ok(open);
                }
                let callee = callees::find(c, callee).await?.ok_or(ServiceError::NotFound)?;
                let zone = Zone::parse(&callee.zone).unwrap_or_else(|_| Zone::utc());
                let due_at = rules.now.plus_secs(3);
                let date = zone.local(due_at).date().to_string();
                let mut call = new_call(&callee, 0, date, due_at, &rules);
                if !calls::add(c, &call).await? {
                    return Err(ServiceError::Conflict("call-now-open"));
                }
                timeline::append(c, &call, rules.now, CallState::Queued.as_str(), Some("call_now")).await?;
                if let Err(refusal) = arming::arm(c, &call, &callee, &rules).await? {
                    miss(c, &mut call, Miss::failed(refusal.reason(), false), &rules).await?;
                }
                Ok::<_, ServiceError>(call)
            }
            .boxed()
        })
        .await?;
    app.live.changed(call.family_id);
    app.wake.notify_waiters();
    Ok(call.id)
}
