//! Reads a batch submit and a single call as strictly as the vendor's published models, with unknown fields refused.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::answers::complaint;

/// A submit that passed the checks.
pub(super) struct Submit {
    pub(super) name: String,
    pub(super) agent_id: String,
    pub(super) phone_number_id: String,
    pub(super) scheduled_s: Option<i64>,
    pub(super) timezone: Option<String>,
    pub(super) telephony: Value,
    pub(super) concurrency: Option<i64>,
    pub(super) recipients: Vec<Wanted>,
}

/// One recipient as asked for.
pub(super) struct Wanted {
    pub(super) id: Option<String>,
    pub(super) number: String,
    pub(super) client: Value,
}

/// A single call that passed the checks.
pub(super) struct Single {
    pub(super) agent_id: String,
    pub(super) phone_number_id: String,
    pub(super) number: String,
    pub(super) client: Value,
    pub(super) telephony: Value,
}

/// What `conversation_initiation_client_data` overrides: JSON pointers within `conversation_config_override`.
pub(super) fn overrides_of(client: &Value) -> Vec<String> {
    fn leaves(path: &str, value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Null => {}
            Value::Object(map) => {
                map.iter().for_each(|(name, value)| leaves(&format!("{path}/{name}"), value, found));
            }
            _ => found.push(path.to_owned()),
        }
    }
    let mut found = Vec::new();
    leaves("", &client["conversation_config_override"], &mut found);
    found
}

/// What is wrong with `conversation_initiation_client_data`, wherever it comes from.
pub(super) fn complaints_about(client: &Value) -> Vec<Value> {
    let mut reader = Reader { complaints: Vec::new() };
    reader.client(&[json!("conversation_initiation_client_data")], client);
    reader.complaints
}

const MOST_RECIPIENTS: usize = 10_000;

/// The submit, or the list of complaints for a 422.
pub(super) fn read(body: &[u8]) -> Result<Submit, Vec<Value>> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| vec![complaint(&[json!("body")], &error.to_string(), "json_invalid")])?;
    let mut reader = Reader { complaints: Vec::new() };
    let submit = reader.submit(&body);
    match submit {
        Some(submit) if reader.complaints.is_empty() => Ok(submit),
        _ => Err(reader.complaints),
    }
}

/// The single call, or the list of complaints for a 422.
pub(super) fn read_single(body: &[u8]) -> Result<Single, Vec<Value>> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|error| vec![complaint(&[json!("body")], &error.to_string(), "json_invalid")])?;
    let mut reader = Reader { complaints: Vec::new() };
    let single = reader.single(&body);
    match single {
        Some(single) if reader.complaints.is_empty() => Ok(single),
        _ => Err(reader.complaints),
    }
}

struct Reader {
    complaints: Vec<Value>,
}

impl Reader {
    fn complain(&mut self, loc: &[Value], message: &str, kind: &str) {
        self.complaints.push(complaint(loc, message, kind));
    }

