//! The weather: everything that goes wrong in a week, drawn from the seed before it begins. Most of it is aimed at a
//! promise, since trouble in an empty hour troubles nobody.

mod deaths;
mod people;
mod vendors;

use std::collections::{BTreeMap, VecDeque};

use callpanion_emulators::World;

use super::calendar::{Calendar, Promise};
use super::dice::Dice;
use super::neighbourhood::Home;
use crate::domain::Moment;

pub(super) use deaths::{Death, Way};
pub(super) use people::Touch;
pub(super) use vendors::Trouble;

/// Before the end nothing new goes wrong, so that everything can come to its end.
const CALM_S: i64 = 3_600;

/// What changes at a moment.
#[derive(Clone, Debug)]
pub(super) enum Change {
    /// What a parent does at the next rings.
    Touches(usize, Vec<Touch>),
    /// Batteries and networks: the phones of a parent go, or come back.
    Online(usize, bool),
    /// The vendors give a parent's phones new addresses, and the old ones are dead.
    NewAddresses(usize),
    /// A parent's apps are started and say where they are.
    Registers(usize),
    /// A vendor begins or ends to fail.
    Trouble { number: usize, begins: Option<Trouble> },
    /// A host dies.
    Dies(Death),
}

/// The whole plan, the earliest first.
pub(super) struct Weather {
    plan: VecDeque<(Moment, Change)>,
    failing: BTreeMap<usize, Trouble>,
    /// How many things were planned, by name.
    pub(super) planned: BTreeMap<&'static str, usize>,
}

impl Weather {
    /// Draws it.
    pub(super) fn draw(seed: u64, calendar: &Calendar, homes: &[Home], promises: &[Promise]) -> Self {
        let mut drawn = Drawn { calm: calendar.to.plus_secs(-CALM_S), plan: Vec::new(), planned: BTreeMap::new() };
        people::draw(&mut drawn, seed, homes, promises);
        vendors::draw(&mut drawn, seed, homes, promises);
        deaths::draw(&mut drawn, seed, promises);
        // What was drawn first comes first within a moment.
        drawn.plan.sort_by_key(|(at, _)| *at);
        Self { plan: drawn.plan.into(), failing: BTreeMap::new(), planned: drawn.planned }
    }

    /// When something changes next.
    pub(super) fn next_at(&self) -> Option<Moment> {
        self.plan.front().map(|(at, _)| *at)
    }

    /// The next change that is due.
    pub(super) fn take_due(&mut self, now: Moment) -> Option<Change> {
        self.plan.pop_front_if(|(at, _)| *at <= now).map(|(_, change)| change)
    }

    /// A vendor begins or ends to fail.
    pub(super) fn change(&mut self, world: &World, number: usize, begins: Option<Trouble>) {
        match begins {
            Some(trouble) => self.failing.insert(number, trouble),
            None => self.failing.remove(&number),
        };
        self.apply(world);
    }

    /// Tells the vendors what they fail at, and nothing else.
    pub(super) fn apply(&self, world: &World) {
        vendors::apply(world, self.failing.values());
    }
}

/// What was drawn so far.
struct Drawn {
    calm: Moment,
    plan: Vec<(Moment, Change)>,
    planned: BTreeMap<&'static str, usize>,
}

impl Drawn {
    fn add(&mut self, at: Moment, change: Change) {
        self.plan.push((at, change));
    }

    fn count(&mut self, what: &'static str) {
        *self.planned.entry(what).or_default() += 1;
    }

    /// Promises that trouble is aimed at, drawn with returning.
    fn aims<'a>(&self, dice: &mut Dice, promises: &'a [Promise], one_in: usize) -> Vec<&'a Promise> {
        let early: Vec<&Promise> = promises.iter().filter(|promise| promise.at.plus_secs(CALM_S) < self.calm).collect();
        if early.is_empty() {
            return Vec::new();
        }
        (0..early.len().div_ceil(one_in)).map(|_| *dice.pick(&early)).collect()
    }
}
