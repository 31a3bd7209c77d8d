//! The webhooks of providers and notifiers: verified, stored, answered 200 (house rule 5).
//!
//! Only 200 counts as success at ElevenLabs, and a 4xx is final: so an event
//! that we cannot read is stored and answered 200 all the same.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};

use super::error::{Meaning, Problem};
use crate::app::App;
use crate::services::facts::FORMER_WEBHOOKS;
use crate::services::{ServiceError, webhooks};

/// `POST /webhooks/{provider}`: the id of a loaded provider or notifier.
pub(super) async fn of_provider(
    State(app): State<App>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    take(&app, &provider, &headers, body).await
}

/// The path of the original system, for the one provider that it had.
pub(super) async fn of_former_path(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    take(&app, FORMER_WEBHOOKS.0, &headers, body).await
}

async fn take(app: &App, provider: &str, headers: &HeaderMap, body: Bytes) -> Response {
    if !app.plugins.hears_webhooks(provider) {
        return Problem(ServiceError::NotFound).into_response();
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match webhooks::receive(app, provider, header, body.to_vec()).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => {
            tracing::debug!(status = %Meaning::from(&error).status, "a webhook was not taken");
            Problem(error).into_response()
        }
    }
}
