//! The circuit breaker: leaves alone for a while what keeps failing, and lets one call try whether that is over.
//!
//! Closed → open, when the budget is spent → after the rest one call goes through, as the trial → closed if that is
//! well, else open again and for longer. A trial is known by its ticket: only its own outcome counts, and a call that
//! ended without one hands the ticket back.

use std::time::Duration;

use super::budget::{Budget, Heard, Outcome};
use crate::domain::Moment;

/// The first rest, short enough that a ring without another way is tried again in its window; each further one is twice
/// as long.
const REST_MIN: Duration = Duration::from_secs(5);
const REST_MAX: Duration = Duration::from_mins(5);
/// While a trial is under way: when to ask again.
const TRIAL_WAIT: Duration = Duration::from_secs(2);

/// Names one trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// Since when it has been open, and until when it is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    pub(super) since: Moment,
    pub(super) until: Moment,
    rest: Duration,
}

/// Watches over one plugin, or over one vendor.
#[derive(Clone, Debug, Default)]
pub(super) struct Breaker {
    budget: Budget,
    state: State,
    tickets: u64,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Closed,
    Open(Opening),
    Trial(Ticket, Opening),
}

impl Breaker {
    /// Whether a call may go through now. It gets a ticket when it is the one that tries whether the rest is over;
    /// otherwise, the moment to ask again.
    pub(super) fn admit(&mut self, now: Moment) -> Result<Option<Ticket>, Moment> {
        match self.state {
            State::Closed => Ok(None),
            State::Open(opening) if opening.rests_at(now) => Err(opening.until),
            State::Open(opening) => {
                self.tickets += 1;
                let ticket = Ticket(self.tickets);
                self.state = State::Trial(ticket, opening);
                Ok(Some(ticket))
            }
            State::Trial(..) => Err(now + TRIAL_WAIT),
        }
    }

    /// What was heard of a call that was let through, with its ticket if it had one.
    pub(super) fn note(&mut self, heard: Heard, ticket: Option<Ticket>, now: Moment) {
        match self.state {
            State::Closed => {
                self.budget.note(heard, now);
                if self.budget.is_spent(now, heard.unheard) {
                    self.open(now, now, REST_MIN);
                }
            }
            State::Trial(trial, opening) if ticket == Some(trial) => {
                if heard.outcome == Outcome::Good {
                    self.state = State::Closed;
                } else {
                    self.open(opening.since, now, (opening.rest * 2).min(REST_MAX));
                }
            }
            // A straggler from before the rest: the trial decides.
            State::Open(_) | State::Trial(..) => {}
        }
    }

    /// The call with this ticket ended and learnt nothing: the next one tries.
    pub(super) fn hand_back(&mut self, ticket: Ticket) {
        if let State::Trial(trial, opening) = self.state
            && trial == ticket
        {
            self.state = State::Open(opening);
        }
    }

    /// Whether the trial of this ticket is under way.
    pub(super) fn is_on_trial(&self, ticket: Ticket) -> bool {
        matches!(self.state, State::Trial(trial, _) if trial == ticket)
    }

    /// The opening, until a trial has shown that all is well again.
    pub(super) fn opening(&self) -> Option<Opening> {
        match self.state {
            State::Closed => None,
            State::Open(opening) | State::Trial(_, opening) => Some(opening),
        }
    }

    /// Whether a person should know that not all is well.
    pub(super) fn is_strained(&self, now: Moment) -> bool {
        self.opening().is_some() || self.budget.is_strained(now)
    }

    fn open(&mut self, since: Moment, now: Moment, rest: Duration) {
        self.state = State::Open(Opening { since, until: now + rest, rest });
        self.budget = Budget::default();
    }
}

impl Opening {
    /// Whether it is left alone now. A clock that was set back must not make a rest of hours out of one of seconds.
    pub(super) fn rests_at(&self, now: Moment) -> bool {
        now < self.until && self.until.since(now) <= REST_MAX
    }
}
