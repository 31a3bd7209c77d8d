//! One agent: as the vendor has it, and what is to be other. `mod` walks in.

use std::collections::BTreeSet;

use callpanion_plugin_api::provisioning::{Change, Wanted};
use callpanion_plugin_api::{Request, percent_encode};
use serde_json::{Map, Value, json};

use crate::check::{notes, talk};
use crate::{Settings, primary};

/// A value is shown to the operator so long.
const SHOWN_MAX_CHARS: usize = 200;
const NAME_MAX_CHARS: usize = 40;
/// The renderer whose notes are known.
const OUR_RENDERER: &str = "family-summary";
/// What a talk that nobody prepared begins with.
const SOMEBODY: &str = "friend";

/// A voice model that speaks other languages than English, and at once.
const VOICE_OF_LANGUAGES: &str = "eleven_flash_v2_5";
/// After so much silence a talk is over.
const SILENCE_S: u32 = 45;
/// A talk lasts so long at the most.
const LONGEST_S: u32 = 1_200;

const FIRST_MESSAGE: &str = "Hello {{address_form}}, how are you today?";
const PROMPT: &str = "You are a warm, patient companion who calls an older person and talks with them for some \
                      minutes. Their name is {{callee_name}}; say {{address_form}} to them, and speak their language \
                      ({{language}}). They like: {{interests}}. Last time: {{last_talk}}. What their family left to be \
                      told, as their words: {{family_messages}}. Pass it on. Speak slowly, in short sentences, one \
                      question at a time. Ask how they slept, what they ate, whom they saw. If they are \
                      in danger or in pain, tell them to call for help at once. You give no medical advice. When they \
                      want to end, say goodbye and end the call.";

/// An agent, and what is to be other.
pub(super) struct Draft {
    /// None for one that is not made yet.
    pub(super) id: Option<String>,
    /// In the order in which they were found.
    pub(super) changes: Vec<Change>,
    told: Value,
    /// The parts of it that differ.
    sections: BTreeSet<&'static str>,
}

impl Draft {
    /// An agent that the vendor knows.
    pub(super) fn of(id: &str, told: Value) -> Self {
        Self { id: Some(id.to_owned()), changes: Vec::new(), told, sections: BTreeSet::new() }
    }

    /// One that is to be made.
    pub(super) fn new(wanted: &Wanted) -> Self {
        let codes: Vec<&str> = wanted.languages.iter().map(|tag| primary(tag)).collect();
        let first = codes.first().copied().unwrap_or("en");
        let presets: Map<String, Value> = codes
            .iter()
            .filter(|code| **code != first)
            .map(|code| ((*code).to_owned(), json!({ "overrides": { "agent": { "language": code } } })))
            .collect();
        let told = json!({
            "name": wanted.name,
            "conversation_config": {
                "agent": {
                    "first_message": FIRST_MESSAGE, "language": first,
                    "prompt": { "prompt": PROMPT, "llm": "gemini-2.5-flash", "built_in_tools": {
                        "end_call": { "name": "end_call", "params": { "system_tool_type": "end_call" } },
                        "language_detection": {
                            "name": "language_detection", "params": { "system_tool_type": "language_detection" },
                        },
                    }},
                },
                "language_presets": presets,
                "tts": { "model_id": VOICE_OF_LANGUAGES },
                "turn": { "turn_timeout": 12, "turn_eagerness": "patient" },
            },
            "platform_settings": { "overrides": { "conversation_config_override": { "agent": { "language": true } } } },
        });
        let mut draft = Self { id: None, changes: Vec::new(), told, sections: BTreeSet::new() };
        let after = format!("one that talks in the app and on the phone, in {}", codes.join(", "));
        draft.changes.push(Change::new(format!("Agent \"{}\"", short(&wanted.name)), "", after));
        draft
    }

    /// Everything but the webhook.
    pub(super) fn fit(&mut self, wanted: &Wanted) {
        self.set("platform_settings", &["auth", "enable_auth"], &json!(true), "whether talks want a token");
        if self.told["platform_settings"]["privacy"]["zero_retention_mode"] == true {
            self.set("platform_settings", &["privacy", "zero_retention_mode"], &json!(false), "Zero Retention Mode");
        }
        if let Some(days) = wanted.retention_days {
            self.set("platform_settings", &["privacy", "retention_days"], &json!(days), "days that talks are kept");
        }
        let what = "whether talks are recorded";
        self.set("platform_settings", &["privacy", "record_voice"], &json!(wanted.keep_audio), what);
        self.prompt();
        self.talk(wanted);
        self.defaults(wanted);
        if wanted.extra.iter().any(|(name, value)| name == "renderer" && value == OUR_RENDERER) {
            self.notes();
        }
    }

    /// The webhook of this id tells of its talks: as the agent's own choice, so that no other agent's is touched.
    pub(super) fn choose(&mut self, webhook: &str, of_workspace: &Value) {
        let own = &self.told["platform_settings"]["workspace_overrides"]["webhooks"];
        let chosen = if own["post_call_webhook_id"].is_string() { own } else { of_workspace };
        let tells = |event: &str| chosen["events"].as_array().is_some_and(|events| events.iter().any(|it| it == event));
        let is_json = chosen["transcript_format"].as_str().is_none_or(|format| format == "json");
        let is_ours = chosen["post_call_webhook_id"] == webhook;
        let has_turns = is_json && chosen["exclude_transcript"] != true;
        if is_ours && has_turns && tells("transcript") && tells("call_initiation_failure") && !tells("audio") {
            return;
        }
        let before = if is_ours { "not all that is needed" } else { "not this Callpanion" };
        let choice = json!({
            "post_call_webhook_id": webhook, "events": ["transcript", "call_initiation_failure"],
            "transcript_format": "json",
        });
        self.put("platform_settings", &["workspace_overrides", "webhooks"], choice);
        self.note("whom its webhook tells of talks", before, "this Callpanion, of talks and of calls that nobody took");
    }

