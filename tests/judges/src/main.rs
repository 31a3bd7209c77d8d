//! What the judges in this folder need of the house. `tests/judges/run` builds it, and they call it:
//!
//! - `callpanion-judges emulators URL`: the emulators on their ports, with webhooks to `URL`;
//! - `callpanion-judges ask ORIGIN KEY`: the plugins ask a vendor at `ORIGIN` all that they ever ask ElevenLabs.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a line is its result")]

mod ask;
mod emulators;

use std::process::ExitCode;

use tokio::runtime::Runtime;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Ok(runtime) = Runtime::new() else { return ExitCode::FAILURE };
    let outcome = match words[..] {
        ["emulators", webhook_url] => emulators::run(&runtime, webhook_url),
        ["ask", origin, key] => runtime.block_on(ask::run(origin, key)),
        _ => Err(anyhow::anyhow!("call it as tests/judges/run does: emulators URL, or ask ORIGIN KEY")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
