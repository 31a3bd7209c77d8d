//! Reconciling: what no webhook told is fetched, and nothing is left open.

use callpanion::db::transcripts;
use callpanion::domain::{AlertKind, CallId, CallMethod, CallReason, CallState, Turn};
use callpanion::services::audit::{self, Span};
use callpanion::services::{deadlines, housekeeping};
use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line};

use crate::testing::{Household, TestApp, on_both};

/// Households of each method at each time.
const HOMES: usize = 5;
/// Webhooks are lost from before the first to after the last of these times, London.
const TIMES: [(&str, &str); 3] =
    [("09:00", "2026-10-12T07:59:30Z"), ("09:45", "2026-10-12T08:39:30Z"), ("10:45", "2026-10-12T09:39:30Z")];
const WEBHOOKS_BACK: &str = "2026-10-12T10:00:00Z";

async fn talkative(app: &TestApp, method: CallMethod, time: &str) -> Household {
    let home = app.household(method, &[time]).await;
    let script = app.say(scripts::ordinary(Language::English)).lasting(40);
    match method {
        CallMethod::Phone => app.world.line(&home.number, Line::Answers(script)),
        CallMethod::App => app.android(&home).await.phone.behave(Behaviour::answer(script)),
    }
    home
}

async fn all_told(app: &TestApp, homes: &[Household]) {
    for home in homes {
        let call = app.call(home).await;
        assert_eq!((call.state, call.check_at), (CallState::Completed, None), "{call:?}");
        assert!(app.is_summarised(call.id).await, "{call:?}");
        assert_eq!((app.letters(home).len(), app.alert_kinds(home).await.len()), (1, 0));
    }
}

/// How many turns of a call's talk are stored.
async fn turns(app: &TestApp, call: CallId) -> usize {
    let stored = transcripts::of_call(&mut app.host.db.read().await.unwrap(), call).await.unwrap();
    stored.map_or(0, |stored| serde_json::from_str::<Vec<Turn>>(&stored.turns).unwrap().len())
}

/// Every one of so many promises has its outcome.
async fn kept(app: &TestApp, promised: u64) {
    let now = app.now();
    let span = Span { from: now.plus_secs(-86_400), to: now, now };
    let report = audit::promises(&app.host.db, &app.host.config.calling, span).await.unwrap();
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!(report.promised, promised);
}

