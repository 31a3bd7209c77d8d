//! A lane and a vendor that takes few: how many requests are refused, and how many go unused. And one that refuses some,
//! whoever asks.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::*;

/// What a vendor took and refused, in the first second of a storm and after it.
struct Told {
    taken: u32,
    refused_at_first: u32,
    refused: u32,
}

/// A vendor that takes so many a second, and has so many seconds' worth saved up: asked at a millisecond, it says whether it
/// refuses.
fn bucket(a_second: u32, saved_s: u32) -> impl FnMut(u64) -> bool {
    let (mut held, mut filled_ms) = (f64::from(a_second * saved_s), 0);
    move |ms| {
        let since_ms = u32::try_from(ms - filled_ms).unwrap();
        held = (held + f64::from(a_second) * f64::from(since_ms) / 1_000.0).min(f64::from(a_second * saved_s));
        filled_ms = ms;
        let refused = held < 1.0;
        held -= if refused { 0.0 } else { 1.0 };
        refused
    }
}

/// A vendor that refuses so many of a hundred, whatever it is asked.
fn whim(percent: u64, seed: u64) -> impl FnMut(u64) -> bool {
    let mut dice = seed;
    move |_| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % 100 < percent
    }
}

/// A vendor, and a lane that always has more for it. Refusals are heard after half of the time that the others take.
fn storm(mut refuses: impl FnMut(u64) -> bool, latency_ms: u64, seconds: u64) -> Told {
    let (mut meter, tally, mut is_limited) = (Meter::default(), Tally::default(), false);
    let mut under_way: BinaryHeap<Reverse<(u64, u64, bool)>> = BinaryHeap::new();
    let (mut told, mut wake_ms) = (Told { taken: 0, refused_at_first: 0, refused: 0 }, 0);
    let at = |ms: u64| Duration::from_hours(1) + Duration::from_millis(ms);
    for ms in 0..seconds * 1_000 {
        while under_way.peek().is_some_and(|Reverse((back_ms, ..))| *back_ms <= ms) {
            let Some(Reverse((_, left_ms, refused))) = under_way.pop() else { break };
            if is_limited {
                meter.note(refused.then_some(SECOND), at(left_ms), at(ms));
                continue;
            }
            tally.note(at(ms).as_secs(), Some(refused));
            let others = tally.others.load(Ordering::Relaxed);
            if refused && meter.is_first_storm(SECOND, (at(left_ms), at(ms)), others, under_way.len()) {
                meter.begin(tally.most(), at(ms));
                is_limited = true;
            }
        }
        while under_way.len() < 800 && (!is_limited || wake_ms <= ms) {
            if is_limited && let Turn::In(wait) = meter.take(at(ms)) {
                wake_ms = ms + u64::try_from(wait.as_millis()).unwrap().max(1);
                break;
            }
            let refused = refuses(ms);
            if refused {
                *(if ms < 1_000 { &mut told.refused_at_first } else { &mut told.refused }) += 1;
            } else {
                told.taken += 1;
            }
            let takes_ms = if refused { latency_ms.div_ceil(2) } else { latency_ms };
            under_way.push(Reverse((ms + takes_ms, ms, refused)));
        }
    }
    told
}

#[test]
fn vendor_that_takes_few_is_asked_for_little_more_than_it_takes() {
    for (a_second, latency_ms) in [(20, 5), (100, 5), (100, 80), (1_000, 80), (1_000, 200)] {
        let told = storm(bucket(a_second, 1), latency_ms, 40);
        let case = format!("{a_second} a second after {latency_ms} ms");
        eprintln!("{case}: {} then {} refused, {} taken", told.refused_at_first, told.refused, told.taken);
        assert!(told.refused_at_first > 0, "{case}: there was a storm");
        assert!(told.refused * 20 <= told.taken, "{case}: {} refused, {} taken", told.refused, told.taken);
        assert!(told.taken >= a_second * 30, "{case}: only {} taken of {}", told.taken, a_second * 40);
    }
}

#[test]
fn limit_of_a_slow_vendor_is_found() {
    for (a_second, latency_ms) in [(100, 1_000), (300, 800), (20, 1_500), (1, 2_500)] {
        let told = storm(bucket(a_second, 1), latency_ms, 40);
        let case = format!("{a_second} a second after {latency_ms} ms");
        // As many as are under way at once, a few times over.
        assert!(told.refused < 800 * 8, "{case}: {} refused, {} taken", told.refused, told.taken);
    }
}

#[test]
fn vendor_that_refuses_fewer_than_half_whoever_asks_is_asked_on() {
    /// What leaves in a second while there is no limit: 800 are under way at once, for 80 ms at the most.
    const A_SECOND: u32 = 10_000;
    for (percent, seed) in [15, 30, 45].into_iter().flat_map(|percent| (0..20).map(move |seed| (percent, seed))) {
        let told = storm(whim(percent, seed), 80, 20);
        let asked = told.taken + told.refused_at_first + told.refused;
        assert!(asked >= A_SECOND * 20, "{percent} of a hundred, seed {seed}: asked only {asked} times in 20 s");
    }
}

#[test]
fn vendor_that_refuses_some_is_not_asked_more_slowly() {
    let pace = Pace::default();
    let clock = Clock::system();
    let reply = |status| Reply { status, headers: vec![("retry-after".into(), "60".into())], body: Vec::new() };
    let note = |status, owed| pace.note(Some(&reply(status)), clock.monotonic(), || owed, &clock);
    for at in 0..1_000 {
        // A third.
        note(if at % 3 == 2 { 429 } else { 200 }, 0);
    }
    assert!(pace.admits(100, &clock));
    for _ in 0..2_000 {
        note(429, 10_000);
    }
    assert!(pace.admits(100, &clock), "what is not answered yet may be admitted");
    note(429, 0);
    assert!(!pace.admits(100, &clock), "so many are meant for the sender");
}

#[test]
fn vendor_says_in_either_form_when_it_would_hear_us_again() {
    let wait = |headers: &[(&str, &str)]| {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        retry_after(&Reply { status: 429, headers, body: Vec::new() }, Moment::from_secs(1_795_003_200))
    };
    assert_eq!(wait(&[("retry-after", "7")]), SECOND * 7);
    assert_eq!(wait(&[("retry-after", "Wed, 18 Nov 2026 12:00:09 GMT")]), SECOND * 9);
    let by_its_clock = [("date", "Wed, 18 Nov 2026 11:59:59 GMT"), ("retry-after", "Wed, 18 Nov 2026 12:00:09 GMT")];
    assert_eq!(wait(&by_its_clock), SECOND * 10);
    assert_eq!((wait(&[("retry-after", "soon")]), wait(&[])), (HOLD, HOLD));
}

#[test]
fn limit_is_forgotten_when_nobody_was_refused_for_long() {
    let mut meter = Meter::default();
    for _ in 0..STORM.0 {
        meter.is_first_storm(SECOND, (SECOND, SECOND), 0, 0);
    }
    meter.begin(5, SECOND);
    assert!(matches!(meter.take(SECOND), Turn::In(wait) if wait == SECOND), "it is silent for as long as asked");
    assert!(matches!(meter.take(SECOND * 3), Turn::Now));
    assert!(matches!(meter.take(SECOND + FORGET_AFTER + SECOND), Turn::Free));
}
