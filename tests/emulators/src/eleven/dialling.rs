//! The dialling behind a batch: at its moment, each recipient's line is rung. A single call is rung at once.

use serde_json::json;
use uuid::Uuid;

use super::batches::Recipient;
use super::conversation::{Conversation, Leg, PhoneLeg, Status, callee_name};
use super::lines::{Dial, Line};
use super::webhooks::{self, Failure};
use super::{ElevenLabs, vendor_id};
use crate::hold;
use crate::pace::Course;
use crate::scripts::{self, Script};

const TO_INITIATED_MS: i64 = 1000;
const TO_PICK_UP_MS: i64 = 4000;
const TO_BUSY_MS: i64 = 2000;
const TO_MACHINE_MS: i64 = 20_000;

/// Plans a new batch; when webhooks are to come before the answer, runs it through at once.
pub(super) async fn begin(eleven: &ElevenLabs, batch_id: String) {
    let scheduled_ms = with_batch(eleven, &batch_id, |batch| batch.scheduled_s * 1000).unwrap_or_default();
    let now_ms = eleven.0.pace.now_ms();
    if hold(&eleven.0.delivery).before_answer && scheduled_ms <= now_ms {
        run(eleven.clone(), batch_id, Course::at_once(&eleven.0.pace)).await;
        return;
    }
    let mut course = Course::actor(&eleven.0.pace, now_ms);
    let batch = eleven.clone();
    eleven.0.pace.act(async move {
        course.wait(scheduled_ms - now_ms).await;
        run(batch, batch_id, course).await;
    });
}

async fn run(eleven: ElevenLabs, batch_id: String, course: Course) {
    let now_s = course.at_s();
    let started = with_batch(&eleven, &batch_id, |batch| {
        if batch.status != "pending" {
            return None;
        }
        let forbidden = batch.forbidden_override;
        batch.status = if forbidden { "failed" } else { "in_progress" };
        batch.updated_s = now_s;
        for recipient in &mut batch.recipients {
            recipient.status = if forbidden { "failed" } else { "dispatched" };
            recipient.updated_s = now_s;
        }
        (!forbidden).then_some((batch.recipients.len(), batch.concurrency))
    });
    let Some(Some((count, limit))) = started else {
        return;
    };
    eleven.0.pace.tell();
    // Recipients share as many lanes as may talk at the same time.
    let lanes = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(count).clamp(1, count.max(1));
    let between = hold(&eleven.0.switches).between_dials_ms;
    for lane in 0..lanes {
        let mine: Vec<usize> = (lane..count).step_by(lanes).collect();
        let (eleven, batch_id) = (eleven.clone(), batch_id.clone());
        if course.is_at_once() {
            let course = Course::at_once(&eleven.0.pace);
            run_lane(eleven, batch_id, mine, course).await;
        } else {
            let pace = eleven.0.pace.clone();
            let mut course = Course::actor(&pace, course.at_ms());
            let offset = between * i64::try_from(lane).unwrap_or(0);
            pace.act(async move {
                course.wait(offset).await;
                run_lane(eleven, batch_id, mine, course).await;
            });
        }
    }
}

async fn run_lane(eleven: ElevenLabs, batch_id: String, recipients: Vec<usize>, mut course: Course) {
    for at in recipients {
        dial(&eleven, &batch_id, at, &mut course).await;
    }
}

