//! Handing calls over ahead of their time. `ring` walks in.
//!
//! Rings that share group, agent and moment become one batch; one that is due at once may be a call by itself.

use std::collections::BTreeMap;

use callpanion_plugin_api::channel::{Ring, Verdict};
use callpanion_plugin_api::{Answer, Ctx, Request, Response, Stop, code, codes_in};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{Settings, single};

/// Twilio may add five seconds to a ringing timeout.
const TWILIO_BUFFER_S: u64 = 5;
/// A phone that rings shorter than this only startles.
const SHORTEST_RINGING_S: u64 = 5;
/// A pause after a refusal for want of lines, when ElevenLabs names none.
const BUSY_PAUSE_MS: u32 = 10_000;
pub(crate) const SHORT_PAUSE_MS: u32 = 1_000;

/// So many fields or codes of one error are named.
const FIELDS_MAX: usize = 5;

/// What rings must share to go in one batch: group id, agent, moment in seconds.
type Key<'a> = (&'a str, &'a str, u64);

/// The part of a batch's name that a later search knows; the agent's part follows it.
pub(crate) fn name_prefix(group_id: &str, ring_at_ms: u64) -> String {
    format!("callpanion-{group_id}-{}-", ring_at_ms / 1_000)
}

/// Submits all rings. One verdict for each, in their order.
pub(crate) fn all(ctx: &mut Ctx, settings: &Settings, rings: &[Ring]) -> Result<Vec<Verdict>, Stop> {
    let now_ms = ctx.now_ms();
    let mut verdicts = vec![None; rings.len()];
    let mut groups: BTreeMap<Key<'_>, Vec<usize>> = BTreeMap::new();
    let mut alone: Vec<usize> = Vec::new();
    for (i, ring) in rings.iter().enumerate() {
        if ringing_s(settings, ring, now_ms) < SHORTEST_RINGING_S {
            verdicts[i] = Some(Verdict::Refused("too little of the ring window is left".to_owned()));
        } else if single::is_due(settings, ring.ring_at_ms, now_ms) {
            alone.push(i);
        } else {
            let agent = settings.agent(&ring.language);
            let key = (ring.group_id.as_str(), agent, ring.ring_at_ms / 1_000);
            groups.entry(key).or_default().push(i);
        }
    }
    let batches = groups.iter().map(|(key, members)| {
        let members: Vec<&Ring> = members.iter().map(|&i| &rings[i]).collect();
        request(settings, *key, &members, now_ms)
    });
    let calls = alone.iter().map(|&i| single::request(settings, &rings[i], now_ms));
    let answers = ctx.http_all(batches.chain(calls).collect())?;
    let mut answers = answers.iter();
    for (members, answer) in groups.values().zip(answers.by_ref()) {
        for (place, &i) in members.iter().enumerate() {
            verdicts[i] = Some(verdict(answer, place, now_ms));
        }
    }
    for (&i, answer) in alone.iter().zip(answers) {
        verdicts[i] = Some(single::verdict(answer, now_ms));
    }
    let verdicts: Option<Vec<Verdict>> = verdicts.into_iter().collect();
    verdicts.ok_or_else(|| Stop::permanent("an answer is missing"))
}

/// How long this phone may ring, so that it falls silent inside its window.
pub(crate) fn ringing_s(settings: &Settings, ring: &Ring, now_ms: u64) -> u64 {
    let from_ms = ring.ring_at_ms.max(now_ms);
    let window_s = ring.expires_at_ms.saturating_sub(from_ms) / 1_000;
    settings.ringing_timeout_s.min(window_s.saturating_sub(TWILIO_BUFFER_S))
}

