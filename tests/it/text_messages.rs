//! Text messages: beside the letter of what somebody has to look after, to a number that its owner has proven, once each.

use callpanion::domain::{AlertState, NoticeEvent, TextState};
use callpanion::services::ServiceError;
use callpanion::services::notices::wishes::NewWishes;
use callpanion::services::texting::numbers::{self, Standing};
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::twilio::{Handset, refusal};
use callpanion_emulators::{Fault, Line};

use crate::alerts::NEXT_AFTER_S;
use crate::notices::{only, three, wish};
use crate::testing::{Household, Settings, TestApp, on_both};

const PAGE: &str = "/notices";

fn texting(settings: &mut Settings) {
    settings.insert("CALLPANION__PLUGINS__TWILIO__ENABLED".to_owned(), "true".to_owned());
}

/// A mobile number that no other test uses.
fn mobile(app: &TestApp, place: usize) -> String {
    let number = format!("+6281234567{place:03}");
    app.keep_out_of_the_log(number.clone());
    number
}

/// The code that came last.
fn code(app: &TestApp) -> String {
    let body = app.world.twilio.sent().pop().expect("a message").body;
    body.split_whitespace().next().unwrap().to_owned()
}

/// Gives the household's owner a number that they have proven, and wishes for messages of this much.
async fn prove(app: &TestApp, home: &Household, number: &str, events: &[NoticeEvent]) {
    numbers::ask(&app.host, home.account, number).await.unwrap();
    app.settle().await;
    numbers::prove(&app.host, home.account, &code(app)).await.unwrap();
    app.advance(3).await;
    let texted = events.iter().map(|event| (home.family, *event)).collect();
    wish(app, home.account, NewWishes { texted, ..only(home.family, NoticeEvent::ALL) }).await;
}

/// What was sent to a number, codes apart.
fn told(app: &TestApp, number: &str) -> Vec<String> {
    let sent = app.world.twilio.sent().into_iter().filter(|sent| sent.to == number);
    sent.map(|sent| sent.body).filter(|body| body.starts_with("Callpanion")).collect()
}

/// The states of all messages about alerts.
async fn states(app: &TestApp) -> Vec<String> {
    app.database.texts("SELECT state AS text FROM text_messages WHERE cause LIKE 'alert:%' ORDER BY made_at, id").await
}

async fn standing(app: &TestApp, home: &Household) -> Option<Standing> {
    numbers::of(&app.host, home.account).await.unwrap().map(|number| number.standing)
}

async fn missed(app: &TestApp, home: &Household) {
    app.world.line(&home.number, Line::Voicemail);
    app.outcome(home, 300).await;
    app.settle().await;
}

