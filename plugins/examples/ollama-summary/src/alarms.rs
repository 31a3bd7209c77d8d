//! What a person must look at, found by words and not by the model. `render` walks in.
//!
//! The same talk must raise the same alarms in every language of the pages, so the sentence is quoted as it was said.

use callpanion_plugin_api::renderer::{Block, BlockKind, Material, Speaker};

use crate::evidence::{position, words};

/// Words that turn what follows into its opposite, in English and Indonesian.
const NEGATIONS: &[&str] =
    &["no", "not", "never", "didn", "don", "haven", "tidak", "nggak", "enggak", "belum", "bukan"];
/// So far back a negation reaches.
const REACH_WORDS: usize = 3;

/// One alarm for each sentence of the callee that holds one of these words, which commas separate.
pub(crate) fn blocks(alarm_words: &str, material: &Material) -> Vec<Block> {
    let wanted: Vec<Vec<String>> = alarm_words.split(',').map(words).collect();
    let mut alarms = Vec::new();
    for (number, turn) in (0..).zip(&material.turns).filter(|(_, turn)| turn.speaker == Speaker::Callee) {
        for sentence in turn.text.split_inclusive(['.', '!', '?', ';']) {
            if wanted.iter().any(|wanted| is_said(wanted, &words(sentence))) {
                alarms.push(Block::new(BlockKind::Alarm, format!("“{}”", sentence.trim()), vec![number]));
            }
        }
    }
    alarms
}

fn is_said(wanted: &[String], sentence: &[String]) -> bool {
    position(wanted, sentence).is_some_and(|start| {
        let before = &sentence[start.saturating_sub(REACH_WORDS)..start];
        !before.iter().any(|word| NEGATIONS.contains(&word.as_str()))
    })
}
