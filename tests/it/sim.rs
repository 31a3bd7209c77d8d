//! Simulated days: the same seeds on every run, and each leaves a clean scorecard. A failing one prints the command that
//! plays it again.

use callpanion::command::sim::{Scorecard, Week, play};

use crate::testing::{Database, Engine, data_dir};

async fn live(seed: u64, database: Option<String>) -> Scorecard {
    play(&Week { parents: 12, seed, days: 3, database, data_dir: Some(data_dir()) }).await.unwrap()
}

#[track_caller]
fn assert_clean(scorecard: &Scorecard) {
    assert!(scorecard.is_clean(), "play it again with: {}\n{scorecard}", scorecard.command);
    assert!(scorecard.promised > 20 && scorecard.talks > 10 && scorecard.deaths > 0, "a dull week:\n{scorecard}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_promise_of_a_seed_is_kept_and_the_same_seed_gives_the_same_scorecard() {
    let (first, second) = (live(1, None).await, live(1, None).await);
    assert_clean(&first);
    assert_eq!(first.to_string(), second.to_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_promise_of_other_seeds_is_kept() {
    let (second, third) = (live(2, None).await, live(3, None).await);
    assert_clean(&second);
    assert_clean(&third);
    assert_ne!(second.trace, third.trace);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hosts_that_die_in_turn_keep_every_promise() {
    let database = Database::fresh(Engine::Postgres).await;
    assert_clean(&live(4, Some(database.url())).await);
    database.end().await;
}
