//! Low water: from where on a tick looks for what is due.
//!
//! A tick asks an index, by time, for what has come due. What is over has left the index, but on PostgreSQL its place
//! stays until a vacuum has been there, and while somebody holds a transaction open no vacuum clears it: each look from
//! the beginning would pass over everything that was over since. So a tick that has seen that nothing waits before a
//! moment begins there the next time.
//!
//! This is a short cut and no promise. Every few seconds a tick looks at the whole, since another host's clock may be
//! behind, or a transaction late.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::db::Span;
use crate::domain::Moment;

/// After so long a tick looks at the whole again.
const WHOLE_EACH_S: i64 = 10;
/// What was being written while a tick looked bears a moment that is earlier by this at the most.
const WRITTEN_WITHIN_S: i64 = 2;

/// The marks of the ticks of one host.
#[derive(Debug, Default)]
pub struct LowWaters {
    /// Slots whose ring window is open.
    pub(crate) slots: LowWater,
    /// Slots whose ring window is over.
    pub(crate) missed_slots: LowWater,
    /// Ring attempts that nobody holds.
    pub(crate) unheld: LowWater,
    /// Ring attempts that no device has acknowledged.
    pub(crate) silent: LowWater,
    /// Ring attempts that their vendor is to be given ahead.
    pub(crate) submissions: LowWater,
    /// Ring attempts that their vendor is to be asked about.
    pub(crate) look_ups: LowWater,
    /// App calls that nobody answers.
    pub(crate) app_calls: LowWater,
    /// Phone calls that nobody answers.
    pub(crate) phone_calls: LowWater,
    /// Calls whose window was over when they were made.
    pub(crate) missed_calls: LowWater,
    /// Calls that their provider is to be asked about.
    pub(crate) checks: LowWater,
    /// Jobs.
    pub(crate) jobs: LowWater,
}

/// Before which moment nothing of one kind waits.
#[derive(Debug, Default)]
pub(crate) struct LowWater(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Nothing waits before this one.
    mark: Option<Moment>,
    /// When the whole was looked at.
    whole_at: Moment,
    /// How often the mark was forgotten: a look that began before knows nothing of what came since.
    forgotten: u64,
}

/// A look that has begun.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// What waits before this one was seen already; the beginning of time for a look at the whole.
    pub(crate) from: Moment,
    began_at: Moment,
    forgotten: u64,
}

impl LowWaters {
    /// Something was written that began at `since`. When that took long, it may stand where nobody looks.
    pub(crate) fn written(&self, since: Moment, now: Moment) {
        if now > since.plus_secs(WRITTEN_WITHIN_S / 2) {
            for low_water in [&self.unheld, &self.silent, &self.submissions, &self.look_ups, &self.jobs] {
                low_water.forget();
            }
        }
    }
}

impl Look {
    /// What it asks for: all that is due `until` a moment and was not seen before.
    pub(crate) fn span(&self, until: Moment, limit: usize) -> Span {
        Span { from: self.from, until, limit: i64::try_from(limit).unwrap_or(i64::MAX) }
    }
}

impl LowWater {
    /// Begins a look.
    pub(crate) fn look(&self, now: Moment) -> Look {
        let known = self.lock();
        // A clock that was set back shows moments before the mark once more.
        let is_lately = known.whole_at <= now && now < known.whole_at.plus_secs(WHOLE_EACH_S);
        let from = known.mark.filter(|_| is_lately).unwrap_or(Moment(i64::MIN));
        Look { from, began_at: now, forgotten: known.forgotten }
    }

    /// The look has seen, or taken, all that waits before `mark`.
    pub(crate) fn seen(&self, look: Look, mark: Moment) {
        let mut known = self.lock();
        if known.forgotten != look.forgotten {
            return;
        }
        if look.from == Moment(i64::MIN) {
            known.whole_at = look.began_at;
        }
        known.mark = Some(mark.plus_secs(-WRITTEN_WITHIN_S).max(look.from));
    }

    /// Something was put where nobody would look: the next look is at the whole.
    pub(crate) fn forget(&self) {
        let mut known = self.lock();
        known.mark = None;
        known.forgotten += 1;
    }

    /// The same when what is being written now is written, or given up.
    pub(crate) fn forget_at_the_end(&self) -> impl Drop + '_ {
        Forget(self)
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Forget<'a>(&'a LowWater);

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        self.0.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Moment = Moment(1_700_000_000_000_000);

    #[test]
    fn what_was_seen_is_not_looked_at_again_until_the_whole_is() {
        let low_water = LowWater::default();
        let whole = Moment(i64::MIN);
        assert_eq!(low_water.look(START).from, whole);
        low_water.seen(low_water.look(START), START);
        let later = START.plus_secs(WHOLE_EACH_S - 1);
        assert_eq!(low_water.look(later).from, START.plus_secs(-WRITTEN_WITHIN_S));
        low_water.seen(low_water.look(later), later);
        assert_eq!(low_water.look(later).from, later.plus_secs(-WRITTEN_WITHIN_S));
        assert_eq!(low_water.look(START.plus_secs(WHOLE_EACH_S)).from, whole, "its time has come");
        assert_eq!(low_water.look(START.plus_secs(-1)).from, whole, "the clock was set back");
    }

    #[test]
    fn look_that_began_before_something_was_put_behind_it_moves_no_mark() {
        let low_water = LowWater::default();
        let look = low_water.look(START);
        low_water.forget();
        low_water.seen(look, START);
        assert_eq!(low_water.look(START).from, Moment(i64::MIN));
    }
}
