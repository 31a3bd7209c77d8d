//! What a person must look at: words of the callee, and flags of the agent that say yes.
//!
//! `render` walks in. A false alarm costs a telephone call; a missed one may cost much more. Still, a
//! denied mention ("no fall") is none, and a flag's mere presence is none.

use callpanion_plugin_api::renderer::{Block, BlockKind};

use crate::Source;
use crate::collected::Note;
use crate::phrases::Phrases;
use crate::statements::evidence;
use crate::talk::{Hit, Report};
use crate::words::Theme;

/// One kind of alarm.
struct Alarm {
    theme: Theme,
    /// The agent's keys that mean the same.
    flags: &'static [&'static str],
    what: What,
}

/// What an alarm is about, in the reader's language.
type What = fn(&Phrases) -> &'static str;

/// The most pressing first.
const ALARMS: [Alarm; 6] = [
    Alarm { theme: Theme::Dying, flags: &[], what: |phrases| phrases.dying },
    Alarm { theme: Theme::Chest, flags: &[], what: |phrases| phrases.chest },
    Alarm { theme: Theme::Fall, flags: &["flag_fall_risk"], what: |phrases| phrases.fall },
    Alarm { theme: Theme::NotEating, flags: &["flag_low_appetite"], what: |phrases| phrases.not_eating },
    Alarm { theme: Theme::Confusion, flags: &["flag_confused"], what: |phrases| phrases.confusion },
    Alarm { theme: Theme::Alone, flags: &["flag_lonely"], what: |phrases| phrases.alone },
];

/// What only the agent's notes tell: people say it in too many ways for a list of words.
const NOTED: [(&str, What); 5] = [
    ("flag_acute_illness", |phrases| phrases.acute),
    ("flag_danger_at_home", |phrases| phrases.danger),
    ("flag_mistreated", |phrases| phrases.mistreated),
    ("flag_fraud", |phrases| phrases.fraud),
    ("flag_medicine_error", |phrases| phrases.medicine_error),
];

/// The callee asks for help, or the agent calls the talk urgent, and it is not said of what.
const URGENT: Alarm =
    Alarm { theme: Theme::Urgent, flags: &["emergency_flag", "urgent"], what: |phrases| phrases.urgent };

/// An alarm that is raised.
pub(crate) struct Raised {
    /// Nothing for what only the agent's notes tell.
    theme: Option<Theme>,
    pub(crate) what: String,
    pub(crate) block: Block,
}

impl Raised {
    /// Whether a line about the talk hides it from nobody.
    pub(crate) fn is_told_in(&self, report: &Report) -> bool {
        self.theme.is_some_and(|theme| report.tells_of.contains(&theme))
    }
}

/// The alarms of a talk. "Something urgent" is one only where nothing says what: beside "a fall" it is noise.
pub(crate) fn raised(source: &Source<'_>) -> Vec<Raised> {
    let known = ALARMS.iter().filter_map(|alarm| raise(source, alarm));
    let noted = NOTED.iter().filter_map(|(flag, what)| {
        let note = source.notes.get(flag).filter(|note| note.is_true())?;
        let what = what(source.language);
        Some(Raised { theme: None, what: what.to_owned(), block: flagged(source, note, what) })
    });
    let other = source.notes.iter().filter_map(|note| other_flag(source, note));
    let named: Vec<Raised> = known.chain(noted).chain(other).collect();
    if named.is_empty() { raise(source, &URGENT).into_iter().collect() } else { named }
}

fn raise(source: &Source<'_>, alarm: &Alarm) -> Option<Raised> {
    let what = (alarm.what)(source.language);
    let mut hits = source.talk.spoken(alarm.theme);
    hits.retain(|hit| hit.stands);
    let affirmed = source.talk.affirmed(alarm.theme);
    let is_new = |hit: &Hit<'_>| hits.binary_search_by_key(&hit.turn, |spoken| spoken.turn).is_err();
    let more: Vec<Hit<'_>> = affirmed.into_iter().filter(is_new).collect();
    hits.extend(more);

    let mut notes = alarm.flags.iter().filter_map(|flag| source.notes.get(flag));
    let note = notes.find(|note| note.is_true());
    let rationale = note.map_or("", |note| note.rationale.as_str());
    let block = if hits.is_empty() {
        flagged(source, note?, what)
    } else {
        let quotes: Vec<&str> = hits.iter().map(|hit| hit.text).take(2).collect();
        Block {
            kind: BlockKind::Alarm,
            text: source.language.spoke_about(source.name, what, &quotes),
            reason: source.language.noted(rationale),
            evidence: evidence(&hits),
        }
    };
    Some(Raised { theme: Some(alarm.theme), what: what.to_owned(), block })
}

/// A flag that nothing in the callee's words explains.
fn flagged(source: &Source<'_>, note: &Note, what: &str) -> Block {
    Block {
        kind: BlockKind::Alarm,
        text: source.language.flagged(what),
        reason: source.language.noted(&note.rationale),
        evidence: source.talk.support(&note.rationale),
    }
}

/// A flag that only this operator's agent has.
fn other_flag(source: &Source<'_>, note: &Note) -> Option<Raised> {
    let flags = ALARMS.iter().chain([&URGENT]).flat_map(|alarm| alarm.flags).chain(NOTED.iter().map(|(flag, _)| flag));
    let known = flags.into_iter().any(|flag| *flag == note.name);
    let name = note.name.strip_prefix("flag_").filter(|_| !known && note.is_true())?;
    let what = match name.replace('_', " ").trim() {
        "" => source.language.nameless.to_owned(),
        name => name.to_owned(),
    };
    Some(Raised { theme: None, block: flagged(source, note, &what), what })
}
