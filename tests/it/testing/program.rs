//! The program itself, as a process of its own.
//!
//! A child is this test binary, told to be `callpanion`: it parses the same command
//! line and hands it to the same command as `main` does, and so needs no second build.

use std::process::Stdio;
use std::time::Duration;

use callpanion::command::{self, args::Cli};
use clap::Parser as _;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use super::Settings;

/// Where the child finds its command line, one argument a line.
const ARGUMENTS: &str = "CALLPANION_IT_ARGUMENTS";
/// Nothing that a test asks of the program takes longer.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is left of a program that ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code.
    pub code: i32,
    /// What it said on standard error.
    pub said: String,
}

/// A program that runs.
pub struct Running {
    child: Child,
    log: JoinSet<String>,
}

fn start(arguments: &[&str], settings: &Settings) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "testing::program::callpanion", "--ignored", "--nocapture", "--quiet"]);
    command.env(ARGUMENTS, arguments.join("\n")).envs(settings).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap()
}

/// Runs `callpanion` to its end.
pub async fn run(arguments: &[&str], settings: &Settings) -> Ended {
    let mut child = start(arguments, settings);
    let mut said = String::new();
    let mut stderr = child.stderr.take().unwrap();
    let ended = async {
        stderr.read_to_string(&mut said).await.unwrap();
        child.wait().await.unwrap()
    };
    let status = tokio::time::timeout(PATIENCE, ended).await.expect("the program ends");
    Ended { code: status.code().expect("an exit code"), said }
}

impl Running {
    /// Starts `callpanion serve` and waits until it serves.
    pub async fn serve(settings: &Settings) -> Self {
        let mut child = start(&["serve"], settings);
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut log = String::new();
        let serving = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                let serves = line.contains(r#""message":"serving""#);
                log.push_str(&line);
                log.push('\n');
                if serves {
                    return;
                }
            }
            panic!("it ended before it served:\n{log}");
        };
        tokio::time::timeout(PATIENCE, serving).await.expect("it serves");
        // The pipe is read on, or a full one would stop the program.
        let mut task = JoinSet::new();
        task.spawn(async move {
            while let Some(line) = lines.next_line().await.unwrap() {
                log.push_str(&line);
                log.push('\n');
            }
            log
        });
        Self { child, log: task }
    }

    /// Sends it a signal.
    pub async fn signal(&self, signal: &str) {
        let id = self.child.id().expect("it runs").to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
    }

    /// Ends it at once, as a crash would, and waits until it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Tells it to stop as a service manager does, and waits for its end.
    pub async fn stop(mut self) -> Ended {
        let id = self.child.id().expect("it runs").to_string();
        Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it stops").unwrap();
        Ended { code: status.code().expect("an exit code"), said: self.log.join_next().await.unwrap().unwrap() }
    }
}

/// Not a test: what a child of the tests runs.
#[test]
#[ignore = "run by other tests as a process of its own"]
fn callpanion() {
    #[expect(clippy::disallowed_methods, reason = "the tests' own channel to their child")]
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    let cli =
        Cli::try_parse_from(["callpanion"].into_iter().chain(arguments.lines())).unwrap_or_else(|error| error.exit());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let code = format!("{:?}", runtime.block_on(command::run(cli)));
    // An exit code does not show its number otherwise.
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    std::process::exit(code.parse().unwrap());
}
