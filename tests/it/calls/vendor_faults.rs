//! Vendors that fail: each fault leads to one ring at most, and to an outcome that says why.

use callpanion::db::devices;
use callpanion::domain::{AlertKind, AttemptState, CallMethod, CallReason, CallState};
use callpanion::services::answering;
use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::fcm;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Environment, Fault, Line};
use serde_json::json;

use crate::testing::{Household, Paired, Settings, TestApp, on_both};

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
        let home = app.household(CallMethod::Phone, &["09:06"]).await;
        app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        app.world.eleven.fail_next(Op::Submit, Fault::cut());

        let call = app.outcome(&home, 900).await;
        assert_eq!(call.state, CallState::Completed);
        let eleven = &app.world.eleven;
        assert_eq!((eleven.batches().len(), eleven.count(Op::Submit), eleven.dials().len()), (1, 2, 1));
    }

    async fn batch_that_never_arrived_is_missed_also_in_a_workspace_of_thousands(app: TestApp) {
        app.world.eleven.was_used_before(2_000);
        let home = app.household(CallMethod::Phone, &["09:06"]).await;
        app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        app.world.eleven.fail_next(Op::Submit, Fault::cut());

        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        assert_eq!((app.world.eleven.count(Op::Submit), app.world.eleven.dials().len()), (2, 1));
    }

    async fn batch_that_never_arrived_and_cannot_be_known_in_time_is_tried_again_later(app: TestApp) {
        // A minute ahead: until it is certain that the vendor has nothing, the window is over.
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        app.world.eleven.fail_next(Op::Submit, Fault::cut());

        let call = app.outcome(&home, 1_200).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Completed, None, 2));
        assert_eq!(app.world.eleven.dials().len(), 1);
        let late_s = app.world.eleven.dials()[0].at_ms / 1000 - call.due_at.secs();
        assert!(late_s > 120, "as a try of its own, {late_s} s later");
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

    async fn batch_that_cannot_be_looked_up_is_known_by_the_echo_of_its_call(app: TestApp) {
        let home = app.phone_household().await;
        let script = app.say(scripts::ordinary(Language::English)).lasting(40);
        app.world.line(&home.number, Line::Answers(script));
        app.world.eleven.fail_next(Op::Submit, Fault::taken_then_cut());
        for op in [Op::Batches, Op::Batch, Op::Conversations] {
            app.world.eleven.fail_always(op, Refusal::UNAVAILABLE);
        }

        // Nothing that the vendor gave us names the call: only what we sent along, and the vendor echoes.
        let call = app.outcome(&home, 200).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Completed, None, 1));
        assert!(app.is_summarised(call.id).await);
        assert!(app.parked().await.is_empty());
        assert_eq!((app.world.eleven.count(Op::Submit), app.world.eleven.dials().len()), (1, 1));
        app.world.eleven.mend();
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
        assert_eq!((call.state, call.reason, call.tries), (CallState::Failed, Some(CallReason::Misconfigured), 1));
        let staff = app.staff_alerts().await;
        assert_eq!(staff.iter().map(|alert| alert.kind).collect::<Vec<_>>(), [AlertKind::Misconfigured]);
        assert!(staff[0].detail.contains("accept the batch calling terms"), "it says what to do: {}", staff[0].detail);
        assert_eq!(app.alert_kinds(&home).await, [AlertKind::CallFailed]);
    }

    async fn account_without_credit_fails_the_call_at_once_and_tells_staff_and_family(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        app.world.eleven.fail_always(Op::Submit, Refusal::NO_CREDITS);

        let call = app.outcome(&home, 120).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Failed, Some(CallReason::Misconfigured), 1));
        let staff = app.staff_alerts().await;
        assert_eq!(staff.iter().map(|alert| alert.kind).collect::<Vec<_>>(), [AlertKind::Misconfigured]);
        assert!(staff[0].detail.contains("no credit left"), "it says what to do: {}", staff[0].detail);
        assert_eq!(app.alert_kinds(&home).await, [AlertKind::CallFailed]);
        assert_eq!(app.letters(&home).len(), 1);
        // Somebody must pay first: nobody tries again.
        app.advance(900).await;
        assert_eq!(app.call(&home).await.tries, 1);
        assert_eq!((app.world.eleven.count(Op::Submit), app.world.eleven.dials().len()), (1, 0));
    }

    async fn account_without_credit_is_told_to_the_staff_also_when_a_talk_in_the_app_cannot_begin(app: TestApp) {
        let home = app.app_household().await;
        app.android(&home).await;
        app.world.eleven.fail_always(Op::Token, Refusal::NO_CREDITS);

        app.advance(90).await;
        assert!(app.world.eleven.count(Op::Token) > 0, "it was picked up");
        let staff = app.staff_alerts().await;
        assert_eq!(staff.iter().map(|alert| alert.kind).collect::<Vec<_>>(), [AlertKind::Misconfigured]);
        assert!(staff[0].detail.contains("no credit left"), "it says what to do: {}", staff[0].detail);
        let call = app.call(&home).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::Misconfigured)));
        assert_eq!((app.alert_kinds(&home).await, app.letters(&home).len()), (vec![AlertKind::CallFailed], 1));
        app.advance(900).await;
        assert_eq!(app.call(&home).await.tries, 1, "another try would end the same way");
    }

    async fn talk_that_was_opened_is_not_given_up_when_its_token_is_asked_for_again_in_vain(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        app.advance(61).await;
        let device = devices::find(&mut app.host.db.read().await.unwrap(), paired.device).await.unwrap().unwrap();
        let ring = app.attempts(app.call(&home).await.id).await[0].id;

        answering::open(&app.host, &device, ring, None).await.unwrap();
        app.world.eleven.fail_always(Op::Token, Refusal::NO_CREDITS);
        assert!(answering::open(&app.host, &device, ring, None).await.is_err());
        assert_eq!(app.call(&home).await.state, CallState::Answered);
        assert_eq!(app.staff_alerts().await.len(), 1);
    }

    async fn dead_push_address_is_retired_and_the_next_device_rings(app: TestApp) {
        let home = app.app_household().await;
        let (dead, alive) = in_ring_order(&app, &home, [app.android(&home).await, app.android(&home).await]).await;
        dead.phone.uninstall();
        alive.phone.behave(Behaviour::answer(scripts::cheerful(Language::English)));
        dead.phone.behave(Behaviour::Ignore);

        app.advance(62).await;
        let rung = [&dead, &alive].map(|one| one.phone.rings().len());
        assert_eq!(rung, [0, 1], "the living phone rings at once");
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
    }

    async fn dead_push_address_of_the_only_device_ends_the_call_and_is_not_used_again(app: TestApp) {
        let home = app.household(CallMethod::App, &["09:00", "09:30"]).await;
        let paired = app.android(&home).await;
        paired.phone.uninstall();
        assert_eq!(app.database.count("push_addresses WHERE gone_at IS NULL").await, 1);

        let call = app.outcome(&home, 120).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Failed, Some(CallReason::AddressGone), 1));
        let attempts = app.attempts(call.id).await;
        assert_eq!((attempts.len(), attempts[0].state, attempts[0].sends), (1, AttemptState::Gone, 1));
        assert_eq!(app.alert_kinds(&home).await, [AlertKind::CallFailed]);
        assert_eq!(app.letters(&home).len(), 1);
        assert_eq!(app.database.count("push_addresses WHERE gone_at IS NULL").await, 0);

        // No second try, and the next call knows that there is nothing to ring.
        app.advance(1_900).await;
        let calls = app.calls(&home).await;
        let came: Vec<_> = calls.iter().map(|call| (call.state, call.reason, call.tries)).collect();
        assert_eq!(came, [
            (CallState::Failed, Some(CallReason::AddressGone), 1),
            (CallState::Failed, Some(CallReason::NoDevice), 1),
        ]);
        assert!(app.attempts(calls[1].id).await.is_empty());
        assert!(app.alert_kinds(&home).await.contains(&AlertKind::NoDevice));
        assert_eq!((app.letters(&home).len(), app.world.fcm.sent().len(), paired.phone.rings().len()), (2, 0, 0));
        let page = app.signed_in(&home).await.get(&format!("/callees/{}/devices", home.callee)).await;
        page.must_say("cannot ring");
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
        assert!(pushes.len() > 1, "it was repeated");
        let ring = app.attempts(call.id).await[0].id.to_string();
        assert!(pushes.iter().all(|push| push.payload["sessionId"] == ring), "under one name");
    }

    async fn push_whose_reply_was_lost_does_not_end_the_talk_that_it_led_to(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        let script = scripts::ordinary(Language::English).lasting(150);
        paired.phone.behave(Behaviour::answer(script));
        app.world.apns.faults(Environment::Production).next(Fault::taken_then_cut());

        let call = app.outcome(&home, 400).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        app.advance(10).await;
        assert!(app.is_summarised(call.id).await);
    }

    async fn second_phone_to_answer_gets_conflict(app: TestApp) {
        let home = app.app_household().await;
        let (first, second) = in_ring_order(&app, &home, [app.android(&home).await, app.android(&home).await]).await;
        for paired in [&first, &second] {
            paired.phone.behave(Behaviour::Ignore);
        }
        // The first phone rings, but every reply about it is lost: the host goes on to the second.
        let faults = app.world.fcm.faults();
        faults.always_for(first.phone.push_address(), Fault::taken_then_cut());
        app.advance_until(90, || async { second.phone.rings().len() == 1 }).await;
        assert_eq!(first.phone.rings().len(), 1);
        let answer = |paired: &Paired| format!("/api/device/v1/calls/{}/answer", paired.phone.rings()[0].session_id);
        let (path_one, path_two) = (answer(&first), answer(&second));
        let (one, two) = tokio::join!(
            app.device_post(&first.phone, &path_one, json!({})),
            app.device_post(&second.phone, &path_two, json!({})),
        );
        let mut statuses = [one.0, two.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "of two answers one wins");
        let loser = if one.0 == 409 { &one } else { &two };
        assert_eq!(loser.1["code"], "answered-elsewhere");
        faults.clear();
        app.advance(900).await;
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
        let home = app.household(CallMethod::App, &["09:00", "09:10"]).await;
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
        assert_eq!((call.state, call.reason, call.tries), (CallState::Queued, Some(CallReason::NeverConnected), 2));
        app.world.eleven.mend();
        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, None));
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

