//! The file of one recorded call: everything that the plugin was given and everything that it gave back, as JSON that
//! people can read. `rerun` makes it, `folder` writes it, `replay` reads it.
//!
//! Bytes that are UTF-8 stand as `{"text": …}`, others as `{"base64": …}`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::config::plugins::Record;
use crate::plugins::exchange::{Export, Input, Output, wit};

/// The version of this format.
const FORMAT: u32 = 1;
/// Where lists of bytes stand: entropy, bodies of answers and webhooks, and bodies of requests that are bytes.
const BYTES: [&str; 3] = ["Bytes", "body", "entropy"];

/// One recorded call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// The version of the format: 1.
    pub format: u32,
    /// When the call began: RFC 3339, UTC.
    pub at: String,
    /// Who gave the outputs.
    pub plugin: Recorded,
    /// Which of its functions was called.
    pub export: Export,
    /// Whether personal data was replaced.
    pub personal_data: Record,
    /// With the stand-ins the plugin went another way than it had gone in earnest: it asked for other requests, or came to
    /// another kind of result. The recording holds the way that it went with the stand-ins.
    pub stand_ins_changed_the_flow: bool,
    /// All that could vary.
    pub context: wit::Context,
    /// What the function was called with.
    pub input: Input,
    /// Its runs, in order.
    pub rounds: Vec<RecordedRound>,
}

/// The plugin of a recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The name of its section in the config.
    pub id: String,
    /// Its version.
    pub version: String,
    /// The plugin API that it was made for.
    pub api: String,
    /// SHA-256 of component and manifest, in hex.
    pub digest: String,
}

/// One run of the function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRound {
    /// What had become of the requests of the run before; the run was given these and all earlier ones.
    pub answers: Vec<wit::Answer>,
    /// How long each of them had taken, in microseconds.
    pub vendor_times_us: Vec<u64>,
    /// How long the plugin computed, in microseconds.
    pub plugin_time_us: u64,
    /// What it returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Output>,
    /// How it broke, when it returned nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broke: Option<String>,
}

/// Why a file is no recording.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// It is no JSON.
    #[error("this is no recording: it is no JSON")]
    Json(#[source] serde_json::Error),
    /// Another program, or another version of this one, wrote it.
    #[error("this is a recording of format {0}, and format {FORMAT} is known here: use the Callpanion that made it")]
    Format(u64),
    /// There is JSON, but no recording in it.
    #[error("this is no recording, or one that was changed by hand")]
    Shape(#[source] serde_json::Error),
}

impl Recording {
    /// The number of the format that is written.
    pub(super) const FORMAT: u32 = FORMAT;

    /// The text of the file.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        let value = packed(serde_json::to_value(self)?);
        Ok(serde_json::to_string_pretty(&value)? + "\n")
    }

    /// Reads the text of a file.
    pub fn from_text(text: &str) -> Result<Self, RecordingError> {
        let value: Value = serde_json::from_str(text).map_err(RecordingError::Json)?;
        match value["format"].as_u64() {
            Some(format) if format != u64::from(FORMAT) => Err(RecordingError::Format(format)),
            _ => serde_json::from_value(unpacked(value)).map_err(RecordingError::Shape),
        }
    }
}

/// Lists of bytes become texts.
pub(super) fn packed(value: Value) -> Value {
    each_field(value, packed, |value| {
        let bytes: Option<Vec<u8>> = value.as_array()?.iter().map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
        let (name, text) = match String::from_utf8(bytes?) {
            Ok(text) => ("text", text),
            Err(error) => ("base64", STANDARD.encode(error.as_bytes())),
        };
        Some(Value::Object(Map::from_iter([(name.to_owned(), Value::String(text))])))
    })
}

/// Texts become lists of bytes again.
fn unpacked(value: Value) -> Value {
    each_field(value, unpacked, |value| {
        let table = value.as_object().filter(|table| table.len() == 1)?;
        let bytes = match (table.get("text"), table.get("base64")) {
            (Some(Value::String(text)), _) => text.clone().into_bytes(),
            (_, Some(Value::String(text))) => STANDARD.decode(text).ok()?,
            _ => return None,
        };
        Some(Value::Array(bytes.into_iter().map(Value::from).collect()))
    })
}

fn each_field(value: Value, deeper: fn(Value) -> Value, bytes: fn(&Value) -> Option<Value>) -> Value {
    match value {
        Value::Object(table) => {
            let fields = table.into_iter().map(|(name, value)| {
                let replaced = BYTES.contains(&name.as_str()).then(|| bytes(&value)).flatten();
                (name, replaced.unwrap_or_else(|| deeper(value)))
            });
            Value::Object(fields.collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(deeper).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(body: &[u8]) -> Recording {
        let request = wit::Request {
            method: "POST".to_owned(),
            url: "https://a.example/".to_owned(),
            headers: Vec::new(),
            body: wit::Body::Bytes(body.to_vec()),
            credential: None,
            repeatable: false,
            timeout_ms: 1_000,
        };
        let response = wit::Response { status: 200, headers: Vec::new(), body: body.to_vec() };
        let round = |answers, output| RecordedRound {
            answers,
            vendor_times_us: Vec::new(),
            plugin_time_us: 80,
            output: Some(output),
            broke: None,
        };
        Recording {
            format: FORMAT,
            at: "2026-10-12T08:00:00Z".to_owned(),
            plugin: Recorded {
                id: "x".to_owned(),
                version: "0.1.0".to_owned(),
                api: "1.0.0".to_owned(),
                digest: "00".repeat(32),
            },
            export: Export::ReadWebhook,
            personal_data: Record::StandIns,
            stand_ins_changed_the_flow: false,
            context: wit::Context {
                now_ms: 1,
                locale: "en".to_owned(),
                settings: r#"{"body":[1,2]}"#.to_owned(),
                entropy: vec![7; 32],
                extra: Vec::new(),
            },
            input: Input::ReadWebhook { headers: Vec::new(), body: body.to_vec() },
            rounds: vec![
                round(Vec::new(), Output::Request(vec![request])),
                round(vec![wit::Answer::Response(response)], Output::Fetched(None)),
            ],
        }
    }

    #[test]
    fn what_is_written_is_read_whatever_the_bytes() {
        for body in [&b""[..], br#"{"a":[1]}"#, b"\xff\0\x01", "é".as_bytes()] {
            let recording = recording(body);
            let text = recording.to_text().unwrap();
            assert_eq!(Recording::from_text(&text).unwrap(), recording, "{text}");
        }
        let text = recording(b"\xff").to_text().unwrap();
        assert!(text.contains(r#""base64": "/w==""#) && text.contains(r#""format": 1"#), "{text}");
    }

    #[test]
    fn other_files_are_refused_with_a_reason() {
        assert!(matches!(Recording::from_text("no"), Err(RecordingError::Json(_))));
        assert!(matches!(Recording::from_text("{}"), Err(RecordingError::Shape(_))));
        let newer = recording(b"").to_text().unwrap().replace(r#""format": 1"#, r#""format": 2"#);
        assert!(matches!(Recording::from_text(&newer), Err(RecordingError::Format(2))));
    }
}
