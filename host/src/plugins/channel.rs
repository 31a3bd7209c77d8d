//! Channels: ring, cancel, inspect, in words of the house.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::border::channel::ChannelPluginPre;
use super::border::channel::exports::callpanion::plugin::channel as wit;
use super::bound::{REASON_MAX_CHARS, reference, text};
use super::failure::PluginFailure;
use super::machine::Guest;
use super::run::Plugin;
use super::steps::{Step, millis};
use crate::domain::{AttemptId, Inspection, Ring, RingPhase, RingRef, Verdict};

/// How many rings one call may carry.
const RINGS_MAX: usize = 100;

/// What the operator's vendors are spoken to in.
const LOCALE: &str = "en";

impl Plugin<ChannelPluginPre<Guest>> {
    pub(super) async fn ring(&self, rings: Vec<Ring>, deadline: Duration) -> Result<Vec<Verdict>, PluginFailure> {
        check_number(rings.len())?;
        if rings.is_empty() {
            return Ok(Vec::new());
        }
        let number = rings.len();
        let rings: Arc<[wit::RingAttempt]> = rings.into_iter().map(ring).collect();
        let verdicts = self
            .converse(LOCALE, deadline, |turn| {
                let rings = rings.clone();
                Box::new(move |plugin, store| {
                    Box::pin(async move {
                        let channel = plugin.callpanion_plugin_channel();
                        let step = channel.call_ring(store, &turn.context, &rings, &turn.answers).await?;
                        Ok(match step {
                            wit::RingStep::Request(requests) => Step::Request(requests),
                            wit::RingStep::Done(verdicts) => Step::Done(verdicts),
                            wit::RingStep::Failed(failure) => Step::Failed(failure),
                        })
                    })
                })
            })
            .await?;
        self.check_done(number, verdicts.len())?;
        Ok(verdicts.into_iter().map(verdict).collect())
    }

    pub(super) async fn cancel(&self, rings: Vec<RingRef>, deadline: Duration) -> Result<Vec<bool>, PluginFailure> {
        check_number(rings.len())?;
        if rings.is_empty() {
            return Ok(Vec::new());
        }
        let number = rings.len();
        let rings: Arc<[wit::RingRef]> = rings.into_iter().map(ring_ref).collect();
        let canceled = self
            .converse(LOCALE, deadline, |turn| {
                let rings = rings.clone();
                Box::new(move |plugin, store| {
                    Box::pin(async move {
                        let channel = plugin.callpanion_plugin_channel();
                        let step = channel.call_cancel(store, &turn.context, &rings, &turn.answers).await?;
                        Ok(match step {
                            wit::CancelStep::Request(requests) => Step::Request(requests),
                            wit::CancelStep::Done(canceled) => Step::Done(canceled),
                            wit::CancelStep::Failed(failure) => Step::Failed(failure),
                        })
                    })
                })
            })
            .await?;
        self.check_done(number, canceled.len())?;
        Ok(canceled)
    }

    /// What the vendor knows; a ring that the plugin does not speak of is left out.
    pub(super) async fn inspect(
        &self,
        rings: Vec<RingRef>,
        deadline: Duration,
    ) -> Result<Vec<Inspection>, PluginFailure> {
        check_number(rings.len())?;
        if rings.is_empty() {
            return Ok(Vec::new());
        }
        let mut asked: BTreeSet<AttemptId> = rings.iter().map(|ring| ring.attempt).collect();
        let rings: Arc<[wit::RingRef]> = rings.into_iter().map(ring_ref).collect();
        let inspections = self
            .converse(LOCALE, deadline, |turn| {
                let rings = rings.clone();
                Box::new(move |plugin, store| {
                    Box::pin(async move {
                        let channel = plugin.callpanion_plugin_channel();
                        let step = channel.call_inspect(store, &turn.context, &rings, &turn.answers).await?;
                        Ok(match step {
                            wit::InspectStep::Request(requests) => Step::Request(requests),
                            wit::InspectStep::Done(inspections) => Step::Done(inspections),
                            wit::InspectStep::Failed(failure) => Step::Failed(failure),
                        })
                    })
                })
            })
            .await?;
        let known = |found: wit::Inspection| {
            let attempt = found.ring_id.parse().ok().filter(|id| asked.remove(id))?;
            Some(inspection(attempt, found))
        };
        Ok(inspections.into_iter().filter_map(known).collect())
    }

    /// A list of the wrong length says of no ring what became of it.
    fn check_done(&self, asked: usize, given: usize) -> Result<(), PluginFailure> {
        if asked == given {
            return Ok(());
        }
        let id = &self.common.id;
        Err(PluginFailure::Unknown(format!("the plugin {id} gave {given} outcomes for {asked} rings")))
    }
}

fn check_number(rings: usize) -> Result<(), PluginFailure> {
    if rings > RINGS_MAX {
        return Err(PluginFailure::Permanent(format!("{rings} rings at once are more than {RINGS_MAX}")));
    }
    Ok(())
}

fn ring(ring: Ring) -> wit::RingAttempt {
    wit::RingAttempt {
        ring_id: ring.attempt.to_string(),
        call_id: ring.call.to_string(),
        group_id: ring.group.to_string(),
        family_id: ring.family.to_string(),
        callee_id: ring.callee.to_string(),
        address: ring.address,
        environment: ring.environment,
        ring_at_ms: millis(ring.ring_at),
        expires_at_ms: millis(ring.expires_at),
        language: ring.language,
        zone: ring.zone,
        variables: ring.variables,
        extra: Vec::new(),
    }
}

fn ring_ref(ring: RingRef) -> wit::RingRef {
    wit::RingRef {
        ring_id: ring.attempt.to_string(),
        call_id: ring.call.to_string(),
        group_id: ring.group.to_string(),
        address: ring.address,
        environment: ring.environment,
        ring_at_ms: millis(ring.ring_at),
        reference: ring.reference,
    }
}

fn verdict(verdict: wit::Verdict) -> Verdict {
    let text = |reason: &str| text(reason, REASON_MAX_CHARS);
    match verdict {
        wit::Verdict::Accepted(given) => Verdict::Accepted(reference(given)),
        wit::Verdict::Gone(reason) => Verdict::Gone(text(&reason)),
        wit::Verdict::Refused(reason) => Verdict::Refused(text(&reason)),
        wit::Verdict::Retry((after_ms, reason)) => Verdict::Retry { after_ms, reason: text(&reason) },
        wit::Verdict::Unknown(reason) => Verdict::Unknown(text(&reason)),
        wit::Verdict::Misconfigured(reason) => Verdict::Misconfigured(text(&reason)),
        wit::Verdict::Other((case, reason)) => Verdict::Refused(text(&format!("{case}: {reason}"))),
    }
}

fn inspection(attempt: AttemptId, found: wit::Inspection) -> Inspection {
    Inspection {
        attempt,
        phase: match found.phase {
            wit::RingPhase::Absent => RingPhase::Absent,
            wit::RingPhase::Waiting => RingPhase::Waiting,
            wit::RingPhase::Ringing => RingPhase::Ringing,
            wit::RingPhase::Talking => RingPhase::Talking,
            wit::RingPhase::Completed => RingPhase::Completed,
            wit::RingPhase::Voicemail => RingPhase::Voicemail,
            wit::RingPhase::Failed => RingPhase::Failed,
            wit::RingPhase::Canceled => RingPhase::Canceled,
            wit::RingPhase::Unknown => RingPhase::Unknown,
        },
        reference: reference(found.reference),
        recipient: reference(found.recipient),
        conversation: reference(found.conversation),
    }
}
