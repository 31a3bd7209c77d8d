//! The link of a letter with which its reader ends one wish: by a press on its page, or by one in their mail program.

use callpanion::domain::NoticeEvent;
use callpanion::mail::Mail;
use callpanion::services::{contacts, housekeeping};
use callpanion_emulators::Line;
use callpanion_emulators::scripts::{self, Language};
use reqwest::header::CONTENT_TYPE;

use crate::alerts::NEXT_AFTER_S;
use crate::notices::{only, three, told, wish};
use crate::testing::{Household, TestApp, client, dump, on_both};

const OFF: &str = "/notices/off/";
/// What a mail program sends, in each of the encodings that RFC 8058 knows.
const ENCODED: (&str, &str) = ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click");
const IN_PARTS: (&str, &str) = (
    "multipart/form-data; boundary=part",
    "--part\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--part--\r\n",
);

/// The path of the link in a letter's header.
fn path(app: &TestApp, letter: &Mail) -> String {
    let link = letter.unsubscribe.clone().expect("a link");
    let path = link.strip_prefix(&app.url).expect("a link of this house").to_owned();
    app.keep_out_of_the_log(path.strip_prefix(OFF).expect("a link to this page"));
    path
}

fn last_letter(app: &TestApp, person: &Household) -> Mail {
    app.mail.to(&person.email).pop().unwrap()
}

/// As a mail program asks: from nowhere, without a cookie, following nothing.
async fn one_click(app: &TestApp, path: &str, (encoding, body): (&'static str, &'static str)) -> u16 {
    let request = client().post(format!("{}{path}", app.url)).header(CONTENT_TYPE, encoding).body(body);
    request.send().await.unwrap().status().as_u16()
}

/// A talk of the first of three.
async fn talk(app: &TestApp) -> [Household; 3] {
    let people = three(app).await;
    app.world.line(&people[0].number, Line::Answers(app.say(scripts::cheerful(Language::English))));
    app.outcome(&people[0], 400).await;
    app.advance(10).await;
    people
}

/// A missed call of the first of three, of which two have been told.
async fn missed(app: &TestApp) -> [Household; 3] {
    let people = three(app).await;
    app.world.line(&people[0].number, Line::Voicemail);
    app.outcome(&people[0], 300).await;
    app.advance(NEXT_AFTER_S + 10).await;
    people
}

on_both! {
    async fn mail_program_ends_one_wish_with_one_request(app: TestApp) {
        let people = talk(&app).await;
        let family = people[0].family;
        for (person, body) in people.iter().zip([ENCODED, IN_PARTS]) {
            let before = told(&app, person.account, person.family).await;
            let path = path(&app, &last_letter(&app, person));
            assert_eq!(one_click(&app, &path, body).await, 200, "and no redirect");
            let stands = told(&app, person.account, family).await;
            let ended = stands.iter().filter(|(_, told, _)| !told).map(|(event, ..)| *event).collect::<Vec<_>>();
            assert_eq!(ended, [NoticeEvent::Talked], "that one only");
            assert_eq!(one_click(&app, &path, body).await, 200, "twice is once");
            if person.family != family {
                assert_eq!(told(&app, person.account, person.family).await, before, "of that family only");
            }
        }
        let third = told(&app, people[2].account, family).await;
        assert!(third.iter().all(|(_, told, _)| *told), "of that person only");
    }

    async fn page_of_the_link_asks_before_it_ends_anything(app: TestApp) {
        let people = talk(&app).await;
        let path = path(&app, &last_letter(&app, &people[1]));
        let anybody = app.browser();
        // Programs that read mail follow links.
        for _ in 0..2 {
            let page = anybody.get(&path).await;
            page.must_say("Shall we stop writing to you about this?");
            page.must_say("After each talk: the summary");
        }
        assert!(told(&app, people[1].account, people[0].family).await.iter().all(|(_, told, _)| *told));
        let page = anybody.post(&path, &[("List-Unsubscribe", "One-Click")]).await;
        assert_eq!((page.status, page.path.as_str()), (200, path.as_str()));
        page.must_say("We do not write to you about this any more.");
        anybody.get(&path).await.must_say("We do not write to you about this any more.");
        let page = app.browser_in("id").get(&path).await;
        page.must_say("Kami tidak menulis lagi kepada Anda tentang ini.");
    }

    async fn who_comes_first_cannot_end_what_is_wrong(app: TestApp) {
        let people = missed(&app).await;
        let (home, second) = (&people[0], &people[1]);
        assert_eq!(last_letter(&app, home).unsubscribe, None, "nothing is offered that cannot be had");
        let path = path(&app, &last_letter(&app, second));
        contacts::move_up(&app.host, home.account, home.family, second.account).await.unwrap();
        let page = app.browser().get(&path).await;
        page.must_say("These letters have to reach somebody, and that is you.");
        assert_eq!(one_click(&app, &path, ENCODED).await, 409);
        assert!(told(&app, second.account, home.family).await.iter().all(|(_, told, _)| *told));
        // Second once more, they may.
        contacts::move_up(&app.host, home.account, home.family, home.account).await.unwrap();
        assert_eq!(one_click(&app, &path, ENCODED).await, 200);
        app.advance(2 * NEXT_AFTER_S).await;
        let stands = told(&app, second.account, home.family).await;
        assert!(stands.contains(&(NoticeEvent::NotReached, false, false)), "{stands:?}");
        assert!(stands.contains(&(NoticeEvent::Worrying, true, false)), "another wish: {stands:?}");
    }

    async fn link_of_nobody_ends_nothing(app: TestApp) {
        let people = talk(&app).await;
        assert_eq!(app.browser().get(&format!("{OFF}not-a-link")).await.status, 404);
        assert_eq!(one_click(&app, &format!("{OFF}not-a-link"), ENCODED).await, 404);
        // Who has left the family has no wishes there any more.
        let path = path(&app, &last_letter(&app, &people[2]));
        app.database.execute("DELETE FROM members WHERE role = 'viewer'").await;
        assert_eq!(app.browser().get(&path).await.status, 404);
        assert_eq!(one_click(&app, &path, ENCODED).await, 404);
        assert_eq!(app.database.count("notice_wishes").await, 0);
    }

    async fn secret_of_a_link_is_in_its_letter_only_and_is_forgotten_in_time(app: TestApp) {
        let people = talk(&app).await;
        let path = path(&app, &last_letter(&app, &people[1]));
        let kept = format!("{:?}", dump(&app.database, &[]).await);
        assert!(!kept.contains(path.strip_prefix(OFF).unwrap()), "the database has its hash");
        assert_eq!(app.database.count("notice_links").await, 3, "each letter has its own");
        housekeeping::tick(&app.host).await.unwrap();
        assert_eq!(app.database.count("notice_links").await, 3);
        app.database.execute("UPDATE notice_links SET made_at = made_at - 90 * 86400000000").await;
        app.advance(1).await;
        housekeeping::tick(&app.host).await.unwrap();
        assert_eq!(app.database.count("notice_links").await, 0);
        assert_eq!(app.browser().get(&path).await.status, 404);
    }

    async fn letters_about_an_account_have_no_such_link(app: TestApp) {
        let home = app.app_household().await;
        wish(&app, home.account, only(home.family, &[])).await;
        assert_eq!(last_letter(&app, &home).unsubscribe, None);
        app.browser().post("/forgot", &[("email", &home.email)]).await;
        app.mailed_link(&home.email, "/reset/").await;
        assert_eq!(last_letter(&app, &home).unsubscribe, None, "and come whatever is wished");
    }
}
