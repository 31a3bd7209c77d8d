//! What Google's answers mean for a ring. `ring` walks in.
//!
//! The rule that matters: an address is retired only when an `FcmError` says so, never because of an
//! HTTP status. A wrong project id also answers 404, and would otherwise un-pair every phone.
//!
//! Of Google's words only the codes go into a reason: its sentences may quote the push address.

use callpanion_plugin_api::channel::Verdict;
use callpanion_plugin_api::{Response, code};
use serde::Deserialize;

/// Google asks for a minute after a 429 without Retry-After.
const QUOTA_PAUSE_MS: u32 = 60_000;
/// A pause before the next try where Google names none: a ring lives for seconds.
const SHORT_PAUSE_MS: u32 = 1_000;

#[derive(Deserialize)]
struct Sent {
    name: String,
}

#[derive(Default, Deserialize)]
struct Failed {
    #[serde(default)]
    error: Error,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Error {
    status: String,
    details: Vec<Detail>,
}

/// One of several kinds of detail; only the fields that we read.
#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
#[derive(Default)]
struct Detail {
    #[serde(rename = "@type")]
    kind: String,
    error_code: String,
    reason: String,
    field_violations: Vec<FieldViolation>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct FieldViolation {
    field: String,
}

impl Error {
    fn fcm_code(&self) -> &str {
        self.details.iter().find(|d| d.kind.ends_with("google.firebase.fcm.v1.FcmError")).map_or("", |d| &d.error_code)
    }

    /// Google's most telling code, or that there is none.
    fn reason(&self) -> &str {
        let mut reasons = self.details.iter().filter_map(|d| code(&d.reason));
        reasons.next().or_else(|| code(self.fcm_code())).or_else(|| code(&self.status)).unwrap_or("no code")
    }

    fn field(&self) -> Option<&str> {
        self.details.iter().flat_map(|d| &d.field_violations).find_map(|v| code(&v.field))
    }
}

/// The verdict on one ring.
pub(crate) fn of(response: &Response, now_ms: u64) -> Verdict {
    if response.is_success() {
        // Accepted by Google, not delivered: only the phone's own word proves that it rang.
        return Verdict::Accepted(response.json::<Sent>().ok().map(|sent| sent.name));
    }
    // Google's front end may answer in HTML: then the status is all we know.
    let error = response.json::<Failed>().unwrap_or_default().error;
    let pause = |default_ms| response.retry_after_ms(now_ms).unwrap_or(default_ms);
    match (response.status, error.fcm_code()) {
        (404, "UNREGISTERED") => Verdict::Gone("UNREGISTERED".to_owned()),
        (403, "SENDER_ID_MISMATCH") => {
            Verdict::Gone("SENDER_ID_MISMATCH: the phone's app belongs to another Firebase project".to_owned())
        }
        (400, "INVALID_ARGUMENT") => {
            Verdict::Refused("INVALID_ARGUMENT: the push address or the message is malformed".to_owned())
        }
        (400, _) => Verdict::Refused(match error.field() {
            Some(field) => format!("Google rejects the message's field {field}"),
            None => format!("Google rejects the message ({})", error.reason()),
        }),
        (401, "THIRD_PARTY_AUTH_ERROR") => Verdict::Misconfigured(
            "Firebase lacks the APNs or web-push key of this address: add it in the Firebase \
             console"
                .to_owned(),
        ),
        (401, _) => Verdict::Misconfigured(
            "Google does not accept the service account: check credential `service-account` and \
             the server's clock"
                .to_owned(),
        ),
        (403, _) => Verdict::Misconfigured(format!(
            "the service account may not send ({}): enable the Firebase Cloud Messaging API and \
             give it the role `Firebase Cloud Messaging API Admin`",
            error.reason()
        )),
        (404, _) => {
            Verdict::Misconfigured("Google does not know the project: check `project_id` and `base_url`".to_owned())
        }
        (429, _) => Verdict::Retry((pause(QUOTA_PAUSE_MS), "quota exceeded".to_owned())),
        (503, _) => Verdict::Retry((pause(SHORT_PAUSE_MS), "Google is unavailable".to_owned())),
        // The message may have gone out before the error.
        (status @ (408 | 500..), _) => Verdict::Unknown(format!("Google answered {status} ({})", error.reason())),
        (status, _) => Verdict::Refused(format!("Google answered {status} ({})", error.reason())),
    }
}
