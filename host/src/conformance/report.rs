//! What the kit found: for people a page that ends with the level and what is missing for the next, for machines JSON.
//! The rest of this room writes into `Notes`; it calls nobody.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::checks::{Check, Level};
use crate::domain::manifest::{Manifest, PluginKind};

/// So many cases of each failed check are told; the rest are counted.
const EVIDENCE_MAX: usize = 5;
/// One case, told.
const EVIDENCE_MAX_CHARS: usize = 400;

/// What is found while the plugin is tried.
#[derive(Default)]
pub(super) struct Notes(BTreeMap<Check, Tally>);

#[derive(Default)]
struct Tally {
    tried: u32,
    failed: u32,
    evidence: Vec<String>,
}

impl Notes {
    /// One case of a check: whether it held, and what to tell if not.
    pub(super) fn note(&mut self, check: Check, held: bool, evidence: impl FnOnce() -> String) {
        let tally = self.0.entry(check).or_default();
        tally.tried += 1;
        if !held {
            tally.failed += 1;
            if tally.evidence.len() < EVIDENCE_MAX {
                let text = tellable(&evidence());
                if !tally.evidence.contains(&text) {
                    tally.evidence.push(text);
                }
            }
        }
    }
}

/// One line that a terminal can bear, whatever a stranger's plugin put into it.
fn tellable(text: &str) -> String {
    let shown = |c: char| if c.is_control() || is_direction(c) { '\u{fffd}' } else { c };
    let mut line: String = text.chars().take(EVIDENCE_MAX_CHARS).map(shown).collect();
    if text.chars().nth(EVIDENCE_MAX_CHARS).is_some() {
        line.push('…');
    }
    line
}

/// Characters that change the direction of text around them.
pub(super) fn is_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How one check went.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// Which.
    pub check: Check,
    /// The level that it belongs to.
    pub level: Level,
    /// What a plugin that passes does.
    pub meaning: &'static str,
    /// In how many cases it was looked at. With none there was nothing to look at.
    pub tried: u32,
    /// In how many it failed.
    pub failed: u32,
    /// Some of those: which input and reply, and what the plugin said.
    pub evidence: Vec<String>,
}

/// How far a plugin conforms.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The plugin's id.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// Its kind.
    pub kind: PluginKind,
    /// The plugin API that it is made for.
    pub api: String,
    /// The highest level that it reaches; `None` below bronze.
    pub level: Option<Level>,
    /// How often it was run.
    pub runs: u64,
    /// Every check that concerns its kind and what stands beside it.
    pub checks: Vec<Checked>,
}

impl Report {
    pub(super) fn new(manifest: &Manifest, runs: u64, mut notes: Notes) -> Self {
        let mut checks: Vec<Checked> = Check::ALL
            .iter()
            .filter(|check| check.is_of(manifest))
            .map(|&check| {
                let Tally { tried, failed, evidence } = notes.0.remove(&check).unwrap_or_default();
                let (level, meaning) = (check.level(), check.meaning());
                Checked { check, level, meaning, tried, failed, evidence }
            })
            .collect();
        checks.sort_by_key(|checked| checked.level);
        let loaded = checks.iter().any(|checked| checked.check == Check::Loads && checked.failed == 0);
        let level = Level::ALL
            .iter()
            .take_while(|level| loaded && checks.iter().all(|c| c.level != **level || c.failed == 0))
            .last()
            .copied();
        Self {
            plugin: manifest.id.clone(),
            version: manifest.version.clone(),
            kind: manifest.kind,
            api: manifest.api.clone(),
            level,
            runs,
            checks,
        }
    }

    /// Whether it reaches at least this level.
    pub fn reaches(&self, level: Level) -> bool {
        self.level >= Some(level)
    }

    /// What fails on the way to the next level.
    pub fn missing(&self) -> impl Iterator<Item = &Checked> {
        let next = Level::ALL.iter().find(|level| !self.reaches(**level));
        self.checks.iter().filter(move |checked| next.is_some_and(|n| checked.level <= *n) && checked.failed > 0)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plugin, version, kind, api, runs, .. } = self;
        let runs = if *runs == 1 { "1 run".to_owned() } else { format!("{runs} runs") };
        writeln!(f, "{plugin} {version}, a {kind} for plugin API {api}: {runs}")?;
        let mut level = None;
        for checked in &self.checks {
            if level != Some(checked.level) {
                level = Some(checked.level);
                writeln!(f, "\n{}", checked.level)?;
            }
            writeln!(f, "{checked}")?;
        }
        if self.checks.iter().any(|checked| checked.tried == 0) {
            writeln!(f, "\n  -  not tried: nothing that it did gave occasion to.")?;
        }
        let Some(next) = Level::ALL.iter().find(|level| !self.reaches(**level)) else {
            return writeln!(f, "\nLevel: gold. Nothing is missing.");
        };
        let reached = self.level.map_or("none", Level::as_str);
        writeln!(f, "\nLevel: {reached}. Missing for {next}:")?;
        for checked in self.missing() {
            writeln!(f, "  {}: {}", checked.check, checked.meaning)?;
        }
        Ok(())
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match (self.tried, self.failed) {
            (0, _) => "-",
            (_, 0) => "ok",
            _ => "FAILS",
        };
        write!(f, "  {word:<5}  {:<19} {}", self.check, self.meaning)?;
        for case in &self.evidence {
            write!(f, "\n           {case}")?;
        }
        if let Some(more) = (self.failed as usize).checked_sub(self.evidence.len()).filter(|more| *more > 0) {
            write!(f, "\n           and in {more} more of {} cases", self.tried)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let text = "id = \"bell\"\nkind = \"renderer\"\napi = \"1.0.0\"\nversion = \"0.1.0\"\nname = \"Bell\"\n\
                    purpose = \"Rings.\"\nprocessing_country = \"NL\"";
        toml::from_str(text).unwrap()
    }

    fn report(failing: &[Check]) -> Report {
        let mut notes = Notes::default();
        notes.note(Check::Loads, true, String::new);
        for check in failing {
            notes.note(*check, false, || format!("what {check} saw\u{1b}[2J"));
        }
        Report::new(&manifest(), 3, notes)
    }

    #[test]
    fn a_level_needs_every_check_of_its_own_and_of_those_below() {
        assert_eq!(report(&[]).level, Some(Level::Gold));
        assert_eq!(report(&[Check::Echo]).level, Some(Level::Silver));
        assert_eq!(report(&[Check::Echo, Check::RenderAlarms]).level, Some(Level::Bronze));
        let lowest = report(&[Check::Survives]);
        assert_eq!(lowest.level, None);
        assert!(!lowest.reaches(Level::Bronze));
    }

    #[test]
    fn the_page_ends_with_what_is_missing_for_the_next_level() {
        let page = report(&[Check::Echo, Check::RenderAlarms]).to_string();
        let end = page.split("\n\n").last().unwrap();
        assert_eq!(
            end,
            "Level: bronze. Missing for silver:\n  render-alarms: The same alarms, in the same order, in every language.\n"
        );
        assert!(page.contains("what echo saw\u{fffd}[2J"), "{page}");
        assert!(page.contains("\n  -      ends  ") && page.contains("\n  -  not tried: "), "{page}");
        assert!(report(&[]).to_string().ends_with("Level: gold. Nothing is missing.\n"));
    }
}