/// Begins a single call and gives its conversation and `CallSid`. Where the agent objects, for this reason, nobody is rung.
/// When webhooks are to come before the answer, it runs through at once.
pub(super) async fn begin_single(
    eleven: &ElevenLabs,
    batch_id: String,
    objection: Option<String>,
) -> Option<(String, String)> {
    let at_once = hold(&eleven.0.delivery).before_answer;
    let pace = &eleven.0.pace;
    let mut course = if at_once { Course::at_once(pace) } else { Course::actor(pace, pace.now_ms()) };
    let begun = initiate(eleven, &batch_id, 0, &course)?;
    let conversation_id = begun.0.clone();
    let sid = with_conversation(eleven, &conversation_id, |conversation| match &conversation.leg {
        Leg::Phone(leg) => leg.call_sid.clone(),
        Leg::App { .. } => String::new(),
    })?;
    if let Some(reason) = objection {
        mark(eleven, &batch_id, 0, &course, "failed");
        eleven.fail(&conversation_id, &reason, course.at_ms());
    } else if at_once {
        ring_through(eleven, &batch_id, 0, begun, &mut course).await;
    } else {
        let part = eleven.clone();
        pace.act(async move { ring_through(&part, &batch_id, 0, begun, &mut course).await });
    }
    Some((conversation_id, sid))
}

/// Rings one recipient from initiation to the end of the talk.
async fn dial(eleven: &ElevenLabs, batch_id: &str, at: usize, course: &mut Course) {
    course.wait(TO_INITIATED_MS).await;
    if let Some(begun) = initiate(eleven, batch_id, at, course) {
        ring_through(eleven, batch_id, at, begun, course).await;
    }
}

/// What happens on the line, up to the end of the talk. `begun` is what [`initiate`] gave.
async fn ring_through(
    eleven: &ElevenLabs,
    batch_id: &str,
    at: usize,
    begun: (String, Recipient, i64),
    course: &mut Course,
) {
    let (conversation_id, recipient, ringing_ms) = begun;
    let line = hold(&eleven.0.lines).pick_up(&recipient.phone_number);
    let line = line.unwrap_or_else(|| {
        eleven.0.witness.unexpected("elevenlabs: a batch dialled a number that has no line");
        Line::Fails
    });
    let name = callee_name(&recipient.client).map(str::to_owned);
    let (status, failure) = match line {
        Line::Answers(script) if ringing_ms > TO_PICK_UP_MS => {
            course.wait(TO_PICK_UP_MS).await;
            mark(eleven, batch_id, at, course, "in_progress");
            talk(eleven, &conversation_id, course, &script.said_to(name.as_deref()), "answered").await;
            ("completed", None)
        }
        Line::Voicemail if ringing_ms > TO_MACHINE_MS => {
            course.wait(TO_MACHINE_MS).await;
            let language = recipient.client["conversation_config_override"]["agent"]["language"].as_str();
            let script = scripts::voicemail(scripts::Language::of(language)).said_to(name.as_deref());
            talk(eleven, &conversation_id, course, &script, "voicemail").await;
            ("voicemail", None)
        }
        Line::Busy | Line::Declines => {
            course.wait(TO_BUSY_MS.min(ringing_ms)).await;
            ("failed", Some(if matches!(line, Line::Busy) { Failure::Busy } else { Failure::Declined }))
        }
        Line::Fails => ("failed", Some(Failure::Unreachable)),
        Line::Answers(_) | Line::Voicemail | Line::NoAnswer => {
            course.wait(ringing_ms).await;
            ("failed", Some(Failure::NoAnswer))
        }
    };
    mark(eleven, batch_id, at, course, status);
    match failure {
        None => webhooks::after_analysis(eleven, &conversation_id, course).await,
        Some(failure) => {
            with_conversation(eleven, &conversation_id, |conversation| {
                conversation.status = Status::Failed;
                conversation.ended_ms = Some(course.at_ms());
                failure.call_status().clone_into(&mut conversation.termination);
                if let Leg::Phone(leg) = &mut conversation.leg {
                    leg.result = Some(failure.call_result());
                }
            });
            webhooks::failure(eleven, &conversation_id, failure, course).await;
        }
    }
}

