//! Notices in browsers: a title and a link beside a letter, in each browser in which its owner has turned that on.

use callpanion::domain::{NoticeEvent, Role};
use callpanion::services::browser_notices::browsers;
use callpanion::services::notices::wishes::NewWishes;
use callpanion::services::{ServiceError, web_push_key};
use callpanion_emulators::push_service::{Refusal, Sent, endpoint_of};
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Fault, Line};

use crate::alerts::relative;
use crate::notices::{only, three, wish};
use crate::testing::{Household, Settings, TestApp, client, on_both};

const PAGE: &str = "/notices";

/// Switches it on.
pub fn in_browsers(settings: &mut Settings) {
    settings.insert("CALLPANION__PLUGINS__WEB_PUSH_NOTICES__ENABLED".to_owned(), "true".to_owned());
}

/// What a browser gives the page: a subscription to the installation's key.
pub fn subscribed(app: &TestApp) -> String {
    let subscription = app.world.push_service.subscribe(web_push_key::public_key(&app.host).unwrap());
    app.keep_out_of_the_log(endpoint_of(&subscription));
    subscription
}

/// A browser in which somebody has turned notices on. Gives its subscription.
async fn turned_on(app: &TestApp, home: &Household) -> String {
    let subscription = subscribed(app);
    browsers::add(&app.host, home.account, &subscription).await.unwrap();
    subscription
}

/// What arrived in a browser.
pub fn shown(app: &TestApp, subscription: &str) -> Vec<Sent> {
    let endpoint = endpoint_of(subscription);
    app.world.push_service.sent().into_iter().filter(|sent| sent.endpoint == endpoint).collect()
}

/// The titles of what arrived in a browser.
fn titles(app: &TestApp, subscription: &str) -> Vec<String> {
    let sent = shown(app, subscription);
    sent.iter().map(|sent| sent.payload["notification"]["title"].as_str().unwrap().to_owned()).collect()
}

/// A call that becomes no talk, and all that follows at once.
pub async fn missed(app: &TestApp, home: &Household) {
    app.world.line(&home.number, Line::Voicemail);
    app.outcome(home, 300).await;
    app.settle().await;
}

