//! Look-ups: asking the vendor what became of what it was handed.
//!
//! Three kinds of attempts come here: those whose reply never came, those of a
//! host that died before it wrote the reply, and phone calls that the vendor
//! took, which are polled for their conversation id until they are over.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::FutureExt;

use crate::app::App;
use crate::db::calls::CallFacts;
use crate::db::conversations::{self, ConversationRow};
use crate::db::ring_attempts::steps::{self, Claim};
use crate::db::ring_attempts::{self, RingAttempt};
use crate::db::{Conn, DbError, calls};
use crate::domain::{
    AttemptId, AttemptState, AttemptStep, CallReason, CallStep, FamilyId, Fault, GroupId, Inspection, Receipt,
    RingPhase, RingRef,
};
use crate::services::calls::{Rules, advance, miss};
use crate::services::error::ServiceError;
use crate::services::sealing::Kind;
use crate::services::{staff_alerts, taking_back, verdicts, webhooks};

const ATTEMPTS_A_TICK: usize = 100;
const LEASE_MARGIN_S: i64 = 10;
/// Longer than a submission can be on its way to the vendor and into its list.
pub(crate) const CERTAINLY_ABSENT_AFTER_S: i64 = 90;

/// Looks up what is due. Returns how many attempts were looked at.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let rules = Rules::of(app);
    let lease_s = i64::from(app.config.calling.vendor_deadline_ms / 1_000) + LEASE_MARGIN_S;
    let claim = Claim { node: app.node, now: rules.now, until: rules.now.plus_secs(lease_s) };
    let look = app.low_water.look_ups.look(claim.now);
    let due = look.span(claim.now, ATTEMPTS_A_TICK);
    let claimed =
        app.db.write_at_once(move |c| async move { steps::claim_lookups(c, claim, due).await }.boxed()).await?;
    let looked_at = claimed.len();
    if looked_at < ATTEMPTS_A_TICK {
        app.low_water.look_ups.seen(look, claim.now);
    }
    let mut by_channel: BTreeMap<String, Vec<RingAttempt>> = BTreeMap::new();
    for attempt in claimed {
        by_channel.entry(attempt.channel.clone()).or_default().push(attempt);
    }
    for (channel, attempts) in by_channel {
        inspect(app, &channel, attempts).await?;
    }
    Ok(looked_at)
}

async fn inspect(app: &App, channel: &str, attempts: Vec<RingAttempt>) -> Result<(), ServiceError> {
    let deadline = Duration::from_millis(app.config.calling.vendor_deadline_ms.into());
    let refs = ring_refs(app, &attempts);
    let inspections = match app.plugins.inspect(channel, refs, deadline).await {
        Ok(inspections) => inspections,
        Err(failure) => {
            tracing::warn!(channel, attempts = attempts.len(), error = %failure, "a look-up failed");
            staff_alerts::tell(app, Fault::LookingUp, channel, &failure).await;
            return look_later(app, attempts).await;
        }
    };
    let rules = Rules::of(app);
    app.proofs.worked(Fault::LookingUp, channel, rules.now);
    let provider = app.config.provider.phone.clone();
    let mut families: Vec<FamilyId> = Vec::new();
    let mut late: Vec<RingAttempt> = Vec::new();
    for attempt in attempts {
        let Some(found) = inspections.iter().find(|found| found.attempt == attempt.id).cloned() else {
            look_later(app, vec![attempt]).await?;
            continue;
        };
        if found.phase == RingPhase::Waiting && rules.now > attempt.expires_at {
            late.push(attempt.clone());
        }
        let (rules, provider) = (Rules { now: app.clock.now(), ..rules.clone() }, provider.clone());
        let (began_at, is_canceled) = (rules.now, found.phase == RingPhase::Canceled);
        let family =
            app.db.write(move |c| async move { record(c, &attempt, found, &provider, &rules).await }.boxed()).await?;
        app.low_water.written(began_at, app.clock.now());
        if is_canceled {
            // What its slot promises next may be earlier than where anybody looks.
            app.low_water.slots.forget();
        }
        families.extend(family);
    }
    take_back(app, channel, late).await?;
    for family in families {
        app.live.changed(family);
    }
    app.wake.notify_waiters();
    Ok(())
}

