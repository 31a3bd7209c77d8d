//! A lane and a vendor that takes few: how many requests are refused, and how many go unused.

use std::collections::VecDeque;

use super::*;

/// What a vendor took and refused, in the first second of a storm and after it.
struct Told {
    taken: u32,
    refused_at_first: u32,
    refused: u32,
}

/// A vendor that takes so many a second, a lane that always has more, and replies after a while.
fn storm(a_second: u32, latency_ms: u64, seconds: u64) -> Told {
    let (mut meter, mut is_limited) = (Meter::default(), false);
    let mut bucket = f64::from(a_second);
    let mut under_way: VecDeque<(u64, u64, bool)> = VecDeque::new();
    let (mut told, mut wake_ms) = (Told { taken: 0, refused_at_first: 0, refused: 0 }, 0);
    let at = |ms: u64| Duration::from_hours(1) + Duration::from_millis(ms);
    for ms in 0..seconds * 1_000 {
        bucket = (bucket + f64::from(a_second) / 1_000.0).min(f64::from(a_second));
        while let Some((_, left_ms, refused)) = under_way.pop_front_if(|(back_ms, _, _)| *back_ms <= ms) {
            if !refused && !is_limited {
                continue;
            }
            meter.note(refused.then_some(SECOND), at(left_ms), at(ms));
            if !is_limited && meter.is_storm(told.taken) {
                meter.begin(told.taken, at(ms));
                is_limited = true;
            }
        }
        while under_way.len() < 800 && (!is_limited || wake_ms <= ms) {
            if is_limited && let Turn::In(wait) = meter.take(at(ms)) {
                wake_ms = ms + u64::try_from(wait.as_millis()).unwrap().max(1);
                break;
            }
            let refused = bucket < 1.0;
            if refused {
                *(if ms < 1_000 { &mut told.refused_at_first } else { &mut told.refused }) += 1;
            } else {
                (bucket, told.taken) = (bucket - 1.0, told.taken + 1);
            }
            under_way.push_back((ms + latency_ms, ms, refused));
        }
    }
    told
}

#[test]
fn vendor_that_takes_few_is_asked_for_little_more_than_it_takes() {
    for (a_second, latency_ms) in [(20, 5), (100, 5), (100, 80), (1_000, 80), (1_000, 200)] {
        let told = storm(a_second, latency_ms, 40);
        let case = format!("{a_second} a second after {latency_ms} ms");
        assert!(told.refused_at_first > 0, "{case}: there was a storm");
        assert!(told.refused * 20 <= told.taken, "{case}: {} refused, {} taken", told.refused, told.taken);
        assert!(told.taken >= a_second * 30, "{case}: only {} taken of {}", told.taken, a_second * 40);
    }
}

#[test]
fn vendor_that_refuses_some_is_not_asked_more_slowly() {
    let pace = Pace::default();
    let clock = Clock::system();
    let reply = |status| Reply { status, headers: vec![("retry-after".into(), "60".into())], body: Vec::new() };
    for at in 0..1_000 {
        // A third.
        pace.note(&reply(if at % 3 == 2 { 429 } else { 200 }), clock.monotonic(), &clock);
    }
    assert!(pace.admits(100, &clock));
    for _ in 0..2_000 {
        pace.note(&reply(429), clock.monotonic(), &clock);
    }
    assert!(!pace.admits(100, &clock), "so many are meant for the sender");
}

#[test]
fn limit_is_forgotten_when_nobody_was_refused_for_long() {
    let mut meter = Meter::default();
    for _ in 0..STORM.0 {
        meter.note(Some(SECOND), SECOND, SECOND);
    }
    meter.begin(5, SECOND);
    assert!(matches!(meter.take(SECOND), Turn::In(wait) if wait == SECOND), "it is silent for as long as asked");
    assert!(matches!(meter.take(SECOND * 3), Turn::Now));
    assert!(matches!(meter.take(SECOND + FORGET_AFTER + SECOND), Turn::Free));
}
