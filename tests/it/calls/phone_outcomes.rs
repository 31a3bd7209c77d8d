//! What becomes of a call by phone: talked, busy, no answer, a machine, unreachable.

use callpanion::domain::{AlertKind, AttemptState, CallReason, CallState};
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Line, eleven::requests::Op};

use crate::testing::{Settings, on_both};

/// From one try to the next, and the slack of dialling and polling.
const WITHIN_S: u32 = 900;

on_both! {
    async fn answered_call_becomes_a_summary_on_the_dashboard_and_a_letter(app: TestApp) {
        let home = app.phone_household().await;
        let script = app.say(scripts::cheerful(Language::English));
        let length_s = i32::try_from(script.duration_s).unwrap();
        app.world.line(&home.number, Line::Answers(script));

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, None));
        assert_eq!(call.duration_s, Some(length_s));
        assert!(app.is_summarised(call.id).await);
        assert_eq!(app.letters(&home).len(), 1);
        assert_eq!(app.alert_kinds(&home).await, []);
        assert_eq!(app.world.eleven.dials().len(), 1, "dialled once");
    }

    async fn busy_line_is_tried_once_more_and_then_told(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Busy);

        let again = app.until_state(&home, CallState::Queued, 60).await;
        assert_eq!(again.tries, 1);
        let call = app.outcome(&home, WITHIN_S).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Busy, Some(CallReason::Busy), 2));
        two_dials_apart(&app, 180);
        told_as(&app, &home, AlertKind::Missed).await;
    }

    async fn unanswered_line_is_tried_once_more_and_then_missed(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::NoAnswer);

        let call = app.outcome(&home, WITHIN_S).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Missed, Some(CallReason::NoAnswer), 2));
        two_dials_apart(&app, 600);
        told_as(&app, &home, AlertKind::Missed).await;
    }

    async fn second_try_that_is_answered_is_a_talk(app: TestApp) {
        let home = app.phone_household().await;
        let script = app.say(scripts::ordinary(Language::English));
        app.world.eleven.lines(&home.number, vec![Line::NoAnswer, Line::Answers(script)]);

        let call = app.outcome(&home, WITHIN_S + 120).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Completed, None, 2));
        assert!(app.is_summarised(call.id).await);
        assert_eq!(app.letters(&home).len(), 1, "no letter about the try that failed");
        assert_eq!(app.alert_kinds(&home).await, []);
    }

    async fn machine_that_answers_is_voicemail_and_not_tried_again(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Voicemail);

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Voicemail, Some(CallReason::Voicemail), 1));
        app.advance(700).await;
        assert_eq!(app.world.eleven.dials().len(), 1);
        told_as(&app, &home, AlertKind::Missed).await;
    }

    async fn unreachable_number_fails_after_its_second_try(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Fails);

        let call = app.outcome(&home, WITHIN_S).await;
        assert_eq!((call.state, call.tries), (CallState::Failed, 2));
        told_as(&app, &home, AlertKind::CallFailed).await;
    }

    async fn worrying_talk_opens_an_alert_with_its_evidence(app: TestApp) {
        let home = app.phone_household().await;
        let script = app.say(scripts::worrying(Language::English));
        app.world.line(&home.number, Line::Answers(script));

        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        let alerts = app.alerts(&home).await;
        assert!(!alerts.is_empty() && alerts.iter().all(|alert| alert.kind == AlertKind::Said), "{alerts:#?}");
        assert!(alerts.iter().all(|alert| alert.evidence != "[]"), "each rests on what was said: {alerts:#?}");
    }

    async fn silent_talk_is_completed_with_the_reason(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(scripts::silent(Language::English)));

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, Some(CallReason::AnsweredSilent)));
        assert_eq!(app.letters(&home), ["Our call with Grandma Maggie: we heard nobody"], "it is no talk");
        let letter = app.mail.to(&home.email).pop().unwrap();
        for face in [letter.text, letter.html] {
            assert!(face.contains("You get this letter after each call") && face.contains("/notices/off/"), "{face}");
        }
        let browser = app.signed_in(&home).await;
        for (language, mark, outcome, step, untrue) in [
            ("en", "nothing said", "was picked up, but nothing was said", "ended, and nothing was said", "they talked"),
            ("id", "tidak ada suara", "diangkat, tetapi tidak", "selesai, dan tidak ada", "dan mereka mengobrol"),
        ] {
            browser.post("/language", &[("locale", language), ("next", "/dashboard")]).await;
            let page = browser.get(&format!("/calls/{}", call.id)).await;
            for words in [mark, outcome, step] {
                page.must_say(words);
            }
            assert!(!page.says(untrue), "{}", page.text());
            for path in ["/monitor", "/dashboard", "/calls"] {
                browser.get(path).await.must_say(mark);
            }
        }
    }

    async fn lost_webhook_is_fetched(app: TestApp) {
        let home = app.phone_household().await;
        let script = app.say(scripts::cheerful(Language::English));
        app.world.line(&home.number, Line::Answers(script));
        app.world.eleven.deliver(|delivery| delivery.dropped = true);

        let call = app.outcome(&home, 600).await;
        assert_eq!(call.state, CallState::Completed);
        assert!(app.is_summarised(call.id).await);
        assert!(app.world.eleven.count(Op::Conversation) > 0);
    }

    async fn webhook_posted_three_times_at_once_has_one_effect(app: TestApp) {
        let home = app.phone_household().await;
        let script = app.say(scripts::cheerful(Language::English));
        app.world.line(&home.number, Line::Answers(script));
        app.world.eleven.deliver(|delivery| delivery.copies = 3);

        let call = app.outcome(&home, 300).await;
        assert_eq!(app.world.eleven.webhooks().iter().map(|post| post.status).collect::<Vec<_>>(), vec![Some(200); 3]);
        let summaries = app.timeline(&call).await.iter().filter(|line| line.ends_with("summary_made")).count();
        assert_eq!((summaries, app.letters(&home).len()), (1, 1));
    }

    async fn five_minutes_ahead_the_call_is_queued_and_scheduled_at_the_vendor(app: TestApp) {
        let home = app.household(callpanion::domain::CallMethod::Phone, &["09:10"]).await;
        app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));

        app.advance(359).await;
        assert!(app.calls(&home).await.is_empty(), "six minutes ahead there is no call yet");
        app.advance(2).await;
        let call = app.call(&home).await;
        assert_eq!(call.state, CallState::Queued);
        assert_eq!(app.attempt_states(call.id).await, [AttemptState::Accepted]);
        let batches = app.world.eleven.batches();
        assert_eq!(batches.len(), 1);
        assert_eq!(batches[0].scheduled_s, call.due_at.secs());
        let sent = batches[0].request.to_string();
        assert!(sent.contains(&call.id.to_string()), "each recipient carries our call id");
        assert_eq!(app.world.eleven.dials().len(), 0, "nobody rings ahead of time");

        app.advance(305).await;
        assert_eq!(app.world.eleven.dials().len(), 1);
        app.outcome(&home, 300).await;
    }

    async fn each_call_is_a_batch_of_its_own(app: TestApp) {
        let homes = [app.phone_household().await, app.phone_household().await];
        for home in &homes {
            app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        }
        app.advance(1).await;
        let batches = app.world.eleven.batches();
        assert_eq!(batches.iter().map(|batch| batch.recipients.len()).collect::<Vec<_>>(), [1, 1]);
        app.advance(400).await;
        assert_eq!(app.world.eleven.dials().len(), 2);
    }
}

