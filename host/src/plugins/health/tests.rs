//! The breaker's states as tables, one promise about its trials for any order of events, and what counts against whom.

use std::time::Duration;

use super::breaker::{Breaker, Ticket};
use super::budget::Heard;
use super::budget::Outcome::{self, Crowded, Failed, FailedTogether, Good};
use super::*;
use crate::egress::Reply;

const START: Moment = Moment::from_secs(1_800_000_000);

pub(super) fn at(second: i64) -> Moment {
    START.plus_secs(second)
}

/// What was heard at once of one that left at a second.
pub(super) fn heard(outcome: Outcome, second: i64) -> Heard {
    Heard { outcome, left_at: at(second), unheard: 0 }
}

/// Lets a call through at a second, and says how it came out.
pub(super) fn call(breaker: &mut Breaker, second: i64, outcome: Outcome) {
    let ticket = breaker.admit(at(second)).unwrap();
    breaker.note(heard(outcome, second), ticket, at(second));
}

pub(super) fn opened_at(second: i64) -> Breaker {
    let mut breaker = Breaker::default();
    (0..5).for_each(|_| call(&mut breaker, second, Failed));
    breaker
}

#[test]
fn open_breaker_rests_then_tries_and_closes() {
    let mut breaker = opened_at(0);
    assert_eq!(breaker.admit(at(0)), Err(at(5)));
    assert_eq!(breaker.admit(at(4)), Err(at(5)));
    let ticket = breaker.admit(at(5)).unwrap().expect("a trial");
    assert_eq!(breaker.admit(at(5)), Err(at(7)), "one trial at a time");
    breaker.note(heard(Good, 0), None, at(6));
    assert!(breaker.opening().is_some(), "a straggler decides nothing");
    breaker.note(heard(Good, 5), Some(ticket), at(6));
    assert_eq!(breaker.opening(), None);
    assert_eq!(breaker.admit(at(6)), Ok(None));
    breaker.note(heard(Failed, 6), None, at(6));
    assert_eq!(breaker.admit(at(6)), Ok(None), "what failed before the rest is forgotten");
}

#[test]
fn each_failed_trial_makes_the_rest_longer_up_to_five_minutes() {
    let mut breaker = opened_at(0);
    let (mut now, mut rests) = (0, Vec::new());
    for _ in 0..8 {
        let until = breaker.admit(at(now)).unwrap_err();
        rests.push(until.secs() - at(now).secs());
        now = until.secs() - START.secs();
        call(&mut breaker, now, Failed);
        assert_eq!(breaker.opening().unwrap().since, at(0), "it is one opening");
    }
    assert_eq!(rests, [5, 10, 20, 40, 80, 160, 300, 300]);
    call(&mut breaker, now + 300, Good);
    (0..5).for_each(|_| call(&mut breaker, now + 301, Failed));
    let opening = breaker.opening().unwrap();
    assert_eq!((opening.since, opening.until), (at(now + 301), at(now + 306)), "the next opening begins anew");
}

#[test]
fn trial_that_learnt_nothing_is_handed_back() {
    let mut breaker = opened_at(0);
    let first = breaker.admit(at(5)).unwrap().unwrap();
    breaker.hand_back(first);
    let second = breaker.admit(at(5)).unwrap().unwrap();
    breaker.hand_back(first);
    assert!(breaker.admit(at(5)).is_err(), "a ticket is handed back once");
    breaker.note(heard(Good, 5), Some(first), at(6));
    assert!(breaker.opening().is_some(), "an old ticket decides nothing");
    breaker.note(heard(Good, 5), Some(second), at(6));
    assert_eq!(breaker.opening(), None);
}

#[test]
fn clock_that_is_set_back_makes_no_rest_of_hours() {
    let mut breaker = opened_at(7_200);
    assert!(breaker.admit(at(0)).unwrap().is_some());
}

