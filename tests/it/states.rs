//! States: what `ARCHITECTURE.md` says of them is what the code has.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use callpanion::domain::{AttemptState, CallState};

/// The chapter on states.
fn chapter() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("ARCHITECTURE.md");
    let text = fs::read_to_string(file).unwrap();
    let (_, chapter) = text.split_once("\n## States\n").expect("a chapter on states");
    chapter.split("\n## ").next().unwrap().to_owned()
}

/// The states in a cell of the table.
fn states(cell: &str) -> Vec<CallState> {
    let words = cell.split(", ").filter(|word| *word != "nothing");
    words.map(|word| word.parse::<CallState>().unwrap_or_else(|_| panic!("`{word}` is no state of a call"))).collect()
}

/// The words of a drawing.
fn words(drawing: &str) -> BTreeSet<&str> {
    drawing.split(|c: char| !c.is_ascii_lowercase() && c != '_').collect()
}

#[test]
fn the_table_has_all_that_a_call_may_become_and_nothing_else() {
    let chapter = chapter();
    let (_, table) = chapter.split_once("\n| from | may become |\n|---|---|\n").expect("the table");
    let (mut rows, mut told) = (Vec::new(), BTreeSet::new());
    for row in table.lines().take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [from, to] = cells[..] else { panic!("a row has two cells: {row}") };
        for from in states(from) {
            rows.push(from);
            told.extend(states(to).into_iter().map(|to| (from, to)));
        }
    }
    assert_eq!(rows, CallState::ALL, "each state has one row, in their order");
    let pairs = CallState::ALL.iter().flat_map(|from| CallState::ALL.iter().map(move |to| (*from, *to)));
    let allowed: BTreeSet<(CallState, CallState)> = pairs.filter(|(from, to)| from.may_become(*to)).collect();
    let untold: Vec<_> = allowed.difference(&told).collect();
    let invented: Vec<_> = told.difference(&allowed).collect();
    assert!(untold.is_empty() && invented.is_empty(), "not in the table: {untold:?}; not in the code: {invented:?}");
}

#[test]
fn the_drawings_have_every_state_of_calls_and_of_ring_attempts() {
    let chapter = chapter();
    let drawings: Vec<BTreeSet<&str>> = chapter.split("```").skip(1).step_by(2).map(words).collect();
    let [calls, attempts] = drawings.as_slice() else { panic!("{} drawings", drawings.len()) };
    for state in CallState::ALL {
        assert!(calls.contains(state.as_str()), "{state} of a call is not drawn");
    }
    for state in AttemptState::ALL {
        assert!(attempts.contains(state.as_str()), "{state} of a ring attempt is not drawn");
    }
}
