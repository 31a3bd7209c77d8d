//! Golden talks: each file of `tests/talks` holds a talk, and below it what its family reads, in one language or more.
//!
//! A summary that is made otherwise on purpose makes the test fail; then renew them, and look at what changed:
//!
//! ```sh
//! cargo test -p callpanion-family-summary talks::renew -- --ignored
//! ```

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use callpanion_plugin_api::renderer::{BlockKind, Collected, Material, Rendering, Speaker, Turn};

use super::render;

const TALKS_MIN: usize = 30;
/// Begins what is read in a language.
const READ_IN: &str = "\n=== ";

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/talks");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A talk: `name: value` lines, notes as `note name: JSON | rationale`, and turns as `number speaker: text`.
fn talk(text: &str) -> Material {
    let mut talk = super::material("", "");
    talk.turns.clear();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("{line:?} has no colon"));
        let value = value.trim();
        match name.split_once(' ') {
            None if name == "callee" => value.clone_into(&mut talk.callee_name),
            None if name == "spoken" => value.clone_into(&mut talk.language),
            None if name == "lasted" => talk.duration_s = value.parse().unwrap(),
            None if name == "summary" => talk.provider_summary = Some(value.to_owned()),
            Some(("note", name)) => {
                let (value, rationale) = value.split_once(" | ").unwrap();
                let [name, value, rationale] = [name, value, rationale].map(str::to_owned);
                talk.collected.push(Collected { name, value, rationale });
            }
            Some((number, speaker)) => {
                assert_eq!(number, talk.turns.len().to_string(), "{line:?} has another turn's number");
                let speaker = if speaker == "A" { Speaker::Agent } else { Speaker::Callee };
                talk.turns.push(Turn { speaker, text: value.to_owned(), at_s: 0 });
            }
            None => panic!("{line:?} begins with no known name"),
        }
    }
    talk
}

/// What a family reads, a line for each block: its kind, the turns that it rests on, its text, and below it the reason.
fn read(rendering: &Rendering) -> String {
    let mut read = String::new();
    for block in &rendering.blocks {
        let kind = match (&block.kind, rendering.mood_score) {
            (BlockKind::Mood, Some(score)) => format!("mood {score}"),
            (BlockKind::FollowUp, _) => "follow-up".to_owned(),
            (kind, _) => format!("{kind:?}").rsplit("::").next().unwrap().to_lowercase(),
        };
        let turns: Vec<String> = block.evidence.iter().map(u32::to_string).collect();
        writeln!(read, "{kind} [{}]: {}", turns.join(" "), block.text).unwrap();
        if !block.reason.is_empty() {
            writeln!(read, "    ({})", block.reason).unwrap();
        }
    }
    read
}

/// The file as it would be, if what its family reads now were right.
fn renewed(file: &Path) -> (String, String) {
    let text = fs::read_to_string(file).unwrap();
    let (given, readings) = text.split_once(READ_IN).unwrap_or_else(|| panic!("{} has no reader", file.display()));
    let mut new = given.trim_end().to_owned() + "\n";
    for reading in readings.split(READ_IN) {
        let locale = reading.lines().next().unwrap();
        write!(new, "{READ_IN}{locale}\n{}", read(&render(locale, talk(given)))).unwrap();
    }
    (text, new)
}

#[test]
fn each_talk_is_read_as_it_stands_in_its_file() {
    let files = files();
    assert!(files.len() >= TALKS_MIN);
    let mut wrong = String::new();
    for file in &files {
        let (old, new) = renewed(file);
        if old != new {
            writeln!(wrong, "{}: it should say\n{new}", file.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
#[ignore = "writes the golden talks anew"]
fn renew() {
    for file in files() {
        let (_, new) = renewed(&file);
        fs::write(file, new).unwrap();
    }
}
