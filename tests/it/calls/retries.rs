//! Another try: how soon it comes by what went wrong, and as the family wishes.

use callpanion::domain::{CallReason, CallState};
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line};

use crate::testing::{Household, TestApp, on_both};

fn retries(home: &Household) -> String {
    format!("/callees/{}/retries", home.callee)
}

/// Seconds between the rings of the line.
fn apart_s(app: &TestApp) -> Vec<i64> {
    let dials = app.world.eleven.dials();
    dials.windows(2).map(|pair| (pair[1].at_ms - pair[0].at_ms) / 1_000).collect()
}

on_both! {
    async fn family_that_wants_three_tries_five_minutes_apart_gets_them(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        let browser = app.signed_in(&home).await;
        let page = browser.post(&retries(&home), &[("tries", "3"), ("wait_min", "5")]).await;
        page.must_say("It counts from the next call that nobody picks up.");
        assert_eq!(page.path, format!("/callees/{}/schedule", home.callee));

        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Missed, Some(CallReason::NoAnswer), 3));
        let rings = paired.phone.rings();
        let apart: Vec<i64> = rings.windows(2).map(|pair| (pair[1].at_ms - pair[0].at_ms) / 1_000).collect();
        assert!(apart.len() == 2 && apart.iter().all(|s| (300..380).contains(s)), "{apart:?}");
        assert_eq!(app.letters(&home).len(), 1, "told after the last try, once");
    }

    async fn family_that_wants_one_try_is_told_after_it(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        app.signed_in(&home).await.post(&retries(&home), &[("tries", "1"), ("wait_min", "10")]).await;
        let call = app.outcome(&home, 180).await;
        assert_eq!((call.state, call.tries, paired.phone.rings().len()), (CallState::Missed, 1, 1));
    }

    async fn what_is_not_offered_is_refused_and_changes_nothing(app: TestApp) {
        let home = app.app_household().await;
        let browser = app.signed_in(&home).await;
        for (tries, wait_min) in [("0", "10"), ("99", "10"), ("", "10"), ("2", "-5"), ("2", "1e9"), ("two", "ten")] {
            let page = browser.post(&retries(&home), &[("tries", tries), ("wait_min", wait_min)]).await;
            assert_eq!(page.status, 422, "{tries} {wait_min}");
            page.must_say("Please choose one from the list.");
        }
        assert_eq!(app.database.count("callees WHERE tries IS NULL AND retry_after_s IS NULL").await, 1);
    }

    async fn busy_line_is_tried_again_sooner_than_one_that_nobody_picks_up(app: TestApp) {
        let home = app.phone_household().await;
        let talk = Line::Answers(scripts::ordinary(Language::English));
        app.world.eleven.lines(&home.number, vec![Line::Busy, talk]);
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 2));
        let apart = apart_s(&app);
        assert!(apart.len() == 1 && (180..270).contains(&apart[0]), "{apart:?}");
    }
}
