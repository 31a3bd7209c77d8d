//! The frame: what surrounds every page. `web` makes one per request.

use serde::Serialize;

use super::{Flash, Locale};
use crate::domain::Moment;

/// Who is signed in, as far as the page's head shows it.
#[derive(Clone, Debug, Serialize)]
pub struct AccountBadge {
    /// The name that the account gave.
    pub name: String,
    /// Whether the staff page is offered.
    pub staff: bool,
    /// Whether the account has a family, so that its pages are offered.
    pub family: bool,
}

/// What surrounds a page.
#[derive(Clone, Debug, Serialize)]
pub struct Frame {
    /// The reader's language.
    pub locale: Locale,
    /// Path and query of this page, where the language switch returns to.
    pub path: String,
    /// The moment of the request, from the house's clock.
    pub now: Moment,
    /// IANA zone of the reader.
    pub zone: String,
    /// Who is signed in.
    pub account: Option<AccountBadge>,
    /// What just happened, said once.
    pub flash: Option<Flash>,
    /// Whether this is the demo, where no real phone rings.
    pub demo: bool,
    /// Alerts that nobody has acknowledged.
    pub open_alerts: u32,
}

impl Frame {
    /// The frame of someone who is not signed in.
    pub fn visitor(locale: Locale, path: &str, now: Moment) -> Self {
        Self {
            locale,
            path: path.to_owned(),
            now,
            zone: "UTC".to_owned(),
            account: None,
            flash: None,
            demo: false,
            open_alerts: 0,
        }
    }

    /// The entry of the navigation that this page belongs to.
    pub(super) fn section(&self) -> &'static str {
        let first = self.path.trim_start_matches('/').split(['/', '?']).next().unwrap_or_default();
        match first {
            "dashboard" | "callees" => "dashboard",
            "monitor" => "monitor",
            "calls" => "calls",
            "insights" => "insights",
            "alerts" | "people" | "notices" => "alerts",
            "staff" => "staff",
            _ => "",
        }
    }
}
