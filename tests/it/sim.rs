//! Simulated days: the same seeds on every run, and each leaves a clean scorecard.

use callpanion::command::sim::{Scorecard, Week, play};

use crate::testing::{Database, Engine, data_dir};

async fn live(seed: u64, database: Option<String>) -> Scorecard {
    play(&Week { parents: 6, seed, days: 3, database, data_dir: Some(data_dir()) }).await.unwrap()
}

#[track_caller]
fn assert_clean(scorecard: &Scorecard) {
    assert!(scorecard.is_clean(), "play it again with: {}\n{scorecard}", scorecard.command);
    assert!(scorecard.promised > 10 && scorecard.talks > 5 && scorecard.deaths > 0, "a dull week:\n{scorecard}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_promise_of_three_seeds_is_kept() {
    for seed in 1..=3 {
        assert_clean(&live(seed, None).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hosts_that_die_in_turn_keep_every_promise() {
    let database = Database::fresh(Engine::Postgres).await;
    assert_clean(&live(4, Some(database.url())).await);
    database.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_seed_gives_the_same_scorecard() {
    let (first, second) = (live(5, None).await, live(5, None).await);
    assert_eq!(first, second, "\n{first}\n{second}");
    assert_ne!(first.trace, live(6, None).await.trace);
}
