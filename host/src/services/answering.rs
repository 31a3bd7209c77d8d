//! Answering: what a callee's device says about a call, and what it is given.
//!
//! A device names the ring that it was sent: the ring attempt's id, so that what
//! it says of an earlier try is never taken for the present one. Every step may
//! be sent twice, late, or never. A device speaks only of rings of its own callee;
//! the conversation id is taken from the provider's reply and never from the device.

use std::time::Duration;

use futures::FutureExt;

use crate::app::App;
pub use crate::db::calls::Call;
use crate::db::calls::{self, CallFacts};
use crate::db::conversations::{self, ConversationRow};
use crate::db::devices::Device;
use crate::db::ring_attempts::{self, RingAttempt};
use crate::db::{Conn, callees, devices, timeline};
use crate::domain::{
    AttemptId, CallReason, CallState, CallStep, DeviceState, Fault, Join, Moment, Session, SessionRequest, Talk,
};
use crate::plugins::PluginFailure;
use crate::services::briefing::{self, Briefing};
use crate::services::calls::{Rules, advance, miss};
use crate::services::deadlines::ANSWER_GRACE_S;
use crate::services::error::ServiceError;
use crate::services::staff_alerts::{self, Trouble};
use crate::services::{agent_variables, webhooks};

/// What a device did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceStep {
    /// It shows the ring.
    Rang,
    /// The callee picked up.
    Accepted,
    /// The talk began.
    Joined,
    /// The talk is over, after so many seconds if the device counted them.
    Ended {
        /// Length of the talk.
        duration_s: Option<u32>,
    },
    /// The callee declined.
    Declined,
    /// It stopped ringing by itself.
    TimedOut,
}

/// Takes a device's step. Returns the call as it stands then.
pub async fn step(app: &App, device: &Device, ring: AttemptId, step: DeviceStep) -> Result<Call, ServiceError> {
    let rules = Rules::of(app);
    let device = device.clone();
    let call = app
        .db
        .write(move |c| {
            async move {
                let (mut call, attempt) = of_device(c, &device, ring).await?;
                if attempt.try_no == call.tries {
                    take(c, &mut call, &device, step, &rules).await?;
                } else if matches!(step, DeviceStep::Accepted | DeviceStep::Joined) {
                    return Err(ServiceError::Gone("ring-over"));
                }
                calls::find(c, call.id).await?.ok_or(ServiceError::NotFound)
            }
            .boxed()
        })
        .await?;
    app.live.changed(call.family_id);
    app.wake.notify_waiters();
    Ok(call)
}

/// The call that a ring is for, if this device was sent it.
async fn of_device(c: &mut Conn, device: &Device, ring: AttemptId) -> Result<(Call, RingAttempt), ServiceError> {
    if device.state != DeviceState::Active {
        return Err(ServiceError::Forbidden);
    }
    let attempt = ring_attempts::find(c, ring).await?.ok_or(ServiceError::NotFound)?;
    let call = calls::find(c, attempt.call_id).await?.ok_or(ServiceError::NotFound)?;
    let own = call.callee_id == device.callee_id && attempt.device_id == Some(device.id);
    if own { Ok((call, attempt)) } else { Err(ServiceError::NotFound) }
}

