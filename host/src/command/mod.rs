//! The commands: the door for the operator. `main` hands over the parsed
//! command line; each file carries out one command and speaks to the terminal.

pub mod args;
mod audit;
mod check;
mod config;
mod demo;
mod doctor;
mod erase;
mod migrate;
mod plugin;
mod provision;
mod seal;
mod serve;
pub mod sim;
mod webhooks;

use std::path::Path;
use std::process::ExitCode;

use args::{Cli, Command, EXIT_CONFIG, EXIT_DONE, EXIT_FAILED};

use crate::config::Config;
use crate::memory;
use crate::plugins::PluginLoadError;

/// How a command failed.
enum Failure {
    /// The configuration is wrong; the text lists every problem.
    Config(String),
    /// Something else.
    Other(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = error.into();
        // A plugin that does not load is a matter of its section in the configuration.
        if error.is::<PluginLoadError>() { Self::Config(format!("{error:#}")) } else { Self::Other(error) }
    }
}

type Outcome = Result<(), Failure>;

/// Carries out a command line.
#[expect(clippy::print_stderr, reason = "a command's last word goes to the terminal")]
pub async fn run(cli: Cli) -> ExitCode {
    memory::in_no_core_dump();
    let outcome = match cli.command {
        Command::Serve(arg) => serve::run(arg).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Config(command) => config::run(command).await,
        Command::Plugin(command) => plugin::run(command).await,
        Command::Sim(command) => sim::run(command).await,
        Command::Webhooks(command) => webhooks::run(command).await,
        Command::Audit(command) => audit::run(command).await,
        Command::Check(arg) => check::run(arg).await,
        Command::Doctor(arg) => doctor::run(arg).await,
        Command::Provision(args) => provision::run(args).await,
        Command::Erase(command) => erase::run(command).await,
        Command::Migrate(arg) => migrate::run(arg).await,
        Command::Seal(arg) => seal::run(arg).await,
    };
    match outcome {
        Ok(()) => ExitCode::from(EXIT_DONE),
        Err(Failure::Config(problems)) => {
            eprintln!("callpanion: {}", printable(&problems));
            ExitCode::from(EXIT_CONFIG)
        }
        Err(Failure::Other(error)) => {
            eprintln!("callpanion: {}", printable(&format!("{error:#}")));
            ExitCode::from(EXIT_FAILED)
        }
    }
}

/// Text for a terminal. An error may quote the file of a stranger, who must not move the reader's cursor, paint over
/// what is said, or turn its direction.
fn printable(text: &str) -> String {
    let moves = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if moves(c) { '\u{fffd}' } else { c }).collect()
}

/// Reads the configuration: defaults, the file, the environment.
fn load_config(file: Option<&Path>) -> Result<Config, Failure> {
    Config::load(file, std::env::vars()).map_err(|error| Failure::Config(error.to_string()))
}
