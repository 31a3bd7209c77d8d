//! The audit of promises: it says nothing of a house that keeps them, and names whoever was forgotten or rung twice.

use callpanion::domain::{CallId, CallMethod, CallState, Moment};
use callpanion::services::audit::{self, DoubleKind, Report, Span};
use callpanion::services::schedules;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line};

use crate::testing::{Household, TestApp, every_day_at, on_both, program};

const DAY_S: i64 = 86_400;

/// What the audit says of the day in which the test lives.
async fn audited(app: &TestApp) -> Report {
    let now = app.now();
    let span = Span { from: now.plus_secs(-DAY_S), to: now, now };
    audit::promises(&app.host.db, &app.host.config.calling, span).await.unwrap()
}

/// A talk in the app, a talk by phone after a busy line, and a phone that nobody takes: a morning of the house.
async fn morning(app: &TestApp) -> [Household; 3] {
    let in_app = app.app_household().await;
    let paired = app.android(&in_app).await;
    paired.phone.behave(Behaviour::answer(app.say(scripts::cheerful(Language::English)).lasting(40)));
    let by_phone = app.phone_household().await;
    let talk = Line::Answers(app.say(scripts::ordinary(Language::English)).lasting(40));
    app.world.eleven.lines(&by_phone.number, vec![Line::Busy, talk]);
    let nobody = app.app_household().await;
    app.android(&nobody).await.phone.behave(Behaviour::Ignore);
    app.advance(900).await;
    [in_app, by_phone, nobody]
}

