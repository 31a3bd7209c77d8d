//! Notices: each of a family is told of what they want to be told of, in their language and outside their quiet hours;
//! of what is wrong, somebody is always told.

use callpanion::domain::{AccountId, AlertState, FamilyId, Locale, Moment, NoticeEvent, Role};
use callpanion::services::notices::wishes::{self, NewWishes};
use callpanion::services::{ServiceError, contacts};
use callpanion_emulators::Line;
use callpanion_emulators::scripts::{self, Language};

use crate::alerts::{NEXT_AFTER_S, relative};
use crate::testing::{Household, TestApp, on_both};

/// What somebody wishes who wants to be told of this much of a family, and of nothing else.
pub fn only(family: FamilyId, events: &[NoticeEvent]) -> NewWishes {
    NewWishes {
        locale: String::new(),
        quiet: None,
        worries_wake: true,
        wanted: events.iter().map(|event| (family, *event)).collect(),
        texted: Vec::new(),
        pushed: Vec::new(),
    }
}

/// What somebody wishes who wants to be told of everything, but not between two times of day.
fn asleep(family: FamilyId, from: &str, until: &str) -> NewWishes {
    NewWishes { quiet: Some((from.into(), until.into())), ..only(family, NoticeEvent::ALL) }
}

/// Advances to a second before a moment. The same in London: an hour later.
async fn just_before(app: &TestApp, moment: &str) {
    let ahead = Moment::from(moment.parse::<jiff::Timestamp>().unwrap()).since(app.now());
    app.advance(u32::try_from(ahead.as_secs()).unwrap() - 1).await;
}

pub async fn wish(app: &TestApp, who: AccountId, new: NewWishes) {
    wishes::save(&app.host, who, new).await.unwrap();
}

/// Events as they stand for somebody in a family: told of, and whether that can be changed.
pub async fn told(app: &TestApp, who: AccountId, family: FamilyId) -> Vec<(NoticeEvent, bool, bool)> {
    let wishes = wishes::of(&app.host, who).await.unwrap();
    let family = wishes.families.into_iter().find(|one| one.family == family).unwrap();
    family.events.into_iter().map(|wish| (wish.event, wish.told, wish.must)).collect()
}

/// A household and two relatives, in the order in which they are told of alerts.
pub async fn three(app: &TestApp) -> [Household; 3] {
    let home = app.phone_household().await;
    let second = relative(app, &home, Role::Member).await;
    app.advance(1).await;
    let third = relative(app, &home, Role::Viewer).await;
    [home, second, third]
}

fn letters(app: &TestApp, people: &[Household; 3]) -> [usize; 3] {
    people.each_ref().map(|person| app.letters(person).len())
}

