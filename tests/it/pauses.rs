//! Pauses and skips: what a family presses, what it then sees, and that nobody rings.

use callpanion::domain::{CallMethod, CallState};
use callpanion::services::queueing;
use callpanion::services::schedules::pausing::{self, PauseInput};
use callpanion::services::{callees, schedules};
use callpanion_emulators::Line;
use callpanion_emulators::scripts::{self, Language};

use crate::testing::{Browser, Household, TestApp, every_day_at, on_both};

fn schedule(home: &Household) -> String {
    format!("/callees/{}/schedule", home.callee)
}

async fn pause(browser: &Browser, home: &Household, from: &str, until: &str) -> crate::testing::Page {
    let fields = [("from", from), ("until", until), ("reason", "Away with us")];
    browser.post(&format!("/callees/{}/pauses", home.callee), &fields).await
}

async fn next_dates(app: &TestApp) -> Vec<String> {
    app.database.texts("SELECT coalesce(next_date, 'none') AS text FROM slots ORDER BY slot_no").await
}

on_both! {
    async fn nobody_rings_in_a_pause_and_the_first_call_is_the_day_after(app: TestApp) {
        let home = app.household(CallMethod::Phone, &["09:10"]).await;
        app.world.line(&home.number, Line::Answers(scripts::ordinary(Language::English)));
        let browser = app.signed_in(&home).await;
        let page = pause(&browser, &home, "", "2026-10-14").await;
        assert_eq!((page.status, page.path.as_str()), (200, schedule(&home).as_str()), "{}", page.text());
        page.must_say("Monday 12 October 2026 until Wednesday 14 October 2026");
        page.must_say("Away with us");
        assert_eq!(next_dates(&app).await, ["2026-10-15"]);
        let board = browser.get("/dashboard").await;
        board.must_say("Calls to Grandma Maggie are paused until Wednesday 14 October 2026");
        board.must_say("Thursday 15 October");
        for day in ["2026-10-12T08:12:00Z", "2026-10-13T08:12:00Z", "2026-10-14T08:12:00Z"] {
            app.jump_to(day).await;
            app.settle().await;
            assert!(app.calls(&home).await.is_empty());
        }
        app.jump_to("2026-10-15T08:06:00Z").await;
        let call = app.outcome(&home, 500).await;
        assert_eq!((call.state, call.local_date.as_str()), (CallState::Completed, "2026-10-15"));
        assert!(!browser.get("/dashboard").await.says("are paused"));
    }

    async fn open_ended_pause_plans_nothing_until_it_is_ended(app: TestApp) {
        let home = app.household(CallMethod::Phone, &["09:10", "14:00"]).await;
        app.world.line(&home.number, Line::Answers(scripts::ordinary(Language::English)));
        let browser = app.signed_in(&home).await;
        pause(&browser, &home, "2026-10-12", "").await.must_say("until you end it");
        assert_eq!(next_dates(&app).await, ["none", "none"]);
        browser.get(&schedule(&home)).await.must_say("There is no call until the pause is over.");
        let board = browser.get("/dashboard").await;
        board.must_say("are paused until you end it");
        board.must_say("the phone rings all the same");
        app.jump_to("2026-11-20T12:00:00Z").await;
        app.settle().await;
        let browser = app.signed_in(&home).await;
        let end = browser.get(&schedule(&home)).await.find(r#"action="(/pauses/[^"]+/end)""#);
        browser.post(&end, &[]).await.must_say("Calls are made again.");
        assert_eq!(next_dates(&app).await, ["2026-11-21", "2026-11-20"]);
        app.jump_to("2026-11-20T13:58:00Z").await;
        assert_eq!(app.outcome(&home, 500).await.state, CallState::Completed);
        // A second press on an old page changes nothing.
        assert_eq!(browser.post(&end, &[]).await.status, 200);
    }

    async fn call_now_rings_a_paused_callee(app: TestApp) {
        let home = app.household(CallMethod::App, &["18:00"]).await;
        let paired = app.android(&home).await;
        let browser = app.signed_in(&home).await;
        pause(&browser, &home, "", "").await;
        let page = browser.post(&format!("/callees/{}/call-now", home.callee), &[]).await;
        page.must_say("The call is on its way.");
        page.must_say("are paused");
        assert_eq!(app.outcome(&home, 300).await.state, CallState::Completed);
        assert_eq!(paired.phone.rings().len(), 1);
    }

    async fn pause_takes_back_what_is_queued_and_its_end_gives_it_back(app: TestApp) {
        let home = app.household(CallMethod::App, &["09:04"]).await;
        app.android(&home).await;
        queueing::tick(&app.host).await.unwrap();
        let browser = app.signed_in(&home).await;
        let page = pause(&browser, &home, "", "2026-10-12").await;
        assert_eq!(app.call(&home).await.state, CallState::Canceled);
        browser.post(&page.find(r#"action="(/pauses/[^"]+/end)""#), &[]).await;
        app.advance(500).await;
        let states: Vec<_> = app.calls(&home).await.iter().map(|call| call.state).collect();
        assert_eq!(states, [CallState::Canceled, CallState::Completed]);
    }

    async fn previewed_call_is_skipped_and_called_after_all_by_a_button(app: TestApp) {
        let home = app.household(CallMethod::App, &["09:30", "14:00"]).await;
        app.android(&home).await;
        let browser = app.signed_in(&home).await;
        let skips = format!("/callees/{}/skips", home.callee);
        let page = browser.get(&schedule(&home)).await;
        page.must_say("Skip this one today 09:30");
        let page = browser.post(&skips, &[("slot", "1"), ("date", "2026-10-12"), ("intent", "skip")]).await;
        page.must_say("This call is skipped.");
        page.must_say("Call after all today 09:30");
        assert_eq!(next_dates(&app).await, ["2026-10-13", "2026-10-12"]);
        let page = browser.post(&skips, &[("slot", "1"), ("date", "2026-10-12"), ("intent", "call")]).await;
        page.must_say("This call is made after all.");
        assert_eq!(next_dates(&app).await, ["2026-10-12", "2026-10-12"]);
        for wrong in ["2026-10-11", "2029-01-01", "12.10.2026", ""] {
            let page = browser.post(&skips, &[("slot", "1"), ("date", wrong), ("intent", "skip")]).await;
            assert_eq!(page.status, 422, "{wrong}: {}", page.text());
        }
        assert_eq!(browser.post(&skips, &[("slot", "4"), ("date", "2026-10-12")]).await.status, 404);
    }

    async fn preview_knows_of_pauses_skips_and_calls_that_were_made_before_anything_is_saved(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(scripts::ordinary(Language::English)));
        app.outcome(&home, 400).await;
        let (account, callee) = (home.account, home.callee);
        let wish = PauseInput { from: "2026-10-14".into(), until: "2026-10-15".into(), reason: String::new() };
        pausing::pause(&app.host, account, callee, &wish).await.unwrap();
        pausing::skip(&app.host, account, callee, 1, "2026-10-17", false).await.unwrap();
        // Moved to the afternoon: today's call of the slot was made at nine.
        let planned = schedules::preview(&app.host, account, callee, &every_day_at(&["15:00"]), 3).await.unwrap();
        let shown: Vec<_> = planned.iter().map(|one| (one.occurrence.date.to_string(), one.skipped)).collect();
        let expected = [("2026-10-13", false), ("2026-10-16", false), ("2026-10-17", true), ("2026-10-18", false)];
        assert_eq!(shown, expected.map(|(date, skipped)| (date.to_owned(), skipped)));
        let next = schedules::save(&app.host, account, callee, &every_day_at(&["15:00"])).await.unwrap();
        assert_eq!(next[0], planned[0].occurrence);
    }

    async fn what_is_wrong_with_a_pause_is_said_at_its_field_and_what_was_typed_is_kept(app: TestApp) {
        let home = app.household(CallMethod::App, &["18:00"]).await;
        for (language, browser) in [("en", app.signed_in(&home).await), ("id", app.signed_in(&home).await)] {
            browser.post("/language", &[("locale", language), ("next", "/dashboard")]).await;
            let cases = [
                ("2026-10-20", "2026-10-19", "The last day lies before the first.", "Hari terakhir lebih awal"),
                ("", "2026-10-11", "That day is over already.", "Hari itu sudah lewat."),
                ("tomorrow", "", "Please give a date", "Silakan isi tanggal"),
                ("2029-01-01", "", "within the next year", "dalam setahun ke depan"),
            ];
            for (from, until, english, indonesian) in cases {
                let page = pause(&browser, &home, from, until).await;
                assert_eq!(page.status, 422, "{}", page.text());
                page.must_say(if language == "en" { english } else { indonesian });
                assert_eq!(page.value_of("from").as_deref(), Some(from));
                assert_eq!(page.value_of("until").as_deref(), Some(until));
            }
        }
        assert_eq!(app.database.count("pauses").await, 0);
    }

    async fn however_often_a_day_is_edited_there_are_at_most_three_calls_for_it(app: TestApp) {
        let home = app.household(CallMethod::App, &["09:10", "09:20", "09:30"]).await;
        app.android(&home).await;
        let (account, callee) = (home.account, home.callee);
        let details = |zone: &str| callees::Details {
            name: "Margaret Achterberg".into(),
            address_form: "Grandma Maggie".into(),
            language: "en".into(),
            zone: zone.into(),
            ..callees::Details::default()
        };
        let zones = ["Europe/London", "Pacific/Kiritimati", "Asia/Jakarta", "Pacific/Honolulu"];
        // A walk through edits that is the same in every run.
        let mut dice = 7_u32;
        let mut roll = |sides: u32| {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (dice >> 16) % sides
        };
        for _ in 0..160 {
            let time = |roll: u32| format!("{:02}:{:02}", 8 + roll / 60, roll % 60);
            let mut times = [time(roll(700)), time(roll(700)), time(roll(700))];
            times.sort();
            let times: Vec<&str> = times.iter().map(String::as_str).collect();
            match roll(10) {
                0..5 => drop(schedules::save(&app.host, account, callee, &every_day_at(&times)).await),
                5..7 => {
                    let zone = zones[roll(4) as usize];
                    callees::update_profile(&app.host, account, callee, &details(zone)).await.unwrap();
                }
                7 => pausing::pause(&app.host, account, callee, &PauseInput::default()).await.unwrap(),
                _ => {
                    for pause in pausing::list(&app.host, account, callee).await.unwrap() {
                        pausing::end_pause(&app.host, account, pause.id).await.unwrap();
                    }
                }
            }
            app.settle().await;
            let ahead = app.now().plus_secs(i64::from(roll(7_200)) + 60);
            app.jump_to(&ahead.to_string()).await;
            app.settle().await;
        }
        app.advance(1_000).await;
        let kept = "FROM calls WHERE slot_no > 0 AND (state <> 'canceled' OR tries > 1)";
        let sql = format!("SELECT CAST(count(*) AS TEXT) AS text {kept} GROUP BY local_date");
        let a_day: Vec<usize> = app.database.texts(&sql).await.iter().map(|count| count.parse().unwrap()).collect();
        assert!(a_day.len() > 2 && a_day.iter().all(|calls| *calls <= 3), "{a_day:?}");
        let sql = format!("SELECT local_date AS text {kept} GROUP BY local_date, slot_no HAVING count(*) > 1");
        assert!(app.database.texts(&sql).await.is_empty());
    }
}