on_both! {
    async fn morning_that_went_well_has_neither_gaps_nor_doubles(app: TestApp) {
        morning(&app).await;
        let report = audited(&app).await;
        assert!(report.is_clean(), "{report:#?}");
        assert_eq!((report.promised, report.open, report.taken_back), (3, 0, 0), "{report:#?}");
        let settled: Vec<_> = report.settled.iter().map(|(state, count)| (*state, *count)).collect();
        assert_eq!(settled, [(CallState::Completed, 2), (CallState::Missed, 1)]);
        let late = &report.lateness[&CallMethod::App];
        assert_eq!((late.rings(), late.early(), late.max_ms()), (2, 0, 0), "the clock of tests knows whole seconds");
        assert_eq!(report.lateness[&CallMethod::Phone].max_ms(), 0, "handed over ahead");

        let words = ["audit", "promises", "--from", "2026-10-12", "--to", "2026-10-13T00:00:00Z", "--json"];
        let ended = program::run(&words[..6], &app.settings).await;
        assert_eq!(ended.code, 0, "{}", ended.said);
        assert_eq!(program::run(&words, &app.settings).await.code, 0);
        app.database.execute("DELETE FROM calls WHERE state = 'missed'").await;
        let ended = program::run(&words, &app.settings).await;
        assert_eq!(ended.code, 1);
        assert!(ended.said.contains("not every promise was kept"), "{}", ended.said);
    }

    async fn promise_that_was_forgotten_is_a_gap(app: TestApp) {
        let [_, _, nobody] = morning(&app).await;
        let forgotten = app.call(&nobody).await;
        app.database.execute("DELETE FROM calls WHERE state = 'missed'").await;
        let report = audited(&app).await;
        assert_eq!((report.promised, report.gaps.count), (3, 1), "{report:#?}");
        let gap = &report.gaps.first[0];
        assert_eq!((gap.callee, gap.slot_no, gap.due_at), (nobody.callee, 1, forgotten.due_at));
        assert_eq!(gap.local_date, forgotten.local_date);
        assert!(!report.is_clean());
    }

    async fn what_was_promised_before_a_change_is_remembered(app: TestApp) {
        let [in_app, ..] = morning(&app).await;
        app.database.execute("DELETE FROM calls WHERE state = 'completed' AND call_method = 'app'").await;
        // Nine o'clock is moved to noon, then dropped: it was promised all the same.
        schedules::save(&app.host, in_app.account, in_app.callee, &every_day_at(&["12:00"])).await.unwrap();
        app.advance(5).await;
        schedules::save(&app.host, in_app.account, in_app.callee, &[]).await.unwrap();
        app.jump_to("2026-10-12T12:00:00Z").await;
        app.settle().await;
        let report = audited(&app).await;
        assert_eq!((report.promised, report.gaps.count), (3, 1), "{report:#?}");
        assert_eq!(report.gaps.first[0].due_at.to_string(), "2026-10-12T08:00:00Z");
    }

    async fn saving_the_same_schedule_again_promises_nothing_new(app: TestApp) {
        let home = app.app_household().await;
        app.advance(5).await;
        for _ in 0..2 {
            schedules::save(&app.host, home.account, home.callee, &every_day_at(&["09:00"])).await.unwrap();
        }
        assert_eq!(app.database.count("past_slots").await, 0);
        schedules::save(&app.host, home.account, home.callee, &every_day_at(&["09:00", "14:00"])).await.unwrap();
        assert_eq!(app.database.count("past_slots").await, 0, "another one beside it changes nothing of the first");
        app.outcome(&home, 300).await;
        app.advance(120).await;
        assert_eq!(audited(&app).await.promised, 1);
    }

    async fn device_that_was_rung_under_two_names_is_a_double(app: TestApp) {
        let [in_app, ..] = morning(&app).await;
        let call = app.call(&in_app).await;
        let id = hex_of(&app, CallId::new().0);
        app.database
            .execute(&format!(
                "INSERT INTO ring_attempts SELECT {id}, call_id, try_no, channel, ahead, device_id, push_address_id, \
                 address, environment, group_id, state, reason, ring_at, expires_at, act_at, owner, fence, \
                 lease_until, sends, reference, recipient, sent_at, accepted_at, rang_at, created_at \
                 FROM ring_attempts WHERE call_id = {}",
                hex_of(&app, call.id.0),
            ))
            .await;
        let report = audited(&app).await;
        assert_eq!((report.doubles.count, report.gaps.count), (1, 0), "{report:#?}");
        assert_eq!((report.doubles.first[0].kind, report.doubles.first[0].call), (DoubleKind::Rings, call.id));
    }

    async fn telephone_that_was_dialled_twice_in_one_try_is_a_double(app: TestApp) {
        let [_, by_phone, _] = morning(&app).await;
        assert_eq!(app.database.count("conversations").await, 3, "one in the app, two tries by phone");
        let call = app.call(&by_phone).await;
        app.database
            .execute(&format!(
                "INSERT INTO conversations SELECT provider, provider_ref || '_again', call_id, attempt_id, opened_at \
                 FROM conversations WHERE call_id = {}",
                hex_of(&app, call.id.0),
            ))
            .await;
        let report = audited(&app).await;
        assert_eq!(report.doubles.count, 2, "{report:#?}");
        assert!(report.doubles.first.iter().all(|double| double.kind == DoubleKind::Dials && double.call == call.id));
    }

    async fn call_without_an_outcome_is_overdue_in_time(app: TestApp) {
        morning(&app).await;
        app.database.execute("UPDATE calls SET state = 'in_progress' WHERE call_method = 'phone'").await;
        let report = audited(&app).await;
        assert_eq!((report.open, report.overdue.count), (1, 0), "it may be a long talk");
        let later = app.now().plus_secs(2 * 3_600);
        let span = Span { from: Moment(0), to: later, now: later };
        let report = audit::promises(&app.host.db, &app.host.config.calling, span).await.unwrap();
        assert_eq!((report.overdue.count, report.overdue.first[0].state), (1, CallState::InProgress), "{report:#?}");
    }
}

/// An id as SQL of the engine.
fn hex_of(app: &TestApp, id: uuid::Uuid) -> String {
    match app.database {
        crate::testing::Database::Sqlite(_) => format!("x'{}'", id.simple()),
        crate::testing::Database::Postgres { .. } => format!(r"'\x{}'::bytea", id.simple()),
    }
}
