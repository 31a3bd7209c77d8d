//! Hosts that die: a claim that was taken and never carried out is taken up by the next host. What had left a host and
//! was not written when it died has a file for each kind.

mod answers;
mod cancels;
mod letters;
mod outcomes;

use callpanion::db::calls::Call;
use callpanion::db::ring_attempts::steps::Claim;
use callpanion::db::{Span, jobs};
use callpanion::domain::{CallMethod, CallReason, CallState, Moment, NodeId};
use callpanion::services::{queueing, ringing, submitting};
use callpanion_emulators::eleven::requests::Op;
use callpanion_emulators::scripts::{self, Language};
use callpanion_emulators::{Behaviour, Line};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::json;

use crate::testing::{Database, Household, TestApp, dump, on_both};

on_both! {
    async fn queueing_that_a_host_did_not_live_to_commit_left_nothing_and_is_done_by_another(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        let other = app.another_host().await;
        let (begin, end) = death_before_the_commit(&app.database, "INSERT ON ring_attempts");
        app.database.execute(&begin).await;
        let before = dump(&app.database, &[]).await;
        assert_ne!(queueing::tick(&other).await.ok(), Some(1), "it is not committed");
        assert!(other.armory.is_empty(), "it holds what is not committed");
        drop(other);
        assert_eq!(dump(&app.database, &[]).await, before, "something was written");
        app.database.execute(&end).await;

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        let rings = paired.phone.rings();
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].session_id, app.attempts(call.id).await[0].id.to_string());
        assert_eq!(rings[0].at_ms, call.due_at.millis());
    }

    async fn push_of_a_host_that_died_is_taken_over_and_rings_on_time(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        // Another host queues it, holds it in memory, and dies before its moment.
        let other = app.another_host().await;
        assert_eq!(queueing::tick(&other).await.unwrap(), 1);
        assert_eq!(other.armory.len(), 1);
        drop(other);

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        let rings = paired.phone.rings();
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].session_id, app.attempts(call.id).await[0].id.to_string());
        assert_eq!(rings[0].at_ms, call.due_at.millis());
    }

    async fn push_of_a_host_that_died_at_its_moment_rings_within_its_window(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        let other = app.another_host().await;
        assert_eq!(queueing::tick(&other).await.unwrap(), 1);
        app.keep_alive_until_due(&other, 60).await;
        drop(other);

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        let late_ms = paired.phone.rings()[0].at_ms - call.due_at.millis();
        assert!((5_000..45_000).contains(&late_ms), "{late_ms} ms");
    }

    async fn push_that_left_before_the_host_died_rings_once(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.android(&home).await;
        let other = app.another_host().await;
        assert_eq!(queueing::tick(&other).await.unwrap(), 1);
        app.keep_alive_until_due(&other, 60).await;
        // It leaves, and what became of it is never written.
        assert_eq!(ringing::run_due(&other).await, 1);
        assert_eq!(other.outcomes.len(), 1);
        drop(other);

        let call = app.outcome(&home, 300).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        assert_eq!(paired.phone.rings().len(), 1);
    }

    async fn ring_that_a_device_has_confirmed_to_a_host_that_died_is_missed_and_tried_again(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        paired.phone.behave(Behaviour::Ignore);
        let other = app.another_host().await;
        assert_eq!(queueing::tick(&other).await.unwrap(), 1);
        app.keep_alive_until_due(&other, 60).await;
        // It leaves, the device says that it rings, and what became of it is never written.
        assert_eq!(ringing::run_due(&other).await, 1);
        assert!(app.world.settle().await);
        drop(other);

        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.tries), (CallState::Missed, 2));
        assert_eq!(paired.phone.rings().len(), 2);
    }

    async fn device_that_confirms_a_ring_of_a_dead_host_and_falls_silent_was_rung(app: TestApp) {
        let home = app.app_household().await;
        let paired = app.iphone(&home).await;
        let other = app.another_host().await;
        assert_eq!(queueing::tick(&other).await.unwrap(), 1);
        app.keep_alive_until_due(&other, 60).await;
        drop(other);
        // Its word is all that is left of the ring.
        let ring = app.attempts(app.call(&home).await.id).await[0].id;
        let rang = format!("/api/device/v1/calls/{ring}/rang");
        assert_eq!(app.device_post(&paired.phone, &rang, json!({})).await.0, 200);

        let call = app.until_state(&home, CallState::Ringing, 900).await;
        assert_eq!((call.tries, call.reason), (2, Some(CallReason::NoAnswer)));
        assert_eq!(app.outcome(&home, 300).await.state, CallState::Completed);
    }

    async fn batch_of_a_host_that_died_is_looked_up_before_it_is_submitted(app: TestApp) {
        let home = app.household(CallMethod::Phone, &["09:03"]).await;
        app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        queueing::tick(&app.host).await.unwrap();
        drop(submitting::claim_due(&app.host).await.unwrap());

        let call = app.outcome(&home, 900).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        let eleven = &app.world.eleven;
        let first_look = eleven.requests().iter().position(|request| request.op == Some(Op::Batches));
        let first_submit = eleven.requests().iter().position(|request| request.op == Some(Op::Submit));
        assert!(first_look.is_some() && first_look < first_submit, "{first_look:?} {first_submit:?}");
        assert_eq!((eleven.batches().len(), eleven.dials().len()), (1, 1));
    }

    async fn batch_that_left_before_the_host_died_is_found_and_dialled_once(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
        queueing::tick(&app.host).await.unwrap();
        let batches = submitting::claim_due(&app.host).await.unwrap();
        app.database.execute("CREATE TABLE kept AS SELECT * FROM ring_attempts").await;
        for batch in batches {
            submitting::send(&app.host, batch).await.unwrap();
        }
        app.database
            .execute(
                "UPDATE ring_attempts SET (state, act_at, reference, recipient, accepted_at) = \
                    (SELECT state, act_at, reference, recipient, accepted_at FROM kept WHERE kept.id = ring_attempts.id)",
            )
            .await;

        let call = app.outcome(&home, 400).await;
        assert_eq!((call.state, call.tries), (CallState::Completed, 1));
        let eleven = &app.world.eleven;
        assert_eq!((eleven.batches().len(), eleven.count(Op::Submit), eleven.dials().len()), (1, 1, 1));
    }

    async fn job_of_a_host_that_died_is_done_by_the_next(app: TestApp) {
        let home = webhook_arrived(&app).await;
        let another = app.another_host().await;
        take_jobs(&app, another.node).await;
        until_the_dead_are_buried(&app).await;
        let call = app.call(&home).await;
        assert_eq!(call.state, CallState::Completed);
        assert!(app.is_summarised(call.id).await, "nobody waits for the end of the job's lease");
    }

    async fn job_that_hangs_is_begun_anew_when_its_lease_ends(app: TestApp) {
        let home = webhook_arrived(&app).await;
        take_jobs(&app, app.host.node).await;
        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        assert!(app.is_summarised(call.id).await);
    }
}

