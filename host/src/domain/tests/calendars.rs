//! Calendars of any make: the next moment is the one that a plain search over dates finds, and however a family edits
//! during a day, no slot calls twice for one date.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::changes;
use crate::domain::Moment;
use crate::domain::calendar::{Calendar, Pause, SlotDate};
use crate::domain::schedule::{Occurrence, SLOTS_A_DAY, Slot, Weekdays};
use crate::domain::zone::{Zone, all_zone_names};

/// Queued so long ahead.
const LEAD_S: i64 = 300;

fn days_after(date: Date, days: i64) -> Date {
    date.checked_add(days.days()).unwrap()
}

fn any_slot(slot_no: i32) -> impl Strategy<Value = Slot> {
    (0..1_440_i16, 0..128_u8, prop::bool::weighted(0.9)).prop_map(move |(minute, days, enabled)| Slot {
        slot_no,
        time: Time::new((minute / 60).try_into().unwrap(), (minute % 60).try_into().unwrap(), 0, 0).unwrap(),
        weekdays: Weekdays::from_bits(days),
        enabled,
    })
}

/// A zone and a moment, half of the time within five days of a change of its clocks.
pub(super) fn any_place() -> impl Strategy<Value = (Zone, Moment)> {
    let near = (any::<Index>(), -432_000..432_000_i64).prop_map({
        let changes = changes();
        move |(which, off_s)| {
            let change = which.get(&changes);
            (Zone::parse(&change.zone).unwrap(), Moment::from_secs(change.at_s + off_s))
        }
    });
    let anywhere = (select(all_zone_names()), 1_704_067_200..2_145_916_800_i64)
        .prop_map(|(zone, at_s)| (Zone::parse(&zone).unwrap(), Moment::from_secs(at_s)));
    prop_oneof![near, anywhere]
}

/// Days from today to the first date, and how many dates follow; none is open-ended.
type PauseShape = (i64, Option<i64>);

fn any_pause() -> impl Strategy<Value = PauseShape> {
    (-5..20_i64, prop::option::weighted(0.9, 0..20_i64))
}

fn pause((first, length): PauseShape, today: Date) -> Pause {
    let from = days_after(today, first);
    Pause { from, until: length.map(|length| days_after(from, length)) }
}

fn slot_dates(shapes: &[(i32, i64)], today: Date) -> Vec<SlotDate> {
    shapes.iter().map(|&(slot_no, days)| SlotDate { slot_no, date: days_after(today, days) }).collect()
}

/// The search that needs no thought: every date, one by one.
fn plain_search(slot: &Slot, calendar: &Calendar, after: Moment, today: Date) -> Option<Occurrence> {
    if !slot.enabled {
        return None;
    }
    (-3..200).map(|days| days_after(today, days)).find_map(|date| {
        let slot_date = SlotDate { slot_no: slot.slot_no, date };
        let (at, note) = calendar.zone.moment(date, slot.time);
        let rings = slot.weekdays.contains(date.weekday())
            && !calendar.pauses.iter().any(|pause| pause.covers(date))
            && !calendar.skips.contains(&slot_date)
            && !calendar.had.contains(&slot_date);
        (rings && at > after).then_some(Occurrence { slot_no: slot.slot_no, date, at, note })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn next_is_what_a_plain_search_finds(
        (zone, after) in any_place(),
        slot in any_slot(1),
        pauses in prop::collection::vec(any_pause(), 0..4),
        skips in prop::collection::vec((1..=2, -2..30_i64), 0..6),
        had in prop::collection::vec((1..=2, -2..4_i64), 0..3),
    ) {
        let today = zone.local(after).date();
        let calendar = Calendar {
            pauses: pauses.into_iter().map(|shape| pause(shape, today)).collect(),
            skips: slot_dates(&skips, today),
            had: slot_dates(&had, today),
            zone,
        };
        let mut from = after;
        let mut dates = BTreeSet::new();
        for _ in 0..10 {
            let next = slot.next_after(from, &calendar);
            prop_assert_eq!(&next, &plain_search(&slot, &calendar, from, today));
            let Some(next) = next else { break };
            prop_assert!(next.at > from, "each is later than the one before");
            prop_assert!(dates.insert(next.date), "and of another date");
            from = next.at;
        }
    }

    #[test]
    fn however_a_day_is_edited_a_slot_calls_once_for_a_date(
        (zone, start) in any_place(),
        first in any_slot(1),
        edits in prop::collection::vec(any_edit(), 1..60),
    ) {
        let mut family = Family::new(zone, start, first);
        for edit in edits {
            family.live(edit);
        }
        let mut rung = BTreeSet::new();
        for call in &family.rung {
            prop_assert!(rung.insert(*call), "{call:?} rang twice");
        }
        for date in rung.iter().map(|call| call.date) {
            let calls = rung.iter().filter(|call| call.date == date).count();
            prop_assert!(calls <= SLOTS_A_DAY, "{calls} calls for {date}");
        }
    }
}

#[derive(Clone, Debug)]
enum Edit {
    Wait { minutes: i64 },
    Slot(Slot),
    Drop { slot_no: i32 },
    Move(String),
    Pause(PauseShape),
    EndPauses,
    Skip { slot_no: i32, days: i64 },
    WantAll,
}

fn any_edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        6 => (1..400_i64).prop_map(|minutes| Edit::Wait { minutes }),
        5 => (1..=3).prop_flat_map(any_slot).prop_map(Edit::Slot),
        1 => (1..=3).prop_map(|slot_no| Edit::Drop { slot_no }),
        2 => select(all_zone_names()).prop_map(Edit::Move),
        1 => any_pause().prop_map(Edit::Pause),
        2 => Just(Edit::EndPauses),
        1 => (1..=3, 0..2_i64).prop_map(|(slot_no, days)| Edit::Skip { slot_no, days }),
        1 => Just(Edit::WantAll),
    ]
}

