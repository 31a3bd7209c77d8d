//! Provider checks: once a day each provider, and each notifier that has a check, is asked whether everything is set up at
//! its vendor, as `callpanion check` does, and the staff is told what is wrong until a look finds nothing. So a webhook that
//! its vendor has switched off (ElevenLabs: `is_auto_disabled`, after failures in a row) or an account that is suspended
//! (Twilio) is known within a day, talks and notices or none.
//!
//! Housekeeping walks in and queues the look; of hosts that share a database one does it.

use std::time::Duration;

use futures::FutureExt;

use crate::app::App;
use crate::db::{Conn, DbError};
use crate::domain::{Fault, Finding, Moment, Severity};
use crate::plugins::PluginFailure;
use crate::services::error::ServiceError;
use crate::services::facts;
use crate::services::jobs::{self, Job};
use crate::services::staff_alerts::{self, Trouble};

const DAY_S: i64 = 86_400;
/// Shorter than the lease of a job.
const DEADLINE: Duration = Duration::from_secs(30);
/// So many problems are told in one trouble; `callpanion check` tells all.
const TOLD_MAX: usize = 5;

/// What a look shows.
#[derive(Debug, PartialEq, Eq)]
enum Sight {
    /// There is no problem.
    InOrder,
    /// There are, in the plugin's words, each with how it is mended.
    Wrong(String),
    /// Nothing could be looked at.
    Nothing,
}

/// The providers and notifiers that are looked at. A host without an address that its vendors reach (https) is a trial, in
/// which no webhook comes: `callpanion check` says so to whoever asks.
pub(super) fn looked_at(app: &App) -> Vec<String> {
    if !facts::is_reachable(&app.config) {
        return Vec::new();
    }
    let mut looked_at = app.plugins.provider_ids();
    looked_at.extend(app.plugins.notifier_ids().into_iter().filter(|id| app.plugins.is_checkable(id)));
    looked_at
}

/// Queues today's look at each of these, unless it was.
pub(super) async fn plan(c: &mut Conn, providers: &[String], now: Moment) -> Result<(), DbError> {
    let day = now.secs().div_euclid(DAY_S);
    for provider in providers {
        let job = Job::CheckProvider { provider: provider.clone() };
        jobs::enqueue(c, &job, &format!("{provider}:{day}"), now).await?;
    }
    Ok(())
}

/// Looks at one of them, and tells the staff what is wrong. Doing it again tells nobody twice.
///
/// # Errors
/// [`ServiceError`] when the database fails.
pub(super) async fn look(app: &App, provider: &str) -> Result<(), ServiceError> {
    let facts = facts::of(&app.config, &app.plugins, provider);
    let sight = match app.plugins.check(provider, facts, DEADLINE).await {
        Ok(findings) => Sight::of(&findings),
        Err(PluginFailure::Misconfigured(reason)) => Sight::Wrong(reason),
        // A plugin that is broken, or is not there any more, is told elsewhere. The rest may pass until tomorrow.
        Err(_) => Sight::Nothing,
    };
    let trouble = match sight {
        Sight::InOrder => None,
        Sight::Wrong(what) => Some(Trouble::new(Fault::SetUp, provider, &what)),
        Sight::Nothing => return Ok(()),
    };
    let (provider, now) = (provider.to_owned(), app.clock.now());
    app.db
        .write(move |c| {
            async move { staff_alerts::keep_only(c, Fault::SetUp, &provider, trouble.as_ref(), now).await }.boxed()
        })
        .await?;
    Ok(())
}

impl Sight {
    fn of(findings: &[Finding]) -> Self {
        let problems = findings.iter().filter(|finding| finding.severity == Severity::Problem).take(TOLD_MAX);
        let told: Vec<String> =
            problems.map(|finding| format!("{} {}", finding.what, finding.mend).trim_end().to_owned()).collect();
        // Where a vendor does not answer there are warnings, and nothing is in order: that proves nothing mended.
        let is_seen = findings.is_empty() || findings.iter().any(|finding| finding.severity == Severity::Ok);
        match (told.is_empty(), is_seen) {
            (false, _) => Self::Wrong(told.join(" ")),
            (true, true) => Self::InOrder,
            (true, false) => Self::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(severities: &[Severity]) -> Sight {
        let finding = |severity: &Severity| Finding { severity: *severity, what: "It is.".into(), mend: "Do.".into() };
        Sight::of(&severities.iter().map(finding).collect::<Vec<_>>())
    }

    #[test]
    fn problems_are_told_and_silence_mends_none() {
        use Severity::{Ok, Problem, Warning};
        assert_eq!(sight(&[Ok, Problem, Warning]), Sight::Wrong("It is. Do.".into()));
        assert_eq!(sight(&[Problem; 7]), Sight::Wrong(["It is. Do."; TOLD_MAX].join(" ")));
        assert_eq!([sight(&[]), sight(&[Ok, Warning])], [Sight::InOrder, Sight::InOrder]);
        assert_eq!(sight(&[Warning]), Sight::Nothing);
    }
}
