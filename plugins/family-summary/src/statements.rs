//! What was talked about, asked for and worth keeping. `render` walks in.

use callpanion_plugin_api::renderer::{Block, BlockKind};

use crate::Source;
use crate::alarms::Raised;
use crate::collected::Note;
use crate::phrases::Phrases;
use crate::talk::Hit;
use crate::words::Theme;

/// How many sentences a statement quotes.
const QUOTES_MAX: usize = 2;
/// A quote worth keeping is a sentence of so many words,
const QUOTE_WORDS: std::ops::RangeInclusive<usize> = 4..=40;
/// and holds none of what nobody says on the telephone: markup, and what looks like a program.
const UNSPOKEN: &[char] = &['<', '>', '{', '}', '[', ']', '\\', '`', '|', '=', '*', '#', '_'];

/// One kind of statement.
struct Statement {
    kind: BlockKind,
    theme: Option<Theme>,
    /// Whether an answer to the agent's question about it counts without a word of its own.
    by_answer: bool,
    /// The agent's keys that belong to it.
    notes: &'static [&'static str],
    what: fn(&Phrases) -> &'static str,
}

/// What a family asks about: an answer counts.
const fn care(
    kind: BlockKind,
    theme: Theme,
    notes: &'static [&'static str],
    what: fn(&Phrases) -> &'static str,
) -> Statement {
    Statement { kind, theme: Some(theme), by_answer: true, notes, what }
}

/// A topic, a wish, a loose end: spoken of by the callee, not only asked about.
const fn said(
    kind: BlockKind,
    theme: Theme,
    notes: &'static [&'static str],
    what: fn(&Phrases) -> &'static str,
) -> Statement {
    Statement { kind, theme: Some(theme), by_answer: false, notes, what }
}

/// What only the agent notes.
const fn noted(notes: &'static [&'static str], what: fn(&Phrases) -> &'static str) -> Statement {
    Statement { kind: BlockKind::Topic, theme: None, by_answer: false, notes, what }
}

const STATEMENTS: [Statement; 14] = [
    care(BlockKind::Health, Theme::Health, &["pain_reported"], |phrases| phrases.health),
    care(BlockKind::Medicine, Theme::Medicine, &["medication_taken"], |phrases| phrases.medicine),
    care(BlockKind::Meals, Theme::Meals, &["meals_today"], |phrases| phrases.meals),
    care(BlockKind::Sleep, Theme::Sleep, &["sleep_quality"], |phrases| phrases.sleep),
    care(BlockKind::Company, Theme::Company, &["social_contact"], |phrases| phrases.company),
    noted(&["activity"], |phrases| phrases.activity),
    said(BlockKind::Topic, Theme::Relatives, &[], |phrases| phrases.relatives),
    said(BlockKind::Topic, Theme::Television, &[], |phrases| phrases.television),
    said(BlockKind::Topic, Theme::Garden, &[], |phrases| phrases.garden),
    said(BlockKind::Topic, Theme::Faith, &[], |phrases| phrases.faith),
    said(BlockKind::Topic, Theme::Outdoors, &[], |phrases| phrases.outdoors),
    noted(&["notes"], |phrases| phrases.talk),
    said(BlockKind::Request, Theme::Request, &["message_for_family"], |phrases| phrases.wish),
    said(BlockKind::FollowUp, Theme::FollowUp, &[], |phrases| phrases.follow_up),
];

/// The statements of a talk.
pub(crate) fn blocks(source: &Source<'_>) -> Vec<Block> {
    STATEMENTS.iter().filter_map(|statement| block(source, statement)).collect()
}

fn block(source: &Source<'_>, statement: &Statement) -> Option<Block> {
    let language = source.language;
    let what = (statement.what)(language);
    let hits = hits(source, statement);
    let mut notes = statement.notes.iter().filter_map(|name| source.notes.get(name));
    let note = notes.find(|note| note.text().is_some() || note.is_true());

    let mut texts = Vec::new();
    if let Some(value) = note.and_then(Note::text) {
        texts.push(language.noted_value(what, &value));
    }
    if !hits.is_empty() {
        let quotes: Vec<&str> = hits.iter().map(|hit| hit.text).take(QUOTES_MAX).collect();
        texts.push(language.spoke_about(source.name, what, &quotes));
    }
    if texts.is_empty() {
        // A bare yes of the agent's, with nothing that the callee said about it.
        let note = note?;
        let value = match note.rationale.as_str() {
            "" => note.name.replace('_', " "),
            rationale => rationale.to_owned(),
        };
        texts.push(language.noted_value(what, &value));
    }
    Some(Block {
        kind: statement.kind.clone(),
        text: texts.join(" "),
        reason: note.map_or_else(String::new, |note| language.noted(&note.rationale)),
        evidence: match note {
            Some(note) if hits.is_empty() => {
                let value = note.text().unwrap_or_default();
                source.talk.support(&format!("{value} {}", note.rationale))
            }
            _ => evidence(&hits),
        },
    })
}

/// Where the callee spoke of it, in the order of the talk. An answer stands for its whole turn.
fn hits<'a>(source: &Source<'a>, statement: &Statement) -> Vec<Hit<'a>> {
    let Some(theme) = statement.theme else {
        return Vec::new();
    };
    let mut spoken = source.talk.spoken(theme);
    if matches!(statement.kind, BlockKind::Request | BlockKind::FollowUp) {
        spoken.retain(|hit| hit.stands);
    }
    let mut hits = if statement.by_answer { source.talk.answered(theme) } else { Vec::new() };
    spoken.retain(|hit| hits.binary_search_by_key(&hit.turn, |answer| answer.turn).is_err());
    hits.append(&mut spoken);
    hits.sort_by_key(|hit| hit.turn);
    hits
}

/// The turns that hits rest on, in order.
pub(crate) fn evidence(hits: &[Hit<'_>]) -> Vec<u32> {
    in_order(hits.iter().flat_map(|hit| hit.question.into_iter().chain([hit.turn])))
}

/// The turns that any of these blocks rests on, in order.
pub(crate) fn evidence_of<'b>(blocks: impl Iterator<Item = &'b Block>) -> Vec<u32> {
    in_order(blocks.flat_map(|block| block.evidence.iter().copied()))
}

fn in_order(turns: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut turns: Vec<u32> = turns.collect();
    turns.sort_unstable();
    turns.dedup();
    turns
}

/// A sentence worth keeping: the warmest, and of those the longest; never one that raised an alarm.
pub(crate) fn quote(source: &Source<'_>, raised: &[Raised]) -> Option<Block> {
    let alarming = |turn: u32| raised.iter().any(|alarm| alarm.block.evidence.binary_search(&turn).is_ok());
    let (turn, sentence) = source
        .talk
        .callee_sentences()
        .filter(|(turn, s)| QUOTE_WORDS.contains(&s.word_count()) && !s.text.contains(UNSPOKEN) && !alarming(*turn))
        .max_by_key(|(turn, s)| {
            let warm = s.mentions(Theme::Warm) == Some(true);
            (warm, s.word_count(), std::cmp::Reverse(*turn))
        })?;
    Some(Block { kind: BlockKind::Quote, text: sentence.text.to_owned(), reason: String::new(), evidence: vec![turn] })
}
