//! Queueing: five minutes before a slot, its promise becomes a call.
//!
//! What is due is taken in pages, and a page is a handful of statements in one transaction: the slots move on by
//! compare-and-set, the calls are made, unique on callee, slot and local date, and their first ring attempts are armed
//! and this host's. Of many planners one gets each slot, and a planner that dies loses nothing.

use std::collections::{BTreeMap, HashMap};

use futures::FutureExt;

use crate::app::App;
use crate::db::callees::{self, Callee};
use crate::db::calls::{self, Call};
use crate::db::ring_attempts;
use crate::db::slots::{self, DueSlot};
use crate::db::timeline::{self, TimelineRow};
use crate::db::{Conn, DbError, ring_targets};
use crate::domain::calendar::Calendar;
use crate::domain::zone::Zone;
use crate::domain::{CallId, CallReason, CallState, CalleeId, FamilyId, Moment, NodeId};
use crate::services::agent_variables;
use crate::services::arming::{self, Refusal};
use crate::services::armory::Armed;
use crate::services::armory::holding;
use crate::services::calls::{Rules, miss};
use crate::services::error::ServiceError;
use crate::services::schedules::planning;

/// Slots that one transaction queues.
const SLOTS_A_PAGE: i64 = 1_000;

/// Queues every slot that is due within the lead. Returns how many calls were made.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let lead_s = i64::from(app.config.calling.queue_ahead_s);
    let mut made = 0;
    let mut page_slots = SLOTS_A_PAGE;
    loop {
        let (rules, node) = (Rules::of(app), app.node);
        let horizon = rules.now.plus_secs(lead_s);
        let page = app
            .db
            .write(move |c| async move { queue_page(c, (horizon, page_slots), node, &rules).await }.boxed())
            .await;
        let page = match page {
            Ok(page) => page,
            Err(error @ (DbError::Unavailable(_) | DbError::Interrupted)) => {
                // It may have been committed all the same.
                app.armory.suspect();
                return Err(error.into());
            }
            // One slot that cannot be queued must not keep every other from being queued: find it.
            Err(error) if page_slots > 1 => {
                tracing::warn!(%error, "slots could not be queued together");
                page_slots = (page_slots / 10).max(1);
                continue;
            }
            Err(error) => {
                tracing::error!(%error, "a slot could not be queued: its call of this time is lost");
                pass_over(app, horizon).await?;
                page_slots = SLOTS_A_PAGE;
                continue;
            }
        };
        made += page.families.len();
        app.armory.put(page.armed);
        app.live.changed_all(&page.families);
        if page.moved == 0 {
            break;
        }
    }
    if made > 0 {
        app.wake.notify_waiters();
    }
    Ok(made)
}

