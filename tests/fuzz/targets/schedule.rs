//! Schedules: any slot on any calendar. The next occurrence is the one that a plain search over dates finds.

use std::sync::LazyLock;

use callpanion::domain::Moment;
use callpanion::domain::calendar::{Calendar, Pause, SlotDate};
use callpanion::domain::schedule::{Occurrence, Slot, Weekdays, check_slots, preview};
use callpanion::domain::zone::{Zone, all_zone_names};
use jiff::ToSpan as _;
use jiff::civil::{Date, Time};

use super::input::Numbers;

/// Moments of a plain search lie from here on,
const FROM_S: i64 = 631_152_000;
/// within so many seconds.
const SPAN_S: u64 = 80 * 365 * 86_400;
/// The pauses of an input end long before so many days have passed.
const DAYS: i64 = 400;
const SHOWN: usize = 7;

static ZONES: LazyLock<Vec<String>> = LazyLock::new(all_zone_names);

/// A calendar and up to three slots, in numbers; a moment anywhere in the range of the type, or where a search by date
/// is quick.
pub(crate) fn schedule(data: &[u8]) {
    let mut numbers = Numbers(data);
    let zone = usize::from(u16::from_be_bytes([numbers.byte(), numbers.byte()])) % ZONES.len();
    let zone = Zone::parse(&ZONES[zone]).unwrap();
    let is_near = numbers.up_to(3) != 0;
    let when = numbers.eight_bytes();
    let after = if is_near {
        Moment::from_secs(FROM_S.saturating_add_unsigned(when % SPAN_S))
    } else {
        Moment(when.cast_signed())
    };
    let slots: Vec<Slot> = (1..=i32::from(1 + numbers.up_to(2))).map(|slot_no| slot(slot_no, &mut numbers)).collect();
    let today = zone.local(after).date();
    let calendar = Calendar {
        pauses: (0..numbers.up_to(4)).map(|_| pause(today, &mut numbers)).collect(),
        skips: (0..numbers.up_to(6)).map(|_| slot_date(today, &mut numbers)).collect(),
        had: (0..numbers.up_to(3)).map(|_| slot_date(today, &mut numbers)).collect(),
        zone,
    };
    let _fit = check_slots(&slots);
    for slot in &slots {
        let next = slot.next_after(after, &calendar);
        if is_near {
            assert_eq!(next, plain_search(slot, &calendar, after, today), "{slot:?} after {after} on {calendar:?}");
        } else if let Some(next) = next {
            assert!(next.at > after && slot.weekdays.contains(next.date.weekday()), "{next:?} after {after}");
        }
    }
    let planned = preview(&slots, &calendar, after, SHOWN);
    assert!(planned.iter().all(|planned| planned.occurrence.at > after));
    assert!(planned.is_sorted_by_key(|planned| planned.occurrence.at));
    assert!(planned.iter().filter(|planned| !planned.skipped).count() <= SHOWN);
}

fn slot(slot_no: i32, numbers: &mut Numbers<'_>) -> Slot {
    let (hour, minute) = (numbers.up_to(23).cast_signed(), numbers.up_to(59).cast_signed());
    let days = numbers.byte();
    let time = Time::new(hour, minute, 0, 0).unwrap();
    Slot { slot_no, time, weekdays: Weekdays::from_bits(days), enabled: days < 0xf0 }
}

fn pause(today: Date, numbers: &mut Numbers<'_>) -> Pause {
    let from = days_after(today, i64::from(numbers.up_to(40)) - 10);
    let length = numbers.up_to(40);
    Pause { from, until: (length != 0).then(|| days_after(from, i64::from(length) - 1)) }
}

fn slot_date(today: Date, numbers: &mut Numbers<'_>) -> SlotDate {
    SlotDate { slot_no: 1 + i32::from(numbers.up_to(2)), date: days_after(today, i64::from(numbers.up_to(30)) - 3) }
}

/// At the end of all dates, the last one.
fn days_after(date: Date, days: i64) -> Date {
    date.saturating_add(days.days())
}

/// The search that needs no thought: every date, one by one.
fn plain_search(slot: &Slot, calendar: &Calendar, after: Moment, today: Date) -> Option<Occurrence> {
    if !slot.enabled {
        return None;
    }
    (-3..DAYS).map(|days| days_after(today, days)).find_map(|date| {
        let rings = slot.weekdays.contains(date.weekday())
            && !calendar.pauses.iter().any(|pause| pause.covers(date))
            && calendar.is_free(SlotDate { slot_no: slot.slot_no, date });
        let (at, note) = calendar.zone.moment(date, slot.time);
        (rings && at > after).then_some(Occurrence { slot_no: slot.slot_no, date, at, note })
    })
}
