//! Webhooks: made, signed, posted, and remembered with what was answered.

use ring::hmac;
use serde_json::{Value, json};

use super::ElevenLabs;
use super::conversation::{Leg, PhoneLeg, Status, utc};
use super::dialling::with_conversation;
use crate::hold;
use crate::pace::Course;

/// Waits before each attempt when retries are on, ms.
const RETRY_WAITS_MS: [i64; 5] = [0, 30_000, 120_000, 480_000, 1_800_000];

/// How webhooks are delivered.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of a test")]
pub struct Delivery {
    /// Events are lost; only polling finds out.
    pub dropped: bool,
    /// How often each event is posted; more than once posts them at the same time.
    pub copies: usize,
    /// Extra wait before posting, ms.
    pub delay_ms: i64,
    /// Signed with another secret.
    pub bad_signature: bool,
    /// The signature's time is this far in the past, seconds (negative: future).
    pub stale_by_s: i64,
    /// Failed posts of transcriptions are repeated up to five times; off by default, as at the vendor.
    pub retries: bool,
    /// The event is posted before the request that starts the conversation is answered.
    pub before_answer: bool,
    /// The transcription comes without its turns.
    pub without_transcript: bool,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            dropped: false,
            copies: 1,
            delay_ms: 0,
            bad_signature: false,
            stale_by_s: 0,
            retries: false,
            before_answer: false,
            without_transcript: false,
        }
    }
}

/// One post of a webhook, or one that was dropped.
#[derive(Clone, Debug)]
pub struct Post {
    /// When, ms.
    pub at_ms: i64,
    /// `type` of the envelope.
    pub kind: String,
    /// `data.conversation_id`.
    pub conversation_id: String,
    /// The exact body.
    pub body: String,
    /// The `ElevenLabs-Signature` header.
    pub signature: String,
    /// Counts from 1.
    pub attempt: usize,
    /// The status answered; none if dropped or not reached.
    pub status: Option<u16>,
}

/// Why nobody talked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Busy,
    Declined,
    NoAnswer,
    Unreachable,
}

impl Failure {
    /// Twilio's `CallStatus`.
    pub(super) fn call_status(self) -> &'static str {
        match self {
            Self::Busy | Self::Declined => "busy",
            Self::NoAnswer => "no-answer",
            Self::Unreachable => "failed",
        }
    }

    /// `metadata.phone_call.call_result`, with underscores.
    pub(super) fn call_result(self) -> &'static str {
        if self == Self::NoAnswer { "no_answer" } else { self.call_status() }
    }

    fn reason(self) -> &'static str {
        if self == Self::Unreachable { "unknown" } else { self.call_status() }
    }

    fn sip_code(self) -> &'static str {
        match self {
            Self::Busy => "486",
            Self::Declined => "603",
            Self::NoAnswer => "487",
            Self::Unreachable => "404",
        }
    }
}

/// Analyses a conversation that ended and posts its transcription.
pub(super) async fn after_analysis(eleven: &ElevenLabs, conversation_id: &str, course: &Course) {
    let analysis_ms = hold(&eleven.0.switches).analysis_ms;
    let (part, id) = (eleven.clone(), conversation_id.to_owned());
    let analyse = move |mut course: Course| async move {
        course.wait(analysis_ms).await;
        with_conversation(&part, &id, |conversation| {
            if conversation.status != Status::Failed {
                conversation.status = Status::Done;
            }
        });
        let Some(mut data) = part.conversation(&id) else {
            return;
        };
        if hold(&part.0.delivery).without_transcript
            && let Some(data) = data.as_object_mut()
        {
            data.remove("transcript");
        }
        let event = envelope("post_call_transcription", course.at_s(), &data);
        deliver(&part, event, course).await;
    };
    follow(eleven, course, analyse).await;
}

/// Posts the event of a call that nobody took.
pub(super) async fn failure(eleven: &ElevenLabs, conversation_id: &str, failure: Failure, course: &Course) {
    let Some((agent_id, leg)) = with_conversation(eleven, conversation_id, |conversation| {
        let Leg::Phone(leg) = &conversation.leg else {
            return None;
        };
        Some((conversation.agent.id.clone(), leg.clone()))
    })
    .flatten() else {
        return;
    };
    let data = json!({
        "agent_id": agent_id, "conversation_id": conversation_id, "failure_reason": failure.reason(),
        "metadata": { "type": "twilio", "body": status_callback(&leg, failure, course.at_ms()) },
    });
    let event = envelope("call_initiation_failure", course.at_s(), &data);
    let part = eleven.clone();
    follow(eleven, course, move |course| async move {
        deliver(&part, event, course).await;
    })
    .await;
}

/// Twilio's status callback form, which the vendor passes on as JSON strings.
fn status_callback(leg: &PhoneLeg, failure: Failure, at_ms: i64) -> Value {
    let country = |number: &str| match number {
        number if number.starts_with("+44") => "GB",
        number if number.starts_with("+62") => "ID",
        number if number.starts_with("+1") => "US",
        _ => "",
    };
    let (to, from) = (&leg.number, &leg.agent_number);
    json!({
        "CallSid": leg.call_sid, "CallStatus": failure.call_status(), "To": to, "From": from, "Called": to,
        "Caller": from, "Direction": "outbound-api", "SipResponseCode": failure.sip_code(),
        "Timestamp": utc(at_ms, "%a, %d %b %Y %H:%M:%S +0000"), "SequenceNumber": "2",
        "CallbackSource": "call-progress-events", "CallDuration": "0", "Duration": "0",
        "AccountSid": "AC0f1e2d3c4b5a69788796a5b4c3d2e1f0", "ApiVersion": "2010-04-01",
        "ToCountry": country(to), "ToState": "", "ToCity": "", "ToZip": "",
        "FromCountry": country(from), "FromState": "", "FromCity": "", "FromZip": "",
        "CalledCountry": country(to), "CalledState": "", "CalledCity": "", "CalledZip": "",
        "CallerCountry": country(from), "CallerState": "", "CallerCity": "", "CallerZip": "",
    })
}

