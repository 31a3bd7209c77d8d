//! The providers' webhooks: verified, stored, answered 200 (house rule 5).
//!
//! Only 200 counts as success at ElevenLabs, and a 4xx is final: so an event
//! that we cannot read is stored and answered 200 all the same.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use super::error::{Meaning, Problem};
use crate::app::App;
use crate::services::webhooks;

/// `POST /webhooks/elevenlabs`, and the path of the original system.
pub(super) async fn elevenlabs(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match webhooks::receive(&app, "elevenlabs", header, body.to_vec()).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => {
            tracing::debug!(status = %Meaning::from(&error).status, "a webhook was not taken");
            Problem(error).into_response()
        }
    }
}