on_both! {
    with: texting;

    async fn missed_call_is_told_by_letter_and_by_text_once(app: TestApp) {
        let home = app.phone_household().await;
        let number = mobile(&app, 1);
        prove(&app, &home, &number, &[NoticeEvent::NotReached]).await;
        missed(&app, &home).await;
        assert_eq!(app.letters(&home).len(), 1, "the letter stands");
        let said = told(&app, &number);
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("Callpanion: Grandma Maggie was not reached. Please look:\nhttp"), "{}", said[0]);
        assert!(said[0].contains("/calls/"), "{}", said[0]);
        app.advance(5).await;
        assert_eq!(states(&app).await, [TextState::Delivered.as_str()]);
        let posts = app.world.twilio.posts();
        assert!(posts.iter().all(|post| post.answered == Some(200)), "{posts:?}");
        app.advance(2 * NEXT_AFTER_S).await;
        assert_eq!(told(&app, &number).len(), 1, "nobody is told twice of the same");
    }

    async fn text_says_nothing_of_what_was_said(app: TestApp) {
        let home = app.phone_household().await;
        let number = mobile(&app, 2);
        prove(&app, &home, &number, &[NoticeEvent::Worrying]).await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::worrying(Language::English))));
        app.outcome(&home, 400).await;
        app.advance(10).await;
        let said = told(&app, &number);
        assert_eq!(said.len(), 1, "one talk is one message");
        let (words, link) = said[0].split_once('\n').unwrap();
        assert_eq!(words, "Callpanion: please read what Grandma Maggie said today:");
        assert!(link.starts_with(&app.url), "{link}");
    }

    async fn number_is_used_only_once_its_code_was_typed(app: TestApp) {
        let home = app.phone_household().await;
        let number = mobile(&app, 3);
        numbers::ask(&app.host, home.account, &number).await.unwrap();
        app.settle().await;
        let right = code(&app);
        assert_eq!((right.len(), standing(&app, &home).await), (6, Some(Standing::Asked)));
        let other = format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000);
        let wrong = |result: Result<(), ServiceError>| matches!(result, Err(ServiceError::Invalid { field: "code", .. }));
        assert!(wrong(numbers::prove(&app.host, home.account, &other).await));
        let texted = vec![(home.family, NoticeEvent::NotReached)];
        wish(&app, home.account, NewWishes { texted, ..only(home.family, NoticeEvent::ALL) }).await;
        missed(&app, &home).await;
        assert!(told(&app, &number).is_empty(), "whose number it is, is not known");
        // Ten minutes later the code is worth nothing.
        app.advance(600).await;
        assert!(wrong(numbers::prove(&app.host, home.account, &right).await));
        numbers::ask(&app.host, home.account, &number).await.unwrap();
        app.settle().await;
        let right = code(&app);
        let other = format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000);
        for _ in 0..5 {
            assert!(wrong(numbers::prove(&app.host, home.account, &other).await));
        }
        assert!(wrong(numbers::prove(&app.host, home.account, &right).await), "guessed at too often");
        assert_eq!(app.database.count("notice_numbers WHERE verified_at IS NOT NULL").await, 0);
        app.advance(3).await;
    }

    async fn codes_are_sent_to_nobody_without_end(app: TestApp) {
        let home = app.phone_household().await;
        let number = mobile(&app, 4);
        for _ in 0..5 {
            numbers::ask(&app.host, home.account, &number).await.unwrap();
            app.advance(3).await;
        }
        let refused = numbers::ask(&app.host, home.account, &number).await;
        assert!(matches!(refused, Err(ServiceError::Throttled { .. })), "{refused:?}");
        for number in ["", "020", "+1 900 555 0123", "call me"] {
            let refused = numbers::ask(&app.host, home.account, number).await;
            assert!(matches!(refused, Err(ServiceError::Invalid { field: "phone", .. })), "{number}: {refused:?}");
        }
        assert_eq!(app.world.twilio.sent().len(), 5);
    }

    async fn page_leads_from_a_number_to_a_tick(app: TestApp) {
        let home = app.phone_household().await;
        let number = mobile(&app, 5);
        let browser = app.signed_in(&home).await;
        let page = browser.get(PAGE).await;
        page.must_say("Your mobile number");
        let tick = format!("{}_{}_sms", home.family, NoticeEvent::NotReached);
        assert!(!page.html.contains(&tick));
        let page = browser.post("/notices/number", &[("phone", "12")]).await;
        assert_eq!(page.status, 422);
        let page = browser.post("/notices/number", &[("phone", &number)]).await;
        assert_eq!((page.status, page.path.as_str()), (200, PAGE), "{}", page.text());
        page.must_say("We have sent a code of six digits");
        app.settle().await;
        let page = browser.post("/notices/number/prove", &[("code", "abc")]).await;
        assert_eq!(page.status, 422);
        assert!(page.says("This is not the code that we sent"), "{}", page.text());
        let page = browser.post("/notices/number/prove", &[("code", &code(&app))]).await;
        page.must_say("Saved.");
        page.must_say("Text messages go to");
        assert!(page.html.contains(&tick), "now it can be chosen");
        let page = browser.post(PAGE, &[(&tick, "yes"), ("worries_wake", "yes")]).await;
        page.must_say("Saved.");
        let wanted = app.database.count("notice_wishes WHERE way = 'sms' AND wanted").await;
        assert_eq!(wanted, 1);
        let page = browser.post("/notices/number/remove", &[]).await;
        page.must_say("Your mobile number");
        assert_eq!(app.database.count("notice_numbers").await, 0);
        app.advance(3).await;
    }

    async fn sleeper_whose_alert_somebody_looks_after_gets_no_text(app: TestApp) {
        let people = three(&app).await;
        let (home, second) = (&people[0], &people[1]);
        let number = mobile(&app, 6);
        prove(&app, home, &number, &[]).await;
        let texted = vec![(home.family, NoticeEvent::NotReached)];
        let quiet = Some(("08:00".to_owned(), "12:00".to_owned()));
        wish(&app, home.account, NewWishes { texted, quiet, ..only(home.family, NoticeEvent::ALL) }).await;
        missed(&app, home).await;
        assert!(told(&app, &number).is_empty(), "they sleep");
        let link = format!("/alerts/ack/{}", app.mailed_link(&second.email, "/alerts/ack/").await);
        app.browser().post(&link, &[]).await.must_say("You look after it");
        app.advance(5 * 3_600).await;
        assert!(told(&app, &number).is_empty());
        assert_ne!(app.alerts(home).await[0].state, AlertState::Open);
    }

    async fn who_has_answered_stop_gets_letters_and_no_texts(app: TestApp) {
        let home = app.phone_household().await;
        let number = mobile(&app, 7);
        prove(&app, &home, &number, &[NoticeEvent::NotReached]).await;
        app.world.twilio.handset(&number, Handset::Refused(21_610));
        missed(&app, &home).await;
        assert_eq!((states(&app).await, app.letters(&home).len()), (vec!["failed".to_owned()], 1));
        assert_eq!(standing(&app, &home).await, Some(Standing::Gone));
        let page = app.signed_in(&home).await.get(PAGE).await;
        page.must_say("No text message arrives at");
        assert_eq!(app.database.count("alerts WHERE family_id IS NULL").await, 0, "nothing for the operator to mend");
    }

    async fn what_a_callback_tells_is_written_and_a_dead_number_is_left_alone(app: TestApp) {
        let home = app.phone_household().await;
        let number = mobile(&app, 8);
        prove(&app, &home, &number, &[NoticeEvent::NotReached]).await;
        app.world.twilio.handset(&number, Handset::Undelivered(30_006));
        missed(&app, &home).await;
        app.advance(5).await;
        assert_eq!(states(&app).await, ["failed"]);
        assert_eq!(standing(&app, &home).await, Some(Standing::Gone));
    }

    async fn trouble_that_only_the_operator_can_mend_is_told_to_the_staff(app: TestApp) {
        let staff = app.staff().await;
        let home = app.phone_household().await;
        let number = mobile(&app, 9);
        prove(&app, &home, &number, &[NoticeEvent::NotReached]).await;
        app.world.twilio.faults().next(refusal(400, 21_408, &number));
        missed(&app, &home).await;
        assert_eq!((states(&app).await, app.letters(&home).len()), (vec!["failed".to_owned()], 1));
        let page = staff.get("/staff").await;
        page.must_say("Text messages over twilio are not sent.");
        page.must_say("geo permissions");
        assert!(!page.text().contains(&number), "Twilio's sentence stays behind");
    }

    async fn text_that_may_have_been_sent_is_not_sent_again(app: TestApp) {
        let home = app.phone_household().await;
        let number = mobile(&app, 10);
        prove(&app, &home, &number, &[NoticeEvent::NotReached]).await;
        app.world.twilio.faults().next(Fault::taken_then_cut());
        missed(&app, &home).await;
        app.advance(600).await;
        assert_eq!(told(&app, &number).len(), 1);
        assert_eq!(states(&app).await, ["unknown"]);
    }

    async fn busy_vendor_is_asked_again_until_it_takes_the_text(app: TestApp) {
        let home = app.phone_household().await;
        let number = mobile(&app, 11);
        prove(&app, &home, &number, &[NoticeEvent::NotReached]).await;
        for _ in 0..2 {
            app.world.twilio.faults().next(refusal(429, 20_429, "too many").retry_after("20"));
        }
        missed(&app, &home).await;
        assert!(told(&app, &number).is_empty());
        app.advance(60).await;
        assert_eq!((told(&app, &number).len(), states(&app).await), (1, vec!["delivered".to_owned()]));
    }

    async fn callback_that_is_not_signed_by_the_vendor_is_refused(app: TestApp) {
        let home = app.phone_household().await;
        let number = mobile(&app, 12);
        prove(&app, &home, &number, &[NoticeEvent::NotReached]).await;
        app.world.twilio.handset(&number, Handset::Silent);
        missed(&app, &home).await;
        app.advance(5).await;
        assert_eq!(states(&app).await, ["sent"], "its network says no more");
        let sent = app.world.twilio.sent().pop().unwrap();
        let forged = app.world.twilio.post_status(&sent, "undelivered", Some(30_005), Some("another token")).await;
        assert_eq!(forged, Some(401));
        app.settle().await;
        assert_eq!((states(&app).await, standing(&app, &home).await), (vec!["sent".to_owned()], Some(Standing::Proven)));
        // Late, and twice.
        for _ in 0..2 {
            assert_eq!(app.world.twilio.post_status(&sent, "delivered", None, None).await, Some(200));
            app.settle().await;
        }
        assert_eq!(states(&app).await, ["delivered"]);
        // What is known to have ended stays as it is.
        assert_eq!(app.world.twilio.post_status(&sent, "failed", Some(30_005), None).await, Some(200));
        app.settle().await;
        assert_eq!(states(&app).await, ["delivered"]);
    }

    async fn callback_of_a_message_of_nobody_waits_for_the_staff(app: TestApp) {
        let home = app.phone_household().await;
        prove(&app, &home, &mobile(&app, 13), &[]).await;
        let mut sent = app.world.twilio.sent().pop().unwrap();
        "SM00000000000000000000000000000000".clone_into(&mut sent.sid);
        assert_eq!(app.world.twilio.post_status(&sent, "delivered", None, None).await, Some(200));
        app.settle().await;
        assert_eq!(app.database.count("webhook_events WHERE state = 'parked' AND note = 'unknown_message'").await, 1);
    }
}
