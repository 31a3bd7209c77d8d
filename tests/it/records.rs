//! What a provider keeps of talks: a family hears its own where the operator allows it, and what is to be erased is, however
//! long the provider is away.

use callpanion::services::erasing::{self, Whose};
use callpanion_emulators::Line;
use callpanion_emulators::eleven::answers::Refusal;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};

use crate::testing::{Settings, on_both};

/// Longer than any other job is tried.
const HALF_A_DAY_S: u32 = 13 * 3_600;
/// The longest pause between two tries.
const BACKOFF_MAX_S: u32 = 3_600;

fn audible(settings: &mut Settings) {
    settings.insert("CALLPANION__RECORDS__AUDIO".into(), "true".into());
}

on_both! {
    with: audible;
    async fn family_hears_its_own_talk_and_nobody_else_does(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        let call = app.outcome(&home, 300).await;
        let (page, path) = (format!("/calls/{}", call.id), format!("/calls/{}/audio", call.id));
        let daughter = app.signed_in(&home).await;
        daughter.get(&page).await.must_say("Listen to the talk");
        let heard = daughter.get(&path).await;
        assert_eq!((heard.status, heard.headers["content-type"].as_str()), (200, "audio/mpeg"));
        assert!(heard.html.starts_with("ID3"), "the recording is what the provider gave");

        let neighbour = app.app_household().await;
        assert_eq!(app.signed_in(&neighbour).await.get(&path).await.status, 404);
        assert!(app.browser().get(&path).await.path.starts_with("/sign-in"));
        assert_eq!(app.world.eleven.count(Op::Audio), 1, "nobody else got as far as the provider");
    }
}

on_both! {
    async fn nothing_is_to_be_heard_unless_the_operator_allows_it(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        let call = app.outcome(&home, 300).await;
        let daughter = app.signed_in(&home).await;
        assert!(!daughter.get(&format!("/calls/{}", call.id)).await.says("Listen to the talk"));
        assert_eq!(daughter.get(&format!("/calls/{}/audio", call.id)).await.status, 404);
        assert_eq!(app.world.eleven.count(Op::Audio), 0);
    }

    async fn erasure_is_tried_until_the_provider_has_done_it(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        app.outcome(&home, 300).await;
        app.advance(60).await;
        let talks = app.world.eleven.conversation_ids();
        assert_eq!(talks.len(), 1);
        let neighbour = app.app_household().await;
        let queue = async |whose| erasing::queue(&app.host.db, whose, app.now()).await.unwrap();
        assert_eq!(queue(Whose::Callee(neighbour.callee)).await, 0, "nobody has talked with them");

        app.world.eleven.fail_always(Op::Erase, Refusal::UNAVAILABLE);
        assert_eq!(queue(Whose::Callee(home.callee)).await, 1);
        app.advance(HALF_A_DAY_S).await;
        assert_eq!(app.world.eleven.conversation_ids(), talks, "the vendor is away");
        app.world.eleven.mend();
        app.advance(BACKOFF_MAX_S).await;
        assert!(app.world.eleven.conversation_ids().is_empty());
        // Asked for again, as one of a whole family: it is known to be done.
        let asked = app.world.eleven.count(Op::Erase);
        assert_eq!(queue(Whose::Family(home.family)).await, 1);
        app.advance(60).await;
        assert_eq!(app.world.eleven.count(Op::Erase), asked);
    }

    async fn what_the_provider_has_removed_already_is_erased(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        app.outcome(&home, 300).await;
        app.advance(60).await;
        app.world.eleven.lose_conversations();
        assert_eq!(erasing::queue(&app.host.db, Whose::Family(home.family), app.now()).await.unwrap(), 1);
        app.advance(60).await;
        assert_eq!(app.world.eleven.count(Op::Erase), 1);
    }
}
