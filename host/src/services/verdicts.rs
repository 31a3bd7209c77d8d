//! Verdicts: what a vendor's reply means for an attempt and its call.

use crate::db::callees::Callee;
use crate::db::calls::Call;
use crate::db::ring_attempts::{self, RingAttempt};
use crate::db::{Conn, DbError, callees, calls, ring_targets, timeline};
use crate::domain::{AttemptState, AttemptStep, CallReason, CallState, Ending, Fault, Moment, Receipt, Verdict};
use crate::services::arming;
use crate::services::armory::holding;
use crate::services::calls::{Rules, miss};
use crate::services::staff_alerts::{self, Trouble};

/// The states in which a verdict may still be written.
pub(crate) const AWAITING_VERDICT: [AttemptState; 3] = [AttemptState::Armed, AttemptState::Sent, AttemptState::Unknown];
/// How often one attempt may be handed over, within its window.
pub(crate) const SENDS: i32 = 8;
/// How often, when the callee has another device.
const SENDS_BEFORE_THE_NEXT: i32 = 3;
/// Between two hand-overs of a push whose reply never came.
const REPEAT_AFTER_S: i64 = 2;
/// The vendor shows a submission in its list after so long.
pub(crate) const LOOK_UP_AFTER_S: i64 = 2;

/// Writes a verdict and what follows from it.
pub(crate) async fn record(
    c: &mut Conn,
    attempt: &RingAttempt,
    verdict: Verdict,
    rules: &Rules,
) -> Result<(), DbError> {
    match verdict {
        Verdict::Accepted(reference) => accepted(c, attempt, reference, rules).await,
        Verdict::AcceptedIn { environment, reference } => {
            let sent_at = attempt.sent_at.unwrap_or(rules.now);
            keep_environment(c, attempt, &environment, sent_at, rules).await?;
            accepted(c, attempt, reference, rules).await
        }
        Verdict::Gone(reason) => {
            retire(c, attempt, attempt.sent_at.unwrap_or(rules.now), rules).await?;
            over(c, attempt, AttemptStep::Gone(ending(attempt, reason)), CallReason::AddressGone, rules).await
        }
        Verdict::GoneSince { since, reason } => {
            let known_at = since.min(attempt.sent_at.unwrap_or(rules.now));
            if retire(c, attempt, known_at, rules).await? {
                over(c, attempt, AttemptStep::Gone(ending(attempt, reason)), CallReason::AddressGone, rules).await
            } else {
                let why = format!("{reason}, but the phone has registered since then: its address is kept");
                failed(c, attempt, why, CallReason::Refused, rules).await
            }
        }
        Verdict::Refused(reason) => failed(c, attempt, reason, CallReason::Refused, rules).await,
        Verdict::Misconfigured(reason) => {
            staff_alerts::open(c, &trouble(&attempt.channel, &reason), rules.now).await?;
            failed(c, attempt, reason, CallReason::Misconfigured, rules).await
        }
        Verdict::Retry { after_ms, reason } => {
            let again = rules.now + std::time::Duration::from_millis(after_ms.into());
            send_again(c, attempt, again, reason, CallReason::VendorBusy, rules).await
        }
        Verdict::Unknown(reason) if attempt.ahead => {
            // It may have been taken: look before anything is repeated.
            let look_at = rules.now.plus_secs(LOOK_UP_AFTER_S);
            let unknown = AttemptStep::Unknown { why: Some(reason), look_at };
            ring_attempts::take_step(c, attempt, &AWAITING_VERDICT, unknown).await?;
            Ok(())
        }
        Verdict::Unknown(reason) => {
            let again = rules.now.plus_secs(REPEAT_AFTER_S);
            send_again(c, attempt, again, reason, CallReason::VendorSilent, rules).await
        }
    }
}

/// What of a channel only the operator can mend, by the words of its verdict. Some of them are the host's own.
fn trouble(channel: &str, reason: &str) -> Trouble {
    if reason == holding::UNREADABLE {
        Trouble::new(Fault::Sealed, staff_alerts::SEALING_KEY, "")
    } else if reason == not_loaded(channel) {
        Trouble::new(Fault::NotLoaded, channel, "")
    } else {
        Trouble::new(Fault::Ringing, channel, reason)
    }
}

/// Why nothing rings over a channel that is not there.
pub(crate) fn not_loaded(channel: &str) -> String {
    format!("the channel `{channel}` is not loaded")
}

/// Retires the attempt's address, which its vendor knew to be dead at a moment, unless the device has registered since.
/// Says whether it did.
async fn retire(c: &mut Conn, attempt: &RingAttempt, known_at: Moment, rules: &Rules) -> Result<bool, DbError> {
    let Some(address) = attempt.push_address_id else { return Ok(false) };
    let forms = rules.sealer.forms_of_address(&attempt.address);
    ring_targets::retire(c, address, &forms, known_at, rules.now).await
}

/// Keeps in which environment the vendor took the attempt, unless the device has registered since it was sent.
pub(crate) async fn keep_environment(
    c: &mut Conn,
    attempt: &RingAttempt,
    environment: &str,
    sent_at: Moment,
    rules: &Rules,
) -> Result<(), DbError> {
    let Some(address) = attempt.push_address_id else { return Ok(()) };
    let forms = rules.sealer.forms_of_address(&attempt.address);
    ring_targets::keep_environment(c, address, &forms, environment, sent_at).await
}

