//! What Google's answers mean for a ring. `ring` walks in.
//!
//! The rule that matters: an address is retired only when an `FcmError` says so, never because of an HTTP status, and
//! where the operator's project id may be what is wrong, only when the same list proves that it is right. A wrong
//! project id must un-pair nobody.
//!
//! Of Google's words only the codes go into a reason: its sentences may quote the push address.

use callpanion_plugin_api::channel::Verdict;
use callpanion_plugin_api::channel_check::{Finding, Severity};
use callpanion_plugin_api::{Response, Stop, code};
use serde::Deserialize;

use crate::Settings;

/// Google asks for a minute after a 429 without Retry-After.
const QUOTA_PAUSE_MS: u32 = 60_000;
/// A pause before the next try where Google names none: a ring lives for seconds.
pub(crate) const SHORT_PAUSE_MS: u32 = 1_000;
/// So many addresses of another project in one list, and as many as were taken, are no accident.
const MANY: usize = 3;
/// The target's own fields, as Google names them in a violation.
const TARGETS: [&str; 2] = ["message.token", "message.fid"];
const SUSPECT: &str = "INVALID_ARGUMENT: the push address or the message is malformed";

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

    /// The first field of the message that Google rejects, the target's own aside.
    fn field(&self) -> Option<&str> {
        let mut fields = self.details.iter().flat_map(|d| &d.field_violations).filter_map(|v| code(&v.field));
        fields.find(|field| !TARGETS.contains(field))
    }
}

/// The verdict on one ring, as far as its own answer tells: [`together`] has the last word.
pub(crate) fn of(settings: &Settings, response: &Response, now_ms: u64) -> Verdict {
    if response.is_success() {
        // Accepted by Google, not delivered: only the phone's own word proves that it rang.
        return Verdict::Accepted(response.json::<Sent>().ok().map(|sent| sent.name));
    }
    // Google's front end may answer in HTML: then the status is all we know.
    let error = response.json::<Failed>().unwrap_or_default().error;
    let pause = |default_ms| response.retry_after_ms(now_ms).unwrap_or(default_ms);
    match (response.status, error.fcm_code()) {
        (404, "UNREGISTERED") => Verdict::Gone("UNREGISTERED".to_owned()),
        (403, "SENDER_ID_MISMATCH") => Verdict::Misconfigured(foreign(settings)),
        (400, fcm_code) => match error.field() {
            Some(field) => Verdict::Misconfigured(format!(
                "Google rejects the message's field {field}: check `caller_name` and `avatar`; if they are right, it is a \
                 fault of this plugin, to be reported to its makers"
            )),
            None if fcm_code == "INVALID_ARGUMENT" => Verdict::Refused(SUSPECT.to_owned()),
            None => Verdict::Refused(format!("Google rejects the message ({})", error.reason())),
        },
        (401, "THIRD_PARTY_AUTH_ERROR") => Verdict::Misconfigured(
            "Firebase lacks the APNs or web-push key of this address: add it in the Firebase console".to_owned(),
        ),
        // The host has bought a fresh access token by now, and this is the answer to that one.
        (401, _) => Verdict::Misconfigured(match response.clock_fault(now_ms) {
            Some(fault) => format!("Google does not accept the service account: {fault}"),
            None => "Google does not accept the service account: check credential `service-account` and the server's \
                     clock"
                .to_owned(),
        }),
        (403, _) => Verdict::Misconfigured(format!(
            "the service account may not send in the project `{}` ({}): check `project_id`, enable the Firebase Cloud \
             Messaging API there, and give the account the role `Firebase Cloud Messaging API Admin`",
            settings.project_id,
            error.reason()
        )),
        (404, _) => Verdict::Misconfigured(format!(
            "Google does not know the project `{}`: set `project_id` to the one in the service account's JSON file, and \
             check `base_url`",
            settings.project_id
        )),
        (429, _) => Verdict::Retry((pause(QUOTA_PAUSE_MS), "quota exceeded".to_owned())),
        (503, _) => Verdict::Retry((pause(SHORT_PAUSE_MS), "Google is unavailable".to_owned())),
        // The message may have gone out before the error.
        (status @ (408 | 500..), _) => Verdict::Unknown(format!("Google answered {status} ({})", error.reason())),
        (status, _) => Verdict::Refused(format!("Google answered {status} ({})", error.reason())),
    }
}

