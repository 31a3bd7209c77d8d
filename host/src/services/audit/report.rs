//! What an audit of promises found.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::Span;
use crate::domain::{CallId, CallMethod, CallState, CalleeId, Moment};

/// Of each kind of fault so many are told in full; all are counted.
const SHOWN: usize = 50;
/// Lateness is told to the millisecond up to here, and in whole seconds beyond.
const EXACT_MS: i64 = 60_000;

/// What was promised, and what came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// From here.
    #[serde(serialize_with = "text")]
    pub from: Moment,
    /// To before here.
    #[serde(serialize_with = "text")]
    pub to: Moment,
    /// When it was looked at.
    #[serde(serialize_with = "text")]
    pub looked_at: Moment,
    /// Promises: occurrences of slots, and "call now".
    pub promised: u64,
    /// Calls that have come to an outcome, by the outcome.
    pub settled: BTreeMap<CallState, u64>,
    /// Calls that were taken back before they rang: the plan had changed. They are no promises.
    pub taken_back: u64,
    /// Calls that are open, and may be.
    pub open: u64,
    /// Promises that no call was made for.
    pub gaps: Findings<Gap>,
    /// Promises that were kept twice.
    pub doubles: Findings<Double>,
    /// Calls that should have had their outcome long ago.
    pub overdue: Findings<Overdue>,
    /// How late the first rings went out, by the way in which they go.
    pub lateness: BTreeMap<CallMethod, Lateness>,
}

/// Faults of one kind: their number, and the first of them.
#[derive(Clone, Debug, Serialize)]
pub struct Findings<F> {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Vec<F>,
}

/// A promise that no call was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// To whom.
    pub callee: CalleeId,
    /// 1 to 3.
    pub slot_no: i32,
    /// The callee's local date.
    pub local_date: String,
    /// The promised moment.
    #[serde(serialize_with = "text")]
    pub due_at: Moment,
}

/// What was doubled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DoubleKind {
    /// Two calls for one promise.
    Calls,
    /// Two rings on one device in one try, which it could not tell for one.
    Rings,
    /// A telephone that was dialled twice in one try.
    Dials,
}

/// A promise that was kept twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Double {
    /// What was doubled.
    pub kind: DoubleKind,
    /// To whom.
    pub callee: CalleeId,
    /// The call, or the second of two.
    pub call: CallId,
    /// 1 to 3, or 0 for "call now".
    pub slot_no: i32,
    /// The callee's local date.
    pub local_date: String,
}

/// A call that should have had its outcome long ago.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overdue {
    /// The call.
    pub call: CallId,
    /// Where it stands.
    pub state: CallState,
    /// The promised moment.
    #[serde(serialize_with = "text")]
    pub due_at: Moment,
}

/// How late rings went out, in milliseconds after the promised moment.
#[derive(Clone, Debug, Default)]
pub struct Lateness {
    counts: BTreeMap<i64, u64>,
    rings: u64,
}

impl Report {
    pub(super) fn new(span: Span) -> Self {
        Self {
            from: span.from,
            to: span.to,
            looked_at: span.now,
            promised: 0,
            settled: BTreeMap::new(),
            taken_back: 0,
            open: 0,
            gaps: Findings::default(),
            doubles: Findings::default(),
            overdue: Findings::default(),
            lateness: BTreeMap::new(),
        }
    }

    /// Whether every promise was kept, and kept once.
    pub fn is_clean(&self) -> bool {
        self.gaps.count + self.doubles.count + self.overdue.count == 0
    }
}

impl<F> Default for Findings<F> {
    fn default() -> Self {
        Self { count: 0, first: Vec::new() }
    }
}

impl<F> Findings<F> {
    pub(super) fn add(&mut self, finding: F) {
        self.count += 1;
        if self.first.len() < SHOWN {
            self.first.push(finding);
        }
    }
}

impl Lateness {
    pub(super) fn add(&mut self, late_ms: i64) {
        let known = if late_ms > EXACT_MS { late_ms / 1_000 * 1_000 } else { late_ms };
        *self.counts.entry(known).or_default() += 1;
        self.rings += 1;
    }

    /// How many rings.
    pub fn rings(&self) -> u64 {
        self.rings
    }

    /// So many of a thousand rings were no later than this.
    pub fn permille_ms(&self, permille: u64) -> i64 {
        let rank = (self.rings * permille).div_ceil(1_000).max(1);
        let mut seen = 0;
        for (late_ms, count) in &self.counts {
            seen += count;
            if seen >= rank {
                return *late_ms;
            }
        }
        0
    }

    /// The latest.
    pub fn max_ms(&self) -> i64 {
        self.counts.last_key_value().map_or(0, |(late_ms, _)| *late_ms)
    }

    /// Rings that went out before their moment.
    pub fn early(&self) -> u64 {
        self.counts.range(..0).map(|(_, count)| count).sum()
    }
}

impl Serialize for Lateness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told {
            rings: u64,
            early: u64,
            p50_ms: i64,
            p99_ms: i64,
            max_ms: i64,
        }
        let (p50_ms, p99_ms) = (self.permille_ms(500), self.permille_ms(990));
        Told { rings: self.rings, early: self.early(), p50_ms, p99_ms, max_ms: self.max_ms() }.serialize(serializer)
    }
}

/// For people and their tools: RFC 3339 instead of a number.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's shape")]
fn text<S: Serializer>(moment: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(moment)
}

#[cfg(test)]
mod tests {
    use super::Lateness;

    #[test]
    fn of_a_hundred_rings_the_last_is_the_highest_hundredth() {
        let mut late = Lateness::default();
        assert_eq!((late.rings(), late.permille_ms(500), late.max_ms()), (0, 0, 0));
        for ms in (1..=100).rev() {
            late.add(ms);
        }
        assert_eq!((late.permille_ms(500), late.permille_ms(990), late.max_ms(), late.early()), (50, 99, 100, 0));
        late.add(-3);
        late.add(125_700);
        assert_eq!((late.rings(), late.max_ms(), late.early()), (102, 125_000, 1));
        let told = serde_json::to_value(&late).unwrap();
        assert_eq!(told["rings"], 102);
    }
}
