//! The agents of the workspace: their list, and each with its configuration.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, Query, State as Held};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::ElevenLabs;
use super::account::MADE_S;
use super::answers::{Refusal, complaint, unprocessable};
use crate::hold;

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
    match hold(&eleven.0.account).agent(&id) {
        Value::Null => Refusal::NO_AGENT.respond(),
        agent => Json(agent.clone()).into_response(),
    }
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