/// The push service of Android phones has a name that no resolver knows (RFC 6761).
fn nameless(settings: &mut Settings) {
    settings.insert("CALLPANION__PLUGINS__FCM__SETTINGS__BASE_URL".into(), "https://fcm.invalid".into());
    let hosts = settings.get_mut("CALLPANION__PLUGINS__FCM__GRANTS__HOSTS").unwrap();
    hosts.push_str(",https://fcm.invalid");
}

on_both! {
    with: nameless;

    async fn vendor_whose_name_is_not_known_fails_the_call_and_the_family_is_told(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        let call = app.outcome(&home, 3_600).await;
        // By the second try the vendor is left alone.
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::ChannelResting)));
        assert_eq!((paired.phone.rings().len(), app.alert_kinds(&home).await), (0, vec![AlertKind::CallFailed]));
    }

    async fn another_vendors_device_rings_instead_of_one_whose_vendor_has_no_name(app: TestApp) {
        let home = app.app_household().await;
        let (android, iphone) = (app.android(&home).await, app.iphone(&home).await);
        iphone.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
        let call = app.outcome(&home, 600).await;
        assert_eq!(call.state, CallState::Completed);
        assert_eq!((android.phone.rings().len(), iphone.phone.rings().len()), (0, 1));
    }
}

/// Of two paired devices, first the one that the host rings first.
async fn in_ring_order(app: &TestApp, home: &Household, [one, two]: [Paired; 2]) -> (Paired, Paired) {
    app.settle().await;
    let call = app.call(home).await;
    let first = app.attempts(call.id).await[0].device_id;
    if first == Some(one.device) { (one, two) } else { (two, one) }
}
