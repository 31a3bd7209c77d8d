//! Quiet hours: the part of each day in which somebody wants no notice, by the clock on their wall.

use jiff::civil::{Date, Time};

use super::Moment;
use super::zone::Zone;

/// Minutes that quiet hours last at the most: a day needs hours in which somebody can be told. Longer ones are most
/// often two times that were mixed up.
pub const LONGEST_QUIET_MIN: i16 = 14 * 60;

const DAY_MIN: i16 = 24 * 60;

/// The same hours of each day, over midnight when the end is the earlier time. The beginning is quiet, the end is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: Time,
    until: Time,
}

impl QuietHours {
    /// From one time of day until another, both to the minute. None when they last longer than [`LONGEST_QUIET_MIN`];
    /// equal times would be a whole day.
    pub fn new(from: Time, until: Time) -> Option<Self> {
        let length_min = (minute_of_day(until) - minute_of_day(from)).rem_euclid(DAY_MIN);
        (1..=LONGEST_QUIET_MIN).contains(&length_min).then_some(Self { from, until })
    }

    /// When they begin and when they end, as `HH:MM`.
    pub fn texts(self) -> (String, String) {
        let text = |time: Time| time.strftime("%H:%M").to_string();
        (text(self.from), text(self.until))
    }

    /// The first moment from `at` on that is not quiet. What a clock change jumps over or repeats is taken as it is
    /// everywhere ([`Zone::moment`]): an end in a gap comes later by the gap, of one that comes twice the first counts.
    pub fn free_at(self, at: Moment, zone: &Zone) -> Moment {
        let today = zone.local(at).date();
        let mut free = at;
        // Those that began yesterday may last into today. And where the clock is set back over midnight, those of
        // tomorrow have begun while it is today once more.
        for date in [today.yesterday(), Ok(today), today.tomorrow()].into_iter().flatten() {
            let (from, until) = self.on(date, zone);
            if from <= free && free < until {
                free = until;
            }
        }
        free
    }

    /// Those that begin on a local date.
    fn on(self, date: Date, zone: &Zone) -> (Moment, Moment) {
        let last = if self.from < self.until { date } else { date.tomorrow().unwrap_or(date) };
        (zone.moment(date, self.from).0, zone.moment(last, self.until).0)
    }
}

fn minute_of_day(time: Time) -> i16 {
    i16::from(time.hour()) * 60 + i16::from(time.minute())
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::{Moment, QuietHours, Zone};

    fn moment(text: &str) -> Moment {
        text.parse::<jiff::Timestamp>().unwrap().into()
    }

    #[test]
    fn what_comes_in_quiet_hours_waits_for_their_end() {
        let night = ((22, 0), (7, 0));
        let cases = [
            ("Europe/Amsterdam", night, "2026-10-12T19:59:59Z", "2026-10-12T19:59:59Z"),
            ("Europe/Amsterdam", night, "2026-10-12T20:00:00Z", "2026-10-13T05:00:00Z"),
            ("Europe/Amsterdam", night, "2026-10-12T03:00:00Z", "2026-10-12T05:00:00Z"),
            ("Europe/Amsterdam", night, "2026-10-12T05:00:00Z", "2026-10-12T05:00:00Z"),
            ("Asia/Jakarta", ((12, 0), (14, 30)), "2026-10-12T05:30:00Z", "2026-10-12T07:30:00Z"),
            ("Asia/Jakarta", ((12, 0), (14, 30)), "2026-10-12T04:59:00Z", "2026-10-12T04:59:00Z"),
            // Until half past one, which the clock jumps over: an hour later by the wall.
            ("Europe/London", ((22, 0), (1, 30)), "2027-03-28T00:15:00Z", "2027-03-28T01:30:00Z"),
            // Half past one comes twice: the first ends them, and the second finds nobody asleep.
            ("Europe/London", ((22, 0), (1, 30)), "2027-10-31T00:15:00Z", "2027-10-31T00:30:00Z"),
            ("Europe/London", ((22, 0), (1, 30)), "2027-10-31T01:15:00Z", "2027-10-31T01:15:00Z"),
            // They begin at the first pass, and are not interrupted by the second.
            ("Europe/London", ((1, 30), (6, 0)), "2027-10-31T01:15:00Z", "2027-10-31T06:00:00Z"),
        ];
        for (zone, ((from_h, from_min), (until_h, until_min)), at, free) in cases {
            let quiet = QuietHours::new(time(from_h, from_min, 0, 0), time(until_h, until_min, 0, 0)).unwrap();
            let found = quiet.free_at(moment(at), &Zone::parse(zone).unwrap());
            assert_eq!(found, moment(free), "{zone} {quiet:?} at {at}: {found}");
        }
    }

    #[test]
    fn quiet_hours_leave_hours_in_which_somebody_can_be_told() {
        let is_taken = |from: i8, until: i8| QuietHours::new(time(from, 0, 0, 0), time(until, 0, 0, 0)).is_some();
        assert!(is_taken(22, 7) && is_taken(20, 10) && is_taken(9, 17));
        assert!(!is_taken(7, 22), "mixed up: the whole day");
        assert!(!is_taken(22, 22) && !is_taken(20, 11));
    }
}
