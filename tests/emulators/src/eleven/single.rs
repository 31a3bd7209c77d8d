//! Single calls: dialled at once, each by itself. The reply tells the conversation.
//!
//! Behind the door it is a batch of one that no list shows.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Held;
use axum::response::{IntoResponse as _, Response};
use http::HeaderMap;
use serde_json::{Value, json};

use super::answers::{Refusal, unprocessable};
use super::batches::{Batch, Recipient, no_json};
use super::{ElevenLabs, dialling, initiation, submit, vendor_id};
use crate::hold;

pub(super) async fn outbound_call(Held(eleven): Held<ElevenLabs>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refused) = no_json(&headers) {
        return refused;
    }
    let wanted = match submit::read_single(&body) {
        Ok(wanted) => wanted,
        Err(complaints) => return unprocessable(&complaints),
    };
    if eleven.agent(&wanted.agent_id).is_none() {
        return Refusal::NO_AGENT.respond();
    }
    if wanted.phone_number_id != eleven.0.phone_number_id {
        return Refusal::NO_NUMBER.respond();
    }
    if hold(&eleven.0.switches).unplaceable {
        return placed(None);
    }
    let now_s = eleven.0.pace.now_s();
    let objection = initiation::objection(&hold(&eleven.0.account), &wanted.agent_id, &wanted.client);
    let recipient = Recipient {
        id: vendor_id("rcpt"),
        phone_number: wanted.number,
        status: "dispatched",
        conversation_id: None,
        client: wanted.client,
        updated_s: now_s,
    };
    let batch = Batch {
        id: vendor_id("single"),
        name: String::new(),
        agent_id: wanted.agent_id,
        phone_number_id: wanted.phone_number_id,
        created_s: now_s,
        scheduled_s: now_s,
        timezone: None,
        status: "in_progress",
        recipients: vec![recipient],
        request: serde_json::from_slice(&body).unwrap_or_default(),
        telephony: wanted.telephony,
        concurrency: None,
        updated_s: now_s,
        forbidden_override: false,
        single: true,
    };
    let id = batch.id.clone();
    hold(&eleven.0.batches).push(batch);
    let reason = objection.map(|objection| objection.reason());
    placed(dialling::begin_single(&eleven, id, reason).await.as_ref())
}

/// The reply; without a conversation it is a refusal.
fn placed(call: Option<&(String, String)>) -> Response {
    let (conversation, sid): (Value, Value) = match call {
        Some((conversation, sid)) => (json!(conversation), json!(sid)),
        None => (Value::Null, Value::Null),
    };
    let message = if call.is_some() { "Success" } else { "Call could not be placed" };
    Json(json!({ "success": call.is_some(), "message": message, "conversation_id": conversation, "callSid": sid }))
        .into_response()
}
