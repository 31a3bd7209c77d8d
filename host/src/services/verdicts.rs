//! Verdicts: what a vendor's reply means for an attempt and its call.

use crate::db::callees::Callee;
use crate::db::calls::Call;
use crate::db::ring_attempts::{self, AttemptChange, RingAttempt};
use crate::db::{Conn, DbError, callees, calls, ring_targets, timeline};
use crate::domain::{AlertKind, AttemptState, CallState, Moment, Verdict};
use crate::services::calls::{Miss, Rules, miss};
use crate::services::{arming, staff_alerts};

/// The states in which a verdict may still be written.
pub(crate) const AWAITING_VERDICT: [AttemptState; 3] = [AttemptState::Armed, AttemptState::Sent, AttemptState::Unknown];
/// How often one attempt may be handed over.
pub(crate) const SENDS: i32 = 3;
/// Between two hand-overs of a push whose reply never came.
const REPEAT_AFTER_S: i64 = 2;
/// The vendor shows a submission in its list after so long.
pub(crate) const LOOK_UP_AFTER_S: i64 = 2;

/// Why an attempt came to nothing whose channel, or its vendor, is left alone.
const RESTING: &str = "channel_resting";

/// Writes a verdict and what follows from it.
pub(crate) async fn record(
    c: &mut Conn,
    attempt: &RingAttempt,
    verdict: Verdict,
    rules: &Rules,
) -> Result<(), DbError> {
    match verdict {
        Verdict::Accepted(reference) => accepted(c, attempt, reference, rules).await,
        Verdict::Gone(reason) => {
            if let Some(address) = attempt.push_address_id {
                ring_targets::retire(c, address, &attempt.address, attempt.sent_at.unwrap_or(rules.now), rules.now)
                    .await?;
            }
            over(c, attempt, AttemptState::Gone, &reason, "address_gone", rules).await
        }
        Verdict::Refused(reason) => over(c, attempt, AttemptState::Failed, &reason, "refused", rules).await,
        Verdict::Misconfigured(reason) => {
            staff_alerts::open(c, AlertKind::Misconfigured, &attempt.channel, &reason, rules.now).await?;
            over(c, attempt, AttemptState::Failed, &reason, "misconfigured", rules).await
        }
        Verdict::Retry { after_ms, reason } => {
            let again = rules.now + std::time::Duration::from_millis(after_ms.into());
            send_again(c, attempt, again, &reason, "vendor_busy", rules).await
        }
        Verdict::Unknown(reason) if attempt.ahead => {
            // It may have been taken: look before anything is repeated.
            let change = AttemptChange {
                state: Some(AttemptState::Unknown),
                act_at: Some(Some(rules.now.plus_secs(LOOK_UP_AFTER_S))),
                reason: Some(Some(reason)),
                ..AttemptChange::default()
            };
            ring_attempts::settle(c, attempt, &AWAITING_VERDICT, &change).await?;
            Ok(())
        }
        Verdict::Unknown(reason) => {
            send_again(c, attempt, rules.now.plus_secs(REPEAT_AFTER_S), &reason, "vendor_silent", rules).await
        }
    }
}

/// The channel is left alone until a moment: nothing was sent. The callee's next device on another channel rings at
/// once. Where there is none, the attempt waits for its channel, as long as it can still ring in time.
///
/// Never both: an attempt that waits would ring a second device beside the one that rings by then.
pub(crate) async fn turned_away(
    c: &mut Conn,
    attempt: &RingAttempt,
    until: Moment,
    reason: &str,
    rules: &Rules,
) -> Result<(), DbError> {
    let Some((call, callee)) = awaited(c, attempt).await? else {
        // Nobody waits for it any more.
        return over(c, attempt, AttemptState::Failed, reason, RESTING, rules).await;
    };
    let in_time = !attempt.ahead && rules.now < call.expires_at && callee.consent_at.is_some();
    let elsewhere = if in_time { arming::elsewhere(c, &call, &callee, attempt, rules).await? } else { None };
    if let Some(target) = elsewhere {
        if end(c, attempt, AttemptState::Failed, reason).await? {
            timeline::append(c, &call, rules.now, "ring_failed", Some(RESTING)).await?;
            arming::arm_at(c, &call, target, rules).await?;
        }
        return Ok(());
    }
    let again = until.max(rules.now.plus_secs(1));
    if again >= attempt.expires_at {
        return over(c, attempt, AttemptState::Failed, reason, RESTING, rules).await;
    }
    let change = AttemptChange {
        state: Some(AttemptState::Armed),
        act_at: Some(Some(again)),
        reason: Some(Some(reason.to_owned())),
        owner: Some(None),
        // It was not handed over: this time does not count.
        sends: Some(attempt.sends - 1),
        ..AttemptChange::default()
    };
    ring_attempts::settle(c, attempt, &AWAITING_VERDICT, &change).await?;
    Ok(())
}