on_both! {
    with: in_browsers;

    async fn missed_call_is_shown_in_every_browser_of_its_reader_once(app: TestApp) {
        let home = app.phone_household().await;
        let (one, two) = (turned_on(&app, &home).await, turned_on(&app, &home).await);
        missed(&app, &home).await;
        assert_eq!(app.letters(&home).len(), 1, "the letter stands");
        for browser in [&one, &two] {
            let sent = shown(&app, browser);
            assert_eq!(sent.len(), 1);
            let notice = &sent[0].payload["notification"];
            assert_eq!(sent[0].payload["web_push"], 8_030);
            assert_eq!(notice["title"], "Grandma Maggie was not reached. Please look.");
            assert_eq!(notice["lang"], "en");
            assert!(notice["navigate"].as_str().unwrap().contains("/calls/"), "{notice}");
            let tag = notice["tag"].as_str().unwrap().replace('-', "");
            assert_eq!(sent[0].topic.as_deref(), Some(tag.as_str()));
        }
        app.advance(600).await;
        assert_eq!(app.world.push_service.sent().len(), 2, "nobody is told twice of the same");
    }

    async fn notice_says_nothing_of_what_was_said(app: TestApp) {
        let home = app.phone_household().await;
        let browser = turned_on(&app, &home).await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::worrying(Language::English))));
        app.outcome(&home, 400).await;
        app.advance(10).await;
        let mut titles = titles(&app, &browser);
        titles.sort();
        assert_eq!(
            titles,
            ["Grandma Maggie has had a talk. Read how it went.", "Please read what Grandma Maggie said today."]
        );
        for sent in shown(&app, &browser) {
            let notice = sent.payload["notification"].as_object().unwrap();
            let names: Vec<&str> = notice.keys().map(String::as_str).collect();
            assert!(names.iter().all(|name| ["title", "lang", "tag", "navigate"].contains(name)), "{names:?}");
            assert!(notice["navigate"].as_str().unwrap().starts_with(&app.url), "{notice:?}");
        }
    }

    async fn everybody_chooses_events_and_language_for_themselves(app: TestApp) {
        let people = three(&app).await;
        let home = &people[0];
        let (first, second) = (turned_on(&app, home).await, turned_on(&app, &people[1]).await);
        let pushed = vec![(home.family, NoticeEvent::Talked)];
        let indonesian = NewWishes { locale: "id".into(), pushed, ..only(home.family, NoticeEvent::ALL) };
        wish(&app, people[1].account, indonesian).await;
        wish(&app, home.account, only(home.family, NoticeEvent::ALL)).await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        app.outcome(home, 400).await;
        app.advance(10).await;
        assert!(titles(&app, &first).is_empty(), "it was ticked off");
        assert_eq!(titles(&app, &second), ["Grandma Maggie sudah mengobrol. Baca bagaimana obrolannya."]);
    }

    async fn sleeper_is_shown_a_talk_when_their_quiet_hours_are_over(app: TestApp) {
        let people = three(&app).await;
        let home = &people[0];
        let browser = turned_on(&app, home).await;
        let pushed = vec![(home.family, NoticeEvent::Talked)];
        let quiet = Some(("08:00".to_owned(), "12:00".to_owned()));
        wish(&app, home.account, NewWishes { pushed, quiet, ..only(home.family, NoticeEvent::ALL) }).await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        app.outcome(home, 400).await;
        app.advance(10).await;
        assert!(titles(&app, &browser).is_empty(), "they sleep");
        app.advance(4 * 3_600).await;
        assert_eq!(titles(&app, &browser).len(), 1);
    }

    async fn subscription_that_is_over_is_retired_and_turned_on_anew(app: TestApp) {
        let home = app.phone_household().await;
        let (over, lost) = (turned_on(&app, &home).await, turned_on(&app, &home).await);
        let good = turned_on(&app, &home).await;
        app.world.push_service.unsubscribe(&over);
        app.world.push_service.faults().next_for(endpoint_of(&lost), Fault::from(Refusal::NotFound));
        missed(&app, &home).await;
        assert_eq!((titles(&app, &over).len(), titles(&app, &lost).len(), titles(&app, &good).len()), (0, 0, 1));
        assert_eq!(app.database.count("notice_browsers WHERE gone_at IS NOT NULL").await, 2);
        assert!(app.staff_alerts().await.is_empty(), "nothing for the operator to mend");
        let page = app.signed_in(&home).await.get(PAGE).await;
        page.must_say("nothing arrives there any more");
        // The same browser, turned on once more, is one and not two.
        browsers::add(&app.host, home.account, &lost).await.unwrap();
        let known = browsers::of(&app.host, home.account).await.unwrap();
        assert_eq!((known.len(), known.iter().filter(|browser| browser.is_gone).count()), (3, 1));
    }

    async fn busy_push_service_is_asked_again_and_a_doubtful_notice_stands_in_its_own_place(app: TestApp) {
        let home = app.phone_household().await;
        let (busy, doubtful) = (turned_on(&app, &home).await, turned_on(&app, &home).await);
        let faults = app.world.push_service.faults();
        faults.next_for(endpoint_of(&busy), Fault::from(Refusal::TooMany));
        faults.next_for(endpoint_of(&doubtful), Fault::taken_then_cut());
        missed(&app, &home).await;
        assert!(titles(&app, &busy).is_empty());
        app.advance(180).await;
        assert_eq!(titles(&app, &busy).len(), 1);
        let twice = shown(&app, &doubtful);
        assert_eq!(twice.len(), 2);
        assert_eq!(twice[0].payload["notification"]["tag"], twice[1].payload["notification"]["tag"]);
        assert_eq!(twice[0].topic, twice[1].topic);
    }

    async fn contact_that_a_push_service_refuses_is_told_to_the_staff(app: TestApp) {
        let staff = app.staff().await;
        let home = app.phone_household().await;
        let browser = turned_on(&app, &home).await;
        let refused = Fault::from(Refusal::BadSignatureByApple);
        app.world.push_service.faults().next_for(endpoint_of(&browser), refused);
        missed(&app, &home).await;
        assert_eq!(app.letters(&home).len(), 1);
        let kept = app.database.count("notice_browsers WHERE gone_at IS NULL").await;
        assert_eq!(kept, 1, "it says nothing of the browser");
        staff.get("/staff").await.must_say("Notices in browsers over web-push-notices are not sent.");
    }

    async fn alert_that_somebody_looks_after_is_shown_to_nobody_later(app: TestApp) {
        let people = three(&app).await;
        let (home, second) = (&people[0], &people[1]);
        let browser = turned_on(&app, home).await;
        let pushed = vec![(home.family, NoticeEvent::NotReached)];
        let quiet = Some(("08:00".to_owned(), "12:00".to_owned()));
        wish(&app, home.account, NewWishes { pushed, quiet, ..only(home.family, NoticeEvent::ALL) }).await;
        missed(&app, home).await;
        let link = format!("/alerts/ack/{}", app.mailed_link(&second.email, "/alerts/ack/").await);
        app.browser().post(&link, &[]).await.must_say("You look after it");
        app.advance(5 * 3_600).await;
        assert!(titles(&app, &browser).is_empty());
    }

    async fn page_turns_this_browser_on_and_off(app: TestApp) {
        let home = app.phone_household().await;
        let reader = app.signed_in(&home).await;
        let page = reader.get(PAGE).await;
        page.must_say("Notices in this browser");
        let key = web_push_key::public_key(&app.host).unwrap();
        assert!(page.html.contains(&format!("data-push-key=\"{key}\"")));
        let tick = format!("{}_{}_push", home.family, NoticeEvent::Talked);
        assert!(!page.html.contains(&tick));
        let subscription = subscribed(&app);
        let page = reader.post("/notices/browsers", &[("subscription", &subscription)]).await;
        page.must_say("Saved.");
        assert!(page.html.contains(&tick), "now it can be chosen");
        assert!(!page.html.contains(&endpoint_of(&subscription)), "whoever has it can write to the browser");
        let page = reader.post(PAGE, &[(&tick, "yes"), ("worries_wake", "yes")]).await;
        page.must_say("Saved.");
        assert_eq!(app.database.count("notice_wishes WHERE way = 'push' AND NOT wanted").await, 2);
        let id = page.value_of("browser").unwrap();
        // Nobody else turns it off.
        let second = relative(&app, &home, Role::Member).await;
        app.signed_in(&second).await.post("/notices/browsers/remove", &[("browser", &id)]).await;
        assert_eq!(app.database.count("notice_browsers").await, 1);
        reader.post("/notices/browsers/remove", &[("browser", &id)]).await.must_say("Saved.");
        assert_eq!(app.database.count("notice_browsers").await, 0);
        assert_eq!(reader.post("/notices/browsers/remove", &[("browser", "x")]).await.status, 404);
        let page = app.browser().post("/notices/browsers", &[("subscription", &subscription)]).await;
        assert!(page.path.starts_with("/sign-in"), "{} {}", page.status, page.path);
        app.settle().await;
    }

    async fn only_subscriptions_at_granted_push_services_are_taken(app: TestApp) {
        let home = app.phone_household().await;
        let good = subscribed(&app);
        for wrong in [
            String::new(),
            "not a subscription".to_owned(),
            endpoint_of(&good),
            good.replace("127.0.0.1", "169.254.169.254"),
            good.replace("http:", "https:"),
            format!("{good}{}", " ".repeat(2_000)),
        ] {
            let refused = browsers::add(&app.host, home.account, &wrong).await;
            let is_refused = matches!(refused, Err(ServiceError::Invalid { field: "subscription", .. }));
            assert!(is_refused, "{wrong}: {refused:?}");
        }
        let page = app.signed_in(&home).await.post("/notices/browsers", &[("subscription", "{}")]).await;
        assert_eq!(page.status, 422);
        assert!(page.says("Notices cannot be turned on in this browser"), "{}", page.text());
        assert_eq!(app.database.count("notice_browsers").await, 0);
        app.settle().await;
    }

    async fn browser_is_one_persons_at_a_time_and_nobody_has_them_without_end(app: TestApp) {
        let home = app.phone_household().await;
        let second = relative(&app, &home, Role::Member).await;
        let shared = turned_on(&app, &home).await;
        browsers::add(&app.host, second.account, &shared).await.unwrap();
        assert!(browsers::of(&app.host, home.account).await.unwrap().is_empty(), "somebody else sits there now");
        for _ in 0..12 {
            turned_on(&app, &home).await;
        }
        assert_eq!(browsers::of(&app.host, home.account).await.unwrap().len(), 10);
        assert_eq!(browsers::of(&app.host, second.account).await.unwrap().len(), 1);
        app.settle().await;
    }

    async fn worker_is_served_beside_the_page(app: TestApp) {
        let answer = client().get(format!("{}/notices/worker.js", app.url)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/javascript"));
        assert!(answer.text().await.unwrap().contains("showNotification"));
    }
}
