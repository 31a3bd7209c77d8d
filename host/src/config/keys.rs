//! Unknown keys: finds each key that nothing reads, and the key that was probably meant.
//!
//! The known keys are those of `config/default.toml`; tables of plugins that it does not list have the keys of their types.

use figment::value::{Dict, Value};

use super::error::Problem;
use super::fields::fields_of;
use super::plugins::{Grants, Limits, PluginConfig};
use super::tree::Tree;

/// From here on two words are taken for the same word with a slip.
const SAME_WORD: f64 = 0.6;

/// Every key of `tree` that is unknown.
pub(super) fn unknown(tree: &Tree, known: &Dict) -> Vec<Problem> {
    let mut walk = Walk { tree, known, everything: Vec::new(), problems: Vec::new() };
    dotted(known, "", &mut walk.everything);
    walk.table(&tree.dict, &mut Vec::new());
    walk.problems
}

/// The dotted keys of a table and of all tables in it.
pub(super) fn dotted(dict: &Dict, prefix: &str, keys: &mut Vec<String>) {
    for (name, value) in dict {
        let key = joined(prefix, name);
        if let Some(inner) = value.as_dict() {
            dotted(inner, &key, keys);
        }
        keys.push(key);
    }
}

fn joined(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}

struct Walk<'a> {
    tree: &'a Tree,
    known: &'a Dict,
    everything: Vec<String>,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn table(&mut self, table: &Dict, path: &mut Vec<String>) {
        let names = self.names(table, path);
        for (name, value) in table {
            path.push(name.clone());
            match &names {
                Some(names) if !names.contains(name) => self.report(path, value, names),
                _ => {
                    if let Some(inner) = value.as_dict() {
                        self.table(inner, path);
                    }
                }
            }
            path.pop();
        }
    }

    /// The keys that a table may have; nothing means any.
    fn names(&self, table: &Dict, path: &[String]) -> Option<Vec<String>> {
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["plugins"] => {
                // A section without a source means the built-in plugin of that name.
                let mut ids = self.known_at(&["plugins"]).unwrap_or_default();
                let with_source = |plugin: &Value| plugin.find_ref("source").is_some();
                ids.extend(table.iter().filter(|(_, plugin)| with_source(plugin)).map(|(id, _)| id.clone()));
                Some(ids)
            }
            ["plugins", _] => Some(fields_of::<PluginConfig>()),
            ["plugins", _, "grants"] => Some(fields_of::<Grants>()),
            ["plugins", _, "limits"] => Some(fields_of::<Limits>()),
            // A built-in plugin's settings are listed; those of others are checked against their manifest.
            ["plugins", id, "settings"] => self.known_at(&parts).filter(|_| self.is_built_in(id)),
            // The kind of a credential decides its keys, so serde checks those; names are free.
            ["plugins", _, "credentials" | "settings", ..] => None,
            parts => Some(self.known_at(parts).unwrap_or_default()),
        }
    }

    fn known_at(&self, parts: &[&str]) -> Option<Vec<String>> {
        let table = parts.iter().try_fold(self.known, |table, name| table.get(*name)?.as_dict())?;
        Some(table.keys().cloned().collect())
    }

    fn is_built_in(&self, id: &str) -> bool {
        let key = format!("plugins.{id}.source");
        self.tree.find(&key).and_then(Value::as_str).is_none_or(|source| source == format!("builtin:{id}"))
    }

    fn report(&mut self, path: &[String], value: &Value, siblings: &[String]) {
        let key = path.join(".");
        let nearest = nearest(&key, siblings, &self.everything);
        self.problems.push(Problem::UnknownKey { key, origin: self.tree.origin_of(value), nearest });
    }
}

/// The key that was probably meant: a sibling with a slip, else the same word in another section, else the nearest sibling.
pub(super) fn nearest(key: &str, siblings: &[impl AsRef<str>], everything: &[String]) -> String {
    let (parent, name) = key.rsplit_once('.').unwrap_or(("", key));
    let likeness = |other: &str| strsim::normalized_damerau_levenshtein(name, other);
    let last = |key: &str| likeness(key.rsplit('.').next().unwrap_or(key));
    let siblings = siblings.iter().map(|name| joined(parent, name.as_ref()));
    let sibling = siblings.max_by(|a, b| last(a).total_cmp(&last(b)));
    let elsewhere = everything.iter().max_by(|a, b| last(a).total_cmp(&last(b))).cloned();
    match (sibling, elsewhere) {
        (Some(sibling), _) if last(&sibling) >= SAME_WORD => sibling,
        (_, Some(other)) if last(&other) >= SAME_WORD => other,
        (sibling, elsewhere) => sibling.or(elsewhere).unwrap_or_default(),
    }
}
