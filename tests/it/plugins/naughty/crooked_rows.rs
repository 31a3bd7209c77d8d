//! Attacks on the binary border itself, by a module that no compiler made.

use serde_json::json;

use super::super::fixtures::Package;
use super::row::Ends::{Broken, Verdict};
use super::row::{Ends, Row, Stage};

pub fn rows(stage: &Stage<'_>) -> Vec<Row> {
    let row = |attack: &str, package: &Package, stopped_by, ends: Ends, says: &[&str]| Row {
        attack: format!("crooked: {}", attack.split_once(' ').unwrap().1),
        section: package.section(json!({ "grants": { "data": ["push-address"] }, "settings": { "attack": attack } })),
        stopped_by,
        ends,
        says: says.iter().map(|words| (*words).to_owned()).collect(),
        requests_max: 0,
        logged: ends != Verdict,
    };
    let crooked = |attack: &str, stopped_by, ends, says: &[&str]| row(attack, stage.crooked, stopped_by, ends, says);
    vec![
        // It counts what it got, and carries the number back as the pause of a retry.
        crooked("t table bomb", "the limit of 40 000 table elements", Verdict, &["retry after 39001 ms: ", "as many"]),
        crooked("m memory grown page by page", "the limit of memory", Verdict, &["retry after 1024 ms: ", "as many"]),
        crooked("u text that is not UTF-8", "texts are checked", Broken, &["utf-8"]),
        crooked("o result outside of its memory", "addresses are checked", Broken, &["out of bounds"]),
        crooked("a result at an odd address", "addresses are checked", Broken, &["aligned"]),
        crooked("s text that ends outside of its memory", "addresses are checked", Broken, &["out of bounds"]),
        crooked("d case that the variant does not have", "cases are checked", Broken, &["discriminant"]),
        crooked("l list of 4 294 967 295 verdicts", "addresses are checked", Broken, &["out of bounds"]),
        crooked("e echo: 500 MB from the same 100 kB", "the limit of what is copied out", Broken, &["fuel"]),
        crooked("p endless loop after the result was read", "the budget of CPU time", Broken, &["250 ms of CPU"]),
        row(
            "r room for its arguments outside of its memory",
            stage.lying_crooked,
            "addresses are checked",
            Broken,
            &["realloc"],
        ),
    ]
}
