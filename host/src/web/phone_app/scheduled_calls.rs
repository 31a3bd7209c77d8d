//! `check-scheduled-calls`: a net below lost pushes. The app asks on each start
//! and resume, and shows the ring of the first call in the list.
//!
//! Accepting from the full screen resumes the app too, so a call is listed only
//! while it still rings, and not before its push had time to arrive.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::body;
use super::reply::{Refusal, success};
use crate::app::App;
use crate::services::answering;

/// A push that has not arrived after so long is taken to be lost.
const PUSH_LOST_AFTER_S: i64 = 10;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    #[serde(default, deserialize_with = "body::text")]
    pairing_token: Option<String>,
}

pub(super) async fn check(State(app): State<App>, bytes: Bytes) -> Result<Json<Value>, Refusal> {
    let request: Request = body::read(&bytes)?;
    let device = body::device(&app, request.pairing_token.as_deref()).await?;
    let missed = answering::missed_push(&app, &device, PUSH_LOST_AFTER_S).await?;
    let calls: Vec<Value> = missed
        .iter()
        .map(|(call, ring)| {
            let scheduled_time = call.ring_at.to_string();
            json!({
                "id": ring,
                "call_type": "in_app_call",
                "household_id": call.family_id,
                "relative_id": call.callee_id,
                "scheduled_time": scheduled_time,
                // The original server's spelling.
                "sessionId": ring,
                "callType": "in_app_call",
                "householdId": call.family_id,
                "relativeId": call.callee_id,
                "scheduledTime": scheduled_time,
                "status": call.state,
            })
        })
        .collect();
    Ok(success(json!({ "scheduledCalls": calls })))
}
