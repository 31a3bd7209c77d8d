//! What became of one look at the vendor's side. `mod` makes one of each answer, and the tables read them.

use callpanion_plugin_api::provider::Severity;
use callpanion_plugin_api::{Answer, Failure, Response, Stop};
use serde_json::Value;

use crate::refusal;

const TRY_LATER: &str = "Check again in a few minutes. If it stays so, see whether this machine reaches the internet.";

/// What became of one look.
pub(super) enum Sight {
    /// What the vendor says of it.
    There(Value),
    /// The vendor does not know it.
    Absent,
    /// The vendor does not know the key; its codes.
    BadKey(String),
    /// The key lacks this permission; empty where the vendor does not name it.
    Lacking(String),
    /// The vendor denies it for another reason; its codes.
    Denied(String),
    /// It could not be looked at: how grave, why, and what to do.
    Unseen(Severity, String, String),
}

impl Sight {
    /// What an answer shows.
    pub(super) fn of(answer: Answer, now_ms: u64) -> Self {
        match &answer {
            Answer::Response(response) if response.is_success() => Self::of_success(response),
            Answer::Response(response) if response.status == 404 => Self::Absent,
            Answer::Response(response)
                if matches!(response.status, 401 | 403) && !refusal::is_without_credit(response) =>
            {
                match (refusal::missing_permission(response), response.status) {
                    (Some(permission), _) => Self::Lacking(permission),
                    (None, 401) => Self::BadKey(refusal::codes(response)),
                    (None, _) => Self::Denied(refusal::codes(response)),
                }
            }
            _ => Self::of_stop(refusal::of(answer, now_ms)),
        }
    }

    fn of_success(response: &Response) -> Self {
        match response.json::<Value>() {
            Ok(told) if told.is_object() || told.is_array() => Self::There(told),
            _ => Self::Unseen(Severity::Warning, "the answer is not ElevenLabs'".to_owned(), TRY_LATER.to_owned()),
        }
    }

    fn of_stop(stop: Stop) -> Self {
        match stop {
            Stop::Failed(Failure::Misconfigured(what_to_do)) => {
                Self::Unseen(Severity::Problem, "ElevenLabs refuses".to_owned(), what_to_do)
            }
            Stop::Failed(
                Failure::Retry((_, why)) | Failure::Unknown(why) | Failure::Permanent(why) | Failure::Other((_, why)),
            ) => Self::Unseen(Severity::Warning, why, TRY_LATER.to_owned()),
            Stop::Request(_) => Self::Unseen(Severity::Warning, "no answer came".to_owned(), TRY_LATER.to_owned()),
        }
    }
}
