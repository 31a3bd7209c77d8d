//! The settings that a manifest describes, and their types. The plugins room fills them in; it calls nobody.

use serde::{Deserialize, Serialize};

use crate::domain::word::word_enum;

/// One setting of a plugin.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Setting {
    /// The type of its value.
    #[serde(rename = "type")]
    pub value_type: SettingType,
    /// What holds when the operator says nothing, of that type. Without it, and without `required`, it may be absent.
    pub default: Option<serde_json::Value>,
    /// The operator must set it.
    #[serde(default)]
    pub required: bool,
    /// What it does, in a sentence for the operator.
    #[serde(default)]
    pub help: String,
}

word_enum! {
    /// The types of settings.
    SettingType {
        /// Text.
        String = "string",
        /// A whole number.
        Integer = "integer",
        /// Yes or no.
        Boolean = "boolean",
        /// A table of the plugin's own making.
        Table = "table",
    }
}

impl SettingType {
    /// Whether `value` is of this type.
    pub fn fits(self, value: &serde_json::Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Boolean => value.is_boolean(),
            Self::Table => value.is_object(),
        }
    }
}
