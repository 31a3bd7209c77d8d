//! Cancelling: when one device has picked up, or the call is over, the other devices stop ringing where their channel
//! can tell them.
//!
//! What is to be cancelled is written with its cause, and told by a job. A device that never hears of it stops with
//! its ring window, as it would have done anyway.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::app::App;
use crate::db::calls::Call;
use crate::db::ring_attempts::{self, RingAttempt};
use crate::db::{Conn, DbError};
use crate::domain::{AttemptId, AttemptState, CallId, CallStep, DeviceId, Fault, Moment};
use crate::services::error::ServiceError;
use crate::services::jobs::{self, Job};
use crate::services::lookups::ring_refs;
use crate::services::staff_alerts;

/// Where a device may ring, or is about to.
const MAY_RING: [AttemptState; 4] =
    [AttemptState::Sent, AttemptState::Accepted, AttemptState::Rang, AttemptState::Unknown];

/// Takes in that a call has come this far: the rings of its other devices are over.
pub(crate) async fn others(c: &mut Conn, call: &Call, step: &CallStep, now: Moment) -> Result<(), DbError> {
    let picked_up_by = match step {
        CallStep::Answered { by, .. } => Some(*by),
        CallStep::Queued { .. } | CallStep::Ringing | CallStep::InProgress { .. } => return Ok(()),
        CallStep::Completed(_) | CallStep::Over { .. } => call.device_id.filter(|_| call.answered_at.is_some()),
    };
    let needless = needless(c, call.id, picked_up_by, now).await?;
    if needless.is_empty() {
        return Ok(());
    }
    let ids: Vec<AttemptId> = needless.iter().map(|attempt| attempt.id).collect();
    ring_attempts::close_all(c, &ids).await?;
    // One whose moment has not come does not leave: whoever holds it lets it go.
    let may_ring = |attempt: &RingAttempt| {
        let has_left = attempt.sends > 0 || attempt.act_at.is_some_and(|at| at <= now);
        MAY_RING.contains(&attempt.state) || has_left
    };
    let told: Vec<AttemptId> = needless.iter().filter(|attempt| may_ring(attempt)).map(|attempt| attempt.id).collect();
    if told.is_empty() {
        return Ok(());
    }
    let key = format!("{}:{}:{}", call.id, call.tries, step.state());
    jobs::enqueue(c, &Job::CancelRings { call: call.id, attempts: told }, &key, now).await?;
    Ok(())
}

/// Rings that the call does not need any more, on devices and on their way there, in their window.
async fn needless(
    c: &mut Conn,
    call: CallId,
    picked_up_by: Option<DeviceId>,
    now: Moment,
) -> Result<Vec<RingAttempt>, DbError> {
    let is_needless = |attempt: &RingAttempt| {
        let elsewhere = attempt.device_id.is_some() && attempt.device_id != picked_up_by;
        let is_open = attempt.state == AttemptState::Armed || MAY_RING.contains(&attempt.state);
        elsewhere && !attempt.ahead && now < attempt.expires_at && is_open
    };
    let attempts = ring_attempts::of_call(c, call).await?;
    Ok(attempts.into_iter().filter(is_needless).collect())
}

/// The job: tells the devices, each by its channel. A device that cannot be told stops by itself.
pub(crate) async fn tell(app: &App, call: CallId, wanted: &[AttemptId]) -> Result<(), ServiceError> {
    let now = app.clock.now();
    let attempts = ring_attempts::of_call(&mut app.db.read().await?, call).await?;
    let mut by_channel: BTreeMap<String, Vec<RingAttempt>> = BTreeMap::new();
    for attempt in attempts.into_iter().filter(|attempt| wanted.contains(&attempt.id) && now < attempt.expires_at) {
        by_channel.entry(attempt.channel.clone()).or_default().push(attempt);
    }
    let deadline = Duration::from_millis(app.config.calling.vendor_deadline_ms.into());
    for (channel, attempts) in by_channel {
        let answered = app.plugins.cancel(&channel, ring_refs(app, &attempts), deadline).await;
        match &answered {
            Ok(_) => app.proofs.worked(Fault::TakingBack, &channel, app.clock.now()),
            Err(failure) => staff_alerts::tell(app, Fault::TakingBack, &channel, failure).await,
        }
        answered?;
    }
    Ok(())
}
