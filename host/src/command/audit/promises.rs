//! `callpanion audit promises`: what was promised, beside what came of it.

use std::fmt::Write as _;

use anyhow::anyhow;

use super::super::args::AuditPromisesArgs;
use super::super::{Outcome, load_config};
use crate::boot;
use crate::clock::Clock;
use crate::services::audit::{self, DoubleKind, Report, Span};

const WEEK_S: i64 = 7 * 86_400;

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: AuditPromisesArgs) -> Outcome {
    let config = load_config(args.config.config.as_deref())?;
    let db = boot::open_database(&config).await?;
    let now = Clock::system().now();
    let to = args.to.unwrap_or(now);
    let from = args.from.unwrap_or_else(|| to.plus_secs(-WEEK_S));
    if from >= to {
        return Err(anyhow!("--from must lie before --to").into());
    }
    let report = audit::promises(&db, &config.calling, Span { from, to, now }).await?;
    if args.json {
        println!("{:#}", serde_json::to_value(&report)?);
    } else {
        print!("{}", told(&report));
    }
    if report.is_clean() { Ok(()) } else { Err(anyhow!("not every promise was kept, and kept once").into()) }
}

/// The report for people.
fn told(report: &Report) -> String {
    let mut text = String::new();
    let mut line = |words: String| {
        // Writing to a string cannot fail.
        let _written = writeln!(text, "{words}");
    };
    line(format!("From {} to {}, looked at {}", report.from, report.to, report.looked_at));
    line(format!("promised    {:>9}", report.promised));
    for (state, count) in &report.settled {
        line(format!("  {state:10}{count:>9}"));
    }
    line(format!("  {:10}{:>9}", "open", report.open));
    line(format!("taken back  {:>9}", report.taken_back));
    line(format!("gaps        {:>9}", report.gaps.count));
    for gap in &report.gaps.first {
        line(format!("  callee {}, slot {} on {}, due {}", gap.callee, gap.slot_no, gap.local_date, gap.due_at));
    }
    line(format!("doubles     {:>9}", report.doubles.count));
    for double in &report.doubles.first {
        let what = match double.kind {
            DoubleKind::Calls => "two calls for one promise",
            DoubleKind::Rings => "one device rang twice in one try",
            DoubleKind::Dials => "a telephone was dialled twice in one try",
        };
        line(format!(
            "  callee {}, slot {} on {}, call {}: {what}",
            double.callee, double.slot_no, double.local_date, double.call
        ));
    }
    line(format!("overdue     {:>9}", report.overdue.count));
    for overdue in &report.overdue.first {
        line(format!("  call {}, {}, due {}", overdue.call, overdue.state, overdue.due_at));
    }
    for (method, late) in &report.lateness {
        line(format!(
            "lateness by {method}: {} rings, {} early, p50 {} ms, p99 {} ms, max {} ms",
            late.rings(),
            late.early(),
            late.permille_ms(500),
            late.permille_ms(990),
            late.max_ms()
        ));
    }
    text
}
