//! What a check of the account reads: agents, phone numbers, webhooks, subscription.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, Query, State as Held};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};

use super::ElevenLabs;
use super::answers::{Refusal, complaint, unprocessable};
use crate::hold;
use crate::scripts::KEYS;

/// An agent of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl Agent {
    pub(super) fn new(id: &str, name: &str) -> Self {
        Self { id: id.to_owned(), name: name.to_owned() }
    }
}

/// When the workspace was set up, unix seconds.
const MADE_S: i64 = 1_794_000_000;

/// Members of `conversation_config_override` that the agents allow, as JSON pointers.
pub(super) const ALLOWED_OVERRIDES: [&str; 3] = ["/agent/first_message", "/agent/language", "/agent/prompt/prompt"];

pub(super) async fn list(Held(eleven): Held<ElevenLabs>, Query(query): Query<HashMap<String, String>>) -> Response {
    let size = match page_size(&query, "page_size", 30, 100) {
        Ok(size) => size,
        Err(refused) => return *refused,
    };
    let all = [&eleven.0.phone_agent, &eleven.0.app_agent];
    let from = query.get("cursor").and_then(|cursor| all.iter().position(|agent| agent.id == *cursor)).unwrap_or(0);
    let next = all.get(from + size).map(|agent| agent.id.clone());
    let agents: Vec<Value> = all
        .iter()
        .skip(from)
        .take(size)
        .map(|agent| {
            json!({
                "agent_id": agent.id, "name": agent.name, "voice_id": "emulated-voice", "tags": [],
                "created_at_unix_secs": MADE_S, "updated_at_unix_secs": MADE_S,
                "access_info": {
                    "is_creator": true, "creator_name": "Operator", "creator_email": "operator@example.org",
                    "role": "admin",
                },
                "last_call_time_unix_secs": null, "archived": false,
            })
        })
        .collect();
    Json(json!({ "agents": agents, "has_more": next.is_some(), "next_cursor": next })).into_response()
}

pub(super) async fn get(Held(eleven): Held<ElevenLabs>, Path(id): Path<String>) -> Response {
    match eleven.agent(&id) {
        Some(agent) => Json(configuration(&eleven, agent)).into_response(),
        None => Refusal::NO_AGENT.respond(),
    }
}

fn configuration(eleven: &ElevenLabs, agent: &Agent) -> Value {
    let placeholders: Map<String, Value> =
        hold(&eleven.0.switches).placeholders.iter().map(|name| (name.clone(), json!("friend"))).collect();
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
                "prompt": { "prompt": "You are a warm companion.", "llm": "gemini-2.5-flash", "temperature": 0.3 },
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
            "data_collection": collected,
            "evaluation": { "criteria": [] },
            "privacy": { "record_voice": false, "retention_days": 30, "zero_retention_mode": false },
            "call_limits": { "agent_concurrency_limit": -1, "daily_limit": 100_000, "bursting_enabled": true },
            "workspace_overrides": { "webhooks": {
                "post_call_webhook_id": WEBHOOK_ID, "events": ["transcript", "call_initiation_failure"],
                "transcript_format": "json",
            }},
        },
    })
}

const WEBHOOK_ID: &str = "8f0c6d2a4b5e4c3a9d1e7f6a5b4c3d2e";

pub(super) async fn phone_numbers(Held(eleven): Held<ElevenLabs>) -> Response {
    let agent = &eleven.0.phone_agent;
    Json(json!([{
        "provider": "twilio", "phone_number": eleven.0.agent_number, "label": "Companion",
        "supports_inbound": true, "supports_outbound": true, "phone_number_id": eleven.0.phone_number_id,
        "assigned_agent": {
            "agent_id": agent.id, "agent_name": agent.name, "environment": null, "branch_id": null,
        },
    }]))
    .into_response()
}

pub(super) async fn webhooks(Held(eleven): Held<ElevenLabs>) -> Response {
    let disabled = hold(&eleven.0.switches).webhook_auto_disabled;
    let url = hold(&eleven.0.webhook_url).clone().unwrap_or_default();
    Json(json!({ "webhooks": [{
        "name": "post-call", "webhook_id": WEBHOOK_ID, "webhook_url": url, "is_disabled": false,
        "is_auto_disabled": disabled, "created_at_unix": MADE_S, "auth_type": "hmac",
        "usage": [{ "usage_type": "ConvAI Agent Settings" }],
        "events": [],
        "most_recent_failure_error_code": null, "most_recent_failure_timestamp": null,
    }]}))
    .into_response()
}

pub(super) async fn subscription() -> Response {
    Json(json!({
        "tier": "pro", "status": "active", "character_count": 12_000, "character_limit": 500_000,
        "max_credit_limit_extension": 0, "can_extend_character_limit": true, "allowed_to_extend_character_limit": true,
        "voice_slots_used": 1, "professional_voice_slots_used": 0, "professional_voice_slots_used_in_workspace": 0,
        "voice_limit": 160, "voice_add_edit_counter": 1, "professional_voice_limit": 1, "can_extend_voice_limit": false,
        "can_use_instant_voice_cloning": true, "can_use_professional_voice_cloning": true,
        "current_overage": { "amount": "0", "currency": "usd" }, "open_invoices": [], "has_open_invoices": false,
    }))
    .into_response()
}

/// A paging size from the query, or the 422 that a bad one earns.
pub(super) fn page_size(
    query: &HashMap<String, String>,
    name: &str,
    default: usize,
    most: usize,
) -> Result<usize, Box<Response>> {
    let Some(text) = query.get(name) else {
        return Ok(default);
    };
    match text.parse() {
        Ok(size) if (1..=most).contains(&size) => Ok(size),
        _ => Err(Box::new(unprocessable(&[complaint(
            &[json!("query"), json!(name)],
            "Input should be a valid page size",
            "int_parsing",
        )]))),
    }
}
