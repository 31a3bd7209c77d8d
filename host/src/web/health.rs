//! Health: `/livez` says that the process runs, `/readyz` that it can serve.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use crate::app::App;

/// The process runs.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// The process can serve: its database answers.
pub(super) async fn ready(State(app): State<App>) -> Response {
    match app.db.ping().await {
        Ok(()) => Json(json!({ "ready": true })).into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "waiting_for": "database" })))
                .into_response()
        }
    }
}
