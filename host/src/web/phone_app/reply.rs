//! Replies in the app's shape: JSON, always with `success`, and `error` in words.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::services::ServiceError;
use crate::web::error::{Meaning, log};

/// A failure that the app shows to the person who holds the phone.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    retry_after_s: Option<u64>,
}

impl Refusal {
    /// The body lacks what the call needs, or has it in a wrong shape.
    pub(super) const fn bad_request(error: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, retry_after_s: None }
    }

    /// The pairing token is unknown or was revoked.
    pub(super) const NOT_PAIRED: Self = Self {
        status: StatusCode::UNAUTHORIZED,
        error: "This device is not paired. Ask your family for a new code.",
        retry_after_s: None,
    };
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        log(&error);
        let meaning = Meaning::from(&error);
        let (status, words) = match &error {
            ServiceError::Unauthenticated => return Self::NOT_PAIRED,
            ServiceError::Invalid { field: "pairing_code", .. } => {
                (StatusCode::BAD_REQUEST, "Invalid or expired pairing code. Ask your family for a new one.")
            }
            ServiceError::Forbidden => {
                (StatusCode::FORBIDDEN, "Your family has not confirmed this device yet. Ask them to open their page.")
            }
            ServiceError::Conflict(_) => (meaning.status, "The call was answered on another device."),
            ServiceError::Gone(_) => (meaning.status, "This call is over."),
            ServiceError::NotFound => (meaning.status, "There is no such call for this device."),
            ServiceError::Throttled { .. } => (meaning.status, "Too many tries. Wait a while and try again."),
            _ if meaning.status.is_server_error() => (meaning.status, "The service is not available. Try again."),
            _ => (StatusCode::BAD_REQUEST, "The request could not be taken."),
        };
        Self { status, error: words, retry_after_s: meaning.retry_after_s }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(json!({ "success": false, "error": self.error }))).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// `success: true` and these members.
pub(super) fn success(mut members: Value) -> Json<Value> {
    members["success"] = true.into();
    Json(members)
}
