//! Schedules: a callee's times a day, and the moments that they yield.

use futures::FutureExt;
use jiff::civil::Time;

use super::calls::advance;
use super::error::ServiceError;
use super::{families, fields};
use crate::app::App;
use crate::config::Calling;
use crate::db::callees;
use crate::db::calls::{self, CallChange};
use crate::db::slots::{self, StoredSlot};
use crate::db::{Conn, DbError, past_slots};
use crate::domain::schedule::{self, Occurrence, ScheduleError, Slot, Weekdays};
use crate::domain::zone::Zone;
use crate::domain::{AccountId, CallState, CalleeId, Moment};

/// One slot as a form has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotInput {
    /// 1 to 3.
    pub slot_no: i32,
    /// `HH:MM`, local time of the callee.
    pub time: String,
    /// The bits of [`Weekdays`].
    pub weekdays: u8,
    /// Off: it keeps its time and yields nothing.
    pub enabled: bool,
}

impl From<&Slot> for SlotInput {
    fn from(slot: &Slot) -> Self {
        Self {
            slot_no: slot.slot_no,
            time: slot.time.strftime("%H:%M").to_string(),
            weekdays: slot.weekdays.bits(),
            enabled: slot.enabled,
        }
    }
}

/// What onboarding proposes: the configured times on every day.
pub fn default_slots(app: &App) -> Vec<SlotInput> {
    (1..)
        .zip(&app.config.calling.default_slots)
        .take(schedule::SLOTS_A_DAY)
        .map(|(slot_no, &time)| SlotInput::from(&Slot { slot_no, time, weekdays: Weekdays::ALL, enabled: true }))
        .collect()
}

/// The callee's slots by number.
pub async fn list(app: &App, account: AccountId, callee: CalleeId) -> Result<Vec<Slot>, ServiceError> {
    let mut c = app.db.read().await?;
    families::callee_in(&mut c, account, callee).await?;
    let rows = slots::of_callee(&mut c, callee).await?;
    Ok(rows.iter().map(StoredSlot::slot).collect::<Result<_, _>>()?)
}

/// The next `count` moments that slots would yield, before they are saved.
pub fn preview(app: &App, slots: &[SlotInput], zone: &str, count: usize) -> Result<Vec<Occurrence>, ServiceError> {
    let slots = check(slots, &app.config.calling)?;
    Ok(schedule::preview(&slots, &fields::zone(zone)?, app.clock.now(), count))
}

/// Keeps these slots, and no others, as the callee's schedule. Gives the next occurrence of each that is on.
pub async fn save(
    app: &App,
    account: AccountId,
    callee: CalleeId,
    wish: &[SlotInput],
) -> Result<Vec<Occurrence>, ServiceError> {
    let wish = check(wish, &app.config.calling)?;
    let now = app.clock.now();
    let (family, next) = app
        .db
        .write(move |c| {
            async move {
                // The zone may not change between its reading and the writing of moments in it.
                callees::lock(c, callee).await?;
                let access = families::callee_in(c, account, callee).await?;
                families::edit(access.role)?;
                let numbers: Vec<i32> = wish.iter().map(|slot| slot.slot_no).collect();
                let zone = access.callee.zone.as_str();
                past_slots::retire(c, callee, (zone, zone), &wish, now).await?;
                slots::delete_others(c, callee, &numbers).await?;
                let next = put_all(c, callee, &wish, &read_zone(&access.callee.zone)?, now).await?;
                Ok::<_, ServiceError>((access.family.id, next))
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    // A slot whose call should be queued already does not wait for the next tick.
    app.wake.notify_waiters();
    Ok(next)
}

/// Computes the next moments anew: the callee lives in another zone now, and no longer in `before`.
pub(crate) async fn recompute(
    c: &mut Conn,
    callee: CalleeId,
    (before, zone): (&str, &str),
    now: Moment,
) -> Result<(), DbError> {
    let rows = slots::of_callee(c, callee).await?;
    let slots = rows.iter().map(StoredSlot::slot).collect::<Result<Vec<_>, _>>()?;
    past_slots::retire(c, callee, (before, zone), &slots, now).await?;
    put_all(c, callee, &slots, &read_zone(zone)?, now).await?;
    Ok(())
}

async fn put_all(
    c: &mut Conn,
    callee: CalleeId,
    slots: &[Slot],
    zone: &Zone,
    now: Moment,
) -> Result<Vec<Occurrence>, DbError> {
    take_back(c, callee, slots, zone, now).await?;
    let mut all = Vec::with_capacity(slots.len());
    for slot in slots {
        let mut next = slot.next_after(now, zone);
        // One call for a slot and a day: a slot that has had today's call goes on tomorrow.
        while let Some(taken) = &next {
            if !calls::is_promised(c, callee, slot.slot_no, &taken.date.to_string()).await? {
                break;
            }
            next = slot.next_after(taken.at, zone);
        }
        slots::put(c, &StoredSlot::new(callee, slot, next.as_ref(), now)).await?;
        all.extend(next);
    }
    all.sort_by_key(|occurrence| occurrence.at);
    Ok(all)
}

/// Takes back what is queued and not planned any more. Only what has not left the host: a phone call that the
/// vendor was given minutes ahead still rings.
async fn take_back(c: &mut Conn, callee: CalleeId, slots: &[Slot], zone: &Zone, now: Moment) -> Result<(), DbError> {
    for mut call in calls::queued_by_app(c, callee, now).await? {
        let just_before = call.due_at.plus_secs(-1);
        let still_planned = slots
            .iter()
            .filter(|slot| slot.slot_no == call.slot_no)
            .filter_map(|slot| slot.next_after(just_before, zone))
            .any(|next| next.at == call.due_at && next.date.to_string() == call.local_date);
        if !still_planned {
            let change = CallChange { reason: Some(Some("schedule_changed".to_owned())), ..CallChange::default() };
            advance(c, &mut call, CallState::Canceled, change, now).await?;
        }
    }
    Ok(())
}

fn read_zone(stored: &str) -> Result<Zone, DbError> {
    Zone::parse(stored).map_err(|_| DbError::Unreadable("a callee's zone".into()))
}

fn check(wish: &[SlotInput], calling: &Calling) -> Result<Vec<Slot>, ServiceError> {
    let refused = |code| ServiceError::Invalid { field: "slots", code };
    let read = |slot: &SlotInput| {
        Ok(Slot {
            slot_no: slot.slot_no,
            time: schedule::parse_time(&slot.time)?,
            weekdays: Weekdays::from_bits(slot.weekdays),
            enabled: slot.enabled,
        })
    };
    let slots = wish
        .iter()
        .map(read)
        .collect::<Result<Vec<_>, _>>()
        .and_then(|slots| schedule::check_slots(&slots).map(|()| slots))
        .map_err(|error| {
            refused(match error {
                ScheduleError::BadTime => "slots-bad-time",
                ScheduleError::SameTime => "slots-same-time",
                ScheduleError::NoDay => "slots-no-day",
                ScheduleError::TooMany => "slots-too-many",
            })
        })?;
    if slots.iter().any(|slot| slot.enabled && is_quiet(calling, slot.time)) {
        return Err(refused("slots-quiet-hours"));
    }
    Ok(slots)
}

/// Whether a local time lies in the hours in which no call begins.
fn is_quiet(calling: &Calling, time: Time) -> bool {
    let (start, end) = (calling.quiet_start, calling.quiet_end);
    if start <= end { start <= time && time < end } else { start <= time || time < end }
}
