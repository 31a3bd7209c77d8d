//! What an operator sets in the vendor's console, as the API shows it: agents, number, webhook, subscription.
//!
//! Everything is in order at first. A test changes it as a person would in the console, and so makes each thing wrong;
//! what a submit may override follows from it too.

use axum::Json;
use axum::extract::State as Held;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::ElevenLabs;
use super::agents::Agent;
use crate::hold;
use crate::scripts::KEYS;

/// When the workspace was set up, unix seconds.
pub(super) const MADE_S: i64 = 1_794_000_000;

const WEBHOOK_ID: &str = "8f0c6d2a4b5e4c3a9d1e7f6a5b4c3d2e";

/// A workspace, as the vendor's API shows it to a key.
#[derive(Clone, Debug)]
pub struct Account {
    /// The agent that talks on the telephone: `GET /v1/convai/agents/{id}`.
    pub phone_agent: Value,
    /// The agent that talks in the app.
    pub app_agent: Value,
    /// `GET /v1/convai/phone-numbers`.
    pub phone_numbers: Value,
    /// `GET /v1/convai/settings`.
    pub settings: Value,
    /// `GET /v1/workspace/webhooks`. A `webhook_url` of null is shown as where events really go.
    pub webhooks: Value,
    /// `GET /v1/user/subscription`.
    pub subscription: Value,
    /// Agents that were made by the API, the newest last.
    pub made: Vec<Value>,
    /// Permissions that the key lacks: `convai_read`, `convai_write`, `webhooks_read`, `user_read`.
    pub lacks: Vec<&'static str>,
}

impl Account {
    pub(super) fn in_order(phone_agent: &Agent, app_agent: &Agent, number: (&str, &str)) -> Self {
        let webhooks = json!({
            "post_call_webhook_id": WEBHOOK_ID, "events": ["transcript", "call_initiation_failure"],
            "transcript_format": "json", "send_audio": false,
        });
        let mut by_phone = configuration(phone_agent);
        // One agent has the webhook for itself, the other by the workspace.
        by_phone["platform_settings"]["workspace_overrides"]["webhooks"] = webhooks.clone();
        let (number_id, number) = number;
        Self {
            phone_agent: by_phone,
            app_agent: configuration(app_agent),
            phone_numbers: json!([{
                "provider": "twilio", "phone_number": number, "label": "Companion",
                "supports_inbound": true, "supports_outbound": true, "phone_number_id": number_id,
                "assigned_agent": {
                    "agent_id": phone_agent.id, "agent_name": phone_agent.name, "environment": null, "branch_id": null,
                },
            }]),
            settings: json!({
                "conversation_initiation_client_data_webhook": null, "webhooks": webhooks,
                "can_use_mcp_servers": false, "rag_retention_period_days": 10,
            }),
            webhooks: json!({ "webhooks": [{
                "name": "post-call", "webhook_id": WEBHOOK_ID, "webhook_url": null, "is_disabled": false,
                "is_auto_disabled": false, "created_at_unix": MADE_S, "auth_type": "hmac",
                "usage": [{ "usage_type": "ConvAI Agent Settings" }], "events": [],
                "most_recent_failure_error_code": null, "most_recent_failure_timestamp": null,
            }]}),
            subscription: json!({
                "tier": "pro", "status": "active", "character_count": 12_000, "character_limit": 500_000,
                "next_character_count_reset_unix": MADE_S + 30 * 24 * 3600,
                "max_credit_limit_extension": 0, "can_extend_character_limit": true,
                "allowed_to_extend_character_limit": true, "voice_slots_used": 1, "professional_voice_slots_used": 0,
                "professional_voice_slots_used_in_workspace": 0, "voice_limit": 160, "voice_add_edit_counter": 1,
                "professional_voice_limit": 1, "can_extend_voice_limit": false, "can_use_instant_voice_cloning": true,
                "can_use_professional_voice_cloning": true, "current_overage": { "amount": "0", "currency": "usd" },
                "open_invoices": [], "has_open_invoices": false,
            }),
            made: Vec::new(),
            lacks: Vec::new(),
        }
    }

