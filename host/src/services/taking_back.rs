//! Taking back: calls that are queued, and that the family's plan does not hold any more.
//!
//! What has not left the host is cancelled at once. What a vendor was given ahead of its time is taken back there by a
//! job, and the call is cancelled when the vendor has said so: until then it may ring, so it stays promised, and its
//! slot can't promise the same day a second time. The job asks the plan again whenever it runs, so a change of mind
//! needs nothing of its own. A host may die between the vendor's word and ours: then the job is done once more, or a
//! look-up sees it first, and both write the same.
//!
//! A vendor gives back whole submissions only. One that somebody else's call is part of is left, and the call's
//! timeline says that the vendor keeps it.

use std::time::Duration;

use futures::FutureExt;

use crate::app::App;
use crate::db::callees::Callee;
use crate::db::calls::{self, Call};
use crate::db::ring_attempts::steps::Claim;
use crate::db::ring_attempts::{self, RingAttempt};
use crate::db::slots::{self, StoredSlot};
use crate::db::{Conn, DbError, callees, ring_groups, timeline};
use crate::domain::calendar::Calendar;
use crate::domain::schedule::Slot;
use crate::domain::{
    AttemptId, AttemptState, AttemptStep, CallId, CallMethod, CallReason, CallState, CallStep, FamilyId, Fault, Moment,
    RingPhase,
};
use crate::services::calls::{Rules, advance};
use crate::services::error::ServiceError;
use crate::services::jobs::{self, Job, Trouble};
use crate::services::lookups::{self, CERTAINLY_ABSENT_AFTER_S};
use crate::services::schedules::planning;
use crate::services::staff_alerts;

/// Why such a call is cancelled.
const REASON: CallReason = CallReason::ScheduleChanged;
const LEASE_MARGIN_S: i64 = 10;

/// Takes back what is queued for a callee and not planned any more. Their slots must be locked.
pub(crate) async fn unplanned(
    c: &mut Conn,
    callee: &Callee,
    slots: &[Slot],
    calendar: &Calendar,
    now: Moment,
) -> Result<(), DbError> {
    for mut call in calls::queued_after(c, callee.id, now).await? {
        ring_attempts::lock_of_call(c, call.id).await?;
        let attempts = of_this_try(c, &call).await?;
        if is_planned(&call, &attempts, callee, slots, calendar) {
            continue;
        }
        if attempts.iter().any(is_away) {
            timeline::append(c, &call, now, "taking_back", Some(REASON.as_str())).await?;
            jobs::enqueue(c, &Job::TakeBack { call: call.id }, &format!("{}:{}", call.id, now.0), now).await?;
        } else {
            cancel(c, &mut call, now).await?;
        }
    }
    Ok(())
}

/// Whether the plan still holds a call as it was queued: at this moment, for this date, in this way.
fn is_planned(call: &Call, attempts: &[RingAttempt], callee: &Callee, slots: &[Slot], calendar: &Calendar) -> bool {
    let number_holds = call.call_method != CallMethod::Phone
        || attempts.iter().all(|attempt| Some(&attempt.address) == callee.phone.as_ref());
    let just_before = call.due_at.plus_secs(-1);
    let slot_holds = slots
        .iter()
        .filter(|slot| slot.slot_no == call.slot_no)
        .filter_map(|slot| slot.next_after(just_before, calendar))
        .any(|next| next.at == call.due_at && next.date.to_string() == call.local_date);
    call.call_method == callee.call_method && number_holds && slot_holds
}

/// The open attempts of a call's present try.
async fn of_this_try(c: &mut Conn, call: &Call) -> Result<Vec<RingAttempt>, DbError> {
    let mut attempts = ring_attempts::of_call(c, call.id).await?;
    attempts.retain(|attempt| attempt.try_no == call.tries && AttemptState::OPEN.contains(&attempt.state));
    Ok(attempts)
}

/// Whether a vendor has an attempt, or may have it.
fn is_away(attempt: &RingAttempt) -> bool {
    attempt.ahead && attempt.state != AttemptState::Armed
}

async fn cancel(c: &mut Conn, call: &mut Call, now: Moment) -> Result<bool, DbError> {
    advance(c, call, &CallStep::Over { reason: REASON, at: now }, now).await
}

/// How a call stands to the plan at this moment.
enum Standing {
    /// It is planned again, or over.
    Nothing,
    /// It rings or talks by now, or a submission is left for the sake of another call.
    Kept,
    /// Nothing of it is with a vendor: it is cancelled.
    Canceled,
    /// Its hand-over is on its way, or another host takes a step with it.
    Busy,
    /// Its submission is to be taken back: all that was handed over together, and what of it is claimed here.
    Claimed(Vec<RingAttempt>, Vec<AttemptId>),
}

