//! Another release of the time zone data: next calls are computed anew when a host starts with it, queued ones stay.

use callpanion::domain::{CallMethod, CallState};
use callpanion::services::schedules;
use callpanion_emulators::{World, WorldConfig};

use crate::testing::program::Running;
use crate::testing::{Database, Engine, environment, on_both};

const HOUR_US: i64 = 3_600_000_000;

on_both! {
    async fn next_calls_are_moved_and_queued_ones_keep_their_moment(app: TestApp) {
        let home = app.household(CallMethod::App, &["09:04", "14:00"]).await;
        let paired = app.android(&home).await;
        app.settle().await;
        let queued = app.call(&home).await;
        // As if the clocks of London had been an hour ahead by the data of before.
        app.database
            .execute(&format!(
                "UPDATE slots SET next_at = next_at - {HOUR_US}; INSERT INTO facts VALUES ('tz_release', '1999z');"
            ))
            .await;
        let host = app.another_host().await;
        assert_eq!(schedules::follow_tz_release(&host).await.unwrap(), 2);
        let next = app.database.texts("SELECT CAST(next_at AS TEXT) AS text FROM slots ORDER BY slot_no").await;
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_microsecond().to_string();
        assert_eq!(next, [at("2026-10-13T08:04:00Z"), at("2026-10-12T13:00:00Z")]);
        let call = app.call(&home).await;
        assert_eq!((call.id, call.state, call.due_at), (queued.id, CallState::Queued, queued.due_at));
        assert_eq!(schedules::follow_tz_release(&host).await.unwrap(), 0, "once");
        app.advance(500).await;
        assert_eq!(paired.phone.rings().len(), 1);
    }

    async fn slot_whose_moment_has_come_does_not_lose_its_promise(app: TestApp) {
        let home = app.household(CallMethod::App, &["09:04"]).await;
        let paired = app.android(&home).await;
        // The host was down at the time; it comes back within the ring window, with other data.
        app.advance_without_ticks(310).await;
        schedules::follow_tz_release(&app.host).await.unwrap();
        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.due_at.to_string().as_str()), (CallState::Completed, "2026-10-12T08:04:00Z"));
        assert_eq!(paired.phone.rings().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_looks_at_its_release_when_it_starts() {
    let world = World::start(WorldConfig::default()).await.unwrap();
    let database = Database::fresh(Engine::Sqlite).await;
    let mut settings = environment(&world.settings(), "http://127.0.0.1:1", &database.url());
    settings.insert("CALLPANION__LOG__LEVEL".into(), "info".into());
    settings.insert("CALLPANION__MAIL__TRANSPORT".into(), "none".into());
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    settings.insert("CALLPANION__LISTEN".into(), free.to_string());
    let ended = Running::serve(&settings).await.stop().await;
    assert_eq!(ended.code, 0, "{}", ended.said);
    assert!(ended.said.contains("time zone data"), "{}", ended.said);
    let release = database.texts("SELECT value AS text FROM facts WHERE name = 'tz_release'").await;
    assert_eq!(release, [callpanion::domain::zone::tz_release()]);
    let ended = Running::serve(&settings).await.stop().await;
    assert!(!ended.said.contains("time zone data"), "it is known by now: {}", ended.said);
    world.stop().await;
}
