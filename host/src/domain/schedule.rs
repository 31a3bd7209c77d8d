//! Schedules: up to three slots a day, and the occurrences that they yield.

use jiff::civil::{Date, Time, Weekday};

use super::Moment;
use super::calendar::{Calendar, SlotDate};
use super::zone::DstNote;

/// Slots a callee may have.
pub const SLOTS_A_DAY: usize = 3;

/// A set of weekdays: bit 0 is Monday, bit 6 Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// All seven.
    pub const ALL: Self = Self(0b111_1111);

    /// From the bits; those beyond Sunday are dropped.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// The bits.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether the day is in the set.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.to_monday_zero_offset()) != 0
    }

    /// Whether no day is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// One of a callee's times a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// 1 to 3.
    pub slot_no: i32,
    /// Wall-clock time in the callee's zone, to the minute.
    pub time: Time,
    /// The days on which it calls.
    pub weekdays: Weekdays,
    /// Off: it yields nothing.
    pub enabled: bool,
}

/// One moment that a slot yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// The slot, 1 to 3.
    pub slot_no: i32,
    /// The local date that it stands for.
    pub date: Date,
    /// When it rings.
    pub at: Moment,
    /// Whether a clock change moved it.
    pub note: DstNote,
}

/// Why a schedule cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// A time is not `HH:MM`.
    #[error("a time must be written as HH:MM, for example 09:00")]
    BadTime,
    /// Two slots that are on have the same time.
    #[error("two of the times are the same")]
    SameTime,
    /// A slot that is on has no day.
    #[error("a time that is on needs at least one day of the week")]
    NoDay,
    /// More than three, or a number out of place.
    #[error("there are at most three times a day")]
    TooMany,
}

/// Reads `HH:MM` (24 hours).
pub fn parse_time(text: &str) -> Result<Time, ScheduleError> {
    let (hours, minutes) = text.split_once(':').ok_or(ScheduleError::BadTime)?;
    let number = |digits: &str| -> Option<i8> {
        (digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    };
    let (hours, minutes) = number(hours).zip(number(minutes)).ok_or(ScheduleError::BadTime)?;
    Time::new(hours, minutes, 0, 0).map_err(|_| ScheduleError::BadTime)
}

/// Checks that slots can stand together.
pub fn check_slots(slots: &[Slot]) -> Result<(), ScheduleError> {
    let numbers_fit = slots.iter().enumerate().all(|(at, slot)| {
        (1..=3).contains(&slot.slot_no) && !slots[..at].iter().any(|earlier| earlier.slot_no == slot.slot_no)
    });
    if slots.len() > SLOTS_A_DAY || !numbers_fit {
        return Err(ScheduleError::TooMany);
    }
    let on: Vec<&Slot> = slots.iter().filter(|slot| slot.enabled).collect();
    if on.iter().any(|slot| slot.weekdays.is_empty()) {
        return Err(ScheduleError::NoDay);
    }
    if on.iter().enumerate().any(|(at, slot)| on[..at].iter().any(|earlier| earlier.time == slot.time)) {
        return Err(ScheduleError::SameTime);
    }
    Ok(())
}

impl Slot {
    /// The first occurrence after a moment, on a date that the calendar leaves free; none while the slot is off, or
    /// when an open-ended pause lies ahead.
    pub fn next_after(&self, after: Moment, calendar: &Calendar) -> Option<Occurrence> {
        if !self.enabled || self.weekdays.is_empty() {
            return None;
        }
        // A gap may move yesterday's time over midnight, into today.
        let mut date = calendar.zone.local(after).date().yesterday().ok()?;
        for _ in 0..calendar.dates_to_look_at() {
            date = calendar.unpaused_from(date)?;
            let slot_date = SlotDate { slot_no: self.slot_no, date };
            if self.weekdays.contains(date.weekday()) && calendar.is_free(slot_date) {
                let (at, note) = calendar.zone.moment(date, self.time);
                if at > after {
                    return Some(Occurrence { slot_no: self.slot_no, date, at, note });
                }
            }
            date = date.tomorrow().ok()?;
        }
        None
    }
}

/// An occurrence as a family looks ahead to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What the slot yields.
    pub occurrence: Occurrence,
    /// The family does not want this one: nobody will be rung.
    pub skipped: bool,
}

