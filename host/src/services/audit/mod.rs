//! The audit of promises: what was promised, beside what came of it.
//!
//! It believes nothing that the pipeline says of itself: what was promised is computed anew from the calendar, by the
//! same rules of time but not from what the planner wrote, and what came of it is read from the calls, the ring attempts
//! and the conversations. `callpanion audit promises` walks in, and whoever has made trouble and wants to know what it
//! did.

mod page;
mod report;

use crate::config::Calling;
use crate::db::{Db, promises};
use crate::domain::Moment;
use crate::services::error::ServiceError;
use page::Page;
pub use report::{Double, DoubleKind, Findings, Gap, Lateness, Overdue, Report};

/// Callees that are looked at together.
const CALLEES_A_PAGE: i64 = 500;
/// Days that are looked at together: with a page of callees, no more than this is held at once.
const DAYS_A_PAGE: i64 = 14;
const DAY_S: i64 = 86_400;

/// The span of time that an audit looks at, and the rules that held in it.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// From here.
    pub from: Moment,
    /// To before here.
    pub to: Moment,
    /// The present moment.
    pub now: Moment,
}

/// Compares what was promised in a span with what came of it. Works while the house does, on any number of calls: it
/// holds a few thousand at a time.
pub async fn promises(db: &Db, calling: &Calling, span: Span) -> Result<Report, ServiceError> {
    let mut report = Report::new(span);
    let mut from = span.from;
    while from < span.to {
        let to = from.plus_secs(DAYS_A_PAGE * DAY_S).min(span.to);
        let part = Span { from, to, ..span };
        let mut before = None;
        loop {
            // A connection for each page: a long audit keeps none from those who ring.
            let mut c = db.read().await?;
            let Some(callees) = promises::next_page(&mut c, before, CALLEES_A_PAGE).await? else { break };
            Page::read(&mut c, callees, part).await?.judge(calling, part, &mut report)?;
            before = Some(callees);
        }
        from = to;
    }
    Ok(report)
}
