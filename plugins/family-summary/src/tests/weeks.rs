//! Golden weeks: each file of `tests/weeks` holds a week, and below it what its family reads, in one language or more.
//!
//! A digest that is made otherwise on purpose makes the test fail; then renew them, and look at what changed:
//!
//! ```sh
//! cargo test -p callpanion-family-summary weeks::renew -- --ignored
//! ```

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use callpanion_plugin_api::Ctx;
use callpanion_plugin_api::digest::{
    Basis, CallOutcome, CallPart, Digest, DigestRenderer, Gap, GapCause, PartKind, Place, WeekCall, WeekMaterial,
};
use callpanion_plugin_api::testing::context;

use crate::FamilySummary;

const WEEKS_MIN: usize = 10;
/// Begins what is read in a language.
const READ_IN: &str = "\n=== ";

static KINDS: [(&str, PartKind); 12] = [
    ("headline", PartKind::Headline),
    ("mood", PartKind::Mood),
    ("topic", PartKind::Topic),
    ("health", PartKind::Health),
    ("meals", PartKind::Meals),
    ("sleep", PartKind::Sleep),
    ("medicine", PartKind::Medicine),
    ("company", PartKind::Company),
    ("request", PartKind::Request),
    ("quote", PartKind::Quote),
    ("follow-up", PartKind::FollowUp),
    ("alarm", PartKind::Alarm),
];

static OUTCOMES: [(&str, CallOutcome); 9] = [
    ("completed", CallOutcome::Completed),
    ("missed", CallOutcome::Missed),
    ("declined", CallOutcome::Declined),
    ("voicemail", CallOutcome::Voicemail),
    ("busy", CallOutcome::Busy),
    ("failed", CallOutcome::Failed),
    ("canceled", CallOutcome::Canceled),
    ("expired", CallOutcome::Expired),
    ("underway", CallOutcome::Underway),
];

fn named<T: Clone>(names: &[(&str, T)], name: &str) -> T {
    let found = names.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("{name:?} is no known word")).1.clone()
}

fn empty() -> WeekMaterial {
    WeekMaterial {
        callee_name: String::new(),
        first_day: "2026-11-16".to_owned(),
        last_day: "2026-11-22".to_owned(),
        calls: Vec::new(),
        gaps: Vec::new(),
        extra: Vec::new(),
    }
}

/// A week: `callee: name`, `gap: date cause`, `call: date outcome` with a mood score behind it if it has one, and below
/// a call the parts of its summary, as `kind [turns]: text`.
fn week(text: &str) -> WeekMaterial {
    let mut week = empty();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("{line:?} has no colon"));
        let value = value.trim();
        let words: Vec<&str> = value.split(' ').collect();
        match name.trim() {
            "callee" => value.clone_into(&mut week.callee_name),
            "gap" => {
                let causes =
                    [("paused", GapCause::Paused), ("skipped", GapCause::Skipped), ("unplanned", GapCause::Unplanned)];
                week.gaps.push(Gap { date: words[0].to_owned(), cause: named(&causes, words[1]) });
            }
            "call" => week.calls.push(WeekCall {
                date: words[0].to_owned(),
                at_ms: 0,
                outcome: named(&OUTCOMES, words[1]),
                duration_s: 0,
                mood_score: words.get(2).map(|score| score.parse().unwrap()),
                parts: Vec::new(),
            }),
            part => {
                let (kind, turns) = part.split_once(" [").unwrap();
                let turns = turns.trim_end_matches(']').split(' ').filter(|turn| !turn.is_empty());
                week.calls.last_mut().unwrap().parts.push(CallPart {
                    kind: named(&KINDS, kind),
                    text: value.to_owned(),
                    turns: turns.map(|turn| turn.parse().unwrap()).collect(),
                });
            }
        }
    }
    week
}

fn render(locale: &str, week: WeekMaterial) -> Digest {
    let mut context = context(&serde_json::json!({}));
    locale.clone_into(&mut context.locale);
    FamilySummary::render_digest(&Ctx::new(context, Vec::new()), week)
}

/// `2`: the third call. `2p0`: the first part of its summary. `2t4`: the fifth turn of its talk.
fn told(basis: &Basis) -> String {
    match basis.place {
        Place::Whole => basis.call.to_string(),
        Place::Part(part) => format!("{}p{part}", basis.call),
        Place::Turn(turn) => format!("{}t{turn}", basis.call),
    }
}

