//! The calendar: which week is lived through, and what is promised in it. The moments are computed here from the
//! parents' times and zones alone: the host is judged by them, so they are not asked of it.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::dice::Dice;
use super::neighbourhood::Parent;
use crate::domain::Moment;

/// A night in which the clocks of a zone are changed, and wall-clock times that it has twice or never.
pub(super) struct Night {
    pub(super) zone: &'static str,
    pub(super) date: Date,
    pub(super) times: &'static [&'static str],
}

const fn night(zone: &'static str, (y, m, d): (i16, i8, i8), times: &'static [&'static str]) -> Night {
    Night { zone, date: Date::constant(y, m, d), times }
}

/// From the published tz data.
const NIGHTS: [Night; 8] = [
    night("Australia/Lord_Howe", (2026, 10, 4), &["02:00", "02:15"]),
    night("Europe/London", (2026, 10, 25), &["01:00", "01:30"]),
    night("Africa/Cairo", (2026, 10, 29), &["23:00", "23:40"]),
    night("America/New_York", (2026, 11, 1), &["01:00", "01:45"]),
    night("America/New_York", (2027, 3, 14), &["02:00", "02:30"]),
    night("Europe/London", (2027, 3, 28), &["01:00", "01:30"]),
    night("Australia/Lord_Howe", (2027, 4, 4), &["01:30", "01:45"]),
    night("Africa/Cairo", (2027, 4, 30), &["00:00", "00:30"]),
];

/// The days that are lived through.
pub(super) struct Calendar {
    pub(super) night: &'static Night,
    pub(super) from: Moment,
    pub(super) to: Moment,
}

impl Calendar {
    /// The seed chooses a night, and it lies in the middle.
    pub(super) fn new(seed: u64, days: i64) -> Self {
        let night = Dice::new(seed, "night", 0).pick(&NIGHTS);
        let first = night.date.saturating_sub((days / 2).days());
        let from = first.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |day| day.timestamp());
        let from = Moment::from(from);
        Self { night, from, to: from.plus_secs(days * 86_400) }
    }

    /// Everything that is promised to a parent after the beginning and before the end, the first first.
    pub(super) fn promises(&self, parent: &Parent) -> Vec<Promise> {
        let zone = TimeZone::get(parent.zone).unwrap_or(TimeZone::UTC);
        let mut promises = Vec::new();
        let local = |at: Moment| zone.to_datetime(at.to_jiff()).date();
        let mut date = local(self.from).saturating_sub(1.days());
        let last = local(self.to).saturating_add(1.days());
        while date <= last {
            for slot in &parent.slots {
                let weekday = date.weekday().to_monday_zero_offset();
                if slot.weekdays & (1 << weekday) == 0 {
                    continue;
                }
                // A time that the night has not is later by what is missing; one that it has twice is its first.
                let Ok(at) = zone.to_ambiguous_timestamp(date.to_datetime(slot.time)).compatible() else { continue };
                let at = Moment::from(at);
                if at > self.from && at < self.to {
                    let (number, slot_no) = (parent.number, slot.number);
                    promises.push(Promise { parent: number, slot_no, date: date.to_string(), at });
                }
            }
            date = date.saturating_add(1.days());
        }
        promises.sort_by_key(|promise| (promise.at, promise.slot_no));
        promises
    }
}

/// One promised call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Promise {
    /// The parent's number.
    pub(super) parent: usize,
    pub(super) slot_no: i32,
    /// The local date that it stands for.
    pub(super) date: String,
    pub(super) at: Moment,
}

/// Minutes after midnight.
pub(super) fn minutes(time: Time) -> i64 {
    i64::from(time.hour()) * 60 + i64::from(time.minute())
}
