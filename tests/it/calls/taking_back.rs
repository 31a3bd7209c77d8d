//! Taking back: what a family changes after a call was queued, on the host and at the vendor.

use callpanion::domain::{AttemptState, CallMethod, CallReason, CallState, Moment};
use callpanion::services::callees::{self, Details};
use callpanion::services::schedules::pausing::{self, PauseInput};
use callpanion::services::{queueing, schedules, submitting};
use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Fault, Line};

use crate::testing::{Household, Settings, TestApp, every_day_at, on_both};

/// The date of every test, a minute before nine.
const TODAY: &str = "2026-10-12";

pub(super) async fn skip_today(app: &TestApp, home: &Household, wanted: bool) {
    pausing::skip(&app.host, home.account, home.callee, 1, TODAY, wanted).await.unwrap();
}

pub(super) async fn move_to(app: &TestApp, home: &Household, time: &str) {
    schedules::save(&app.host, home.account, home.callee, &every_day_at(&[time])).await.unwrap();
}

async fn states(app: &TestApp, home: &Household) -> Vec<(CallState, Option<CallReason>, CallMethod)> {
    app.calls(home).await.into_iter().map(|call| (call.state, call.reason, call.call_method)).collect()
}

/// A phone household with a call that the vendor holds, due in five minutes.
pub(super) async fn submitted(app: &TestApp) -> Household {
    let home = app.household(CallMethod::Phone, &["09:04"]).await;
    app.world.line(&home.number, Line::Answers(scripts::ordinary(Language::English)));
    app.settle().await;
    assert_eq!(app.attempt_states(app.call(&home).await.id).await, [AttemptState::Accepted]);
    home
}

/// The callee of a household, with this number and in this zone.
fn details(number: &str, zone: &str) -> Details {
    Details {
        name: "Margaret Achterberg".into(),
        address_form: "Grandma Maggie".into(),
        language: "en".into(),
        phone: number.into(),
        country: "GB".into(),
        zone: zone.into(),
        interests: String::new(),
    }
}

fn batch_states(app: &TestApp) -> Vec<&'static str> {
    app.world.eleven.batches().iter().map(|batch| batch.status).collect()
}

const CHANGED: CallReason = CallReason::ScheduleChanged;

/// Nobody was dialled, and nobody is alarmed by what the family itself wanted.
pub(super) async fn canceled_quietly(app: &TestApp, home: &Household) {
    assert_eq!(states(app, home).await, [(CallState::Canceled, Some(CHANGED), CallMethod::Phone)]);
    assert!(app.world.eleven.dials().is_empty());
    assert!(app.alert_kinds(home).await.is_empty() && app.letters(home).is_empty());
}

/// Calls that are queued for 09:04 in London leave with their callees for another zone, where that is `due`.
async fn calls_follow_their_callees(app: &TestApp, zone: &str, due: &str) {
    let by_app = app.household(CallMethod::App, &["09:04"]).await;
    let paired = app.android(&by_app).await;
    let by_phone = submitted(app).await;
    assert_eq!(app.call(&by_app).await.state, CallState::Queued);
    for (home, number) in [(&by_app, ""), (&by_phone, by_phone.number.as_str())] {
        callees::update_profile(&app.host, home.account, home.callee, &details(number, zone)).await.unwrap();
    }

    // Over the old moment.
    app.advance(1_000).await;
    for (home, method) in [(&by_app, CallMethod::App), (&by_phone, CallMethod::Phone)] {
        assert_eq!(states(app, home).await, [(CallState::Canceled, Some(CHANGED), method)]);
        assert!(app.alert_kinds(home).await.is_empty() && app.letters(home).is_empty());
    }
    assert_eq!((paired.phone.pushes().len(), app.world.eleven.dials().len()), (0, 0));

    let due = Moment::from(due.parse::<jiff::Timestamp>().unwrap());
    app.jump_to(&due.plus_secs(-360).to_string()).await;
    app.advance(900).await;
    for home in [&by_app, &by_phone] {
        let came: Vec<_> = app.calls(home).await.iter().map(|call| (call.state, call.due_at)).collect();
        assert_eq!(came[1..], [(CallState::Completed, due)]);
    }
    let rung: Vec<i64> = paired.phone.rings().iter().map(|ring| ring.at_ms).collect();
    assert_eq!(rung, [due.millis()]);
    let dialled: Vec<i64> = app.world.eleven.dials().iter().map(|dial| dial.at_ms - due.millis()).collect();
    assert!(dialled.len() == 1 && (0..5_000).contains(&dialled[0]), "{dialled:?}");
}

