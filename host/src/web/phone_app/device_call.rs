//! `elevenlabs-device-call`: the conversation of a call. `start` gives the token
//! that joins it, `end` says that it is over.
//!
//! `start` may come up to twelve times for one call; each gets a fresh token and
//! changes nothing more. The conversation id that the app sends is not used: the
//! server has it from the provider.
//!
//! The app as it is does not know of `dynamicVariables` and `overrides`, and tells the agent nothing but ids. One that
//! passes them on lets the companion know whom it talks to.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body;
use super::call_status::whole_seconds;
use super::reply::{Refusal, success};
use crate::app::App;
use crate::domain::Join;
use crate::services::answering::{self, DeviceStep, Opened};
use crate::services::briefing::Overrides;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default, deserialize_with = "body::text")]
    action: Option<String>,
    #[serde(default, deserialize_with = "body::text")]
    session_id: Option<String>,
    #[serde(default, deserialize_with = "body::text")]
    pairing_token: Option<String>,
    #[serde(default)]
    duration: Option<f64>,
}

pub(super) async fn act(State(app): State<App>, bytes: Bytes) -> Result<Json<Value>, Refusal> {
    let request: Request = body::read(&bytes)?;
    match request.action.as_deref() {
        Some("start") => start(&app, &request).await,
        Some("update_conversation_id") => joined(&app, &request).await,
        Some("end") => end(&app, &request).await,
        _ => Err(Refusal::bad_request("action is none of start, update_conversation_id and end.")),
    }
}

async fn start(app: &App, request: &Request) -> Result<Json<Value>, Refusal> {
    let device = body::device(app, request.pairing_token.as_deref()).await?;
    let ring = body::ring(request.session_id.as_deref())?;
    // It can join by nothing else.
    let Opened { call, session, briefing } = answering::open(app, &device, ring, Some(Join::Token)).await?;
    let Overrides { language, first_message } = briefing.overrides;
    let overrides = [("language", language), ("firstMessage", first_message)];
    let overrides: BTreeMap<_, _> = overrides.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    Ok(success(json!({
        "conversationToken": session.token,
        "conversationId": session.conversation,
        "callLogId": call.id,
        "sessionId": ring,
        "providerCallId": session.conversation,
        "householdId": call.family_id,
        "relativeId": call.callee_id,
        "dynamicVariables": briefing.variables,
        "overrides": overrides,
    })))
}

/// The app sends this once it is connected: that it talks is news, the id is not.
/// One of its two senders leaves out the pairing token; that one changes nothing.
async fn joined(app: &App, request: &Request) -> Result<Json<Value>, Refusal> {
    if request.pairing_token.is_some() && request.session_id.is_some() {
        let device = body::device(app, request.pairing_token.as_deref()).await?;
        answering::step(app, &device, body::ring(request.session_id.as_deref())?, DeviceStep::Joined).await?;
    }
    Ok(success(json!({})))
}

async fn end(app: &App, request: &Request) -> Result<Json<Value>, Refusal> {
    let device = body::device(app, request.pairing_token.as_deref()).await?;
    let duration_s = request.duration.and_then(whole_seconds);
    let ring = body::ring(request.session_id.as_deref())?;
    let call = answering::step(app, &device, ring, DeviceStep::Ended { duration_s }).await?;
    Ok(success(json!({ "sessionId": ring, "status": call.state })))
}
