//! When hosts die, at which step of their work, and how long nobody is there.

use super::{Change, Drawn};
use crate::command::sim::calendar::Promise;
use crate::command::sim::dice::Dice;
use crate::domain::Moment;
use crate::worker::round::Tick;

/// One promise in so many has a host that dies.
const ONE_IN: usize = 14;
/// From a return to the next death.
const APART_S: i64 = 120;

/// How a host dies.
#[derive(Clone, Copy, Debug)]
pub(in crate::command::sim) enum Way {
    /// Between two ticks: before this one. Outcomes that are not written are lost.
    Before(Tick),
    /// The rings that are due were taken out of memory, and none was sent.
    RingsTaken,
    /// The vendors took the rings, and the host heard no answer.
    RingsSent,
    /// Submissions were marked as sent, and none was sent.
    SubmissionsTaken,
    /// The vendor took the submissions, and the host heard no answer.
    SubmissionsSent,
}

/// A death, and how long until a new host begins.
#[derive(Clone, Copy, Debug)]
pub(in crate::command::sim) struct Death {
    pub(in crate::command::sim) way: Way,
    pub(in crate::command::sim) away_s: i64,
    /// It hears nobody any more before it dies.
    pub(in crate::command::sim) is_deaf: bool,
    /// Which of the living.
    pub(in crate::command::sim) whose: i64,
}

pub(super) fn draw(drawn: &mut Drawn, seed: u64, promises: &[Promise]) {
    let mut dice = Dice::new(seed, "deaths", 0);
    let mut deaths: Vec<(Moment, Death)> =
        drawn.aims(&mut dice, promises, ONE_IN).into_iter().map(|promise| draw_one(&mut dice, promise)).collect();
    deaths.sort_by_key(|(at, _)| *at);
    let mut free_from = Moment(i64::MIN);
    for (at, death) in deaths {
        if at < free_from {
            continue;
        }
        free_from = at.plus_secs(death.away_s + APART_S);
        drawn.count("hosts that died");
        drawn.add(at, Change::Dies(death));
    }
}

fn draw_one(dice: &mut Dice, promise: &Promise) -> (Moment, Death) {
    let queued_at = promise.at.plus_secs(-300);
    let any_tick = |dice: &mut Dice| Way::Before(*dice.pick(&Tick::ALL));
    let (at, way) = match dice.between(0, 9) {
        0 => (promise.at, Way::RingsTaken),
        1 => (promise.at, Way::RingsSent),
        // What became of the rings is in memory only.
        2 => (promise.at, Way::Before(Tick::Outcomes)),
        3 => (queued_at, Way::SubmissionsTaken),
        4 => (queued_at, Way::SubmissionsSent),
        5 => (queued_at, any_tick(dice)),
        6 => (promise.at, any_tick(dice)),
        7 => (promise.at.plus_secs(dice.between(1, 240)), any_tick(dice)),
        8 => (promise.at.plus_secs(dice.between(600, 900)), any_tick(dice)),
        _ => (promise.at.plus_secs(-dice.between(0, 320)), any_tick(dice)),
    };
    let away_s = match dice.between(1, 100) {
        1..=45 => dice.between(0, 5),
        46..=85 => dice.between(6, 90),
        _ => dice.between(91, 700),
    };
    (at, Death { way, away_s, is_deaf: dice.chance(50), whose: dice.between(0, 1) })
}