async fn take(
    c: &mut Conn,
    call: &mut Call,
    device: &Device,
    step: DeviceStep,
    rules: &Rules,
) -> Result<(), ServiceError> {
    match step {
        DeviceStep::Rang => {
            ring_attempts::mark_rang(c, call.id, device.id, rules.now).await?;
            devices::mark_acknowledging(c, device.id).await?;
            timeline::append(c, call, rules.now, "rang", None).await?;
        }
        DeviceStep::Accepted => accept(c, call, device, rules).await?,
        DeviceStep::Joined => {
            accept(c, call, device, rules).await?;
            let talks = CallStep::InProgress { since: rules.now, answered_at: None, check_at: None };
            advance(c, call, &talks, rules.now).await?;
        }
        DeviceStep::Ended { duration_s } => end(c, call, device, duration_s, rules).await?,
        DeviceStep::Declined => {
            if matches!(call.state, CallState::Queued | CallState::Ringing) {
                ring_attempts::lock_of_call(c, call.id).await?;
                ring_attempts::close_of_device(c, call.id, device.id).await?;
                miss(c, call, CallReason::Declined, rules).await?;
            }
        }
        DeviceStep::TimedOut => {
            // Queued, when the host died that rang, before it wrote so.
            if matches!(call.state, CallState::Queued | CallState::Ringing) {
                miss(c, call, CallReason::NoAnswer, rules).await?;
            }
        }
    }
    Ok(())
}

/// Of two devices that pick up, one wins; asking again is no second answer.
async fn accept(c: &mut Conn, call: &mut Call, device: &Device, rules: &Rules) -> Result<(), ServiceError> {
    match call.state {
        CallState::Answered | CallState::InProgress => {
            if call.device_id == Some(device.id) {
                return Ok(());
            }
            return Err(ServiceError::Conflict("answered-elsewhere"));
        }
        CallState::Queued | CallState::Ringing => {}
        _ => return Err(ServiceError::Gone("call-over")),
    }
    if rules.now > call.expires_at.plus_secs(ANSWER_GRACE_S) {
        return Err(ServiceError::Gone("ring-over"));
    }
    ring_attempts::mark_rang(c, call.id, device.id, rules.now).await?;
    if advance(c, call, &CallStep::Answered { by: device.id, at: rules.now }, rules.now).await? {
        call.device_id = Some(device.id);
        Ok(())
    } else {
        Err(ServiceError::Conflict("answered-elsewhere"))
    }
}

async fn end(
    c: &mut Conn,
    call: &mut Call,
    device: &Device,
    duration_s: Option<u32>,
    rules: &Rules,
) -> Result<(), ServiceError> {
    let duration_s = duration_s.and_then(|seconds| i32::try_from(seconds).ok());
    if call.state.is_outcome() {
        // The app posts the end up to three times; a length that comes late is kept, one that is there stays.
        if call.state == CallState::Completed && call.duration_s.is_none() && duration_s.is_some() {
            calls::amend(c, call.id, &CallFacts { duration_s, ..CallFacts::default() }, rules.now).await?;
        }
        return Ok(());
    }
    if call.device_id.is_some_and(|answered_by| answered_by != device.id) {
        return Err(ServiceError::Conflict("answered-elsewhere"));
    }
    if conversations::of_call(c, call.id).await?.is_empty() {
        // Ended without ever having asked for a conversation: picked up, never connected.
        if matches!(call.state, CallState::Ringing | CallState::Answered) {
            miss(c, call, CallReason::NeverConnected, rules).await?;
        }
        return Ok(());
    }
    let check_at = Some(rules.now.plus_secs(rules.config.calling.reconcile_after_s.into()));
    let talk = Talk { ended_at: rules.now, duration_s, check_at, ..Talk::default() };
    advance(c, call, &CallStep::Completed(talk), rules.now).await?;
    Ok(())
}

/// What the device that answered is given.
pub struct Opened {
    /// The call, as it stands.
    pub call: Call,
    /// What joins the conversation.
    pub session: Session,
    /// What the device passes on when it joins.
    pub briefing: Briefing,
}