/// What Google's answer to a message to nobody says of the set-up: that it looked for the phone proves the rest.
pub(crate) fn finding(settings: &Settings, response: &Response, now_ms: u64) -> Result<Finding, Stop> {
    match of(settings, response, now_ms) {
        Verdict::Accepted(_) | Verdict::Gone(_) => Ok(in_order(settings)),
        Verdict::Refused(why) if why == SUSPECT => Ok(in_order(settings)),
        Verdict::Misconfigured(why) => Err(Stop::misconfigured(why)),
        Verdict::Retry((after_ms, why)) => Err(Stop::retry(after_ms, why)),
        Verdict::Unknown(why) => Err(Stop::retry(SHORT_PAUSE_MS, why)),
        Verdict::Refused(why) | Verdict::Other((_, why)) => Ok(Finding::new(
            Severity::Warning,
            format!("{why}, which tells nothing of the set-up."),
            "Check `base_url`, and that no proxy answers in Google's place.",
        )),
    }
}

fn in_order(settings: &Settings) -> Finding {
    let what = format!("Google takes messages for the project `{}` from the service account.", settings.project_id);
    Finding::new(Severity::Ok, what, "")
}

/// The verdicts of one list in the light of each other. A ring that Google took proves that the project and the shape of
/// the message are right; what Google then says of another ring's address is the address's own fault, and retires it.
///
/// Unless it says of many at once that they are another project's: then the phones are as they were, and the
/// configuration is not, whatever the one is that was taken. The staff is told, and nobody is un-paired.
pub(crate) fn together(settings: &Settings, mut verdicts: Vec<Verdict>) -> Vec<Verdict> {
    let foreign = Verdict::Misconfigured(foreign(settings));
    let taken = verdicts.iter().filter(|verdict| verdict.is_accepted()).count();
    let strangers = verdicts.iter().filter(|verdict| **verdict == foreign).count();
    let are_many = strangers >= MANY && strangers >= taken;
    if taken == 0 && !are_many {
        return verdicts;
    }
    let suspect = Verdict::Refused(SUSPECT.to_owned());
    for verdict in &mut verdicts {
        if *verdict == foreign {
            *verdict = if are_many {
                Verdict::Misconfigured(all_foreign(settings))
            } else {
                Verdict::Gone("SENDER_ID_MISMATCH: the phone's app belongs to another Firebase project".to_owned())
            };
        } else if taken > 0 && *verdict == suspect {
            *verdict = Verdict::Gone("INVALID_ARGUMENT: the push address is malformed".to_owned());
        }
    }
    verdicts
}

/// What to do about many addresses of another project. It does not say how many: of alerts that say the same there is one.
fn all_foreign(settings: &Settings) -> String {
    format!(
        "SENDER_ID_MISMATCH for several phones at once: their app belongs to another Firebase project than `{}`. Set \
         `project_id`, and the credential `service-account`, to the project that the app was built with. If you have \
         moved to this one on purpose, these phones need the new app, and must be paired anew",
        settings.project_id
    )
}

/// What to do about an address of another project: either of the two may be the wrong one.
fn foreign(settings: &Settings) -> String {
    format!(
        "SENDER_ID_MISMATCH: this phone's app belongs to another Firebase project than `{}`. If no phone rings, set \
         `project_id`, and the credential `service-account`, to the project that the app was built with; if others do, \
         this phone needs the app of yours, and must be paired anew",
        settings.project_id
    )
}
