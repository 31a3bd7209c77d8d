//! The error budget: how much of what was tried lately may have failed. `breaker` asks it.

use crate::domain::Moment;

/// The window is a minute, in steps of ten seconds.
const BUCKETS: i64 = 6;
/// The same, for an index.
const PLACES: usize = 6;
const BUCKET_S: i64 = 10;
/// Of fewer outcomes no share is taken: one bad evening is no trend.
const OUTCOMES_MIN: u64 = 10;
/// So large a share of failures spends the budget; a row does when it is such a share of itself and of what is unheard of.
/// Of less it is better to try on: what fails takes its other way by itself, and what has none would wait for nothing.
const FAILURES: Share = Share { at_least: 9, of: 10 };
/// So many failures in a row spend the budget, however long they took and however well it went before.
const IN_A_ROW_MAX: u32 = 5;
/// A vendor that says "too many requests" lives. Only a long run of it, without a word on when to come again, counts.
const CROWDED_IN_A_ROW_MAX: u32 = 20;

struct Share {
    at_least: u64,
    of: u64,
}

impl Share {
    fn is_reached(&self, number: u64, all: u64) -> bool {
        number.saturating_mul(self.of) >= all.saturating_mul(self.at_least)
    }
}

/// How something came out. What says nothing of the one who is judged is not noted at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It did what it is there for.
    Good,
    /// It failed.
    Failed,
    /// It failed, and another did just before it, most probably for the same reason.
    FailedTogether,
    /// The vendor has no room, and does not say when it will have.
    Crowded,
}

/// What was heard of one that was let through.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard {
    pub(super) outcome: Outcome,
    /// When it left.
    pub(super) left_at: Moment,
    /// Of how many others that left no later nothing is heard yet.
    pub(super) unheard: u64,
}

/// The outcomes of the last minute.
#[derive(Clone, Debug, Default)]
pub(super) struct Budget {
    buckets: [Bucket; PLACES],
    /// When the last of those left that were well. What left no later counts to no row, however late it is heard: of a
    /// thousand that leave at once, the few that nobody answers are heard last, and all together.
    well_at: Option<Moment>,
    failed_in_a_row: u32,
    /// What failed together with those.
    together_in_a_row: u32,
    crowded_in_a_row: u32,
}

#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    /// Which ten seconds since 1970 it counts.
    slot: i64,
    outcomes: u32,
    failures: u32,
}

impl Budget {
    pub(super) fn note(&mut self, heard: Heard, now: Moment) {
        let Heard { outcome, left_at, .. } = heard;
        // After the clock was set back, what is well lies ahead for hours, and nothing would count.
        let is_older = self.well_at.is_some_and(|well_at| left_at <= well_at && well_at <= now);
        if outcome == Outcome::Crowded {
            self.crowded_in_a_row = self.crowded_in_a_row.saturating_add(u32::from(!is_older));
            return;
        }
        if outcome == Outcome::FailedTogether {
            self.together_in_a_row = self.together_in_a_row.saturating_add(u32::from(!is_older));
            return;
        }
        let slot = now.secs().div_euclid(BUCKET_S);
        let place = usize::try_from(slot.rem_euclid(BUCKETS)).unwrap_or(0);
        let bucket = &mut self.buckets[place];
        if bucket.slot != slot {
            *bucket = Bucket { slot, ..Bucket::default() };
        }
        bucket.outcomes = bucket.outcomes.saturating_add(1);
        if outcome == Outcome::Good {
            (self.failed_in_a_row, self.together_in_a_row, self.crowded_in_a_row) = (0, 0, 0);
            if !is_older {
                self.well_at = Some(left_at);
            }
        } else {
            bucket.failures = bucket.failures.saturating_add(1);
            self.failed_in_a_row = self.failed_in_a_row.saturating_add(u32::from(!is_older));
        }
    }

    /// Whether so much failed that it is better not to try for a while. What is `unheard` of may yet be well: so many
    /// left when the last one that was heard did, or before it.
    pub(super) fn is_spent(&self, now: Moment, unheard: u64) -> bool {
        let (heard, failures) = self.lately(now);
        let is_row = |number: u32, least: u32, with_it: u32| {
            let heard = u64::from(number) + u64::from(with_it);
            number >= least && FAILURES.is_reached(heard, heard + unheard)
        };
        is_row(self.failed_in_a_row, IN_A_ROW_MAX, self.together_in_a_row)
            || is_row(self.crowded_in_a_row, CROWDED_IN_A_ROW_MAX, 0)
            || (heard + unheard >= OUTCOMES_MIN && FAILURES.is_reached(failures, heard + unheard))
    }

    /// Whether enough failed for a person to know of it: a tenth.
    pub(super) fn is_strained(&self, now: Moment) -> bool {
        let (outcomes, failures) = self.lately(now);
        self.crowded_in_a_row >= IN_A_ROW_MAX || (failures > 0 && failures * 10 >= outcomes)
    }

    fn lately(&self, now: Moment) -> (u64, u64) {
        let newest = now.secs().div_euclid(BUCKET_S);
        let recent = |bucket: &&Bucket| (0..BUCKETS).contains(&newest.saturating_sub(bucket.slot));
        self.buckets.iter().filter(recent).fold((0, 0), |(outcomes, failures), bucket| {
            (outcomes + u64::from(bucket.outcomes), failures + u64::from(bucket.failures))
        })
    }
}