on_both! {
    async fn summary_goes_to_those_who_want_it(app: TestApp) {
        let people = three(&app).await;
        let home = &people[0];
        wish(&app, people[1].account, only(home.family, &[NoticeEvent::NotReached])).await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        app.outcome(home, 400).await;
        app.advance(10).await;
        assert_eq!(letters(&app, &people), [1, 0, 1], "also to who only reads, and has said nothing");
    }

    async fn alert_passes_over_who_does_not_want_to_hear_of_it(app: TestApp) {
        let people = three(&app).await;
        let home = &people[0];
        wish(&app, people[1].account, only(home.family, &[NoticeEvent::Talked, NoticeEvent::Worrying])).await;
        app.world.line(&home.number, Line::Voicemail);
        app.outcome(home, 300).await;
        app.settle().await;
        assert_eq!(letters(&app, &people), [1, 0, 0]);
        app.advance(NEXT_AFTER_S + 10).await;
        assert_eq!(letters(&app, &people), [1, 0, 1], "nobody waits for somebody who was not told");
        app.advance(2 * NEXT_AFTER_S).await;
        assert_eq!(letters(&app, &people), [1, 0, 1]);
    }

    async fn whoever_comes_first_is_told_of_what_is_wrong_whatever_they_wish(app: TestApp) {
        let people = three(&app).await;
        let (home, second) = (&people[0], &people[1]);
        for person in [home, second] {
            wish(&app, person.account, only(home.family, &[])).await;
        }
        let kept = [
            (NoticeEvent::Talked, false, false),
            (NoticeEvent::NotReached, true, true),
            (NoticeEvent::Worrying, true, true),
            (NoticeEvent::Weekly, false, false),
        ];
        assert_eq!(told(&app, home.account, home.family).await, kept, "somebody has to be told");
        let none = NoticeEvent::ALL.iter().map(|event| (*event, false, false)).collect::<Vec<_>>();
        assert_eq!(told(&app, second.account, home.family).await, none);

        // Who is moved to the top is told from then on; who was there before may do without.
        contacts::move_up(&app.host, home.account, home.family, second.account).await.unwrap();
        assert_eq!(told(&app, second.account, home.family).await, kept);
        wish(&app, home.account, only(home.family, &[])).await;
        assert_eq!(told(&app, home.account, home.family).await, none);
        app.world.line(&home.number, Line::Voicemail);
        app.outcome(home, 300).await;
        app.settle().await;
        assert_eq!(letters(&app, &people), [0, 1, 0]);
        app.advance(2 * NEXT_AFTER_S).await;
        assert_eq!(letters(&app, &people), [0, 1, 1]);
    }

    async fn letters_are_in_the_language_that_their_reader_wants(app: TestApp) {
        let people = three(&app).await;
        let home = &people[0];
        let all = NoticeEvent::ALL;
        wish(&app, people[1].account, NewWishes { locale: "id".into(), ..only(home.family, all) }).await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        app.outcome(home, 400).await;
        app.advance(10).await;
        assert_eq!(app.letters(home), ["Grandma Maggie has talked with us"]);
        assert_eq!(app.letters(&people[1]), ["Grandma Maggie sudah mengobrol dengan kami"]);
        let wishes = wishes::of(&app.host, people[1].account).await.unwrap();
        assert_eq!(wishes.locale, Some(Locale::Id));
        // And back to that of the pages.
        wish(&app, people[1].account, only(home.family, all)).await;
        assert_eq!(wishes::of(&app.host, people[1].account).await.unwrap().locale, None);
        let unknown = NewWishes { locale: "tlh".into(), ..only(home.family, all) };
        let refused = wishes::save(&app.host, home.account, unknown).await;
        assert!(matches!(refused, Err(ServiceError::Invalid { field: "locale", .. })));
    }

    async fn nobody_wishes_for_a_family_that_is_not_theirs(app: TestApp) {
        let people = three(&app).await;
        let stranger = app.phone_household().await;
        app.world.line(&stranger.number, Line::Voicemail);
        app.world.line(&people[0].number, Line::Voicemail);
        let before = told(&app, people[1].account, people[0].family).await;
        wish(&app, stranger.account, only(people[0].family, NoticeEvent::ALL)).await;
        let own = wishes::of(&app.host, stranger.account).await.unwrap();
        assert_eq!(own.families.iter().map(|one| one.family).collect::<Vec<_>>(), [stranger.family]);
        assert_eq!(told(&app, people[1].account, people[0].family).await, before);
        let theirs = app.database.count("notice_wishes WHERE wanted").await;
        assert_eq!(theirs, 0, "what was said of another family is kept nowhere");
    }

    async fn letter_in_quiet_hours_waits_for_their_end_and_comes_once(app: TestApp) {
        let people = three(&app).await;
        let home = &people[0];
        wish(&app, home.account, asleep(home.family, "08:30", "09:30")).await;
        wish(&app, people[1].account, asleep(home.family, "22:00", "07:00")).await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        app.outcome(home, 400).await;
        app.advance(10).await;
        assert_eq!(letters(&app, &people), [0, 1, 1], "who is awake reads it at once");
        just_before(&app, "2026-10-12T08:30:00Z").await;
        assert_eq!(letters(&app, &people), [0, 1, 1]);
        app.advance(2).await;
        assert_eq!(letters(&app, &people), [1, 1, 1]);
        app.advance(3_600).await;
        assert_eq!(letters(&app, &people), [1, 1, 1], "each once");
    }

    async fn letter_that_waits_follows_what_its_reader_wishes_meanwhile(app: TestApp) {
        let people = three(&app).await;
        let home = &people[0];
        for person in [home, &people[1]] {
            wish(&app, person.account, asleep(home.family, "08:30", "09:30")).await;
        }
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        app.outcome(home, 400).await;
        app.advance(10).await;
        assert_eq!(letters(&app, &people), [0, 0, 1]);
        wish(&app, home.account, asleep(home.family, "08:30", "10:00")).await;
        wish(&app, people[1].account, only(home.family, &[])).await;
        just_before(&app, "2026-10-12T09:00:00Z").await;
        assert_eq!(letters(&app, &people), [0, 0, 1], "they sleep half an hour longer");
        app.advance(2).await;
        assert_eq!(letters(&app, &people), [1, 0, 1], "and who wants none gets none");
    }

    async fn missed_call_goes_to_whoever_is_awake_and_to_the_sleeper_after_their_quiet_hours(app: TestApp) {
        let people = three(&app).await;
        let home = &people[0];
        wish(&app, home.account, asleep(home.family, "08:00", "12:00")).await;
        app.world.line(&home.number, Line::Voicemail);
        app.outcome(home, 300).await;
        app.settle().await;
        assert_eq!(letters(&app, &people), [0, 1, 0], "the next in order, at once");
        app.advance(NEXT_AFTER_S + 10).await;
        assert_eq!(letters(&app, &people), [0, 1, 1]);
        just_before(&app, "2026-10-12T11:00:00Z").await;
        assert_eq!(letters(&app, &people), [0, 1, 1]);
        app.advance(2).await;
        assert_eq!(letters(&app, &people), [1, 1, 1], "nobody has answered yet");
        app.advance(3 * NEXT_AFTER_S).await;
        assert_eq!(letters(&app, &people), [1, 1, 1]);
    }

    async fn sleeper_is_left_in_peace_when_somebody_looks_after_it(app: TestApp) {
        let people = three(&app).await;
        let home = &people[0];
        wish(&app, home.account, asleep(home.family, "08:00", "12:00")).await;
        app.world.line(&home.number, Line::Voicemail);
        app.outcome(home, 300).await;
        app.settle().await;
        let link = format!("/alerts/ack/{}", app.mailed_link(&people[1].email, "/alerts/ack/").await);
        app.browser().post(&link, &[]).await.must_say("You look after it");
        just_before(&app, "2026-10-12T11:30:00Z").await;
        assert_eq!(letters(&app, &people), [0, 1, 0]);
    }

    async fn missed_call_waits_when_everybody_sleeps(app: TestApp) {
        let people = three(&app).await;
        let home = &people[0];
        for (person, until) in people.iter().zip(["12:00", "10:00", "11:00"]) {
            wish(&app, person.account, asleep(home.family, "08:00", until)).await;
        }
        app.world.line(&home.number, Line::Voicemail);
        app.outcome(home, 300).await;
        just_before(&app, "2026-10-12T09:00:00Z").await;
        assert_eq!(letters(&app, &people), [0, 0, 0]);
        assert_eq!(app.alerts(home).await[0].state, AlertState::Open, "the pages show it all the while");
        app.advance(2).await;
        assert_eq!(letters(&app, &people), [0, 1, 0], "who wakes first");
        just_before(&app, "2026-10-12T10:00:00Z").await;
        assert_eq!(letters(&app, &people), [0, 1, 0]);
        app.advance(2).await;
        assert_eq!(letters(&app, &people), [0, 1, 1]);
        just_before(&app, "2026-10-12T11:10:00Z").await;
        assert_eq!(letters(&app, &people), [1, 1, 1]);
    }

    async fn worrying_words_wake_those_who_allow_it(app: TestApp) {
        let people = three(&app).await;
        let (home, second) = (&people[0], &people[1]);
        let lie_in = NewWishes { worries_wake: false, ..asleep(home.family, "08:00", "12:00") };
        wish(&app, home.account, lie_in).await;
        wish(&app, second.account, asleep(home.family, "08:00", "12:00")).await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::worrying(Language::English))));
        app.outcome(home, 400).await;
        app.advance(10).await;
        assert_eq!(letters(&app, &people), [0, 1, 1], "the second was woken; the third reads the summary");
        app.mailed_link(&second.email, "/alerts/ack/").await;
        just_before(&app, "2026-10-12T11:30:00Z").await;
        assert_eq!(letters(&app, &people), [2, 2, 2], "the worrying words to everybody, since nobody has answered");
    }

    async fn quiet_hours_that_cannot_be_are_refused(app: TestApp) {
        let home = app.app_household().await;
        for (from, until, field) in [
            ("22:00", "7", "quiet_until"),
            ("", "07:00", "quiet_from"),
            ("25:00", "07:00", "quiet_from"),
            ("07:00", "22:00", "quiet_until"),
            ("07:00", "07:00", "quiet_until"),
        ] {
            let refused = wishes::save(&app.host, home.account, asleep(home.family, from, until)).await;
            assert!(
                matches!(refused, Err(ServiceError::Invalid { field: found, .. }) if found == field),
                "{from} to {until}: {refused:?}"
            );
        }
        assert_eq!(wishes::of(&app.host, home.account).await.unwrap().quiet, None);
        wish(&app, home.account, asleep(home.family, "22:00", "07:00")).await;
        let kept = wishes::of(&app.host, home.account).await.unwrap();
        assert!(kept.quiet.is_some() && kept.worries_wake);
    }
}
