//! What stands in the summaries and is repeated as it is: alarms, requests, what to follow up, a quote.
//! `render_digest` walks in.

use callpanion_plugin_api::digest::{Basis, DigestPart, PartKind};

use super::material::{Said, Week};

/// So many alarms, requests and follow-ups are repeated, each of them; the latest count.
const REPEATED_MAX: usize = 8;

/// What a person had to look at, each with its day.
pub(super) fn alarms(week: &Week<'_>) -> Vec<DigestPart> {
    repeated(week, &PartKind::Alarm, "")
}

/// The days of the alarms.
pub(super) fn days_of_alarms<'a>(week: &Week<'a>) -> Vec<&'a str> {
    week.said(&PartKind::Alarm).iter().map(|said| said.call.date()).collect()
}

/// What was asked for, and what is to be followed up. The calls do not say what became of it.
pub(super) fn open(week: &Week<'_>) -> Vec<DigestPart> {
    let why = week.language.week_perhaps_open();
    [PartKind::Request, PartKind::FollowUp].iter().flat_map(|kind| repeated(week, kind, why)).collect()
}

/// A quote of the best talk, of such the latest; never of one that raised an alarm.
pub(super) fn quote(week: &Week<'_>) -> Option<DigestPart> {
    let quotes = week.talks().filter(|talk| talk.said(&PartKind::Alarm).is_empty());
    let quotes = quotes.flat_map(|talk| talk.said(&PartKind::Quote));
    let best = quotes.max_by_key(|said| said.call.mood_score())?;
    Some(DigestPart::new(PartKind::Quote, best.text(), best.bases()))
}

/// The parts of a kind, the same words once with all their days.
fn repeated(week: &Week<'_>, kind: &PartKind, reason: &str) -> Vec<DigestPart> {
    let said = week.said(kind);
    let mut texts: Vec<&str> = Vec::new();
    for one in said.iter().rev() {
        if texts.len() < REPEATED_MAX && !texts.contains(&one.text()) {
            texts.push(one.text());
        }
    }
    let part = |text: &str| {
        let same: Vec<&Said<'_>> = said.iter().filter(|one| one.text() == text).collect();
        let days: Vec<&str> = same.iter().map(|one| one.call.date()).collect();
        let evidence: Vec<Basis> = same.iter().flat_map(|one| one.bases()).collect();
        let mut part = DigestPart::new(kind.clone(), week.language.week_told(&days, text), evidence);
        reason.clone_into(&mut part.reason);
        part
    };
    texts.into_iter().rev().map(part).collect()
}
