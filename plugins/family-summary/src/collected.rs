//! What the agent collected, read defensively: a value's type follows the agent's set-up, and a key
//! without a value says nothing. The makers of blocks walk in.

use callpanion_plugin_api::renderer::{Collected, plain};
use serde_json::Value;

/// The agent's notes that say something.
pub(crate) struct Notes {
    notes: Vec<Note>,
}

pub(crate) struct Note {
    pub(crate) name: String,
    value: Value,
    pub(crate) rationale: String,
}

impl Notes {
    pub(crate) fn new(collected: &[Collected]) -> Self {
        let notes = collected.iter().map(|item| Note {
            // It is shown, so it must be nothing but text.
            name: plain(&item.name),
            // What is no JSON is taken as the text that it is.
            value: serde_json::from_str(&item.value).unwrap_or_else(|_| Value::String(item.value.clone())),
            rationale: plain(item.rationale.trim()),
        });
        Self { notes: notes.collect() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Note> {
        self.notes.iter().find(|note| note.name == name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter()
    }
}

impl Note {
    /// Whether it says yes. Merely being there says nothing.
    pub(crate) fn is_true(&self) -> bool {
        match &self.value {
            Value::Bool(yes) => *yes,
            Value::Number(number) => number.as_f64().is_some_and(|n| n > 0.0),
            Value::String(text) => {
                let word = text.trim().to_lowercase();
                ["true", "yes", "ya", "iya", "benar", "ja", "waar", "نعم", "1"].contains(&word.as_str())
            }
            _ => false,
        }
    }

    /// Its value as text, when it is a text or a number that says something.
    pub(crate) fn text(&self) -> Option<String> {
        let text = match &self.value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let nothing = ["", "unknown", "none", "n/a", "null", "-", "tidak ada", "geen", "onbekend", "لا يوجد"];
        (!nothing.contains(&text.to_lowercase().as_str())).then_some(text)
    }

    /// Its value as a whole number, also where it comes as `"4"`, `"4/5"` or `3.6`.
    pub(crate) fn rounded(&self) -> Option<i64> {
        let text = self.text()?;
        let number: f64 = text.split('/').next()?.trim().parse().ok()?;
        let rounded = number.round();
        // Scores are small; a wild value is no score.
        (rounded.abs() <= 100.0).then(|| format!("{rounded}").parse().ok())?
    }
}
