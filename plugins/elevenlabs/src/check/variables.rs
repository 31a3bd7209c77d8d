//! The variables of an agent: does it use those that it is told, and has each that it uses a value? `agent` walks in.
//!
//! A `{{name}}` that has neither a value nor a default ends the talk before a word is said ("Missing required dynamic
//! variables"). The host sends values with phone calls. In the app the device brings them: the host gives it the same, and
//! our own clients pass them on, but the existing app brings a few ids of its own and nothing else.

use std::collections::BTreeSet;

use callpanion_plugin_api::provider::{Finding, Severity};
use serde_json::Value;

use super::agent::Agent;
use super::facts::Facts;

/// What the vendor fills in itself.
const OF_THE_VENDOR: &str = "system__";
/// What comes back to us, and is not for the agent.
const OF_OURS: &str = "callpanion_";
const NAME_MAX_CHARS: usize = 64;
/// So many names are told in one finding, and of each so many characters.
const NAMES_MAX: usize = 6;
const SHOWN_MAX_CHARS: usize = 40;

const GIVE_DEFAULTS: &str = "Open the agent in the ElevenLabs console, type {{ into its system prompt or first message \
                             to see its variables, and give each of these a default value.";

/// What a family leaves to be told.
const MESSAGES: &str = "family_messages";
/// How an agent comes to tell it.
const PASS_ON: &str = "Pass on what the family left to be told, as their words: {{family_messages}}";

/// Names of variables.
type Names<'a> = BTreeSet<&'a str>;

