//! What push services answer instead of 201, each in its own words.

use std::fmt;

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use serde_json::{Value, json};

/// A refusal; without another name it is Mozilla's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such subscription.
    NotFound,
    /// The browser took its subscription back.
    Gone,
    /// The body is longer than 4096 bytes.
    TooLarge,
    /// A header is missing or wrong: `errno`, and what is wrong.
    Header(u16, &'static str),
    /// The signature is not accepted, and why.
    BadSignature(&'static str),
    /// The browser subscribed to another key.
    OtherKey,
    /// The same, as Google says it.
    OtherKeyByGoogle,
    /// The same, as Apple says it.
    OtherKeyByApple,
    /// The signature is not accepted, as Apple says it.
    BadSignatureByApple,
    /// Too many messages.
    TooMany,
    /// The same, as Windows says it.
    TooManyByWindows,
    /// Not now; without a time.
    Unavailable,
    /// A fault of the push service's own.
    Internal,
}

impl Refusal {
    /// HTTP's status.
    pub fn status(self) -> u16 {
        match self {
            Self::Header(..) | Self::OtherKeyByApple => 400,
            Self::BadSignature(_) | Self::OtherKey => 401,
            Self::OtherKeyByGoogle | Self::BadSignatureByApple => 403,
            Self::NotFound => 404,
            Self::TooManyByWindows => 406,
            Self::Gone => 410,
            Self::TooLarge => 413,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// Whether a sender that does everything right never hears it.
    pub(super) fn is_senders_fault(self) -> bool {
        matches!(self, Self::Header(..) | Self::BadSignature(_) | Self::TooLarge)
    }

    /// JSON, or else plain text.
    pub(super) fn body(self) -> Result<Value, &'static str> {
        let (errno, message) = match self {
            Self::OtherKeyByGoogle => {
                return Err("the VAPID credentials in the authorization header do not correspond to the credentials \
                            used to create the subscriptions.\n");
            }
            Self::TooManyByWindows => return Err(""),
            Self::OtherKeyByApple => return Ok(json!({ "reason": "VapidPkHashMismatch" })),
            Self::BadSignatureByApple => return Ok(json!({ "reason": "BadJwtToken" })),
            Self::NotFound => (102, "Endpoint Not Found"),
            Self::Gone => (106, "Endpoint Gone"),
            Self::TooLarge => (104, "Data payload too large"),
            Self::Header(errno, message) => (errno, message),
            Self::BadSignature(message) => (109, message),
            Self::OtherKey => (109, "VAPID public key mismatch"),
            Self::TooMany => (201, "Too many messages"),
            Self::Unavailable => (201, "Use exponential back-off for retries"),
            Self::Internal => (999, "Unknown error"),
        };
        Ok(json!({ "code": self.status(), "errno": errno, "error": "Refused", "message": message }))
    }

    pub(super) fn respond(self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match self.body() {
            Ok(json) => (status, Json(json)).into_response(),
            Err(text) => (status, text).into_response(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(_, why) | Self::BadSignature(why) => f.write_str(why),
            other => write!(f, "{other:?}"),
        }
    }
}