/// The conversation id appears; nothing happens for a recipient cancelled meanwhile.
fn initiate(eleven: &ElevenLabs, batch_id: &str, at: usize, course: &Course) -> Option<(String, Recipient, i64)> {
    let conversation_id = vendor_id("conv");
    let (recipient, agent_id, ringing_ms, is_single) = with_batch(eleven, batch_id, |batch| {
        let (ringing_ms, is_single) = (batch.ringing_timeout_ms(), batch.single);
        let recipient = batch.recipients.get_mut(at).filter(|recipient| !recipient.is_over())?;
        recipient.status = "initiated";
        recipient.conversation_id = Some(conversation_id.clone());
        recipient.updated_s = course.at_s();
        Some((recipient.clone(), batch.agent_id.clone(), ringing_ms, is_single))
    })??;
    let leg = Leg::Phone(PhoneLeg {
        phone_number_id: eleven.0.phone_number_id.clone(),
        agent_number: eleven.0.agent_number.clone(),
        number: recipient.phone_number.clone(),
        call_sid: format!("CA{}", Uuid::new_v4().simple()),
        batch: (!is_single).then(|| (batch_id.to_owned(), recipient.id.clone())),
        result: None,
    });
    hold(&eleven.0.dials).push(Dial {
        at_ms: course.at_ms(),
        number: recipient.phone_number.clone(),
        batch_id: batch_id.to_owned(),
        recipient_id: recipient.id.clone(),
        conversation_id: conversation_id.clone(),
    });
    eleven.open_conversation(&conversation_id, &agent_id, recipient.client.clone(), leg, course.at_ms());
    Some((conversation_id, recipient, ringing_ms))
}

/// The talk itself, up to hanging up.
async fn talk(eleven: &ElevenLabs, conversation_id: &str, course: &mut Course, script: &Script, result: &'static str) {
    with_conversation(eleven, conversation_id, |conversation| {
        conversation.status = Status::InProgress;
        conversation.started_ms = course.at_ms();
        conversation.script = Some(script.clone());
        if let Leg::Phone(leg) = &mut conversation.leg {
            leg.result = Some(result);
        }
    });
    eleven.0.pace.tell();
    course.wait(script.duration_s * 1000).await;
    with_conversation(eleven, conversation_id, |conversation| {
        conversation.status = Status::Processing;
        conversation.ended_ms = Some(conversation.started_ms + script.duration_s * 1000);
        script.termination.clone_into(&mut conversation.termination);
    });
}

/// Moves a recipient on, unless the batch was cancelled; the batch is over with its last recipient.
fn mark(eleven: &ElevenLabs, batch_id: &str, at: usize, course: &Course, status: &'static str) {
    with_batch(eleven, batch_id, |batch| {
        if batch.status == "cancelled" {
            return;
        }
        if let Some(recipient) = batch.recipients.get_mut(at) {
            recipient.status = status;
            recipient.updated_s = course.at_s();
        }
        batch.updated_s = course.at_s();
        if batch.recipients.iter().all(Recipient::is_over) {
            batch.status = "completed";
        }
    });
    eleven.0.pace.tell();
}

fn with_batch<T>(eleven: &ElevenLabs, id: &str, change: impl FnOnce(&mut super::Batch) -> T) -> Option<T> {
    hold(&eleven.0.batches).iter_mut().find(|batch| batch.id == id).map(change)
}

pub(super) fn with_conversation<T>(
    eleven: &ElevenLabs,
    id: &str,
    change: impl FnOnce(&mut Conversation) -> T,
) -> Option<T> {
    hold(&eleven.0.conversations).get_mut(id).map(change)
}

impl ElevenLabs {
    /// Opens a conversation in status `initiated`.
    pub(super) fn open_conversation(&self, id: &str, agent_id: &str, client: serde_json::Value, leg: Leg, at_ms: i64) {
        let Some(agent) = self.agent(agent_id).cloned() else {
            return;
        };
        let mut conversations = hold(&self.0.conversations);
        let client = if client.is_object() { client } else { json!({}) };
        let conversation = Conversation {
            id: id.to_owned(),
            serial: conversations.len(),
            agent,
            status: Status::Initiated,
            client,
            leg,
            started_ms: at_ms,
            ended_ms: None,
            script: None,
            termination: String::new(),
            error: None,
        };
        conversations.insert(id.to_owned(), conversation);
        drop(conversations);
        self.0.pace.tell();
    }
}