/// Small, and the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// Whatever comes in whatever order, there is never more than one trial, and nobody is let through while it lasts.
#[test]
fn never_more_than_one_call_tries() {
    let mut trials = 0;
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let mut breaker = Breaker::default();
        let mut now = 0;
        let mut under_way: Vec<Option<Ticket>> = Vec::new();
        for _ in 0..400 {
            match dice.below(5) {
                0 => now += i64::try_from(dice.below(40)).unwrap(),
                1 | 2 => {
                    let alone = under_way.iter().flatten().all(|ticket| !breaker.is_on_trial(*ticket));
                    if let Ok(ticket) = breaker.admit(at(now)) {
                        assert!(alone, "seed {seed}: let through beside a trial");
                        trials += usize::from(ticket.is_some());
                        under_way.push(ticket);
                    }
                }
                step if !under_way.is_empty() => {
                    let number = u64::try_from(under_way.len()).unwrap();
                    let ended = under_way.swap_remove(usize::try_from(dice.below(number)).unwrap());
                    match (step, ended) {
                        (3, Some(ticket)) if dice.below(2) == 0 => breaker.hand_back(ticket),
                        _ => {
                            let outcome = [Good, Failed, Failed, Crowded][usize::try_from(dice.below(4)).unwrap()];
                            let ago = i64::try_from(dice.below(3)).unwrap();
                            let heard = Heard { outcome, left_at: at(now - ago), unheard: dice.below(3) };
                            breaker.note(heard, ended, at(now));
                        }
                    }
                }
                _ => {}
            }
            let on_trial = under_way.iter().flatten().filter(|ticket| breaker.is_on_trial(**ticket)).count();
            assert!(on_trial <= 1, "seed {seed}: {on_trial} trials");
            // A trial that somebody holds is never lost: when nobody holds one, the next call after the rest gets it.
            if let Some(opening) = breaker.opening()
                && on_trial == 0
            {
                assert!(breaker.clone().admit(opening.until).unwrap().is_some(), "seed {seed}: nobody may ever try");
            }
        }
    }
    assert!(trials > 1_000, "{trials} trials were made");
}

fn origin(text: &str) -> Origin {
    text.parse().unwrap()
}

fn reply(status: u16, headers: &[(&str, &str)]) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer::Reply(Reply { status, headers, body: Vec::new() })
}

#[test]
fn only_what_a_vendor_did_wrong_counts_against_it() {
    let unsent = |why: &str| Answer::Unsent(why.to_owned());
    for (answer, outcome) in [
        (reply(200, &[]), Some(Good)),
        (reply(404, &[]), Some(Good)),
        (reply(401, &[]), Some(Good)),
        (reply(429, &[("retry-after", "7")]), Some(Good)),
        (reply(429, &[]), Some(Crowded)),
        (reply(500, &[]), Some(Failed)),
        (reply(503, &[("retry-after", "7")]), Some(Failed)),
        (reply(599, &[]), Some(Failed)),
        (reply(600, &[]), Some(Good)),
        (reply(307, &[]), Some(Failed)),
        (Answer::Unknown("no answer came in time".to_owned()), Some(Failed)),
        (together(), Some(FailedTogether)),
        (unsent("connection refused"), Some(Failed)),
        (unsent("no time was left"), None),
        (unsent("the host does not send this: the URL is malformed"), None),
        (Answer::Misconfigured("not granted".to_owned()), None),
    ] {
        assert_eq!(outcome_of(&answer), outcome, "{answer:?}");
    }
}

/// As the egress says it.
fn together() -> Answer {
    Answer::Unknown("failed with others: connection reset".to_owned())
}

fn broken() -> PluginFailure {
    PluginFailure::Broken { plugin: "x".to_owned(), version: "1.0.0".to_owned(), what: "it trapped".to_owned() }
}

/// One call of a plugin, with these answers of one vendor.
fn visit(health: &Health, now: Moment, vendor: &Origin, answers: &[Answer], failure: Option<&PluginFailure>) {
    let mut call = health.admit(Export::Ring, now).unwrap();
    call.admit_vendors(&[Some(vendor)], now).unwrap();
    for answer in answers {
        call.departs(vendor, now).ended(now, Duration::from_millis(40), answer);
    }
    if let Some(failure) = failure {
        call.failed(failure);
    }
    call.ended(now, failure);
}