fn two_in_a_batch(settings: &mut Settings) {
    settings.insert("CALLPANION__CALLING__BATCH_SIZE".into(), "2".into());
}

on_both! {
    with: two_in_a_batch;

    async fn calls_of_one_moment_go_as_batches_of_the_configured_size(app: TestApp) {
        let homes = [app.phone_household().await, app.phone_household().await, app.phone_household().await];
        for home in &homes {
            app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        }
        app.advance(1).await;
        let batches = app.world.eleven.batches();
        let mut sizes: Vec<_> = batches.iter().map(|batch| batch.recipients.len()).collect();
        // They are handed over side by side.
        sizes.sort_unstable();
        assert_eq!(sizes, [1, 2]);
        app.advance(400).await;
        for home in &homes {
            assert_eq!(app.call(home).await.state, CallState::Completed);
        }
        assert_eq!(app.world.eleven.dials().len(), 3);
    }
}

fn two_dials_apart(app: &crate::testing::TestApp, wait_s: i64) {
    let dials = app.world.eleven.dials();
    assert_eq!(dials.len(), 2, "{dials:#?}");
    let apart_s = (dials[1].at_ms - dials[0].at_ms) / 1000;
    assert!((wait_s..wait_s + 90).contains(&apart_s), "{apart_s} s apart");
}

async fn told_as(app: &crate::testing::TestApp, home: &crate::testing::Household, kind: AlertKind) {
    assert_eq!(app.letters(home).len(), 1, "one letter: {:?}", app.letters(home));
    assert_eq!(app.alert_kinds(home).await, [kind]);
}
