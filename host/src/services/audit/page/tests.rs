//! An audit of invented callees: every fault that it is there for, and what is none.

use std::collections::BTreeMap;

use super::super::{Report, Span};
use super::{Dial, DoubleKind, KeptPromise, MadeAttempt, Page, StoredPause, StoredSkip, Terms};
use crate::config::Config;
use crate::domain::schedule::{Slot, Weekdays, parse_time};
use crate::domain::{AccountId, AttemptId, CallId, CallMethod, CallState, CalleeId, DeviceId, Moment, PauseId};

fn at(text: &str) -> Moment {
    text.parse::<jiff::Timestamp>().unwrap().into()
}

/// Two days in November, looked at after both.
fn span() -> Span {
    Span { from: at("2026-11-20T00:00:00Z"), to: at("2026-11-22T00:00:00Z"), now: at("2026-11-22T12:00:00Z") }
}

fn terms(callee: CalleeId, time: &str, since: &str, until: Option<&str>) -> Terms {
    let slot = Slot { slot_no: 1, time: parse_time(time).unwrap(), weekdays: Weekdays::ALL, enabled: true };
    Terms { callee, slot, zone: "Europe/London".into(), since: at(since), until: until.map(at) }
}

fn call(callee: CalleeId, due: &str, state: CallState, reason: Option<&str>) -> KeptPromise {
    let due_at = at(due);
    KeptPromise {
        id: CallId::new(),
        callee_id: callee,
        slot_no: 1,
        local_date: due[..10].to_owned(),
        call_method: CallMethod::App,
        state,
        reason: reason.map(str::to_owned),
        due_at,
        ring_at: due_at,
        expires_at: due_at.plus_secs(45),
        tries: 1,
    }
}

fn attempt(call: &KeptPromise, device: Option<DeviceId>, late_ms: i64) -> MadeAttempt {
    let sent_at = Some(Moment(call.due_at.0 + late_ms * 1_000));
    MadeAttempt {
        id: AttemptId::new(),
        call_id: call.id,
        try_no: 1,
        ahead: device.is_none(),
        device_id: device,
        sent_at,
        accepted_at: sent_at,
        rang_at: None,
    }
}

fn judged(page: &Page) -> Report {
    let calling = Config::load(None, std::iter::empty()).unwrap_or_else(|error| panic!("{error}")).calling;
    let mut report = Report::new(span());
    page.judge(&calling, span(), &mut report).unwrap();
    report
}

fn page(terms: Vec<Terms>, calls: Vec<KeptPromise>) -> Page {
    Page { terms, calls, attempts: Vec::new(), dials: Vec::new(), pauses: BTreeMap::new(), skips: BTreeMap::new() }
}

#[test]
fn promise_that_the_family_did_not_want_when_it_was_due_is_no_gap() {
    let callee = CalleeId::new();
    let plan = vec![terms(callee, "09:00", "2026-11-01T00:00:00Z", None)];
    let pause = |made: &str, ended: Option<&str>| StoredPause {
        id: PauseId::new(),
        callee_id: callee,
        from_date: "2026-11-20".into(),
        until_date: None,
        reason: None,
        made_by: AccountId::new(),
        made_at: at(made),
        ended_at: ended.map(at),
    };
    let gaps = |pauses, skips| {
        let (pauses, skips) = (BTreeMap::from([(callee, pauses)]), BTreeMap::from([(callee, skips)]));
        judged(&Page { pauses, skips, ..page(plan.clone(), Vec::new()) }).gaps.count
    };
    let skip = StoredSkip {
        callee_id: callee,
        slot_no: 1,
        local_date: "2026-11-21".into(),
        made_by: AccountId::new(),
        made_at: at("2026-11-20T12:00:00Z"),
    };
    assert_eq!(gaps(vec![], vec![]), 2);
    assert_eq!(gaps(vec![pause("2026-11-19T12:00:00Z", None)], vec![]), 0);
    assert_eq!(gaps(vec![pause("2026-11-20T12:00:00Z", None)], vec![]), 1, "it was made after the first was due");
    let ended = pause("2026-11-19T12:00:00Z", Some("2026-11-20T12:00:00Z"));
    assert_eq!(gaps(vec![ended], vec![]), 1, "it was ended before the second was due");
    assert_eq!(gaps(vec![], vec![skip]), 1);
}