/// Gives the device that answered what it needs to join the conversation. `join` is all that it can join by, if it says so.
///
/// Asking again gives a new token and changes nothing else. The provider has
/// its own short deadline, since a person waits with the phone at the ear.
pub async fn open(app: &App, device: &Device, ring: AttemptId, join: Option<Join>) -> Result<Opened, ServiceError> {
    let call = step(app, device, ring, DeviceStep::Accepted).await?;
    let mut c = app.db.read().await?;
    let callee = callees::find(&mut c, call.callee_id).await?.ok_or(ServiceError::NotFound)?;
    if callee.consent_at.is_none() {
        drop(c);
        end_without_talk(app, &call, CallReason::NoConsent, None).await?;
        return Err(ServiceError::Gone("call-over"));
    }
    let variables = agent_variables::of(&mut c, &call, &callee).await?;
    drop(c);
    let provider = app.config.provider.app.clone();
    let briefing = briefing::of(&app.plugins, &provider, &callee.language, &variables);
    let wanted = SessionRequest { call: call.id, callee: callee.id, language: callee.language, variables, join };
    let deadline = Duration::from_millis(app.config.calling.answer_deadline_ms.into());
    let opened = app.plugins.open_session(&provider, wanted, deadline).await;
    if let Err(PluginFailure::Misconfigured(reason)) = &opened {
        let trouble = (provider.clone(), reason.clone());
        end_without_talk(app, &call, CallReason::Misconfigured, Some(trouble)).await?;
    }
    let session = opened?;
    app.proofs.worked(Fault::Talking, &provider, app.clock.now());
    if join.is_some_and(|join| !session.has(join)) {
        // Nobody joins that conversation, so it is none of the call's.
        return Err(ServiceError::Unavailable("a conversation that the device can join"));
    }
    if let Some(provider_ref) = session.conversation.clone() {
        remember(app, &call, ring, provider, provider_ref).await?;
    }
    Ok(Opened { call, session, briefing })
}

/// No conversation comes: the family is told that there was no talk, unless one was opened before, and the staff of what
/// only the operator can mend (the plugin, and what is wrong).
async fn end_without_talk(
    app: &App,
    call: &Call,
    reason: CallReason,
    trouble: Option<(String, String)>,
) -> Result<(), ServiceError> {
    let (rules, id, tries) = (Rules::of(app), call.id, call.tries);
    app.db
        .write(move |c| {
            async move {
                if let Some((plugin, what)) = trouble {
                    staff_alerts::open(c, &Trouble::new(Fault::Talking, &plugin, &what), rules.now).await?;
                }
                ring_attempts::lock_of_call(c, id).await?;
                let Some(mut call) = calls::find(c, id).await? else { return Ok(()) };
                let has_none = conversations::of_call(c, id).await?.is_empty();
                if call.state == CallState::Answered && call.tries == tries && has_none {
                    miss(c, &mut call, reason, &rules).await?;
                }
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await?;
    app.live.changed(call.family_id);
    Ok(())
}

async fn remember(
    app: &App,
    call: &Call,
    attempt_id: AttemptId,
    provider: String,
    provider_ref: String,
) -> Result<(), ServiceError> {
    let (now, call_id) = (app.clock.now(), call.id);
    app.db
        .write(move |c| {
            async move {
                let row = ConversationRow {
                    provider: provider.clone(),
                    provider_ref: provider_ref.clone(),
                    call_id,
                    attempt_id,
                    opened_at: now,
                };
                if conversations::add(c, &row).await? {
                    webhooks::rematch(c, &provider, &provider_ref, now).await?;
                }
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await
}

/// The ring that this device should be ringing for, if its push seems lost:
/// sent at least `after_s` ago, still in its window, and not picked up.
pub async fn missed_push(app: &App, device: &Device, after_s: i64) -> Result<Option<(Call, AttemptId)>, ServiceError> {
    if device.state != DeviceState::Active {
        return Ok(None);
    }
    let now: Moment = app.clock.now();
    let mut c = app.db.read().await?;
    let ring =
        ring_attempts::ringing_for_device(&mut c, (device.callee_id, device.id), now.plus_secs(-after_s), now).await?;
    let Some(ring) = ring else { return Ok(None) };
    Ok(calls::find(&mut c, ring.call_id).await?.map(|call| (call, ring.id)))
}