/// Attempts as their channel asks for them.
pub(crate) fn ring_refs<'a>(app: &App, attempts: impl IntoIterator<Item = &'a RingAttempt>) -> Vec<RingRef> {
    let ring_ref = |attempt: &RingAttempt| RingRef {
        attempt: attempt.id,
        call: attempt.call_id,
        group: attempt.group_id,
        // Where it cannot be read, the vendor may still know the ring by its reference.
        address: app.sealer.open(Kind::PushAddress, &attempt.address).unwrap_or_default(),
        environment: attempt.environment.clone(),
        ring_at: attempt.ring_at,
        reference: attempt.reference.clone(),
    };
    attempts.into_iter().map(ring_ref).collect()
}

async fn look_later(app: &App, attempts: Vec<RingAttempt>) -> Result<(), ServiceError> {
    let again = app.clock.now().plus_secs(app.config.calling.poll_interval_s.into());
    app.db
        .write(move |c| {
            async move {
                for attempt in attempts {
                    ring_attempts::look_later(c, &attempt, again).await?;
                }
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await
}

/// The vendor does not know it. A submission may still be on its way, so that is
/// believed only after a while, and nothing is submitted again once it would ring late.
async fn absent(c: &mut Conn, attempt: &RingAttempt, rules: &Rules) -> Result<(), DbError> {
    let certain_at = attempt.sent_at.unwrap_or(rules.now).plus_secs(CERTAINLY_ABSENT_AFTER_S);
    let look_at = rules.now.plus_secs(rules.config.calling.poll_interval_s.into());
    let unknown = AttemptStep::Unknown { why: None, look_at: look_at.min(certain_at.max(rules.now)) };
    ring_attempts::take_step(c, attempt, &AttemptState::OPEN, unknown).await?;
    if rules.now < certain_at {
        return Ok(());
    }
    let why = "not at the vendor".to_owned();
    if rules.now < attempt.ring_at {
        verdicts::send_again(c, attempt, rules.now, why, CallReason::VendorLost, rules).await
    } else {
        verdicts::failed(c, attempt, why, CallReason::VendorLost, rules).await
    }
}

/// Takes back what the vendor has not dialled by the end of the ring window: it
/// must not ring later. What cannot be taken back alone is looked at again.
async fn take_back(app: &App, channel: &str, late: Vec<RingAttempt>) -> Result<(), ServiceError> {
    let mut groups: BTreeMap<GroupId, Vec<RingAttempt>> = BTreeMap::new();
    for attempt in late {
        groups.entry(attempt.group_id).or_default().push(attempt);
    }
    let deadline = Duration::from_millis(app.config.calling.vendor_deadline_ms.into());
    for (group, late) in groups {
        // A vendor takes back whole submissions: it must be told that it is all of it.
        let all = ring_attempts::of_group(&mut app.db.read().await?, group).await?;
        let taken_back = match app.plugins.cancel(channel, ring_refs(app, &all), deadline).await {
            Ok(taken_back) => taken_back,
            Err(failure) => {
                tracing::warn!(channel, error = %failure, "rings that came too late could not be taken back");
                staff_alerts::tell(app, Fault::TakingBack, channel, &failure).await;
                continue;
            }
        };
        let gone: Vec<AttemptId> =
            all.iter().zip(taken_back).filter(|(_, gone)| *gone).map(|(attempt, _)| attempt.id).collect();
        let rules = Rules::of(app);
        app.proofs.worked(Fault::TakingBack, channel, rules.now);
        app.db
            .write(move |c| {
                async move {
                    for attempt in late.into_iter().filter(|attempt| gone.contains(&attempt.id)) {
                        let unknown = AttemptStep::Unknown { why: None, look_at: rules.now };
                        ring_attempts::take_step(c, &attempt, &AttemptState::OPEN, unknown).await?;
                        let why = "not dialled in its window, taken back".to_owned();
                        verdicts::failed(c, &attempt, why, CallReason::VendorLate, &rules).await?;
                    }
                    Ok::<_, ServiceError>(())
                }
                .boxed()
            })
            .await?;
    }
    Ok(())
}

/// Writes what the vendor said of one attempt. Returns the family to tell.
async fn record(
    c: &mut Conn,
    attempt: &RingAttempt,
    found: Inspection,
    provider: &str,
    rules: &Rules,
) -> Result<Option<FamilyId>, DbError> {
    let Some(mut call) = calls::find(c, attempt.call_id).await? else { return Ok(None) };
    if found.phase == RingPhase::Absent {
        absent(c, attempt, rules).await?;
        return Ok(Some(call.family_id));
    }
    if found.phase == RingPhase::Canceled && taking_back::was_wished(c, attempt, rules).await? {
        return Ok(Some(call.family_id));
    }
    let polled_again = match found.phase {
        RingPhase::Waiting if rules.now < attempt.ring_at => Some(attempt.ring_at.plus_secs(1)),
        RingPhase::Waiting | RingPhase::Ringing | RingPhase::Talking | RingPhase::Unknown | RingPhase::Absent => {
            Some(rules.now.plus_secs(rules.config.calling.poll_interval_s.into()))
        }
        RingPhase::Completed | RingPhase::Voicemail | RingPhase::Failed | RingPhase::Canceled => None,
    };
    let rings = matches!(found.phase, RingPhase::Ringing | RingPhase::Talking | RingPhase::Completed);
    let receipt = Receipt { reference: found.reference.clone(), recipient: found.recipient.clone() };
    let accepted_at = attempt.accepted_at.is_none().then_some(rules.now);
    let step = if rings || attempt.rang_at.is_some() {
        let at = attempt.rang_at.is_none().then_some(rules.now);
        AttemptStep::Rang { at, accepted_at, look_at: polled_again, receipt }
    } else {
        AttemptStep::Accepted { at: accepted_at, look_at: polled_again, receipt }
    };
    if !ring_attempts::take_step(c, attempt, &AttemptState::OPEN, step).await? {
        return Ok(None);
    }
    if let Some(provider_ref) = &found.conversation {
        let row = ConversationRow {
            provider: provider.to_owned(),
            provider_ref: provider_ref.clone(),
            call_id: call.id,
            attempt_id: attempt.id,
            opened_at: rules.now,
        };
        if conversations::add(c, &row).await? {
            webhooks::rematch(c, provider, provider_ref, rules.now).await?;
        }
    }
    follow(c, &mut call, &found, rules).await?;
    Ok(Some(call.family_id))
}

/// Moves the call as far as the vendor says it is.
async fn follow(c: &mut Conn, call: &mut calls::Call, found: &Inspection, rules: &Rules) -> Result<(), DbError> {
    let check_at = Some(rules.now.plus_secs(rules.config.calling.reconcile_after_s.into()));
    match found.phase {
        RingPhase::Ringing => {
            advance(c, call, &CallStep::Ringing, rules.now).await?;
        }
        RingPhase::Talking => {
            let talks = CallStep::InProgress { since: rules.now, answered_at: Some(rules.now), check_at };
            advance(c, call, &talks, rules.now).await?;
        }
        // After the window a host takes back what was not dialled, and may die before that is written.
        RingPhase::Canceled if rules.now > call.expires_at => miss(c, call, CallReason::VendorLate, rules).await?,
        RingPhase::Canceled => miss(c, call, CallReason::VendorCanceled, rules).await?,
        RingPhase::Failed if found.conversation.is_none() => {
            miss(c, call, CallReason::VendorFailed, rules).await?;
        }
        RingPhase::Completed | RingPhase::Voicemail | RingPhase::Failed => {
            // The webhook says how it came out; if it does not come, it is fetched.
            let facts = CallFacts { check_at: Some(check_at), ..CallFacts::default() };
            calls::amend(c, call.id, &facts, rules.now).await?;
        }
        RingPhase::Waiting | RingPhase::Absent | RingPhase::Unknown => {}
    }
    Ok(())
}
