//! Checklists: every test that `tests/checklists` names is there, so that what is said to be held can be looked up.

use std::fs;
use std::path::{Path, PathBuf};

/// The first row of each table.
const HEADER: &str = "| what | held by |";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// Whether it is `path/to/file.rs::function`, in backticks, and that file has that function.
fn is_there(test: &str) -> bool {
    let name = test.strip_prefix('`').and_then(|name| name.strip_suffix('`'));
    let Some((file, function)) = name.and_then(|name| name.split_once(".rs::")) else { return false };
    let text = fs::read_to_string(root().join(format!("{file}.rs"))).unwrap_or_default();
    text.contains(&format!("fn {function}("))
}

#[test]
fn every_demand_is_held_by_tests_that_exist() {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root().join("tests/checklists")).unwrap() {
        let path = entry.unwrap().path();
        let list = fs::read_to_string(&path).unwrap();
        let mut tests = 0;
        for row in list.lines().filter(|line| line.starts_with("| ") && *line != HEADER) {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let [_, held_by] = cells[..] else { panic!("a row has two cells: {row}") };
            for test in held_by.split(", ") {
                tests += 1;
                if !is_there(test) {
                    wrong.push(format!("{}: {test}", path.display()));
                }
            }
        }
        assert!(tests > 0, "{} has no table", path.display());
        assert_eq!(list.matches(".rs::").count(), tests, "{}: tests are named in tables", path.display());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
