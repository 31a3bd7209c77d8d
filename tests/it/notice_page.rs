//! The page of one's own letters, and the foot of each letter that leads to it.

use callpanion::domain::{NoticeEvent, Role};
use callpanion::services::notices::wishes::{self, NewWishes};
use callpanion_emulators::Line;
use callpanion_emulators::scripts::{self, Language};

use crate::alerts::{NEXT_AFTER_S, relative};
use crate::notices::{only, three, told, wish};
use crate::testing::{Household, Page, on_both};

const PAGE: &str = "/notices";

/// The name of a tick.
fn tick(home: &Household, event: NoticeEvent) -> String {
    format!("{}_{event}", home.family)
}

/// Whether a tick is set, and whether it can be changed.
fn ticked(page: &Page, name: &str) -> (bool, bool) {
    let tag = regex::Regex::new(&format!(r#"<input type="checkbox" name="{name}"[^>]*>"#)).unwrap();
    let tag = tag.find(&page.html).unwrap_or_else(|| panic!("no {name} in:\n{}", page.html)).as_str();
    (tag.contains(" checked"), !tag.contains(" disabled"))
}

on_both! {
    async fn everybody_chooses_their_own_letters_on_their_page(app: TestApp) {
        let home = app.app_household().await;
        let second = relative(&app, &home, Role::Viewer).await;
        let browser = app.signed_in(&second).await;
        assert!(browser.get("/people").await.html.contains(r#"href="/notices""#), "reached from the people's page");
        let page = browser.get(PAGE).await;
        for event in NoticeEvent::ALL {
            assert_eq!(ticked(&page, &tick(&home, *event)), (true, true), "{event}");
        }
        assert_eq!((ticked(&page, "quiet").0, ticked(&page, "worries_wake").0), (false, true));
        assert_eq!(page.value_of("quiet_from").as_deref(), Some("22:00"), "proposed");

        let kept = tick(&home, NoticeEvent::Worrying);
        let hours = [("quiet", "yes"), ("quiet_from", "21:15"), ("quiet_until", "06:45")];
        let fields = [&hours[..], &[(kept.as_str(), "yes"), ("locale", "id")]].concat();
        let page = browser.post(PAGE, &fields).await;
        assert_eq!((page.status, page.path.as_str()), (200, PAGE), "{}", page.text());
        page.must_say("Saved.");
        for event in NoticeEvent::ALL {
            assert_eq!(ticked(&page, &tick(&home, *event)), (*event == NoticeEvent::Worrying, true), "{event}");
        }
        assert_eq!((ticked(&page, "quiet").0, ticked(&page, "worries_wake").0), (true, false));
        assert_eq!(page.value_of("quiet_from").as_deref(), Some("21:15"));
        let quiet = wishes::of(&app.host, second.account).await.unwrap().quiet.unwrap();
        assert_eq!(quiet.texts(), ("21:15".to_owned(), "06:45".to_owned()));
        let untouched = wishes::of(&app.host, home.account).await.unwrap();
        assert!(untouched.quiet.is_none() && untouched.families[0].events.iter().all(|wish| wish.told));

        // The family sees on its own page who is told of what.
        let page = app.signed_in(&home).await.get("/people").await;
        page.must_say("Is told of: talks, missed calls, worrying words, the week · English");
        page.must_say("Is told of: worrying words · Bahasa Indonesia · not from 21:15 to 06:45 in London");
    }

    async fn who_comes_first_reads_why_two_letters_always_come(app: TestApp) {
        let home = app.app_household().await;
        let browser = app.signed_in(&home).await;
        let page = browser.get(PAGE).await;
        page.must_say("You come first when something is wrong");
        assert_eq!(ticked(&page, &tick(&home, NoticeEvent::Talked)), (true, true));
        for event in [NoticeEvent::NotReached, NoticeEvent::Worrying] {
            assert_eq!(ticked(&page, &tick(&home, event)), (true, false), "{event}");
        }
        // A browser sends no tick that cannot be changed.
        let page = browser.post(PAGE, &[("quiet_from", "22:00"), ("quiet_until", "07:00"), ("locale", "")]).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let stands = told(&app, home.account, home.family).await;
        assert_eq!(stands.iter().map(|(_, told, _)| *told).collect::<Vec<_>>(), [false, true, true, false]);
    }

    async fn wrong_quiet_hours_are_explained_and_what_was_chosen_is_kept(app: TestApp) {
        let home = app.app_household().await;
        let cases = [
            ("en", "07:00", "22:00", "Quiet hours last 14 hours at the most."),
            ("id", "07:00", "22:00", "Jam tenang paling lama 14 jam."),
            ("en", "22:00", "tomorrow", "Please give a time such as 09:00."),
        ];
        for (language, from, until, words) in cases {
            let browser = app.signed_in(&home).await;
            browser.post("/language", &[("locale", language), ("next", PAGE)]).await;
            let fields = [("quiet", "yes"), ("quiet_from", from), ("quiet_until", until), ("locale", "id")];
            let page = browser.post(PAGE, &fields).await;
            assert_eq!(page.status, 422, "{}", page.text());
            page.must_say(words);
            assert_eq!(page.value_of("quiet_from").as_deref(), Some(from));
            assert_eq!(page.value_of("quiet_until").as_deref(), Some(until));
            assert!(ticked(&page, "quiet").0 && !ticked(&page, &tick(&home, NoticeEvent::Talked)).0);
        }
        let stands = wishes::of(&app.host, home.account).await.unwrap();
        assert!(stands.quiet.is_none() && stands.locale.is_none(), "nothing of it was kept");
        assert_eq!(app.database.count("notice_wishes").await, 0);
    }

    async fn wishes_are_taken_from_our_own_pages_only(app: TestApp) {
        let home = app.app_household().await;
        let browser = app.signed_in(&home).await;
        assert_eq!(browser.post_from_elsewhere(PAGE, &[("locale", "id")]).await.status, 403);
        assert!(app.browser().post(PAGE, &[("locale", "id")]).await.path.starts_with("/sign-in"));
        assert_eq!(wishes::of(&app.host, home.account).await.unwrap().locale, None);
    }

    async fn every_notice_says_why_it_comes_and_how_to_change_that(app: TestApp) {
        let people = three(&app).await;
        let home = &people[0];
        let everything = only(home.family, NoticeEvent::ALL);
        wish(&app, people[1].account, NewWishes { locale: "id".into(), ..everything }).await;
        app.world.line(&home.number, Line::Voicemail);
        app.outcome(home, 300).await;
        app.advance(NEXT_AFTER_S + 10).await;
        let letter = |person: &Household| app.mail.to(&person.email).pop().unwrap();
        let (first, second) = (letter(home), letter(&people[1]));
        for body in [&first.text, &first.html] {
            assert!(body.contains("You get this letter when a call did not become a talk"), "{body}");
            assert!(body.contains("It always comes to whoever is told first"), "{body}");
            assert!(body.contains(&format!("{}{PAGE}", app.url)) && !body.contains("/notices/off/"), "{body}");
        }
        let off = second.unsubscribe.clone().unwrap();
        app.keep_out_of_the_log(off.rsplit('/').next().unwrap());
        for body in [&second.text, &second.html] {
            assert!(body.contains("Anda menerima surat ini kalau sebuah panggilan tidak menjadi obrolan"), "{body}");
            assert!(body.contains(&off) && !body.contains("Surat ini selalu datang"), "{body}");
            assert!(!body.contains("punya akun"), "one reason is enough: {body}");
        }
        app.advance(NEXT_AFTER_S).await;
    }

    async fn summary_and_worrying_words_say_so_too(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::worrying(Language::English))));
        app.outcome(&home, 400).await;
        app.advance(10).await;
        let letters = app.mail.to(&home.email);
        for words in ["You get this letter when something worrying was said", "You get this letter after each call"] {
            let about = letters.iter().filter(|letter| letter.text.contains(words) && letter.html.contains(words));
            assert_eq!(about.count(), 1, "{words}: {letters:#?}");
        }
        for letter in letters {
            let can_end = letter.text.contains("You get this letter after each call");
            assert_eq!(letter.unsubscribe.is_some(), can_end, "{}", letter.text);
            assert_eq!(letter.text.contains("/notices/off/"), can_end, "{}", letter.text);
        }
    }

    async fn letter_leads_to_the_page_after_signing_in(app: TestApp) {
        let home = app.app_household().await;
        let page = app.browser().get(PAGE).await;
        assert!(page.path.starts_with("/sign-in?next=%2Fnotices"), "{}", page.path);
        let browser = app.browser();
        let form = [("email", home.email.as_str()), ("password", crate::testing::PASSWORD), ("next", PAGE)];
        assert_eq!(browser.post("/sign-in", &form).await.path, PAGE);
    }
}
