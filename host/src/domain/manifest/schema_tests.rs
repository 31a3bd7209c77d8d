//! The schema of `plugin.toml`, made from the types of this room and kept beside the guide: editors complete manifests
//! by it, and the reference is printed from it. Calls nobody.

use std::fs;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::Manifest;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../plugin-api/plugin.schema.json");
/// What makes the files of the reference new.
const RENEWS: &str = "RENEW_REFERENCE=1 cargo test -p callpanion -p callpanion-tests the_reference";

#[test]
fn the_reference_schema_says_what_the_types_say() {
    // Draft 7 is what editors of TOML understand.
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Manifest>().to_value();
    if let Value::Object(root) = &mut schema {
        root.insert("title".to_owned(), "The plugin.toml of a Callpanion plugin".into());
        root.insert("$comment".to_owned(), format!("Generated from the host's types. To renew it: {RENEWS}").into());
    }
    drop_null(&mut schema);
    if std::env::var_os("RENEW_REFERENCE").is_some() {
        fs::write(FILE, format!("{schema:#}\n")).unwrap();
    }
    let kept: Value = serde_json::from_str(&fs::read_to_string(FILE).unwrap_or_default()).unwrap_or_default();
    assert!(kept == schema, "plugin-api/plugin.schema.json is not what the types of a manifest say. Run:\n  {RENEWS}");
}

/// TOML has no null: what may be absent is of its own type.
fn drop_null(schema: &mut Value) {
    match schema {
        Value::Object(table) => {
            alternatives_without_null(table);
            table.values_mut().for_each(drop_null);
        }
        Value::Array(list) => list.iter_mut().for_each(drop_null),
        _ => {}
    }
}

fn alternatives_without_null(table: &mut Map<String, Value>) {
    let Some(Value::Array(any)) = table.get_mut("anyOf") else { return };
    any.retain(|one| one["type"] != "null");
    if any.len() == 1
        && let Some(Value::Array(only)) = table.remove("anyOf")
    {
        table.insert("allOf".to_owned(), only.into());
    }
}
