//! The whole talk in one sentence. `render` walks in.

use callpanion_plugin_api::renderer::{Block, BlockKind};

use crate::Source;
use crate::collected::Note;
use crate::phrases::Language;
use crate::talk::sentences;

/// The agent's own line; else the first sentence of the provider's summary; else a plain sentence
/// from the length of the talk and what was spoken about. The first two only in the reader's language.
pub(crate) fn block(source: &Source<'_>, statements: &[Block]) -> Block {
    let line = source.notes.get("highlight_one_line").and_then(Note::text);
    let summary = source.provider_summary.and_then(|text| sentences(text).next());
    let told = line.or_else(|| summary.map(str::to_owned)).filter(|text| source.language.is_of(text, source.spoken));
    match told {
        Some(text) => {
            let evidence = source.talk.support(&text);
            headline(text, evidence)
        }
        None => plain(source, statements),
    }
}

fn plain(source: &Source<'_>, statements: &[Block]) -> Block {
    let language = source.language;
    let name = source.name;
    let mut turns: Vec<u32> = source.talk.callee_sentences().map(|(turn, _)| turn).collect();
    turns.dedup();
    if turns.is_empty() {
        let text = language.pick(
            format!("The call was answered, but no word of {name} was understood."),
            format!("Telepon diangkat, tetapi tidak ada kata {name} yang terdengar jelas."),
        );
        return headline(text, Vec::new());
    }
    let themes: Vec<&str> = statements.iter().filter_map(|b| theme(language, &b.kind)).collect();
    let mut text = language.pick(format!("{name} talked"), format!("{name} mengobrol"));
    if source.duration_s > 0 {
        let length = language.duration(source.duration_s);
        text += &language.pick(format!(" for {length}"), format!(" selama {length}"));
    }
    if !themes.is_empty() {
        let themes = language.list(&themes);
        text += &language.pick(format!(", about {themes}"), format!(", tentang {themes}"));
    }
    text.push('.');
    headline(text, turns)
}

fn headline(text: String, evidence: Vec<u32>) -> Block {
    Block { kind: BlockKind::Headline, text, reason: String::new(), evidence }
}

fn theme(language: Language, kind: &BlockKind) -> Option<&'static str> {
    let (english, indonesian) = match kind {
        BlockKind::Health => ("health", "kesehatan"),
        BlockKind::Meals => ("meals", "makanan"),
        BlockKind::Sleep => ("sleep", "tidur"),
        BlockKind::Medicine => ("medicine", "obat"),
        BlockKind::Company => ("company", "pergaulan"),
        _ => return None,
    };
    Some(language.pick(english, indonesian))
}
