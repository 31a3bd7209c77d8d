//! Simulated days: the same seeds on every run, and each leaves a clean scorecard. A failing one prints the command that
//! plays it again.

use callpanion::command::sim::{Scorecard, Week, play};

use crate::testing::{Database, Engine, Settings, data_dir, program};

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

/// What the command prints when it has lived through two days of three parents: on phones of both kinds and on a line,
/// in three zones, in one of which the clocks are changed.
async fn printed(database: Option<&str>) -> String {
    let mut words = vec!["sim", "week", "--parents", "3", "--seed", "31", "--days", "2"];
    words.extend(database.into_iter().flat_map(|url| ["--database", url]));
    let (ended, printed) = program::run_and_read(&words, &Settings::new()).await;
    assert_eq!(ended.code, 0, "{}\n{printed}", ended.said);
    // Before it the child says that it is a test.
    let begin = printed.find("callpanion sim week").unwrap_or_else(|| panic!("no scorecard in:\n{printed}"));
    printed[begin..].to_owned()
}

/// The number on a line of a scorecard.
#[track_caller]
fn number(scorecard: &str, line: &str) -> usize {
    let rest = scorecard.lines().find_map(|told| told.trim_start().strip_prefix(line));
    let rest = rest.unwrap_or_else(|| panic!("no line `{line}` in:\n{scorecard}"));
    rest.trim_start().chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

#[track_caller]
fn assert_kept(scorecard: &str) {
    let promised = number(scorecard, "promised");
    assert!(promised > 5, "dull days:\n{scorecard}");
    assert_eq!(number(scorecard, "settled"), promised, "{scorecard}");
    for wrong in ["lost", "open", "doubled", "early", "late beyond its window", "outcome wrong", "jobs left"] {
        assert_eq!(number(scorecard, wrong), 0, "{wrong}:\n{scorecard}");
    }
    for told in ["\n  lateness       p50 ", "gaps 0, doubles 0, overdue 0", "\nevery promise was kept"] {
        assert!(scorecard.contains(told), "no `{told}` in:\n{scorecard}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn command_ends_well_and_prints_the_same_of_the_same_seed_on_sqlite() {
    let (first, second) = (printed(None).await, printed(None).await);
    assert_kept(&first);
    assert_eq!(first, second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn command_ends_well_and_prints_the_same_of_the_same_seed_on_postgres() {
    let (one, other) = (Database::fresh(Engine::Postgres).await, Database::fresh(Engine::Postgres).await);
    let (first, second) = (printed(Some(&one.url())).await, printed(Some(&other.url())).await);
    assert_kept(&first);
    assert_eq!(first, second);
    one.end().await;
    other.end().await;
}
