//! The scorecard of a simulated week, for people and for machines.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::judging::Findings;
use super::{Street, Week};
use crate::services::audit::Report;

/// How a week went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scorecard {
    /// What plays it again.
    pub command: String,
    /// Its first day.
    pub from: String,
    /// The zone whose clocks are changed in it, and the night.
    pub night: String,
    /// Calls that were promised.
    pub promised: usize,
    /// Of them, those whose call has come to its outcome.
    pub settled: usize,
    /// Calls by where they stand at the end.
    pub outcomes: BTreeMap<&'static str, usize>,
    /// Talks that took place, as the phones and lines have it.
    pub talks: usize,
    /// What is wrong, by name; empty when every promise was kept as it should be.
    pub faults: BTreeMap<&'static str, usize>,
    /// A few of each.
    pub examples: Vec<String>,
    /// How often something rang.
    pub rings: usize,
    /// From the promised moment to the first ring, in milliseconds: of half of them no more than this.
    pub lateness_p50_ms: i64,
    /// Of 99 in 100.
    pub lateness_p99_ms: i64,
    /// Of all.
    pub lateness_max_ms: i64,
    /// Promises that came to nothing, or in which something worrying was said, and that have their alert.
    pub alerts_right: usize,
    /// Talks by phone that a family was told of as failed first, since the vendor answered nothing for minutes.
    pub alerts_early: usize,
    /// Letters about calls.
    pub mails: usize,
    /// What went wrong outside, by name.
    pub weather: BTreeMap<&'static str, usize>,
    /// Hosts that died.
    pub deaths: usize,
    /// Ticks that failed and were tried again.
    pub ticks_failed: usize,
    /// What the audit of promises counts, with the database alone to go by.
    pub audit: Audit,
    /// Of what came of each promise.
    pub trace: String,
    /// What came of each promise, and when: for machines, and for whoever compares two runs.
    pub calls: Vec<String>,
}

/// The counts of the audit of promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// Promises.
    pub promised: u64,
    /// Without a call.
    pub gaps: u64,
    /// Kept twice.
    pub doubles: u64,
    /// Without an outcome.
    pub overdue: u64,
}

impl From<&Report> for Audit {
    fn from(report: &Report) -> Self {
        let Report { promised, gaps, doubles, overdue, .. } = report;
        Self { promised: *promised, gaps: gaps.count, doubles: doubles.count, overdue: overdue.count }
    }
}

impl Scorecard {
    pub(super) fn new(week: &Week, street: &Street, findings: Findings, audit: Audit, is_shared: bool) -> Self {
        let late = &findings.lateness_ms;
        let quantile = |of_1000: usize| late.get((late.len() * of_1000).div_ceil(1_000).saturating_sub(1)).copied();
        let database = if is_shared { " --database POSTGRES_URL" } else { "" };
        let Week { parents, seed, days, .. } = week;
        Self {
            command: format!("callpanion sim week --parents {parents} --seed {seed} --days {days}{database}"),
            from: street.calendar.from.to_string(),
            night: format!("{} on {}", street.calendar.night.zone, street.calendar.night.date),
            promised: findings.promised,
            settled: findings.settled,
            outcomes: findings.outcomes,
            talks: findings.talks,
            rings: findings.rings,
            lateness_p50_ms: quantile(500).unwrap_or(0),
            lateness_p99_ms: quantile(990).unwrap_or(0),
            lateness_max_ms: quantile(1_000).unwrap_or(0),
            faults: findings.faults,
            examples: findings.examples,
            alerts_right: findings.alerts_right,
            alerts_early: findings.alerts_early,
            mails: findings.mails,
            weather: street.weather.planned.clone(),
            deaths: street.hosts.deaths,
            ticks_failed: street.hosts.failures,
            audit,
            trace: findings.trace,
            calls: findings.calls,
        }
    }

    /// Whether every promise was kept as it should be.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    fn count(&self, fault: &str) -> usize {
        self.faults.get(fault).copied().unwrap_or(0)
    }
}

impl fmt::Display for Scorecard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let listed = |counts: &BTreeMap<&'static str, usize>| {
            counts.iter().map(|(what, count)| format!("{what} {count}")).collect::<Vec<_>>().join(", ")
        };
        writeln!(f, "{}", self.command)?;
        writeln!(f, "from {}, the clocks are changed in {}", self.from, self.night)?;
        writeln!(f, "  weather        {}", listed(&self.weather))?;
        writeln!(f, "  promised       {}", self.promised)?;
        writeln!(f, "  settled        {}: {}", self.settled, listed(&self.outcomes))?;
        writeln!(f, "  talks          {}, rings {}", self.talks, self.rings)?;
        for fault in ["lost", "open", "doubled", "early", "late beyond its window", "outcome wrong"] {
            writeln!(f, "  {fault:<14} {}", self.count(fault))?;
        }
        let (p50, p99, max) = (self.lateness_p50_ms, self.lateness_p99_ms, self.lateness_max_ms);
        writeln!(f, "  lateness       p50 {p50} ms, p99 {p99} ms, max {max} ms")?;
        writeln!(
            f,
            "  alerts         right {}, too early {}, wrong {}, missing {}",
            self.alerts_right,
            self.alerts_early,
            self.count("alerts wrong"),
            self.count("alerts missing")
        )?;
        let (missing, wrong) = (self.count("mails missing"), self.count("mails wrong"));
        writeln!(f, "  mails          {}, wrong {wrong}, missing {missing}", self.mails)?;
        writeln!(f, "  jobs left      {}", self.count("jobs left"))?;
        let strays = self.count("not promised") + self.count("rung for nothing") + self.count("what no vendor takes");
        writeln!(f, "  uncalled for   {strays}")?;
        writeln!(f, "  hosts died     {}, ticks failed {}", self.deaths, self.ticks_failed)?;
        let Audit { promised, gaps, doubles, overdue } = self.audit;
        writeln!(f, "  audit          promised {promised}, gaps {gaps}, doubles {doubles}, overdue {overdue}")?;
        writeln!(f, "  trace          {}", self.trace)?;
        for example in &self.examples {
            writeln!(f, "  ! {example}")?;
        }
        write!(f, "{}", if self.is_clean() { "every promise was kept" } else { "NOT as it should be" })
    }
}