/// The next occurrences of all slots together, in time order, until `count` of them ring. Those that are skipped
/// stand among them.
pub fn preview(slots: &[Slot], calendar: &Calendar, after: Moment, count: usize) -> Vec<Planned> {
    let unskipped = Calendar { skips: Vec::new(), ..calendar.clone() };
    let most = count + calendar.skips.len();
    let mut found = Vec::new();
    for slot in slots {
        let mut from = after;
        for _ in 0..most {
            let Some(occurrence) = slot.next_after(from, &unskipped) else { break };
            from = occurrence.at;
            let skipped = calendar.is_skipped(SlotDate { slot_no: occurrence.slot_no, date: occurrence.date });
            found.push(Planned { occurrence, skipped });
        }
    }
    found.sort_by_key(|planned| planned.occurrence.at);
    let last = found.iter().enumerate().filter(|(_, planned)| !planned.skipped).nth(count.saturating_sub(1));
    let shown = last.map_or(found.len(), |(last, _)| last + 1);
    found.truncate(shown);
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};

    use super::{Occurrence, ScheduleError, Slot, Weekdays, check_slots, parse_time};
    use crate::domain::Moment;
    use crate::domain::calendar::{Calendar, Pause, SlotDate};
    use crate::domain::zone::{DstNote, Zone};

    fn slot(slot_no: i32, time: &str, weekdays: u8) -> Slot {
        Slot { slot_no, time: parse_time(time).unwrap(), weekdays: Weekdays::from_bits(weekdays), enabled: true }
    }

    fn moment(text: &str) -> Moment {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    fn calendar(zone: &str) -> Calendar {
        Calendar::of(Zone::parse(zone).unwrap())
    }

    fn preview(slots: &[Slot], calendar: &Calendar, after: Moment, count: usize) -> Vec<Occurrence> {
        super::preview(slots, calendar, after, count).into_iter().map(|planned| planned.occurrence).collect()
    }

    fn dates(slots: &[Slot], calendar: &Calendar, after: &str, count: usize) -> Vec<Date> {
        preview(slots, calendar, moment(after), count).into_iter().map(|occurrence| occurrence.date).collect()
    }

    #[test]
    fn just_after_local_midnight_is_today() {
        let jakarta = calendar("Asia/Jakarta");
        let next = slot(1, "00:02", 0x7f).next_after(moment("2026-11-20T16:58:00Z"), &jakarta).unwrap();
        assert_eq!((next.date.to_string(), next.at), ("2026-11-21".into(), moment("2026-11-20T17:02:00Z")));
    }

    #[test]
    fn only_the_chosen_weekdays_call() {
        // 2026-11-21 is a Saturday; bit 0 is Monday.
        let next = dates(&[slot(1, "09:00", 0b000_0101)], &calendar("Europe/London"), "2026-11-21T12:00:00Z", 3);
        assert_eq!(next, [date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 30)]);
    }

    #[test]
    fn a_fold_yields_one_occurrence_and_a_gap_too() {
        let london = calendar("Europe/London");
        let slots = [slot(1, "01:30", 0x7f)];
        let autumn = preview(&slots, &london, moment("2027-10-30T12:00:00Z"), 2);
        assert_eq!((autumn[0].note, autumn[0].at), (DstNote::Fold, moment("2027-10-31T00:30:00Z")));
        assert_eq!(autumn[1].date.to_string(), "2027-11-01");
        let spring = preview(&slots, &london, moment("2027-03-27T12:00:00Z"), 2);
        assert_eq!((spring[0].note, spring[0].at), (DstNote::Gap, moment("2027-03-28T01:30:00Z")));
        assert_eq!(spring[1].date.to_string(), "2027-03-29");
    }

    #[test]
    fn a_time_that_a_gap_moves_over_midnight_is_still_its_own_dates() {
        // In Nuuk the clocks go from 23:00 on Saturday to midnight.
        let nuuk = calendar("America/Nuuk");
        let next = slot(1, "23:30", 0x7f).next_after(moment("2027-03-28T01:10:00Z"), &nuuk).unwrap();
        assert_eq!((next.date, next.note), (date(2027, 3, 27), DstNote::Gap));
        assert_eq!(nuuk.zone.local(next.at).to_string(), "2027-03-28T00:30:00");
    }

    #[test]
    fn a_paused_slot_keeps_walking_to_the_day_after_the_pause() {
        let mut calendar = calendar("Asia/Jakarta");
        calendar.pauses = vec![
            Pause { from: date(2026, 11, 25), until: Some(date(2026, 11, 30)) },
            Pause { from: date(2026, 11, 22), until: Some(date(2026, 11, 26)) },
        ];
        let slots = [slot(1, "09:00", 0x7f)];
        let next = dates(&slots, &calendar, "2026-11-20T12:00:00Z", 3);
        assert_eq!(next, [date(2026, 11, 21), date(2026, 12, 1), date(2026, 12, 2)]);
        // A year without calls costs no more than a week.
        calendar.pauses.push(Pause { from: date(2026, 11, 20), until: Some(date(2027, 11, 20)) });
        assert_eq!(dates(&slots, &calendar, "2026-11-20T12:00:00Z", 1), [date(2027, 11, 21)]);
    }

    #[test]
    fn an_open_ended_pause_yields_none() {
        let mut calendar = calendar("Asia/Jakarta");
        calendar.pauses = vec![Pause { from: date(2026, 11, 22), until: None }];
        let slots = [slot(1, "09:00", 0x7f)];
        assert_eq!(dates(&slots, &calendar, "2026-11-20T12:00:00Z", 7), [date(2026, 11, 21)]);
        assert_eq!(slots[0].next_after(moment("2026-11-21T02:00:00Z"), &calendar), None);
    }

    #[test]
    fn a_skip_takes_out_one_slot_on_one_date_and_is_still_shown() {
        let mut calendar = calendar("Asia/Jakarta");
        calendar.skips = vec![SlotDate { slot_no: 1, date: date(2026, 11, 22) }];
        let slots = [slot(1, "09:00", 0x7f), slot(2, "14:00", 0x7f)];
        let next = slots[0].next_after(moment("2026-11-21T12:00:00Z"), &calendar).unwrap();
        assert_eq!(next.date, date(2026, 11, 23));
        let planned = super::preview(&slots, &calendar, moment("2026-11-21T12:00:00Z"), 3);
        let shown: Vec<_> =
            planned.iter().map(|p| (p.occurrence.slot_no, p.occurrence.date.day(), p.skipped)).collect();
        assert_eq!(shown, [(1, 22, true), (2, 22, false), (1, 23, false), (2, 23, false)]);
    }

    #[test]
    fn a_date_that_had_its_call_has_no_other() {
        let mut calendar = calendar("Asia/Jakarta");
        calendar.had = vec![SlotDate { slot_no: 1, date: date(2026, 11, 21) }];
        let next = slot(1, "19:30", 0x7f).next_after(moment("2026-11-21T03:00:00Z"), &calendar).unwrap();
        assert_eq!(next.date, date(2026, 11, 22));
    }

    #[test]
    fn slots_that_cannot_stand_together_are_refused() {
        assert_eq!(check_slots(&[slot(1, "09:00", 1), slot(2, "09:00", 1)]), Err(ScheduleError::SameTime));
        assert_eq!(check_slots(&[slot(1, "09:00", 0)]), Err(ScheduleError::NoDay));
        assert_eq!(check_slots(&[slot(1, "09:00", 1), slot(1, "10:00", 1)]), Err(ScheduleError::TooMany));
        for wrong in ["9:00", "24:00", "09:60", "0900", "09:00:00", "ab:cd", ""] {
            assert_eq!(parse_time(wrong), Err(ScheduleError::BadTime), "{wrong}");
        }
    }
}
