//! `callpanion check`: asks each enabled provider whether everything is set up.

use std::time::Duration;

use anyhow::anyhow;

use super::args::ConfigArg;
use super::{Outcome, load_config};
use crate::boot;
use crate::clock::Clock;
use crate::domain::Severity;

const DEADLINE: Duration = Duration::from_secs(30);

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(arg: ConfigArg) -> Outcome {
    let config = load_config(arg.config.as_deref())?;
    let plugins = boot::load_plugins(&config, Clock::system()).await?;
    let providers = plugins.provider_ids();
    if providers.is_empty() {
        println!("No provider is enabled. Set plugins.elevenlabs.enabled = true and its credentials.");
    }
    let mut problems = 0;
    for provider in providers {
        println!("{provider}: asking");
        match plugins.check(&provider, DEADLINE).await {
            Ok(findings) => {
                for finding in findings {
                    let mark = match finding.severity {
                        Severity::Ok => "ok     ",
                        Severity::Warning => "warning",
                        Severity::Problem => "PROBLEM",
                    };
                    println!("  {mark}  {}", finding.what);
                    if finding.severity != Severity::Ok {
                        println!("           {}", finding.mend);
                    }
                    problems += usize::from(finding.severity == Severity::Problem);
                }
            }
            Err(error) => {
                println!("  PROBLEM  {error}");
                problems += 1;
            }
        }
    }
    match problems {
        0 => Ok(()),
        1 => Err(anyhow!("one problem was found").into()),
        count => Err(anyhow!("{count} problems were found").into()),
    }
}
