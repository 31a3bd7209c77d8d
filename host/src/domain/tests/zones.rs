//! Every zone at every change of its clocks: one moment for each wall-clock time, by arithmetic of its own.

use jiff::ToSpan as _;
use jiff::civil::{DateTime, Time, time};

use super::{Change, changes};
use crate::domain::Moment;
use crate::domain::zone::{DstNote, Zone, tz_release};

/// The release of the time zone data that the figures of these tests, of `tests/run` and of the guides were made with.
const EXPECTED_RELEASE: &str = "2026e";

const MINUTE_S: i64 = 60;
const AROUND_S: i64 = 3 * 3_600;

#[test]
fn bundled_release_is_the_one_that_was_looked_at() {
    assert_eq!(
        tz_release(),
        EXPECTED_RELEASE,
        "\nThe bundled time zone data is another release than the one that was looked at. Read its news \
         (https://data.iana.org/time-zones/tzdb/NEWS), pin `tzdata` of the same release in tests/run, run it, and write \
         the release here. Running hosts compute their next calls anew when they start with it.\n"
    );
}

/// What the rule asks for: in a gap later by the gap, in a fold the first pass.
fn expected(change: &Change, wall_s: i64) -> (i64, DstNote) {
    let (old, new) = (wall_s - change.before_s, wall_s - change.after_s);
    match (old < change.at_s, new >= change.at_s) {
        (true, true) => (old, DstNote::Fold),
        (true, false) => (old, DstNote::None),
        (false, true) => (new, DstNote::None),
        (false, false) => (old, DstNote::Gap),
    }
}

fn wall(wall_s: i64) -> DateTime {
    Zone::utc().local(Moment::from_secs(wall_s))
}

#[test]
fn every_minute_around_every_change_has_the_moment_that_the_rule_asks_for() {
    let (mut minutes, mut gaps, mut folds) = (0_u64, 0_u64, 0_u64);
    for change in changes() {
        let zone = Zone::parse(&change.zone).unwrap();
        let changes_at_s = change.at_s + change.before_s;
        let mut wall_s = changes_at_s - AROUND_S;
        while wall_s <= changes_at_s + AROUND_S {
            let local = wall(wall_s);
            let (moment, note) = zone.moment(local.date(), local.time());
            assert_eq!((moment.secs(), note), expected(&change, wall_s), "{} at {local}", change.zone);
            if note == DstNote::Gap {
                let late = zone.local(moment).duration_since(local).as_secs();
                assert_eq!(late, change.after_s - change.before_s, "{} at {local}: later by the gap", change.zone);
            } else {
                assert_eq!(zone.local(moment), local, "{} at {local}: on time", change.zone);
            }
            minutes += 1;
            gaps += u64::from(note == DstNote::Gap);
            folds += u64::from(note == DstNote::Fold);
            wall_s += MINUTE_S;
        }
    }
    println!("{minutes} wall-clock minutes, {gaps} in a gap and {folds} in a fold: 0 mismatches");
    assert!(minutes > 1_500_000, "{minutes}");
}

#[test]
fn each_date_has_one_moment_for_a_time_and_each_is_later_than_the_day_before() {
    let mut pairs = 0_u64;
    for change in changes() {
        let zone = Zone::parse(&change.zone).unwrap();
        let first = wall(change.at_s + change.before_s).date().checked_sub(2.days()).unwrap();
        for quarter in 0..96_i8 {
            let at = Time::new(quarter / 4, quarter % 4 * 15, 0, 0).unwrap();
            let moments = first.series(1.day()).take(6).map(|date| zone.moment(date, at).0.secs());
            let moments: Vec<i64> = moments.collect();
            for pair in moments.windows(2) {
                // The longest change of these years is two hours.
                let apart_h = (pair[1] - pair[0]) / 3_600;
                assert!((22..=26).contains(&apart_h), "{} at {at}: {apart_h} hours apart", change.zone);
                pairs += 1;
            }
        }
    }
    println!("{pairs} pairs of days");
}

#[test]
fn no_gap_moves_the_proposed_times() {
    for change in changes() {
        let zone = Zone::parse(&change.zone).unwrap();
        let date = wall(change.at_s + change.before_s).date();
        for at in [time(9, 0, 0, 0), time(14, 0, 0, 0), time(19, 0, 0, 0)] {
            assert_eq!(zone.moment(date, at).1, DstNote::None, "{} on {date} at {at}", change.zone);
        }
    }
}
