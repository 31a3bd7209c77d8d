//! Batch calls: submit, list, look at, cancel.

use std::collections::HashMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as Held};
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use serde_json::{Value, json};

use super::agents::page_size;
use super::answers::{Refusal, agreement_required, answer, complaint, unprocessable};
use super::{ElevenLabs, dialling, submit, vendor_id};
use crate::hold;

/// One accepted batch.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The vendor's id.
    pub id: String,
    /// `call_name` of the submit.
    pub name: String,
    /// The agent that talks.
    pub agent_id: String,
    /// The number that it calls from.
    pub phone_number_id: String,
    /// When it was submitted, unix seconds.
    pub created_s: i64,
    /// When it dials, unix seconds; now if the submit said null.
    pub scheduled_s: i64,
    /// IANA zone given for display.
    pub timezone: Option<String>,
    /// `pending`, `in_progress`, `completed`, `failed` or `cancelled`.
    pub status: &'static str,
    /// Its recipients in the order of the submit.
    pub recipients: Vec<Recipient>,
    /// The submit as it came.
    pub request: Value,
    pub(super) telephony: Value,
    pub(super) concurrency: Option<i64>,
    pub(super) updated_s: i64,
    pub(super) forbidden_override: bool,
    /// Whether it is a single call, and no batch to anybody.
    pub(super) single: bool,
}

/// One person that a batch rings.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The id given in the submit, or one made here.
    pub id: String,
    /// E.164.
    pub phone_number: String,
    /// `pending`, `dispatched`, `initiated`, `in_progress`, `completed`, `failed`, `cancelled` or `voicemail`.
    pub status: &'static str,
    /// Known once dialling began.
    pub conversation_id: Option<String>,
    /// `conversation_initiation_client_data` of the submit.
    pub client: Value,
    pub(super) updated_s: i64,
}

impl Recipient {
    pub(super) fn is_over(&self) -> bool {
        matches!(self.status, "completed" | "failed" | "cancelled" | "voicemail")
    }
}

impl Batch {
    pub(super) fn ringing_timeout_ms(&self) -> i64 {
        self.telephony["ringing_timeout_secs"].as_i64().unwrap_or(60) * 1000
    }

    fn json(&self, eleven: &ElevenLabs) -> Value {
        let dispatched = self.recipients.iter().filter(|one| !matches!(one.status, "pending" | "cancelled")).count();
        let finished = self.recipients.iter().filter(|one| one.is_over() && one.status != "cancelled").count();
        json!({
            "id": self.id, "phone_number_id": self.phone_number_id, "phone_provider": "twilio",
            "whatsapp_params": null, "name": self.name, "agent_id": self.agent_id, "branch_id": null,
            "environment": null, "created_at_unix": self.created_s, "scheduled_time_unix": self.scheduled_s,
            "timezone": self.timezone, "total_calls_dispatched": dispatched,
            "total_calls_scheduled": self.recipients.len(), "total_calls_finished": finished,
            "last_updated_at_unix": self.updated_s, "status": self.status, "retry_count": 0,
            "telephony_call_config": self.telephony, "target_concurrency_limit": self.concurrency,
            "agent_name": eleven.agent(&self.agent_id).map(|agent| agent.name.clone()), "branch_name": null,
        })
    }

    fn detailed(&self, eleven: &ElevenLabs) -> Value {
        let untold = hold(&eleven.0.switches).untold_conversations;
        let recipients: Vec<Value> = self
            .recipients
            .iter()
            .map(|one| {
                let mut client = one.client.clone();
                if client.is_object() && client.get("custom_llm_extra_body").is_none() {
                    client["custom_llm_extra_body"] = json!({});
                }
                json!({
                    "id": one.id, "phone_number": one.phone_number, "whatsapp_user_id": null, "status": one.status,
                    "created_at_unix": self.created_s, "updated_at_unix": one.updated_s,
                    "conversation_id": one.conversation_id.as_ref().filter(|_| !untold),
                    "conversation_initiation_client_data": client,
                })
            })
            .collect();
        let mut batch = self.json(eleven);
        batch["recipients"] = json!(recipients);
        batch
    }
}

impl ElevenLabs {
    /// As if the workspace had been used before: so many batches, a minute apart, the last one a minute ago.
    pub fn was_used_before(&self, batches: usize) {
        let now_s = self.0.pace.now_s();
        let old = (1..=i64::try_from(batches).unwrap_or(i64::MAX)).rev().map(|minutes| {
            let at_s = now_s - 60 * minutes;
            Batch {
                id: vendor_id("btcal"),
                name: format!("long ago {minutes}"),
                agent_id: self.0.phone_agent.id.clone(),
                phone_number_id: self.0.phone_number_id.clone(),
                created_s: at_s,
                scheduled_s: at_s,
                timezone: None,
                status: "completed",
                recipients: Vec::new(),
                request: Value::Null,
                telephony: json!({}),
                concurrency: None,
                updated_s: at_s,
                forbidden_override: false,
                single: false,
            }
        });
        drop(hold(&self.0.batches).splice(0..0, old));
    }
}

