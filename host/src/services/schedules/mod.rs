//! Schedules: a callee's times a day, and the moments that they yield.
//!
//! [`retrying`] says what happens when nobody picks up. [`pausing`] leaves out days and single calls, `planning` keeps each slot's next moment and what is queued in step
//! with all of it, `tz_release` does so when the time zone data changed.

pub mod pausing;
pub(crate) mod planning;
pub mod retrying;
mod tz_release;

use futures::FutureExt;
use jiff::civil::Time;

use super::calls::Rules;
use super::edits::edit;
use super::error::ServiceError;
use super::families;
use crate::app::App;
use crate::config::Calling;
use crate::db::slots::{self, StoredSlot};
use crate::db::{calls, past_slots};
use crate::domain::schedule::{self, Occurrence, Planned, ScheduleError, Slot, Weekdays};
use crate::domain::{AccountId, CallState, CalleeId};
use planning::{put_all, read_zone};
pub use tz_release::follow_tz_release;

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

/// The next moments that slots would yield for this callee, before they are saved, until `count` of them ring: with
/// pauses and skips, and without what has had its call.
pub async fn preview(
    app: &App,
    account: AccountId,
    callee: CalleeId,
    slots: &[SlotInput],
    count: usize,
) -> Result<Vec<Planned>, ServiceError> {
    let slots = check(slots, &app.config.calling)?;
    let now = app.clock.now();
    let mut c = app.db.read().await?;
    let access = families::callee_in(&mut c, account, callee).await?;
    let mut calendar = planning::calendar(&mut c, callee, read_zone(&access.callee.zone)?, now).await?;
    for promise in calls::promised_since(&mut c, &[callee], &planning::known_from(now)).await? {
        // What is queued and has not rung moves with its slot.
        let moves = promise.state == CallState::Queued && promise.tries == 1 && promise.ring_at > now;
        if !moves {
            calendar.had.push(planning::slot_date(&promise)?);
        }
    }
    Ok(schedule::preview(&slots, &calendar, now, count))
}

/// Keeps these slots, and no others, as the callee's schedule. Gives the next occurrence of each that is on.
pub async fn save(
    app: &App,
    account: AccountId,
    callee: CalleeId,
    wish: &[SlotInput],
) -> Result<Vec<Occurrence>, ServiceError> {
    let wish = check(wish, &app.config.calling)?;
    let rules = Rules::of(app);
    let now = rules.now;
    edit(app, account, callee, families::edit, move |c, access| {
        async move {
            let zone = access.callee.zone.as_str();
            past_slots::retire(c, callee, (zone, zone), &wish, now).await?;
            Ok(put_all(c, &access.callee, &wish, &rules).await?)
        }
        .boxed()
    })
    .await
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