fn request(settings: &Settings, key: Key<'_>, rings: &[&Ring], now_ms: u64) -> Request {
    let (group_id, agent_id, ring_at_s) = key;
    // The agent's last characters keep apart the batches of one group with several languages.
    let tail = agent_id.get(agent_id.len().saturating_sub(8)..).unwrap_or(agent_id);
    let ringing_s = rings.iter().map(|ring| ringing_s(settings, ring, now_ms)).min();
    let mut body = json!({
        "call_name": format!("{}{tail}", name_prefix(group_id, ring_at_s * 1_000)),
        "agent_id": agent_id,
        "agent_phone_number_id": settings.agent_phone_number_id,
        // Absent or null would dial at once.
        "scheduled_time_unix": ring_at_s,
        "timezone": rings.first().map(|ring| ring.zone.as_str()),
        "recipients": rings.iter().map(|ring| recipient(settings, ring)).collect::<Vec<_>>(),
        "telephony_call_config": {"ringing_timeout_secs": ringing_s},
    });
    if let Some(limit) = settings.target_concurrency_limit {
        body["target_concurrency_limit"] = limit.into();
    }
    Request::post(settings.url("submit")).json(&body).credential("api-key").timeout_ms(30_000)
}

fn recipient(settings: &Settings, ring: &Ring) -> Value {
    json!({
        "id": ring.ring_id,
        "phone_number": ring.address,
        "conversation_initiation_client_data": client_data(settings, ring),
    })
}

/// What the agent is told with the call.
pub(crate) fn client_data(settings: &Settings, ring: &Ring) -> Value {
    let mut variables: Map<String, Value> = ring
        .variables
        .iter()
        // Reserved by ElevenLabs, the second by its CSV upload.
        .filter(|(name, _)| !name.starts_with("system__") && name != "phone_number")
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    // Comes back in the webhook, and tells which call a recipient was.
    variables.insert("callpanion_call_id".to_owned(), ring.call_id.as_str().into());
    let mut client_data = json!({"user_id": ring.callee_id, "dynamic_variables": variables});
    if settings.override_language {
        client_data["conversation_config_override"] = json!({"agent": {"language": ring.language}});
    }
    client_data
}

/// The verdict on the ring at this place among its batch's recipients.
fn verdict(answer: &Answer, place: usize, now_ms: u64) -> Verdict {
    match answer {
        Answer::Response(response) if response.is_success() => {
            #[derive(Deserialize)]
            struct Accepted {
                id: String,
            }
            Verdict::Accepted(response.json::<Accepted>().ok().map(|accepted| accepted.id))
        }
        Answer::Response(response) => refusal(response, "the batch", place, now_ms),
        Answer::Unsent(why) => Verdict::Retry((SHORT_PAUSE_MS, why.clone())),
        Answer::Unknown(why) => Verdict::Unknown(why.clone()),
    }
}

/// What a refusal of the batch or the call means for the ring at this place in it.
pub(crate) fn refusal(response: &Response, what: &str, place: usize, now_ms: u64) -> Verdict {
    let error: Error = response.json().unwrap_or_default();
    match response.status {
        400 | 422 if error.code() == "quota_exceeded" => Verdict::Misconfigured(no_credit()),
        400 | 422 => match error.bad_recipients() {
            Some(bad) if !bad.contains(&place) => {
                Verdict::Retry((SHORT_PAUSE_MS, "another recipient of the same batch was refused".to_owned()))
            }
            // What all recipients share comes from the settings, or from this plugin: no other call would fare better.
            None if error.is_of_fields() => Verdict::Misconfigured(format!(
                "ElevenLabs rejects {what}: {}; check the settings of this plugin, or else report it to its makers",
                error.what()
            )),
            _ => Verdict::Refused(format!("ElevenLabs rejects {what}: {}", error.what())),
        },
        401..=404 => Verdict::Misconfigured(what_to_do(response)),
        // Refused before it dialled.
        429 => Verdict::Retry((
            response.retry_after_ms(now_ms).unwrap_or(BUSY_PAUSE_MS),
            format!("ElevenLabs is busy: {}", error.what()),
        )),
        status @ (408 | 409 | 500..) => Verdict::Unknown(format!("ElevenLabs answered {status}: {}", error.what())),
        status => Verdict::Refused(format!("ElevenLabs answered {status}: {}", error.what())),
    }
}

