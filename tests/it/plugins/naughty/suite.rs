//! Runs the rows, looks whether each was contained and whether anybody else noticed, and prints the table.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use callpanion::domain::Verdict;
use callpanion::plugins::{PluginFailure, Plugins};

use super::super::fixtures::{CROOKED, DEADLINE, NAUGHTY, PERSONAL, Package, built, ring, surroundings};
use super::super::{crooked, vendor::Vendor};
use super::neighbours::Neighbours;
use super::row::{Ends, Row, Stage};
use super::{asking, computing, crooked_rows, inside, replies};
use crate::testing::log;

/// No attack may hold its own caller for longer. Most end within their budget of 250 ms of CPU time.
const HELD_MAX: Duration = Duration::from_secs(10);
/// What a plugin says is cut to this many characters, and a little is added by the host.
const SAID_MAX_CHARS: usize = 700;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_attack_is_contained_named_and_leaves_others_untouched() {
    let log_from = log::captured().text().len();
    let inside = Vendor::open(None).await;
    let vendor = Vendor::open(Some(&inside)).await;
    let naughty = Package::new(&built("naughty"), NAUGHTY);
    let crooked = Package::new(&crooked::component(&[]), CROOKED);
    let lie = [("i32.const 0 (;may-lie-about-memory;)", "i32.const 1")];
    let lying_crooked = Package::new(&crooked::component(&lie), CROOKED);
    let stage =
        Stage { naughty: &naughty, crooked: &crooked, lying_crooked: &lying_crooked, vendor: &vendor, inside: &inside };
    let mut rows = computing::rows(&stage);
    rows.extend(crooked_rows::rows(&stage));
    rows.extend(asking::rows(&stage));
    rows.extend(inside::rows(&stage));
    rows.extend(replies::rows(&stage));

    let neighbours = Neighbours::move_in().await;
    let mut configs: BTreeMap<_, _> = neighbours.sections().into();
    for row in &rows {
        assert!(configs.insert(row.id(), row.section.clone()).is_none(), "two rows are named {}", row.id());
    }
    let surroundings = surroundings(inside::names(SocketAddr::from((Ipv4Addr::LOCALHOST, inside.port()))));
    let plugins = tokio::task::spawn_blocking(move || Plugins::load(&configs, surroundings)).await.unwrap();
    let plugins = plugins.unwrap_or_else(|error| panic!("{error}: {:?}", error.problem));
    neighbours.call(&plugins).await.expect("before anything happens");

    let mut wrong = Vec::new();
    println!("| attack | what stopped it | how the call ended | what was said | held | neighbours at most |");
    println!("|---|---|---|---|---|---|");
    for row in &rows {
        let before = vendor.seen().len();
        let Run { outcome, held, neighbours: others } = run(&plugins, row, &neighbours).await;
        let said = said(&outcome);
        println!(
            "| {} | {} | {} | {} | {} ms | {} |",
            row.attack,
            row.stopped_by,
            Ends::of(&outcome).map_or("?".to_owned(), |ends| format!("{ends:?}")),
            said.replace('|', "/").chars().take(300).collect::<String>(),
            held.as_millis(),
            others.as_ref().map_or_else(Clone::clone, |took| format!("{} ms", took.as_millis())),
        );
        let mut complain = |what: String| wrong.push(format!("{}: {what}: {said}", row.attack));
        if Ends::of(&outcome) != Some(row.ends) {
            complain(format!("it did not end as {:?}", row.ends));
        }
        for words in row.says.iter().filter(|words| !said.contains(words.as_str())) {
            complain(format!("nobody said {words:?}"));
        }
        // The words of a verdict or failure are what the ring attempt keeps.
        if !said.contains(&format!("{} 6.6.", row.id())) && !said.starts_with("accepted") {
            complain("the ring attempt would not name the plugin and its version".to_owned());
        }
        if said.contains(PERSONAL) || said.contains(char::is_control) || said.chars().count() > SAID_MAX_CHARS {
            complain("it says what it should not".to_owned());
        }
        let reached = vendor.seen().len() - before;
        if reached > row.requests_max {
            complain(format!("{reached} requests reached the vendor"));
        }
        if held > HELD_MAX {
            complain(format!("its caller was held for {held:?}"));
        }
        if let Err(trouble) = others {
            complain(trouble);
        }
        let log = log::captured().text();
        let named = log[log_from..].lines().any(|line| line.contains(&row.id()) && line.contains("6.6."));
        if row.logged && !named {
            complain("the log does not name the plugin and its version".to_owned());
        }
    }
    assert!(inside.seen().is_empty(), "somebody got inside: {:?}", inside.seen());
    let smuggled: Vec<_> =
        vendor.seen().into_iter().filter(|seen| seen.headers.iter().any(|h| h.contains("evil"))).collect();
    assert!(smuggled.is_empty(), "smuggled: {smuggled:?}");
    log::assert_silent_about(
        &[PERSONAL.to_owned(), "the-key-of-naughty".to_owned(), "the-bound-key".to_owned()],
        log_from,
    );
    assert!(wrong.is_empty(), "{} of {} rows: {wrong:#?}", wrong.len(), rows.len());
}

struct Run {
    outcome: Result<Vec<Verdict>, PluginFailure>,
    held: Duration,
    neighbours: Result<Duration, String>,
}

/// The attack, with the neighbours at work while it runs and once more after it.
async fn run(plugins: &Plugins, row: &Row, neighbours: &Neighbours) -> Run {
    let (began, id, over) = (Instant::now(), row.id(), AtomicBool::new(false));
    let attack = async {
        let outcome = plugins.ring(&id, vec![ring()], DEADLINE).await;
        over.store(true, Ordering::SeqCst);
        (outcome, began.elapsed())
    };
    let others = async {
        let mut slowest = Ok(Duration::ZERO);
        loop {
            let last = over.load(Ordering::SeqCst);
            let worked = neighbours.call(plugins).await;
            slowest = slowest.and_then(|slowest| worked.map(|took| slowest.max(took)));
            if last {
                return slowest;
            }
        }
    };
    let ((outcome, held), neighbours) = tokio::join!(attack, others);
    Run { outcome, held, neighbours }
}

/// What an operator reads of it.
fn said(outcome: &Result<Vec<Verdict>, PluginFailure>) -> String {
    match outcome {
        Ok(verdicts) => verdicts.iter().map(verdict).collect::<Vec<_>>().join(", "),
        Err(failure) => failure.to_string(),
    }
}

fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Accepted(reference) => format!("accepted {}", reference.as_deref().unwrap_or("without a reference")),
        Verdict::AcceptedIn { environment, .. } => format!("accepted in {environment}"),
        Verdict::Gone(reason) | Verdict::GoneSince { reason, .. } => format!("gone: {reason}"),
        Verdict::Refused(reason) => format!("refused: {reason}"),
        Verdict::Retry { after_ms, reason } => format!("retry after {after_ms} ms: {reason}"),
        Verdict::Unknown(reason) => format!("unknown: {reason}"),
        Verdict::Misconfigured(reason) => format!("misconfigured: {reason}"),
    }
}
