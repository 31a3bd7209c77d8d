//! `update-device-call-status`: what the callee did with the ring.
//!
//! A hang-up posts two or three times, in any order; a later post without a
//! length never erases one that had it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body;
use super::reply::{Refusal, success};
use crate::app::App;
use crate::services::ServiceError;
use crate::services::answering::{self, DeviceStep};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default, deserialize_with = "body::text")]
    session_id: Option<String>,
    #[serde(default, deserialize_with = "body::text")]
    action: Option<String>,
    #[serde(default, deserialize_with = "body::text")]
    status: Option<String>,
    #[serde(default)]
    duration: Option<f64>,
    #[serde(default, deserialize_with = "body::text")]
    pairing_token: Option<String>,
}

impl Request {
    fn step(&self) -> Option<DeviceStep> {
        let word = self.action.as_deref().or(self.status.as_deref())?;
        Some(match word {
            "accept" | "active" => DeviceStep::Accepted,
            "decline" | "declined" => DeviceStep::Declined,
            "timeout" | "missed" => DeviceStep::TimedOut,
            "end" | "completed" => DeviceStep::Ended { duration_s: self.duration.and_then(whole_seconds) },
            _ => return None,
        })
    }
}

/// A length as the app counts it; nonsense counts as not counted.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be within a day")]
pub(super) fn whole_seconds(duration: f64) -> Option<u32> {
    (0.0..=86_400.0).contains(&duration).then_some(duration as u32)
}

pub(super) async fn update(State(app): State<App>, bytes: Bytes) -> Result<Json<Value>, Refusal> {
    let request: Request = body::read(&bytes)?;
    let device = body::device(&app, request.pairing_token.as_deref()).await?;
    let ring = body::ring(request.session_id.as_deref())?;
    let step = request.step().ok_or(Refusal::bad_request("action is none of accept, decline, timeout and end."))?;
    let state = match answering::step(&app, &device, ring, step).await {
        Ok(call) => call.state.as_str(),
        // A late "accept" of a call that is over must not keep the app waiting; `start` refuses it.
        Err(ServiceError::Gone(_)) => "over",
        Err(error) => return Err(error.into()),
    };
    Ok(success(json!({ "sessionId": ring, "status": state, "callOutcome": state })))
}
