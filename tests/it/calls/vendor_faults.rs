//! Vendors that fail: each fault leads to one ring at most, and to an outcome that says why.

use callpanion::domain::{AlertKind, CallState};
use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::fcm;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Fault, Line};

use crate::testing::on_both;

on_both! {
    async fn batch_whose_reply_was_lost_is_found_by_its_name_and_not_submitted_again(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        app.world.eleven.fail_next(Op::Submit, Fault::taken_then_cut());

        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        let eleven = &app.world.eleven;
        assert_eq!((eleven.batches().len(), eleven.count(Op::Submit), eleven.dials().len()), (1, 1, 1));
        assert!(eleven.count(Op::Batches) > 0, "it was looked up");
    }

    async fn batch_that_never_arrived_is_submitted_once_more(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        app.world.eleven.fail_next(Op::Submit, Fault::cut());

        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        let eleven = &app.world.eleven;
        assert_eq!((eleven.batches().len(), eleven.count(Op::Submit), eleven.dials().len()), (1, 2, 1));
    }

    async fn batch_whose_look_up_fails_too_is_not_submitted_again_until_the_vendor_says(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        app.world.eleven.fail_next(Op::Submit, Fault::taken_then_cut());
        app.world.eleven.fail_always(Op::Batches, Refusal::UNAVAILABLE);

        app.advance(40).await;
        assert_eq!(app.world.eleven.count(Op::Submit), 1, "a submission that may have arrived is not repeated");
        app.world.eleven.mend();
        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        assert_eq!((app.world.eleven.batches().len(), app.world.eleven.dials().len()), (1, 1));
    }

    async fn busy_vendor_is_asked_again_in_time(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        app.world.eleven.fail_next(Op::Submit, Refusal::RATE);

        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        assert_eq!((app.world.eleven.batches().len(), app.world.eleven.count(Op::Submit)), (1, 2));
    }

    async fn missing_agreement_fails_the_call_and_alerts_the_staff(app: TestApp) {
        let home = app.phone_household().await;
        app.world.eleven.switch(|vendor| vendor.agreement_missing = true);

        let call = app.outcome(&home, 120).await;
        assert_eq!((call.state, call.reason.as_deref(), call.tries), (CallState::Failed, Some("misconfigured"), 1));
        let staff = app.staff_alerts().await;
        assert_eq!(staff.iter().map(|alert| alert.kind).collect::<Vec<_>>(), [AlertKind::Misconfigured]);
        assert!(staff[0].detail.contains("agreement"), "it says what to do: {}", staff[0].detail);
        assert_eq!(app.alert_kinds(&home).await, [AlertKind::CallFailed]);
    }

    async fn dead_push_address_is_retired_and_the_next_device_rings(app: TestApp) {
        let home = app.app_household().await;
        let first = app.android(&home).await;
        let second = app.android(&home).await;
        let (dead, alive) = ring_order(&app, first, second);
        dead.phone.uninstall();
        alive.phone.behave(Behaviour::answer(scripts::cheerful(Language::English)));
        dead.phone.behave(Behaviour::Ignore);

        app.advance(62).await;
        let rung = [&dead, &alive].map(|one| one.phone.rings().len());
        assert_eq!(rung, [0, 1], "the living phone rings at once");
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
    }

    async fn push_service_that_is_down_for_a_moment_is_asked_again_within_the_window(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        app.world.fcm.faults().next(fcm::Refusal::Unavailable.into());

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        assert_eq!(paired.phone.rings().len(), 1);
        let late_ms = paired.phone.rings()[0].at_ms - call.due_at.millis();
        assert!((0..45_000).contains(&late_ms), "{late_ms} ms");
    }

    async fn push_whose_reply_was_lost_is_repeated_and_rings_once(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        app.world.fcm.faults().next(Fault::taken_then_cut());

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        assert_eq!(paired.phone.rings().len(), 1, "the device drops a call that it knows");
        let pushes = paired.phone.pushes();
        assert!(pushes.iter().all(|push| push.payload["sessionId"] == call.id.to_string()), "one call id");
    }

    async fn push_service_that_stays_down_fails_the_try_and_the_second_succeeds(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        app.world.fcm.faults().always(fcm::Refusal::Unavailable.into());
        app.advance(120).await;
        app.world.fcm.faults().clear();

        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 2));
        assert_eq!(paired.phone.rings().len(), 1);
    }

    async fn access_to_the_push_service_that_was_revoked_is_renewed(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::App, &["09:00", "09:10"]).await;
        let paired = app.android(&home).await;
        app.advance(240).await;
        app.world.fcm.expire_access_tokens();
        app.advance(700).await;
        let states: Vec<_> = app.calls(&home).await.iter().map(|call| call.state).collect();
        assert_eq!(states, [CallState::Completed; 2]);
        assert_eq!(paired.phone.rings().len(), 2);
    }

    async fn conversation_that_cannot_be_opened_is_never_connected_and_tried_again(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        app.world.eleven.fail_always(Op::Token, Refusal::UNAVAILABLE);

        let call = app.until_state(&home, CallState::Queued, 5).await;
        assert_eq!(call.tries, 1);
        app.advance(90).await;
        let call = app.call(&home).await;
        assert_eq!((call.state, call.reason.as_deref(), call.tries), (CallState::Queued, Some("never_connected"), 2));
        app.world.eleven.mend();
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.reason.as_deref()), (CallState::Completed, None));
        assert_eq!(paired.phone.rings().len(), 2);
    }

    async fn talk_whose_webhook_was_lost_is_fetched(app: TestApp) {
        let home = app.app_household().await;
        app.android(&home).await;
        app.world.eleven.deliver(|delivery| delivery.dropped = true);

        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        app.advance(400).await;
        assert!(app.is_summarised(call.id).await);
        assert_eq!(app.letters(&home).len(), 1);
    }

    async fn webhook_that_comes_before_the_conversation_is_known_is_parked_and_matched_then(app: TestApp) {
        let home = app.app_household().await;
        app.android(&home).await;
        app.world.eleven.deliver(|delivery| delivery.before_answer = true);

        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        app.advance(5).await;
        assert!(app.is_summarised(call.id).await);
        assert!(app.parked().await.is_empty());
    }
}

/// Of two paired devices, the one that is rung first.
fn ring_order(
    _app: &crate::testing::TestApp,
    first: crate::testing::Paired,
    second: crate::testing::Paired,
) -> (crate::testing::Paired, crate::testing::Paired) {
    // Both were confirmed at the same second; the one that registered last is rung first.
    (second, first)
}
