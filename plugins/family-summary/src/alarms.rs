//! What a person must look at: words of the callee, and flags of the agent that say yes.
//!
//! `render` walks in. A false alarm costs a telephone call; a missed one may cost much more. Still, a
//! denied mention ("no fall") is none, and a flag's mere presence is none.

use callpanion_plugin_api::renderer::{Block, BlockKind};

use crate::Source;
use crate::collected::Note;
use crate::phrases::Language;
use crate::statements::evidence;
use crate::talk::Hit;
use crate::words::Theme;

/// One kind of alarm.
struct Alarm {
    theme: Option<Theme>,
    /// The agent's keys that mean the same.
    flags: &'static [&'static str],
    english: &'static str,
    indonesian: &'static str,
}

/// The most pressing first.
const ALARMS: [Alarm; 6] = [
    Alarm {
        theme: Some(Theme::Dying),
        flags: &[],
        english: "not wanting to live",
        indonesian: "tidak ingin hidup lagi",
    },
    Alarm {
        theme: Some(Theme::Chest),
        flags: &[],
        english: "the chest or trouble breathing",
        indonesian: "dada atau sesak napas",
    },
    Alarm {
        theme: Some(Theme::Fall),
        flags: &["flag_fall_risk"],
        english: "a fall or the risk of one",
        indonesian: "jatuh atau risiko jatuh",
    },
    Alarm {
        theme: Some(Theme::NotEating),
        flags: &["flag_low_appetite"],
        english: "eating too little",
        indonesian: "makan yang terlalu sedikit",
    },
    Alarm {
        theme: Some(Theme::Confusion),
        flags: &["flag_confused"],
        english: "being confused",
        indonesian: "rasa bingung",
    },
    Alarm {
        theme: Some(Theme::Alone),
        flags: &["flag_lonely"],
        english: "being alone or afraid",
        indonesian: "rasa sendiri atau takut",
    },
];

/// The agent calls the talk urgent and does not say of what.
const URGENT: Alarm = Alarm {
    theme: None,
    flags: &["emergency_flag", "urgent"],
    english: "something urgent",
    indonesian: "sesuatu yang mendesak",
};

/// The alarms of a talk. "Something urgent" is one only where nothing says what: beside "a fall" it is noise.
pub(crate) fn blocks(source: &Source<'_>) -> Vec<Block> {
    let known = ALARMS.iter().filter_map(|alarm| block(source, alarm));
    let other = source.notes.iter().filter_map(|note| other_flag(source, note));
    let named: Vec<Block> = known.chain(other).collect();
    if named.is_empty() {
        return block(source, &URGENT).into_iter().collect();
    }
    named
}

fn block(source: &Source<'_>, alarm: &Alarm) -> Option<Block> {
    let language = source.language;
    let what = language.pick(alarm.english, alarm.indonesian);
    let mut hits = Vec::new();
    if let Some(theme) = alarm.theme {
        hits = source.talk.spoken(theme);
        hits.retain(|hit| !hit.negated);
        let affirmed = source.talk.affirmed(theme);
        let is_new = |hit: &Hit<'_>| hits.binary_search_by_key(&hit.turn, |spoken| spoken.turn).is_err();
        let more: Vec<Hit<'_>> = affirmed.into_iter().filter(is_new).collect();
        hits.extend(more);
    }
    let mut notes = alarm.flags.iter().filter_map(|flag| source.notes.get(flag));
    let note = notes.find(|note| note.is_true());
    let rationale = note.map_or("", |note| note.rationale.as_str());
    if hits.is_empty() {
        return note.map(|note| flagged(source, note, what));
    }
    let quotes: Vec<&str> = hits.iter().map(|hit| hit.text).take(2).collect();
    Some(Block {
        kind: BlockKind::Alarm,
        text: language.spoke_about(source.name, what, &quotes),
        reason: language.noted(rationale),
        evidence: evidence(&hits),
    })
}

/// A flag that nothing in the callee's words explains.
fn flagged(source: &Source<'_>, note: &Note, what: &str) -> Block {
    let text = match source.language {
        Language::English => format!("The companion raised a flag: {what}."),
        Language::Indonesian => format!("Pendamping memberi tanda: {what}."),
    };
    Block {
        kind: BlockKind::Alarm,
        text,
        reason: source.language.noted(&note.rationale),
        evidence: source.talk.support(&note.rationale),
    }
}

/// A flag that only this operator's agent has.
fn other_flag(source: &Source<'_>, note: &Note) -> Option<Block> {
    let known = ALARMS.iter().chain([&URGENT]).any(|alarm| alarm.flags.contains(&note.name.as_str()));
    let name = note.name.strip_prefix("flag_").filter(|_| !known && note.is_true())?;
    let name = match name.replace('_', " ").trim() {
        "" => source.language.pick("something without a name", "sesuatu tanpa nama").to_owned(),
        name => name.to_owned(),
    };
    Some(flagged(source, note, &name))
}
