//! The error page: what happened, what to do, and a reference for the log.

use serde::Serialize;

use super::super::{ErrorCode, ErrorKind, Page};

/// Shown instead of any page that cannot be shown.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorPage {
    /// What went wrong.
    pub kind: ErrorKind,
    /// What went wrong in more words than the kind has.
    pub code: Option<ErrorCode>,
    /// Seconds to wait, when there were too many tries.
    pub retry_after_s: Option<u64>,
    /// The request's id in the log.
    pub reference: Option<String>,
}

impl Page for ErrorPage {
    const TEMPLATE: &'static str = "error";

    fn samples() -> Vec<Self> {
        let page = |kind: &ErrorKind| Self {
            kind: *kind,
            code: (*kind == ErrorKind::Conflict).then_some(ErrorCode::CallNowOpen),
            retry_after_s: (*kind == ErrorKind::TooMany).then_some(120),
            reference: (*kind == ErrorKind::Internal).then(|| "0193-4f2a".to_owned()),
        };
        ErrorKind::ALL.iter().map(page).collect()
    }
}
