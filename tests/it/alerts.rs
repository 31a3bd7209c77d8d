//! Alerts: one contact is told after the other, until somebody looks after it; each once.

use callpanion::db::members::{self, Member};
use callpanion::domain::{AccountId, AlertKind, AlertState, CallId, CallMethod, Role};
use callpanion_emulators::Line;
use callpanion_emulators::scripts::{self, Language};
use futures::FutureExt as _;
use serde_json::{Value, json};

use crate::testing::{Browser, Household, TestApp, on_both};

/// Until the next contact is told.
pub const NEXT_AFTER_S: u32 = 900;
const ACK: &str = "/alerts/ack/";

/// Another person of the household's family, who has an account through a family of their own; a callee of theirs is
/// rung in the evening, long after the test.
pub async fn relative(app: &TestApp, home: &Household, role: Role) -> Household {
    let own = app.household(CallMethod::App, &["20:30"]).await;
    let row = Member { family_id: home.family, account_id: own.account, role, joined_at: app.now() };
    let insert = app.host.db.write(move |c| async move { members::insert(c, &row).await }.boxed());
    assert!(insert.await.unwrap());
    own
}

/// A family of three whose mother has not answered: the owner, then a member, then a viewer.
async fn three(app: &TestApp) -> [Household; 3] {
    let home = app.phone_household().await;
    app.world.line(&home.number, Line::Voicemail);
    let second = relative(app, &home, Role::Member).await;
    app.advance(1).await;
    let third = relative(app, &home, Role::Viewer).await;
    app.outcome(&home, 300).await;
    app.settle().await;
    [home, second, third]
}

fn told(app: &TestApp, people: &[Household; 3]) -> [usize; 3] {
    people.each_ref().map(|person| app.letters(person).len())
}

async fn shown(browser: &Browser, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{}", page.text());
    page.text()
}

