//! `twilio-batch`: rings ordinary telephones through ElevenLabs batch calling over Twilio.
//!
//! The host walks in through [`Channel`]. `submit` hands calls over ahead of their time, `batch` asks
//! what became of them, `talks` finds conversations that a batch does not tell, `single` makes a call that is due at once by
//! itself, and this room maps that to the host's words.
//!
//! ElevenLabs has no idempotency key: a submit that timed out may have rung a phone. So a submit is
//! never repeatable, carries a name derived from the host's group id, and an ambiguous one is looked
//! up by that name.

mod batch;
mod single;
mod submit;
mod talks;

use callpanion_plugin_api::channel::{Channel, Inspection, Ring, RingPhase, RingRef, Verdict};
use callpanion_plugin_api::channel_check::{ChannelCheck, Finding, Severity};
use callpanion_plugin_api::flow::{self, Next};
use callpanion_plugin_api::{Answer, Ctx, Request, Stop, percent_encode};
use serde::Deserialize;
use std::collections::BTreeMap;

use batch::{Place, Searched};

/// No ring has it.
const NOTHING: &str = "00000000-0000-0000-0000-000000000000";

/// The plugin.
pub struct TwilioBatch;

/// The `settings` of the plugin, as `plugin.toml` describes them.
#[derive(Deserialize)]
struct Settings {
    #[serde(default = "elevenlabs")]
    base_url: String,
    agent_id: String,
    #[serde(default)]
    agents: BTreeMap<String, String>,
    agent_phone_number_id: String,
    #[serde(default = "forty")]
    ringing_timeout_s: u64,
    #[serde(default)]
    target_concurrency_limit: Option<u32>,
    #[serde(default)]
    override_language: bool,
    #[serde(default)]
    single_calls: bool,
}

fn elevenlabs() -> String {
    "https://api.elevenlabs.io".to_owned()
}

const fn forty() -> u64 {
    40
}

impl Settings {
    fn url(&self, path: &str) -> String {
        self.agents_url(&format!("batch-calling/{path}"))
    }

    fn outbound_call_url(&self) -> String {
        self.agents_url("twilio/outbound-call")
    }

    fn conversation_url(&self, id: &str) -> String {
        self.agents_url(&format!("conversations/{id}"))
    }

    fn conversations_url(&self, query: &str) -> String {
        self.agents_url(&format!("conversations?{query}"))
    }

    fn agents_url(&self, path: &str) -> String {
        format!("{}/v1/convai/{path}", self.base_url.trim_end_matches('/'))
    }

    /// The agent for a language tag; only its first part counts.
    fn agent(&self, language: &str) -> &str {
        let primary = language.split(['-', '_']).next().unwrap_or(language);
        self.agents.get(primary).unwrap_or(&self.agent_id)
    }
}

impl Channel for TwilioBatch {
    fn ring(ctx: &mut Ctx, rings: Vec<Ring>) -> Result<Vec<Verdict>, Stop> {
        let settings: Settings = ctx.settings()?;
        submit::all(ctx, &settings, &rings)
    }

    fn inspect(ctx: &mut Ctx, rings: Vec<RingRef>) -> Result<Vec<Inspection>, Stop> {
        let settings: Settings = ctx.settings()?;
        let now_ms = ctx.now_ms();
        let single = single::look(ctx, &settings, &rings)?;
        let batched = batched(&rings);
        let rounds = usize::from(batched.len() < rings.len());
        let searched = batch::search(ctx, &settings, &batched, rounds)?;
        let inspect = |(ring, place): (RingRef, &Place)| match *place {
            Place::Found { batch, recipient } => searched.batches[batch].inspection(ring, recipient),
            Place::Absent => Inspection::of(ring, RingPhase::Absent),
            Place::Unknown => Inspection::unknown(ring),
        };
        let mut inspections: Vec<Inspection> = batched.iter().cloned().zip(&searched.places).map(inspect).collect();
        talks::fill_in(ctx, &settings, &batched, &mut inspections)?;
        for (ring, inspection) in batched.iter().zip(&mut inspections) {
            if inspection.reference.is_none() && single::may_be(&settings, ring, now_ms) {
                // Found by our call id: from now on it is asked for by its own.
                inspection.reference = inspection.conversation.as_deref().map(single::reference);
            }
        }
        let mut inspections = inspections.into_iter();
        Ok(single.into_iter().filter_map(|single| single.or_else(|| inspections.next())).collect())
    }

