//! What happened in one conversation, from the vendor's JSON. `webhook` and the fetch walk in.
//!
//! The shape has changed over the years and goes on changing, so only two ids are required; all else
//! is taken when it is there and of a type that makes sense.

use callpanion_plugin_api::provider::{Collected, Conversation, ConversationOutcome as Outcome, Speaker, Turn};
use serde_json::Value;

/// Reads a conversation object. `ended` is whether the vendor calls it over.
pub(crate) fn read(data: &Value, ended: bool) -> Result<Conversation, String> {
    let mut conversation = with_ids(data)?;
    let metadata = &data["metadata"];
    conversation.turns = turns(&data["transcript"]);
    conversation.outcome = outcome(data, &conversation.turns, ended);
    conversation.started_at_ms = number(&metadata["start_time_unix_secs"]).saturating_mul(1_000);
    conversation.duration_s = seconds(&metadata["call_duration_secs"]);
    conversation.language = text(&metadata["main_language"]);
    conversation.summary = text(&data["analysis"]["transcript_summary"]);
    conversation.collected = collected(&data["analysis"]);
    conversation.reason = text(&metadata["error"]["reason"]).or_else(|| text(&metadata["termination_reason"]));
    conversation.reference = text(&metadata["batch_call"]["batch_call_id"]);
    conversation.recipient = text(&metadata["batch_call"]["batch_call_recipient_id"]);
    conversation.echoed_call_id = text(&variables(data)["callpanion_call_id"]);
    for (name, value) in
        [("call_sid", &metadata["phone_call"]["call_sid"]), ("call_result", &metadata["phone_call"]["call_result"])]
    {
        conversation.extra.extend(text(value).map(|value| (name.to_owned(), value)));
    }
    Ok(conversation)
}

/// Reads the data of a `call_initiation_failure`: no turns, no variables, only ids and a reason.
pub(crate) fn read_failure(data: &Value) -> Result<Conversation, String> {
    let mut conversation = with_ids(data)?;
    let body = &data["metadata"]["body"];
    let reason = text(&data["failure_reason"]).unwrap_or_else(|| "unknown".to_owned());
    let sip = text(&body["SipResponseCode"]).or_else(|| text(&body["sip_status_code"]));
    conversation.outcome = not_reached(&reason)
        // `failed` stands for every other reason: the telephone company's own code may be more precise.
        .or_else(|| not_reached(&text(&body["CallStatus"])?).filter(|outcome| *outcome != Outcome::Failed))
        .or_else(|| sip.as_deref().and_then(not_reached_by_sip))
        .unwrap_or(Outcome::Failed);
    let sid = text(&body["CallSid"]).or_else(|| text(&body["call_sid"]));
    conversation.extra.extend(sid.map(|sid| ("call_sid".to_owned(), sid)));
    conversation.reason = Some(match sip {
        Some(code) => format!("{reason}, SIP {code}"),
        None => reason,
    });
    Ok(conversation)
}

/// An empty conversation with the two ids that must be there. For some hours in 2026 the first was
/// missing from its place, but not from the variables.
fn with_ids(data: &Value) -> Result<Conversation, String> {
    let variables = variables(data);
    let id = |name: &str| {
        text(&data[name])
            .or_else(|| text(&variables[format!("system__{name}").as_str()]))
            .ok_or_else(|| format!("no {name}"))
    };
    Ok(Conversation {
        conversation: id("conversation_id")?,
        agent: id("agent_id")?,
        outcome: Outcome::Failed,
        started_at_ms: 0,
        duration_s: 0,
        language: None,
        turns: Vec::new(),
        summary: None,
        collected: Vec::new(),
        reason: None,
        reference: None,
        recipient: None,
        echoed_call_id: None,
        extra: Vec::new(),
    })
}

fn variables(data: &Value) -> &Value {
    &data["conversation_initiation_client_data"]["dynamic_variables"]
}

/// The outcome; the first rule that fits wins.
fn outcome(data: &Value, turns: &[Turn], ended: bool) -> Outcome {
    let metadata = &data["metadata"];
    if !ended {
        return Outcome::Running;
    }
    let result = text(&metadata["phone_call"]["call_result"]);
    if let Some(outcome) = result.as_deref().and_then(not_reached) {
        return outcome;
    }
    if metadata["features_usage"]["voicemail_detection"]["used"] == true {
        return Outcome::Voicemail;
    }
    if data["status"] == "failed" || !metadata["error"].is_null() {
        return Outcome::Failed;
    }
    let callee_spoke = if turns.is_empty() {
        // A webhook may leave the turns out, and still count them; without a count we believe the
        // analysis that there was a talk.
        let counted = &data["user_message_count"];
        let left_out = !data["transcript"].is_array();
        number(counted) > 0 || (left_out && counted.is_null())
    } else {
        turns.iter().any(|turn| turn.speaker == Speaker::Callee)
    };
    match result.as_deref() {
        _ if callee_spoke => Outcome::Answered,
        None | Some("answered") => Outcome::AnsweredSilent,
        // A result that we do not know, and nobody spoke: not a success.
        Some(_) => Outcome::Failed,
    }
}

/// The outcome that a vendor's word for "nobody was reached" means. ElevenLabs writes `no_answer` in
/// one place and Twilio's `no-answer` in another.
fn not_reached(word: &str) -> Option<Outcome> {
    match word {
        "busy" => Some(Outcome::Busy),
        "no-answer" | "no_answer" => Some(Outcome::NoAnswer),
        "voicemail" => Some(Outcome::Voicemail),
        "failed" => Some(Outcome::Failed),
        _ => None,
    }
}

fn not_reached_by_sip(code: &str) -> Option<Outcome> {
    match code {
        "486" | "600" => Some(Outcome::Busy),
        "408" | "480" | "487" => Some(Outcome::NoAnswer),
        _ => None,
    }
}

/// What was said. Turns of tools have no text, and silence comes as dots: neither is speech.
fn turns(transcript: &Value) -> Vec<Turn> {
    let said = |turn: &Value| {
        let speaker = match turn["role"].as_str()? {
            "agent" => Speaker::Agent,
            "user" => Speaker::Callee,
            _ => return None,
        };
        let message = turn["message"].as_str()?.trim();
        let silent = message.chars().all(|c| matches!(c, '.' | '…' | ' '));
        (!silent).then(|| Turn { speaker, text: message.to_owned(), at_s: seconds(&turn["time_in_call_secs"]) })
    };
    transcript.as_array().into_iter().flatten().filter_map(said).collect()
}

/// The values that the agent collected. Each is an object of value and rationale; older agents gave
/// the bare value.
fn collected(analysis: &Value) -> Vec<Collected> {
    let read = |name: &str, item: &Value| Collected {
        name: name.to_owned(),
        value: item.get("value").filter(|_| item.is_object()).unwrap_or(item).to_string(),
        rationale: text(&item["rationale"]).unwrap_or_default(),
    };
    if let Some(map) = analysis["data_collection_results"].as_object().filter(|m| !m.is_empty()) {
        return map.iter().map(|(name, item)| read(name, item)).collect();
    }
    let list = analysis["data_collection_results_list"].as_array();
    list.into_iter().flatten().filter_map(|item| Some(read(item["data_collection_id"].as_str()?, item))).collect()
}

/// A text that says something, or a number in its place.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A number, also where it comes as text or with a fraction, which is dropped; else 0.
fn number(value: &Value) -> u64 {
    let whole = text(value).unwrap_or_default();
    whole.split('.').next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn seconds(value: &Value) -> u32 {
    u32::try_from(number(value)).unwrap_or(u32::MAX)
}
