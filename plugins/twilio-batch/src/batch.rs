//! Looking up what became of submitted rings. `inspect` and `cancel` walk in.
//!
//! A ring whose batch id is known is read directly. One whose submit was ambiguous is looked for in
//! the workspace's list by the batch's name, and is absent only when all was read that may have it:
//! the whole list, or, of a list that is seen to begin with the newest, what is young enough.

use callpanion_plugin_api::channel::{Inspection, RingPhase, RingRef};
use callpanion_plugin_api::flow::{self, Next};
use callpanion_plugin_api::{Answer, Ctx, Request, Stop, percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::submit::{name_prefix, what_to_do};
use crate::{Settings, single};

const PAGE_SIZE: usize = 100;
/// The host answers seven rounds of requests at the most, and the last belongs to whoever searches: to look for talks, or
/// to take back.
const ROUNDS_MAX: usize = 6;
/// A ring is handed over so long before its time at the most: an hour, and as much again for clocks that differ.
const HANDED_OVER_WITHIN_S: u64 = 7_200;
/// So many batches, each no younger than the one before it, are no coincidence: the list begins with the newest. Nobody
/// says so.
const SORTED_AFTER: usize = 20;
const PAUSE_MS: u32 = 5_000;

/// One submitted batch, as ElevenLabs tells it. Unknown fields and states must not break a read.
#[derive(Debug, Deserialize)]
pub(crate) struct Batch {
    pub(crate) id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    status: String,
    /// Seconds since 1970.
    #[serde(default)]
    created_at_unix: Option<u64>,
    #[serde(default)]
    pub(crate) recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Recipient {
    id: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    phone_number: Option<String>,
    #[serde(default)]
    conversation_id: Option<String>,
    #[serde(default)]
    conversation_initiation_client_data: Value,
}

#[derive(Debug, Deserialize)]
struct Page {
    batch_calls: Vec<Batch>,
    #[serde(default)]
    next_doc: Option<String>,
    #[serde(default)]
    has_more: bool,
}

/// Where a ring was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Indices in [`Searched::batches`] and in that batch's recipients.
    Found { batch: usize, recipient: usize },
    /// ElevenLabs certainly never got it.
    Absent,
    /// Not found, and that proves nothing.
    Unknown,
}

/// What a search yields: one place for each ring, in their order.
#[derive(Debug)]
pub(crate) struct Searched {
    pub(crate) batches: Vec<Batch>,
    pub(crate) places: Vec<Place>,
}

impl Batch {
    /// What ElevenLabs says of one recipient. A word that we do not know is never a success.
    pub(crate) fn phase(&self, recipient: usize) -> RingPhase {
        match (self.recipients[recipient].status.as_str(), self.status.as_str()) {
            // A batch that failed as a whole leaves its recipients pending.
            ("pending" | "dispatched", "failed") | ("failed", _) => RingPhase::Failed,
            ("pending", "cancelled") | ("cancelled", _) => RingPhase::Canceled,
            ("pending", _) => RingPhase::Waiting,
            // Dispatched may be dialling already: it can no longer be taken back for sure.
            ("dispatched" | "initiated", _) => RingPhase::Ringing,
            ("in_progress", _) => RingPhase::Talking,
            ("completed", _) => RingPhase::Completed,
            ("voicemail", _) => RingPhase::Voicemail,
            _ => RingPhase::Unknown,
        }
    }

    /// What the host wants to know of a ring that is this recipient.
    pub(crate) fn inspection(&self, ring: RingRef, recipient: usize) -> Inspection {
        Inspection {
            ring_id: ring.ring_id,
            phase: self.phase(recipient),
            reference: Some(self.id.clone()),
            recipient: Some(self.recipients[recipient].id.clone()),
            conversation: self.recipients[recipient].conversation_id.clone(),
        }
    }

    /// The recipient that is this ring: by id; else, in case ElevenLabs gave ids of its own, the only
    /// one with its number that is no other call.
    fn recipient(&self, ring: &RingRef) -> Option<usize> {
        if let Some(i) = self.recipients.iter().position(|r| r.id == ring.ring_id) {
            return Some(i);
        }
        let mut with_number = (0..self.recipients.len())
            .filter(|&i| self.recipients[i].has_number(ring) && self.recipients[i].may_be(&ring.call_id));
        let found = with_number.next();
        // Two callees may share a telephone: then neither can be told by it.
        found.filter(|_| with_number.next().is_none())
    }

    fn has_number(&self, ring: &RingRef) -> bool {
        self.recipients.iter().any(|recipient| recipient.has_number(ring))
    }
}

impl Recipient {
    fn has_number(&self, ring: &RingRef) -> bool {
        digits(self.phone_number.as_deref().unwrap_or_default()) == digits(&ring.address)
    }

    /// Whether the variables that we sent name this call, or none.
    fn may_be(&self, call_id: &str) -> bool {
        let variables = &self.conversation_initiation_client_data["dynamic_variables"];
        variables["callpanion_call_id"].as_str().is_none_or(|id| id == call_id)
    }
}

/// Numbers come back with spaces now and then.
fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// The way to the rings: what is read next, and what was read before.
#[derive(Debug)]
enum State {
    /// The batches whose ids are known.
    ReadKnown,
    /// A page of the workspace's list, for the rings that no batch has yet.
    ReadList { batches: Vec<Batch>, rounds: usize, listed: Listed, last_doc: Option<String> },
    /// The batches on that page which bear the name of a ring.
    ReadNamed { batches: Vec<Batch>, rounds: usize, listed: Listed, page: Page },
    /// All is read that is to be read: whatever may have the rings, or a part of it.
    Place { batches: Vec<Batch>, read_all: bool },
}

/// What was read of the list so far.
#[derive(Clone, Copy, Debug, Default)]
struct Listed {
    number: usize,
    /// When the last one was made; the youngest that may follow, as long as the list is sorted.
    last_at: Option<u64>,
    is_unsorted: bool,
}

impl Listed {
    fn add(mut self, page: &[Batch]) -> Self {
        for batch in page {
            let is_older = matches!((self.last_at, batch.created_at_unix), (None, Some(_)))
                || self.last_at.zip(batch.created_at_unix).is_some_and(|(last, this)| this <= last);
            self.is_unsorted |= !is_older;
            self.last_at = batch.created_at_unix;
            self.number += 1;
        }
        self
    }

    /// Whether what follows is too old to have any of these.
    fn is_past(self, rings: &[RingRef]) -> bool {
        let first_s = rings.iter().filter(|ring| ring.reference.is_none()).map(|ring| ring.ring_at_ms / 1_000).min();
        let is_old = |(last, first): (u64, u64)| last + HANDED_OVER_WITHIN_S < first;
        !self.is_unsorted && self.number >= SORTED_AFTER && self.last_at.zip(first_s).is_some_and(is_old)
    }
}

/// Finds these rings. So many rounds of requests went before.
pub(crate) fn search(ctx: &mut Ctx, settings: &Settings, rings: &[RingRef], before: usize) -> Result<Searched, Stop> {
    flow::run(ctx, State::ReadKnown, |ctx, state| match state {
        State::ReadKnown => {
            let mut ids: Vec<String> = rings.iter().filter_map(|ring| ring.reference.clone()).collect();
            ids.sort();
            ids.dedup();
            let batches = get(ctx, settings, &ids)?;
            let rounds = before + usize::from(!ids.is_empty());
            Ok(Next::Go(State::ReadList { batches, rounds, listed: Listed::default(), last_doc: None }))
        }
        State::ReadList { batches, rounds, listed, last_doc } => {
            let all_found = rings.iter().all(|ring| ring.reference.is_some() || find(&batches, ring).is_some());
            // What a page names takes another round.
            if all_found || rounds + 2 > ROUNDS_MAX {
                return Ok(Next::Go(State::Place { batches, read_all: false }));
            }
            let page = list(ctx, settings, last_doc.as_deref())?;
            let listed = listed.add(&page.batch_calls);
            Ok(Next::Go(State::ReadNamed { batches, rounds: rounds + 1, listed, page }))
        }
        State::ReadNamed { mut batches, rounds, listed, page } => {
            let named: Vec<String> = page
                .batch_calls
                .into_iter()
                .filter(|listed| rings.iter().any(|r| r.reference.is_none() && is_named(listed, r)))
                .filter(|listed| batches.iter().all(|b| b.id != listed.id))
                .map(|listed| listed.id)
                .collect();
            batches.extend(get(ctx, settings, &named)?);
            let rounds = rounds + usize::from(!named.is_empty());
            Ok(Next::Go(match page.next_doc.filter(|_| page.has_more) {
                _ if listed.is_past(rings) => State::Place { batches, read_all: true },
                Some(doc) => State::ReadList { batches, rounds, listed, last_doc: Some(doc) },
                None => State::Place { batches, read_all: !page.has_more },
            }))
        }
        State::Place { batches, read_all } => {
            let now_ms = ctx.now_ms();
            let tells = |ring: &RingRef| read_all && !single::may_be(settings, ring, now_ms);
            let places = rings.iter().map(|ring| place(&batches, ring, tells(ring))).collect();
            Ok(Next::Done(Searched { batches, places }))
        }
    })
}

/// Where a ring is among the batches that were read; `tells` is whether it would be there, had it ever arrived.
fn place(batches: &[Batch], ring: &RingRef, tells: bool) -> Place {
    match find(batches, ring) {
        Some(place) => place,
        // Its number is in a batch of its name, but cannot be told apart: that is not absence.
        None if batches.iter().any(|b| is_named(b, ring) && b.has_number(ring)) => Place::Unknown,
        None if ring.reference.is_none() && tells => Place::Absent,
        None => Place::Unknown,
    }
}

/// The ring's place in the batch of its reference, or in one of its name.
fn find(batches: &[Batch], ring: &RingRef) -> Option<Place> {
    batches.iter().enumerate().find_map(|(batch, b)| {
        let own = match &ring.reference {
            Some(id) => b.id == *id,
            None => is_named(b, ring),
        };
        let recipient = b.recipient(ring).filter(|_| own)?;
        Some(Place::Found { batch, recipient })
    })
}

fn is_named(batch: &Batch, ring: &RingRef) -> bool {
    batch.name.starts_with(&name_prefix(&ring.group_id, ring.ring_at_ms))
}

/// Reads these batches; one that ElevenLabs does not know is left out.
fn get(ctx: &mut Ctx, settings: &Settings, ids: &[String]) -> Result<Vec<Batch>, Stop> {
    let requests = ids.iter().map(|id| Request::get(settings.url(&percent_encode(id))).credential("api-key")).collect();
    let now_ms = ctx.now_ms();
    let answers = ctx.http_all(requests)?;
    answers.into_iter().filter_map(|answer| read(answer, now_ms).transpose()).collect()
}

fn list(ctx: &mut Ctx, settings: &Settings, last_doc: Option<&str>) -> Result<Page, Stop> {
    let from = last_doc.map_or_else(String::new, |doc| format!("&last_doc={}", percent_encode(doc)));
    let url = settings.url(&format!("workspace?limit={PAGE_SIZE}{from}"));
    let now_ms = ctx.now_ms();
    let answer = ctx.http(Request::get(url).credential("api-key"))?;
    read(answer, now_ms)?.ok_or_else(|| Stop::permanent("ElevenLabs has no list of batches"))
}

/// An answer to a GET: the thing, or `None` when there is no such thing.
fn read<T: DeserializeOwned>(answer: Answer, now_ms: u64) -> Result<Option<T>, Stop> {
    match answer {
        Answer::Response(response) if response.is_success() => response
            .json()
            .map(Some)
            // A proxy's page, perhaps: it passes.
            .map_err(|error| Stop::retry(PAUSE_MS, format!("ElevenLabs answered something unreadable: {error}"))),
        Answer::Response(response) => match response.status {
            404 => Ok(None),
            401..=403 => Err(Stop::misconfigured(what_to_do(&response))),
            408 | 409 | 429 | 500.. => Err(Stop::retry(
                response.retry_after_ms(now_ms).unwrap_or(PAUSE_MS),
                format!("ElevenLabs answered {}", response.status),
            )),
            status => Err(Stop::permanent(format!("ElevenLabs answered {status}"))),
        },
        // Reading changes nothing, so an ambiguous answer is only a late one.
        Answer::Unsent(why) | Answer::Unknown(why) => Err(Stop::retry(PAUSE_MS, why)),
    }
}
