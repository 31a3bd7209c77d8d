//! What a conversation begins with: does the agent have all that it wants, and allow what it is told? Talks and dialling
//! walk in with `conversation_initiation_client_data`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::account::Account;
use super::submit;

/// Why an agent says nothing at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Objection {
    /// The data has fields or types that the vendor's model does not know; how many.
    Malformed(usize),
    /// The agent does not allow that this is overridden: a JSON pointer.
    Forbidden(String),
    /// The agent uses variables that have neither a value nor a placeholder.
    Missing(BTreeSet<String>),
}

impl Objection {
    /// As the vendor says it.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Malformed(faults) => format!("Invalid message received: {faults} validation errors"),
            Self::Forbidden(path) => format!("Override for field '{path}' is not allowed by config."),
            Self::Missing(names) => format!("Missing required dynamic variables: {names:?}"),
        }
    }
}

/// What the vendor objects to, if anything.
pub(super) fn objection(account: &Account, agent_id: &str, client: &Value) -> Option<Objection> {
    let faults = submit::complaints_about(client).len();
    if faults > 0 {
        return Some(Objection::Malformed(faults));
    }
    if let Some(path) = submit::overrides_of(client).into_iter().find(|path| !account.allows_override(agent_id, path)) {
        return Some(Objection::Forbidden(path));
    }
    let missing = missing(account.agent(agent_id), client);
    (!missing.is_empty()).then_some(Objection::Missing(missing))
}

/// The variables that the agent uses and nobody gives. What its first message would be is not looked at where another is
/// told; that one is.
fn missing(agent: &Value, client: &Value) -> BTreeSet<String> {
    let config = &agent["conversation_config"];
    let told = &client["conversation_config_override"]["agent"]["first_message"];
    let mut names = BTreeSet::new();
    collect(config, told.is_string(), &mut names);
    collect(told, false, &mut names);
    let placeholders = &config["agent"]["dynamic_variables"]["dynamic_variable_placeholders"];
    let given = &client["dynamic_variables"];
    let is_given = |name: &str| name.starts_with("system__") || !placeholders[name].is_null() || !given[name].is_null();
    names.retain(|name| !is_given(name));
    names
}

fn collect(value: &Value, greets_otherwise: bool, names: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let inner = text.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0.trim()));
            names.extend(inner.filter(|name| !name.is_empty()).map(str::to_owned));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, greets_otherwise, names)),
        Value::Object(fields) => {
            let is_read = |name: &str| name != "dynamic_variables" && !(greets_otherwise && name == "first_message");
            for (_, value) in fields.iter().filter(|(name, _)| is_read(name)) {
                collect(value, greets_otherwise, names);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
