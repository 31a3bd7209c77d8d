//! The `…_file` twins of secrets, and keys left empty.
//!
//! `mail.password_file = "/run/secrets/mail"` gives `mail.password` the text of that file. The files of plugins'
//! credentials are named here but read by the egress room, when their plugin is loaded.

use std::path::Path;

use figment::value::{Dict, Value};

use super::error::Problem;
use super::plugins::read_secret;
use super::tree::Tree;

/// What a twin's name ends with.
pub(super) const TWIN: &str = "_file";

/// Puts the text of each named file in the place of its key.
pub(super) fn read(tree: &mut Tree) -> Vec<Problem> {
    let mut pairs = Vec::new();
    find(&tree.dict, &mut Vec::new(), &mut pairs);
    let mut problems = Vec::new();
    for path in pairs {
        if let Err(problem) = resolve(tree, &path) {
            problems.push(problem);
        }
    }
    problems
}

/// Takes the keys away that mean "not set": an empty text whose default is empty too, or half of a pair.
pub(super) fn drop_empty(table: &mut Dict, defaults: &Dict) {
    fn is_empty(value: &Value) -> bool {
        value.as_str().is_some_and(str::is_empty)
    }
    let paired: Vec<String> = table.keys().filter_map(|name| name.strip_suffix(TWIN)).map(str::to_owned).collect();
    let in_credential = table.contains_key("kind");
    table.retain(|name, value| {
        let optional = name.ends_with(TWIN)
            || paired.contains(name)
            || (!in_credential && defaults.get(name).is_some_and(is_empty));
        !(is_empty(value) && optional)
    });
    for (name, value) in table.iter_mut() {
        if let Value::Dict(_, inner) = value {
            drop_empty(inner, defaults.get(name).and_then(Value::as_dict).unwrap_or(&Dict::new()));
        }
    }
}

/// The paths of keys whose twin is set.
fn find(table: &Dict, path: &mut Vec<String>, pairs: &mut Vec<Vec<String>>) {
    for (name, value) in table {
        // What a plugin's settings mean is the plugin's affair.
        if path.len() == 2 && path[0] == "plugins" && name == "settings" {
            continue;
        }
        let base = name.strip_suffix(TWIN).filter(|_| value.as_str().is_some());
        path.push(base.unwrap_or(name).to_owned());
        if base.is_some() {
            pairs.push(path.clone());
        } else if let Some(inner) = value.as_dict() {
            find(inner, path, pairs);
        }
        path.pop();
    }
}

fn resolve(tree: &mut Tree, path: &[String]) -> Result<(), Problem> {
    let key = path.join(".");
    let twin = format!("{key}{TWIN}");
    let Some(file) = tree.find(&twin) else {
        return Ok(());
    };
    if let Some(plain) = tree.find(&key) {
        let (origin, file_origin) = (tree.origin_of(plain), tree.origin_of(file));
        return Err(Problem::BothGiven { key, origin, file_origin });
    }
    if path.first().is_some_and(|section| section == "plugins") {
        return Ok(());
    }
    let named = file.as_str().unwrap_or_default().to_owned();
    let secret = read_secret(None, Some(Path::new(&named)), &key).map_err(|reason| Problem::SecretFile {
        key: twin,
        origin: tree.origin_of(file),
        file: named.into(),
        reason: cause(&reason),
    })?;
    tree.put(path, Value::from(secret.reveal()));
    Ok(())
}

/// The bottom of an error: here the words of the operating system.
fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| "it is empty".to_owned(), ToString::to_string)
}
