//! Whether the talk bears out what is said of it. `draft` and `alarms` walk in.

use callpanion_plugin_api::renderer::{Speaker, Turn};
use serde::Deserialize;

/// Words that somebody is said to have said, and where.
#[derive(Deserialize)]
pub(crate) struct Evidence {
    turn: u32,
    quote: String,
}

/// The turns that a statement rests on; `None` when one piece of its evidence does not hold, or when none of it is
/// the callee's own. A model that invents one quote is not believed for the others of the same sentence.
pub(crate) fn turns(evidence: &[Evidence], talk: &[Turn]) -> Option<Vec<u32>> {
    let mut found = Vec::new();
    let mut callee_spoke = false;
    for piece in evidence {
        let turn = talk.get(usize::try_from(piece.turn).ok()?)?;
        if !occurs(&words(&piece.quote), &words(&turn.text)) {
            return None;
        }
        callee_spoke |= turn.speaker == Speaker::Callee;
        found.push(piece.turn);
    }
    found.sort_unstable();
    found.dedup();
    callee_spoke.then_some(found)
}

/// The words of a text, without case and punctuation: models change both when they copy.
pub(crate) fn words(text: &str) -> Vec<String> {
    let split = text.split(|c: char| !c.is_alphanumeric());
    split.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Whether the words stand in the text, one after the other. Whole words: "no" is not in "know".
fn occurs(quote: &[String], text: &[String]) -> bool {
    position(quote, text).is_some()
}

/// Where they stand.
pub(crate) fn position(quote: &[String], text: &[String]) -> Option<usize> {
    if quote.is_empty() {
        return None;
    }
    text.windows(quote.len()).position(|window| window == quote)
}