/// A host dies in the middle of its work, as soon as the world has come so far: the work never goes on.
async fn dies<T>(work: BoxFuture<'_, T>, has_come: impl Future<Output = bool>) {
    tokio::select! {
        biased;
        _ended = work => panic!("the host lived to the end of its work"),
        has_come = has_come => assert!(has_come, "the host never came so far"),
    }
}

/// The living host notices who is dead, and takes over.
async fn until_the_dead_are_buried(app: &TestApp) {
    app.advance(u32::try_from(app.host.lease().as_secs()).unwrap() + 2).await;
}

/// SQL after which no transaction that does this (`INSERT ON jobs`) is committed, and SQL that ends that.
///
/// Such a transaction does all that it has to do. Then its commit fails, for want of a row that only had to be there by
/// then: as when its host dies at that moment, the database is left with a transaction that was never committed.
fn death_before_the_commit(database: &Database, deed: &str) -> (String, String) {
    let tables = "CREATE TABLE hosts (id INTEGER PRIMARY KEY); \
         CREATE TABLE commits (host INTEGER REFERENCES hosts (id) DEFERRABLE INITIALLY DEFERRED);";
    match database {
        Database::Sqlite(_) => (
            format!("{tables} CREATE TRIGGER dies AFTER {deed} BEGIN INSERT INTO commits VALUES (1); END;"),
            "DROP TRIGGER dies".to_owned(),
        ),
        Database::Postgres { .. } => {
            let (_, table) = deed.rsplit_once(' ').unwrap();
            let begin = format!(
                "{tables} CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql \
                     AS 'BEGIN INSERT INTO commits VALUES (1); RETURN NULL; END'; \
                 CREATE TRIGGER dies AFTER {deed} FOR EACH ROW EXECUTE FUNCTION die();",
            );
            (begin, format!("DROP TRIGGER dies ON {table}"))
        }
    }
}

/// What happened to a call, in order, without when.
async fn steps(app: &TestApp, call: &Call) -> Vec<String> {
    let rows = app.timeline(call).await;
    rows.iter().map(|row| row.split_once(": ").unwrap().1.to_owned()).collect()
}

/// A household whose call was talked, and whose webhook nobody has read.
async fn webhook_arrived(app: &TestApp) -> Household {
    let home = app.phone_household().await;
    app.world.line(&home.number, Line::Answers(scripts::cheerful(Language::English)));
    app.advance_until(300, || async { app.world.eleven.dials().len() == 1 }).await;
    app.advance_without_ticks(150).await;
    assert_eq!(app.world.eleven.webhooks().len(), 1);
    home
}

/// A host begins all jobs, and ends none.
async fn take_jobs(app: &TestApp, node: NodeId) {
    let now = app.now();
    let due = Span { from: Moment(0), until: now, limit: 100 };
    let claim = Claim { node, now, until: now.plus_secs(120) };
    let claimed = app.host.db.write(move |c| async move { jobs::claim(c, claim, due).await }.boxed()).await.unwrap();
    assert_eq!(claimed.len(), 1);
}
