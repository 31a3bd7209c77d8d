//! The requests that are under way to a vendor, by when they left.
//!
//! Of many that leave at once the failures are heard first: a refusal is quick, and a success takes its time. Whoever
//! judges by what was heard must know of how many nothing was heard yet.

use std::collections::BTreeMap;

use crate::domain::Moment;

/// How many are under way, for each second in which some left: exact enough to judge by, and few even while a vendor is
/// silent.
#[derive(Clone, Debug, Default)]
pub(super) struct InFlight(BTreeMap<i64, u64>);

impl InFlight {
    pub(super) fn left(&mut self, at: Moment) {
        *self.0.entry(at.secs()).or_default() += 1;
    }

    /// One of those that left then was answered, or was given up.
    pub(super) fn ended(&mut self, left_at: Moment) {
        if let Some(number) = self.0.get_mut(&left_at.secs()) {
            *number -= 1;
            if *number == 0 {
                self.0.remove(&left_at.secs());
            }
        }
    }

    /// Those that left when this one did, or before it.
    pub(super) fn beside(&self, left_at: Moment) -> u64 {
        self.0.range(..=left_at.secs()).map(|(_, number)| number).sum()
    }
}
