//! A rendering without the model: that there was a talk, and the callee's own words. `render` walks in.

use callpanion_plugin_api::renderer::{Block, BlockKind, Material, Rendering, Speaker};

/// So many of the callee's longest turns are quoted.
const QUOTES_MAX: usize = 3;
/// The host takes no more turns as evidence of one block.
const EVIDENCE_MAX: usize = 50;

/// The headline and some quotes.
pub(crate) fn rendering(locale: &str, material: &Material) -> Rendering {
    let mut longest = callee_turns(material);
    longest.sort_by_key(|(_, text)| std::cmp::Reverse(text.chars().count()));
    longest.truncate(QUOTES_MAX);
    longest.sort_unstable_by_key(|(number, _)| *number);
    let quotes = longest.into_iter().map(|(number, text)| Block::new(BlockKind::Quote, text, vec![number]));
    Rendering { mood_score: None, blocks: std::iter::once(headline(locale, material)).chain(quotes).collect() }
}

/// That there was a talk, and how long it was.
pub(crate) fn headline(locale: &str, material: &Material) -> Block {
    let indonesian = locale.split('-').next() == Some("id");
    let name = material.callee_name.trim();
    let minutes = material.duration_s.div_ceil(60);
    let turns: Vec<u32> = callee_turns(material).into_iter().map(|(number, _)| number).take(EVIDENCE_MAX).collect();
    let text = match (turns.is_empty(), indonesian) {
        (true, false) => format!("{name} said nothing that could be understood."),
        (true, true) => format!("Tidak ada ucapan {name} yang dapat dipahami."),
        (false, false) => format!("{name} talked; the call took {minutes} min."),
        (false, true) => format!("{name} mengobrol; panggilan berlangsung {minutes} menit."),
    };
    Block::new(BlockKind::Headline, text, turns)
}

fn callee_turns(material: &Material) -> Vec<(u32, &str)> {
    let turns = (0..).zip(&material.turns);
    turns.filter(|(_, turn)| turn.speaker == Speaker::Callee).map(|(number, turn)| (number, turn.text.trim())).collect()
}