/// The job of [`unplanned`]: takes one call back at its vendor.
pub(crate) async fn at_vendor(app: &App, id: CallId) -> Result<(), Trouble> {
    let deadline_ms = app.config.calling.vendor_deadline_ms;
    let rules = Rules::of(app);
    let now = rules.now;
    // Two questions to the vendor, each within its deadline.
    let until = now.plus_secs(2 * i64::from(deadline_ms / 1_000) + LEASE_MARGIN_S);
    let claim = Claim { node: app.node, now, until };
    let (standing, family) =
        app.db.write(move |c| async move { look(c, id, claim, &rules).await }.boxed()).await.map_err(db)?;
    let (all, claimed) = match standing {
        Standing::Nothing => return Ok(()),
        Standing::Busy => return Err(Trouble::Passing("its hand-over is still on its way".into())),
        Standing::Kept | Standing::Canceled => {
            tell(app, family);
            return Ok(());
        }
        Standing::Claimed(all, claimed) => (all, claimed),
    };
    let Some(channel) = all.first().map(|attempt| attempt.channel.clone()) else { return Ok(()) };
    let deadline = Duration::from_millis(deadline_ms.into());
    let answered = app.plugins.cancel(&channel, lookups::ring_refs(app, &all), deadline).await;
    match &answered {
        Ok(_) => app.proofs.worked(Fault::TakingBack, &channel, app.clock.now()),
        Err(failure) => staff_alerts::tell(app, Fault::TakingBack, &channel, failure).await,
    }
    let rules = Rules::of(app);
    let now = rules.now;
    // Until the ring there is time to ask again.
    let in_time = all.iter().all(|attempt| now < attempt.ring_at);
    let (given_back, last_word) = match answered.map_err(|failure| Trouble::from(ServiceError::from(failure))) {
        Ok(given_back) => (given_back, !in_time),
        Err(Trouble::Passing(why)) if in_time => return Err(Trouble::Passing(why)),
        Err(_) => (vec![false; all.len()], true),
    };
    let doubtful: Vec<&RingAttempt> = all.iter().filter(|attempt| may_arrive_yet(attempt, now)).collect();
    let seen = seen_canceled(app, &channel, &doubtful, deadline).await;
    let doubtful: Vec<AttemptId> = doubtful.iter().map(|attempt| attempt.id).collect();
    let mut unsure = false;
    for (attempt, given_back) in all.into_iter().zip(given_back).filter(|(attempt, _)| claimed.contains(&attempt.id)) {
        let given_back = given_back && (seen.contains(&attempt.id) || !doubtful.contains(&attempt.id));
        if !given_back && !last_word {
            unsure = true;
            continue;
        }
        let rules = rules.clone();
        let settled = app.db.write(move |c| async move { settle(c, &attempt, given_back, &rules).await }.boxed());
        tell(app, settled.await.map_err(db)?);
    }
    if unsure { Err(Trouble::Passing("the vendor has not given it back yet".into())) } else { Ok(()) }
}

/// Whether the vendor may say "not there" of a submission that is not there yet.
fn may_arrive_yet(attempt: &RingAttempt, now: Moment) -> bool {
    let certain_at = attempt.sent_at.map(|sent_at| sent_at.plus_secs(CERTAINLY_ABSENT_AFTER_S));
    attempt.reference.is_none() && certain_at.is_some_and(|certain_at| now < certain_at)
}

/// Those of the attempts that the vendor has, and shows as taken back.
async fn seen_canceled(app: &App, channel: &str, doubtful: &[&RingAttempt], deadline: Duration) -> Vec<AttemptId> {
    let refs = lookups::ring_refs(app, doubtful.iter().copied());
    // No answer leaves the doubt, and the job comes again.
    let inspections = app.plugins.inspect(channel, refs, deadline).await.unwrap_or_default();
    inspections.iter().filter(|found| found.phase == RingPhase::Canceled).map(|found| found.attempt).collect()
}