async fn accepted(
    c: &mut Conn,
    attempt: &RingAttempt,
    reference: Option<String>,
    rules: &Rules,
) -> Result<(), DbError> {
    let look_at = attempt.ahead.then(|| attempt.ring_at.max(rules.now).plus_secs(1));
    let change = AttemptChange {
        state: Some(AttemptState::Accepted),
        act_at: Some(look_at),
        reference: reference.clone(),
        accepted_at: Some(rules.now),
        ..AttemptChange::default()
    };
    if !ring_attempts::settle(c, attempt, &AWAITING_VERDICT, &change).await? {
        // The device was quicker than the vendor's reply: keep what it said.
        let late = AttemptChange {
            act_at: Some(look_at),
            reference,
            accepted_at: Some(rules.now),
            ..AttemptChange::default()
        };
        ring_attempts::settle(c, attempt, &[AttemptState::Rang], &late).await?;
    }
    if let Some(address) = attempt.push_address_id {
        ring_targets::mark_ok(c, &[address], rules.now).await?;
    }
    if let Some(call) = calls::find(c, attempt.call_id).await? {
        timeline::append(c, &call, rules.now, "ring_accepted", Some(&attempt.channel)).await?;
    }
    Ok(())
}

/// Arms the attempt once more, while that can still ring in time.
pub(crate) async fn send_again(
    c: &mut Conn,
    attempt: &RingAttempt,
    at: Moment,
    reason: &str,
    failed: &'static str,
    rules: &Rules,
) -> Result<(), DbError> {
    if attempt.sends >= SENDS || at >= attempt.expires_at {
        return over(c, attempt, AttemptState::Failed, reason, failed, rules).await;
    }
    let change = AttemptChange {
        state: Some(AttemptState::Armed),
        act_at: Some(Some(at)),
        reason: Some(Some(reason.to_owned())),
        // Whoever is there by then sends it.
        owner: Some(None),
        sends: Some(attempt.sends),
        sent_at: attempt.sent_at,
        ..AttemptChange::default()
    };
    ring_attempts::settle(c, attempt, &AWAITING_VERDICT, &change).await?;
    Ok(())
}

/// The attempt is over: ring the callee's next device at once, or end the try.
pub(crate) async fn over(
    c: &mut Conn,
    attempt: &RingAttempt,
    state: AttemptState,
    reason: &str,
    failed: &'static str,
    rules: &Rules,
) -> Result<(), DbError> {
    if attempt.accepted_at.is_some() && !attempt.ahead {
        // It was taken once, and rings as far as anybody knows: that a repeat came to nothing does not end it.
        let rings = AttemptChange {
            state: Some(AttemptState::Accepted),
            act_at: Some(None),
            reason: Some(Some(reason.to_owned())),
            sends: Some(attempt.sends),
            ..AttemptChange::default()
        };
        ring_attempts::settle(c, attempt, &AWAITING_VERDICT, &rings).await?;
        return Ok(());
    }
    if !end(c, attempt, state, reason).await? {
        return Ok(());
    }
    let Some((mut call, callee)) = awaited(c, attempt).await? else { return Ok(()) };
    timeline::append(c, &call, rules.now, "ring_failed", Some(failed)).await?;
    // Another device on a channel that is left alone would not ring either.
    let next = !attempt.ahead && failed != RESTING && rules.now < call.expires_at;
    if next && arming::arm(c, &call, &callee, rules).await?.is_ok() {
        return Ok(());
    }
    let retry = matches!(failed, "vendor_busy" | "vendor_silent" | "vendor_lost" | RESTING);
    miss(c, &mut call, Miss::failed(failed, retry), rules).await
}

/// Ends the attempt. False when it counts no more: a ring that the device or the vendor has heard is not over,
/// whatever a late reply says.
async fn end(c: &mut Conn, attempt: &RingAttempt, state: AttemptState, reason: &str) -> Result<bool, DbError> {
    let change = AttemptChange {
        state: Some(state),
        act_at: Some(None),
        reason: Some(Some(reason.to_owned())),
        sends: Some(attempt.sends),
        sent_at: attempt.sent_at,
        ..AttemptChange::default()
    };
    ring_attempts::settle(c, attempt, &AWAITING_VERDICT, &change).await
}

/// The call whose present try waits for this attempt, if one does.
async fn awaited(c: &mut Conn, attempt: &RingAttempt) -> Result<Option<(Call, Callee)>, DbError> {
    let Some(call) = calls::find(c, attempt.call_id).await? else { return Ok(None) };
    if !matches!(call.state, CallState::Queued | CallState::Ringing) || call.tries != attempt.try_no {
        return Ok(None);
    }
    Ok(callees::find(c, call.callee_id).await?.map(|callee| (call, callee)))
}