#[test]
fn promise_without_a_call_is_a_gap() {
    let callee = CalleeId::new();
    let plan = vec![terms(callee, "09:00", "2026-11-01T00:00:00Z", None)];
    let report = judged(&page(plan, vec![call(callee, "2026-11-20T09:00:00Z", CallState::Completed, None)]));
    assert_eq!((report.promised, report.gaps.count, report.doubles.count), (2, 1, 0));
    let gap = &report.gaps.first[0];
    assert_eq!((gap.local_date.as_str(), gap.due_at), ("2026-11-21", at("2026-11-21T09:00:00Z")));
    assert!(!report.is_clean());
}

#[test]
fn nothing_is_promised_before_a_slot_is_there_nor_after_it_is_gone() {
    let callee = CalleeId::new();
    let plan = vec![
        // Made in the minute of its own time, changed at noon, changed again the next morning.
        terms(callee, "09:00", "2026-11-20T09:00:00Z", Some("2026-11-20T12:00:00Z")),
        terms(callee, "14:00", "2026-11-20T12:00:00Z", Some("2026-11-21T08:00:00Z")),
        terms(callee, "19:00", "2026-11-21T08:00:00Z", None),
    ];
    let calls = vec![
        call(callee, "2026-11-20T14:00:00Z", CallState::Missed, Some("no_answer")),
        call(callee, "2026-11-21T19:00:00Z", CallState::Completed, None),
    ];
    let report = judged(&page(plan, calls));
    assert_eq!((report.promised, report.gaps.count), (2, 0), "{:?}", report.gaps);
    assert!(report.is_clean());
}

#[test]
fn slot_that_was_moved_within_a_day_has_kept_that_day() {
    let callee = CalleeId::new();
    let plan = vec![
        terms(callee, "09:00", "2026-11-01T00:00:00Z", Some("2026-11-20T12:00:00Z")),
        terms(callee, "14:00", "2026-11-20T12:00:00Z", None),
    ];
    let calls = vec![
        call(callee, "2026-11-20T09:00:00Z", CallState::Completed, None),
        call(callee, "2026-11-21T14:00:00Z", CallState::Completed, None),
    ];
    let report = judged(&page(plan, calls));
    assert_eq!((report.promised, report.gaps.count), (2, 0), "{:?}", report.gaps);
}

#[test]
fn what_was_taken_back_and_is_still_planned_is_a_gap() {
    let callee = CalleeId::new();
    let plan = vec![terms(callee, "09:00", "2026-11-20T12:00:00Z", None)];
    let taken_back = |reason| call(callee, "2026-11-21T09:00:00Z", CallState::Canceled, Some(reason));
    let report = judged(&page(plan.clone(), vec![taken_back("schedule_changed")]));
    assert_eq!((report.promised, report.taken_back, report.gaps.count), (1, 1, 1));
    let report = judged(&page(plan.clone(), vec![taken_back("vendor_canceled")]));
    assert_eq!((report.promised, report.taken_back, report.gaps.count), (1, 0, 0));
    let again = call(callee, "2026-11-21T09:00:00Z", CallState::Completed, None);
    let report = judged(&page(plan, vec![taken_back("schedule_changed"), again]));
    assert_eq!((report.promised, report.gaps.count, report.doubles.count), (1, 0, 0));
}

