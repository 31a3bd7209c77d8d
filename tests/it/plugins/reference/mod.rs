//! The reference of the plugin API: `plugin-api/REFERENCE.md`, printed from the WIT (`wit`), from the schema of
//! `plugin.toml` (`manifest`), and from the conformance kit's list of checks. It fails when the file is another one.

mod manifest;
mod wit;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use callpanion::conformance::{Check, Level};
use callpanion::domain::manifest::PluginKind;

/// What makes the files of the reference new. The schema comes first: it is made in the host, from its types.
const RENEWS: &str = "RENEW_REFERENCE=1 cargo test -p callpanion -p callpanion-tests the_reference";

/// The folder of the plugin API.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugin-api")
}

/// The whole text.
fn printed() -> String {
    let border = wit::Border::read(&folder());
    let schema = fs::read_to_string(folder().join("plugin.schema.json")).unwrap();
    let schema = serde_json::from_str(&schema).unwrap();
    let mut text = format!(
        "# Reference of the plugin API\n\n\
         <!-- Generated from wit/, wit-1.1/, wit-1.2/, plugin.schema.json and the conformance kit. Do not edit it. To renew it:\n\
         {RENEWS}\n-->\n\n\
         This file is generated. The [guide](README.md) explains what is listed here.\n\n\
         1. [Worlds](#worlds)\n2. [Powers](#powers)\n3. [Interfaces](#interfaces)\n\
         4. [`plugin.toml`](#plugintoml)\n5. [Checks of `plugin test`](#checks-of-plugin-test)\n\n"
    );
    border.print(&mut text);
    manifest::print(&schema, &mut text);
    print_checks(&mut text);
    text
}

fn print_checks(text: &mut String) {
    text.push_str("## Checks of `plugin test`\n\nEach level includes those before it.\n");
    for level in Level::ALL {
        writeln!(text, "\n### {level}\n\n| check | of | a plugin that passes |\n|---|---|---|").unwrap();
        for check in Check::ALL.iter().filter(|check| check.level() == *level) {
            let kinds: Vec<_> = PluginKind::ALL.iter().filter(|kind| check.concerns(**kind)).collect();
            let kinds = match kinds.len() {
                all if all == PluginKind::ALL.len() => "all".to_owned(),
                _ => kinds.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            };
            writeln!(text, "| `{check}` | {kinds} | {} |", cell(check.meaning())).unwrap();
        }
    }
}

/// A text that fits into a cell of a table.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

#[test]
fn the_reference_says_what_wit_schema_and_checks_say() {
    let file = folder().join("REFERENCE.md");
    let text = printed();
    if std::env::var_os("RENEW_REFERENCE").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == text, "plugin-api/REFERENCE.md is not what WIT, schema and checks say. Run:\n  {RENEWS}");
}
