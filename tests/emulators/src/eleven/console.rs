//! What the API changes of what stands in the console: agents that are made and edited, and the webhook.
//!
//! How deep the vendor merges an edit is not published. Here the sections of an agent are replaced whole, so that a caller
//! who sends a part of one loses the rest of it, and is found out.

use axum::Json;
use axum::extract::{Path, State as Held};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::answers::{Refusal, complaint, unprocessable};
use super::{ElevenLabs, vendor_id};
use crate::hold;

/// The parts of an agent that an edit may hold.
const SECTIONS: [&str; 4] = ["name", "tags", "conversation_config", "platform_settings"];
/// The parts of a webhook that an edit may hold.
const OF_WEBHOOKS: [&str; 5] = ["is_disabled", "name", "retry_enabled", "request_headers", "events"];

/// `POST /v1/convai/agents/create`
pub(super) async fn make_agent(Held(eleven): Held<ElevenLabs>, Json(given): Json<Value>) -> Response {
    if let Some(refused) = unknown_part(&given, &SECTIONS) {
        return refused;
    }
    if !given["conversation_config"].is_object() {
        return missing("conversation_config");
    }
    let id = vendor_id("agent");
    let mut agent = given;
    agent["agent_id"] = json!(id);
    hold(&eleven.0.account).made.push(agent);
    Json(json!({ "agent_id": id })).into_response()
}

/// `PATCH /v1/convai/agents/{id}`
pub(super) async fn edit_agent(
    Held(eleven): Held<ElevenLabs>,
    Path(id): Path<String>,
    Json(given): Json<Value>,
) -> Response {
    if let Some(refused) = unknown_part(&given, &SECTIONS) {
        return refused;
    }
    let mut account = hold(&eleven.0.account);
    let Some(agent) = account.agent_mut(&id) else { return Refusal::NO_AGENT.respond() };
    for (name, section) in given.as_object().into_iter().flatten() {
        agent[name.as_str()] = section.clone();
    }
    Json(agent.clone()).into_response()
}

/// `PATCH /v1/workspace/webhooks/{id}`
pub(super) async fn edit_webhook(
    Held(eleven): Held<ElevenLabs>,
    Path(id): Path<String>,
    Json(given): Json<Value>,
) -> Response {
    if let Some(refused) = unknown_part(&given, &OF_WEBHOOKS) {
        return refused;
    }
    for must in ["is_disabled", "name"] {
        if given[must].is_null() {
            return missing(must);
        }
    }
    let mut account = hold(&eleven.0.account);
    let mut all = account.webhooks["webhooks"].as_array_mut().into_iter().flatten();
    let Some(webhook) = all.find(|it| it["webhook_id"] == id.as_str()) else {
        return Refusal::NO_WEBHOOK.respond();
    };
    for (name, value) in given.as_object().into_iter().flatten() {
        webhook[name.as_str()] = value.clone();
    }
    Json(json!({ "status": "ok" })).into_response()
}

fn missing(field: &str) -> Response {
    unprocessable(&[complaint(&[json!("body"), json!(field)], "Field required", "missing")])
}

/// The 422 for what is no object, or has a part that there is not.
fn unknown_part(given: &Value, known: &[&str]) -> Option<Response> {
    let Some(parts) = given.as_object() else { return Some(missing("body")) };
    let odd = parts.keys().find(|name| !known.contains(&name.as_str()))?;
    Some(unprocessable(&[complaint(&[json!("body"), json!(odd)], "Extra inputs are not permitted", "extra_forbidden")]))
}