on_both! {
    async fn queued_calls_follow_their_callees_to_where_their_time_comes_later(app: TestApp) {
        calls_follow_their_callees(&app, "Africa/Abidjan", "2026-10-12T09:04:00Z").await;
    }

    async fn queued_calls_follow_their_callees_to_where_their_time_is_over_and_come_the_next_day(app: TestApp) {
        calls_follow_their_callees(&app, "Europe/Helsinki", "2026-10-13T06:04:00Z").await;
    }

    async fn app_call_that_is_skipped_is_cancelled_and_called_after_all(app: TestApp) {
        let home = app.household(CallMethod::App, &["09:04"]).await;
        let paired = app.android(&home).await;
        app.settle().await;
        skip_today(&app, &home, false).await;
        assert_eq!(states(&app, &home).await, [(CallState::Canceled, Some(CHANGED), CallMethod::App)]);
        skip_today(&app, &home, true).await;
        app.advance(500).await;
        let after: Vec<_> = states(&app, &home).await.into_iter().map(|(state, ..)| state).collect();
        assert_eq!(after, [CallState::Canceled, CallState::Completed]);
        assert_eq!(paired.phone.rings().len(), 1);
    }

    async fn phone_call_that_the_vendor_holds_is_taken_back_there_and_never_dialled(app: TestApp) {
        let home = submitted(&app).await;
        skip_today(&app, &home, false).await;
        assert_eq!(app.call(&home).await.state, CallState::Queued, "until the vendor has said so");
        app.settle().await;
        let call = app.call(&home).await;
        assert_eq!((call.state, call.reason), (CallState::Canceled, Some(CHANGED)));
        assert_eq!(batch_states(&app), ["cancelled"]);
        app.advance(600).await;
        canceled_quietly(&app, &home).await;
        let next = app.database.texts("SELECT next_date AS text FROM slots").await;
        assert_eq!(next, ["2026-10-13"]);
    }

    async fn slot_that_is_moved_rings_at_the_new_time_alone(app: TestApp) {
        let home = submitted(&app).await;
        move_to(&app, &home, "09:20").await;
        app.advance(1_600).await;
        let calls = app.calls(&home).await;
        assert_eq!(calls.iter().map(|call| call.state).collect::<Vec<_>>(), [CallState::Canceled, CallState::Completed]);
        assert_eq!(calls[1].due_at.to_string(), "2026-10-12T08:20:00Z");
        assert_eq!(app.world.eleven.dials().len(), 1);
    }

    async fn change_of_mind_before_the_vendor_is_asked_leaves_the_call(app: TestApp) {
        let home = submitted(&app).await;
        skip_today(&app, &home, false).await;
        skip_today(&app, &home, true).await;
        let call = app.outcome(&home, 600).await;
        assert_eq!(call.state, CallState::Completed);
        assert_eq!((app.world.eleven.count(Op::Cancel), app.world.eleven.dials().len()), (0, 1));
    }

    async fn submission_that_is_on_its_way_is_taken_back_when_it_has_arrived(app: TestApp) {
        let home = app.household(CallMethod::Phone, &["09:04"]).await;
        app.world.line(&home.number, Line::Answers(scripts::ordinary(Language::English)));
        queueing::tick(&app.host).await.unwrap();
        let batches = submitting::claim_due(&app.host).await.unwrap();
        // The family changes its mind while the submission is between the host and the vendor.
        skip_today(&app, &home, false).await;
        app.run_jobs().await;
        assert_eq!(app.call(&home).await.state, CallState::Queued);
        for batch in batches {
            submitting::send(&app.host, batch).await.unwrap();
        }
        app.advance(10).await;
        assert_eq!(app.call(&home).await.state, CallState::Canceled);
        assert_eq!(batch_states(&app), ["cancelled"]);
        app.advance(400).await;
        canceled_quietly(&app, &home).await;
    }

    async fn submission_whose_reply_was_lost_is_found_and_taken_back(app: TestApp) {
        let home = app.household(CallMethod::Phone, &["09:04"]).await;
        app.world.line(&home.number, Line::Answers(scripts::ordinary(Language::English)));
        app.world.eleven.fail_next(Op::Submit, Fault::taken_then_cut());
        queueing::tick(&app.host).await.unwrap();
        submitting::tick(&app.host).await.unwrap();
        skip_today(&app, &home, false).await;
        app.advance(400).await;
        canceled_quietly(&app, &home).await;
        assert_eq!(batch_states(&app), ["cancelled"]);
    }

    async fn submission_that_never_arrived_is_not_repeated_for_a_call_that_is_not_wanted(app: TestApp) {
        let home = app.household(CallMethod::Phone, &["09:04"]).await;
        app.world.line(&home.number, Line::Answers(scripts::ordinary(Language::English)));
        app.world.eleven.fail_next(Op::Submit, Fault::cut());
        queueing::tick(&app.host).await.unwrap();
        submitting::tick(&app.host).await.unwrap();
        skip_today(&app, &home, false).await;
        app.advance(400).await;
        canceled_quietly(&app, &home).await;
        assert!(batch_states(&app).iter().all(|state| *state == "cancelled"), "{:?}", batch_states(&app));
    }

    async fn vendor_that_is_down_is_asked_again_until_the_ring(app: TestApp) {
        let home = submitted(&app).await;
        app.world.eleven.fail_always(Op::Cancel, Refusal::UNAVAILABLE);
        skip_today(&app, &home, false).await;
        app.advance(60).await;
        assert_eq!(app.call(&home).await.state, CallState::Queued);
        app.world.eleven.mend();
        app.advance(200).await;
        assert_eq!(app.call(&home).await.state, CallState::Canceled);
        app.advance(200).await;
        canceled_quietly(&app, &home).await;
    }

    async fn vendor_that_keeps_a_call_rings_it_once_and_the_moved_slot_waits_for_tomorrow(app: TestApp) {
        let home = submitted(&app).await;
        app.world.eleven.fail_always(Op::Cancel, Refusal::UNAVAILABLE);
        move_to(&app, &home, "09:20").await;
        app.advance(1_700).await;
        let call = app.call(&home).await;
        assert_eq!(call.state, CallState::Completed);
        let steps = app.timeline(&call).await;
        assert!(steps.iter().any(|step| step.contains("vendor_keeps")), "{steps:#?}");
        assert_eq!(app.world.eleven.dials().len(), 1, "one call for the slot and the day");
        assert_eq!(app.database.texts("SELECT next_date AS text FROM slots").await, ["2026-10-13"]);
        app.world.eleven.mend();
    }

    async fn change_of_method_queues_the_slot_anew_in_the_new_way(app: TestApp) {
        let home = submitted(&app).await;
        let paired = app.android(&home).await;
        callees::change_method(&app.host, home.account, home.callee, CallMethod::App).await.unwrap();
        app.advance(500).await;
        let calls: Vec<_> = states(&app, &home).await.into_iter().map(|(state, _, method)| (state, method)).collect();
        assert_eq!(calls, [(CallState::Canceled, CallMethod::Phone), (CallState::Completed, CallMethod::App)]);
        assert_eq!((app.world.eleven.dials().len(), paired.phone.rings().len()), (0, 1));
    }

    async fn number_that_is_mended_is_the_one_that_is_dialled(app: TestApp) {
        let home = submitted(&app).await;
        let details = details("+442079460999", "Europe/London");
        app.keep_out_of_the_log("+442079460999");
        app.world.line("+442079460999", Line::Answers(scripts::ordinary(Language::English)));
        callees::update_profile(&app.host, home.account, home.callee, &details).await.unwrap();
        app.advance(500).await;
        let dialled: Vec<String> = app.world.eleven.dials().iter().map(|dial| dial.number.clone()).collect();
        assert_eq!(dialled, ["+442079460999"]);
    }

    async fn retry_does_not_ring_into_a_pause(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::NoAnswer);
        // While it rings, the family pauses from today on.
        app.advance(75).await;
        assert_eq!(app.world.eleven.dials().len(), 1);
        pausing::pause(&app.host, home.account, home.callee, &PauseInput::default()).await.unwrap();
        let call = app.outcome(&home, 200).await;
        assert_eq!((call.state, call.tries), (CallState::Missed, 1));
        app.advance(900).await;
        assert_eq!(app.world.eleven.dials().len(), 1);
    }

    async fn retry_that_waits_is_taken_back_by_a_pause_and_has_had_its_day(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::NoAnswer);
        app.advance_until(200, || async { app.calls(&home).await.iter().any(|call| call.tries == 2) }).await;
        pausing::pause(&app.host, home.account, home.callee, &PauseInput::default()).await.unwrap();
        app.settle().await;
        let call = app.call(&home).await;
        assert_eq!((call.state, call.reason), (CallState::Canceled, Some(CHANGED)));
        let pause = pausing::list(&app.host, home.account, home.callee).await.unwrap()[0].id;
        pausing::end_pause(&app.host, home.account, pause).await.unwrap();
        move_to(&app, &home, "09:20").await;
        app.advance(1_500).await;
        assert_eq!(app.calls(&home).await.len(), 1, "it rang for today");
        assert_eq!(app.world.eleven.dials().len(), 1);
    }
}