#[test]
fn two_calls_for_one_promise_are_one_too_many() {
    let callee = CalleeId::new();
    let twice = || call(callee, "2026-11-20T09:00:00Z", CallState::Completed, None);
    let report = judged(&page(Vec::new(), vec![twice(), twice()]));
    assert_eq!((report.promised, report.doubles.count), (1, 1));
    assert_eq!(report.doubles.first[0].kind, DoubleKind::Calls);
    // "Call now" has no slot, and no limit.
    let now = || KeptPromise { slot_no: 0, ..twice() };
    assert_eq!(judged(&page(Vec::new(), vec![now(), now()])).doubles.count, 0);
}

#[test]
fn device_that_rang_under_two_ids_rang_twice() {
    let callee = CalleeId::new();
    let call = call(callee, "2026-11-20T09:00:00Z", CallState::Completed, None);
    let (phone, tablet) = (Some(DeviceId::new()), Some(DeviceId::new()));
    let of = |attempts| Page { attempts, ..page(Vec::new(), vec![call.clone()]) };
    let report = judged(&of(vec![attempt(&call, phone, 3), attempt(&call, tablet, 9)]));
    assert_eq!(report.doubles.count, 0, "two devices, one ring each");
    let late = &report.lateness[&CallMethod::App];
    assert_eq!((late.rings(), late.max_ms()), (1, 3), "the first ring of a call counts");
    let report = judged(&of(vec![attempt(&call, phone, 3), attempt(&call, phone, 900)]));
    assert_eq!((report.doubles.count, report.doubles.first[0].kind), (1, DoubleKind::Rings));
    let again = MadeAttempt { try_no: 2, ..attempt(&call, phone, 600_000) };
    assert_eq!(judged(&of(vec![attempt(&call, phone, 3), again])).doubles.count, 0, "a second try rings again");
}

#[test]
fn telephone_with_two_conversations_in_one_try_was_dialled_twice() {
    let callee = CalleeId::new();
    let call = KeptPromise {
        call_method: CallMethod::Phone,
        ..call(callee, "2026-11-20T09:00:00Z", CallState::Completed, None)
    };
    let (first, second) = (attempt(&call, None, -300_000), attempt(&call, None, 600_000));
    let second = MadeAttempt { try_no: 2, ..second };
    let dial = |attempt: &MadeAttempt, provider_ref: &str| Dial {
        call_id: call.id,
        attempt_id: attempt.id,
        provider_ref: provider_ref.to_owned(),
    };
    let of =
        |dials| Page { attempts: vec![first.clone(), second.clone()], dials, ..page(Vec::new(), vec![call.clone()]) };
    let report = judged(&of(vec![dial(&first, "conv_1"), dial(&second, "conv_2")]));
    assert_eq!(report.doubles.count, 0);
    let late = &report.lateness[&CallMethod::Phone];
    assert_eq!((late.max_ms(), late.early()), (0, 0), "handed over ahead is on time");
    let report = judged(&of(vec![dial(&first, "conv_1"), dial(&first, "conv_2")]));
    assert_eq!((report.doubles.count, report.doubles.first[0].kind), (1, DoubleKind::Dials));
}

#[test]
fn open_call_is_overdue_only_when_nothing_can_come_any_more() {
    let callee = CalleeId::new();
    let of = |due: &str, state| judged(&page(Vec::new(), vec![call(callee, due, state, None)]));
    for (due, state, overdue) in [
        ("2026-11-21T09:00:00Z", CallState::Queued, 1),
        ("2026-11-21T09:00:00Z", CallState::InProgress, 1),
        ("2026-11-21T09:00:00Z", CallState::Missed, 0),
    ] {
        assert_eq!(of(due, state).overdue.count, overdue, "{due} {state}");
    }
    let just_now = Span { now: at("2026-11-21T09:04:00Z"), ..span() };
    let calling = Config::load(None, std::iter::empty()).unwrap_or_else(|error| panic!("{error}")).calling;
    let mut report = Report::new(just_now);
    let ringing = call(callee, "2026-11-21T09:00:00Z", CallState::Ringing, None);
    page(Vec::new(), vec![ringing]).judge(&calling, just_now, &mut report).unwrap();
    assert_eq!((report.open, report.overdue.count), (1, 0));
}