/// Moves the first slot that is due on without a call.
async fn pass_over(app: &App, horizon: Moment) -> Result<(), ServiceError> {
    let rules = Rules::of(app);
    app.db
        .write(move |c| {
            async move {
                for slot in slots::due_before(c, horizon, 1).await? {
                    let callees = callees::with_ids(c, &[slot.callee_id]).await?;
                    let calendars = planning::calendars(c, &zones(&callees), rules.now).await?;
                    slots::advance_all(c, &[step(&slot, &calendars, &rules)]).await?;
                }
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await
}

/// What one transaction queued.
#[derive(Default)]
struct Page {
    /// Slots that moved on.
    moved: usize,
    /// The families of the new calls.
    families: Vec<FamilyId>,
    /// What this host rings.
    armed: Vec<Armed>,
}

/// A call that is to be made, and its first ring attempt, or why there is none.
struct Promise {
    call: Call,
    callee: Callee,
    target: Result<arming::Target, Refusal>,
}

async fn queue_page(
    c: &mut Conn,
    (horizon, limit): (Moment, i64),
    node: NodeId,
    rules: &Rules,
) -> Result<Page, DbError> {
    let due = slots::due_before(c, horizon, limit).await?;
    if due.is_empty() {
        return Ok(Page::default());
    }
    let ids: Vec<CalleeId> = due.iter().map(|slot| slot.callee_id).collect();
    let callees: HashMap<CalleeId, Callee> =
        callees::with_ids(c, &ids).await?.into_iter().map(|callee| (callee.id, callee)).collect();
    let targets = ring_targets::of_callees(c, &ids).await?;
    // Whoever changes a pause or a skip holds the slots meanwhile: what is read here fits what is due.
    let calendars = planning::calendars(c, &zones(callees.values()), rules.now).await?;
    let steps: Vec<slots::Step> = due.iter().map(|slot| step(slot, &calendars, rules)).collect();
    let moved = slots::advance_all(c, &steps).await?;
    let promises = due.into_iter().filter(|slot| moved.contains(&slot.slot_id)).filter_map(|slot| {
        let callee = callees.get(&slot.callee_id)?.clone();
        let targets = targets.get(&callee.id).map_or(&[][..], Vec::as_slice);
        let target = arming::choose(&callee, callee.call_method, targets, rules);
        let mut call = new_call(&callee, slot.slot.slot_no, slot.next_date, slot.next_at, rules);
        call.device_id = target.as_ref().ok().and_then(arming::Target::device);
        Some(Promise { call, callee, target })
    });
    let promises = promises.collect();
    let (families, armed) = keep(c, promises, node, rules).await?;
    Ok(Page { moved: moved.len(), families, armed })
}

fn zones<'a>(callees: impl IntoIterator<Item = &'a Callee>) -> Vec<(CalleeId, Zone)> {
    let zone = |callee: &Callee| Zone::parse(&callee.zone).unwrap_or_else(|_| Zone::utc());
    callees.into_iter().map(|callee| (callee.id, zone(callee))).collect()
}

fn step(slot: &DueSlot, calendars: &BTreeMap<CalleeId, Calendar>, rules: &Rules) -> slots::Step {
    let after = slot.next_at.max(rules.now);
    let next = calendars.get(&slot.callee_id).and_then(|calendar| slot.slot.next_after(after, calendar));
    (slot.slot_id, slot.next_at, next.map(|next| (next.at, next.date.to_string())))
}

/// Makes the calls that are not made yet, and arms them.
async fn keep(
    c: &mut Conn,
    promises: Vec<Promise>,
    node: NodeId,
    rules: &Rules,
) -> Result<(Vec<FamilyId>, Vec<Armed>), DbError> {
    let wanted: Vec<Call> = promises.iter().map(|promise| promise.call.clone()).collect();
    let made = calls::add_all(c, &wanted).await?;
    let steps: Vec<TimelineRow> = wanted
        .iter()
        .filter(|call| made.contains(&call.id))
        .map(|call| TimelineRow::new(call.id, rules.now, CallState::Queued.as_str(), None))
        .collect();
    timeline::append_all(c, &steps).await?;
    let callees: Vec<&Callee> = promises.iter().map(|promise| &promise.callee).collect();
    let material = agent_variables::material(c, &callees).await?;
    let (mut attempts, mut armed, mut families) = (Vec::new(), Vec::new(), Vec::new());
    for Promise { mut call, callee, target } in promises {
        if !made.contains(&call.id) {
            continue;
        }
        families.push(call.family_id);
        match target {
            _ if rules.now > call.expires_at => {
                // The host was down over the whole ring window: a late ring would be worse than none.
                miss(c, &mut call, CallReason::HostWasDown, rules).await?;
            }
            Err(refusal) => miss(c, &mut call, refusal.reason(), rules).await?,
            Ok(target) => {
                let mut attempt = target.attempt(&call, rules);
                if !attempt.ahead {
                    (attempt.owner, attempt.fence) = (Some(node), 1);
                    attempt.lease_until = Some(attempt.expires_at);
                    armed.push(holding::armed(attempt.clone(), &call, &callee, &material, rules));
                }
                attempts.push(attempt);
            }
        }
    }
    ring_attempts::add_all(c, &attempts).await?;
    Ok((families, armed))
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
                timeline::append(c, &call, rules.now, "asked_for", None).await?;
                if let Err(refusal) = arming::arm(c, &call, &callee, &rules).await? {
                    miss(c, &mut call, refusal.reason(), &rules).await?;
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
