//! Spans: what is due, by an index over time, in pages.

use crate::domain::Moment;

/// What is due between two moments, both included.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// From here.
    pub from: Moment,
    /// To here.
    pub until: Moment,
    /// So many at the most.
    pub limit: i64,
}
