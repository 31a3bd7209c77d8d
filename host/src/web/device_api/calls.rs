//! The steps of a call, as its device takes them. A device names the ring that it was sent.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};

use super::AskingDevice;
use crate::app::App;
use crate::domain::{AttemptId, CallState, Join};
use crate::services::ServiceError;
use crate::services::answering::{self, Call, DeviceStep, Opened};
use crate::services::briefing::Overrides;
use crate::web::error::Problem;

#[derive(Serialize)]
pub(super) struct CallReply {
    ring_id: AttemptId,
    state: CallState,
    /// UTC in milliseconds: when it rings, and after which it must not.
    ring_at_ms: i64,
    expires_at_ms: i64,
    now_ms: i64,
}

impl CallReply {
    fn of(app: &App, ring: AttemptId, call: &Call) -> Self {
        Self {
            ring_id: ring,
            state: call.state,
            ring_at_ms: call.ring_at.millis(),
            expires_at_ms: call.expires_at.millis(),
            now_ms: app.clock.now().millis(),
        }
    }
}

async fn step(app: &App, device: &AskingDevice, ring: &str, step: DeviceStep) -> Result<Json<CallReply>, Problem> {
    let ring = parse(ring)?;
    let call = answering::step(app, &device.0, ring, step).await?;
    Ok(Json(CallReply::of(app, ring, &call)))
}

fn parse(ring: &str) -> Result<AttemptId, ServiceError> {
    ring.parse().map_err(|_| ServiceError::NotFound)
}

/// `GET /calls/current`: the ring that this device should be ringing for; `null` when there is none.
pub(super) async fn current(
    State(app): State<App>,
    AskingDevice(device): AskingDevice,
) -> Result<Json<Option<CallReply>>, Problem> {
    let missed = answering::missed_push(&app, &device, 0).await?;
    Ok(Json(missed.map(|(call, ring)| CallReply::of(&app, ring, &call))))
}

/// `POST /calls/{id}/rang`
pub(super) async fn rang(
    State(app): State<App>,
    device: AskingDevice,
    Path(ring): Path<String>,
) -> Result<Json<CallReply>, Problem> {
    step(&app, &device, &ring, DeviceStep::Rang).await
}

/// May be left out, and each part of it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct AnswerRequest {
    /// `token` or `signed-url`: all that the client can join by.
    join: Option<Join>,
}

/// The client joins by the token or the signed URL, whichever is there, and brings the rest with it: ElevenLabs calls it
/// `conversation_initiation_client_data`. An agent that is not told a variable which it uses says nothing at all.
#[derive(Serialize)]
pub(super) struct AnswerReply {
    ring_id: AttemptId,
    /// Joins the conversation over WebRTC.
    token: Option<String>,
    /// Joins it over a WebSocket.
    signed_url: Option<String>,
    conversation: Option<String>,
    /// What the agent is told of the callee, by the names that its prompt has.
    dynamic_variables: BTreeMap<String, String>,
    /// What the client sets for this talk; empty where agents do not allow it.
    overrides: OverridesReply,
}

#[derive(Serialize)]
struct OverridesReply {
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_message: Option<String>,
}

/// `POST /calls/{id}/answer`
pub(super) async fn answer(
    State(app): State<App>,
    device: AskingDevice,
    Path(ring): Path<String>,
    body: Bytes,
) -> Result<Json<AnswerReply>, Problem> {
    let ring_id = parse(&ring)?;
    let Opened { session, briefing, .. } = answering::open(&app, &device.0, ring_id, wish(&body)?).await?;
    let Overrides { language, first_message } = briefing.overrides;
    Ok(Json(AnswerReply {
        ring_id,
        token: session.token,
        signed_url: session.signed_url,
        conversation: session.conversation,
        dynamic_variables: briefing.variables,
        overrides: OverridesReply { language, first_message },
    }))
}

/// Clients of the first days send no body.
fn wish(body: &Bytes) -> Result<Option<Join>, ServiceError> {
    if body.trim_ascii().is_empty() {
        return Ok(None);
    }
    let refused = |_| ServiceError::Invalid { field: "join", code: "join-unknown" };
    serde_json::from_slice::<AnswerRequest>(body).map(|request| request.join).map_err(refused)
}

/// `POST /calls/{id}/joined`
pub(super) async fn joined(
    State(app): State<App>,
    device: AskingDevice,
    Path(ring): Path<String>,
) -> Result<Json<CallReply>, Problem> {
    step(&app, &device, &ring, DeviceStep::Joined).await
}

#[derive(Default, Deserialize)]
pub(super) struct EndRequest {
    duration_s: Option<u32>,
}

/// `POST /calls/{id}/end`
pub(super) async fn end(
    State(app): State<App>,
    device: AskingDevice,
    Path(ring): Path<String>,
    request: Option<Json<EndRequest>>,
) -> Result<Json<CallReply>, Problem> {
    let duration_s = request.and_then(|Json(request)| request.duration_s);
    step(&app, &device, &ring, DeviceStep::Ended { duration_s }).await
}

/// `POST /calls/{id}/decline`
pub(super) async fn decline(
    State(app): State<App>,
    device: AskingDevice,
    Path(ring): Path<String>,
) -> Result<Json<CallReply>, Problem> {
    step(&app, &device, &ring, DeviceStep::Declined).await
}

/// `POST /calls/{id}/missed`
pub(super) async fn missed(
    State(app): State<App>,
    device: AskingDevice,
    Path(ring): Path<String>,
) -> Result<Json<CallReply>, Problem> {
    step(&app, &device, &ring, DeviceStep::TimedOut).await
}