    /// What makes it so; nothing where all is as it is wanted.
    pub(super) fn request(&self, settings: &Settings) -> Option<Request> {
        let Some(id) = &self.id else { return Some(settings.post("agents/create").json(&self.told)) };
        let sections: Map<String, Value> =
            self.sections.iter().map(|name| ((*name).to_owned(), self.told[*name].clone())).collect();
        let request = || settings.patch(&format!("convai/agents/{}", percent_encode(id))).json(&sections);
        (!sections.is_empty()).then(request)
    }

    /// What the operator wrote stays; an agent without a word would say nothing.
    fn prompt(&mut self) {
        let path = ["agent", "prompt", "prompt"];
        let told = self.told["conversation_config"]["agent"]["prompt"]["prompt"].as_str().unwrap_or_default();
        if told.trim().is_empty() {
            self.put("conversation_config", &path, json!(PROMPT));
            self.note("system prompt", "", PROMPT);
        }
    }

    /// How it talks, where `check` finds fault with it.
    fn talk(&mut self, wanted: &Wanted) {
        let config = &self.told["conversation_config"];
        let (hangs_up, is_cut_short) = (talk::hangs_up(config), talk::is_cut_short(config));
        let notices_machines = talk::notices_machines(config);
        let is_misread = talk::has_english_voice(config) && wanted.languages.iter().any(|tag| primary(tag) != "en");
        if !hangs_up {
            let path = ["turn", "silence_end_call_timeout"];
            self.set("conversation_config", &path, &json!(SILENCE_S), "seconds of silence that end a talk");
        }
        if is_cut_short {
            let path = ["conversation", "max_duration_seconds"];
            self.set("conversation_config", &path, &json!(LONGEST_S), "seconds that a talk lasts at the most");
        }
        if !notices_machines {
            let tool = json!({
                "name": "voicemail_detection", "params": { "system_tool_type": "voicemail_detection" },
            });
            let path = ["agent", "prompt", "built_in_tools", "voicemail_detection"];
            self.put("conversation_config", &path, tool);
            self.note("what it does on an answering machine", "", "hangs up");
        }
        if is_misread {
            self.set("conversation_config", &["tts", "model_id"], &json!(VOICE_OF_LANGUAGES), "voice model");
        }
        if talk::lets_wait(&self.told["platform_settings"]) {
            self.set(
                "platform_settings",
                &["queueing_config", "enabled"],
                &json!(false),
                "whether people wait while lines are taken",
            );
        }
    }

    /// A variable without a default ends a talk that was not prepared, before a word is said.
    fn defaults(&mut self, wanted: &Wanted) {
        let path = ["agent", "dynamic_variables", "dynamic_variable_placeholders"];
        let mut given = self.told["conversation_config"]["agent"]["dynamic_variables"]["dynamic_variable_placeholders"]
            .as_object()
            .cloned()
            .unwrap_or_default();
        let missing: Vec<&String> = wanted.variables.iter().filter(|name| !given.contains_key(*name)).collect();
        if missing.is_empty() {
            return;
        }
        for name in &missing {
            let is_name = name.ends_with("callee_name") || name.ends_with("address_form");
            given.insert((*name).clone(), json!(if is_name { SOMEBODY } else { "" }));
        }
        let names = missing.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
        self.put("conversation_config", &path, Value::Object(given));
        self.note("default values of variables", "", &names);
    }

    /// What our summary reads and the agent does not note.
    fn notes(&mut self) {
        let settings = &self.told["platform_settings"];
        if notes::are_shared(settings) {
            return;
        }
        let missing = notes::missing(&settings["data_collection"]);
        if missing.is_empty() {
            return;
        }
        let mut collected = settings["data_collection"].as_object().cloned().unwrap_or_default();
        for (id, kind, description) in &missing {
            collected.insert((*id).to_owned(), json!({ "type": kind, "description": description }));
        }
        let names = missing.iter().map(|(id, ..)| *id).collect::<Vec<_>>().join(", ");
        self.put("platform_settings", &["data_collection"], Value::Object(collected));
        self.note("what it notes of a talk (data collection)", "", &names);
    }

    /// One value, with its change where it is another.
    fn set(&mut self, section: &'static str, path: &[&str], after: &Value, what: &str) {
        let before = path.iter().fold(&self.told[section], |value, name| &value[*name]).clone();
        if before != *after {
            self.put(section, path, after.clone());
            self.note(what, &shown(&before), &shown(after));
        }
    }

    fn put(&mut self, section: &'static str, path: &[&str], after: Value) {
        self.sections.insert(section);
        put(&mut self.told[section], path, after);
    }

    /// Of an agent that is to be made, the making is the one change.
    fn note(&mut self, what: &str, before: &str, after: &str) {
        if self.id.is_some() {
            let name = self.told["name"].as_str().unwrap_or_default();
            self.changes.push(Change::new(format!("Agent \"{}\": {what}", short(name)), before, cut(after)));
        }
    }
}

/// Puts a value in its place, whatever stood on the way.
fn put(value: &mut Value, path: &[&str], new: Value) {
    let Some((first, rest)) = path.split_first() else {
        *value = new;
        return;
    };
    if !value.is_object() {
        *value = json!({});
    }
    put(&mut value[*first], rest, new);
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => cut(text),
        other => cut(&other.to_string()),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(SHOWN_MAX_CHARS).collect()
}

fn short(text: &str) -> String {
    text.chars().take(NAME_MAX_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