    fn object<'a>(&mut self, loc: &[Value], value: &'a Value, known: &[&str]) -> Option<&'a Map<String, Value>> {
        let Some(map) = value.as_object() else {
            self.complain(loc, "Input should be a valid dictionary", "dict_type");
            return None;
        };
        for name in map.keys().filter(|name| !known.contains(&name.as_str())) {
            self.complain(&[loc, &[json!(name)]].concat(), "Extra inputs are not permitted", "extra_forbidden");
        }
        Some(map)
    }

    fn text(&mut self, loc: &[Value], map: &Map<String, Value>, name: &str, required: bool) -> Option<String> {
        let loc = [loc, &[json!(name)]].concat();
        match map.get(name) {
            Some(Value::String(text)) if !text.is_empty() => return Some(text.clone()),
            None | Some(Value::Null) if !required => {}
            None => self.complain(&loc, "Field required", "missing"),
            Some(_) => self.complain(&loc, "Input should be a valid string", "string_type"),
        }
        None
    }

    /// An integer of at least `least`, or null.
    fn number(&mut self, loc: &[Value], map: &Map<String, Value>, name: &str, least: i64) -> Option<i64> {
        match map.get(name) {
            None | Some(Value::Null) => None,
            Some(value) => {
                let number = value.as_i64().filter(|number| *number >= least);
                if number.is_none() {
                    self.complain(&[loc, &[json!(name)]].concat(), "Input should be a valid integer", "int_type");
                }
                number
            }
        }
    }

    fn submit(&mut self, body: &Value) -> Option<Submit> {
        const KNOWN: [&str; 11] = [
            "call_name",
            "agent_id",
            "recipients",
            "agent_phone_number_id",
            "scheduled_time_unix",
            "timezone",
            "branch_id",
            "environment",
            "telephony_call_config",
            "target_concurrency_limit",
            "whatsapp_params",
        ];
        let loc = [json!("body")];
        let map = self.object(&loc, body, &KNOWN)?;
        if !map.contains_key("scheduled_time_unix") {
            self.complain(&[json!("body"), json!("scheduled_time_unix")], "Field required", "missing");
        }
        let timezone = self.text(&loc, map, "timezone", false);
        if timezone.as_deref().is_some_and(|zone| jiff::tz::TimeZone::get(zone).is_err()) {
            self.complain(&[json!("body"), json!("timezone")], "Invalid timezone", "value_error");
        }
        let recipients = self.recipients(map.get("recipients"));
        Some(Submit {
            name: self.text(&loc, map, "call_name", true).unwrap_or_default(),
            agent_id: self.text(&loc, map, "agent_id", true).unwrap_or_default(),
            phone_number_id: self.text(&loc, map, "agent_phone_number_id", true).unwrap_or_default(),
            scheduled_s: self.number(&loc, map, "scheduled_time_unix", 0),
            timezone,
            telephony: self.telephony(map.get("telephony_call_config")),
            concurrency: self.number(&loc, map, "target_concurrency_limit", 1),
            recipients,
        })
    }

    fn single(&mut self, body: &Value) -> Option<Single> {
        const KNOWN: [&str; 6] = [
            "agent_id",
            "agent_phone_number_id",
            "to_number",
            "conversation_initiation_client_data",
            "call_recording_enabled",
            "telephony_call_config",
        ];
        let loc = [json!("body")];
        let map = self.object(&loc, body, &KNOWN)?;
        let number = self.text(&loc, map, "to_number", true).unwrap_or_default();
        if !is_e164(&number) {
            self.complain(&[json!("body"), json!("to_number")], "Invalid phone number format", "value_error");
        }
        let client = map.get("conversation_initiation_client_data").cloned().filter(|client| !client.is_null());
        let client = client.unwrap_or_else(|| json!({}));
        self.client(&[json!("body"), json!("conversation_initiation_client_data")], &client);
        Some(Single {
            agent_id: self.text(&loc, map, "agent_id", true).unwrap_or_default(),
            phone_number_id: self.text(&loc, map, "agent_phone_number_id", true).unwrap_or_default(),
            number,
            client,
            telephony: self.telephony(map.get("telephony_call_config")),
        })
    }

    fn telephony(&mut self, config: Option<&Value>) -> Value {
        const KNOWN: [&str; 3] = ["ringing_timeout_secs", "twilio_call_recording_enabled", "twilio_machine_detection"];
        let loc = [json!("body"), json!("telephony_call_config")];
        let mut telephony = json!({
            "ringing_timeout_secs": 60, "twilio_call_recording_enabled": null, "twilio_machine_detection": null,
        });
        let Some(map) = config.filter(|config| !config.is_null()).and_then(|config| self.object(&loc, config, &KNOWN))
        else {
            return telephony;
        };
        if let Some(seconds) = self.number(&loc, map, "ringing_timeout_secs", 1) {
            telephony["ringing_timeout_secs"] = json!(seconds);
        }
        for name in &KNOWN[1..] {
            if let Some(value) = map.get(*name) {
                telephony[*name] = value.clone();
            }
        }
        telephony
    }

    fn recipients(&mut self, recipients: Option<&Value>) -> Vec<Wanted> {
        let loc = [json!("body"), json!("recipients")];
        let Some(list) = recipients.and_then(Value::as_array) else {
            self.complain(&loc, "Field required", "missing");
            return Vec::new();
        };
        if list.is_empty() || list.len() > MOST_RECIPIENTS {
            self.complain(&loc, "List should have 1 to 10000 items", "too_long");
        }
        let (mut wanted, mut seen) = (Vec::new(), HashSet::new());
        for (at, recipient) in list.iter().enumerate() {
            let loc = [json!("body"), json!("recipients"), json!(at)];
            let Some(one) = self.recipient(&loc, recipient) else {
                continue;
            };
            if one.id.as_ref().is_some_and(|id| !seen.insert(id.clone())) {
                self.complain(&[&loc[..], &[json!("id")]].concat(), "Recipient ids must be unique", "value_error");
            }
            wanted.push(one);
        }
        wanted
    }

    fn recipient(&mut self, loc: &[Value], recipient: &Value) -> Option<Wanted> {
        const KNOWN: [&str; 4] = ["id", "phone_number", "whatsapp_user_id", "conversation_initiation_client_data"];
        let map = self.object(loc, recipient, &KNOWN)?;
        let number = self.text(loc, map, "phone_number", true)?;
        if !is_e164(&number) {
            self.complain(&[loc, &[json!("phone_number")]].concat(), "Invalid phone number format", "value_error");
        }
        let client = map.get("conversation_initiation_client_data").cloned().filter(|client| !client.is_null());
        let client = client.unwrap_or_else(|| json!({}));
        self.client(&[loc, &[json!("conversation_initiation_client_data")]].concat(), &client);
        Some(Wanted { id: self.text(loc, map, "id", false), number, client })
    }

    fn client(&mut self, loc: &[Value], client: &Value) {
        const KNOWN: [&str; 10] = [
            "conversation_config_override",
            "custom_llm_extra_body",
            "user_id",
            "source_info",
            "branch_id",
            "environment",
            "starting_workflow_node_id",
            "procedure_ids",
            "start_procedure_ids",
            "dynamic_variables",
        ];
        let Some(map) = self.object(loc, client, &KNOWN) else {
            return;
        };
        self.text(loc, map, "user_id", false);
        if let Some(overrides) = map.get("conversation_config_override").filter(|value| !value.is_null()) {
            let loc = [loc, &[json!("conversation_config_override")]].concat();
            if let Some(map) = self.object(&loc, overrides, &["asr", "turn", "tts", "conversation", "agent"])
                && let Some(agent) = map.get("agent").filter(|value| !value.is_null())
            {
                let known = ["first_message", "language", "max_conversation_duration_message", "prompt"];
                self.object(&[&loc[..], &[json!("agent")]].concat(), agent, &known);
            }
        }
        if let Some(variables) = map.get("dynamic_variables").filter(|value| !value.is_null()) {
            self.variables(&[loc, &[json!("dynamic_variables")]].concat(), variables);
        }
    }

    fn variables(&mut self, loc: &[Value], variables: &Value) {
        let Some(variables) = variables.as_object() else {
            self.complain(loc, "Input should be a valid dictionary", "dict_type");
            return;
        };
        for (name, value) in variables {
            let loc = [loc, &[json!(name)]].concat();
            if value.is_object() || value.is_array() {
                self.complain(&loc, "Input should be a string, number, boolean or null", "scalar_type");
            }
            if name.starts_with("system__") {
                self.complain(&loc, "The prefix system__ is reserved", "value_error");
            }
        }
    }
}

/// `+`, a digit that is not 0, and 6 to 14 more.
fn is_e164(number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else {
        return false;
    };
    (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}
