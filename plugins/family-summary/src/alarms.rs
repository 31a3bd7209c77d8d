//! What a person must look at: words of the callee, and flags of the agent that say yes.
//!
//! `render` walks in. A false alarm costs a telephone call; a missed one may cost much more. Still, a
//! denied mention ("no fall") is none, and a flag's mere presence is none.

use callpanion_plugin_api::renderer::{Block, BlockKind};

use crate::Source;
use crate::collected::Note;
use crate::phrases::Language;
use crate::statements::evidence;
use crate::words::{ALONE, CHEST, CONFUSION, DYING, FALL, NOT_EATING, Theme};

/// One kind of alarm.
struct Alarm {
    theme: Option<&'static Theme>,
    /// The agent's keys that mean the same.
    flags: &'static [&'static str],
    english: &'static str,
    indonesian: &'static str,
}

/// The most pressing first.
const ALARMS: [Alarm; 6] = [
    Alarm { theme: Some(&DYING), flags: &[], english: "not wanting to live", indonesian: "tidak ingin hidup lagi" },
    Alarm {
        theme: Some(&CHEST),
        flags: &[],
        english: "the chest or trouble breathing",
        indonesian: "dada atau sesak napas",
    },
    Alarm {
        theme: Some(&FALL),
        flags: &["flag_fall_risk"],
        english: "a fall or the risk of one",
        indonesian: "jatuh atau risiko jatuh",
    },
    Alarm {
        theme: Some(&NOT_EATING),
        flags: &["flag_low_appetite"],
        english: "eating too little",
        indonesian: "makan yang terlalu sedikit",
    },
    Alarm { theme: Some(&CONFUSION), flags: &["flag_confused"], english: "being confused", indonesian: "rasa bingung" },
    Alarm {
        theme: Some(&ALONE),
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
        let spoken = hits.clone();
        let affirmed = source.talk.affirmed(theme);
        hits.extend(affirmed.into_iter().filter(|hit| spoken.iter().all(|h| h.turn != hit.turn)));
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
    Some(flagged(source, note, &name.replace('_', " ")))
}