    fn cancel(ctx: &mut Ctx, rings: Vec<RingRef>) -> Result<Vec<bool>, Stop> {
        let settings: Settings = ctx.settings()?;
        let batched = batched(&rings);
        flow::run(ctx, Cancel::Search, |ctx, state| match state {
            Cancel::Search => Ok(Next::Go(Cancel::TakeBack(batch::search(ctx, &settings, &batched, 0)?))),
            Cancel::TakeBack(searched) => {
                let batches: Vec<usize> =
                    (0..searched.batches.len()).filter(|&batch| may_cancel(&searched, batch)).collect();
                let request = |&batch: &usize| {
                    let id = percent_encode(&searched.batches[batch].id);
                    // Cancelling twice does no harm.
                    Request::post(settings.url(&format!("{id}/cancel"))).credential("api-key").repeatable()
                };
                let answers = ctx.http_all(batches.iter().map(request).collect())?;
                let canceled: Vec<usize> =
                    batches.into_iter().zip(answers).filter(|(_, a)| is_canceled(a)).map(|(batch, _)| batch).collect();
                let mut silent = searched.places.iter().map(|place| will_not_ring(&searched, *place, &canceled));
                // One that was made by itself cannot be taken back.
                let is_silent = |ring: &RingRef| single::conversation(ring).is_none() && silent.next() == Some(true);
                Ok(Next::Done(rings.iter().map(is_silent).collect()))
            }
        })
    }
}

impl ChannelCheck for TwilioBatch {
    /// Looks for a batch that never was, with the key that hands calls over. Agent and number are looked at by the
    /// provider's own check.
    fn check(ctx: &mut Ctx) -> Result<Vec<Finding>, Stop> {
        let settings: Settings = ctx.settings()?;
        let nothing = RingRef {
            ring_id: NOTHING.to_owned(),
            call_id: NOTHING.to_owned(),
            group_id: NOTHING.to_owned(),
            address: String::new(),
            environment: String::new(),
            ring_at_ms: ctx.now_ms(),
            reference: None,
        };
        // Whether anything was found is no matter: that the list could be read is what was asked.
        batch::search(ctx, &settings, &[nothing], 0)?;
        Ok(vec![Finding::new(Severity::Ok, "ElevenLabs answers, and accepts the key for batch calls.", "")])
    }
}

/// Those of the rings that were not made by themselves, as far as is known.
fn batched(rings: &[RingRef]) -> Vec<RingRef> {
    rings.iter().filter(|ring| single::conversation(ring).is_none()).cloned().collect()
}

/// The way to take rings back.
#[derive(Debug)]
enum Cancel {
    /// Find them.
    Search,
    /// Cancel the batches that are wanted back as a whole.
    TakeBack(Searched),
}

/// Whether a ring certainly stays silent, now that these batches are canceled.
fn will_not_ring(searched: &Searched, place: Place, canceled: &[usize]) -> bool {
    match place {
        Place::Found { batch, recipient } => match searched.batches[batch].phase(recipient) {
            RingPhase::Canceled => true,
            RingPhase::Waiting => canceled.contains(&batch),
            _ => false,
        },
        Place::Absent => true,
        Place::Unknown => false,
    }
}

/// Whether the host wants everything in this batch back. A cancel takes back all its recipients, so
/// one that the host did not name forbids it; and so does a talk, which a cancel might cut off.
fn may_cancel(searched: &Searched, batch: usize) -> bool {
    let phases = |wanted| move |&i: &usize| searched.batches[batch].phase(i) == wanted;
    let all: Vec<usize> = (0..searched.batches[batch].recipients.len()).collect();
    all.iter().all(|&recipient| searched.places.contains(&Place::Found { batch, recipient }))
        && all.iter().any(phases(RingPhase::Waiting))
        && !all.iter().any(phases(RingPhase::Talking))
}

fn is_canceled(answer: &Answer) -> bool {
    #[derive(Deserialize)]
    struct Canceled {
        status: String,
    }
    matches!(answer, Answer::Response(response) if response.is_success()
        && response.json::<Canceled>().is_ok_and(|c| c.status == "cancelled"))
}

callpanion_plugin_api::channel!(TwilioBatch, id = "twilio-batch");
callpanion_plugin_api::channel_check!(TwilioBatch);

#[cfg(test)]
mod tests;
