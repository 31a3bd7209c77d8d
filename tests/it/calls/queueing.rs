//! Queueing when something is wrong: no promise is passed over in silence.

use callpanion::db::Location;
use callpanion::domain::{AlertKind, CallReason, CallState};
use callpanion::services::audit::{self, Span};
use callpanion::services::schedules::pausing::{self, PauseInput};
use callpanion::services::{queueing, schedules};
use callpanion_emulators::Line;
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};

use crate::testing::{Engine, Household, Settings, TestApp, as_they_are, every_day_at, on_both, run};

const DAY_S: u32 = 86_400;

/// Bytes as a literal of the engine.
fn blob(app: &TestApp, hex: &str) -> String {
    match app.database.location() {
        Location::Sqlite(_) => format!("X'{hex}'"),
        Location::Postgres(_) => format!("'\\x{hex}'"),
    }
}

/// The household's call ended before anybody was rung, and the family knows.
async fn ended_unrung(app: &TestApp, home: &Household, reason: CallReason) {
    let call = app.outcome(home, 120).await;
    assert_eq!((call.state, call.reason, call.tries), (CallState::Failed, Some(reason), 1));
    assert!(app.attempts(call.id).await.is_empty());
    assert_eq!(app.alert_kinds(home).await, [AlertKind::CallFailed]);
    assert_eq!(app.letters(home).len(), 1);
}

on_both! {
    async fn host_that_was_down_for_days_tells_of_every_call_and_rings_the_last_in_its_window(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        // Five seconds are left of today's window.
        app.advance_without_ticks(3 * DAY_S + 60 + 40).await;
        app.advance(300).await;
        let calls = app.calls(&home).await;
        let mut dates: Vec<_> = calls.iter().map(|call| (call.local_date.as_str(), call.state, call.reason)).collect();
        dates.sort_unstable_by_key(|(date, ..)| *date);
        let down = (CallState::Expired, Some(CallReason::HostWasDown));
        assert_eq!(dates[..3].iter().map(|(_, state, reason)| (*state, *reason)).collect::<Vec<_>>(), [down; 3]);
        assert_eq!(dates.iter().map(|(date, ..)| *date).collect::<Vec<_>>(), [
            "2026-10-12", "2026-10-13", "2026-10-14", "2026-10-15",
        ]);
        assert_eq!((dates[3].1, paired.phone.rings().len()), (CallState::Completed, 1));
        assert_eq!(app.alert_kinds(&home).await, [AlertKind::CallFailed; 3]);
        let (from, now) = (app.now().plus_secs(-4 * i64::from(DAY_S)), app.now());
        let report = audit::promises(&app.host.db, &app.host.config.calling, Span { from, to: now, now }).await.unwrap();
        assert!(report.is_clean() && report.promised == 4, "{report:?}");
    }

    async fn plan_that_is_changed_after_an_outage_hides_nothing_that_was_missed(app: TestApp) {
        let (moved, removed, paused) = (app.app_household().await, app.app_household().await, app.app_household().await);
        for home in [&moved, &removed, &paused] {
            app.android(home).await;
        }
        app.advance_without_ticks(DAY_S + 60 + 20).await;
        let save = |home: &Household, times: &[&str]| {
            let (account, callee, slots) = (home.account, home.callee, every_day_at(times));
            let host = app.host.clone();
            async move { schedules::save(&host, account, callee, &slots).await.unwrap() }
        };
        save(&moved, &["10:00"]).await;
        save(&removed, &[]).await;
        pausing::pause(&app.host, paused.account, paused.callee, &PauseInput::default()).await.unwrap();
        app.advance(100).await;
        let down = (CallState::Expired, Some(CallReason::HostWasDown));
        for home in [&removed, &paused] {
            let mut calls: Vec<_> = app.calls(home).await;
            calls.sort_by_key(|call| call.due_at);
            let told: Vec<_> =
                calls.iter().map(|call| (call.local_date.as_str(), call.state, call.reason)).collect();
            assert_eq!(told, [("2026-10-12", down.0, down.1), ("2026-10-13", down.0, down.1)]);
            assert_eq!(app.alert_kinds(home).await, [AlertKind::CallFailed; 2]);
        }
        // It is not too late for ten o'clock.
        app.jump_to("2026-10-13T08:54:30Z").await;
        app.advance(460).await;
        let mut calls = app.calls(&moved).await;
        calls.sort_by_key(|call| call.due_at);
        let came: Vec<_> = calls.iter().map(|call| (call.local_date.as_str(), call.state, call.reason)).collect();
        assert_eq!(came, [("2026-10-12", down.0, down.1), ("2026-10-13", CallState::Completed, None)]);
    }

    async fn edit_that_leaves_a_late_call_in_the_plan_costs_no_ring(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        app.advance_without_ticks(60 + 20).await;
        pausing::skip(&app.host, home.account, home.callee, 1, "2026-10-20", false).await.unwrap();
        assert_eq!(app.outcome(&home, 300).await.state, CallState::Completed);
        assert_eq!((paired.phone.rings().len(), app.calls(&home).await.len()), (1, 1));
    }

    async fn slot_that_cannot_be_queued_is_told_of_and_keeps_no_other_from_ringing(app: TestApp) {
        let (ill, unreadable) = (app.app_household().await, app.app_household().await);
        for home in [&ill, &unreadable] {
            app.android(home).await;
        }
        let well = [app.app_household().await, app.app_household().await, app.app_household().await];
        for home in &well {
            app.android(home).await;
        }
        let (short, of_ill) = (blob(&app, "01"), blob(&app, &ill.callee.0.simple().to_string()));
        let device = format!("SELECT id FROM devices WHERE callee_id = {of_ill}");
        app.database.execute(&format!("UPDATE push_addresses SET id = {short} WHERE device_id IN ({device})")).await;
        let of_other = blob(&app, &unreadable.callee.0.simple().to_string());
        app.database.execute(&format!("UPDATE callees SET call_method = 'fax' WHERE id = {of_other}")).await;

        assert_eq!(queueing::tick(&app.host).await.unwrap(), well.len());
        assert_eq!(queueing::tick(&app.host).await.unwrap(), 0);
        for home in &well {
            assert_eq!(app.outcome(home, 400).await.state, CallState::Completed);
        }
        assert!(app.calls(&unreadable).await.is_empty());
        assert_eq!(app.database.count("slots WHERE next_at IS NULL").await, 0, "it is tried again when its row is mended");
        let call = app.call(&ill).await;
        assert_eq!((call.state, call.reason), (CallState::Expired, Some(CallReason::HostWasDown)));
        assert_eq!(app.alert_kinds(&ill).await, [AlertKind::CallFailed]);
        assert_eq!(app.letters(&ill).len(), 1);
    }

    async fn slot_that_could_not_be_queued_for_a_while_rings_at_its_moment(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        let callee = blob(&app, &home.callee.0.simple().to_string());
        app.database.execute(&format!("UPDATE callees SET call_method = 'fax' WHERE id = {callee}")).await;
        assert_eq!(queueing::tick(&app.host).await.unwrap(), 0);
        app.database.execute(&format!("UPDATE callees SET call_method = 'app' WHERE id = {callee}")).await;
        assert_eq!(app.outcome(&home, 300).await.state, CallState::Completed);
        assert_eq!(paired.phone.rings().len(), 1);
    }

    async fn callee_without_a_consent_is_not_rung_and_the_family_is_told(app: TestApp) {
        let (by_app, by_phone, agreed) =
            (app.app_household().await, app.phone_household().await, app.app_household().await);
        let (unasked, asked) = (app.android(&by_app).await, app.android(&agreed).await);
        app.world.line(&by_phone.number, Line::Answers(scripts::ordinary(Language::English)));
        let of_agreed = blob(&app, &agreed.callee.0.simple().to_string());
        let none = "consent_text = NULL, consent_by = NULL, consent_at = NULL";
        app.database.execute(&format!("UPDATE callees SET {none} WHERE id <> {of_agreed}")).await;

        for home in [&by_app, &by_phone] {
            ended_unrung(&app, home, CallReason::NoConsent).await;
        }
        assert_eq!(app.outcome(&agreed, 300).await.state, CallState::Completed);
        app.advance(900).await;
        assert_eq!((unasked.phone.pushes().len(), asked.phone.rings().len()), (0, 1));
        assert_eq!(app.world.eleven.count(Op::Submit), 0);
    }

    async fn callee_without_a_number_or_with_a_device_that_no_channel_knows_is_told_of_and_not_rung(app: TestApp) {
        let (by_phone, by_app) = (app.phone_household().await, app.app_household().await);
        let paired = app.android(&by_app).await;
        app.database.execute("UPDATE callees SET phone = NULL").await;
        // Its plugin was on when the device registered.
        app.database.execute("UPDATE push_addresses SET channel = 'pigeon'").await;

        ended_unrung(&app, &by_phone, CallReason::NoPhone).await;
        ended_unrung(&app, &by_app, CallReason::NoChannel).await;
        app.advance(900).await;
        assert_eq!((paired.phone.pushes().len(), app.world.eleven.count(Op::Submit)), (0, 0));
    }
}

