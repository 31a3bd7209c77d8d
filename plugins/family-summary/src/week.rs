//! The reading matter of a week. The host walks in through [`DigestRenderer`].
//!
//! `material` holds the calls that were to be, and what the family read of each; `day` names their days. `calls`,
//! `mood`, `themes`, `changes` and `told` make the parts, `phrases/week` says them in the reader's language.
//!
//! A digest counts and repeats what the summaries say, and concludes nothing: no diagnosis, no advice. Every statement
//! names the calls, parts and turns that it rests on, and where there is too little to tell, it says so.

mod calls;
mod changes;
pub(crate) mod day;
mod material;
mod mood;
mod themes;
mod told;

use callpanion_plugin_api::Ctx;
use callpanion_plugin_api::digest::{Basis, Digest, DigestPart, DigestRenderer, PartKind, WeekMaterial};
use callpanion_plugin_api::renderer::plain;

use crate::{FamilySummary, phrases};
use material::{Call, Week};
use themes::Theme;

/// What the host takes of a digest: parts, and of each so many characters and so much that it rests on.
const PARTS_MAX: usize = 50;
const TEXT_MAX_CHARS: usize = 2_000;
const EVIDENCE_MAX: usize = 50;

impl DigestRenderer for FamilySummary {
    fn render_digest(ctx: &Ctx, material: WeekMaterial) -> Digest {
        let week = Week::new(phrases::of(ctx.locale()), &material);
        if week.calls.is_empty() {
            return Digest { mood_score: None, parts: Vec::new() };
        }
        let mood_score = mood::score(&week);
        let alarms = told::alarms(&week);
        let themes = themes::themes(&week);

        let mut parts = vec![headline(&week, mood_score, &alarms, &themes), calls::part(&week)];
        parts.extend(alarms);
        parts.extend(mood::part(&week));
        parts.extend(themes.iter().map(|theme| themes::part(&week, theme)));
        parts.extend(changes::parts(&week, &themes));
        parts.extend(told::open(&week));
        parts.extend(told::quote(&week));
        parts.truncate(PARTS_MAX);
        parts.iter_mut().for_each(make_presentable);
        Digest { mood_score, parts }
    }
}

/// The whole week in one sentence: what is to be looked at, or that there is too little to tell, or how it was.
fn headline(week: &Week<'_>, mood_score: Option<u8>, alarms: &[DigestPart], themes: &[Theme<'_>]) -> DigestPart {
    let (language, name) = (week.language, week.name);
    if !alarms.is_empty() {
        let evidence = alarms.iter().flat_map(|alarm| alarm.evidence.iter().copied()).collect();
        return DigestPart::new(PartKind::Headline, language.week_look_at(name, &told::days_of_alarms(week)), evidence);
    }
    let talks: Vec<&Call<'_>> = week.talks().collect();
    let text = match (talks.len(), mood_score) {
        (0, _) => language.week_not_reached(name),
        (2.., Some(score)) => language.week_mood(name, score),
        (2.., None) if !themes.is_empty() => {
            let days: Vec<&str> = talks.iter().map(|talk| talk.date()).collect();
            let about: Vec<&str> = themes.iter().map(|theme| theme.what).collect();
            language.week_talked(name, &days, &about)
        }
        _ => language.week_too_little(name),
    };
    DigestPart::new(PartKind::Headline, text, week.whole())
}

/// Plain text, of which the host cuts nothing, and each basis once.
fn make_presentable(part: &mut DigestPart) {
    part.text = plain(&part.text).chars().take(TEXT_MAX_CHARS).collect();
    let mut kept: Vec<Basis> = Vec::new();
    for basis in &part.evidence {
        if kept.len() < EVIDENCE_MAX && !kept.contains(basis) {
            kept.push(*basis);
        }
    }
    part.evidence = kept;
}