/// Lets many leave at once. A failure is heard at once, a success later.
fn burst(health: &Health, vendor: &Origin, second: i64, failures: usize, successes: usize) {
    let mut call = health.admit(Export::Ring, at(second)).unwrap();
    call.admit_vendors(&[Some(vendor)], at(second)).unwrap();
    let departures: Vec<_> = (0..failures + successes).map(|_| call.departs(vendor, at(second))).collect();
    for (number, departure) in departures.into_iter().enumerate() {
        let (after_s, status) = if number < failures { (0, 503) } else { (1, 200) };
        departure.ended(at(second + after_s), Duration::ZERO, &reply(status, &[]));
    }
    call.ended(at(second + 1), None);
}

#[test]
fn burst_is_judged_when_most_of_it_is_heard() {
    let vendor = origin("https://push.example");
    let rests = |health: &Health, second| health.report(&stamp(), at(second)).state == PluginState::Resting;
    for (failures, successes, opens) in [(5, 0, true), (50, 50, false), (89, 11, false), (90, 10, true)] {
        let health = Health::default();
        burst(&health, &vendor, 0, failures, successes);
        assert_eq!(rests(&health, 1), opens, "{failures} of {}", failures + successes);
    }
    // A few of many are never answered, and are given up last, all together: that is no row.
    for outcome in [Answer::Unknown("no answer came in time".to_owned()), reply(429, &[])] {
        let health = Health::default();
        let call = health.admit(Export::Ring, at(0)).unwrap();
        let mut departures: Vec<_> = (0..1_000).map(|_| call.departs(&vendor, at(0))).collect();
        let late = departures.split_off(960);
        let ended = |those: Vec<Departure<'_>>, second, answer: &Answer| {
            for one in those {
                one.ended(at(second), Duration::ZERO, answer);
            }
        };
        let taken = reply(200, &[]);
        ended(departures, 0, &taken);
        ended(late, 5, &outcome);
        assert!(!rests(&health, 5), "{outcome:?}");
        // Those that leave from now on are one, if they fail as well.
        ended((0..20).map(|_| call.departs(&vendor, at(5))).collect(), 10, &outcome);
        assert!(rests(&health, 10), "{outcome:?}");
    }
    // A vendor that falls silent: each is given up after its time, and those that left later are still under way.
    let health = Health::default();
    let call = health.admit(Export::Ring, at(0)).unwrap();
    let mut departures: Vec<_> = (0..60).map(|second| call.departs(&vendor, at(second))).collect();
    for (second, departure) in (60..).zip(departures.drain(..5)) {
        assert!(!rests(&health, second), "before five failed");
        departure.ended(at(second), Duration::ZERO, &Answer::Unknown("no answer came in time".to_owned()));
    }
    assert!(rests(&health, 64));
    drop(departures);
    // What was given up without a word is not waited for.
    drop(call);
    visit(&health, at(69), &vendor, &[reply(200, &[])], None);
    visit(&health, at(70), &vendor, &vec![reply(503, &[]); 5], None);
    assert!(rests(&health, 70));
}

fn stamp() -> Stamp {
    Stamp { id: "fcm".to_owned(), version: "1.0.0".to_owned(), digest: "ab".repeat(7) }
}

#[test]
fn plugin_that_keeps_breaking_is_left_alone_and_its_vendor_is_not_blamed() {
    let (health, vendor) = (Health::default(), origin("https://push.example"));
    for _ in 0..5 {
        visit(&health, at(0), &vendor, &[reply(200, &[])], Some(&broken()));
    }
    let rest = health.admit(Export::Ring, at(1)).unwrap_err();
    assert_eq!((rest.whom.as_str(), rest.until), (ITSELF, at(5)));
    let report = health.report(&stamp(), at(1));
    assert_eq!((report.state, report.calls, report.failures), (PluginState::Resting, 5, 5));
    assert_eq!(report.rest, Some(PluginRest { vendor: None, since: at(0), until: at(5) }));
    assert_eq!(health.report(&stamp(), at(5)).state, PluginState::Struggling, "it has not shown that it is well");
    visit(&health, at(5), &vendor, &[reply(200, &[])], None);
    let report = health.report(&stamp(), at(6));
    assert_eq!((report.state, report.rest, report.calls), (PluginState::Well, None, 6));
}

