//! Errors over HTTP: one exhaustive match from what a service says to a status
//! and a stable code. Machines get `application/problem+json` (RFC 9457),
//! people get a page ([`super::pages`]), the phone app gets its own shape.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::services::ServiceError;
use crate::services::error::PluginFailure;

/// What an error means over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// The status.
    pub(crate) status: StatusCode,
    /// A stable word for machines, and a key of the Fluent files.
    pub(crate) code: &'static str,
    /// The field that is wrong.
    pub(crate) field: Option<&'static str>,
    /// Seconds until another try makes sense.
    pub(crate) retry_after_s: Option<u64>,
}

impl Meaning {
    fn of(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, field: None, retry_after_s: None }
    }
}

impl From<&ServiceError> for Meaning {
    fn from(error: &ServiceError) -> Self {
        match error {
            ServiceError::NotFound => Self::of(StatusCode::NOT_FOUND, "not-found"),
            ServiceError::Unauthenticated => Self::of(StatusCode::UNAUTHORIZED, "unauthenticated"),
            ServiceError::Forbidden => Self::of(StatusCode::FORBIDDEN, "forbidden"),
            ServiceError::Conflict(code) => Self::of(StatusCode::CONFLICT, code),
            ServiceError::Gone(code) => Self::of(StatusCode::GONE, code),
            ServiceError::Invalid { field, code } => {
                Self { field: Some(field), ..Self::of(StatusCode::UNPROCESSABLE_ENTITY, code) }
            }
            ServiceError::Throttled { retry_after_s } => {
                Self { retry_after_s: Some(*retry_after_s), ..Self::of(StatusCode::TOO_MANY_REQUESTS, "too-often") }
            }
            ServiceError::Unavailable(_) => {
                Self { retry_after_s: Some(5), ..Self::of(StatusCode::SERVICE_UNAVAILABLE, "unavailable") }
            }
            ServiceError::Plugin(
                PluginFailure::Retry { .. } | PluginFailure::Resting { .. } | PluginFailure::Unknown(_),
            ) => Self { retry_after_s: Some(2), ..Self::of(StatusCode::SERVICE_UNAVAILABLE, "vendor-unavailable") },
            ServiceError::Plugin(_) => Self::of(StatusCode::BAD_GATEWAY, "vendor-failed"),
            ServiceError::Db(_) => Self::of(StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

/// Logs what the operator should know of, once, where it is handled. Returns
/// the reference that the person is shown.
pub(crate) fn log(error: &ServiceError) -> String {
    let reference = uuid::Uuid::now_v7().simple().to_string()[20..].to_owned();
    if matches!(error, ServiceError::Db(_) | ServiceError::Plugin(_) | ServiceError::Unavailable(_)) {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        tracing::error!(reference, %error, cause, "a request failed");
    }
    reference
}

/// An error for machines.
#[derive(Debug)]
pub(crate) struct Problem(pub(crate) ServiceError);

impl<E: Into<ServiceError>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let reference = log(&self.0);
        let meaning = Meaning::from(&self.0);
        let body = json!({
            "type": "about:blank",
            "title": meaning.status.canonical_reason(),
            "status": meaning.status.as_u16(),
            "code": meaning.code,
            "field": meaning.field,
            "reference": reference,
        });
        let mut response = (meaning.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = meaning.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
