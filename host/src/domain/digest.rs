//! Digests: the reading matter that a renderer makes from a week of talks.

use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use super::zone::Zone;
use super::{Block, BlockKind, CallState, Moment};

/// What a digest is made from.
#[derive(Clone, Debug)]
pub struct WeekMaterial {
    /// How the callee is addressed.
    pub callee_name: String,
    /// The callee's local dates, both included.
    pub first_day: Date,
    /// The last of them.
    pub last_day: Date,
    /// Every call of these days, the earliest first.
    pub calls: Vec<WeekCall>,
    /// The days without a call.
    pub gaps: Vec<Gap>,
}

/// One call of the week.
#[derive(Clone, Debug)]
pub struct WeekCall {
    /// The callee's local date.
    pub date: Date,
    /// When it was to be.
    pub at: Moment,
    /// How it came out; an open state is told as "not over yet".
    pub outcome: CallState,
    /// How long the talk lasted, in seconds; 0 without one.
    pub duration_s: u32,
    /// 1 (bad) to 5 (good).
    pub mood_score: Option<u8>,
    /// Its summary, as the family read it.
    pub blocks: Vec<Block>,
}

/// A day without a call.
#[derive(Clone, Debug)]
pub struct Gap {
    /// The callee's local date.
    pub date: Date,
    /// Why there was none.
    pub cause: GapCause,
}

/// Why there was no call on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapCause {
    /// The family paused the calls.
    Paused,
    /// The family skipped this one.
    Skipped,
    /// None is planned for such a day.
    Unplanned,
}

/// Where in a call something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Its outcome, or all of it.
    Whole,
    /// A turn of its talk, by index.
    Turn(u32),
    /// A block of its summary, by index.
    Block(u32),
}

/// What a statement of a digest rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basis {
    /// The call, by its index in the material.
    pub call: u32,
    /// Where in it.
    pub place: Place,
}

/// One typed part of a digest.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DigestPart {
    /// What it is about.
    pub kind: BlockKind,
    /// Text, never markup.
    pub text: String,
    /// Why the renderer says so; may be empty.
    pub reason: String,
    /// What it rests on: never empty, and all of it is there.
    pub evidence: Vec<Basis>,
}

/// A digest in one language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Digest {
    /// 1 (bad) to 5 (good), when the talks show it.
    pub mood_score: Option<u8>,
    /// The parts, in reading order.
    pub parts: Vec<DigestPart>,
}

impl WeekMaterial {
    /// Whether something stands there. A turn is there when a block of its call names it.
    pub fn has(&self, basis: Basis) -> bool {
        let at = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
        self.calls.get(at(basis.call)).is_some_and(|call| match basis.place {
            Place::Whole => true,
            Place::Turn(turn) => call.blocks.iter().any(|block| block.evidence.contains(&turn)),
            Place::Block(block) => at(block) < call.blocks.len(),
        })
    }
}

/// The evenings on which families are told of a week: each Sunday, at this time of day on the callee's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evening(pub Time);

impl Evening {
    /// The first one after a moment.
    pub fn after(self, at: Moment, zone: &Zone) -> Moment {
        self.next(at, zone).1
    }

    /// The Sunday of the last one that is not after a moment: it ends the week that can be told of then.
    pub fn last_sunday(self, at: Moment, zone: &Zone) -> Date {
        let (sunday, _) = self.next(at, zone);
        sunday.saturating_sub(7.days())
    }

    fn next(self, at: Moment, zone: &Zone) -> (Date, Moment) {
        let today = zone.local(at).date();
        let ahead = i64::from(7 - today.weekday().to_monday_one_offset());
        let sunday = today.saturating_add(ahead.days());
        let (moment, _) = zone.moment(sunday, self.0);
        if moment > at {
            return (sunday, moment);
        }
        let sunday = sunday.saturating_add(7.days());
        (sunday, zone.moment(sunday, self.0).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_in_the_material_is_evidence() {
        let date = jiff::civil::date(2026, 11, 18);
        let block =
            Block { kind: BlockKind::Meals, text: "Ate well.".to_owned(), reason: String::new(), evidence: vec![4] };
        let call = WeekCall {
            date,
            at: Moment::from_secs(1_794_990_000),
            outcome: CallState::Completed,
            duration_s: 60,
            mood_score: None,
            blocks: vec![block],
        };
        let (callee_name, calls) = (String::new(), vec![call]);
        let week = WeekMaterial { callee_name, first_day: date, last_day: date, calls, gaps: Vec::new() };
        for (call, place, there) in [
            (0, Place::Whole, true),
            (1, Place::Whole, false),
            (0, Place::Turn(4), true),
            (0, Place::Turn(3), false),
            (0, Place::Block(0), true),
            (0, Place::Block(1), false),
        ] {
            assert_eq!(week.has(Basis { call, place }), there, "{call} {place:?}");
        }
    }

    #[test]
    fn evenings_are_sundays_on_the_callees_clock() {
        let nine = Evening(jiff::civil::time(21, 0, 0, 0));
        let moment = |text: &str| Moment::from(text.parse::<jiff::Timestamp>().unwrap());
        for (zone, at, next, last) in [
            ("Europe/London", "2026-10-12T06:00:00Z", "2026-10-18T20:00:00Z", "2026-10-11"),
            ("Europe/London", "2026-10-18T19:59:59Z", "2026-10-18T20:00:00Z", "2026-10-11"),
            // At its moment it is the last one. The clocks go back in the week that follows: it has an hour more.
            ("Europe/London", "2026-10-18T20:00:00Z", "2026-10-25T21:00:00Z", "2026-10-18"),
            // Monday in Jakarta while it is Sunday in London.
            ("Asia/Jakarta", "2026-10-18T20:00:00Z", "2026-10-25T14:00:00Z", "2026-10-18"),
            // Sunday morning already, and Saturday in London.
            ("Pacific/Auckland", "2026-10-17T20:00:00Z", "2026-10-18T08:00:00Z", "2026-10-11"),
        ] {
            let zone = Zone::parse(zone).unwrap();
            assert_eq!(nine.after(moment(at), &zone), moment(next), "{zone} {at}");
            assert_eq!(nine.last_sunday(moment(at), &zone).to_string(), last, "{zone} {at}");
        }
    }
}
