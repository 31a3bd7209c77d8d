//! When the budget is spent, as the breaker shows it.

use super::breaker::Breaker;
use super::budget::Heard;
use super::budget::Outcome::{self, Crowded, Failed, FailedTogether, Good};
use super::tests::{at, call, heard, opened_at};

#[test]
fn budget_is_spent_by_a_row_of_failures_or_by_most_of_a_minute() {
    let many = |outcome, number| vec![(0, outcome); number];
    let spread = |every_s: i64, outcomes: &[Outcome]| {
        (0..).zip(outcomes).map(|(n, outcome)| (n * every_s, *outcome)).collect::<Vec<_>>()
    };
    for (what, outcomes, opens) in [
        ("four failures", many(Failed, 4), false),
        ("five in a row", many(Failed, 5), true),
        ("five in a row, over hours", spread(3_600, &[Failed; 5]), true),
        ("five in a row after a thousand that were well", [many(Good, 1_000), vec![(1, Failed); 5]].concat(), true),
        ("half of many, taking turns", spread(1, &[Good, Failed].repeat(30)), false),
        ("four of five", spread(1, &[Good, Failed, Failed, Failed, Failed].repeat(10)), false),
        ("crowded for a while", many(Crowded, 19), false),
        ("crowded for long", many(Crowded, 20), true),
        ("crowded, but now and then not", spread(1, &[&[Crowded; 19][..], &[Good]].concat().repeat(5)), false),
    ] {
        let mut breaker = Breaker::default();
        let opened = outcomes.iter().any(|(second, outcome)| {
            breaker.note(heard(*outcome, *second), None, at(*second));
            breaker.opening().is_some()
        });
        assert_eq!(opened, opens, "{what}");
    }
}

/// Those that nobody answers are heard last, and the row of them begins anew with each one that was well.
#[test]
fn budget_is_spent_when_nearly_all_get_no_answer() {
    for (unanswered, opens) in [(3, false), (8, false), (9, true), (30, true)] {
        let mut breaker = Breaker::default();
        for second in 0..20 {
            breaker.note(heard(Good, second), None, at(second));
            let late = Heard { outcome: Failed, left_at: at(second - 10), unheard: 0 };
            (0..unanswered).for_each(|_| breaker.note(late, None, at(second)));
        }
        assert_eq!(breaker.opening().is_some(), opens, "{unanswered} for each that was well");
    }
}

#[test]
fn failures_of_long_ago_are_forgotten() {
    let mut breaker = Breaker::default();
    breaker.note(heard(Good, 0), None, at(0));
    for minute in 1..20 {
        // Too late for a row, and too few for a share.
        let late = Heard { outcome: Failed, left_at: at(-10), unheard: 0 };
        (0..4).for_each(|_| breaker.note(late, None, at(minute * 61)));
    }
    assert_eq!(breaker.opening(), None);
}

#[test]
fn connections_that_break_are_a_row_when_nothing_else_is_heard() {
    // Nine of ten must be heard of.
    for (of_hundred_well, opens_after) in [(0, Some(2_699)), (20, None)] {
        let mut breaker = Breaker::default();
        let opened = (0..3_000).find(|number| {
            let unheard = 2_999 - number;
            let outcome = match number % 100 {
                0 => Failed,
                one if one > 100 - of_hundred_well => Good,
                _ => FailedTogether,
            };
            breaker.note(Heard { outcome, left_at: at(0), unheard }, None, at(0));
            breaker.opening().is_some()
        });
        assert_eq!(opened, opens_after, "{of_hundred_well} of a hundred were well");
    }
    // One that breaks is one failure, and no row.
    let mut breaker = Breaker::default();
    breaker.note(heard(Failed, 0), None, at(0));
    (0..99).for_each(|_| breaker.note(heard(FailedTogether, 0), None, at(0)));
    assert_eq!(breaker.opening(), None);
    // A trial that fails with others has failed.
    let mut breaker = opened_at(0);
    call(&mut breaker, 5, FailedTogether);
    assert_eq!(breaker.admit(at(14)), Err(at(15)));
}
