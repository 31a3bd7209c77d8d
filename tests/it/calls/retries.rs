//! Another try: how soon it comes by what went wrong, and as the family wishes.

use callpanion::domain::{AlertKind, CallMethod, CallReason, CallState};
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

    async fn second_try_that_would_come_in_quiet_hours_is_left_out_and_the_family_is_told(app: TestApp) {
        // They begin at half past nine in the evening, on the callee's clock. A busy line is tried again after three
        // minutes, one that nobody picks up after ten.
        let quiet_from_ms = "2026-10-12T20:30:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let (unheard, busy) = ((CallState::Missed, CallReason::NoAnswer), (CallState::Busy, CallReason::Busy));
        let cases = [
            ("21:18", Line::NoAnswer, unheard, 2),
            ("21:20", Line::NoAnswer, unheard, 1),
            ("21:26", Line::Busy, busy, 2),
            ("21:29", Line::Busy, busy, 1),
        ];
        let mut homes = Vec::new();
        for (time, line, ..) in &cases {
            let home = app.household(CallMethod::Phone, &[*time]).await;
            app.world.line(&home.number, line.clone());
            homes.push(home);
        }
        app.jump_to("2026-10-12T20:12:00Z").await;
        app.advance(1_800).await;

        let dials = app.world.eleven.dials();
        assert!(dials.iter().all(|dial| dial.at_ms < quiet_from_ms), "{dials:#?}");
        for (home, (time, _, (state, reason), tries)) in homes.iter().zip(cases) {
            let call = app.call(home).await;
            assert_eq!((call.state, call.reason, call.tries), (state, Some(reason), tries), "{time}");
            let dialled = dials.iter().filter(|dial| dial.number == home.number).count();
            assert_eq!(i32::try_from(dialled), Ok(tries), "{time}");
            // What is left out is not waited for.
            let ended_at = call.ended_at.unwrap();
            assert!(tries > 1 || ended_at < call.due_at.plus_secs(120), "{time}: it ended at {ended_at}");
            assert_eq!(app.alert_kinds(home).await, [AlertKind::Missed], "{time}");
            assert_eq!(app.letters(home).len(), 1, "{time}");
        }
    }
}
