//! The device API, version 1: what a callee's device says and asks.
//!
//! A device authenticates with the secret it got when it claimed a code, as a
//! bearer token (RFC 6750). Every call may be sent twice. Errors are problems
//! (RFC 9457) with a stable `code`.

mod calls;
mod device;
mod pair;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::routing::{get, post};
use http::header::AUTHORIZATION;
use http::request::Parts;

use super::error::Problem;
use crate::app::App;
use crate::services::ServiceError;
use crate::services::devices::{self, Device};

/// The routes below `/api/device/v1`.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/pair", post(pair::pair))
        .route("/me", get(device::me))
        .route("/push-addresses", post(device::register))
        .route("/web-push-key", get(device::web_push_key))
        .route("/heartbeat", post(device::heartbeat))
        .route("/calls/current", get(calls::current))
        .route("/calls/{id}/rang", post(calls::rang))
        .route("/calls/{id}/answer", post(calls::answer))
        .route("/calls/{id}/joined", post(calls::joined))
        .route("/calls/{id}/end", post(calls::end))
        .route("/calls/{id}/decline", post(calls::decline))
        .route("/calls/{id}/missed", post(calls::missed))
}

/// The device that sent the request.
pub(super) struct AskingDevice(pub(super) Device);

impl FromRequestParts<App> for AskingDevice {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let secret = header
            .and_then(|header| header.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, secret) = secret.ok_or(ServiceError::Unauthenticated)?;
        Ok(Self(devices::authenticate(app, secret.trim()).await?))
    }
}
