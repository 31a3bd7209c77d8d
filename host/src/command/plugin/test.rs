//! `callpanion plugin test`: builds a plugin, runs its own tests, and tries it with the conformance kit. Prints how far
//! it can be relied on, and what is missing for the next level.

use std::path::Path;

use anyhow::anyhow;

use super::super::Outcome;
use super::super::args::PluginTestArgs;
use super::project::Project;
use super::subject::{Candidate, find, samples};
use crate::clock::Clock;
use crate::conformance::{Level, Subject, examine};
use crate::plugins::{Entropy, Surroundings};

/// Carries out `plugin test`.
#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: PluginTestArgs) -> Outcome {
    let PluginTestArgs { plugin, samples: from, level, json } = args;
    let found = tokio::task::spawn_blocking(move || prepare(&plugin, from.as_deref(), json)).await?;
    let surroundings = Surroundings::new(Clock::system(), Entropy::system())?;
    let report = examine(&found?, &surroundings).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    let wanted = level.unwrap_or(Level::Bronze);
    if report.reaches(wanted) {
        return Ok(());
    }
    Err(anyhow!("{} does not reach {wanted}", report.plugin).into())
}

/// Builds the plugin, and lets it try itself, whose word on the terminal would be no JSON.
fn prepare(plugin: &str, samples_of: Option<&Path>, json: bool) -> anyhow::Result<Subject> {
    let Candidate { subject, project } = find(plugin)?;
    if let Some(project) = project.filter(|_| !json) {
        project.test()?;
    }
    match samples_of {
        None => Ok(subject),
        Some(dir) => {
            let Subject { manifest, component, .. } = subject;
            Ok(Subject { manifest, component, ..samples(&Project::open(dir)?)? })
        }
    }
}
