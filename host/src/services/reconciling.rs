//! Reconciling: fetching what never arrived. Webhooks are sent once; a talk whose webhook did not come is asked for at
//! the provider, with growing waits, until the provider says what became of it.
//!
//! What is asked: for a call by phone whose last submission led to no conversation that we know of, that submission, which
//! tells the conversation or has it found by our call id; then each conversation that we know of, by its id. A talk whose
//! webhook left out what was said is asked for in the same way.

use std::time::Duration;

use futures::FutureExt;

use crate::app::App;
use crate::db::calls::{self, Call, CallFacts};
use crate::db::conversations::{self, ConversationRow};
use crate::db::ring_attempts;
use crate::domain::{
    AttemptId, CallMethod, CallReason, CallState, Conversation, ConversationOutcome, Fault, Inspection, Moment,
    RingPhase,
};
use crate::services::calls::{Rules, miss};
use crate::services::error::ServiceError;
use crate::services::settling::{self, Heard};
use crate::services::{lookups, staff_alerts, unheard, webhooks};

const CALLS_A_TICK: usize = 200;
/// Calls that are asked for side by side: a slow provider holds up few.
const AT_ONCE: usize = 16;
/// Between two looks: a quarter of the time that has passed, within these bounds. So a provider that was away for hours
/// is asked for everything within minutes of its return, and one that is away is not asked all the time. What is not
/// there after hours is no more urgent.
const SHORTEST_WAIT_S: i64 = 20;
const LONGEST_WAIT_S: i64 = 240;
const URGENT_S: i64 = 6 * 3_600;
const LATER_WAIT_S: i64 = 1_800;
/// After this nothing comes any more.
const GIVE_UP_AFTER_S: i64 = 24 * 3_600;
/// An open call without a result is settled after so long, and a talk without its turns summarised, so that the family hears
/// of it.
const SETTLE_AFTER_S: i64 = 1_800;

/// Fetches what is overdue. Returns how many calls were looked at.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    look_after(app, AT_ONCE).await
}

/// The same, with so many calls side by side.
pub async fn look_after(app: &App, abreast: usize) -> Result<usize, ServiceError> {
    let now = app.clock.now();
    let look = app.low_water.checks.look(now);
    let waiting = calls::to_check(&mut app.db.read().await?, look.span(now, CALLS_A_TICK)).await?;
    app.low_water.checks.seen(look, waiting.first().and_then(|call| call.check_at).unwrap_or(now));
    let mut looked_at = 0;
    for calls in waiting.chunks(abreast.max(1)) {
        let looks = futures::future::join_all(calls.iter().map(|call| look_once(app, call.clone(), now))).await;
        looked_at += looks.into_iter().filter(|mine| *mine).count();
    }
    Ok(looked_at)
}

/// Looks at a call, if no other host does. One that fails must not keep the others from being looked at.
async fn look_once(app: &App, call: Call, now: Moment) -> bool {
    let Some(seen) = call.check_at else { return false };
    let (id, next) = (call.id, now.plus_secs(wait_s(&call, now)));
    let claimed = app.db.write(move |c| async move { calls::claim_check(c, id, seen, next).await }.boxed()).await;
    let looked = match claimed {
        Ok(false) => return false,
        Ok(true) => look(app, call).await,
        Err(error) => Err(error.into()),
    };
    if let Err(error) = looked {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::warn!(call = %id, %error, cause, "a call could not be reconciled; it will be tried again");
    }
    true
}

fn wait_s(call: &Call, now: Moment) -> i64 {
    let age_s = now.secs() - call.ring_at.secs();
    if age_s > URGENT_S { LATER_WAIT_S } else { (age_s / 4).clamp(SHORTEST_WAIT_S, LONGEST_WAIT_S) }
}

/// What the provider knows of a call.
enum Known {
    /// All that there is to know.
    Everything,
    /// Something, and more will follow: a talk goes on, or it did not answer.
    NotYet,
    /// None of the conversations.
    Nothing,
}

async fn look(app: &App, call: Call) -> Result<(), ServiceError> {
    let deadline = Duration::from_millis(app.config.calling.vendor_deadline_ms.into());
    let mut talks = conversations::of_call(&mut app.db.read().await?, call.id).await?;
    let mut known = Known::Nothing;
    if call.call_method == CallMethod::Phone {
        let found;
        (known, found) = ask_submission(app, &call, &talks, deadline).await?;
        talks.extend(found);
    }
    let mut is_settled = false;
    // All of them, since more may have been said in the last than in the first.
    for talk in talks {
        let fetched = app.plugins.fetch_session(&talk.provider, &talk.provider_ref, deadline).await;
        match &fetched {
            Ok(_) => app.proofs.worked(Fault::Fetching, &talk.provider, app.clock.now()),
            Err(failure) => staff_alerts::tell(app, Fault::Fetching, &talk.provider, failure).await,
        }
        match fetched {
            Ok(Some(found)) if found.outcome != ConversationOutcome::Running => {
                is_settled |= settle(app, &call, talk, found).await?;
            }
            Ok(Some(_)) => known = Known::NotYet,
            Ok(None) => {}
            Err(error) => {
                known = Known::NotYet;
                tracing::warn!(call = %call.id, %error, "a conversation could not be fetched");
            }
        }
    }
    if is_settled { Ok(()) } else { give_up(app, call, known).await }
}

