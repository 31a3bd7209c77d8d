//! Planning: what stands on a callee's calendar, and the next moment of each slot on it.
//!
//! Whoever changes slots, zone, method, number, pauses or skips walks in with the callee locked, and [`replan`] makes
//! what is queued and what comes next fit the change. Queueing asks for the calendar when it moves a slot on.

use std::collections::BTreeMap;

use jiff::ToSpan as _;

use crate::db::callees::{self, Callee};
use crate::db::slots::{self, DueSlot, StoredSlot};
use crate::db::{Conn, DbError, calls, past_slots, pauses, skips};
use crate::domain::calendar::{Calendar, SlotDate};
use crate::domain::schedule::{Occurrence, Slot};
use crate::domain::zone::Zone;
use crate::domain::{CalleeId, Moment};
use crate::services::calls::Rules;
use crate::services::{queueing, taking_back};

/// The zone of a callee, as it is stored.
pub(crate) fn read_zone(stored: &str) -> Result<Zone, DbError> {
    Zone::parse(stored).map_err(|_| DbError::Unreadable("a callee's zone".into()))
}

/// The first date of which a calendar has to know: wherever somebody lives, yesterday is not before it.
pub(super) fn known_from(now: Moment) -> String {
    let today = Zone::utc().local(now).date();
    today.checked_sub(2.days()).unwrap_or(today).to_string()
}

/// The calendar of one callee: their pauses and skips.
pub(crate) async fn calendar(c: &mut Conn, callee: CalleeId, zone: Zone, now: Moment) -> Result<Calendar, DbError> {
    let empty = Calendar::of(zone.clone());
    Ok(calendars(c, &[(callee, zone)], now).await?.remove(&callee).unwrap_or(empty))
}

/// The calendars of several callees.
pub(crate) async fn calendars(
    c: &mut Conn,
    callees: &[(CalleeId, Zone)],
    now: Moment,
) -> Result<BTreeMap<CalleeId, Calendar>, DbError> {
    let ids: Vec<CalleeId> = callees.iter().map(|(id, _)| *id).collect();
    let from = known_from(now);
    let mut calendars: BTreeMap<CalleeId, Calendar> =
        callees.iter().map(|(id, zone)| (*id, Calendar::of(zone.clone()))).collect();
    for stored in pauses::holding_since(c, &ids, &from).await? {
        if let Some(calendar) = calendars.get_mut(&stored.callee_id) {
            calendar.pauses.push(stored.pause()?);
        }
    }
    for stored in skips::since(c, &ids, &from).await? {
        if let Some(calendar) = calendars.get_mut(&stored.callee_id) {
            calendar.skips.push(stored.slot_date()?);
        }
    }
    Ok(calendars)
}

/// Writes down what has had its call: one call for a slot and a local date, whatever is changed during the day.
pub(super) async fn add_promised(
    c: &mut Conn,
    calendars: &mut BTreeMap<CalleeId, Calendar>,
    now: Moment,
) -> Result<(), DbError> {
    let ids: Vec<CalleeId> = calendars.keys().copied().collect();
    for promise in calls::promised_since(c, &ids, &known_from(now)).await? {
        if let Some(calendar) = calendars.get_mut(&promise.callee_id) {
            calendar.had.push(slot_date(&promise)?);
        }
    }
    Ok(())
}

/// What a promise stands for.
pub(super) fn slot_date(promise: &calls::Promise) -> Result<SlotDate, DbError> {
    let date = promise.local_date.parse().map_err(|_| DbError::Unreadable("the local date of a call".into()))?;
    Ok(SlotDate { slot_no: promise.slot_no, date })
}

/// Keeps what the callee's slots promised in the zone `before`: they live in another one now.
pub(crate) async fn retire(
    c: &mut Conn,
    callee: CalleeId,
    (before, zone): (&str, &str),
    now: Moment,
) -> Result<(), DbError> {
    let rows = slots::of_callee(c, callee).await?;
    let slots = rows.iter().map(StoredSlot::slot).collect::<Result<Vec<_>, _>>()?;
    past_slots::retire(c, callee, (before, zone), &slots, now).await
}

/// Makes everything fit the callee as they are stored now. They must be locked.
pub(crate) async fn replan(c: &mut Conn, callee: CalleeId, rules: &Rules) -> Result<(), DbError> {
    let Some(callee) = callees::find(c, callee).await? else { return Ok(()) };
    let rows = slots::of_callee(c, callee.id).await?;
    let slots = rows.iter().map(StoredSlot::slot).collect::<Result<Vec<_>, _>>()?;
    put_all(c, &callee, &slots, rules).await?;
    Ok(())
}

/// Stores these slots and no others, each with its next occurrence, and takes back what is queued and not planned any
/// more.
pub(super) async fn put_all(
    c: &mut Conn,
    callee: &Callee,
    slots: &[Slot],
    rules: &Rules,
) -> Result<Vec<Occurrence>, DbError> {
    let now = rules.now;
    slots::lock_of_callee(c, callee.id).await?;
    let zone = read_zone(&callee.zone)?;
    let mut calendars = calendars(c, &[(callee.id, zone)], now).await?;
    let mut all = Vec::with_capacity(slots.len());
    if let Some(calendar) = calendars.get(&callee.id) {
        taking_back::unplanned(c, callee, slots, calendar, now).await?;
    }
    let due = still_due(c, callee.id, slots, calendars.get(&callee.id), rules).await?;
    let numbers: Vec<i32> = slots.iter().map(|slot| slot.slot_no).collect();
    slots::delete_others(c, callee.id, &numbers).await?;
    add_promised(c, &mut calendars, now).await?;
    if let Some(calendar) = calendars.get(&callee.id) {
        for slot in slots {
            let next = due.get(&slot.slot_no).cloned().or_else(|| slot.next_after(now, calendar));
            slots::put(c, &StoredSlot::new(callee.id, slot, next.as_ref(), now)).await?;
            all.extend(next);
        }
    }
    all.sort_by_key(|occurrence| occurrence.at);
    Ok(all)
}

/// The occurrences, by slot, whose moment has come, that nobody has queued yet, and that the new plan holds as they
/// are: they may ring still, or are told of in their turn. What the new plan holds for later that day rings then; the
/// family is told of the others.
async fn still_due(
    c: &mut Conn,
    callee: CalleeId,
    slots: &[Slot],
    calendar: Option<&Calendar>,
    rules: &Rules,
) -> Result<BTreeMap<i32, Occurrence>, DbError> {
    let (mut due, mut replaced) = (BTreeMap::new(), Vec::new());
    for row in slots::of_callee(c, callee).await? {
        let Some(at) = row.next_at.filter(|at| *at <= rules.now) else { continue };
        let slot = slots.iter().find(|slot| slot.slot_no == row.slot_no);
        let next_after = |moment| {
            let next = slot.zip(calendar).and_then(|(slot, calendar)| slot.next_after(moment, calendar));
            next.filter(|next| Some(next.date.to_string()) == row.next_date)
        };
        if let Some(next) = next_after(Moment(at.0 - 1)).filter(|next| next.at == at) {
            due.insert(row.slot_no, next);
        } else if next_after(rules.now).is_none() {
            replaced.extend(DueSlot::read(&row));
        }
    }
    queueing::tell_replaced(c, replaced, rules).await?;
    Ok(due)
}
