//! The tables of words: what is written in them can be found.

use crate::pattern::{Pattern, Role, WORDS_MAX};
use crate::spelling::each_word;
use crate::words::{Bits, CLASSES_MAX, TABLES, Table};

/// A pattern tries at most so many ways to fill its gaps in one direction, so its time is bounded.
const WAYS_MAX: usize = 200;

fn patterns(table: &Table) -> impl Iterator<Item = &'static str> {
    [table.named, table.told, table.except].into_iter().flatten().flat_map(|(_, texts)| texts.split(", "))
}

/// The words of a token, as they are written.
fn words(token: &'static str) -> impl Iterator<Item = &'static str> {
    let parts = token.split('&').map(|part| part.trim_start_matches('!'));
    parts
        .flat_map(|part| part.split('|'))
        .filter(|one| !matches!(*one, "^" | "$" | "*") && !one.starts_with(['~', '@']))
}

fn is_spelt_as_compared(word: &str) -> bool {
    let bare = word.trim_matches('*');
    let mut seen = Vec::new();
    each_word(bare, |word, _| seen.push(word.to_owned()));
    seen == [bare]
}

#[test]
fn each_word_is_written_as_it_is_compared() {
    for table in &TABLES {
        let classes = table.classes.iter().flat_map(|(_, words)| words.split_ascii_whitespace());
        for word in classes.chain(patterns(table).flat_map(|pattern| pattern.split(' ')).flat_map(words)) {
            assert!(is_spelt_as_compared(word), "{word:?} would never be found");
        }
    }
}

#[test]
fn each_pattern_can_be_looked_for() {
    for (number, table) in TABLES.iter().enumerate() {
        for (theme, texts) in [table.named, table.told, table.except].into_iter().flatten() {
            for text in texts.split(", ") {
                assert!(Pattern::new(Role::Named, *theme, number, text).is_some(), "{text:?} has no plain word");
            }
        }
    }
}

#[test]
fn each_pattern_is_well_formed() {
    for table in &TABLES {
        for pattern in patterns(table) {
            let tokens: Vec<&str> = pattern.split(' ').collect();
            let edges = |token: &&str| token.split('|').any(|one| one == "$");
            assert!(tokens.iter().skip(1).all(|token| *token != "^"), "{pattern:?} begins in its middle");
            assert!(tokens.iter().rev().skip(1).all(|token| !edges(token)), "{pattern:?} ends in its middle");
            for name in tokens.iter().flat_map(|token| token.split(['|', '&', '!'])) {
                let known = |name: &str| table.classes.iter().any(|(class, _)| *class == name);
                assert!(name.strip_prefix('@').is_none_or(known), "{pattern:?} names an unknown class");
            }
            let gaps = tokens.iter().filter_map(|token| token.strip_prefix('~'));
            let ways: usize = gaps.map(|gap| gap.parse::<usize>().unwrap() + 1).product();
            assert!(ways <= WAYS_MAX, "{pattern:?} has {ways} ways to be found");
        }
    }
}

#[test]
fn each_language_has_the_classes_that_meaning_asks_for() {
    for (number, table) in TABLES.iter().enumerate() {
        let Bits { no, bound, i, me, other, it, with, own, and, turn } = Bits::of(number);
        assert!([no, bound, i, me, other, it, with, own, and, turn].iter().all(|bit| *bit != 0), "table {number}");
        assert!(table.classes.len() <= CLASSES_MAX);
    }
}

#[test]
fn a_text_without_pauses_is_cut_into_clauses() {
    let mut lexicon = crate::lexicon::Lexicon::new();
    let clauses = lexicon.clauses(&"fell ".repeat(10 * WORDS_MAX));
    assert!(clauses.len() == 10 && clauses.iter().all(|clause| clause.len() == WORDS_MAX));
}