/// What a family reads: the score, and a line for each part: its kind, what it rests on, its text; below it the reason.
fn read(digest: &Digest) -> String {
    let score = digest.mood_score.map_or_else(|| "none".to_owned(), |score| score.to_string());
    let mut read = format!("score: {score}\n");
    for part in &digest.parts {
        let kind = match &part.kind {
            PartKind::Other(name) => name.as_str(),
            kind => KINDS.iter().find(|(_, known)| known == kind).unwrap().0,
        };
        let evidence: Vec<String> = part.evidence.iter().map(told).collect();
        writeln!(read, "{kind} [{}]: {}", evidence.join(" "), part.text).unwrap();
        if !part.reason.is_empty() {
            writeln!(read, "    ({})", part.reason).unwrap();
        }
    }
    read
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/weeks");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The file as it would be, if what its family reads now were right.
fn renewed(file: &Path) -> (String, String) {
    let text = fs::read_to_string(file).unwrap();
    let (given, readings) = text.split_once(READ_IN).unwrap_or_else(|| panic!("{} has no reader", file.display()));
    let mut new = given.trim_end().to_owned() + "\n";
    for reading in readings.split(READ_IN) {
        let locale = reading.lines().next().unwrap();
        write!(new, "{READ_IN}{locale}\n{}", read(&render(locale, week(given)))).unwrap();
    }
    (text, new)
}

#[test]
fn each_week_is_read_as_it_stands_in_its_file() {
    let files = files();
    assert!(files.len() >= WEEKS_MIN);
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
#[ignore = "writes the golden weeks anew"]
fn renew() {
    for file in files() {
        let (_, new) = renewed(&file);
        fs::write(file, new).unwrap();
    }
}

#[test]
fn every_statement_rests_on_what_is_there_in_every_language() {
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let given = text.split(READ_IN).next().unwrap();
        let mut shapes = Vec::new();
        for locale in ["en", "id", "ar", "nl", "xx"] {
            let week = week(given);
            let digest = render(locale, week.clone());
            for part in &digest.parts {
                assert!(!part.evidence.is_empty(), "{} {locale} {part:?}", file.display());
                for basis in &part.evidence {
                    let call = &week.calls[basis.call as usize];
                    let there = match basis.place {
                        Place::Whole => true,
                        Place::Part(part) => (part as usize) < call.parts.len(),
                        Place::Turn(turn) => call.parts.iter().any(|part| part.turns.contains(&turn)),
                    };
                    assert!(there, "{} {locale} {basis:?}", file.display());
                }
            }
            let of_parts = digest.parts.into_iter().map(|part| (part.kind, part.evidence)).collect::<Vec<_>>();
            shapes.push((digest.mood_score, of_parts));
        }
        assert!(shapes.windows(2).all(|two| two[0] == two[1]), "{}: languages differ", file.display());
    }
}

#[test]
fn a_week_of_nothing_says_nothing() {
    assert_eq!(render("en", empty()).parts.len(), 0);
    let called_off = render("en", week("call: 2026-11-16 canceled\ncall: 2026-11-17 underway"));
    assert_eq!((called_off.mood_score, called_off.parts.len()), (None, 0));
}

#[test]
fn the_fullest_week_gives_no_more_than_the_host_takes() {
    let mut full = empty();
    let texts = ["Never ends. ".repeat(300), "{text} {days}".to_owned(), "\u{202e}dne".to_owned()];
    for at in 0..21_u32 {
        let parts = KINDS.iter().cycle().take(96).zip(texts.iter().cycle()).zip(0..);
        let part = |(((_, kind), text), turn): ((&(&str, PartKind), &String), u32)| CallPart {
            kind: kind.clone(),
            text: format!("{at} {text}"),
            turns: (turn..turn + 60).collect(),
        };
        let (outcome, mood_score) = (CallOutcome::Completed, Some(9));
        let date = format!("2026-11-{}", 16 + at % 7);
        let parts = parts.map(part).collect();
        full.calls.push(WeekCall { date, at_ms: 0, outcome, duration_s: 1, mood_score, parts });
    }
    let digest = render("en", full);
    assert_eq!(digest.mood_score, None, "nine of five");
    assert!(digest.parts.len() <= 50);
    for part in &digest.parts {
        assert!(part.evidence.len() <= 50 && part.text.chars().count() <= 2_000, "{part:?}");
        assert!(!part.text.contains('\u{202e}'), "{part:?}");
    }
}
