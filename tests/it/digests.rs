//! Weekly digests: on Sunday evening, on the callee's own clock, whoever wants it reads how the week was; once.

use std::sync::Arc;

use callpanion::app::App;
use callpanion::config::Config;
use callpanion::domain::{Locale, NoticeEvent};
use callpanion::services::digests;
use callpanion::services::notices::wishes::NewWishes;
use callpanion::services::schedules::pausing::{self, PauseInput};
use callpanion_emulators::Line;
use callpanion_emulators::scripts::{self, Language};

use crate::notices::{only, three, wish};
use crate::testing::{Household, Settings, TestApp, on_both};

/// The evening of the tests' first Sunday is at nine in London: in summer time.
const BEFORE: &str = "2026-10-18T19:59:55Z";
const EVENING: &str = "2026-10-18T20:00:01Z";
/// When what failed then is tried again.
const AN_HOUR_LATER: &str = "2026-10-18T21:00:02Z";
/// A week later the clocks have gone back.
const NEXT_EVENING: &str = "2026-10-25T21:00:01Z";

/// One talk on Monday; there are no more calls after it.
async fn talked_on_monday(app: &TestApp, home: &Household) {
    app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
    app.outcome(home, 400).await;
    app.advance(10).await;
    pausing::pause(&app.host, home.account, home.callee, &PauseInput::default()).await.unwrap();
}

/// Subjects of the letters about weeks.
fn weeks(app: &TestApp, home: &Household) -> Vec<String> {
    app.letters(home).into_iter().filter(|subject| subject.contains("week") || subject.contains("Minggu ini")).collect()
}

on_both! {
    async fn week_is_told_on_sunday_evening_to_whoever_wants_it_in_their_language_and_once(app: TestApp) {
        let people = three(&app).await;
        let all = only(people[0].family, NoticeEvent::ALL);
        wish(&app, people[1].account, NewWishes { locale: "id".into(), ..all }).await;
        wish(&app, people[2].account, only(people[0].family, &[NoticeEvent::Talked])).await;
        talked_on_monday(&app, &people[0]).await;
        app.jump_to(BEFORE).await;
        app.advance(4).await;
        for person in &people {
            assert_eq!(weeks(&app, person), [""; 0], "it is not evening yet");
        }
        app.advance(3).await;
        assert_eq!(weeks(&app, &people[0]), ["Grandma Maggie’s week"]);
        assert_eq!(weeks(&app, &people[1]), ["Minggu ini: Grandma Maggie"]);
        assert!(weeks(&app, &people[2]).is_empty(), "they want none");

        let letter = app.mail.to(&people[0].email).pop().unwrap();
        let call = app.call(&people[0]).await;
        for words in ["Calls answered: 1 of 1.", &format!("/calls/{}", call.id), "Sunday evenings"] {
            assert!(letter.text.contains(words) && letter.html.contains(words), "{words}: {}", letter.text);
        }
        assert!(letter.unsubscribe.is_some());
        let theirs = app.mail.to(&people[1].email).pop().unwrap();
        assert!(theirs.text.contains("Telepon yang diangkat: 1 dari 1."), "{}", theirs.text);
        app.advance(3_600).await;
        assert_eq!(weeks(&app, &people[0]).len(), 1);
        assert_eq!(app.database.count("digests").await, Locale::ALL.len());
    }

    async fn week_without_a_call_is_told_to_nobody(app: TestApp) {
        let home = app.phone_household().await;
        talked_on_monday(&app, &home).await;
        app.jump_to(EVENING).await;
        app.advance(60).await;
        assert_eq!(weeks(&app, &home).len(), 1);
        let stored = app.database.count("digests").await;
        app.jump_to(NEXT_EVENING).await;
        app.advance(60).await;
        assert_eq!((weeks(&app, &home).len(), app.database.count("digests").await), (1, stored));
        assert_eq!(app.database.count("callees WHERE digest_at IS NOT NULL").await, 1, "and the next one may be");
    }

    async fn hosts_that_look_at_once_tell_it_once(app: TestApp) {
        let home = app.phone_household().await;
        talked_on_monday(&app, &home).await;
        let other = app.another_host().await;
        app.jump_to(EVENING).await;
        let (one, two) = tokio::join!(digests::tick(&app.host), digests::tick(&other));
        assert_eq!(one.unwrap() + two.unwrap(), 1, "one of them moved on");
        assert_eq!(app.database.count("jobs WHERE key LIKE 'send_mail:week:%'").await, 1);
        app.settle().await;
        assert_eq!(weeks(&app, &home), ["Grandma Maggie’s week"]);
    }

    async fn week_that_is_told_in_quiet_hours_is_read_after_them_and_once(app: TestApp) {
        let home = app.phone_household().await;
        let quiet = Some(("20:30".into(), "08:00".into()));
        wish(&app, home.account, NewWishes { quiet, ..only(home.family, &[NoticeEvent::Weekly]) }).await;
        talked_on_monday(&app, &home).await;
        app.jump_to(EVENING).await;
        app.advance(60).await;
        assert_eq!(app.database.count("digests").await, Locale::ALL.len());
        app.jump_to("2026-10-19T06:59:50Z").await;
        app.advance(5).await;
        assert!(weeks(&app, &home).is_empty(), "they sleep");
        app.advance(10).await;
        assert_eq!(weeks(&app, &home), ["Grandma Maggie’s week"]);
        app.advance(3_600).await;
        assert_eq!(weeks(&app, &home).len(), 1);
    }
}

/// The same host, whose operator has put it right.
fn mended(app: &TestApp) -> App {
    let mut config = Config::clone(&app.host.config);
    config.digest.renderer = String::from("family-summary");
    App { config: Arc::new(config), ..app.host.clone() }
}

/// A plugin that reads no weeks.
fn wrong_renderer(settings: &mut Settings) {
    settings.insert("CALLPANION__DIGEST__RENDERER".to_owned(), "elevenlabs".to_owned());
}

on_both! {
    with: wrong_renderer;

    async fn week_that_could_not_be_told_of_is_a_trouble_and_comes_when_that_is_mended(app: TestApp) {
        let home = app.phone_household().await;
        talked_on_monday(&app, &home).await;
        app.jump_to(EVENING).await;
        assert_eq!(digests::tick(&app.host).await.unwrap(), 1);
        assert_eq!(app.database.count("digests").await, 0);
        let again = app.now().plus_secs(3_600).0;
        assert_eq!(app.database.count(&format!("callees WHERE digest_at = {again}")).await, 1);
        let troubles = app.staff_alerts().await;
        assert_eq!(troubles.len(), 1, "{troubles:?}");
        assert!(troubles[0].detail.contains("elevenlabs"), "{}", troubles[0].detail);

        app.jump_to(AN_HOUR_LATER).await;
        assert_eq!(digests::tick(&mended(&app)).await.unwrap(), 1);
        app.settle().await;
        assert_eq!(weeks(&app, &home), ["Grandma Maggie’s week"], "nothing is lost");
        // Hosts report within a quarter of a minute, and what is over is closed then.
        app.advance(16).await;
        assert!(app.staff_alerts().await.is_empty(), "it is mended");
    }
}
