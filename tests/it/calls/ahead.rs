//! Ahead: what a ring needs is ready a minute before its moment, and then it is only sent.

use callpanion::domain::CallState;
use callpanion::services::{queueing, ringing};

use crate::testing::{Settings, TestApp, on_both};

/// How long a push may be on its way, as it says itself: 45 seconds of window without the 30 that the phone rings, and
/// without the 5 that it may leave late as it was planned.
const COMPUTED_AHEAD_MS: i64 = 10_000;
/// The same, where it is computed a second after its moment.
const COMPUTED_LATE_MS: i64 = 14_000;
const RING_WINDOW_S: i64 = 45;

/// A host that stands still for seconds keeps what it holds: half of its lease is longer.
fn sleeping_soundly(settings: &mut Settings) {
    settings.insert("CALLPANION__CALLING__LEASE_S".to_owned(), "60".to_owned());
}

/// A ring that leaves so late, with nothing new being armed meanwhile. Gives how long the push may be on its way, in ms.
async fn life_of_a_push_that_leaves_late(app: &TestApp, late_s: u32) -> i64 {
    let home = app.app_household().await;
    app.android(&home).await;
    app.advance(59).await;
    app.advance_without_ticks(1 + late_s).await;
    assert_eq!(ringing::run_due(&app.host).await, 1);
    let fcm = &app.world.fcm;
    let [sent] = &fcm.sent()[..] else { panic!("{:?}", fcm.sent()) };
    let rings_ms: i64 = sent.message.data["duration"].parse().unwrap();
    let over_ms = app.call(&home).await.due_at.plus_secs(RING_WINDOW_S).millis();
    let last_ms = sent.at_ms + sent.message.ttl_ms + rings_ms;
    assert!(last_ms <= over_ms, "it may ring until {} ms after its window", last_ms - over_ms);
    assert_eq!(app.outcome(&home, 300).await.state, CallState::Completed);
    sent.message.ttl_ms
}

on_both! {
    async fn at_their_moment_rings_are_sent_and_nothing_else_is_left_to_do(app: TestApp) {
        let homes = [app.app_household().await, app.app_household().await];
        let mut phones = Vec::new();
        for home in &homes {
            phones.push(app.android(home).await);
        }
        app.advance(59).await;
        let fcm = &app.world.fcm;
        // One for the token, one for the messages.
        let stand = app.world.until(|world| world.fcm.connections() == 2).await;
        assert!(stand, "{} connections", fcm.connections());
        assert_eq!((fcm.token_requests().len(), fcm.sent().len()), (1, 0));

        // They leave a second late, and no tick runs before: so they tell that they were computed ahead.
        app.advance_without_ticks(2).await;
        assert_eq!(ringing::run_due(&app.host).await, 2);
        let lives_ms: Vec<i64> = fcm.sent().iter().map(|sent| sent.message.ttl_ms).collect();
        assert_eq!(lives_ms, [COMPUTED_AHEAD_MS; 2]);
        assert_eq!((fcm.token_requests().len(), fcm.connections()), (1, 2));
        for (home, paired) in homes.iter().zip(&phones) {
            assert_eq!(app.outcome(home, 300).await.state, CallState::Completed);
            assert_eq!(paired.phone.rings().len(), 1);
        }
    }

    async fn ring_for_which_nothing_is_ready_asks_for_all_of_it_and_is_sent(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        assert_eq!(queueing::tick(&app.host).await.unwrap(), 1);
        app.advance_without_ticks(61).await;
        let fcm = &app.world.fcm;
        assert_eq!((fcm.token_requests().len(), fcm.connections()), (0, 0));

        assert_eq!(ringing::run_due(&app.host).await, 1);
        let lives_ms: Vec<i64> = fcm.sent().iter().map(|sent| sent.message.ttl_ms).collect();
        assert_eq!(lives_ms, [COMPUTED_LATE_MS]);
        assert_eq!((fcm.token_requests().len(), fcm.connections()), (1, 2));
        assert_eq!(app.outcome(&home, 300).await.state, CallState::Completed);
        assert_eq!(paired.phone.rings().len(), 1);
    }
}

on_both! {
    with: sleeping_soundly;

    async fn ring_that_leaves_late_as_it_was_planned_ends_with_its_window(app: TestApp) {
        assert_eq!(life_of_a_push_that_leaves_late(&app, 5).await, COMPUTED_AHEAD_MS);
    }

    async fn ring_that_leaves_later_than_its_plan_is_good_is_planned_anew(app: TestApp) {
        assert_eq!(life_of_a_push_that_leaves_late(&app, 8).await, 7_000);
    }
}
