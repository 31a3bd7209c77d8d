//! The layers of the configuration, lowest first: the built-in defaults, the file, the environment.
//! Each layer knows its name, so that an error can say where a value came from.

use std::path::Path;
use std::str::FromStr;

use figment::value::{Dict, Map, Tag, Value};
use figment::{Metadata, Profile, Provider};

use super::error::Problem;

/// The manual of every key; also the lowest layer, and the list of the keys that exist.
pub const DEFAULT_TOML: &str = include_str!("../../../config/default.toml");

/// What an environment variable of ours begins with.
pub const ENV_PREFIX: &str = "CALLPANION__";

/// Some keys and where they came from.
pub(super) struct Layer {
    origin: String,
    dict: Dict,
}

impl Layer {
    pub(super) fn new(origin: impl Into<String>, dict: Dict) -> Self {
        Self { origin: origin.into(), dict }
    }

    /// One key, given as its segments.
    pub(super) fn single(origin: impl Into<String>, path: &[String], value: Value) -> Self {
        let mut value = value;
        for segment in path.iter().skip(1).rev() {
            value = Value::Dict(Tag::Default, Dict::from([(segment.clone(), value)]));
        }
        Self::new(origin, path.first().map(|first| (first.clone(), value)).into_iter().collect())
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.origin.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.dict.clone()))
    }
}

/// The built-in defaults.
pub(super) fn defaults() -> Result<Layer, Problem> {
    parsed("the built-in defaults", DEFAULT_TOML)
}

/// A file of the self-hoster.
pub(super) fn file(path: &Path) -> Result<Layer, Problem> {
    let text = std::fs::read_to_string(path).map_err(|reason| Problem::Unreadable { file: path.to_owned(), reason })?;
    parsed(&path.display().to_string(), &text)
}

fn parsed(origin: &str, text: &str) -> Result<Layer, Problem> {
    match toml::from_str(text) {
        Ok(dict) => Ok(Layer::new(origin, dict)),
        // The default rendering quotes the line, and the line may hold a secret.
        Err(error) => Err(Problem::Malformed {
            origin: origin.to_owned(),
            reason: match error.span() {
                Some(span) => format!("line {}: {}", line_of(text, span.start), error.message()),
                None => error.message().to_owned(),
            },
        }),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// The environment: one layer per variable, in the order of their names. `below` is what the layers underneath say; it tells
/// how a name is spelt (`PLUGINS__APNS_VOIP` is `plugins.apns-voip`) and whether a value is text or a number.
pub(super) fn environment(below: &Dict, variables: impl Iterator<Item = (String, String)>) -> Vec<Layer> {
    let mut variables: Vec<_> = variables.collect();
    variables.sort();
    variables
        .iter()
        .filter_map(|(name, text)| {
            let (path, found) = spell(below, name.strip_prefix(ENV_PREFIX)?);
            let value = read_value(&path, found, text);
            Some(Layer::single(format!("environment variable {name}"), &path, value))
        })
        .collect()
}

fn spell<'a>(below: &'a Dict, name: &str) -> (Vec<String>, Option<&'a Value>) {
    let (mut path, mut table, mut found) = (Vec::new(), Some(below), None);
    for segment in name.split("__") {
        let same = |key: &str| key.replace('-', "_").eq_ignore_ascii_case(&segment.replace('-', "_"));
        let known = table.and_then(|dict| dict.iter().find(|(key, _)| same(key)));
        path.push(known.map_or_else(|| segment.to_ascii_lowercase(), |(key, _)| key.clone()));
        found = known.map(|(_, value)| value);
        table = found.and_then(Value::as_dict);
    }
    (path, found)
}

/// A variable is text. It stays text where the layers below have text (a password of digits is no number)
/// and for credentials; a list may be written `a,b` or `["a", "b"]`; elsewhere it reads as a TOML value would,
/// also for a plugin's setting that is empty below, since that may be of any type.
fn read_value(path: &[String], below: Option<&Value>, text: &str) -> Value {
    let in_plugin = |table: &str| path.len() > 3 && path[0] == "plugins" && path[2] == table;
    match below {
        Some(Value::String(_, below)) if !(below.is_empty() && in_plugin("settings")) => Value::from(text),
        Some(Value::Array(..)) if !text.trim_start().starts_with('[') => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::from(items.map(Value::from).collect::<Vec<_>>())
        }
        None if in_plugin("credentials") => Value::from(text),
        _ => Value::from_str(text).unwrap_or_else(|never| match never {}),
    }
}
