//! The error bodies of ElevenLabs: the coded shape, the legacy one, and validation lists.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::fault::Fault;

/// A coded error; `Fault::from` makes a failure of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// `detail.type`.
    pub kind: &'static str,
    /// `detail.code`.
    pub code: &'static str,
    /// `detail.message`.
    pub message: &'static str,
}

impl Refusal {
    const fn new(status: u16, kind: &'static str, code: &'static str, message: &'static str) -> Self {
        Self { status, kind, code, message }
    }

    pub(crate) const NO_KEY: Self = Self::new(401, "authentication_error", "missing_api_key", "No API key was given");
    /// The key is not valid.
    pub const BAD_KEY: Self = Self::new(401, "authentication_error", "invalid_api_key", "Invalid API key");
    /// No credits left.
    pub const NO_CREDITS: Self = Self::new(402, "payment_required", "insufficient_credits", "Not enough credits");
    /// Too many calls at once.
    pub const CONCURRENCY: Self =
        Self::new(429, "rate_limit_error", "concurrent_limit_exceeded", "Concurrency limit reached");
    /// Too many requests.
    pub const RATE: Self = Self::new(429, "rate_limit_error", "rate_limit_exceeded", "Too many requests");
    /// Down.
    pub const UNAVAILABLE: Self = Self::new(503, "service_unavailable", "service_unavailable", "Service unavailable");
    pub(crate) const NO_AGENT: Self = Self::new(404, "not_found", "agent_not_found", "No such agent");
    pub(crate) const NO_WEBHOOK: Self = Self::new(404, "not_found", "webhook_not_found", "No such webhook");
    pub(crate) const NO_NUMBER: Self = Self::new(404, "not_found", "phone_number_not_found", "No such phone number");
    pub(crate) const NO_BATCH: Self = Self::new(404, "not_found", "batch_call_not_found", "No such batch call");
    pub(crate) const NO_CONVERSATION: Self =
        Self::new(404, "not_found", "conversation_not_found", "No such conversation");
    pub(crate) const OVER: Self = Self::new(409, "conflict", "conflict", "The batch call is already over");

    pub(crate) fn body(&self) -> Value {
        json!({ "detail": {
            "type": self.kind, "code": self.code, "message": self.message, "status": self.code,
            "request_id": format!("req_{}", Uuid::new_v4().simple()), "param": null,
        }})
    }

    pub(crate) fn respond(&self) -> Response {
        answer(self.status, self.body())
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Fault::answer(refusal.status, &refusal.body())
    }
}

/// 403 in the legacy shape: the batch-calling terms were not accepted.
pub(crate) fn agreement_required() -> Response {
    let message = "You must accept the batch calling agreement in the dashboard first.";
    answer(403, json!({ "detail": { "status": "batch_calling_agreement_required", "message": message } }))
}

/// 401 as it comes for a key that lacks a permission: the newer words say nothing of that, and the older one does.
pub(crate) fn permission_missing(permission: &str) -> Response {
    let message = format!("The API key you used is missing the permission {permission} to execute this operation.");
    let detail = json!({
        "type": "authentication_error", "code": "unauthorized", "message": message, "status": "missing_permissions",
        "request_id": format!("req_{}", Uuid::new_v4().simple()), "param": null,
    });
    answer(401, json!({ "detail": detail }))
}

/// One field's complaint in a 422.
pub(crate) fn complaint(loc: &[Value], message: &str, kind: &str) -> Value {
    json!({ "loc": loc, "msg": message, "type": kind })
}

/// 422 with its list of complaints.
pub(crate) fn unprocessable(complaints: &[Value]) -> Response {
    answer(422, json!({ "detail": complaints }))
}

pub(crate) fn answer(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(body)).into_response()
}
