//! Reading JSON so that a mistake is named by its place. The context's settings, responses and webhooks walk in.
//!
//! A message says where (`messages[0].id`) and what was wanted, and never what stood there: a vendor's reply may hold
//! a name, a number or a transcript, and messages end up in logs.

use std::fmt::{self, Write};

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use crate::Stop;
use crate::code::cut;

/// A longer name in a path is somebody's data rather than a field's name.
const NAME_MAX_CHARS: usize = 40;
/// JSON may be nested a hundred levels deep, and a list of expected words endless.
const PART_MAX_CHARS: usize = 200;

/// JSON that is not what was wanted: where, and what was wanted there.
///
/// `?` in a plugin's function makes it [`Stop::unknown`], because a vendor that answers in an unknown shape may have
/// acted. Where nothing can have happened, say so: `.map_err(|e| Stop::retry(1_000, e.to_string()))`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    path: String,
    why: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.why),
            path => write!(f, "{path}: {}", self.why),
        }
    }
}

impl std::error::Error for Unreadable {}

impl From<Unreadable> for Stop {
    fn from(error: Unreadable) -> Self {
        Self::unknown(format!("unreadable JSON: {error}"))
    }
}

/// Reads JSON, a webhook's body say.
///
/// ```
/// # use callpanion_plugin_api::read_json;
/// #[derive(Debug, serde::Deserialize)]
/// struct Message { seconds: u8 }
///
/// let error = read_json::<Vec<Message>>(br#"[{"seconds": "+44 20 7946 0123"}]"#).unwrap_err();
/// assert_eq!(error.to_string(), "[0].seconds: invalid type: string, expected u8");
/// ```
pub fn read_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unreadable> {
    // Keeping the place costs more than reading, so it is looked for only when there is something to say of it.
    if let Ok(value) = serde_json::from_slice(text) {
        return Ok(value);
    }
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|e| Unreadable::at(e.path(), e.inner()))?;
    match json.end() {
        Ok(()) => Ok(value),
        Err(error) => Err(Unreadable { path: String::new(), why: error.to_string() }),
    }
}

impl Unreadable {
    fn at(path: &Path, error: &serde_json::Error) -> Self {
        let mut place = String::new();
        for segment in path {
            match segment {
                Segment::Seq { index } => {
                    // Writing to a string cannot fail.
                    let _ = write!(place, "[{index}]");
                }
                Segment::Map { key: name } | Segment::Enum { variant: name } => step(&mut place, name),
                Segment::Unknown => step(&mut place, "?"),
            }
        }
        let message = error.to_string();
        // A syntax error quotes nothing, and its line and column help.
        let why = if error.is_data() { without_values(&message) } else { message };
        let mut why = match why.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            Some(field) => {
                step(&mut place, field);
                "missing".to_owned()
            }
            None => why,
        };
        cut(&mut place, PART_MAX_CHARS);
        cut(&mut why, PART_MAX_CHARS);
        Self { path: place, why }
    }

    /// The same, with the name of what was read before the path.
    pub(crate) fn within(&self, root: &str) -> String {
        let joint = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        format!("{root}{joint}{}: {}", self.path, self.why)
    }
}

/// Goes down to a field. A key that does not look like a field's name may be a person's.
fn step(place: &mut String, name: &str) {
    let named = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_name = begins && name.len() <= NAME_MAX_CHARS && name.chars().all(named);
    if !place.is_empty() {
        place.push('.');
    }
    place.push_str(if is_name { name } else { "?" });
}

/// What serde says of a wrong value, without the value: `invalid type: string "3", expected u8` loses its `"3"`.
fn without_values(message: &str) -> String {
    let message = message.rsplit_once(" at line ").map_or(message, |(text, _)| text);
    let kinds = ["invalid type: ", "invalid value: ", "unknown field ", "unknown variant "];
    if message.starts_with("missing field ") || message.starts_with("invalid length ") {
        return message.to_owned();
    }
    let known = kinds.iter().any(|kind| message.starts_with(kind));
    // The value comes first and may hold the word; what was expected comes last.
    match message.rsplit_once(", expected ").filter(|_| known) {
        Some((found, expected)) => {
            let kind = found.split(['`', '"']).next().unwrap_or_default().trim_end();
            format!("{kind}, expected {expected}")
        }
        None => "not what was expected".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum State {
        Done,
        Failed { _code: u16 },
    }

    #[derive(Debug, Deserialize)]
    struct Talk {
        #[serde(rename = "state")]
        _state: State,
        #[serde(rename = "calls", default)]
        _calls: BTreeMap<String, u8>,
    }

    fn error(text: &str) -> String {
        read_json::<Vec<Talk>>(text.as_bytes()).map_or_else(|e| e.to_string(), |_| "read".to_owned())
    }

    #[test]
    fn the_place_is_named_and_the_value_is_not() {
        for (text, expected) in [
            (r#"[{"state":"done"}]"#, "read"),
            (r#"[{"state":"done"},{}]"#, "[1].state: missing"),
            (r#"[{"state":7}]"#, "[0].state: expected value at line 1 column 11"),
            (r#"[{"state":"anna"}]"#, "[0].state: unknown variant, expected `done` or `failed`"),
            (
                r#"[{"state":{"failed":{"_code":"0812"}}}]"#,
                "[0].state.failed._code: invalid type: string, expected u16",
            ),
            (r#"[{"state":"done","calls":{"a":300}}]"#, "[0].calls.a: invalid value: integer, expected u8"),
            (r#"[{"state":"done","calls":[", expected me"]}]"#, "[0].calls: invalid type: sequence, expected a map"),
            (r#"[{"state":"done","calls":{"+44 20 7946 0123":null}}]"#, "[0].calls.?: invalid type: null, expected u8"),
            (r#"{"anna":1}"#, "invalid type: map, expected a sequence"),
            ("<html>", "expected value at line 1 column 1"),
            ("[] anna", "trailing characters at line 1 column 4"),
        ] {
            assert_eq!(error(text), expected, "{text}");
        }
    }

    #[test]
    fn a_value_that_quotes_the_message_is_cut_whole() {
        let said = without_values(r#"invalid type: string "x\", expected y", expected u8 at line 1 column 9"#);
        assert_eq!(said, "invalid type: string, expected u8");
        assert_eq!(without_values("anna is not a colour at line 1 column 9"), "not what was expected");
    }

    #[test]
    fn a_message_is_short_however_deep_the_place() {
        #[derive(Debug, Deserialize)]
        struct Nest {
            #[serde(rename = "a_long_name_of_a_field")]
            _nest: Box<Nest>,
        }

        let deep = format!("{}7{}", "{\"a_long_name_of_a_field\":".repeat(60), "}".repeat(60));
        let error = read_json::<Nest>(deep.as_bytes()).unwrap_err().to_string();
        assert!(error.chars().count() < 420 && error.contains("…: "), "{error}");
    }

    #[test]
    fn a_root_stands_before_the_path() {
        let within = |text: &str| read_json::<Vec<Talk>>(text.as_bytes()).unwrap_err().within("settings");
        assert_eq!(within("[{}]"), "settings[0].state: missing");
        assert_eq!(within("7"), "settings: invalid type: integer, expected a sequence");
    }
}
