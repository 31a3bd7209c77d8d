//! What an error of ElevenLabs means for a whole function. `session`, `check`, `records` and the fetch walk in.
//!
//! All our requests can be repeated, so an ambiguous answer is only a late one. Of what ElevenLabs says only the codes are
//! repeated: its sentences may quote what they are about.

use callpanion_plugin_api::{Answer, Response, Stop, Unreadable, code, codes_in};
use serde_json::Value;

pub(crate) const PAUSE_MS: u32 = 2_000;
/// So many codes of one error are named.
const CODES_MAX: usize = 5;

/// Why the function stops.
pub(crate) fn of(answer: Answer, now_ms: u64) -> Stop {
    let response = match answer {
        Answer::Response(response) => response,
        Answer::Unsent(why) | Answer::Unknown(why) => return Stop::retry(PAUSE_MS, why),
    };
    let body: Value = response.json().unwrap_or_default();
    let code = said(&body["detail"]);
    match response.status {
        _ if is_without_credit(&response) => {
            Stop::misconfigured("the ElevenLabs account has no credit left: top it up or change the plan")
        }
        401 if missing_permission(&response).is_none() => {
            Stop::misconfigured("ElevenLabs does not accept credential `api-key`: make a new key")
        }
        401 | 403 => Stop::misconfigured(format!(
            "the ElevenLabs key may not do this ({code}): give it the right, or change the plan"
        )),
        404 => Stop::misconfigured(format!("ElevenLabs does not know it ({code}): check `agent_id` and `agents`")),
        408 | 409 | 429 | 500.. => Stop::retry(
            response.retry_after_ms(now_ms).unwrap_or(PAUSE_MS),
            format!("ElevenLabs answered {} ({code})", response.status),
        ),
        status => Stop::permanent(format!("ElevenLabs answered {status} ({code})")),
    }
}

/// A success whose body is not what it should be: a proxy's page, perhaps.
pub(crate) fn unreadable(what: &str, error: &Unreadable) -> Stop {
    Stop::retry(PAUSE_MS, format!("ElevenLabs answered something else than {what}: {error}"))
}

/// The permission that the key lacks, and an empty text where it is not named; `None` where something else is wrong.
///
/// The table of ElevenLabs' errors says 403 `insufficient_permissions`; its API answers 401, with the word
/// `missing_permissions` in the older field.
pub(crate) fn missing_permission(response: &Response) -> Option<String> {
    let body: Value = response.json().unwrap_or_default();
    let detail = &body["detail"];
    let is_said = says(detail, &["missing_permissions", "insufficient_permissions"]);
    let named = || codes_in(sentence(detail)).next().unwrap_or_default().to_owned();
    (matches!(response.status, 401 | 403) && is_said).then(named)
}

/// Whether the account has nothing left to spend. The table of ElevenLabs' errors says 402; an older word for it is
/// `quota_exceeded`, which came with 400 and with 401.
pub(crate) fn is_without_credit(response: &Response) -> bool {
    let body: Value = response.json().unwrap_or_default();
    response.status == 402 || (matches!(response.status, 400 | 401) && says(&body["detail"], &["quota_exceeded"]))
}

/// The codes of an error, for people.
pub(crate) fn codes(response: &Response) -> String {
    let body: Value = response.json().unwrap_or_default();
    said(&body["detail"])
}

/// Whether the newer or the older field of an error holds one of these words.
fn says(detail: &Value, words: &[&str]) -> bool {
    let said = [detail["code"].as_str(), detail["status"].as_str()];
    said.into_iter().flatten().any(|word| words.contains(&word))
}

/// The machine's word for an error; the older `status` where there is no `code`.
pub(crate) fn machine_word(detail: &Value) -> Option<&str> {
    detail["code"].as_str().or(detail["status"].as_str()).and_then(code)
}

/// That word, and the codes in the sentence beside it, such as the permission that is missing.
fn said(detail: &Value) -> String {
    let mut codes: Vec<&str> =
        machine_word(detail).into_iter().chain(codes_in(sentence(detail))).take(CODES_MAX).collect();
    codes.dedup();
    if codes.is_empty() { "no code".to_owned() } else { codes.join(", ") }
}

fn sentence(detail: &Value) -> &str {
    detail["message"].as_str().or(detail.as_str()).unwrap_or_default()
}
