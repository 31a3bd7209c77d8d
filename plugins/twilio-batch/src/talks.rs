//! The conversation of a ring, found by our own call id where its batch does not tell it. `inspect` walks in.
//!
//! A batch tells a conversation's id once it dials, as a rule; a batch that was deleted at ElevenLabs tells nothing any
//! more. The list of conversations knows the variables that we sent, and we alone could send them with our key.

use callpanion_plugin_api::channel::{Inspection, RingPhase, RingRef};
use callpanion_plugin_api::{Answer, Ctx, Request, Stop, percent_encode};
use serde::Deserialize;

use crate::Settings;

/// A talk may begin a little before its time by another clock; an earlier try began minutes before.
const SLACK_S: u64 = 60;

#[derive(Deserialize)]
struct Page {
    conversations: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    conversation_id: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    start_time_unix_secs: u64,
}

/// Fills in what the batches left out. A list that cannot be read leaves everything as it is: it is looked at again.
pub(crate) fn fill_in(
    ctx: &mut Ctx,
    settings: &Settings,
    rings: &[RingRef],
    inspections: &mut [Inspection],
) -> Result<(), Stop> {
    let untold: Vec<usize> = (0..rings.len()).filter(|&i| is_untold(&inspections[i])).collect();
    let answers = ctx.http_all(untold.iter().map(|&i| request(settings, &rings[i])).collect())?;
    for (i, answer) in untold.into_iter().zip(answers) {
        let Some(found) = first(&answer) else { continue };
        let inspection = &mut inspections[i];
        if inspection.phase == RingPhase::Unknown {
            inspection.phase = phase(&found.status);
        }
        inspection.conversation = Some(found.conversation_id);
    }
    Ok(())
}

/// Whether somebody may have been reached, and nothing says in which conversation.
fn is_untold(inspection: &Inspection) -> bool {
    inspection.conversation.is_none()
        && matches!(
            inspection.phase,
            // One that was never found has a talk all the same, if it was dialled.
            RingPhase::Talking | RingPhase::Completed | RingPhase::Voicemail | RingPhase::Failed | RingPhase::Unknown
        )
}

fn request(settings: &Settings, ring: &RingRef) -> Request {
    let call = percent_encode(&format!("callpanion_call_id:eq:{}", ring.call_id));
    let from_s = (ring.ring_at_ms / 1_000).saturating_sub(SLACK_S);
    let query = format!("dynamic_variable_params={call}&call_start_after_unix={from_s}&page_size=10");
    Request::get(settings.conversations_url(&query)).credential("api-key")
}

/// The first conversation from the ring's time on: a later one is of a later try.
fn first(answer: &Answer) -> Option<Listed> {
    let Answer::Response(response) = answer else { return None };
    let page: Page = response.json().ok().filter(|_| response.is_success())?;
    page.conversations.into_iter().min_by_key(|listed| listed.start_time_unix_secs)
}

fn phase(status: &str) -> RingPhase {
    match status {
        "initiated" => RingPhase::Ringing,
        "in-progress" => RingPhase::Talking,
        // The conversation itself says how it came out.
        "processing" | "done" | "failed" => RingPhase::Completed,
        _ => RingPhase::Unknown,
    }
}
