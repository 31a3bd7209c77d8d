//! What was otherwise at the end of the week than at its beginning. `render_digest` walks in.

use callpanion_plugin_api::digest::{Basis, DigestPart, PartKind};

use super::material::{Call, Came, Said, Week};
use super::mood;
use super::themes::Theme;

/// So many talks a change of mood or of themes takes: two on either side.
const TALKS_MIN: usize = 4;
/// So many calls in a row that nobody answered are told of.
const UNANSWERED_MIN: usize = 2;
/// So often a theme must have come back on the one side to be missed on the other.
const RECURRED_MIN: usize = 2;

/// The changes, each a statement of its own.
pub(super) fn parts(week: &Week<'_>, themes: &[Theme<'_>]) -> Vec<DigestPart> {
    let talks: Vec<&Call<'_>> = week.talks().collect();
    let mut parts: Vec<DigestPart> = unanswered(week).into_iter().chain(of_mood(week)).collect();
    if talks.len() >= TALKS_MIN {
        let (early, late) = talks.split_at(talks.len() / 2);
        parts.extend(themes.iter().filter_map(|theme| of_theme(week, theme, early, late)));
    }
    parts
}

fn change(text: String, evidence: Vec<Basis>) -> DigestPart {
    DigestPart::new(PartKind::Other("changed".to_owned()), text, evidence)
}

/// From some day on nobody answered any more.
fn unanswered(week: &Week<'_>) -> Option<DigestPart> {
    let last_talk = week.calls.iter().rposition(|call| call.came == Came::Talked)?;
    let (until, since) = week.calls.split_at(last_talk + 1);
    let not_reached: Vec<&Call<'_>> = since.iter().filter(|call| call.came == Came::NotReached).collect();
    let first = not_reached.first().filter(|_| not_reached.len() >= UNANSWERED_MIN)?;
    let evidence = until.last().into_iter().chain(not_reached.iter().copied()).map(Call::whole).collect();
    Some(change(week.language.week_unanswered_from(first.date()), evidence))
}

/// By one of five or more, from the first half of the talks that show a mood to the last.
fn of_mood(week: &Week<'_>) -> Option<DigestPart> {
    let scored = mood::scored(week);
    if scored.len() < TALKS_MIN {
        return None;
    }
    let half = scored.len() / 2;
    let (early, late) = (scored.get(..half)?, scored.get(scored.len() - half..)?);
    let sum = |talks: &[(&Call<'_>, u8)]| -> usize { talks.iter().map(|(_, score)| usize::from(*score)).sum() };
    let (before, after) = (sum(early), sum(late));
    if before.abs_diff(after) < half {
        return None;
    }
    let evidence = early.iter().chain(late).map(|(talk, _)| mood::basis(talk)).collect();
    Some(change(week.language.week_mood_change(after > before).to_owned(), evidence))
}

/// What came up again and again on the one side of the week, and never on the other.
fn of_theme(week: &Week<'_>, theme: &Theme<'_>, early: &[&Call<'_>], late: &[&Call<'_>]) -> Option<DigestPart> {
    let talks = theme.talks();
    let among = |side: &[&Call<'_>]| talks.iter().filter(|talk| side.iter().any(|call| call.is(talk))).count();
    let text = match (among(early), among(late)) {
        (0, RECURRED_MIN..) => week.language.week_begun(theme.what),
        (RECURRED_MIN.., 0) => week.language.week_ended(theme.what),
        _ => return None,
    };
    Some(change(text, theme.said.iter().map(Said::basis).collect()))
}
