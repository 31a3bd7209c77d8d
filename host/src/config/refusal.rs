//! Turns what serde says about a value into a sentence for the person who wrote it.

use figment::error::{Actual, Kind};

use super::error::{ConfigError, Problem};
use super::keys::{dotted, nearest};
use super::tree::Tree;
use super::twins::TWIN;

/// The layers themselves are sound; only a broken layer format gets here.
pub(super) fn unmerged(error: &figment::Error) -> ConfigError {
    Problem::Malformed { origin: "the configuration".to_owned(), reason: error.kind.to_string() }.into()
}

/// Names key, source and expectation of one failed value.
pub(super) fn of(error: figment::Error, tree: &Tree) -> Problem {
    let mut path = error.path;
    if let Kind::UnknownField(name, _) = &error.kind {
        // Depending on the type, the path ends with the key or with its table.
        path.pop_if(|last| last == name);
    }
    let mut key = path.join(".");
    let origin = tree.origin(&key);
    match error.kind {
        Kind::InvalidType(actual, expected) | Kind::InvalidValue(actual, expected) => {
            Problem::Wrong { found: shown(&actual, &key), expected: plain(&expected), key, origin }
        }
        Kind::InvalidLength(found, expected) => {
            Problem::Wrong { key, origin, expected, found: format!("{found} of them") }
        }
        Kind::UnknownVariant(found, expected) => {
            Problem::Wrong { key, origin, expected: one_of(expected), found: format!("`{found}`") }
        }
        Kind::UnknownField(name, expected) => {
            key = if key.is_empty() { name } else { format!("{key}.{name}") };
            let mut everything = Vec::new();
            dotted(&tree.dict, "", &mut everything);
            // The key itself is in the tree, and is no suggestion.
            everything.retain(|other| *other != key && !expected.is_empty());
            Problem::UnknownKey { origin: tree.origin(&key), nearest: nearest(&key, expected, &everything), key }
        }
        Kind::MissingField(name) => {
            key = if key.is_empty() { name.into_owned() } else { format!("{key}.{name}") };
            Problem::Refused { origin: tree.origin(&key), key, reason: "it is missing".to_owned() }
        }
        other => Problem::Refused { key, origin, reason: other.to_string() },
    }
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        many => format!("one of {}", many.join(", ")),
    }
}

/// Rust's names of types mean nothing to a self-hoster.
fn plain(expected: &str) -> String {
    match expected {
        "u16" => "a whole number from 0 to 65535",
        "u32" | "u64" | "usize" => "a whole number, not below zero",
        "a string" | "string" => "a text in quotation marks",
        "a sequence" => "a list in brackets",
        "a boolean" => "true or false",
        other if other.starts_with("struct ") => "a table",
        other => other,
    }
    .to_owned()
}

/// The value, or only its kind where it may be a secret.
fn shown(actual: &Actual, key: &str) -> String {
    let secret = key.contains(".credentials.") || super::DEFAULT_TOML.contains(&format!("\n{}{TWIN} =", last(key)));
    match actual {
        Actual::Str(_) if secret => "a text".to_owned(),
        Actual::Bool(_) | Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_) if secret => "a number".to_owned(),
        Actual::Bool(value) => value.to_string(),
        Actual::Unsigned(value) => value.to_string(),
        Actual::Signed(value) => value.to_string(),
        Actual::Float(value) => value.to_string(),
        Actual::Str(text) => format!("`{text}`"),
        Actual::Seq => "a list".to_owned(),
        Actual::Map => "a table".to_owned(),
        Actual::Unit | Actual::Option => "nothing".to_owned(),
        other => other.to_string(),
    }
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}