on_both! {
    async fn contacts_are_told_one_after_the_other_until_all_are(app: TestApp) {
        let people = three(&app).await;
        assert_eq!(told(&app, &people), [1, 0, 0], "the first at once");
        app.advance(NEXT_AFTER_S - 10).await;
        assert_eq!(told(&app, &people), [1, 0, 0]);
        app.advance(20).await;
        assert_eq!(told(&app, &people), [1, 1, 0]);
        app.advance(NEXT_AFTER_S).await;
        assert_eq!(told(&app, &people), [1, 1, 1]);
        app.advance(2 * NEXT_AFTER_S).await;
        assert_eq!(told(&app, &people), [1, 1, 1], "each once");
        let third = app.mail.to(&people[2].email).pop().unwrap().text;
        assert!(third.contains("were told before you and have not answered yet"), "{third}");
        let page = shown(&app.signed_in(&people[0]).await, "/alerts").await;
        assert_eq!(page.matches("Told: ").count(), 3, "{page}");
    }

    async fn whoever_presses_the_button_of_the_letter_ends_the_asking(app: TestApp) {
        let people = three(&app).await;
        app.advance(NEXT_AFTER_S + 10).await;
        assert_eq!(told(&app, &people), [1, 1, 0]);
        let link = format!("{ACK}{}", app.mailed_link(&people[1].email, ACK).await);
        let anybody = app.browser();
        // A program that reads mail follows the link: nothing happens.
        for _ in 0..2 {
            let page = shown(&anybody, &link).await;
            assert!(page.contains("Nobody looks after it yet"), "{page}");
        }
        assert_eq!(app.alerts(&people[0]).await[0].state, AlertState::Open);
        let page = anybody.post(&link, &[]).await;
        assert_eq!((page.status, page.path.as_str()), (200, link.as_str()));
        page.must_say("You look after it");
        let alert = app.alerts(&people[0]).await.remove(0);
        assert_eq!((alert.state, alert.acknowledged_by), (AlertState::Acknowledged, Some(people[1].account)));
        app.advance(2 * NEXT_AFTER_S).await;
        assert_eq!(told(&app, &people), [1, 1, 0], "the third is left in peace");

        // Who comes later sees who was faster, and changes nothing.
        let link = format!("{ACK}{}", app.mailed_link(&people[0].email, ACK).await);
        let page = anybody.post(&link, &[]).await;
        page.must_say("looks after it");
        page.must_say("You need not do anything");
        assert_eq!(app.alerts(&people[0]).await[0].acknowledged_by, Some(people[1].account));
        assert!(shown(&app.signed_in(&people[0]).await, "/alerts").await.contains("looks after it."));
    }

    async fn link_of_nobody_or_from_elsewhere_does_nothing(app: TestApp) {
        let people = three(&app).await;
        let link = format!("{ACK}{}", app.mailed_link(&people[0].email, ACK).await);
        let browser = app.browser();
        assert_eq!(browser.get(&format!("{ACK}not-a-link")).await.status, 404);
        assert_eq!(browser.post(&format!("{ACK}not-a-link"), &[]).await.status, 404);
        assert_eq!(browser.post_from_elsewhere(&link, &[]).await.status, 403);
        // Who has left the family has no say any more.
        app.database.execute("DELETE FROM members WHERE role = 'owner' AND contact_order IS NULL").await;
        assert_eq!(browser.get(&link).await.status, 404);
        assert_eq!(browser.post(&link, &[]).await.status, 404);
        assert_eq!(app.database.count("alerts WHERE state = 'open'").await, 1);
        app.advance(3 * NEXT_AFTER_S).await;
    }

    async fn order_is_the_familys_own(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Voicemail);
        let second = relative(&app, &home, Role::Member).await;
        app.advance(1).await;
        let third = relative(&app, &home, Role::Viewer).await;
        let up = |who: AccountId| format!("/people/{}/{who}/up", home.family);
        let viewer = app.signed_in(&third).await;
        assert_eq!(viewer.post(&up(third.account), &[]).await.status, 403, "who only reads changes nothing");
        let stranger = app.household(CallMethod::App, &["20:30"]).await;
        let stranger = app.signed_in(&stranger).await;
        assert_eq!(stranger.post(&up(second.account), &[]).await.status, 404);
        let owner = app.signed_in(&home).await;
        for _ in 0..2 {
            let page = owner.post(&up(third.account), &[]).await;
            assert_eq!((page.status, page.path.as_str()), (200, "/people"));
        }
        assert_eq!(owner.post(&up(CallId::new().0.to_string().parse().unwrap()), &[]).await.status, 404);
        app.outcome(&home, 300).await;
        app.settle().await;
        let people = [home, second, third];
        assert_eq!(told(&app, &people), [0, 0, 1], "the third was moved to the top");
        app.advance(NEXT_AFTER_S + 10).await;
        assert_eq!(told(&app, &people), [1, 0, 1], "then the owner");
        app.advance(NEXT_AFTER_S).await;
        assert_eq!(told(&app, &people), [1, 1, 1]);
    }

    async fn worrying_words_are_told_like_a_missed_call(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::worrying(Language::English))));
        let second = relative(&app, &home, Role::Member).await;
        app.outcome(&home, 400).await;
        app.advance(10).await;
        let said = app.alert_kinds(&home).await.iter().filter(|kind| **kind == AlertKind::Said).count();
        assert!(said > 1, "several things were said");
        // The summary goes to everybody, the worrying words to the first contact.
        assert_eq!((app.letters(&home).len(), app.letters(&second).len()), (2, 1), "one letter for all of them");
        let page = app.browser().post(&format!("{ACK}{}", app.mailed_link(&home.email, ACK).await), &[]).await;
        page.must_say("You look after it");
        assert!(app.alerts(&home).await.iter().all(|alert| alert.acknowledged_by == Some(home.account)), "all at once");
        app.advance(NEXT_AFTER_S + 10).await;
        assert_eq!(app.letters(&second).len(), 1);
    }

    async fn new_alarm_of_a_talk_that_takes_anothers_place_is_told_and_the_others_are_not_told_again(app: TestApp) {
        const WORSE: &str = "There is a pain in my chest since noon.";
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::worrying(Language::English))));
        app.keep_out_of_the_log(WORSE);
        app.outcome(&home, 400).await;
        app.advance(10).await;
        let first = app.alerts(&home).await;
        assert!(first.len() > 1, "{first:#?}");
        assert_eq!(app.letters(&home).len(), 2, "the summary, and one for all of them");

        // In another conversation of the call the same was said, and something worse, which is the first of its alarms.
        let posted = app.world.eleven.webhooks().pop().unwrap();
        let mut event: Value = serde_json::from_str(&posted.body).unwrap();
        for (conversation, words) in [("conv_with_more", WORSE), ("conv_with_the_most", "Goodbye, my dear.")] {
            event["data"]["conversation_id"] = json!(conversation);
            let turns = event["data"]["transcript"].as_array_mut().unwrap();
            let mut turn = turns.iter().rfind(|turn| turn["role"] == "user").unwrap().clone();
            turn["message"] = json!(words);
            turns.push(turn);
            assert_eq!(app.post_signed(&event.to_string(), 0).await, 200);
            app.advance(10).await;
            assert_eq!(app.database.texts("SELECT provider_ref AS text FROM transcripts").await, [conversation]);
            let alerts = app.alerts(&home).await;
            assert_eq!(alerts.len(), first.len() + 1, "{alerts:#?}");
            assert_eq!(app.letters(&home).len(), 3);
        }
        let letter = app.mail.to(&home.email).pop().unwrap().text;
        assert!(letter.contains("chest") && !letter.contains("fall"), "{letter}");
    }

    async fn alert_that_is_acknowledged_on_the_page_is_told_to_nobody_else(app: TestApp) {
        let people = three(&app).await;
        let alert = app.alerts(&people[0]).await[0].id;
        let page = app.signed_in(&people[0]).await.post(&format!("/alerts/{alert}/acknowledge"), &[]).await;
        assert_eq!(page.status, 200);
        app.advance(2 * NEXT_AFTER_S).await;
        assert_eq!(told(&app, &people), [1, 0, 0]);
    }
}
