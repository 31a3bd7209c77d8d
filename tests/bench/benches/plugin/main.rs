//! `cargo bench -p callpanion-bench --bench plugin`: what a plugin costs, each figure beside the same function compiled
//! natively, in one process and in interleaved rounds; and what it costs to load them.
//!
//! The rings that cross the network run in processes of their own (`wire`), because memory once taken is not given back.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the table is its result")]

mod computing;
mod loading;
mod native;
mod samples;
mod vendor;
mod wire;

use std::process::ExitCode;

use tokio::runtime::Runtime;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Ok(runtime) = Runtime::new() else { return ExitCode::FAILURE };
    let outcome = match words[..] {
        [] => all(&runtime),
        ["vendor", holding] => runtime.block_on(vendor::run(holding == "holding")),
        ["calls", threads, callers] => runtime.block_on(computing::calls(threads, callers)),
        ["rate", by, origin, roots] => runtime.block_on(wire::rate(by, origin, roots)),
        ["hold", by, origin, roots] => runtime.block_on(wire::hold(by, origin, roots)),
        _ => Err(anyhow::anyhow!("it takes no arguments")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn all(runtime: &Runtime) -> anyhow::Result<()> {
    let (cores, machine) = (std::thread::available_parallelism()?, std::env::consts::ARCH);
    println!("plugins, measured on {cores} cores of {machine}; medians of interleaved rounds\n");
    runtime.block_on(computing::run())?;
    loading::run(runtime)?;
    wire::run()
}
