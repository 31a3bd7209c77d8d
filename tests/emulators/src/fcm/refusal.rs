//! How FCM says no: status, `status` word and the typed detail, per case.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::{Value, json};

/// One of FCM's error answers. `Fault::from` makes a failure of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The registration token is malformed (400 with an `FcmError` detail).
    #[error("the registration token is not a valid FCM registration token")]
    InvalidToken,
    /// The body is wrong (400 with a `BadRequest` detail, no `FcmError`).
    #[error("invalid value at '{field}': {description}")]
    InvalidField {
        /// Path of the field.
        field: String,
        /// What is wrong with it.
        description: String,
    },
    /// The app was removed or the token expired (404 `UNREGISTERED`).
    #[error("requested entity was not found")]
    Unregistered,
    /// The project in the path does not exist (404 without an `FcmError`).
    #[error("unknown project")]
    UnknownProject,
    /// The token belongs to another Firebase project (403).
    #[error("SenderId mismatch")]
    SenderIdMismatch,
    /// The API is off in the project (403 without an `FcmError`).
    #[error("the FCM API is disabled in this project")]
    ServiceDisabled,
    /// The access token is missing, unknown or expired (401).
    #[error("invalid authentication credentials")]
    Unauthenticated,
    /// APNs or Web Push credentials are missing in the project (401).
    #[error("third-party authentication error")]
    ThirdPartyAuth,
    /// Too many messages (429).
    #[error("quota exceeded")]
    QuotaExceeded,
    /// FCM failed (500).
    #[error("internal error")]
    Internal,
    /// FCM is overloaded (503).
    #[error("the service is currently unavailable")]
    Unavailable,
}

impl Refusal {
    pub(crate) fn field(field: impl Into<String>, description: impl Into<String>) -> Self {
        Self::InvalidField { field: field.into(), description: description.into() }
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::InvalidToken | Self::InvalidField { .. } => 400,
            Self::Unauthenticated | Self::ThirdPartyAuth => 401,
            Self::SenderIdMismatch | Self::ServiceDisabled => 403,
            Self::Unregistered | Self::UnknownProject => 404,
            Self::QuotaExceeded => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    fn word(&self) -> &'static str {
        match self.status() {
            400 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            429 => "RESOURCE_EXHAUSTED",
            500 => "INTERNAL",
            _ => "UNAVAILABLE",
        }
    }

    fn detail(&self) -> Option<Value> {
        let code = match self {
            Self::InvalidToken => "INVALID_ARGUMENT",
            Self::Unregistered => "UNREGISTERED",
            Self::SenderIdMismatch => "SENDER_ID_MISMATCH",
            Self::ThirdPartyAuth => "THIRD_PARTY_AUTH_ERROR",
            Self::QuotaExceeded => "QUOTA_EXCEEDED",
            Self::Internal => "INTERNAL",
            Self::Unavailable => "UNAVAILABLE",
            Self::UnknownProject => return None,
            Self::InvalidField { field, description } => {
                return Some(json!({
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [{ "field": field, "description": description }],
                }));
            }
            Self::ServiceDisabled | Self::Unauthenticated => {
                let disabled = *self == Self::ServiceDisabled;
                return Some(json!({
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": if disabled { "SERVICE_DISABLED" } else { "ACCESS_TOKEN_EXPIRED" },
                    "domain": "googleapis.com",
                    "metadata": { "service": "fcm.googleapis.com" },
                }));
            }
        };
        Some(json!({
            "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
            "errorCode": code,
        }))
    }

    pub(crate) fn body(&self) -> Value {
        let mut error = json!({
            "code": self.status(),
            "message": self.to_string(),
            "status": self.word(),
        });
        if let Some(detail) = self.detail() {
            error["details"] = json!([detail]);
        }
        json!({ "error": error })
    }

    pub(crate) fn respond(&self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.body())).into_response()
    }
}
