//! `cargo bench -p callpanion-bench --bench pipeline [-- NUMBER]`: the pipeline at the full hour, each figure beside a
//! baseline of the same run, on SQLite and on PostgreSQL.
//!
//! Every piece runs in a process of its own, and so does every vendor, bare loop and visitor: memory once taken is not
//! given back, and nobody may wait for another's threads. A bar that is missed is said so, and the program ends with 1.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the table is its result")]
#![allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "numbers of a benchmark, counts among them")]

mod bare;
mod cluster;
mod house;
mod ingest;
mod other;
mod restart;
mod seed;
mod spike;
mod store;
mod table;
mod ticks;
mod vendor;
mod visitor;
mod wal;

use std::process::ExitCode;

use mimalloc::MiMalloc;
use tokio::runtime::Runtime;

use crate::cluster::Cluster;
use crate::store::Store;

/// As the program has it; so have the bare loop and the vendor.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Calls that are due at one instant, unless another number is asked for.
const CALLS: usize = 10_000;
const PIECES: [&str; 6] = ["spike", "slow", "visited", "restart", "ingest", "ticks"];
/// How long the vendor of the piece `slow` takes for a reply: as Google does.
const SLOW_MS: u32 = 75;

fn main() -> ExitCode {
    callpanion::memory::in_small_pages();
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Ok(runtime) = Runtime::new() else { return ExitCode::FAILURE };
    let outcome = match words[..] {
        ["vendor", delay_ms] => runtime.block_on(vendor::run(delay_ms)),
        ["bare", origin, roots, clients, in_flight, calls] => {
            runtime.block_on(bare::run((origin, roots), clients, in_flight, calls))
        }
        ["visitor", url, cookie] => runtime.block_on(visitor::run(url, cookie)),
        ["piece", piece, place, server, calls] => piece_of(&runtime, piece, place, server, calls),
        _ => all(&words),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Every piece on both engines; of words given, a number is that of the calls, and a name is that of a piece or engine.
fn all(words: &[&str]) -> anyhow::Result<()> {
    let calls = words.iter().find_map(|word| word.parse().ok()).unwrap_or(CALLS);
    let wanted = |names: &[&'static str]| -> Vec<&'static str> {
        let named: Vec<_> = names.iter().filter(|name| words.contains(name)).copied().collect();
        if named.is_empty() { names.to_vec() } else { named }
    };
    let (cores, machine) = (std::thread::available_parallelism()?, std::env::consts::ARCH);
    println!("the pipeline, measured on {cores} cores of {machine}");
    let mut missed = 0;
    for engine in wanted(&["sqlite", "postgres"]) {
        let cluster = if engine == "postgres" { Some(Cluster::start()?) } else { None };
        for piece in wanted(&PIECES) {
            let folder = tempfile::tempdir()?;
            let place = match &cluster {
                Some(cluster) => cluster.url().to_owned(),
                None => folder.path().join("bench.sqlite").display().to_string(),
            };
            let server = cluster.as_ref().and_then(Cluster::postmaster).unwrap_or(0).to_string();
            println!("\n{piece} on {engine}");
            missed += usize::from(!other::piece(piece, &place, &server, calls)?);
        }
    }
    anyhow::ensure!(missed == 0, "{missed} pieces missed a bar");
    Ok(())
}

fn piece_of(runtime: &Runtime, piece: &str, place: &str, server: &str, calls: &str) -> anyhow::Result<()> {
    let calls = calls.parse()?;
    let server = server.parse().ok().filter(|pid| *pid != 0);
    runtime.block_on(async {
        let store = Store::fresh(place, piece, server).await?;
        match piece {
            "spike" => spike::run(&store, calls, 0).await,
            "slow" => spike::run(&store, calls, SLOW_MS).await,
            "visited" => spike::visited(&store, calls).await,
            "restart" => restart::run(&store, calls).await,
            "ingest" => ingest::run(&store).await,
            "ticks" => ticks::run(&store).await,
            _ => anyhow::bail!("there is no piece {piece}"),
        }
    })
}
