//! Calls that are due at once and made by themselves: followed by their conversation, and never made twice.

use callpanion::domain::{CallMethod, CallReason, CallState};
use callpanion::services::queueing;
use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Fault, Line};

use crate::testing::{Household, Settings, TestApp, on_both};

/// As an operator wants it who presses "call now" and looks.
fn single(settings: &mut Settings) {
    settings.insert("CALLPANION__PLUGINS__TWILIO_BATCH__SETTINGS__SINGLE_CALLS".to_owned(), "true".to_owned());
}

impl TestApp {
    /// A household whose plan is for later, and whose phone is what somebody has just had called.
    async fn called_now(&self, lines: Vec<Line>) -> Household {
        let home = self.household(CallMethod::Phone, &["15:00"]).await;
        self.world.eleven.lines(&home.number, lines);
        queueing::call_now(&self.host, home.callee).await.unwrap();
        home
    }

    /// How often a single call was asked for, a batch was submitted, and a phone was dialled.
    fn rung(&self) -> (usize, usize, usize) {
        let eleven = &self.world.eleven;
        (eleven.count(Op::OutboundCall), eleven.count(Op::Submit), eleven.dials().len())
    }
}

fn answers(app: &TestApp) -> Line {
    Line::Answers(app.say(scripts::cheerful(Language::English)))
}

on_both! {
    with: single;

    async fn call_now_is_made_by_itself_and_its_talk_is_told(app: TestApp) {
        let home = app.called_now(vec![answers(&app)]).await;
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, None));
        assert_eq!(app.rung(), (1, 0, 1));
        assert_eq!(app.world.eleven.count(Op::Batches), 0, "nothing was in doubt");
        app.advance_until(900, || app.is_summarised(call.id)).await;
        let reference = app.attempts(call.id).await[0].reference.clone().unwrap();
        assert_eq!(reference, format!("call:{}", app.world.eleven.conversation_ids()[0]));
        assert!(app.parked().await.is_empty());
    }

    async fn planned_call_goes_in_a_batch_all_the_same(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, answers(&app));
        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        assert_eq!(app.rung(), (0, 1, 1));
    }

    async fn busy_line_is_told_by_the_conversation_and_tried_again(app: TestApp) {
        let home = app.called_now(vec![Line::Busy, answers(&app)]).await;
        let call = app.outcome(&home, 1_500).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 2));
        // The next try is handed over ahead of its time.
        assert_eq!(app.rung(), (1, 1, 2));
        assert!(app.parked().await.is_empty(), "a failure's webhook has nothing but the conversation");
    }

    async fn call_whose_reply_was_lost_is_looked_up_and_never_made_again(app: TestApp) {
        app.world.eleven.fail_next(Op::OutboundCall, Fault::taken_then_cut());
        let home = app.called_now(vec![answers(&app)]).await;
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Completed, None, 1));
        assert_eq!(app.rung(), (1, 0, 1));
        assert!(app.world.eleven.count(Op::Conversations) > 0, "it was looked for by our id");
        app.advance_until(900, || app.is_summarised(call.id)).await;
    }

    async fn call_that_never_arrived_is_not_made_again_either(app: TestApp) {
        app.world.eleven.fail_next(Op::OutboundCall, Fault::cut());
        let home = app.called_now(vec![answers(&app)]).await;
        let call = app.outcome(&home, 600).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Failed, Some(CallReason::VendorSilent), 1));
        app.advance(900).await;
        // Nobody can know that it did not ring.
        assert_eq!(app.rung(), (1, 0, 0));
    }

    async fn vendor_that_fails_may_have_dialled(app: TestApp) {
        app.world.eleven.fail_next(Op::OutboundCall, Fault::html(502));
        let home = app.called_now(vec![answers(&app)]).await;
        let call = app.outcome(&home, 600).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::VendorSilent)));
        app.advance(900).await;
        assert_eq!(app.rung(), (1, 0, 0));
    }

    async fn vendor_without_a_free_line_has_not_dialled_and_is_asked_again(app: TestApp) {
        app.world.eleven.fail_next(Op::OutboundCall, Refusal::CONCURRENCY);
        let home = app.called_now(vec![answers(&app)]).await;
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        assert_eq!(app.rung(), (2, 0, 1));
    }

    async fn call_that_cannot_be_placed_is_refused(app: TestApp) {
        app.world.eleven.switch(|vendor| vendor.unplaceable = true);
        let home = app.called_now(vec![Line::NoAnswer]).await;
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason), (CallState::Failed, Some(CallReason::Refused)));
        assert_eq!(app.rung(), (1, 0, 0));
        app.advance(900).await;
    }

    async fn webhook_that_is_quicker_than_the_reply_finds_its_call(app: TestApp) {
        app.world.eleven.deliver(|delivery| delivery.before_answer = true);
        let home = app.called_now(vec![answers(&app)]).await;
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.reason), (CallState::Completed, None));
        assert!(app.parked().await.is_empty());
        assert_eq!(app.rung(), (1, 0, 1));
    }
}
