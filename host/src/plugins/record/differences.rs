//! Two values of JSON, and each place where they differ. `replay` walks in.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// Longer values are cut where people read them; in JSON they are whole.
const SHOWN_MAX_CHARS: usize = 300;

/// One place where two values differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which run, and the path of the field in it.
    pub path: String,
    /// What was recorded, as JSON; `None` when the field was not there.
    pub was: Option<String>,
    /// What came out now, as JSON; `None` when the field is not there any more.
    pub is: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.path)?;
        writeln!(f, "  was {}", shown(self.was.as_deref()))?;
        write!(f, "  is  {}", shown(self.is.as_deref()))
    }
}

fn shown(value: Option<&str>) -> String {
    let value = value.unwrap_or("(not there)");
    match value.char_indices().nth(SHOWN_MAX_CHARS) {
        Some((end, _)) => format!("{}… ({} bytes)", &value[..end], value.len()),
        None => value.to_owned(),
    }
}

/// Every place where `is` differs from `was`, deepest first named by its path below `path`.
pub(super) fn differences(path: &str, was: &Value, is: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(path, Some(was), Some(is), &mut found);
    found
}

fn compare(path: &str, was: Option<&Value>, is: Option<&Value>, found: &mut Vec<Difference>) {
    if was == is {
        return;
    }
    match (was, is) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
                compare(&format!("{path}.{name}"), old.get(name), new.get(name), found);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for at in 0..old.len().max(new.len()) {
                compare(&format!("{path}[{at}]"), old.get(at), new.get(at), found);
            }
        }
        (Some(Value::String(old)), Some(Value::String(new))) => {
            let before = found.len();
            // A body of JSON is compared field by field.
            if let (Some(old), Some(new)) = (json(old), json(new)) {
                compare(path, Some(&old), Some(&new), found);
            }
            // The same fields in another order, or with other spaces, are other bytes.
            if found.len() == before {
                found.push(difference(path, was, is));
            }
        }
        _ => found.push(difference(path, was, is)),
    }
}

fn json(text: &str) -> Option<Value> {
    text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten()
}

fn difference(path: &str, was: Option<&Value>, is: Option<&Value>) -> Difference {
    Difference { path: path.to_owned(), was: was.map(Value::to_string), is: is.map(Value::to_string) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_place_is_named_also_within_a_body_of_json() {
        let was = json!({"request": [{"url": "https://a.example/1", "body": {"Text": r#"{"to":{"token":"t"},"ttl":"3s"}"#}}]});
        let is = json!({"request": [{"url": "https://a.example/2", "body": {"Text": r#"{"to":{"token":"t"},"ttl":"4s"}"#}}, {}]});
        let found = differences("run 1", &was, &is);
        let paths: Vec<_> = found.iter().map(|difference| difference.path.as_str()).collect();
        assert_eq!(paths, ["run 1.request[0].body.Text.ttl", "run 1.request[0].url", "run 1.request[1]"]);
        assert_eq!(found[0].to_string(), "run 1.request[0].body.Text.ttl\n  was \"3s\"\n  is  \"4s\"");
        assert_eq!(found[2].was, None);
    }

    #[test]
    fn bodies_that_differ_by_spaces_alone_differ() {
        let found = differences("x", &json!(r#"{"a":1}"#), &json!(r#"{"a": 1}"#));
        assert_eq!(found.len(), 1);
        assert!(differences("x", &json!([1]), &json!([1])).is_empty());
    }
}
