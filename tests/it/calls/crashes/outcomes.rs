//! Outcomes: a host dies when rings have left it, and a page of what became of them is written and not committed.

use callpanion::domain::{AlertKind, AttemptState, CallReason, CallState};
use callpanion::services::{outcomes, queueing, ringing};
use callpanion_emulators::Behaviour;
use callpanion_emulators::scripts::{self, Language};

use super::{death_before_the_commit, steps};
use crate::testing::{Paired, dump, on_both};

/// Their phone is picked up when the next host has long been there.
fn pick_up_late(paired: &Paired) {
    paired.phone.behave(Behaviour::Answer { after_ms: 20_000, script: scripts::cheerful(Language::English) });
}

on_both! {
    async fn page_that_a_host_did_not_live_to_commit_left_nothing_and_its_ring_goes_out_once_more(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        pick_up_late(&paired);
        let other = app.another_host().await;
        assert_eq!(queueing::tick(&other).await.unwrap(), 1);
        app.keep_alive_until_due(&other, 60).await;
        assert_eq!(ringing::run_due(&other).await, 1);
        let (begin, end) = death_before_the_commit(&app.database, "INSERT ON timeline");
        app.database.execute(&begin).await;
        let before = dump(&app.database, &[]).await;
        assert!(outcomes::write(&other).await.is_err(), "it is not committed");
        drop(other);
        assert_eq!(dump(&app.database, &[]).await, before, "something was written");
        app.database.execute(&end).await;

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        let (pushes, ring) = (paired.phone.pushes(), app.attempts(call.id).await[0].id.to_string());
        assert_eq!(pushes.len(), 2, "whether it rang, the next host cannot know");
        assert!(pushes.iter().all(|push| push.payload["sessionId"] == ring), "under one name");
        assert!(pushes[1].at_ms < call.expires_at.millis(), "in its window");
        assert_eq!(paired.phone.rings().len(), 1, "the phone knows it");
        // That it left at its moment died with the host.
        assert_eq!(steps(&app, &call).await[..3], ["queued", "ringing (fcm)", "answered"]);
    }

    async fn page_that_was_committed_is_not_rung_again_when_the_host_died_before_the_next_one(app: TestApp) {
        let (taken, refused) = (app.app_household().await, app.app_household().await);
        let (paired, gone) = (app.android(&taken).await, app.android(&refused).await);
        pick_up_late(&paired);
        gone.phone.uninstall();
        let other = app.another_host().await;
        assert_eq!(queueing::tick(&other).await.unwrap(), 2);
        app.keep_alive_until_due(&other, 60).await;
        assert_eq!(ringing::run_due(&other).await, 2);
        // What its vendor took is a page. What it did not take is the next one, with the family's alert.
        let (begin, end) = death_before_the_commit(&app.database, "INSERT ON alerts");
        app.database.execute(&begin).await;
        assert!(outcomes::write(&other).await.is_err(), "it is not committed");
        drop(other);
        app.database.execute(&end).await;
        let (one, two) = (app.call(&taken).await, app.call(&refused).await);
        assert_eq!((one.state, two.state), (CallState::Ringing, CallState::Queued));
        assert_eq!(app.attempt_states(two.id).await, [AttemptState::Armed]);
        assert_eq!(app.database.count("push_addresses WHERE gone_at IS NOT NULL").await, 0);

        let call = app.outcome(&taken, 300).await;
        assert_eq!((call.state, call.tries, paired.phone.pushes().len()), (CallState::Completed, 1, 1));
        assert_eq!(steps(&app, &call).await[..3], ["queued", "ringing (fcm)", "answered"]);
        let call = app.call(&refused).await;
        assert_eq!((call.state, call.reason, call.tries), (CallState::Failed, Some(CallReason::AddressGone), 1));
        let refusal = ["queued", "ringing (fcm)", "ring_failed (address_gone)", "failed (address_gone)"];
        assert_eq!(steps(&app, &call).await, refusal);
        assert_eq!(app.database.count("push_addresses WHERE gone_at IS NOT NULL").await, 1);
        assert_eq!((app.alert_kinds(&refused).await, app.letters(&refused).len()), (vec![AlertKind::CallFailed], 1));
    }
}