/// A family that can't make up its mind, and the rules of planning as the services follow them.
struct Family {
    now: Moment,
    calendar: Calendar,
    slots: Vec<(Slot, Option<Occurrence>)>,
    /// Promised, and not rung yet.
    queued: Vec<Occurrence>,
    rung: Vec<SlotDate>,
}

impl Family {
    fn new(zone: Zone, now: Moment, first: Slot) -> Self {
        let mut family = Self {
            now,
            calendar: Calendar::of(zone),
            slots: vec![(first, None)],
            queued: Vec::new(),
            rung: Vec::new(),
        };
        family.replan();
        family
    }

    fn live(&mut self, edit: Edit) {
        let today = self.calendar.zone.local(self.now).date();
        match edit {
            Edit::Wait { minutes } => return self.wait(minutes),
            Edit::Slot(slot) => {
                self.slots.retain(|(other, _)| other.slot_no != slot.slot_no);
                self.slots.push((slot, None));
            }
            Edit::Drop { slot_no } => self.slots.retain(|(slot, _)| slot.slot_no != slot_no),
            Edit::Move(zone) => self.calendar.zone = Zone::parse(&zone).unwrap(),
            Edit::Pause(shape) => self.calendar.pauses.push(pause(shape, today)),
            Edit::EndPauses => self.calendar.pauses.clear(),
            Edit::Skip { slot_no, days } => {
                self.calendar.skips.push(SlotDate { slot_no, date: days_after(today, days) });
            }
            Edit::WantAll => self.calendar.skips.clear(),
        }
        self.replan();
    }

    /// What is queued and not planned is taken back; what is promised is not promised again.
    fn replan(&mut self) {
        let (slots, calendar) = (&self.slots, &self.calendar);
        self.queued.retain(|call| {
            let planned = |slot: &Slot| slot.next_after(call.at.plus_secs(-1), calendar).as_ref() == Some(call);
            slots.iter().any(|(slot, _)| slot.slot_no == call.slot_no && planned(slot))
        });
        let calendar = Calendar { had: self.promised(), ..self.calendar.clone() };
        for (slot, next) in &mut self.slots {
            *next = slot.next_after(self.now, &calendar);
        }
    }

    fn promised(&self) -> Vec<SlotDate> {
        let queued = self.queued.iter().map(|call| SlotDate { slot_no: call.slot_no, date: call.date });
        queued.chain(self.rung.iter().copied()).collect()
    }

    fn wait(&mut self, minutes: i64) {
        for _ in 0..minutes {
            self.now = self.now.plus_secs(60);
            let promised = self.promised();
            for (slot, next) in &mut self.slots {
                let Some(due) = next.take_if(|due| due.at <= self.now.plus_secs(LEAD_S)) else { continue };
                *next = slot.next_after(due.at.max(self.now), &self.calendar);
                // The unique key of the database.
                if !promised.contains(&SlotDate { slot_no: due.slot_no, date: due.date }) {
                    self.queued.push(due);
                }
            }
            let now = self.now;
            for call in self.queued.extract_if(.., |call| call.at <= now) {
                self.rung.push(SlotDate { slot_no: call.slot_no, date: call.date });
            }
        }
    }
}
