//! What a family asks about, as it came back through the week. `render_digest`, `headline` and `changes` walk in.

use callpanion_plugin_api::digest::{DigestPart, PartKind};

use super::material::{Call, Said, Week};
use crate::phrases::Phrases;

/// Its name in a language.
type Name = fn(&Phrases) -> &'static str;

/// The kinds, in reading order, each with its name.
const KINDS: [(PartKind, Name); 5] = [
    (PartKind::Health, |phrases| phrases.health),
    (PartKind::Medicine, |phrases| phrases.medicine),
    (PartKind::Meals, |phrases| phrases.meals),
    (PartKind::Sleep, |phrases| phrases.sleep),
    (PartKind::Company, |phrases| phrases.company),
];

/// A theme that was spoken of.
pub(super) struct Theme<'a> {
    kind: PartKind,
    pub(super) what: &'static str,
    pub(super) said: Vec<Said<'a>>,
}

impl<'a> Theme<'a> {
    /// The talks in which it was, the earliest first.
    pub(super) fn talks(&self) -> Vec<Call<'a>> {
        let mut talks: Vec<Call<'a>> = self.said.iter().map(|said| said.call).collect();
        talks.dedup_by(|one, other| one.is(other));
        talks
    }
}

/// Those that were spoken of.
pub(super) fn themes<'a>(week: &Week<'a>) -> Vec<Theme<'a>> {
    let theme = |(kind, what): (PartKind, fn(&Phrases) -> &'static str)| {
        let said = week.said(&kind);
        (!said.is_empty()).then(|| Theme { kind, what: what(week.language), said })
    };
    KINDS.into_iter().filter_map(theme).collect()
}

/// How often, when, and what the family read of it last.
pub(super) fn part(week: &Week<'_>, theme: &Theme<'_>) -> DigestPart {
    let talks = theme.talks();
    let days: Vec<&str> = talks.iter().map(Call::date).collect();
    let last = theme.said.last();
    let counts = (talks.len(), week.talks().count());
    let text = week.language.week_theme(theme.what, counts, &days, last.map_or("", Said::text));
    let evidence = theme.said.iter().map(Said::basis).chain(last.into_iter().flat_map(Said::bases)).collect();
    DigestPart::new(theme.kind.clone(), text, evidence)
}
