//! The list of calls.

use super::form;
use super::frame::{Answer, Asked};
use super::lines;
use crate::services::dashboards;
use crate::services::history::{self, Wanted};
use crate::theme::{CallMark, CallsPage};

/// `GET /calls`: the filter sends `callee` and `outcome`, the pager adds `page`.
pub(super) async fn show(asked: Asked) -> Answer {
    let account = asked.account()?;
    let callee = asked.chosen_callee()?;
    // What is no outcome filters nothing, as in a link from another version.
    let outcome = CallMark::of(asked.query.get("outcome")).filter(|mark| CallsPage::OUTCOMES.contains(mark));
    let wanted = Wanted {
        callee,
        state: outcome.and_then(|mark| mark.word().parse().ok()),
        page: asked.query.get("page").parse().unwrap_or(1),
    };
    let listing = history::page(&asked.app, account, asked.visitor.locale, wanted).await?;
    let callees = lines::callees(dashboards::callees(&asked.app, account).await?, callee);
    let path = |number: u32| {
        let callee = callee.map(|id| id.to_string()).unwrap_or_default();
        let outcome = outcome.map(|mark| mark.word().to_owned()).unwrap_or_default();
        format!("/calls{}", form::query(&[("callee", callee), ("outcome", outcome), ("page", number.to_string())]))
    };
    let mut page = CallsPage::new(listing.calls.into_iter().map(lines::call).collect(), callees, outcome);
    page.number = listing.page;
    page.newer = (listing.page > 1).then(|| path(listing.page - 1));
    page.older = listing.older.then(|| path(listing.page + 1));
    asked.show(&page).await
}
