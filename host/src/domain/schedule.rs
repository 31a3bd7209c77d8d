//! Schedules: up to three slots a day, and the occurrences that they yield.

use jiff::civil::{Date, Time, Weekday};

use super::Moment;
use super::zone::{DstNote, Zone};

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
    /// The first occurrence after a moment; none while the slot is off.
    pub fn next_after(&self, after: Moment, zone: &Zone) -> Option<Occurrence> {
        if !self.enabled || self.weekdays.is_empty() {
            return None;
        }
        let mut date = zone.local(after).date();
        // Eight days hold every weekday; one more for a moment moved over midnight by a gap.
        for _ in 0..9 {
            if self.weekdays.contains(date.weekday()) {
                let (at, note) = zone.moment(date, self.time);
                if at > after {
                    return Some(Occurrence { slot_no: self.slot_no, date, at, note });
                }
            }
            date = date.tomorrow().ok()?;
        }
        None
    }
}

/// The next occurrences of all slots together, in time order.
pub fn preview(slots: &[Slot], zone: &Zone, after: Moment, count: usize) -> Vec<Occurrence> {
    let mut found = Vec::new();
    for slot in slots {
        let mut from = after;
        for _ in 0..count {
            let Some(next) = slot.next_after(from, zone) else { break };
            from = next.at;
            found.push(next);
        }
    }
    found.sort_by_key(|occurrence| occurrence.at);
    found.truncate(count);
    found
}

#[cfg(test)]
mod tests {
    use super::{ScheduleError, Slot, Weekdays, check_slots, parse_time, preview};
    use crate::domain::Moment;
    use crate::domain::zone::{DstNote, Zone};

    fn slot(slot_no: i32, time: &str, weekdays: u8) -> Slot {
        Slot { slot_no, time: parse_time(time).unwrap(), weekdays: Weekdays::from_bits(weekdays), enabled: true }
    }

    fn moment(text: &str) -> Moment {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    #[test]
    fn just_after_local_midnight_is_today() {
        let jakarta = Zone::parse("Asia/Jakarta").unwrap();
        let next = slot(1, "00:02", 0x7f).next_after(moment("2026-11-20T16:58:00Z"), &jakarta).unwrap();
        assert_eq!((next.date.to_string(), next.at), ("2026-11-21".into(), moment("2026-11-20T17:02:00Z")));
    }

    #[test]
    fn only_the_chosen_weekdays_call() {
        let london = Zone::parse("Europe/London").unwrap();
        // 2026-11-21 is a Saturday; bit 0 is Monday.
        let dates: Vec<String> = preview(&[slot(1, "09:00", 0b000_0101)], &london, moment("2026-11-21T12:00:00Z"), 3)
            .into_iter()
            .map(|occurrence| occurrence.date.to_string())
            .collect();
        assert_eq!(dates, ["2026-11-23", "2026-11-25", "2026-11-30"]);
    }

    #[test]
    fn a_fold_yields_one_occurrence_and_a_gap_too() {
        let london = Zone::parse("Europe/London").unwrap();
        let slots = [slot(1, "01:30", 0x7f)];
        let autumn = preview(&slots, &london, moment("2027-10-30T12:00:00Z"), 2);
        assert_eq!((autumn[0].note, autumn[0].at), (DstNote::Fold, moment("2027-10-31T00:30:00Z")));
        assert_eq!(autumn[1].date.to_string(), "2027-11-01");
        let spring = preview(&slots, &london, moment("2027-03-27T12:00:00Z"), 2);
        assert_eq!((spring[0].note, spring[0].at), (DstNote::Gap, moment("2027-03-28T01:30:00Z")));
        assert_eq!(spring[1].date.to_string(), "2027-03-29");
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
