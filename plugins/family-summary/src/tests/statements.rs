//! How often an alarm is raised for nothing, and whether one is missed: sentences as they are said on the telephone, in
//! `tests/statements`, one a line. In the worrying ones a line with `#` says which alarm those below it must raise.
//!
//! ```sh
//! cargo test -p callpanion-family-summary statements -- --nocapture
//! ```

use callpanion_plugin_api::renderer::{Block, BlockKind};

use super::{blocks, material, render};

/// One false alarm in so many statements is the most that is taken.
const STATEMENTS_PER_FALSE_ALARM: usize = 100;
const BENIGN_MIN: usize = 100;
const WORRYING_MIN: usize = 40;

struct Language {
    tag: &'static str,
    benign: &'static str,
    worrying: &'static str,
}

const LANGUAGES: [Language; 4] = [
    Language {
        tag: "en",
        benign: include_str!("../../tests/statements/benign.en.txt"),
        worrying: include_str!("../../tests/statements/worrying.en.txt"),
    },
    Language {
        tag: "id",
        benign: include_str!("../../tests/statements/benign.id.txt"),
        worrying: include_str!("../../tests/statements/worrying.id.txt"),
    },
    Language {
        tag: "ar",
        benign: include_str!("../../tests/statements/benign.ar.txt"),
        worrying: include_str!("../../tests/statements/worrying.ar.txt"),
    },
    Language {
        tag: "nl",
        benign: include_str!("../../tests/statements/benign.nl.txt"),
        worrying: include_str!("../../tests/statements/worrying.nl.txt"),
    },
];

/// The alarms that a statement raises, said in answer to a greeting.
fn alarms(tag: &str, statement: &str) -> Vec<Block> {
    let mut talk = material("Mum", &format!("A: Hello.\nC: {statement}"));
    tag.clone_into(&mut talk.language);
    blocks(&render("en", talk), &BlockKind::Alarm)
}

/// The benign statements that raise an alarm, and how many there are.
fn false_alarms(language: &Language) -> (Vec<String>, usize) {
    let statements: Vec<&str> = language.benign.lines().filter(|line| !line.is_empty()).collect();
    let raised = statements.iter().flat_map(|statement| {
        let alarms = alarms(language.tag, statement).into_iter();
        alarms.map(move |alarm| format!("{statement} raises: {}", alarm.text)).take(1)
    });
    (raised.collect(), statements.len())
}

/// The worrying statements that do not raise the alarm that they should, and how many there are.
fn missed(language: &Language) -> (Vec<String>, usize) {
    let (mut missed, mut count, mut what) = (Vec::new(), 0, "");
    for line in language.worrying.lines().filter(|line| !line.is_empty()) {
        if let Some(kind) = line.strip_prefix("# ") {
            what = kind;
            continue;
        }
        count += 1;
        let is_raised =
            |alarm: &Block| alarm.text.contains(&format!(" spoke about {what}: “")) && alarm.evidence == [1];
        if !alarms(language.tag, line).iter().any(is_raised) {
            missed.push(format!("{line} does not raise: {what}"));
        }
    }
    (missed, count)
}

#[test]
fn few_benign_statements_raise_an_alarm_and_no_worrying_one_is_missed() {
    let mut wrong = Vec::new();
    println!("| language | benign | false alarms | worrying | missed |\n|---|---|---|---|---|");
    let (mut benign_total, mut false_total) = (0, 0);
    for language in &LANGUAGES {
        let (raised, benign) = false_alarms(language);
        let (missed, worrying) = missed(language);
        println!("| {} | {benign} | {} | {worrying} | {} |", language.tag, raised.len(), missed.len());
        assert!(benign >= BENIGN_MIN && worrying >= WORRYING_MIN, "{}: too few to tell", language.tag);
        let is_rare = raised.len() * STATEMENTS_PER_FALSE_ALARM <= benign;
        (benign_total, false_total) = (benign_total + benign, false_total + raised.len());
        wrong.extend(missed.into_iter().chain(raised.into_iter().filter(|_| !is_rare)));
    }
    println!("| all | {benign_total} | {false_total} | | |");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
