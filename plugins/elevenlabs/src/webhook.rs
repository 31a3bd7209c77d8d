//! Webhooks, whose signature the host has verified. `read_webhook` walks in.

use callpanion_plugin_api::provider::Webhook;
use callpanion_plugin_api::{code, read_json};
use serde::Deserialize;
use serde_json::Value;

use crate::{Settings, conversation};

/// The envelope without its data: an audio event's is tens of megabytes, and we read none of it.
#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Event {
    data: Value,
}

/// Reads one webhook. New event types are none of our business until we know them.
pub(crate) fn read(settings: &Settings, body: &[u8]) -> Webhook {
    let kind = match read_json::<Kind>(body) {
        Ok(Kind { kind }) => kind,
        Err(error) => return Webhook::Unreadable(format!("not an event: {error}")),
    };
    let read = match kind.as_str() {
        "post_call_transcription" => |data: &Value| conversation::read(data, true),
        "call_initiation_failure" => conversation::read_failure,
        other => return Webhook::Ignored(code(other).unwrap_or("an event without a name").to_owned()),
    };
    let data = match read_json::<Event>(body) {
        Ok(Event { data }) => data,
        Err(error) => return Webhook::Unreadable(format!("{kind} without data: {error}")),
    };
    match read(&data) {
        Ok(conversation) if !settings.own_agents().any(|own| own == conversation.agent) => {
            Webhook::Ignored("foreign agent".to_owned())
        }
        Ok(conversation) => Webhook::Conversation(conversation),
        Err(why) => Webhook::Unreadable(format!("{kind} has {why}")),
    }
}
