//! Ahead: what a ring needs is ready a minute before its moment, and then it is only sent.

use callpanion::domain::CallState;
use callpanion::services::{queueing, ringing};

use crate::testing::on_both;

/// How long a push may be on its way, as it says itself: 45 seconds of window without the 30 that the phone rings.
const COMPUTED_FOR_ITS_MOMENT_MS: i64 = 15_000;
/// The same, where it is computed a second later.
const COMPUTED_LATE_MS: i64 = 14_000;

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

        // They leave a second late, and no tick runs before: so they tell for which moment they were computed.
        app.advance_without_ticks(2).await;
        assert_eq!(ringing::run_due(&app.host).await, 2);
        let lives_ms: Vec<i64> = fcm.sent().iter().map(|sent| sent.message.ttl_ms).collect();
        assert_eq!(lives_ms, [COMPUTED_FOR_ITS_MOMENT_MS; 2]);
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
