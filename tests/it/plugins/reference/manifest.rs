//! `plugin.toml` as Markdown, from its JSON Schema: a table for each section, and what its words mean.

use std::fmt::Write as _;

use callpanion::domain::manifest::CredentialKind;
use serde_json::Value;

use super::cell;

pub(super) fn print(schema: &Value, text: &mut String) {
    text.push_str(
        "## `plugin.toml`\n\nEditors complete it by [`plugin.schema.json`](plugin.schema.json). An unknown key is an \
         error.\n\n",
    );
    print_table(schema, schema, text);
    for (name, property) in properties(schema) {
        let Some((section, table)) = section(schema, name, property) else { continue };
        writeln!(text, "### `{section}`\n\n{}\n", told(property)).unwrap();
        print_table(schema, table, text);
    }
    text.push_str("### What the operator writes for a credential\n\n");
    text.push_str("A key that ends in `_file` has a twin without it, for the secret itself.\n\n");
    text.push_str("| `kind` | keys of `[plugins.<id>.credentials.<name>]` |\n|---|---|\n");
    for kind in CredentialKind::ALL {
        let keys: Vec<_> = kind.keys().iter().map(|key| format!("`{key}`")).collect();
        writeln!(text, "| `{kind}` | {} |", keys.join(", ")).unwrap();
    }
    text.push('\n');
}

/// The keys of a table, those that must stand there first.
fn properties(table: &Value) -> Vec<(&str, &Value)> {
    let all = table["properties"].as_object().unwrap();
    let mut all: Vec<_> = all.iter().map(|(name, property)| (name.as_str(), property)).collect();
    // The list of what is required has the order of the types.
    all.sort_by_key(|(name, _)| (required(table).iter().position(|it| it == name).unwrap_or(usize::MAX), *name));
    all
}

fn required(table: &Value) -> Vec<&str> {
    table["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The section that a key opens, as it is written in TOML, and the table that it is.
fn section<'a>(schema: &'a Value, name: &str, property: &'a Value) -> Option<(String, &'a Value)> {
    let opened = [
        (format!("[[{name}]]"), &property["items"]),
        (format!("[{name}.<name>]"), &property["additionalProperties"]),
        (format!("[{name}]"), property),
    ];
    let tables = opened.into_iter().map(|(section, inner)| (section, resolved(schema, inner)));
    tables.into_iter().find(|(_, table)| table["properties"].is_object() && table["title"] != schema["title"])
}

/// What a reference leads to.
fn resolved<'a>(schema: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value["$ref"].as_str().or_else(|| value["allOf"][0]["$ref"].as_str());
    match reference.and_then(|reference| schema.pointer(reference.trim_start_matches('#'))) {
        Some(found) => found,
        None => value,
    }
}

fn print_table(schema: &Value, table: &Value, text: &mut String) {
    text.push_str("| key | type | must | meaning |\n|---|---|---|---|\n");
    for (name, property) in properties(table) {
        let ty = match section(schema, name, property) {
            Some((section, _)) => format!("`{section}`"),
            None => type_of(resolved(schema, property)),
        };
        let must = if required(table).contains(&name) { "yes" } else { "" };
        writeln!(text, "| `{name}` | {ty} | {must} | {} |", told(property)).unwrap();
    }
    text.push('\n');
    for (name, property) in properties(table) {
        let words = words(resolved(schema, property));
        if !words.is_empty() {
            writeln!(text, "| `{name}` | meaning |\n|---|---|").unwrap();
            for (word, meaning) in words {
                writeln!(text, "| `{word}` | {meaning} |").unwrap();
            }
            text.push('\n');
        }
    }
}

fn type_of(property: &Value) -> String {
    match property["type"].as_str() {
        _ if !words(property).is_empty() => "one of the words below".to_owned(),
        Some(name) => name.to_owned(),
        None => "any".to_owned(),
    }
}

/// The words of a choice, with what each means.
fn words(property: &Value) -> Vec<(&str, String)> {
    let cases = property["oneOf"].as_array().into_iter().flatten();
    cases.filter_map(|case| Some((case["const"].as_str()?, told(case)))).collect()
}

fn told(value: &Value) -> String {
    cell(value["description"].as_str().unwrap_or_default())
}
