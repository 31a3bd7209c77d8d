//! The layers as one tree of values that still know where they came from.

use figment::Figment;
use figment::value::{Dict, Value};

use super::error::ConfigError;
use super::layers::Layer;
use super::refusal;

/// All layers laid on top of each other. Values remember their layer.
pub(super) struct Tree {
    figment: Figment,
    pub(super) dict: Dict,
}

impl Tree {
    /// Merges the layers, lowest first.
    pub(super) fn new(layers: impl IntoIterator<Item = Layer>) -> Result<Self, ConfigError> {
        Self { figment: Figment::new(), dict: Dict::new() }.and(layers)
    }

    /// Lays more on top.
    pub(super) fn and(self, layers: impl IntoIterator<Item = Layer>) -> Result<Self, ConfigError> {
        let figment = layers.into_iter().fold(self.figment, Figment::merge);
        let root = figment.find_value("").map_err(|error| refusal::unmerged(&error))?;
        Ok(Self { figment, dict: root.into_dict().unwrap_or_default() })
    }

    /// The value of a dotted key.
    pub(super) fn find(&self, key: &str) -> Option<&Value> {
        let (first, rest) = key.split_once('.').unwrap_or((key, ""));
        self.dict.get(first)?.find_ref(rest)
    }

    /// Sets a value whose parent tables exist.
    pub(super) fn put(&mut self, path: &[String], value: Value) {
        let Some((name, parents)) = path.split_last() else {
            return;
        };
        let table = parents.iter().try_fold(&mut self.dict, |table, parent| match table.get_mut(parent) {
            Some(Value::Dict(_, inner)) => Some(inner),
            _ => None,
        });
        if let Some(table) = table {
            table.insert(name.clone(), value);
        }
    }

    /// Which layer a value came from, in words. A table may be of several: then one leaf speaks for it.
    pub(super) fn origin_of(&self, value: &Value) -> String {
        if let Some(inner) = value.as_dict().and_then(|dict| dict.values().next()) {
            return self.origin_of(inner);
        }
        self.figment
            .get_metadata(value.tag())
            .map_or_else(|| "the configuration".to_owned(), |metadata| metadata.name.to_string())
    }

    /// Which layer a dotted key, or else the nearest table above it, came from.
    pub(super) fn origin(&self, key: &str) -> String {
        match (self.find(key), key.rsplit_once('.')) {
            (Some(value), _) => self.origin_of(value),
            (None, Some((parent, _))) => self.origin(parent),
            (None, None) => "the configuration".to_owned(),
        }
    }
}