/// The channel is left alone until a moment: nothing was sent. The callee's next device on another channel rings at
/// once. Where there is none, the attempt waits for its channel, as long as it can still ring in time.
///
/// Never both: an attempt that waits would ring a second device beside the one that rings by then.
pub(crate) async fn turned_away(
    c: &mut Conn,
    attempt: &RingAttempt,
    until: Moment,
    why: String,
    rules: &Rules,
) -> Result<(), DbError> {
    let Some((call, callee)) = awaited(c, attempt).await? else {
        // Nobody waits for it any more.
        return failed(c, attempt, why, CallReason::ChannelResting, rules).await;
    };
    let in_time = !attempt.ahead && rules.now < call.expires_at && callee.consent_at.is_some();
    let elsewhere = if in_time { arming::elsewhere(c, &call, &callee, Some(attempt), rules).await? } else { None };
    if let Some(target) = elsewhere {
        let failed = AttemptStep::Failed(ending(attempt, why));
        if ring_attempts::take_step(c, attempt, &AWAITING_VERDICT, failed).await? {
            let resting = CallReason::ChannelResting.as_str();
            timeline::append(c, &call, rules.now, "ring_failed", Some(resting)).await?;
            arming::arm_at(c, &call, target, rules).await?;
        }
        return Ok(());
    }
    let again = until.max(rules.now.plus_secs(1));
    if again >= attempt.expires_at {
        return failed(c, attempt, why, CallReason::ChannelResting, rules).await;
    }
    // It was not handed over: this time does not count.
    let armed = AttemptStep::Armed { at: again, why: Some(why), sends: attempt.sends - 1, sent_at: None };
    ring_attempts::take_step(c, attempt, &AWAITING_VERDICT, armed).await?;
    Ok(())
}

async fn accepted(
    c: &mut Conn,
    attempt: &RingAttempt,
    reference: Option<String>,
    rules: &Rules,
) -> Result<(), DbError> {
    let look_at = attempt.ahead.then(|| attempt.ring_at.max(rules.now).plus_secs(1));
    let receipt = Receipt { reference, recipient: None };
    let accepted = AttemptStep::Accepted { at: Some(rules.now), look_at, receipt: receipt.clone() };
    if !ring_attempts::take_step(c, attempt, &AWAITING_VERDICT, accepted).await? {
        // The device was quicker than the vendor's reply: keep what it said.
        let rang = AttemptStep::Rang { at: None, accepted_at: Some(rules.now), look_at, receipt };
        ring_attempts::take_step(c, attempt, &[AttemptState::Rang], rang).await?;
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
    why: String,
    reason: CallReason,
    rules: &Rules,
) -> Result<(), DbError> {
    let patience = if has_next(c, attempt, rules).await? { SENDS_BEFORE_THE_NEXT } else { SENDS };
    if attempt.sends >= patience || at >= attempt.expires_at {
        return failed(c, attempt, why, reason, rules).await;
    }
    let armed = AttemptStep::Armed { at, why: Some(why), sends: attempt.sends, sent_at: attempt.sent_at };
    ring_attempts::take_step(c, attempt, &AWAITING_VERDICT, armed).await?;
    Ok(())
}

/// Whether the callee has another device that could ring instead.
async fn has_next(c: &mut Conn, attempt: &RingAttempt, rules: &Rules) -> Result<bool, DbError> {
    let Some((call, callee)) = awaited(c, attempt).await? else { return Ok(false) };
    Ok(arming::elsewhere(c, &call, &callee, None, rules).await?.is_some())
}

/// The attempt did not ring.
pub(crate) async fn failed(
    c: &mut Conn,
    attempt: &RingAttempt,
    why: String,
    reason: CallReason,
    rules: &Rules,
) -> Result<(), DbError> {
    over(c, attempt, AttemptStep::Failed(ending(attempt, why)), reason, rules).await
}

fn ending(attempt: &RingAttempt, why: String) -> Ending {
    Ending { why, sends: attempt.sends, sent_at: attempt.sent_at }
}

/// The attempt is over: ring the callee's next device at once, or end the try. One that the device or the vendor has
/// heard ring is not over, whatever a late reply says.
async fn over(
    c: &mut Conn,
    attempt: &RingAttempt,
    step: AttemptStep,
    reason: CallReason,
    rules: &Rules,
) -> Result<(), DbError> {
    if attempt.accepted_at.is_some() && !attempt.ahead {
        // It was taken once, and rings as far as anybody knows: that a repeat came to nothing does not end it.
        if let AttemptStep::Gone(ending) | AttemptStep::Failed(ending) = step {
            ring_attempts::take_step(c, attempt, &AWAITING_VERDICT, AttemptStep::StillAccepted(ending)).await?;
        }
        return Ok(());
    }
    if !ring_attempts::take_step(c, attempt, &AWAITING_VERDICT, step).await? {
        return Ok(());
    }
    let Some((mut call, callee)) = awaited(c, attempt).await? else { return Ok(()) };
    timeline::append(c, &call, rules.now, "ring_failed", Some(reason.as_str())).await?;
    // Another device on a channel that is left alone would not ring either.
    let next = !attempt.ahead && reason != CallReason::ChannelResting && rules.now < call.expires_at;
    if next && arming::arm(c, &call, &callee, rules).await?.is_ok() {
        return Ok(());
    }
    miss(c, &mut call, reason, rules).await
}

/// The call whose present try waits for this attempt, if one does.
async fn awaited(c: &mut Conn, attempt: &RingAttempt) -> Result<Option<(Call, Callee)>, DbError> {
    let Some(call) = calls::find(c, attempt.call_id).await? else { return Ok(None) };
    if !matches!(call.state, CallState::Queued | CallState::Ringing) || call.tries != attempt.try_no {
        return Ok(None);
    }
    Ok(callees::find(c, call.callee_id).await?.map(|callee| (call, callee)))
}
