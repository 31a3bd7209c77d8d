//! The letter of a week.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::db::{Conn, callees, digests};
use crate::domain::{Basis, BlockKind, CallId, CalleeId, DigestPart, Locale, Place};
use crate::services::error::ServiceError;
use crate::theme::{WeekLine, WeeklyDigestLetter, Why, block_title};

/// Writes it from what is stored. `link` makes a whole link of a path.
///
/// # Errors
/// [`ServiceError::NotFound`] when the callee or the week is gone.
pub(crate) async fn letter(
    c: &mut Conn,
    (callee, last_day): (CalleeId, Date),
    locale: Locale,
    link: &(dyn Fn(String) -> String + Sync),
    why: Why,
) -> Result<WeeklyDigestLetter, ServiceError> {
    let callee = callees::find(c, callee).await?.ok_or(ServiceError::NotFound)?;
    let stored = digests::find(c, callee.id, &last_day.to_string(), locale).await?.ok_or(ServiceError::NotFound)?;
    let parts: Vec<DigestPart> = serde_json::from_str(&stored.parts).unwrap_or_default();
    let calls: Vec<CallId> = serde_json::from_str(&stored.calls).unwrap_or_default();
    let headline = parts.iter().find(|part| part.kind == BlockKind::Headline);
    let line = |part: &DigestPart| WeekLine {
        title: block_title(&part.kind),
        text: part.text.clone(),
        reason: part.reason.clone(),
        link: part.evidence.last().and_then(|basis| place(*basis, &calls)).map(link),
    };
    Ok(WeeklyDigestLetter {
        callee_name: callee.address_form,
        first_day: last_day.saturating_sub(6.days()).to_string(),
        last_day: last_day.to_string(),
        headline: headline.map(|part| part.text.clone()).unwrap_or_default(),
        lines: parts.iter().filter(|part| part.kind != BlockKind::Headline).map(line).collect(),
        link: link(format!("/insights?callee={}", stored.callee_id)),
        why,
    })
}

/// The path of the page on which the words stand.
fn place(basis: Basis, calls: &[CallId]) -> Option<String> {
    let call = calls.get(usize::try_from(basis.call).ok()?)?;
    Some(match basis.place {
        Place::Turn(turn) => format!("/calls/{call}#turn-{turn}"),
        Place::Whole | Place::Block(_) => format!("/calls/{call}"),
    })
}
