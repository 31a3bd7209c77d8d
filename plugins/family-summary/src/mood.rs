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
    bad.retain(|hit| !hit.negated);
    bad.extend(good.iter().filter(|hit| hit.negated).cloned());
    good.retain(|hit| !hit.negated);

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
        ("", None) => language
            .pick(format!("The companion gave {score} of 5."), format!("Pendamping memberi nilai {score} dari 5.")),
        (rationale, _) => language.noted(rationale),
    };
    Mood {
        score: Some(score),
        block: Some(Block {
            kind: BlockKind::Mood,
            text: format!("{} {}", source.name, language.pick(english(score), indonesian(score))),
            reason,
            evidence: if said.is_empty() { source.talk.support(rationale) } else { evidence(&said) },
        }),
    }
}

fn english(score: u8) -> &'static str {
    match score {
        1 => "seemed very low.",
        2 => "seemed rather low.",
        3 => "seemed neither low nor cheerful.",
        4 => "seemed in good spirits.",
        _ => "seemed very cheerful.",
    }
}

fn indonesian(score: u8) -> &'static str {
    match score {
        1 => "tampak sangat murung.",
        2 => "tampak agak murung.",
        3 => "tampak biasa saja.",
        4 => "tampak baik dan tenang.",
        _ => "tampak sangat ceria.",
    }
}

/// A note's score from 1 to 5, also from the words that agents use for it.
fn score(note: &Note) -> Option<u8> {
    if let Some(number) = note.rounded() {
        return u8::try_from(number).ok().filter(|n| (1..=5).contains(n));
    }
    match note.text()?.to_lowercase().as_str() {
        "very good" | "very happy" | "cheerful" | "ceria" => Some(5),
        "good" | "happy" | "positive" | "baik" | "senang" => Some(4),
        "neutral" | "ok" | "okay" | "calm" | "netral" | "biasa" | "tenang" => Some(3),
        "low" | "sad" | "negative" | "sedih" | "murung" => Some(2),
        "distressed" | "very low" | "very sad" | "tertekan" => Some(1),
        _ => None,
    }
}
