//! How somebody seemed through the week. `render_digest` and `changes` walk in.

use callpanion_plugin_api::digest::{Basis, DigestPart, PartKind};

use super::material::{Call, Said, Week};

/// So many talks must show a mood before there is one of the week.
const SCORED_MIN: usize = 2;

/// The talks that show a mood, each with it.
pub(super) fn scored<'w, 'a>(week: &'w Week<'a>) -> Vec<(&'w Call<'a>, u8)> {
    week.talks().filter_map(|talk| Some((talk, talk.mood_score()?))).collect()
}

/// The mean, rounded; none when too few talks show a mood.
pub(super) fn score(week: &Week<'_>) -> Option<u8> {
    let scores: Vec<u8> = scored(week).into_iter().map(|(_, score)| score).collect();
    if scores.len() < SCORED_MIN {
        return None;
    }
    let sum: usize = scores.iter().map(|score| usize::from(*score)).sum();
    u8::try_from((2 * sum + scores.len()) / (2 * scores.len())).ok()
}

/// The mood of each talk.
pub(super) fn part(week: &Week<'_>) -> Option<DigestPart> {
    let scored = scored(week);
    if scored.is_empty() {
        return None;
    }
    let moods: Vec<(&str, u8)> = scored.iter().map(|(talk, score)| (talk.date(), *score)).collect();
    let evidence = scored.iter().map(|(talk, _)| basis(talk)).collect();
    Some(DigestPart::new(PartKind::Mood, week.language.week_mood_by_talk(&moods), evidence))
}

/// What the summary says of it, or else the whole talk.
pub(super) fn basis(talk: &Call<'_>) -> Basis {
    talk.said(&PartKind::Mood).first().map_or_else(|| talk.whole(), Said::basis)
}