/// The 422 for a body that does not call itself JSON.
pub(super) fn no_json(headers: &HeaderMap) -> Option<Response> {
    let is_json = headers.get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let message = "Input should be a valid dictionary or object to extract fields from";
    (!is_json).then(|| unprocessable(&[complaint(&[json!("body")], message, "model_attributes_type")]))
}

pub(super) async fn submit(Held(eleven): Held<ElevenLabs>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refused) = no_json(&headers) {
        return refused;
    }
    let wanted = match submit::read(&body) {
        Ok(wanted) => wanted,
        Err(complaints) => return unprocessable(&complaints),
    };
    if hold(&eleven.0.switches).agreement_missing {
        return agreement_required();
    }
    if eleven.agent(&wanted.agent_id).is_none() {
        return Refusal::NO_AGENT.respond();
    }
    if wanted.phone_number_id != eleven.0.phone_number_id {
        return Refusal::NO_NUMBER.respond();
    }
    let now_s = eleven.0.pace.now_s();
    // The vendor accepts such a batch, and fails it.
    let forbidden_override = {
        let account = hold(&eleven.0.account);
        let mut overrides = wanted.recipients.iter().flat_map(|one| submit::overrides_of(&one.client));
        overrides.any(|path| !account.allows_override(&wanted.agent_id, &path))
    };
    let batch = Batch {
        id: vendor_id("btcal"),
        name: wanted.name,
        agent_id: wanted.agent_id,
        phone_number_id: wanted.phone_number_id,
        created_s: now_s,
        scheduled_s: wanted.scheduled_s.unwrap_or(now_s),
        timezone: wanted.timezone,
        status: "pending",
        recipients: wanted
            .recipients
            .into_iter()
            .map(|one| Recipient {
                id: one.id.unwrap_or_else(|| vendor_id("rcpt")),
                phone_number: one.number,
                status: "pending",
                conversation_id: None,
                client: one.client,
                updated_s: now_s,
            })
            .collect(),
        request: serde_json::from_slice(&body).unwrap_or_default(),
        telephony: wanted.telephony,
        concurrency: wanted.concurrency,
        updated_s: now_s,
        forbidden_override,
        single: false,
    };
    let (id, answer) = (batch.id.clone(), batch.json(&eleven));
    hold(&eleven.0.batches).push(batch);
    dialling::begin(&eleven, id).await;
    Json(answer).into_response()
}

pub(super) async fn list(Held(eleven): Held<ElevenLabs>, Query(query): Query<HashMap<String, String>>) -> Response {
    let limit = match page_size(&query, "limit", 100, 100) {
        Ok(limit) => limit,
        Err(refused) => return *refused,
    };
    let batches = hold(&eleven.0.batches);
    let mut newest_first = batches
        .iter()
        .rev()
        .filter(|batch| !batch.single)
        .filter(|batch| query.get("agent_id").is_none_or(|agent| batch.agent_id == *agent))
        .skip_while(|batch| query.get("last_doc").is_some_and(|last| batch.id != *last))
        .skip(usize::from(query.contains_key("last_doc")))
        .peekable();
    let page: Vec<&Batch> = newest_first.by_ref().take(limit).collect();
    let has_more = newest_first.peek().is_some();
    let next = page.last().filter(|_| has_more).map(|batch| batch.id.clone());
    let page: Vec<Value> = page.into_iter().map(|batch| batch.json(&eleven)).collect();
    Json(json!({ "batch_calls": page, "next_doc": next, "has_more": has_more })).into_response()
}

pub(super) async fn get(Held(eleven): Held<ElevenLabs>, Path(id): Path<String>) -> Response {
    match hold(&eleven.0.batches).iter().find(|batch| batch.id == id && !batch.single) {
        Some(batch) => Json(batch.detailed(&eleven)).into_response(),
        None => Refusal::NO_BATCH.respond(),
    }
}

/// Sets every recipient to cancelled, as the vendor does; calls that already talk go on.
pub(super) async fn cancel(Held(eleven): Held<ElevenLabs>, Path(id): Path<String>) -> Response {
    let now_s = eleven.0.pace.now_s();
    let mut batches = hold(&eleven.0.batches);
    let Some(batch) = batches.iter_mut().find(|batch| batch.id == id && !batch.single) else {
        return Refusal::NO_BATCH.respond();
    };
    if matches!(batch.status, "completed" | "failed") {
        return Refusal::OVER.respond();
    }
    batch.status = "cancelled";
    batch.updated_s = now_s;
    for recipient in &mut batch.recipients {
        recipient.status = "cancelled";
        recipient.updated_s = now_s;
    }
    answer(200, batch.json(&eleven))
}
