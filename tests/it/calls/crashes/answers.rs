//! Answers: a host dies between the moment at which a device picks up and its reply.

use callpanion::db::devices::{self, Device};
use callpanion::domain::{AttemptId, CallState};
use callpanion::services::answering;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Fault};
use futures::FutureExt as _;

use super::{death_before_the_commit, dies, steps};
use crate::testing::{Household, Paired, TestApp, dump, on_both};

/// Picked up at first at a host that dies, and ten seconds later at the one that is there.
fn asks_again() -> Behaviour {
    Behaviour::Answer { after_ms: 10_000, script: scripts::cheerful(Language::English) }
}

/// A phone that rings, as its host knows it, and the name of its ring.
async fn ringing(app: &TestApp, behaviours: Vec<Behaviour>) -> (Household, Paired, Device, AttemptId) {
    let home = app.app_household().await;
    let paired = app.iphone(&home).await;
    paired.phone.behave_in_turn(behaviours);
    app.advance(61).await;
    let call = app.call(&home).await;
    assert_eq!(call.state, CallState::Ringing);
    let device = devices::find(&mut app.host.db.read().await.unwrap(), paired.device).await.unwrap().unwrap();
    let ring = app.attempts(call.id).await[0].id;
    (home, paired, device, ring)
}

/// A host dies when the provider has opened a conversation, and before it is written whose that is.
async fn opens_a_conversation_and_dies(app: &TestApp, device: &Device, ring: AttemptId) {
    let other = app.another_host().await;
    app.world.eleven.fail_next(Op::Token, Fault::taken_then_hang());
    let is_open = app.world.until(|world| world.eleven.conversation_ids().len() == 1);
    dies(answering::open(&other, device, ring, None).boxed(), is_open).await;
    drop(other);
    assert_eq!(app.database.count("conversations").await, 0);
}

on_both! {
    async fn answer_that_a_host_did_not_live_to_commit_is_taken_when_the_device_asks_again(app: TestApp) {
        let (home, paired, device, ring) = ringing(&app, vec![asks_again()]).await;
        let other = app.another_host().await;
        let (begin, end) = death_before_the_commit(&app.database, "UPDATE OF answered_at ON calls");
        app.database.execute(&begin).await;
        let before = dump(&app.database, &[]).await;
        assert!(answering::open(&other, &device, ring, None).await.is_err(), "it is not committed");
        drop(other);
        assert_eq!(dump(&app.database, &[]).await, before, "something was written");
        assert_eq!(app.world.eleven.count(Op::Token), 0, "nobody has asked for a conversation");
        app.database.execute(&end).await;

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries, call.device_id), (CallState::Completed, 1, Some(paired.device)));
        assert_eq!((paired.phone.rings().len(), app.world.eleven.conversation_ids().len()), (1, 1));
    }

    async fn device_that_asks_again_after_the_host_died_is_given_another_conversation(app: TestApp) {
        let (home, paired, device, ring) = ringing(&app, vec![asks_again()]).await;
        opens_a_conversation_and_dies(&app, &device, ring).await;
        let call = app.call(&home).await;
        assert_eq!((call.state, call.device_id), (CallState::Answered, Some(paired.device)));

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        app.advance(10).await;
        assert!(app.is_summarised(call.id).await);
        // Nobody can join the first one: its token was never given out.
        let opened = app.world.eleven.conversation_ids();
        assert_eq!(opened.len(), 2);
        let known = app.database.texts("SELECT provider_ref AS text FROM conversations").await;
        assert_eq!(known, opened[1..]);
        assert_eq!((paired.phone.rings().len(), app.letters(&home).len()), (1, 1));
        assert!(app.alert_kinds(&home).await.is_empty() && app.parked().await.is_empty());
        let answers = steps(&app, &call).await.into_iter().filter(|step| step == "answered").count();
        assert_eq!(answers, 1);
    }

    async fn device_that_does_not_ask_again_after_the_host_died_is_rung_for_another_try(app: TestApp) {
        let talk = Behaviour::answer(scripts::cheerful(Language::English));
        let (home, paired, device, ring) = ringing(&app, vec![Behaviour::Ignore, talk]).await;
        opens_a_conversation_and_dies(&app, &device, ring).await;

        let call = app.outcome(&home, 1_000).await;
        assert_eq!((call.state, call.tries, call.reason), (CallState::Completed, 2, None));
        assert_eq!((paired.phone.rings().len(), app.database.count("conversations").await), (2, 1));
        assert!(app.alert_kinds(&home).await.is_empty());
        let steps = steps(&app, &call).await;
        assert!(steps.contains(&"retry_planned (never_connected)".to_owned()), "{steps:#?}");
    }
}
