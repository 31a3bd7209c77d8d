//! Calendars: on which local dates a callee's slots call. Services fill one from what is stored, `schedule` asks it.

use jiff::civil::Date;

use super::zone::Zone;

/// A time without scheduled calls, in the callee's local dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// The first date without calls.
    pub from: Date,
    /// The last one; none means until somebody ends it.
    pub until: Option<Date>,
}

impl Pause {
    /// Whether no scheduled call stands for this date.
    pub fn covers(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }
}

/// One slot on one local date: what a promise is made for, at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotDate {
    /// The slot, 1 to 3.
    pub slot_no: i32,
    /// The callee's local date.
    pub date: Date,
}

/// Everything beside its own time and weekdays that decides when a slot calls.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Where the callee lives.
    pub zone: Zone,
    /// The pauses that nobody has ended.
    pub pauses: Vec<Pause>,
    /// What the family does not want.
    pub skips: Vec<SlotDate>,
    /// What has had its call.
    pub had: Vec<SlotDate>,
}

impl Calendar {
    /// A calendar on which nothing stands.
    pub const fn of(zone: Zone) -> Self {
        Self { zone, pauses: Vec::new(), skips: Vec::new(), had: Vec::new() }
    }

    /// Whether the family does not want this one.
    pub fn is_skipped(&self, slot_date: SlotDate) -> bool {
        self.skips.contains(&slot_date)
    }

    /// Whether a slot may still call for a date on which no pause lies.
    pub fn is_free(&self, slot_date: SlotDate) -> bool {
        !self.is_skipped(slot_date) && !self.had.contains(&slot_date)
    }

    /// The first date without a pause, this one or a later one; none when a pause is open-ended.
    pub fn unpaused_from(&self, date: Date) -> Option<Date> {
        let mut date = date;
        // A pause that was left behind does not come again: each is met once.
        for _ in 0..=self.pauses.len() {
            let Some(pause) = self.pauses.iter().find(|pause| pause.covers(date)) else { return Some(date) };
            date = pause.until?.tomorrow().ok()?;
        }
        None
    }

    /// Dates that are looked at before it is certain that none is left: every weekday once beside each date that
    /// is taken, and two for a time that a gap moves over midnight.
    pub(super) fn dates_to_look_at(&self) -> usize {
        (1 + self.pauses.len() + self.skips.len() + self.had.len()) * 7 + 2
    }
}
