//! Cancels: a host dies while a vendor takes back what it was given, or tells devices that a ring is over.

use callpanion::domain::{AlertKind, CallReason, CallState};
use callpanion::services::{jobs, lookups};
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Fault, World};
use futures::FutureExt as _;
use serde_json::Value;

use super::{dies, steps, take_jobs, until_the_dead_are_buried};
use crate::calls::taking_back::{canceled_quietly, move_to, skip_today, submitted};
use crate::testing::{Household, Paired, Settings, TestApp, on_both};

/// It was seen last, so it is rung first; and it has once said that it rings.
const ANDROID_FIRST: &str =
    "UPDATE devices SET acknowledges = TRUE, last_seen_at = last_seen_at + 1000000 WHERE platform = 'android'";

fn is_taken_back(world: &World) -> bool {
    world.eleven.batches()[0].status == "cancelled"
}

/// A host dies when the vendor has taken a call back, and before that is written.
async fn takes_back_and_dies(app: &TestApp, home: &Household) {
    let other = app.another_host().await;
    app.world.eleven.fail_next(Op::Cancel, Fault::taken_then_hang());
    dies(jobs::run_due(&other).boxed(), app.world.until(is_taken_back)).await;
    drop(other);
    assert_eq!(app.call(home).await.state, CallState::Queued, "nobody has heard the vendor's word");
}

on_both! {
    async fn call_that_was_taken_back_before_the_host_died_is_canceled_by_the_next(app: TestApp) {
        let home = submitted(&app).await;
        skip_today(&app, &home, false).await;
        takes_back_and_dies(&app, &home).await;

        until_the_dead_are_buried(&app).await;
        let steps = steps(&app, &app.call(&home).await).await;
        assert_eq!(steps[steps.len() - 2..], ["taking_back (schedule_changed)", "canceled (schedule_changed)"]);
        app.advance(400).await;
        canceled_quietly(&app, &home).await;
        assert_eq!(app.world.eleven.count(Op::Cancel), 1, "it is seen to be done");
    }

    async fn call_that_was_taken_back_is_the_familys_wish_also_when_no_host_was_there_for_a_while(app: TestApp) {
        let home = submitted(&app).await;
        move_to(&app, &home, "09:10").await;
        takes_back_and_dies(&app, &home).await;
        // Until the claim has run out: the call is looked up before anybody does the job.
        app.advance_without_ticks(40).await;
        app.settle().await;
        canceled_quietly(&app, &home).await;

        // And its slot is free for the new time.
        app.advance_until(1_200, || async { app.calls(&home).await.len() == 2 }).await;
        app.advance_until(600, || async { app.calls(&home).await[1].state.is_outcome() }).await;
        let calls = app.calls(&home).await;
        let came: Vec<_> = calls.iter().map(|call| (call.state, call.tries)).collect();
        assert_eq!(came, [(CallState::Canceled, 1), (CallState::Completed, 1)]);
        assert_eq!(calls[1].due_at.to_string(), "2026-10-12T08:10:00Z");
        assert_eq!(steps(&app, &calls[0]).await.last().unwrap(), "canceled (schedule_changed)");
        assert_eq!((app.world.eleven.count(Op::Cancel), app.world.eleven.dials().len()), (1, 1));
    }

    async fn late_call_that_was_taken_back_before_the_host_died_says_that_it_was_late(app: TestApp) {
        let home = submitted(&app).await;
        // The vendor is behind by a minute, and has not dialled at the end of the window.
        app.advance(290).await;
        app.host.clock.advance(std::time::Duration::from_mins(1));
        let other = app.another_host().await;
        app.world.eleven.fail_next(Op::Cancel, Fault::taken_then_hang());
        dies(lookups::tick(&other).boxed(), app.world.until(is_taken_back)).await;
        drop(other);

        let call = app.outcome(&home, 60).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Failed, Some(CallReason::VendorLate), 1));
        assert_eq!(steps(&app, &call).await.last().unwrap(), "failed (vendor_late)");
        assert_eq!((app.alert_kinds(&home).await, app.letters(&home).len()), (vec![AlertKind::CallFailed], 1));
        app.advance(120).await;
        assert_eq!((app.world.eleven.count(Op::Cancel), app.world.eleven.dials().len()), (1, 0));
    }
}

/// So that the next host is there while a push still waits for its phone.
fn quick(settings: &mut Settings) {
    settings.insert("CALLPANION__CALLING__LEASE_S".into(), "3".into());
}

/// A call that rings at a phone without a network, and at another one, which picks it up while no host looks.
async fn picked_up_elsewhere(app: &TestApp) -> (Household, Paired) {
    let home = app.app_household().await;
    let (away, next) = (app.android(&home).await, app.iphone(&home).await);
    away.phone.go_offline();
    next.phone.behave(Behaviour::Answer { after_ms: 1_000, script: scripts::cheerful(Language::English) });
    app.database.execute(ANDROID_FIRST).await;
    app.advance_until(120, || async { !next.phone.rings().is_empty() }).await;
    app.advance_without_ticks(1).await;
    let call = app.call(&home).await;
    assert_eq!((call.state, call.device_id), (CallState::InProgress, Some(next.device)));
    assert_eq!(told_off(&away), 0);
    (home, away)
}

/// How often a phone was told that its ring is over.
fn told_off(paired: &Paired) -> usize {
    paired.phone.pushes().iter().filter(|push| push.payload["type"] == "call_update").count()
}

/// The phone is back in its network, in time for the ring that waited for it, and stays silent; the talk goes on.
async fn stays_silent(app: &TestApp, home: &Household, away: &Paired) {
    away.phone.go_online();
    app.advance(30).await;
    assert!(away.phone.rings().is_empty(), "what waited for it was replaced");
    let names: Vec<Value> = away.phone.pushes().into_iter().map(|push| push.payload["sessionId"].clone()).collect();
    assert!(names.iter().all(|name| *name == names[0]), "all under one name: {names:?}");
    let call = app.outcome(home, 300).await;
    assert_eq!((call.state, call.tries), (CallState::Completed, 1));
    assert_eq!(steps(app, &call).await.into_iter().filter(|step| step == "answered").count(), 1);
}

on_both! {
    with: quick;

    async fn phone_that_a_host_died_telling_of_the_end_of_its_ring_is_told_by_the_next(app: TestApp) {
        let (home, away) = picked_up_elsewhere(&app).await;
        let other = app.another_host().await;
        take_jobs(&app, other.node).await;
        drop(other);
        app.advance_until(5, || async { told_off(&away) == 1 }).await;
        stays_silent(&app, &home, &away).await;
        assert_eq!(told_off(&away), 1);
    }

    async fn phone_that_was_told_before_the_host_died_is_told_once_more(app: TestApp) {
        let (home, away) = picked_up_elsewhere(&app).await;
        let other = app.another_host().await;
        app.world.fcm.faults().next_for(away.phone.push_address(), Fault::taken_then_hang());
        dies(jobs::run_due(&other).boxed(), app.world.until(|_| told_off(&away) == 1)).await;
        drop(other);
        app.advance_until(5, || async { told_off(&away) == 2 }).await;
        stays_silent(&app, &home, &away).await;
        assert_eq!(told_off(&away), 2);
    }
}
