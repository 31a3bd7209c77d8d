//! `callpanion doctor`: says what is wrong with an installation, and how it is mended.

mod plugins;

use anyhow::anyhow;

use super::args::ConfigArg;
use super::{Outcome, load_config, printable};
use crate::clock::Clock;
use crate::domain::{Finding, Severity};
use crate::services::doctor;

/// What to do stands below what was found, as far in.
const INDENT: &str = "         ";

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(arg: ConfigArg) -> Outcome {
    let config = load_config(arg.config.as_deref())?;
    let mut found = doctor::examine(&config, Clock::system().now()).await;
    found.extend(plugins::examine(&config).await);
    for finding in &found {
        println!("{}", told(finding));
    }
    println!("\nThe doctor asks no vendor. To have keys, agents and webhooks looked at there: callpanion check");
    match found.iter().filter(|finding| finding.severity == Severity::Problem).count() {
        0 => Ok(()),
        1 => Err(anyhow!("one problem was found").into()),
        count => Err(anyhow!("{count} problems were found").into()),
    }
}

/// A line, and below it what to do. Some of its words are a vendor's.
fn told(finding: &Finding) -> String {
    let mark = match finding.severity {
        Severity::Ok => "ok     ",
        Severity::Warning => "WARNING",
        Severity::Problem => "PROBLEM",
    };
    let line = format!("{mark}  {}", printable(&finding.what));
    if finding.mend.is_empty() { line } else { format!("{line}\n{INDENT}{}", printable(&finding.mend)) }
}