fn three_in_a_batch(settings: &mut Settings) {
    settings.insert("CALLPANION__CALLING__BATCH_SIZE".into(), "3".into());
}

on_both! {
    with: three_in_a_batch;

    async fn batch_with_somebody_elses_call_is_left_until_nobody_wants_it(app: TestApp) {
        let homes = [
            app.household(CallMethod::Phone, &["09:04"]).await,
            app.household(CallMethod::Phone, &["09:04"]).await,
        ];
        for home in &homes {
            app.world.line(&home.number, Line::Answers(scripts::ordinary(Language::English)));
        }
        app.settle().await;
        assert_eq!(app.world.eleven.batches().len(), 1);
        skip_today(&app, &homes[0], false).await;
        app.settle().await;
        let kept = app.call(&homes[0]).await;
        assert_eq!((kept.state, app.world.eleven.count(Op::Cancel)), (CallState::Queued, 0));
        let steps = app.timeline(&kept).await;
        assert!(steps.iter().any(|step| step.contains("vendor_keeps")), "{steps:#?}");
        skip_today(&app, &homes[1], false).await;
        app.settle().await;
        for home in &homes {
            assert_eq!(app.call(home).await.state, CallState::Canceled);
        }
        assert_eq!(batch_states(&app), ["cancelled"]);
        app.advance(400).await;
        assert!(app.world.eleven.dials().is_empty());
    }
}
