//! The scorecard of a simulated week, for people and for machines.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::judging::Findings;
use super::{Street, Week};

/// How a week went.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scorecard {
    /// What plays it again.
    pub command: String,
    /// Its first day.
    pub from: String,
    /// The zone whose clocks are changed in it, and the night.
    pub night: String,
    /// Calls that were promised.
    pub promised: usize,
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
    /// From a ring's moment to the ring, in milliseconds: of half of them no more than this.
    pub lateness_p50_ms: i64,
    /// Of 99 in 100.
    pub lateness_p99_ms: i64,
    /// Of all.
    pub lateness_max_ms: i64,
    /// Promises that failed and have their one alert.
    pub alerts_right: usize,
    /// Letters that were sent.
    pub mails: usize,
    /// Calls with more than one letter.
    pub mails_doubled: usize,
    /// What went wrong outside, by name.
    pub weather: BTreeMap<&'static str, usize>,
    /// Hosts that died.
    pub deaths: usize,
    /// Ticks that failed and were tried again.
    pub ticks_failed: usize,
    /// Of parent, slot, outcome, tries and lateness: the same for the same seed.
    pub trace: String,
    /// What differs from run to run.
    #[serde(flatten)]
    pub pace: Pace,
}

/// How quickly it was lived through.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Pace {
    /// Simulated seconds.
    pub lived_s: u64,
    /// Real seconds.
    pub took_s: f64,
}

/// Two runs at different speeds are the same.
impl PartialEq for Pace {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Scorecard {
    pub(super) fn new(week: &Week, street: &Street, findings: Findings, is_shared: bool, lived: Duration) -> Self {
        let late = &findings.lateness_ms;
        let quantile = |of_1000: usize| late.get((late.len() * of_1000).div_ceil(1_000).saturating_sub(1)).copied();
        let database = if is_shared { " --database POSTGRES_URL" } else { "" };
        let Week { parents, seed, days, .. } = week;
        Self {
            command: format!("callpanion sim week --parents {parents} --seed {seed} --days {days}{database}"),
            from: street.calendar.from.to_string(),
            night: format!("{} on {}", street.calendar.night.zone, street.calendar.night.date),
            promised: findings.promised,
            outcomes: findings.outcomes,
            talks: findings.talks,
            rings: late.len(),
            lateness_p50_ms: quantile(500).unwrap_or(0),
            lateness_p99_ms: quantile(990).unwrap_or(0),
            lateness_max_ms: quantile(1_000).unwrap_or(0),
            faults: findings.faults,
            examples: findings.examples,
            alerts_right: findings.alerts_right,
            mails: findings.mails,
            mails_doubled: findings.mails_doubled,
            weather: street.weather.planned.clone(),
            deaths: street.hosts.deaths,
            ticks_failed: street.hosts.failures,
            trace: findings.trace,
            pace: Pace { lived_s: lived.as_secs(), took_s: street.began.elapsed().as_secs_f64() },
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
        let open = self.count("open");
        writeln!(f, "{}", self.command)?;
        writeln!(f, "from {}, the clocks are changed in {}", self.from, self.night)?;
        writeln!(f, "  weather        {}", listed(&self.weather))?;
        writeln!(f, "  promised       {}", self.promised)?;
        writeln!(f, "  settled        {}: {}", self.promised - self.count("lost") - open, listed(&self.outcomes))?;
        for fault in ["lost", "open", "doubled", "early", "late beyond its window", "outcome wrong"] {
            writeln!(f, "  {fault:<14} {}", self.count(fault))?;
        }
        let (p50, p99, max) = (self.lateness_p50_ms, self.lateness_p99_ms, self.lateness_max_ms);
        writeln!(f, "  lateness       p50 {p50} ms, p99 {p99} ms, max {max} ms of {} rings", self.rings)?;
        writeln!(
            f,
            "  alerts         right {}, wrong {}, missing {}",
            self.alerts_right,
            self.count("alerts wrong"),
            self.count("alerts missing")
        )?;
        let missing = self.count("mails missing");
        writeln!(f, "  mails          {}, missing {missing}, twice {}", self.mails, self.mails_doubled)?;
        writeln!(f, "  jobs left      {}", self.count("jobs left"))?;
        let strays = self.count("not promised") + self.count("rung for nothing") + self.count("what no vendor takes");
        writeln!(f, "  uncalled for   {strays}")?;
        writeln!(f, "  hosts died     {}, ticks failed {}", self.deaths, self.ticks_failed)?;
        let Pace { lived_s, took_s } = self.pace;
        #[expect(clippy::cast_precision_loss, reason = "a rough figure for people")]
        let speed = lived_s as f64 / took_s.max(0.001);
        writeln!(f, "  pace           {speed:.0} s a second, {took_s:.1} s in all")?;
        writeln!(f, "  trace          {}", self.trace)?;
        for example in &self.examples {
            writeln!(f, "  ! {example}")?;
        }
        write!(f, "{}", if self.is_clean() { "every promise was kept" } else { "NOT as it should be" })
    }
}