    /// The configuration of an agent; null for another's.
    pub(super) fn agent(&self, id: &str) -> &Value {
        let mut all = [&self.phone_agent, &self.app_agent].into_iter().chain(&self.made);
        all.find(|agent| agent["agent_id"] == id).unwrap_or(&Value::Null)
    }

    /// The same, to be edited.
    pub(super) fn agent_mut(&mut self, id: &str) -> Option<&mut Value> {
        let mut all = [&mut self.phone_agent, &mut self.app_agent].into_iter().chain(&mut self.made);
        all.find(|agent| agent["agent_id"] == id)
    }

    /// Whether an agent lets calls override this: a JSON pointer within `conversation_config_override`.
    pub(super) fn allows_override(&self, agent_id: &str, path: &str) -> bool {
        let overrides = &self.agent(agent_id)["platform_settings"]["overrides"]["conversation_config_override"];
        overrides.pointer(path) == Some(&Value::Bool(true))
    }
}

fn configuration(agent: &Agent) -> Value {
    let placeholders: Map<String, Value> = ["callee_name", "interests", "last_talk", "family_messages", "call_id"]
        .into_iter()
        .map(|name| (name.to_owned(), json!("friend")))
        .collect();
    let collected: Map<String, Value> =
        KEYS.iter().map(|(key, kind)| ((*key).to_owned(), json!({ "type": kind, "description": key }))).collect();
    json!({
        "agent_id": agent.id,
        "name": agent.name,
        "tags": [],
        "metadata": { "created_at_unix_secs": MADE_S, "updated_at_unix_secs": MADE_S },
        "conversation_config": {
            "agent": {
                "first_message": "Hello {{callee_name}}!",
                "language": "en",
                "dynamic_variables": { "dynamic_variable_placeholders": placeholders },
                "prompt": {
                    "prompt": "You are a warm companion. They like {{interests}}. Last time: {{last_talk}}. \
                               Their family says: {{family_messages}}.",
                    "llm": "gemini-2.5-flash", "temperature": 0.3,
                    "built_in_tools": { "voicemail_detection": {
                        "name": "voicemail_detection", "params": { "system_tool_type": "voicemail_detection" },
                    }},
                },
            },
            "language_presets": { "id": { "overrides": { "agent": { "language": "id" } } } },
            "tts": { "voice_id": "emulated-voice", "model_id": "eleven_flash_v2_5" },
            "turn": { "turn_timeout": 12, "silence_end_call_timeout": 45, "turn_eagerness": "patient" },
            "conversation": { "max_duration_seconds": 900, "text_only": false },
        },
        "platform_settings": {
            "auth": { "enable_auth": true, "allowlist": [] },
            "overrides": { "conversation_config_override": {
                "agent": { "first_message": true, "language": true, "prompt": { "prompt": true, "llm": false } },
                "tts": { "voice_id": false },
                "conversation": { "text_only": false },
            }},
            "queueing_config": { "enabled": false },
            "data_collection": collected,
            "evaluation": { "criteria": [] },
            "privacy": { "record_voice": false, "retention_days": 30, "zero_retention_mode": false },
            "call_limits": { "agent_concurrency_limit": -1, "daily_limit": 100_000, "bursting_enabled": true },
            "workspace_overrides": { "webhooks": null },
        },
    })
}

pub(super) async fn phone_numbers(Held(eleven): Held<ElevenLabs>) -> Response {
    Json(hold(&eleven.0.account).phone_numbers.clone()).into_response()
}

pub(super) async fn settings(Held(eleven): Held<ElevenLabs>) -> Response {
    Json(hold(&eleven.0.account).settings.clone()).into_response()
}

pub(super) async fn webhooks(Held(eleven): Held<ElevenLabs>) -> Response {
    let to = hold(&eleven.0.webhook_url).clone().unwrap_or_default();
    let mut shown = hold(&eleven.0.account).webhooks.clone();
    for webhook in shown["webhooks"].as_array_mut().into_iter().flatten() {
        if webhook["webhook_url"].is_null() {
            webhook["webhook_url"] = json!(to);
        }
    }
    Json(shown).into_response()
}

pub(super) async fn subscription(Held(eleven): Held<ElevenLabs>) -> Response {
    Json(hold(&eleven.0.account).subscription.clone()).into_response()
}
