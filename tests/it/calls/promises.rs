//! Promises: one row for each, however many ask for it, and nothing rings too late.

use callpanion::domain::{AlertKind, CallReason, CallState};
use callpanion::services::{outcomes, queueing, ringing, submitting};
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line};

use crate::testing::on_both;

on_both! {
    async fn many_queue_ticks_make_one_call(app: TestApp) {
        let home = app.app_household().await;
        app.android(&home).await;
        let ticks = (0..8).map(|_| queueing::tick(&app.host));
        let made: usize = futures::future::try_join_all(ticks).await.unwrap().into_iter().sum();
        assert_eq!(made, 1);
        assert_eq!(app.calls(&home).await.len(), 1);
        app.outcome(&home, 300).await;
    }

    async fn two_hosts_on_one_database_ring_once(app: TestApp) {
        let other = app.another_host().await;
        let mut homes = Vec::new();
        for _ in 0..5 {
            let home = app.app_household().await;
            let paired = app.android(&home).await;
            paired.phone.behave(Behaviour::answer(scripts::ordinary(Language::English)));
            homes.push((home, paired));
        }
        let (here, there) = tokio::join!(queueing::tick(&app.host), queueing::tick(&other));
        assert_eq!(here.unwrap() + there.unwrap(), 5, "five promises, five calls");
        app.advance_without_ticks(60).await;
        let (here, there) = tokio::join!(ringing::run_due(&app.host), ringing::run_due(&other));
        assert_eq!(here + there, 5, "five rings");
        assert_eq!(outcomes::write(&app.host).await.unwrap() + outcomes::write(&other).await.unwrap(), 5);
        assert_eq!(app.world.fcm.sent().len(), 5);
        app.advance(400).await;
        for (home, paired) in &homes {
            assert_eq!(app.call(home).await.state, CallState::Completed);
            assert_eq!((paired.phone.pushes().len(), paired.phone.rings().len()), (1, 1));
        }
    }

    async fn two_hosts_on_one_database_dial_once(app: TestApp) {
        let other = app.another_host().await;
        let mut homes = Vec::new();
        for _ in 0..3 {
            let home = app.phone_household().await;
            app.world.line(&home.number, Line::Answers(scripts::ordinary(Language::English)));
            homes.push(home);
        }
        let (here, there) = tokio::join!(queueing::tick(&app.host), queueing::tick(&other));
        assert_eq!(here.unwrap() + there.unwrap(), 3);
        let (here, there) = tokio::join!(submitting::tick(&app.host), submitting::tick(&other));
        assert_eq!(here.unwrap() + there.unwrap(), 3);
        app.advance(500).await;
        assert_eq!(app.world.eleven.dials().len(), 3);
        for home in &homes {
            assert_eq!(app.call(home).await.state, CallState::Completed);
        }
    }

    async fn host_that_was_down_over_the_window_rings_nobody_late(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        app.advance_without_ticks(60 + 46).await;
        app.settle().await;
        let call = app.call(&home).await;
        assert_eq!((call.state, call.reason), (CallState::Expired, Some(CallReason::HostWasDown)));
        assert!(paired.phone.pushes().is_empty());
        assert_eq!(app.alert_kinds(&home).await, [AlertKind::CallFailed]);
        assert_eq!(app.letters(&home).len(), 1);
    }

    async fn host_that_was_down_after_queueing_rings_nobody_late(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        app.settle().await;
        assert_eq!(app.call(&home).await.state, CallState::Queued);
        app.advance_without_ticks(60 + 46).await;
        // It was asleep for longer than its lease: what it held is taken again, and found to be too late.
        app.advance(1).await;
        let call = app.call(&home).await;
        assert_eq!((call.state, call.reason), (CallState::Expired, Some(CallReason::TooLate)));
        assert!(paired.phone.pushes().is_empty());
    }

    async fn host_that_comes_back_within_the_window_still_rings(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        app.advance_without_ticks(60 + 20).await;
        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        assert_eq!(paired.phone.rings().len(), 1);
    }

    async fn next_days_call_is_another_promise(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        app.outcome(&home, 300).await;
        // The night passes without a host; it comes back six minutes before nine.
        app.advance_without_ticks(24 * 3600 - 600).await;
        app.advance(700).await;
        let states: Vec<_> = app.calls(&home).await.iter().map(|call| call.state).collect();
        assert_eq!(states, [CallState::Completed; 2]);
        assert_eq!(paired.phone.rings().len(), 2);
    }

    async fn call_now_asked_twice_is_one_call(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["18:00"]).await;
        let paired = app.android(&home).await;
        let (one, two) =
            tokio::join!(queueing::call_now(&app.host, home.callee), queueing::call_now(&app.host, home.callee));
        assert!(one.is_ok() || two.is_ok());
        if let (Ok(one), Ok(two)) = (one, two) {
            assert_eq!(one, two);
        }
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.slot_no), (CallState::Completed, 0));
        assert_eq!(paired.phone.rings().len(), 1);
    }
}
