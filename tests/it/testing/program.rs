//! The program itself, as a process of its own.
//!
//! A child is this test binary, told to be `callpanion`: it parses the same command
//! line and hands it to the same command as `main` does, and so needs no second build.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use callpanion::command::{self, args::Cli};
use clap::Parser as _;
use futures::FutureExt as _;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
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
    /// What it said.
    pub said: String,
}

/// A program that runs.
pub struct Running {
    child: Child,
    said: JoinSet<String>,
}

fn start(arguments: &[&str], settings: &Settings, stdout: Stdio) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "testing::program::callpanion", "--ignored", "--nocapture", "--quiet"]);
    command.env(ARGUMENTS, arguments.join("\n")).envs(settings).stdin(Stdio::null());
    command.stdout(stdout).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap()
}

/// Runs `callpanion` to its end.
pub async fn run(arguments: &[&str], settings: &Settings) -> Ended {
    let (ended, _printed) = run_and_read(arguments, settings).await;
    ended
}

/// The same, and what it printed as its result.
pub async fn run_and_read(arguments: &[&str], settings: &Settings) -> (Ended, String) {
    let mut child = start(arguments, settings, Stdio::piped());
    let (mut said, mut printed) = (String::new(), String::new());
    let (mut stderr, mut stdout) = (child.stderr.take().unwrap(), child.stdout.take().unwrap());
    let ended = async {
        tokio::try_join!(stderr.read_to_string(&mut said), stdout.read_to_string(&mut printed)).unwrap();
        child.wait().await.unwrap()
    };
    let status = tokio::time::timeout(PATIENCE, ended).await.expect("the program ends");
    (Ended { code: status.code().expect("an exit code"), said }, printed)
}

/// Reads until a line holds `words`.
async fn read_to<R: AsyncBufRead + Unpin>(lines: &mut Lines<R>, words: &str) -> String {
    let mut said = String::new();
    let reading = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            said.push_str(&line);
            said.push('\n');
            if line.contains(words) {
                return;
            }
        }
        panic!("it ended before it said {words}:\n{said}");
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("it starts");
    said
}

/// Reads on behind the scenes: a full pipe would stop the program.
async fn read_on<R: AsyncBufRead + Unpin>(mut lines: Lines<R>, mut said: String) -> String {
    while let Some(line) = lines.next_line().await.unwrap() {
        said.push_str(&line);
        said.push('\n');
    }
    said
}

impl Running {
    /// Starts `callpanion serve` and waits until it serves.
    pub async fn serve(settings: &Settings) -> Self {
        let mut child = start(&["serve"], settings, Stdio::null());
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let said = read_to(&mut lines, r#""message":"serving""#).await;
        Self { child, said: JoinSet::from_iter([read_on(lines, said).boxed()]) }
    }

    /// Starts `callpanion` with these arguments, and waits for nothing.
    pub fn begin(arguments: &[&str], settings: &Settings) -> Self {
        let mut child = start(arguments, settings, Stdio::null());
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, said: JoinSet::from_iter([read_on(lines, String::new()).boxed()]) }
    }

    /// Starts `callpanion demo`, and gives what it says at its start.
    pub async fn demo() -> (Self, String) {
        let mut child = start(&["demo", "--listen", "127.0.0.1:0"], &Settings::new(), Stdio::piped());
        let log = read_on(BufReader::new(child.stderr.take().unwrap()).lines(), String::new());
        let mut said = JoinSet::from_iter([log.boxed()]);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let banner = read_to(&mut lines, "Ctrl-C stops the demo.").await;
        said.spawn(read_on(lines, String::new()));
        (Self { child, said }, banner)
    }

    /// Sends it a signal.
    pub async fn signal(&self, signal: &str) {
        let id = self.child.id().expect("it runs").to_string();
        assert!(Command::new("kill").args([signal, &id]).status().await.unwrap().success());
    }

    /// What the kernel shows of it in a file of `/proc`.
    fn shown_in(&self, file: &str) -> String {
        let id = self.child.id().expect("it runs");
        String::from_utf8_lossy(&std::fs::read(format!("/proc/{id}/{file}")).unwrap()).into_owned()
    }

    /// Its command line, as everybody on the machine can read it.
    pub fn command_line(&self) -> String {
        self.shown_in("cmdline")
    }

    /// Its environment, as its user can read it.
    pub fn environment(&self) -> String {
        self.shown_in("environ")
    }

    /// A limit that it has, the soft one and the hard one.
    pub fn limit(&self, name: &str) -> [String; 2] {
        let limits = self.shown_in("limits");
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).expect("a limit of this name");
        let mut words = line.split_whitespace().map(str::to_owned);
        [(); 2].map(|()| words.next().expect("two numbers"))
    }

    /// How much memory it has, in KiB.
    pub fn memory_kib(&self) -> u64 {
        let status = self.shown_in("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a size");
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Ends it at once, as a crash would, and waits until it is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits until something has killed it, or it is done.
    pub async fn until_ended(mut self) -> ExitStatus {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap();
        let said = self.said.join_all().await.concat();
        assert!(matches!(status.code(), None | Some(0)), "it ended by itself: {said}");
        status
    }

    /// Has it abort, as after a fault within. Gives whether the kernel made a core dump of it.
    pub async fn abort(self) -> bool {
        self.signal("-ABRT").await;
        let ended = self.until_ended().await;
        assert_eq!(ended.code(), None, "it was aborted");
        ended.core_dumped()
    }

    /// Tells it to stop as a service manager does, and waits for its end.
    pub async fn stop(mut self) -> Ended {
        let id = self.child.id().expect("it runs").to_string();
        Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it stops").unwrap();
        Ended { code: status.code().expect("an exit code"), said: self.said.join_all().await.concat() }
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
