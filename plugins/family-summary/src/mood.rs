//! How the callee seemed, with the reason. `render` walks in.

use callpanion_plugin_api::renderer::{Block, BlockKind};

use crate::Source;
use crate::collected::Note;
use crate::statements::evidence;
use crate::words::Theme;

/// A mood: a score from 1 (bad) to 5 (good), and the block that says it.
pub(crate) struct Mood {
    pub(crate) score: Option<u8>,
    pub(crate) block: Option<Block>,
}

/// From the agent's score, else from the callee's words; nothing when neither says anything.
pub(crate) fn of(source: &Source<'_>) -> Mood {
    let mut good = source.talk.spoken(Theme::GoodMood);
    let mut bad = source.talk.spoken(Theme::BadMood);
    // "Not good" is bad, and "not sad" is no worse than nothing.
    bad.retain(|hit| hit.stands);
    bad.extend(good.iter().filter(|hit| !hit.stands).cloned());
    good.retain(|hit| hit.stands);

    let noted = ["mood_score", "mood"].iter().find_map(|name| {
        let note = source.notes.get(name)?;
        Some((score(note)?, note))
    });
    let by_words = match (good.len(), bad.len()) {
        (0, 0) => None,
        (g, b) if g > b => Some(4),
        (g, b) if g < b => Some(2),
        _ => Some(3),
    };
    let Some(score) = noted.map(|(score, _)| score).or(by_words) else {
        return Mood { score: None, block: None };
    };

    let language = source.language;
    let said = match score {
        1 | 2 => bad,
        4 | 5 => good,
        _ => good.into_iter().chain(bad).collect(),
    };
    let rationale = noted.map_or("", |(_, note)| note.rationale.as_str());
    let reason = match (rationale, said.first()) {
        ("", Some(hit)) => language.said(hit.text),
        ("", None) => language.scored(score),
        (rationale, _) => language.noted(rationale),
    };
    Mood {
        score: Some(score),
        block: Some(Block {
            kind: BlockKind::Mood,
            text: language.mood(source.name, score),
            reason,
            evidence: if said.is_empty() { source.talk.support(rationale) } else { evidence(&said) },
        }),
    }
}

/// A note's score from 1 to 5, also from the words that agents use for it.
fn score(note: &Note) -> Option<u8> {
    if let Some(number) = note.rounded() {
        return u8::try_from(number).ok().filter(|n| (1..=5).contains(n));
    }
    match note.text()?.to_lowercase().as_str() {
        "very good" | "very happy" | "cheerful" | "ceria" | "vrolijk" | "مرح" => Some(5),
        "good" | "happy" | "positive" | "baik" | "senang" | "goed" | "blij" | "جيد" | "سعيد" => Some(4),
        "neutral" | "ok" | "okay" | "calm" | "netral" | "biasa" | "tenang" | "neutraal" | "rustig" | "عادي"
        | "هادئ" => Some(3),
        "low" | "sad" | "negative" | "sedih" | "murung" | "somber" | "verdrietig" | "حزين" => Some(2),
        "distressed" | "very low" | "very sad" | "tertekan" => Some(1),
        _ => None,
    }
}