/// Looks how the call stands, and claims what is to be taken back with it.
async fn look(c: &mut Conn, id: CallId, claim: Claim, rules: &Rules) -> Result<(Standing, Option<FamilyId>), DbError> {
    let Some(mut call) = locked(c, id).await? else { return Ok((Standing::Nothing, None)) };
    let family = Some(call.family_id);
    if call.state.is_outcome() || is_wanted(c, &call, claim.now).await? {
        return Ok((Standing::Nothing, family));
    }
    let attempts = of_this_try(c, &call).await?;
    let Some(away) = attempts.iter().find(|attempt| is_away(attempt)) else {
        let canceled = call.state == CallState::Queued && cancel(c, &mut call, claim.now).await?;
        if canceled {
            planning::replan(c, call.callee_id, rules).await?;
        }
        return Ok((if canceled { Standing::Canceled } else { Standing::Kept }, family));
    };
    if call.state != CallState::Queued || someone_else_wants(c, away, claim.now).await? {
        keep(c, &call, claim.now).await?;
        return Ok((Standing::Kept, family));
    }
    let claimed = ring_groups::claim(c, away.group_id, claim).await?;
    if !claimed.contains(&away.id) {
        return Ok((Standing::Busy, family));
    }
    Ok((Standing::Claimed(ring_attempts::of_group(c, away.group_id).await?, claimed), family))
}

/// A call as it stands, with its callee and its attempts locked.
async fn locked(c: &mut Conn, id: CallId) -> Result<Option<Call>, DbError> {
    let Some(call) = calls::find(c, id).await? else { return Ok(None) };
    callees::lock(c, call.callee_id).await?;
    ring_attempts::lock_of_call(c, id).await?;
    calls::find(c, id).await
}

/// Whether a call that was handed over together with this attempt is still to ring, or rings.
async fn someone_else_wants(c: &mut Conn, attempt: &RingAttempt, now: Moment) -> Result<bool, DbError> {
    for other in ring_attempts::of_group(c, attempt.group_id).await? {
        if other.call_id == attempt.call_id || !AttemptState::OPEN.contains(&other.state) {
            continue;
        }
        let Some(call) = calls::find(c, other.call_id).await? else { continue };
        let on_its_way = !call.state.is_outcome() && call.state != CallState::Queued;
        if on_its_way || (call.state == CallState::Queued && is_wanted(c, &call, now).await?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the plan, as it is stored now, holds a call.
async fn is_wanted(c: &mut Conn, call: &Call, now: Moment) -> Result<bool, DbError> {
    let Some(callee) = callees::find(c, call.callee_id).await? else { return Ok(false) };
    let rows = slots::of_callee(c, callee.id).await?;
    let slots = rows.iter().map(StoredSlot::slot).collect::<Result<Vec<_>, _>>()?;
    let calendar = planning::calendar(c, callee.id, planning::read_zone(&callee.zone)?, now).await?;
    let attempts = of_this_try(c, call).await?;
    Ok(is_planned(call, &attempts, &callee, &slots, &calendar))
}

/// The vendor keeps a call: it rings, and becomes what it becomes.
async fn keep(c: &mut Conn, call: &Call, now: Moment) -> Result<(), DbError> {
    timeline::append(c, call, now, "vendor_keeps", Some(REASON.as_str())).await
}

/// Writes what the vendor said of an attempt, and plans anew where a call was cancelled. Gives the family to tell.
async fn settle(
    c: &mut Conn,
    attempt: &RingAttempt,
    given_back: bool,
    rules: &Rules,
) -> Result<Option<FamilyId>, DbError> {
    let Some(mut call) = locked(c, attempt.call_id).await? else { return Ok(None) };
    if !given_back {
        if !call.state.is_outcome() {
            keep(c, &call, rules.now).await?;
        }
        return Ok(Some(call.family_id));
    }
    let closed = AttemptStep::Closed { why: "taken back: the schedule was changed".to_owned() };
    if ring_attempts::take_step(c, attempt, &AttemptState::OPEN, closed).await?
        && cancel(c, &mut call, rules.now).await?
    {
        planning::replan(c, call.callee_id, rules).await?;
    }
    Ok(Some(call.family_id))
}

/// A look-up has found that the vendor took an attempt back. Where the plan holds its call no more, that was the
/// family's wish, and whoever saw to it died before it was written, or never heard the reply: it is written now. False
/// for any other call.
pub(crate) async fn was_wished(c: &mut Conn, attempt: &RingAttempt, rules: &Rules) -> Result<bool, DbError> {
    let Some(call) = locked(c, attempt.call_id).await? else { return Ok(false) };
    // "Call now" stands in no plan.
    let may_be_unplanned = call.slot_no > 0 && call.state == CallState::Queued;
    if !may_be_unplanned || is_wanted(c, &call, rules.now).await? {
        return Ok(false);
    }
    settle(c, attempt, true, rules).await?;
    Ok(true)
}

fn tell(app: &App, family: Option<FamilyId>) {
    if let Some(family) = family {
        app.live.changed(family);
    }
    app.low_water.slots.forget();
    app.wake.notify_waiters();
}

fn db(error: DbError) -> Trouble {
    ServiceError::from(error).into()
}
