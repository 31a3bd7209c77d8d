//! Single calls: one that is due at once is made by itself, where the operator wants that. `submit`, `inspect` and `cancel`
//! walk in.
//!
//! ElevenLabs tells the conversation's id at once, and keeps neither a name of the call nor a way to take it back. So the
//! request is never repeatable, a call whose reply is lost is looked for by our call id, and that it is not found proves
//! nothing: it is never made again.

use callpanion_plugin_api::channel::{Inspection, Ring, RingPhase, RingRef, Verdict};
use callpanion_plugin_api::{Answer, Ctx, Request, Response, Stop, codes_in, percent_encode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Settings;
use crate::submit::{self, SHORT_PAUSE_MS};

/// Due at once: it takes ElevenLabs and the telephone network as long to make a phone ring. "Call now" is handed over three
/// seconds ahead.
const SOON_MS: u64 = 5_000;
/// Stands before a conversation's id where else a batch's id is the reference.
const MARK: &str = "call:";

/// The reply. The vendor writes both spellings.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Placed {
    success: Option<bool>,
    message: String,
    conversation_id: Option<String>,
    #[serde(rename = "callSid")]
    call_sid: Option<String>,
}

/// Whether a ring of this time is made by itself when it is handed over now.
pub(crate) fn is_due(settings: &Settings, ring_at_ms: u64, now_ms: u64) -> bool {
    settings.single_calls && ring_at_ms <= now_ms.saturating_add(SOON_MS)
}

/// Makes the call.
pub(crate) fn request(settings: &Settings, ring: &Ring, now_ms: u64) -> Request {
    let body = json!({
        "agent_id": settings.agent(&ring.language),
        "agent_phone_number_id": settings.agent_phone_number_id,
        "to_number": ring.address,
        "conversation_initiation_client_data": submit::client_data(settings, ring),
        "telephony_call_config": {"ringing_timeout_secs": submit::ringing_s(settings, ring, now_ms)},
    });
    Request::post(settings.outbound_call_url()).json(&body).credential("api-key").timeout_ms(30_000)
}

/// What the reply means for the ring.
pub(crate) fn verdict(answer: &Answer, now_ms: u64) -> Verdict {
    match answer {
        Answer::Response(response) if response.is_success() => placed(response),
        Answer::Response(response) => submit::refusal(response, "the call", 0, now_ms),
        Answer::Unsent(why) => Verdict::Retry((SHORT_PAUSE_MS, why.clone())),
        Answer::Unknown(why) => Verdict::Unknown(why.clone()),
    }
}

fn placed(response: &Response) -> Verdict {
    let Ok(placed) = response.json::<Placed>() else {
        // It was taken, whatever is said of it: it must not be made again.
        return Verdict::Accepted(None);
    };
    match placed {
        Placed { conversation_id: Some(conversation), .. } => Verdict::Accepted(Some(reference(&conversation))),
        Placed { success: Some(false), call_sid: None, message, .. } => {
            let codes: Vec<&str> = codes_in(&message).collect();
            let codes = if codes.is_empty() { "no code".to_owned() } else { codes.join(", ") };
            Verdict::Refused(format!("ElevenLabs could not place the call: {codes}"))
        }
        Placed { .. } => Verdict::Accepted(None),
    }
}

/// What a single call is known by.
pub(crate) fn reference(conversation: &str) -> String {
    format!("{MARK}{conversation}")
}

/// The conversation of a ring that was made by itself.
pub(crate) fn conversation(ring: &RingRef) -> Option<&str> {
    ring.reference.as_deref()?.strip_prefix(MARK)
}

/// Whether a ring without a reference may have been made by itself: then no list of batches tells that it is absent.
pub(crate) fn may_be(settings: &Settings, ring: &RingRef, now_ms: u64) -> bool {
    // It was handed over before now.
    ring.reference.is_none() && is_due(settings, ring.ring_at_ms, now_ms)
}

/// What became of the rings that were made by themselves; `None` for the others. Whatever ElevenLabs answers, the
/// conversation is known.
pub(crate) fn look(ctx: &mut Ctx, settings: &Settings, rings: &[RingRef]) -> Result<Vec<Option<Inspection>>, Stop> {
    let single: Vec<(&RingRef, &str)> =
        rings.iter().filter_map(|ring| conversation(ring).map(|conversation| (ring, conversation))).collect();
    let url = |id: &str| settings.conversation_url(&percent_encode(id));
    let get = |(_, id): &(&RingRef, &str)| Request::get(url(id)).credential("api-key");
    let answers = ctx.http_all(single.iter().map(get).collect())?;
    let mut inspections = single.into_iter().zip(&answers).map(|((ring, id), answer)| Inspection {
        ring_id: ring.ring_id.clone(),
        phase: phase(answer),
        reference: ring.reference.clone(),
        recipient: None,
        conversation: Some(id.to_owned()),
    });
    Ok(rings.iter().map(|ring| conversation(ring).and_then(|_| inspections.next())).collect())
}

/// How far a conversation has come. A word that we do not know is never a success.
fn phase(answer: &Answer) -> RingPhase {
    let Answer::Response(response) = answer else { return RingPhase::Unknown };
    let told: Value = response.json().ok().filter(|_| response.is_success()).unwrap_or_default();
    let result = told["metadata"]["phone_call"]["call_result"].as_str();
    match (told["status"].as_str(), result) {
        (Some("initiated"), _) => RingPhase::Ringing,
        (Some("in-progress"), _) => RingPhase::Talking,
        (Some("failed"), _) | (Some("processing" | "done"), Some("busy" | "no_answer" | "failed")) => RingPhase::Failed,
        (Some("processing" | "done"), Some("voicemail")) => RingPhase::Voicemail,
        (Some("processing" | "done"), _) => RingPhase::Completed,
        _ => RingPhase::Unknown,
    }
}
