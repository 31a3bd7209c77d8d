//! Quiet hours of any make, in every zone, half of them about a change of its clocks.

use jiff::civil::Time;
use proptest::prelude::*;

use super::calendars::any_place;
use crate::domain::quiet::{LONGEST_QUIET_MIN, QuietHours};

/// Quiet hours and the longest change of the clocks.
const LONGEST_WAIT_S: u64 = (14 + 2) * 3_600;
/// So far from a change of its clocks, a wall clock can be believed.
const FAR_S: i64 = 20 * 3_600;

fn time(minute: i16) -> Time {
    Time::new((minute / 60).try_into().unwrap(), (minute % 60).try_into().unwrap(), 0, 0).unwrap()
}

/// When they begin and end, and what is made of that.
fn any_quiet() -> impl Strategy<Value = (Time, Time, QuietHours)> {
    (0..1_440_i16, 1..=LONGEST_QUIET_MIN).prop_map(|(from, length_min)| {
        let (from, until) = (time(from), time((from + length_min) % 1_440));
        (from, until, QuietHours::new(from, until).unwrap())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_waits_waits_for_the_end_once((_, until, quiet) in any_quiet(), (zone, at) in any_place()) {
        let free = quiet.free_at(at, &zone);
        prop_assert!(free >= at, "nothing is told before it happens");
        prop_assert_eq!(quiet.free_at(free, &zone), free, "it does not wait twice");
        prop_assert!(free.since(at).as_secs() <= LONGEST_WAIT_S);
        if free > at {
            let date = zone.local(free).date();
            // A gap over midnight moves an end into the next day.
            let ends = [date.yesterday().unwrap(), date].map(|date| zone.moment(date, until).0);
            prop_assert!(ends.contains(&free), "{free} is the end of no quiet hours in {zone}");
        }
    }

    #[test]
    fn what_happens_later_is_not_told_earlier(
        (_, _, quiet) in any_quiet(),
        (zone, at) in any_place(),
        later_s in 0..200_000_i64,
    ) {
        prop_assert!(quiet.free_at(at, &zone) <= quiet.free_at(at.plus_secs(later_s), &zone));
    }

    #[test]
    fn where_no_clock_changes_the_wall_clock_says_it((from, until, quiet) in any_quiet(), (zone, at) in any_place()) {
        let offset_s = zone.offset_s(at);
        if [-FAR_S, FAR_S].iter().any(|away_s| zone.offset_s(at.plus_secs(*away_s)) != offset_s) {
            return Ok(());
        }
        let wall = zone.local(at).time();
        let is_quiet = if from < until { from <= wall && wall < until } else { from <= wall || wall < until };
        let free = quiet.free_at(at, &zone);
        prop_assert_eq!(free > at, is_quiet, "{} in {}", wall, zone);
        if is_quiet {
            prop_assert_eq!(zone.local(free).time(), until);
        }
    }
}