/// Asks what became of the last submission of a call by phone, unless its conversation is among the known ones. Returns
/// the conversation that it led to, if the vendor tells.
async fn ask_submission(
    app: &App,
    call: &Call,
    talks: &[ConversationRow],
    deadline: Duration,
) -> Result<(Known, Option<ConversationRow>), ServiceError> {
    let attempts = ring_attempts::of_call(&mut app.db.read().await?, call.id).await?;
    let Some(attempt) = attempts.into_iter().rev().find(|attempt| attempt.ahead && attempt.sends > 0) else {
        return Ok((if talks.is_empty() { Known::Everything } else { Known::Nothing }, None));
    };
    if talks.iter().any(|talk| talk.attempt_id == attempt.id) {
        return Ok((Known::Nothing, None));
    }
    let found = match app.plugins.inspect(&attempt.channel, lookups::ring_refs(app, [&attempt]), deadline).await {
        Ok(inspections) => inspections.into_iter().find(|found| found.attempt == attempt.id),
        Err(error) => {
            tracing::warn!(call = %call.id, %error, "a submission could not be looked up");
            staff_alerts::tell(app, Fault::LookingUp, &attempt.channel, &error).await;
            None
        }
    };
    let Some(found) = found else { return Ok((Known::NotYet, None)) };
    match learn(app, call, attempt.id, &found).await? {
        Some(talk) => Ok((Known::NotYet, Some(talk))),
        None if is_over(found.phase) => Ok((Known::Everything, None)),
        None => Ok((Known::NotYet, None)),
    }
}

/// Whether nothing can follow any more from a ring that led to no conversation.
fn is_over(phase: RingPhase) -> bool {
    matches!(phase, RingPhase::Absent | RingPhase::Canceled | RingPhase::Failed)
}

/// Writes whose conversation it is, so that it is found by its webhook too.
async fn learn(
    app: &App,
    call: &Call,
    attempt_id: AttemptId,
    found: &Inspection,
) -> Result<Option<ConversationRow>, ServiceError> {
    let Some(provider_ref) = found.conversation.clone() else { return Ok(None) };
    let (now, provider) = (app.clock.now(), app.config.provider.phone.clone());
    let row = ConversationRow { provider, provider_ref, call_id: call.id, attempt_id, opened_at: now };
    let learnt = row.clone();
    app.db.write(move |c| async move { webhooks::learn(c, &learnt, now).await }.boxed()).await?;
    Ok(Some(row))
}

/// Gives the call what was found. True when nothing is missing any more.
async fn settle(app: &App, call: &Call, talk: ConversationRow, found: Conversation) -> Result<bool, ServiceError> {
    let (rules, id) = (Rules::of(app), call.id);
    let fetched = talk.clone();
    let was_talked = found.is_a_talk();
    let settled = app
        .db
        .write(move |c| {
            async move {
                settling::settle(c, &talk.provider, (id, talk.attempt_id), found, Heard::Fetched, &rules).await?;
                calls::find(c, id).await
            }
            .boxed()
        })
        .await?;
    if was_talked && let Err(error) = unheard::fetched(app, &fetched).await {
        tracing::warn!(provider = fetched.provider, %error, "whether webhooks come could not be told");
    }
    app.live.changed(call.family_id);
    app.wake.notify_waiters();
    Ok(settled.is_none_or(|call| call.check_at.is_none()))
}

/// Nothing found yet: settle an open call after a while, stop asking when there is nothing to come.
async fn give_up(app: &App, call: Call, known: Known) -> Result<(), ServiceError> {
    let rules = Rules::of(app);
    let age_s = i64::try_from(rules.now.since(call.ring_at).as_secs()).unwrap_or(i64::MAX);
    let longest_talk_s = i64::from(rules.config.calling.max_call_minutes) * 60;
    let family = call.family_id;
    app.db
        .write(move |c| {
            async move {
                let mut call = calls::find(c, call.id).await?.ok_or(ServiceError::NotFound)?;
                let (asked_again, mut stored) = (call.check_at, call.check_at);
                if call.state == CallState::Answered && matches!(known, Known::Nothing) {
                    return Ok(miss(c, &mut call, CallReason::NeverConnected, &rules).await?);
                }
                if !call.state.is_outcome() && age_s > SETTLE_AFTER_S + longest_talk_s {
                    miss(c, &mut call, CallReason::NoResult, &rules).await?;
                    // Settling ends the asking; what it was about may still come.
                    stored = None;
                }
                let over = call.state.is_outcome() && matches!(known, Known::Everything);
                let check_at = asked_again.filter(|_| !over && age_s <= GIVE_UP_AFTER_S);
                // Without its turns a talk is told of late, and not only when nobody asks for them any more.
                let patience_s = if check_at.is_some() { SETTLE_AFTER_S } else { 0 };
                settling::summarise_cut(c, call.id, rules.now.plus_secs(-patience_s), rules.now).await?;
                if check_at != stored {
                    let change = CallFacts { check_at: Some(check_at), ..CallFacts::default() };
                    calls::amend(c, call.id, &change, rules.now).await?;
                }
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(())
}
