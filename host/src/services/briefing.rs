//! Briefing: what a device that picked up passes on when it joins its conversation. `answering` walks in.
//!
//! A phone call takes the agent's variables with it. In the app the device opens the conversation, so the host can only
//! give them to the device. What the provider may not be shown, the device is not given either: it would pass it on.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::agent_variables;
use crate::domain::manifest::DataKind;
use crate::plugins::Plugins;

/// What a device passes on. Personal: never logged.
#[derive(Clone, Default)]
pub struct Briefing {
    /// Names and values that the agent is told.
    pub variables: BTreeMap<String, String>,
    /// What the device sets for this talk.
    pub overrides: Overrides,
}

/// What is set for one talk in place of what the agent has; nothing, unless the operator says that agents allow it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The language in which the agent speaks, a BCP 47 tag.
    pub language: Option<String>,
    /// What it says first. It may use the variables, as `{{name}}`.
    pub first_message: Option<String>,
}

/// Settings of a provider that the host reads too: whoever has them means this by them. The guide of the plugin API lists
/// them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Allowed {
    override_language: bool,
    first_messages: BTreeMap<String, String>,
}

/// What a device passes on to this provider, for a callee of this language.
pub(super) fn of(plugins: &Plugins, provider: &str, language: &str, variables: &[(String, String)]) -> Briefing {
    let knows_them = plugins.is_provider_shown(provider, DataKind::Profile);
    let passed_on = variables.iter().filter(|(name, _)| knows_them || !agent_variables::is_personal(name));
    let settings = plugins.settings_of_provider(provider).unwrap_or_default();
    Briefing { variables: passed_on.cloned().collect(), overrides: overrides(&settings, language) }
}

/// What these settings, as JSON, allow. Another maker's may mean something else by the names: then nothing.
fn overrides(settings: &str, language: &str) -> Overrides {
    let Allowed { override_language, first_messages } = serde_json::from_str(settings).unwrap_or_default();
    let primary = language.split(['-', '_']).next().unwrap_or(language);
    Overrides {
        language: override_language.then(|| language.to_owned()),
        first_message: first_messages.get(primary).filter(|text| !text.trim().is_empty()).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overridden_unless_the_operator_says_so() {
        let settings = r#"{"agent_id":"agent_1","override_language":false,"first_messages":{}}"#;
        for settings in ["", "{}", "null", settings, r#"{"override_language":"yes","first_messages":[]}"#] {
            assert_eq!(overrides(settings, "id"), Overrides::default(), "{settings}");
        }
    }

    #[test]
    fn first_message_is_chosen_by_the_first_part_of_the_language() {
        let settings = r#"{"override_language":true,"first_messages":{"id":"Halo {{address_form}}!","en":" "}}"#;
        let of = |language: &str| {
            let Overrides { language, first_message } = overrides(settings, language);
            (language.unwrap_or_default(), first_message)
        };
        assert_eq!(of("id-ID"), ("id-ID".to_owned(), Some("Halo {{address_form}}!".to_owned())));
        assert_eq!(of("en"), ("en".to_owned(), None), "an empty one is none");
        assert_eq!(of("nl"), ("nl".to_owned(), None));
    }
}
