//! What a family leaves to be told: once, in the next talk in which the companion has it.

use callpanion::domain::{CallState, Role};
use callpanion::services::family_messages::Message;
use callpanion::services::{ServiceError, family_messages, queueing};
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line};
use serde_json::Value;

use crate::alerts::relative;
use crate::testing::{Household, TestApp, on_both};

impl TestApp {
    /// What the companion had to tell in its newest conversation.
    fn had_to_tell(&self) -> Value {
        let newest = self.world.eleven.conversation_ids().pop().unwrap();
        let talk = self.world.eleven.conversation(&newest).unwrap();
        talk["conversation_initiation_client_data"]["dynamic_variables"]["family_messages"].clone()
    }

    async fn leave(&self, home: &Household, text: &str) {
        family_messages::leave(&self.host, home.account, home.callee, text).await.unwrap();
    }

    /// The texts that wait, and those that were told, the newest first.
    async fn messages(&self, home: &Household) -> (Vec<String>, Vec<String>) {
        let found = family_messages::of_callee(&self.host, home.account, home.callee).await.unwrap();
        let texts = |messages: Vec<Message>| messages.into_iter().map(|message| message.text).collect();
        (texts(found.waiting), texts(found.told))
    }

    /// Another talk, and what came of all calls.
    async fn another_talk(&self, home: &Household) {
        let before = self.world.eleven.conversation_ids().len();
        queueing::call_now(&self.host, home.callee).await.unwrap();
        self.advance_until(600, || async { self.world.eleven.conversation_ids().len() > before }).await;
        self.advance_until(900, || async { self.calls(home).await.iter().all(|call| call.state.is_outcome()) }).await;
    }
}

on_both! {
    async fn message_is_told_in_the_next_talk_and_not_again(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        paired.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English))));
        let browser = app.signed_in(&home).await;
        let path = format!("/callees/{}", home.callee);
        let fields = [("intent", "message"), ("message", " Bima passed\r\n his exam! ")];
        let page = browser.post(&path, &fields).await;
        assert_eq!((page.status, page.path.as_str()), (200, path.as_str()), "{}", page.text());
        page.must_say("Your message waits for the next talk.");
        page.must_say("Bima passed his exam!");
        app.leave(&home, "We come on Sunday.").await;
        app.keep_out_of_the_log("Bima passed his exam!");

        let call = app.outcome(&home, 900).await;
        assert_eq!(call.state, CallState::Completed);
        app.advance_until(900, || app.is_summarised(call.id)).await;
        let told = app.had_to_tell();
        let lines: Vec<&str> = told.as_str().unwrap().lines().collect();
        let [first, second] = lines[..] else { panic!("{told}") };
        assert!(first.ends_with(": Bima passed his exam!") && second.ends_with(": We come on Sunday."), "{told}");
        let (waiting, done) = app.messages(&home).await;
        assert_eq!((waiting.len(), done.len()), (0, 2));
        let page = browser.get(&path).await;
        assert!(page.html.contains(&format!("href=\"/calls/{}\"", call.id)), "{}", page.html);

        app.another_talk(&home).await;
        assert_eq!(app.had_to_tell(), "");
    }

    async fn message_that_comes_too_late_for_a_call_by_phone_waits_for_the_next(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        app.outcome(&home, 900).await;
        app.leave(&home, "The roof is mended.").await;
        app.advance(60).await;
        queueing::call_now(&app.host, home.callee).await.unwrap();
        app.advance_until(600, || async { app.world.eleven.count(Op::Submit) == 2 }).await;
        app.leave(&home, "The cat had kittens.").await;
        app.advance_until(900, || async { app.calls(&home).await.iter().all(|call| call.state.is_outcome()) }).await;
        app.advance(600).await;
        assert!(app.had_to_tell().as_str().unwrap().ends_with(": The roof is mended."));
        let (waiting, told) = app.messages(&home).await;
        assert_eq!((waiting, told), (vec!["The cat had kittens.".to_owned()], vec!["The roof is mended.".to_owned()]));
    }

    async fn message_waits_where_nobody_talked_or_the_app_does_not_pass_it_on(app: TestApp) {
        let silent = app.phone_household().await;
        app.leave(&silent, "Call me back, mother.").await;
        app.world.line(&silent.number, Line::NoAnswer);
        let home = app.app_household().await;
        app.android(&home).await;
        app.leave(&home, "Call me back, father.").await;
        let call = app.outcome(&home, 900).await;
        assert_eq!(call.state, CallState::Completed);
        app.advance(3_000).await;
        for (home, is_passed_over) in [(&silent, false), (&home, true)] {
            let (waiting, told) = app.messages(home).await;
            assert_eq!((waiting.len(), told.len()), (1, 0));
            let page = app.signed_in(home).await.get(&format!("/callees/{}", home.callee)).await;
            assert_eq!(page.text().contains("the companion did not have it"), is_passed_over, "{}", page.text());
        }
    }

    async fn so_many_wait_and_no_more_and_a_reader_leaves_none(app: TestApp) {
        let home = app.app_household().await;
        let reader = relative(&app, &home, Role::Viewer).await;
        let refused = family_messages::leave(&app.host, reader.account, home.callee, "Hello").await;
        assert!(matches!(refused, Err(ServiceError::Forbidden)), "{refused:?}");
        let browser = app.signed_in(&home).await;
        let path = format!("/callees/{}", home.callee);
        let refuse = async |text: &str, why: &str| {
            let page = browser.post(&path, &[("intent", "message"), ("message", text)]).await;
            assert_eq!(page.status, 422, "{}", page.text());
            page.must_say(why);
        };
        refuse(" ", "Please fill this in.").await;
        refuse(&"ä".repeat(281), "That is too long.").await;
        for number in 0..family_messages::WAITING_MAX {
            app.leave(&home, &format!("Message {number}")).await;
        }
        refuse("One more", "Five messages wait already.").await;
        let first = family_messages::of_callee(&app.host, home.account, home.callee).await.unwrap().waiting;
        let id = first[0].id.to_string();
        let elsewhere = app.app_household().await;
        let stranger = app.signed_in(&elsewhere).await;
        let theirs = format!("/callees/{}", elsewhere.callee);
        stranger.post(&theirs, &[("intent", "take-back"), ("message", &id)]).await;
        assert_eq!(app.messages(&home).await.0.len(), 5, "it is nobody else's");
        let page = browser.post(&path, &[("intent", "take-back"), ("message", &id)]).await;
        page.must_say("Saved.");
        assert_eq!(app.messages(&home).await.0.len(), 4);
    }
}