/// What may be wrong with the variables of an agent, and the names that it is about.
enum Fault<'a> {
    /// On the phone nobody gives them a value.
    HaveNoValue(Names<'a>),
    /// In the app nobody does, unless the app itself.
    HaveNoValueInApp(Names<'a>),
    /// In the app they have one where the app passes on what it is given.
    LeanOnTheApp(Names<'a>),
    /// The default is said to everyone, since nothing else is sent.
    AreAlwaysTheSame(Names<'a>),
    /// Without a default, a talk that we did not begin ends at once.
    HaveNoDefault(Names<'a>),
    /// It uses none that it is told.
    AreUnused,
    /// What families leave to be told is told to nobody.
    KeepsMessages,
}

impl Fault<'_> {
    /// The table: how grave, what is wrong, and how it is mended. `sent` are the names that may be used.
    fn say(&self, agent: &str, sent: &str) -> Finding {
        let (severity, what, mend) = match self {
            Self::HaveNoValue(names) => (
                Severity::Problem,
                format!(
                    "Agent {agent} wants a value for {}, which Callpanion does not send: each call ends before a word \
                     is said.",
                    braced(names)
                ),
                format!(
                    "Open the agent in the ElevenLabs console, and in its system prompt and first message write one of \
                     these instead: {sent}. Or give yours a default value: type {{{{ to see the variables."
                ),
            ),
            Self::HaveNoValueInApp(names) => (
                Severity::Warning,
                format!(
                    "Agent {agent} wants a value for {}, which Callpanion does not give the app: if the app brings \
                     none, each talk there ends before a word is said.",
                    braced(names)
                ),
                GIVE_DEFAULTS.to_owned(),
            ),
            Self::LeanOnTheApp(names) => (
                Severity::Warning,
                format!(
                    "Agent {agent} has no default value for {}: in an app that does not pass on what Callpanion gives \
                     it, as the existing phone app, each talk ends before a word is said.",
                    braced(names)
                ),
                GIVE_DEFAULTS.to_owned(),
            ),
            Self::AreAlwaysTheSame(names) => (
                Severity::Warning,
                format!(
                    "Agent {agent} says the default of {} to everyone it calls: Callpanion does not send that.",
                    braced(names)
                ),
                format!("If it should differ from person to person, write one of these instead: {sent}."),
            ),
            Self::HaveNoDefault(names) => (
                Severity::Warning,
                format!(
                    "Agent {agent} has no default value for {}: it hangs up on whoever calls the number back, and in \
                     the console's own test.",
                    braced(names)
                ),
                GIVE_DEFAULTS.to_owned(),
            ),
            Self::KeepsMessages => (
                Severity::Warning,
                format!("Agent {agent} does not pass on what families leave to be told."),
                format!(
                    "Write into its system prompt in the ElevenLabs console, for example: \"{PASS_ON}\". Give it an empty \
                     default value."
                ),
            ),
            Self::AreUnused => (
                Severity::Ok,
                format!("Agent {agent} is told whom it calls, and makes no use of it."),
                format!(
                    "Write such variables into its system prompt or first message in the ElevenLabs console: {sent}."
                ),
            ),
        };
        Finding::new(severity, what, mend)
    }
}

/// Looks at the variables of one agent.
pub(super) fn look(agent: &Agent, facts: &Facts) -> Vec<Finding> {
    if !facts.are_told() {
        return Vec::new();
    }
    let sent: Names<'_> = facts.variables.iter().map(String::as_str).collect();
    let for_agents: Names<'_> = sent.iter().copied().filter(|name| !name.starts_with(OF_OURS)).collect();
    let (label, sent_for_agents) = (agent.label(), braced(&for_agents));
    faults(agent, &sent).iter().map(|fault| fault.say(&label, &sent_for_agents)).collect()
}

fn faults<'a>(agent: &'a Agent, sent: &Names<'_>) -> Vec<Fault<'a>> {
    let config = &agent.told["conversation_config"];
    let used = used(config);
    let with_default = &config["agent"]["dynamic_variables"]["dynamic_variable_placeholders"];
    let only = |is_wanted: &dyn Fn(&str) -> bool| -> Names<'a> {
        used.iter().copied().filter(|name| is_wanted(name)).collect()
    };
    let has_default = |name: &str| with_default.get(name).is_some();
    let is_sent = |name: &str| sent.contains(name);
    let orphans = only(&|name: &str| !has_default(name) && !is_sent(name));
    let told = only(&|name: &str| !has_default(name) && is_sent(name));
    let fixed = only(&|name: &str| has_default(name) && !is_sent(name));
    let (in_app, by_phone) = (agent.ours.in_app, agent.ours.by_phone);
    let uses_none = !sent.is_empty() && !used.iter().any(|name| is_sent(name));
    let seen = [
        (by_phone && !orphans.is_empty(), Fault::HaveNoValue(orphans.clone())),
        (by_phone && !in_app && !told.is_empty(), Fault::HaveNoDefault(told.clone())),
        (in_app && !by_phone && !orphans.is_empty(), Fault::HaveNoValueInApp(orphans)),
        (in_app && !told.is_empty(), Fault::LeanOnTheApp(told)),
        (by_phone && !fixed.is_empty(), Fault::AreAlwaysTheSame(fixed)),
        (by_phone && uses_none, Fault::AreUnused),
        (!uses_none && is_sent(MESSAGES) && !used.contains(MESSAGES), Fault::KeepsMessages),
    ];
    seen.into_iter().filter_map(|(is_so, fault)| is_so.then_some(fault)).collect()
}

/// Every variable that any text of the agent uses, and the vendor does not fill in itself.
fn used(config: &Value) -> Names<'_> {
    let mut names = BTreeSet::new();
    let mut ahead = vec![config];
    while let Some(value) = ahead.pop() {
        match value {
            Value::String(text) => names.extend(names_in(text)),
            Value::Array(values) => ahead.extend(values),
            Value::Object(fields) => {
                ahead.extend(fields.iter().filter(|(name, _)| *name != "dynamic_variables").map(|(_, value)| value));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    names
}

fn names_in(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let inner = text.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0.trim()));
    inner.filter(move |name| {
        !name.is_empty()
            && name.len() <= NAME_MAX_CHARS
            && name.chars().all(is_part)
            && !name.starts_with(OF_THE_VENDOR)
    })
}

/// Names as they stand in a prompt.
fn braced(names: &Names<'_>) -> String {
    let short = |name: &str| name.chars().take(SHOWN_MAX_CHARS).collect::<String>();
    let shown: Vec<String> = names.iter().take(NAMES_MAX).map(|name| format!("{{{{{}}}}}", short(name))).collect();
    match names.len().saturating_sub(NAMES_MAX) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
