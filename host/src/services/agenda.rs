//! The agenda: when something is due next. The simulator asks, so that it need not live through every second of a
//! week; the worker never does, since a host that waits for the right moment misses what it was not told of.

use crate::app::App;
use crate::db::agenda;
use crate::db::calls::Call;
use crate::domain::{CallMethod, CallState, Moment};
use crate::services::deadlines::{ANSWER_GRACE_S, CONNECT_WINDOW_S, VENDOR_GRACE_S};
use crate::services::digests;
use crate::services::error::ServiceError;

/// A ring that is held is looked at so long before its moment: planned, and compared once more.
const BEFORE_A_RING_S: i64 = 3;

/// The next moment at which a tick has something to do; in the past or now when one has it already.
pub async fn next_at(app: &App) -> Result<Option<Moment>, ServiceError> {
    let now = app.clock.now();
    let agenda = agenda::read(&mut app.db.read().await?).await?;
    let lead_s = -i64::from(app.config.calling.queue_ahead_s);
    let held = app.armory.next_at();
    let looked_at = held.map(|at| at.plus_secs(-BEFORE_A_RING_S)).filter(|at| *at > now);
    let waiting = [
        agenda.slot_at.map(|at| at.plus_secs(lead_s)),
        agenda.free_at.map(|at| at.plus_secs(lead_s)),
        agenda.step_at,
        agenda.silent_at,
        agenda.check_at,
        agenda.job_at,
        agenda.digest_at.filter(|_| digests::evening(&app.config).is_some()),
        agenda.open.iter().map(overdue_at).min(),
        looked_at,
        held,
    ];
    Ok(waiting.into_iter().flatten().min())
}

/// When the deadlines' tick would look after a call.
fn overdue_at(call: &Call) -> Moment {
    let grace_s = match call.call_method {
        CallMethod::App => ANSWER_GRACE_S,
        CallMethod::Phone => VENDOR_GRACE_S,
    };
    let window = call.expires_at.plus_secs(grace_s);
    let talk = call.answered_at.filter(|_| call.state == CallState::Answered).map(|at| at.plus_secs(CONNECT_WINDOW_S));
    // Each of them has to be over, and not only reached.
    Moment(talk.map_or(window, |talk| talk.max(window)).0 + 1)
}