fn without_a_phone_channel(settings: &mut Settings) {
    settings.insert("CALLPANION__PLUGINS__TWILIO_BATCH__ENABLED".into(), "false".into());
}

on_both! {
    with: without_a_phone_channel;

    async fn phone_call_of_a_host_that_cannot_dial_ends_with_its_reason_and_the_family_is_told(app: TestApp) {
        let home = app.phone_household().await;
        ended_unrung(&app, &home, CallReason::NoChannel).await;
        let staff = app.staff_alerts().await;
        assert_eq!(staff.iter().map(|alert| alert.kind).collect::<Vec<_>>(), [AlertKind::Misconfigured]);
        assert!(staff[0].detail.contains("no_channel"), "{}", staff[0].detail);
        let page = app.staff().await.get("/staff").await;
        assert!(page.text().contains("no channel plugin is switched on"), "{}", page.text());
        app.advance(900).await;
        assert_eq!(app.world.eleven.count(Op::Submit), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn table_that_is_locked_while_a_call_is_queued_costs_no_call() {
    run(Engine::Postgres, as_they_are, locked_table).await;
}

async fn locked_table(app: TestApp) {
    let home = app.app_household().await;
    app.android(&home).await;
    for table in ["timeline", "ring_attempts", "calls"] {
        let mut other = AsyncPgConnection::establish(&app.database.url()).await.unwrap();
        other.batch_execute(&format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")).await.unwrap();
        assert_eq!(queueing::tick(&app.host).await.unwrap(), 0, "{table} is locked");
        other.batch_execute("ROLLBACK").await.unwrap();
        assert_eq!(app.database.count("calls").await, 0, "it waits on");
    }
    assert_eq!(app.outcome(&home, 300).await.state, CallState::Completed);
}