/// What the operator must do about a 401, 402, 403 or 404.
pub(crate) fn what_to_do(response: &Response) -> String {
    let error: Error = response.json().unwrap_or_default();
    match (response.status, error.code()) {
        (_, "batch_calling_agreement_required") => "accept the batch calling terms once in the \
             ElevenLabs dashboard, under Batch Calling"
            .to_owned(),
        // A 401 too came for an account that is used up, whose key is good.
        (401, "quota_exceeded") | (402, _) => no_credit(),
        (401, "missing_permissions") | (403, _) => {
            format!("the ElevenLabs key may not do this ({}): give it the right, or change the plan", error.what())
        }
        (401, _) => "ElevenLabs does not accept credential `api-key`: make a new key".to_owned(),
        _ => format!(
            "ElevenLabs does not know the agent or the number ({}): check `agent_id`, `agents` \
             and `agent_phone_number_id`",
            error.what()
        ),
    }
}

fn no_credit() -> String {
    "the ElevenLabs account has no credit left: top it up or change the plan".to_owned()
}

/// A field at fault, by its path, and what is wrong with it: `body.recipients.0.phone_number missing`.
fn of_field(error: &Value) -> Option<String> {
    let steps = error["loc"].as_array()?.iter().filter_map(|step| match step {
        Value::String(name) => code(name).map(str::to_owned),
        Value::Number(place) => place.as_u64().filter(|place| *place < 1_000).map(|place| place.to_string()),
        _ => None,
    });
    let path = steps.collect::<Vec<_>>().join(".");
    let kind = error["type"].as_str().and_then(code).unwrap_or_default();
    Some(format!("{path} {kind}").trim().to_owned()).filter(|said| !said.is_empty())
}

/// The three shapes of an error body, and the plain text that some servers send.
#[derive(Default, Deserialize)]
struct Error {
    #[serde(default)]
    detail: Value,
}

impl Error {
    /// The machine's word for it; the older `status` where there is no `code`.
    fn code(&self) -> &str {
        let text = |key: &str| self.detail.get(key).and_then(Value::as_str);
        // An agreement is only named in the legacy field, and so is a permission that the key lacks.
        match (text("code"), text("status")) {
            (_, Some(status @ ("batch_calling_agreement_required" | "quota_exceeded" | "missing_permissions"))) => {
                status
            }
            (Some(code), _) | (None, Some(code)) => code,
            (None, None) => "",
        }
    }

    /// What is wrong, in ElevenLabs' codes: its sentences may quote a number or a name.
    fn what(&self) -> String {
        let mut codes: Vec<String> = match &self.detail {
            Value::String(text) => codes_in(text).map(str::to_owned).collect(),
            Value::Array(list) => list.iter().filter_map(of_field).take(FIELDS_MAX).collect(),
            detail => {
                let in_message = codes_in(detail["message"].as_str().unwrap_or_default());
                code(self.code()).into_iter().chain(in_message).map(str::to_owned).collect()
            }
        };
        codes.truncate(FIELDS_MAX);
        codes.dedup();
        if codes.is_empty() { "no code".to_owned() } else { codes.join(", ") }
    }

    /// Whether it is a list of the fields at fault.
    fn is_of_fields(&self) -> bool {
        self.detail.as_array().is_some_and(|errors| !errors.is_empty())
    }

    /// The places of the recipients at fault, when nothing else is.
    fn bad_recipients(&self) -> Option<Vec<usize>> {
        let errors = self.detail.as_array().filter(|_| self.is_of_fields())?;
        errors
            .iter()
            .map(|error| {
                let loc = error.get("loc")?;
                match loc.get(1)?.as_str()? {
                    "recipients" => usize::try_from(loc.get(2)?.as_u64()?).ok(),
                    // Of a single call there is one.
                    "to_number" => Some(0),
                    _ => None,
                }
            })
            .collect()
    }
}