/// Runs what follows a call: within the plan if it runs through at once, else as an actor of its own.
async fn follow<F>(eleven: &ElevenLabs, course: &Course, part: impl FnOnce(Course) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    if course.is_at_once() {
        part(Course::at_once(&eleven.0.pace)).await;
    } else {
        eleven.0.pace.act(part(Course::actor(&eleven.0.pace, course.at_ms())));
    }
}

fn envelope(kind: &str, at_s: i64, data: &Value) -> Value {
    json!({ "type": kind, "event_timestamp": at_s, "data": data })
}

async fn deliver(eleven: &ElevenLabs, event: Value, mut course: Course) {
    let plan = hold(&eleven.0.delivery).clone();
    course.wait(plan.delay_ms).await;
    let body = event.to_string();
    if plan.dropped {
        eleven.note(post_of(&event, &body, String::new(), eleven.0.pace.now_ms(), 1));
        return;
    }
    if course.is_at_once() {
        for _ in 0..plan.copies {
            post_all(eleven, &event, &body, &plan, Course::at_once(&eleven.0.pace)).await;
        }
        return;
    }
    for _ in 0..plan.copies {
        let (part, event, body, plan) = (eleven.clone(), event.clone(), body.clone(), plan.clone());
        let course = Course::actor(&eleven.0.pace, course.at_ms());
        eleven.0.pace.act(async move { post_all(&part, &event, &body, &plan, course).await });
    }
}

/// Posts one copy, with its retries.
async fn post_all(eleven: &ElevenLabs, event: &Value, body: &str, plan: &Delivery, mut course: Course) {
    let retried = plan.retries && event["type"] == "post_call_transcription";
    let attempts = if retried { RETRY_WAITS_MS.len() } else { 1 };
    let secret = if plan.bad_signature { "wsec_another_secret" } else { eleven.webhook_secret() };
    // One signature for all attempts: whether the vendor signs retries anew is not known, and this is the harder case.
    let signature = sign(secret, eleven.0.pace.now_s() - plan.stale_by_s, body);
    for (at, wait_ms) in RETRY_WAITS_MS.iter().take(attempts).enumerate() {
        course.wait(*wait_ms).await;
        let mut post = post_of(event, body, signature.clone(), eleven.0.pace.now_ms(), at + 1);
        post.status = eleven.post(body, &signature).await;
        let status = post.status;
        eleven.note(post);
        let again = status.is_none_or(|status| status >= 500 || status == 429 || status == 408);
        if !again {
            return;
        }
    }
}

fn post_of(event: &Value, body: &str, signature: String, at_ms: i64, attempt: usize) -> Post {
    Post {
        at_ms,
        kind: event["type"].as_str().unwrap_or_default().to_owned(),
        conversation_id: event["data"]["conversation_id"].as_str().unwrap_or_default().to_owned(),
        body: body.to_owned(),
        signature,
        attempt,
        status: None,
    }
}

/// The `ElevenLabs-Signature` of a body at a time (unix seconds).
pub fn sign(secret: &str, at_s: i64, body: impl AsRef<[u8]>) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, &[format!("{at_s}.").as_bytes(), body.as_ref()].concat());
    format!("t={at_s},v0={}", hex::encode(tag))
}

impl ElevenLabs {
    /// Signs and posts any event now; returns the status answered.
    pub async fn post_event(&self, event: &Value) -> Option<u16> {
        let body = event.to_string();
        let signature = sign(self.webhook_secret(), self.0.pace.now_s(), &body);
        let mut post = post_of(event, &body, signature.clone(), self.0.pace.now_ms(), 1);
        post.status = self.post(&body, &signature).await;
        let status = post.status;
        self.note(post);
        status
    }

    fn note(&self, post: Post) {
        hold(&self.0.posts).push(post);
        self.0.pace.tell();
    }

    async fn post(&self, body: &str, signature: &str) -> Option<u16> {
        let Some(url) = hold(&self.0.webhook_url).clone() else {
            self.0.witness.unexpected("elevenlabs: an event has nowhere to go, no webhook URL was set");
            return None;
        };
        let request = self
            .0
            .http
            .post(url)
            .header("content-type", "application/json")
            .header("elevenlabs-signature", signature)
            .body(body.to_owned());
        request.send().await.ok().map(|answer| answer.status().as_u16())
    }
}

#[cfg(test)]
mod tests {
    use super::sign;

    /// The known answer that the vendor's own SDK and openssl agree on.
    #[test]
    fn signature_is_the_vendors() {
        let body = r#"{"type":"post_call_transcription","event_timestamp":1,"data":{}}"#;
        assert_eq!(
            sign("wsec_kat_0001", 1_700_000_000, body),
            "t=1700000000,v0=93fc84b0187326206253ebe58399240f16f5a1ae1c7b21395a4c1760af48f285"
        );
    }
}
