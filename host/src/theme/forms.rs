//! The small forms of the schedule page.

use serde::Serialize;

use super::Field;

/// The form of a pause.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PauseForm {
    /// `YYYY-MM-DD`; empty means today.
    pub from: Field,
    /// `YYYY-MM-DD`; empty means until somebody ends it.
    pub until: Field,
    /// Why.
    pub reason: Field,
}

/// What happens when nobody picks up.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RetryForm {
    /// Tries for one promised call, the first included.
    pub tries: Vec<Choice>,
    /// Minutes from a missed try to the next.
    pub waits: Vec<Choice>,
}

impl RetryForm {
    /// What is offered and what holds now: tries, and minutes.
    pub fn new((tries, tries_now): (&[u32], u32), (waits, wait_now): (&[u32], u32)) -> Self {
        Self { tries: Choice::list(tries, tries_now), waits: Choice::list(waits, wait_now) }
    }
}

/// One number to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The number.
    pub value: u32,
    /// Whether it holds now.
    pub chosen: bool,
}

impl Choice {
    /// These numbers, with the one that holds now among them.
    fn list(offered: &[u32], chosen: u32) -> Vec<Self> {
        let mut values = offered.to_vec();
        if !values.contains(&chosen) {
            values.push(chosen);
            values.sort_unstable();
        }
        values.into_iter().map(|value| Self { value, chosen: value == chosen }).collect()
    }
}
