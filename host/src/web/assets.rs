//! Styles, script and icon: served by the host, named by their content.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};

use crate::app::App;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
const FOR_A_MOMENT: &str = "public, max-age=60";

/// What shows notices in a browser.
const NOTICES_WORKER: &str = "notices-worker.js";

/// `GET /notices/worker.js`: a browser lets a worker serve only what lies beside it, and looks under the same name whether
/// there is a newer one.
pub(super) async fn notices_worker(app: State<App>) -> Response {
    asset(app, Path(NOTICES_WORKER.to_owned())).await
}

/// `GET /assets/{path}`
pub(super) async fn asset(State(app): State<App>, Path(path): Path<String>) -> Response {
    let Some(asset) = app.theme.asset(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let keep = if asset.immutable { FOR_EVER } else { FOR_A_MOMENT };
    ([(header::CONTENT_TYPE, asset.mime), (header::CACHE_CONTROL, keep.to_owned())], asset.body).into_response()
}
