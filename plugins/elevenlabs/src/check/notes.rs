//! What an agent notes of a talk (ElevenLabs: data collection): all that the summary reads, and as the right type?
//! `agent` walks in, and the provisioning asks for what is missing.
//!
//! A provider hands on whatever was noted. Who reads it is the renderer, and only of our own is known what it reads.

use callpanion_plugin_api::provider::{Finding, Severity};
use serde_json::Value;

use super::agent::Agent;
use super::facts::Facts;

/// An id of the agent's data collection, and the types with which it can be read; the first is the best.
type Note = (&'static str, &'static [&'static str]);

/// What `family-summary` reads: of each line one note is enough.
const READ: [&[Note]; 16] = [
    &[("emergency_flag", &["boolean"]), ("urgent", &["boolean"])],
    &[("mood_score", &["integer", "number"]), ("mood", &["string"])],
    &[("flag_fall_risk", &["boolean"])],
    &[("flag_low_appetite", &["boolean"])],
    &[("flag_confused", &["boolean"])],
    &[("flag_lonely", &["boolean"])],
    &[("flag_acute_illness", &["boolean"])],
    &[("flag_danger_at_home", &["boolean"])],
    &[("flag_mistreated", &["boolean"])],
    &[("flag_fraud", &["boolean"])],
    &[("flag_medicine_error", &["boolean"])],
    &[("highlight_one_line", &["string"])],
    &[("notes", &["string"])],
    &[("sleep_quality", &["string", "integer", "number"])],
    &[("activity", &["string"])],
    &[("social_contact", &["string"])],
];

/// What to look for, for each line of [`READ`].
const DESCRIPTIONS: [&str; READ.len()] = [
    "True only if the person may be in danger now: chest pain, a fall they cannot get up from, wanting to die.",
    "How the person seemed, from 1 (very low) to 5 (very well).",
    "True if they fell or nearly fell, or are afraid of falling.",
    "True if they eat little, or do not want to eat.",
    "True if they seemed confused about time, place or people.",
    "True if they said that they feel lonely or left alone.",
    "True if they may be acutely ill: bleeding, high fever, severe pain, trouble to speak, move, see or breathe.",
    "True if there is danger at home: gas, smoke, fire, water, no heating, no food, a stranger, being locked in or out.",
    "True if somebody hits, threatens, neglects or takes things from them, or they are afraid of somebody.",
    "True if somebody they hardly know asked for money, a code, a card or bank details, or was given any.",
    "True if they took too much, the wrong or none of a medicine that they need, or have none left.",
    "The talk in one sentence, for the family.",
    "What else the family should know, in a few sentences.",
    "How they slept, in a few words.",
    "What they did or plan to do, in a few words.",
    "Whom they saw or spoke with, in a few words.",
];

/// Whether what the agent notes stands with items that agents share.
pub(crate) fn are_shared(settings: &Value) -> bool {
    let is_listed = |list: &Value| list.as_array().is_some_and(|items| !items.is_empty());
    let collected = &settings["data_collection"];
    collected.as_object().is_none_or(serde_json::Map::is_empty) && is_listed(&settings["analysis_items"])
}

/// What our summary reads and is not noted: the best id, its type, and what to look for.
pub(crate) fn missing(collected: &Value) -> Vec<(&'static str, &'static str, &'static str)> {
    let lines = READ.iter().zip(DESCRIPTIONS);
    let missing = lines.filter(|(line, _)| line.iter().all(|(id, _)| collected.get(id).is_none()));
    missing.filter_map(|(line, says)| line.first().map(|(id, types)| (*id, types[0], says))).collect()
}

/// What may be wrong with the notes of an agent; the notes with the types that fit.
enum Fault {
    /// These are not noted.
    Missing(Vec<String>),
    /// These are noted as another type.
    OfAnotherType(Vec<String>),
    /// They stand with items that several agents share, which the agent's page does not show.
    Shared,
}

impl Fault {
    /// The table: how grave, what is wrong, and how it is mended.
    fn say(&self, agent: &str) -> Finding {
        match self {
            Self::Missing(notes) => Finding::new(
                Severity::Warning,
                format!("Agent {agent} does not note all that the summary can use."),
                format!(
                    "Run `callpanion provision --apply`, or on the agent's Analysis tab, under Data collection, add: \
                     {}.",
                    notes.join(", ")
                ),
            ),
            Self::OfAnotherType(notes) => Finding::new(
                Severity::Warning,
                format!("Agent {agent} notes something as a type that the summary cannot read."),
                format!(
                    "Open the agent in the ElevenLabs console, and on its Analysis tab, under Data collection, change \
                     the type: {}.",
                    notes.join(", ")
                ),
            ),
            Self::Shared => Finding::new(
                Severity::Ok,
                format!("What agent {agent} notes cannot be seen from here: it stands with items that agents share."),
                "Look on the agent's Analysis tab in the ElevenLabs console whether it has emergency_flag (boolean) \
                 and mood_score (integer, 1 to 5).",
            ),
        }
    }
}

/// Looks at what one agent notes.
pub(super) fn look(agent: &Agent, facts: &Facts) -> Vec<Finding> {
    if !facts.has_our_renderer() {
        return Vec::new();
    }
    let label = agent.label();
    faults(&agent.told["platform_settings"]).iter().map(|fault| fault.say(&label)).collect()
}

fn faults(settings: &Value) -> Vec<Fault> {
    let collected = &settings["data_collection"];
    if are_shared(settings) {
        return vec![Fault::Shared];
    }
    let (mut missing, mut odd) = (Vec::new(), Vec::new());
    for line in READ {
        let noted: Vec<&Note> = line.iter().filter(|(id, _)| collected.get(id).is_some()).collect();
        let fits = |(id, types): &Note| collected[*id]["type"].as_str().is_some_and(|it| types.contains(&it));
        match (noted.first(), line.first()) {
            (None, Some(best)) => missing.push(named(best)),
            (Some(found), _) if !noted.iter().any(|note| fits(note)) => odd.push(named(found)),
            _ => {}
        }
    }
    let seen = [(!missing.is_empty(), Fault::Missing(missing)), (!odd.is_empty(), Fault::OfAnotherType(odd))];
    seen.into_iter().filter_map(|(is_so, fault)| is_so.then_some(fault)).collect()
}

/// `mood_score (integer)`.
fn named((id, types): &Note) -> String {
    format!("{id} ({})", types.first().copied().unwrap_or_default())
}