on_both! {
    async fn webhooks_that_are_lost_for_two_hours_leave_no_gap(app: TestApp) {
        app.world.eleven.deliver(|delivery| delivery.dropped = true);
        let mut homes = Vec::new();
        for (time, _) in TIMES {
            for _ in 0..HOMES {
                homes.push(talkative(&app, CallMethod::Phone, time).await);
                homes.push(talkative(&app, CallMethod::App, time).await);
            }
        }
        for (_, from) in TIMES {
            app.jump_to(from).await;
            app.advance(460).await;
        }
        app.jump_to(WEBHOOKS_BACK).await;
        app.world.eleven.deliver(|delivery| delivery.dropped = false);
        app.advance(300).await;
        all_told(&app, &homes).await;
        kept(&app, 30).await;
        assert_eq!(app.database.count("webhook_events").await, 0, "not one webhook came");
    }

    async fn staff_hears_that_no_webhook_comes_until_one_does(app: TestApp) {
        app.world.eleven.deliver(|delivery| delivery.dropped = true);
        for _ in 0..2 {
            talkative(&app, CallMethod::App, TIMES[0].0).await;
        }
        talkative(&app, CallMethod::Phone, TIMES[1].0).await;
        app.jump_to(TIMES[0].1).await;
        app.advance(460).await;
        assert!(app.staff_alerts().await.is_empty(), "two lost webhooks may be an accident");
        app.jump_to(TIMES[1].1).await;
        app.advance(600).await;
        let alerts = app.staff_alerts().await;
        assert_eq!(alerts.iter().map(|alert| alert.kind).collect::<Vec<_>>(), [AlertKind::WebhooksMissing]);
        assert!(alerts[0].detail.contains("webhooks_missing"), "{}", alerts[0].detail);
        let staff = app.staff().await;
        let page = staff.get("/staff").await;
        page.must_say("Webhooks of elevenlabs do not arrive.");
        page.must_say("Since today, 08:00.");
        housekeeping::tick(&app.host).await.unwrap();
        assert_eq!(app.staff_alerts().await.len(), 1, "none has come yet");

        app.world.eleven.deliver(|delivery| delivery.dropped = false);
        talkative(&app, CallMethod::App, TIMES[2].0).await;
        app.jump_to(TIMES[2].1).await;
        app.advance(460).await;
        assert!(app.database.count("webhook_events").await > 0);
        housekeeping::tick(&app.host).await.unwrap();
        assert!(app.staff_alerts().await.is_empty());
        assert!(!staff.get("/staff").await.says("do not arrive"));
    }

    async fn provider_that_was_away_for_two_hours_is_asked_for_all_within_minutes_of_its_return(app: TestApp) {
        app.world.eleven.deliver(|delivery| delivery.dropped = true);
        let homes = [talkative(&app, CallMethod::App, "09:00").await, talkative(&app, CallMethod::App, "09:00").await];
        let by_phone = talkative(&app, CallMethod::Phone, "09:00").await;
        // All are rung and talk; then the provider's API is gone, as its webhooks are.
        app.advance(125).await;
        app.world.eleven.fail_always(Op::Conversation, Refusal::UNAVAILABLE);
        for _ in 0..24 {
            app.advance(1).await;
            app.advance_without_ticks(299).await;
        }
        let asked = app.world.eleven.count(Op::Conversation);
        assert!((3..=3 * 26).contains(&asked), "asked {asked} times in two hours");
        app.world.eleven.mend();
        app.advance(300).await;
        // Nobody but the provider knew that the talk by phone had ended: after an hour the family was told so.
        let call = app.call(&by_phone).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::NoResult)));
        assert_eq!((call.check_at, app.is_summarised(call.id).await), (None, true), "and of the talk after all");
        all_told(&app, &homes).await;
        kept(&app, 3).await;
    }

    async fn talk_of_a_second_try_is_asked_for_though_the_first_one_is_known(app: TestApp) {
        let home = app.phone_household().await;
        let script = app.say(scripts::ordinary(Language::English)).lasting(40);
        app.world.eleven.lines(&home.number, vec![Line::Busy, Line::Answers(script)]);
        app.advance_until(300, || async { app.calls(&home).await.iter().any(|call| call.tries == 2) }).await;
        app.settle().await;
        // The second try is dialled and talked; its webhook is lost, and the vendor answers nothing meanwhile.
        app.world.eleven.deliver(|delivery| delivery.dropped = true);
        app.world.eleven.fail_always(Op::Batch, Refusal::UNAVAILABLE);
        app.world.eleven.fail_always(Op::Batches, Refusal::UNAVAILABLE);
        let call = app.outcome(&home, 1_200).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Failed, Some(CallReason::VendorSilent), 2));
        app.world.eleven.mend();
        app.advance(300).await;
        assert_eq!(app.call(&home).await.check_at, None);
        assert!(app.is_summarised(call.id).await, "what was said is told after all");
    }

    async fn talk_by_phone_while_no_host_was_up_is_asked_for_before_the_vendor_is_called_silent(app: TestApp) {
        app.world.eleven.deliver(|delivery| delivery.dropped = true);
        let home = talkative(&app, CallMethod::Phone, "09:00").await;
        app.settle().await;
        app.advance_without_ticks(900).await;
        assert_eq!(deadlines::tick(&app.host).await.unwrap(), 0, "whatever the order of the ticks");
        app.outcome(&home, 300).await;
        app.advance(60).await;
        all_told(&app, &[home]).await;
    }

    async fn conversation_that_its_batch_does_not_tell_is_found_by_our_call_id(app: TestApp) {
        app.world.eleven.deliver(|delivery| delivery.dropped = true);
        app.world.eleven.switch(|vendor| vendor.untold_conversations = true);
        let home = talkative(&app, CallMethod::Phone, "09:00").await;
        app.advance(400).await;
        all_told(&app, &[home]).await;
        kept(&app, 1).await;
        assert!(app.world.eleven.count(Op::Conversations) > 0);
    }

    async fn call_that_was_given_up_is_asked_for_until_the_vendor_says(app: TestApp) {
        app.world.eleven.deliver(|delivery| delivery.dropped = true);
        let home = talkative(&app, CallMethod::Phone, "09:00").await;
        app.settle().await;
        // The vendor dials, and then answers nothing for half an hour.
        app.world.eleven.fail_always(Op::Batch, Refusal::UNAVAILABLE);
        app.world.eleven.fail_always(Op::Batches, Refusal::UNAVAILABLE);
        let call = app.outcome(&home, 400).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::VendorSilent)));
        assert_eq!(app.letters(&home).len(), 1, "the family is told");
        app.advance_without_ticks(1_800).await;
        app.world.eleven.mend();
        app.advance(300).await;
        let call = app.call(&home).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::VendorSilent)), "once");
        assert_eq!(call.check_at, None);
        assert!(app.is_summarised(call.id).await, "what was said is told after all");
        assert_eq!(app.letters(&home).len(), 2);
    }
    async fn what_was_said_is_fetched_where_webhooks_leave_it_out(app: TestApp) {
        app.world.eleven.deliver(|delivery| delivery.without_transcript = true);
        let homes = [talkative(&app, CallMethod::App, "09:00").await, talkative(&app, CallMethod::Phone, "09:00").await];
        app.advance(460).await;
        assert_eq!(app.database.count("webhook_events WHERE state = 'applied'").await, 2);
        for home in &homes {
            assert!(turns(&app, app.call(home).await.id).await > 2);
        }
        all_told(&app, &homes).await;
        kept(&app, 2).await;
    }

    async fn talk_that_cannot_be_fetched_is_summarised_by_what_its_webhook_told(app: TestApp) {
        app.world.eleven.deliver(|delivery| delivery.without_transcript = true);
        app.world.eleven.fail_always(Op::Conversation, Refusal::UNAVAILABLE);
        let homes = [talkative(&app, CallMethod::App, "09:00").await, talkative(&app, CallMethod::Phone, "09:00").await];
        app.advance(460).await;
        for home in &homes {
            let call = app.call(home).await;
            assert_eq!((call.state, call.check_at.is_some()), (CallState::Completed, true));
            assert_eq!((app.is_summarised(call.id).await, app.letters(home).len()), (false, 0), "it may yet come whole");
        }
        for _ in 0..8 {
            app.advance(1).await;
            app.advance_without_ticks(299).await;
        }
        app.advance(10).await;
        for home in &homes {
            let call = app.call(home).await;
            assert!(app.is_summarised(call.id).await, "half an hour is enough to wait");
            assert_eq!((turns(&app, call.id).await, call.check_at.is_some()), (0, true), "it is still asked for");
        }
        app.world.eleven.mend();
        // A vendor that has failed for so long is asked again a little later.
        for home in &homes {
            app.advance_until(1_200, || async { turns(&app, app.call(home).await.id).await > 2 }).await;
        }
        // With one letter, as always.
        all_told(&app, &homes).await;
    }
}
