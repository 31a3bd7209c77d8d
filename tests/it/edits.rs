//! Edits that race the ring: whatever a family changes in the last five minutes, a call that was taken back does not
//! ring, one that was moved rings once at its new time, and nothing rings twice.

#![allow(clippy::print_stderr, reason = "how many were tried is part of the result")]

use callpanion::domain::CallMethod;
use callpanion::services::schedules::pausing::{self, PauseInput};
use callpanion::services::schedules::{self, SlotInput};
use callpanion_emulators::Behaviour;
use callpanion_emulators::scripts::{self, Language};

use crate::testing::{Household, Paired, TestApp, every_day_at, on_both};

/// Families, one edit each.
fn families() -> u64 {
    if crate::faults::is_full() { 1_000 } else { 16 }
}

const DUE: &str = "09:10";
const MOVED: &str = "09:16";
const DATE: &str = "2026-10-12";
/// What is acknowledged so long before the moment holds.
const HOLDS_S: u64 = 2;

/// What a family does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edit {
    Pause,
    Skip,
    SwitchOff,
    Move,
    /// Skips it, and wants it after all.
    ChangeOfMind,
}

const EDITS: [Edit; 5] = [Edit::Pause, Edit::Skip, Edit::SwitchOff, Edit::Move, Edit::ChangeOfMind];

/// A family, what it does, and how many seconds before the ring.
struct Case {
    home: Household,
    paired: Paired,
    edit: Edit,
    before_s: u64,
}

/// Scattered, and the same in every run.
fn scattered(number: u64) -> u64 {
    let mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33
}

async fn cases(app: &TestApp) -> Vec<Case> {
    let mut cases = Vec::new();
    for number in 0..families() {
        let home = app.household(CallMethod::App, &[DUE]).await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::answer(scripts::ordinary(Language::English)));
        let edit = EDITS[usize::try_from(number).unwrap() % EDITS.len()];
        // The first ones at the edge, the others anywhere.
        let before_s = if number < 6 { number / 2 } else { scattered(number) % 299 + 1 };
        cases.push(Case { home, paired, edit, before_s });
    }
    cases
}

async fn make(app: &TestApp, case: &Case) {
    let (account, callee) = (case.home.account, case.home.callee);
    let skip = |wanted| pausing::skip(&app.host, account, callee, 1, DATE, wanted);
    match case.edit {
        Edit::Pause => {
            let today = PauseInput { from: DATE.to_owned(), until: DATE.to_owned(), reason: String::new() };
            pausing::pause(&app.host, account, callee, &today).await.unwrap();
        }
        Edit::Skip => skip(false).await.unwrap(),
        Edit::SwitchOff => {
            let off: Vec<_> =
                every_day_at(&[DUE]).into_iter().map(|slot| SlotInput { enabled: false, ..slot }).collect();
            schedules::save(&app.host, account, callee, &off).await.unwrap();
        }
        Edit::Move => {
            schedules::save(&app.host, account, callee, &every_day_at(&[MOVED])).await.unwrap();
        }
        Edit::ChangeOfMind => {
            skip(false).await.unwrap();
            skip(true).await.unwrap();
        }
    }
}

on_both! {
    async fn whatever_is_changed_in_the_last_minutes_rings_once_or_not_at_all(app: TestApp) {
        let cases = cases(&app).await;
        let due_ms = "2026-10-12T08:10:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        app.jump_to("2026-10-12T08:04:30Z").await;
        let last_ms = due_ms + 12 * 60 * 1_000;
        while app.now().millis() < last_ms {
            app.advance(1).await;
            let left_s = (due_ms - app.now().millis()) / 1_000;
            for case in cases.iter().filter(|case| i64::try_from(case.before_s) == Ok(left_s)) {
                make(&app, case).await;
            }
        }
        let (mut late_edits, mut rung) = (0, 0);
        for (number, case) in cases.iter().enumerate() {
            let rings = case.paired.phone.rings();
            let what = format!("{number}: {:?} {} s before: {rings:?}", case.edit, case.before_s);
            assert!(rings.len() <= 1, "{what}");
            rung += rings.len();
            late_edits += usize::from(case.before_s < HOLDS_S);
            let at_s = rings.first().map(|ring| (ring.at_ms - due_ms) / 1_000);
            match case.edit {
                _ if case.before_s < HOLDS_S => {}
                Edit::Pause | Edit::Skip | Edit::SwitchOff => assert_eq!(at_s, None, "{what}"),
                Edit::Move => assert_eq!(at_s, Some(360), "{what}"),
                Edit::ChangeOfMind => assert_eq!(at_s, Some(0), "{what}"),
            }
        }
        eprintln!(
            "edits in the last five minutes, n = {} ({late_edits} of them within {HOLDS_S} s of the ring): {rung} rang, \
             0 against the edit, 0 twice",
            cases.len()
        );
    }
}
