//! What people and their telephones do: answer, nap, push a call away, have a flat battery, get a new phone.

use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line};

use super::{Change, Drawn};
use crate::command::sim::calendar::Promise;
use crate::command::sim::dice::Dice;
use crate::command::sim::neighbourhood::{Home, Reached};
use crate::domain::Moment;

/// Before a promise is queued it is settled what will be done.
const BEFORE_S: i64 = 420;
const DAY_S: i64 = 86_400;
/// Who of two is quicker must not be left to the machine.
const SECOND_PHONE_MS: i64 = 700;

/// What a parent does at one ring.
#[derive(Clone, Copy, Debug)]
pub(in crate::command::sim) enum Touch {
    /// Picks up after so long, and talks for so long.
    Answers { after_ms: i64, talk_s: i64, script: i64 },
    /// Pushes it away.
    Declines { after_ms: i64 },
    /// Lets it ring.
    Ignores,
    /// A line only: engaged.
    Busy,
    /// A line only: the machine answers.
    Voicemail,
    /// A line only: cannot be reached.
    Fails,
}

impl Touch {
    /// On a phone with the app; the second of one person is reached for a little later than the first.
    pub(in crate::command::sim) fn behaviour(self, language: Language, number: i64) -> Behaviour {
        let later_ms = number * SECOND_PHONE_MS;
        match self {
            Self::Answers { after_ms, .. } => {
                Behaviour::Answer { after_ms: after_ms + later_ms, script: self.script(language) }
            }
            Self::Declines { after_ms } => Behaviour::Decline { after_ms: after_ms + later_ms },
            Self::Ignores | Self::Busy | Self::Voicemail | Self::Fails => Behaviour::Ignore,
        }
    }

    /// On a line.
    pub(in crate::command::sim) fn line(self, language: Language) -> Line {
        match self {
            Self::Answers { .. } => Line::Answers(self.script(language)),
            Self::Declines { .. } => Line::Declines,
            Self::Ignores => Line::NoAnswer,
            Self::Busy => Line::Busy,
            Self::Voicemail => Line::Voicemail,
            Self::Fails => Line::Fails,
        }
    }

    fn script(self, language: Language) -> scripts::Script {
        let Self::Answers { talk_s, script, .. } = self else { return scripts::ordinary(language) };
        let said = match script {
            0 => scripts::cheerful(language),
            1 => scripts::worrying(language),
            _ => scripts::ordinary(language),
        };
        said.lasting(talk_s)
    }
}

pub(super) fn draw(drawn: &mut Drawn, seed: u64, homes: &[Home], promises: &[Promise]) {
    for home in homes {
        let number = home.parent.number;
        let mine: Vec<&Promise> = promises.iter().filter(|promise| promise.parent == number).collect();
        let mut dice = Dice::new(seed, "people", number);
        let naps = draw_naps(&mut dice, &mine);
        for promise in &mine {
            let napping = naps.iter().any(|(from, to)| *from <= promise.at && promise.at < *to);
            let touches = if napping { vec![Touch::Ignores] } else { touches(&mut dice, home.parent.reached) };
            if napping {
                drawn.count("calls slept through");
            }
            drawn.add(promise.at.plus_secs(-BEFORE_S), Change::Touches(number, touches));
        }
        if home.parent.reached != Reached::Line {
            draw_batteries(drawn, &mut dice, number, &mine);
        }
    }
}

fn draw_naps(dice: &mut Dice, mine: &[&Promise]) -> Vec<(Moment, Moment)> {
    let mut naps = Vec::new();
    for promise in mine {
        if dice.chance(7) {
            naps.push((promise.at.plus_secs(-dice.between(0, 5_400)), promise.at.plus_secs(dice.between(600, 7_200))));
        }
    }
    naps
}

/// Ring after ring; the last stays.
fn touches(dice: &mut Dice, reached: Reached) -> Vec<Touch> {
    let answers = |dice: &mut Dice| {
        // Some pick up in the last second, and some a second too late.
        let after_ms = if dice.chance(8) { dice.between(38_000, 47_000) } else { dice.between(1_000, 25_000) };
        Touch::Answers { after_ms, talk_s: dice.between(25, 240), script: dice.between(0, 4) }
    };
    let first = match dice.between(1, 100) {
        69..=80 => Touch::Ignores,
        81..=87 => Touch::Declines { after_ms: dice.between(500, 20_000) },
        88..=93 if reached == Reached::Line => Touch::Busy,
        94..=98 if reached == Reached::Line => Touch::Voicemail,
        99..=100 if reached == Reached::Line => Touch::Fails,
        _ => answers(dice),
    };
    let second = match dice.between(1, 100) {
        1..=60 => answers(dice),
        61..=90 => Touch::Ignores,
        _ if reached == Reached::Line => Touch::Busy,
        _ => Touch::Declines { after_ms: 2_000 },
    };
    vec![first, second]
}

fn draw_batteries(drawn: &mut Drawn, dice: &mut Dice, number: usize, mine: &[&Promise]) {
    let mut free_from = Moment(i64::MIN);
    for promise in mine {
        let from = promise.at.plus_secs(-dice.between(0, 4 * 3_600));
        let to = promise.at.plus_secs(if dice.chance(40) { dice.between(1, 60) } else { dice.between(60, 5 * 3_600) });
        if !dice.chance(5) || from < free_from || to >= drawn.calm {
            continue;
        }
        drawn.count("flat batteries");
        drawn.add(from, Change::Online(number, false));
        drawn.add(to, Change::Online(number, true));
        free_from = to;
    }
    if let (true, Some(promise)) = (dice.chance(12), mine.first()) {
        let at = promise.at.plus_secs(dice.between(-2_000, DAY_S));
        if at.plus_secs(7_200) < drawn.calm {
            drawn.count("new push addresses");
            drawn.add(at, Change::NewAddresses(number));
            // The host may have been away just then; the app is opened again later.
            drawn.add(at.plus_secs(3_600), Change::Registers(number));
        }
    }
}
