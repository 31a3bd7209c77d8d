//! Schedules: what a family types, and the moments that it yields, in the callee's zone.

use callpanion::domain::CallMethod;
use callpanion::services::schedules;
use callpanion_emulators::{Line, scripts};

use crate::testing::{Browser, Household, Page, Settings, TestApp, every_day_at, on_both, slot_fields};

/// Slots that cannot stand, and what is said in each language.
type Wrong = (&'static [(usize, &'static str)], [&'static str; 2]);

/// The night before the clocks of London go forward in 2027, and before they go back in 2026.
const BEFORE_THE_GAP: &str = "2027-03-27T12:00:00Z";
const BEFORE_THE_FOLD: &str = "2026-10-24T12:00:00Z";

fn no_quiet_hours(settings: &mut Settings) {
    settings.insert("CALLPANION__CALLING__QUIET_START".into(), "00:00".into());
    settings.insert("CALLPANION__CALLING__QUIET_END".into(), "00:00".into());
}

fn path(home: &Household) -> String {
    format!("/callees/{}/schedule", home.callee)
}

async fn preview(browser: &Browser, home: &Household, slots: &[(usize, &str)]) -> Page {
    let mut fields = slot_fields(slots);
    fields[0] = ("intent", "preview");
    browser.post(&path(home), &fields).await
}

/// The browser of a household that reads this language.
async fn reader(app: &TestApp, home: &Household, language: &'static str) -> Browser {
    let browser = app.signed_in(home).await;
    let page = browser.post("/language", &[("locale", language), ("next", "/dashboard")]).await;
    assert!(page.html.contains(&format!(r#"<html lang="{language}">"#)));
    browser
}

on_both! {
    with: no_quiet_hours;

    async fn slot_that_the_clocks_skip_is_shown_later_and_called_later(app: TestApp) {
        app.jump_to(BEFORE_THE_GAP).await;
        let home = app.household(CallMethod::Phone, &["09:00"]).await;
        app.world.line(&home.number, Line::Answers(scripts::ordinary(scripts::Language::English)));
        for (language, words) in [
            ("en", "The clocks go forward that night, so this call comes later by the missing hour."),
            ("id", "Malam itu jam dimajukan, jadi panggilan ini datang lebih lambat selama jam yang hilang."),
        ] {
            let page = preview(&reader(&app, &home, language).await, &home, &[(1, "01:30")]).await;
            page.must_say(words);
            page.must_say("02:30");
        }
        schedules::save(&app.host, home.account, home.callee, &every_day_at(&["01:30"])).await.unwrap();
        app.jump_to("2027-03-28T01:24:00Z").await;
        app.advance(30).await;
        assert!(app.calls(&home).await.is_empty());
        let call = app.outcome(&home, 700).await;
        assert_eq!(call.due_at.to_string(), "2027-03-28T01:30:00Z", "half past two, summer time");
        assert_eq!(call.local_date, "2027-03-28");
        assert_eq!(app.world.eleven.dials().len(), 1);
    }

    async fn slot_that_the_clocks_pass_twice_is_called_once_at_the_first_pass(app: TestApp) {
        app.jump_to(BEFORE_THE_FOLD).await;
        let home = app.household(CallMethod::Phone, &["01:30"]).await;
        app.world.line(&home.number, Line::Answers(scripts::ordinary(scripts::Language::English)));
        let browser = app.signed_in(&home).await;
        preview(&browser, &home, &[(1, "01:30")]).await.must_say("The clocks go back that night.");
        app.jump_to("2026-10-25T00:29:00Z").await;
        let call = app.outcome(&home, 300).await;
        assert_eq!(call.due_at.to_string(), "2026-10-25T00:30:00Z");
        // The second pass.
        app.jump_to("2026-10-25T01:24:00Z").await;
        app.advance(420).await;
        assert_eq!(app.calls(&home).await.len(), 1);
        assert_eq!(app.world.eleven.dials().len(), 1);
    }
}

on_both! {
    async fn three_times_a_day_are_three_calls(app: TestApp) {
        let home = app.household(CallMethod::Phone, &["09:00", "09:10", "09:20"]).await;
        app.world.line(&home.number, Line::Answers(scripts::ordinary(scripts::Language::English)));
        app.advance(1_500).await;
        let slots: Vec<i32> = app.calls(&home).await.iter().map(|call| call.slot_no).collect();
        assert_eq!(slots, [1, 2, 3]);
        assert_eq!(app.world.eleven.dials().len(), 3);
    }

    async fn each_callee_is_called_on_the_clock_of_their_own_place(app: TestApp) {
        let home = app.household(CallMethod::Phone, &["09:00"]).await;
        app.world.line(&home.number, Line::Answers(scripts::ordinary(scripts::Language::English)));
        let browser = app.signed_in(&home).await;
        // To Lisbon, on the same clock as London; then to Jakarta, where nine is long past.
        let profile = |zone| {
            [
                ("intent", "profile"),
                ("name", "Margaret Achterberg"),
                ("address_form", "Grandma Maggie"),
                ("country", "GB"),
                ("phone", home.number.as_str()),
                ("language", "en"),
                ("zone", zone),
                ("interests", ""),
            ]
        };
        let callee = format!("/callees/{}", home.callee);
        assert_eq!(browser.post(&callee, &profile("Asia/Jakarta")).await.status, 200);
        app.advance(120).await;
        assert!(app.calls(&home).await.is_empty(), "it is afternoon in Jakarta");
        let next = app.database.texts("SELECT next_date AS text FROM slots").await;
        assert_eq!(next, ["2026-10-13"]);
        app.jump_to("2026-10-13T01:58:00Z").await;
        let call = app.outcome(&home, 300).await;
        assert_eq!(call.due_at.to_string(), "2026-10-13T02:00:00Z");
    }

    async fn what_is_wrong_with_a_schedule_is_said_in_the_readers_language_and_nothing_is_lost(app: TestApp) {
        let home = app.household(CallMethod::App, &["18:00"]).await;
        let (english, indonesian) = ("en", "id");
        let cases: [Wrong; 3] = [
            (
                &[(1, "10:15"), (2, "10:15")],
                ["Two calls stand at the same time.", "Dua panggilan berada pada jam yang sama."],
            ),
            (&[(1, "23:00")], ["One of the calls is at night", "Salah satu panggilan jatuh pada malam hari"]),
            (&[(1, "25:99")], ["Please give a time such as 09:00.", "Silakan isi jam, misalnya 09:00."]),
        ];
        for (at, language) in [english, indonesian].into_iter().enumerate() {
            let browser = reader(&app, &home, language).await;
            for (slots, words) in &cases {
                let page = browser.post(&path(&home), &slot_fields(slots)).await;
                assert_eq!(page.status, 422, "{}", page.text());
                page.must_say(words[at]);
                for (number, time) in *slots {
                    assert_eq!(
                        page.value_of(&format!("slot{number}_time")).as_deref(),
                        Some(*time),
                        "what was typed is kept"
                    );
                }
            }
        }
        let kept = app.database.texts("SELECT local_time AS text FROM slots").await;
        assert_eq!(kept, ["18:00"], "what was saved before is still there");
    }

    async fn slot_without_a_day_is_refused(app: TestApp) {
        let home = app.household(CallMethod::App, &["18:00"]).await;
        let browser = app.signed_in(&home).await;
        let page =
            browser.post(&path(&home), &[("intent", "save"), ("slot1_on", "yes"), ("slot1_time", "10:00")]).await;
        assert_eq!(page.status, 422, "{}", page.text());
        page.must_say("Please tick at least one day");
    }

    async fn looking_ahead_saves_nothing(app: TestApp) {
        let home = app.household(CallMethod::App, &["18:00"]).await;
        let page = preview(&app.signed_in(&home).await, &home, &[(1, "10:00"), (2, "15:00")]).await;
        assert_eq!(page.status, 200, "{}", page.text());
        page.must_say("10:00");
        assert_eq!(app.database.texts("SELECT local_time AS text FROM slots").await, ["18:00"]);
    }

    async fn slot_that_is_off_is_kept_and_yields_nothing(app: TestApp) {
        let home = app.household(CallMethod::App, &["18:00"]).await;
        let browser = app.signed_in(&home).await;
        let mut fields = slot_fields(&[(1, "09:01"), (2, "10:00")]);
        fields.retain(|(name, _)| *name != "slot1_on");
        assert_eq!(browser.post(&path(&home), &fields).await.status, 200);
        app.advance(60).await;
        assert!(app.calls(&home).await.is_empty());
        assert_eq!(browser.get(&path(&home)).await.value_of("slot1_time").as_deref(), Some("09:01"));
    }
}