#[test]
fn one_sick_vendor_does_not_stop_the_calls_to_another() {
    let health = Health::default();
    let (sick, sound) = (origin("https://sick.example"), origin("https://sound.example"));
    visit(&health, at(0), &sick, &vec![reply(503, &[]); 5], None);
    let mut call = health.admit(Export::Ring, at(1)).unwrap();
    assert_eq!(call.admit_vendors(&[Some(&sound)], at(1)), Ok(()));
    assert_eq!(call.admit_vendors(&[Some(&sick), Some(&sound), Some(&sick)], at(1)), Ok(()));
    assert!(call.rest_of(&sick).is_some() && call.rest_of(&sound).is_none(), "only the sick one is left out");
    call.go_on();
    assert!(call.rest_of(&sick).is_none());
    let rest = call.admit_vendors(&[Some(&sick), Some(&sick)], at(1)).unwrap_err();
    assert_eq!((rest.whom.as_str(), rest.until), ("https://sick.example", at(5)));
    // What has no origin, the egress refuses in its own words.
    assert_eq!(call.admit_vendors(&[None, Some(&sick)], at(1)), Ok(()));
    call.ended(at(1), Some(&PluginFailure::Resting { whom: rest.whom, until: rest.until }));
    let report = health.report(&stamp(), at(1));
    assert_eq!(
        (report.state, report.calls, report.failures),
        (PluginState::Resting, 1, 1),
        "being turned away is no call"
    );
}

#[test]
fn taking_back_is_never_turned_away() {
    let (health, vendor) = (Health::default(), origin("https://phone.example"));
    for _ in 0..5 {
        visit(&health, at(0), &vendor, &[reply(503, &[])], Some(&broken()));
    }
    assert!(health.admit(Export::Inspect, at(1)).is_err());
    let mut call = health.admit(Export::Cancel, at(1)).unwrap();
    assert_eq!(call.admit_vendors(&[Some(&vendor)], at(1)), Ok(()));
    assert!(call.rest_of(&vendor).is_none());
}

#[test]
fn call_that_is_cut_short_hands_its_trials_back() {
    let (health, vendor) = (Health::default(), origin("https://push.example"));
    for _ in 0..5 {
        visit(&health, at(0), &vendor, &[reply(503, &[])], Some(&broken()));
    }
    let mut trial = health.admit(Export::Ring, at(5)).unwrap();
    trial.admit_vendors(&[Some(&vendor)], at(5)).unwrap();
    // A second step at the same vendor is the same trial.
    trial.admit_vendors(&[Some(&vendor)], at(5)).unwrap();
    assert!(health.admit(Export::Ring, at(5)).is_err());
    drop(trial);
    let mut again = health.admit(Export::Ring, at(5)).unwrap();
    again.admit_vendors(&[Some(&vendor)], at(5)).unwrap();
}

#[test]
fn new_version_takes_over_what_is_known_of_the_vendors_and_nothing_else() {
    let (old, new, vendor) = (Health::default(), Health::default(), origin("https://push.example"));
    let in_flight = old.admit(Export::Ring, at(0)).unwrap();
    for _ in 0..5 {
        visit(&old, at(0), &vendor, &[reply(503, &[])], Some(&broken()));
    }
    new.take_over(&old);
    let mut call = new.admit(Export::Ring, at(1)).unwrap();
    assert!(call.admit_vendors(&[Some(&vendor)], at(1)).is_err());
    drop(call);
    assert_eq!((new.report(&stamp(), at(1)).calls, new.report(&stamp(), at(1)).failures), (0, 0));
    // A call that ends on the old one still tells the new one of the vendor.
    let mut trial = new.admit(Export::Ring, at(5)).unwrap();
    trial.admit_vendors(&[Some(&vendor)], at(5)).unwrap();
    in_flight.departs(&vendor, at(5)).ended(at(5), Duration::ZERO, &reply(200, &[]));
    assert!(new.report(&stamp(), at(5)).rest.is_some(), "it was no trial");
    trial.departs(&vendor, at(5)).ended(at(5), Duration::ZERO, &reply(200, &[]));
    assert_eq!((old.report(&stamp(), at(5)).rest.unwrap().vendor, new.report(&stamp(), at(5)).rest), (None, None));
}
