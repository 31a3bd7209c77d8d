//! Acknowledging: a device that says when it rings, and did not, is rung once more, and the next one beside it.
//!
//! That a push service took a ring does not mean that a phone rings. Only the phone can say so, and only a phone that
//! has said so before is expected to. The repeat has the same name: a device that rings already drops it.

use futures::FutureExt;

use crate::app::App;
use crate::db::ring_attempts::{self, RingAttempt, holding};
use crate::db::{Conn, DbError, Span, callees, calls, timeline};
use crate::domain::{AttemptState, AttemptStep, CallState, FamilyId};
use crate::services::arming;
use crate::services::calls::Rules;
use crate::services::error::ServiceError;

const RINGS_A_TICK: usize = 200;
/// How often one device is rung for one try: as often as its vendor took it.
const SENDS: i32 = 2;

/// Looks after rings that nobody has acknowledged in time. Returns how many.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let rules = Rules::of(app);
    let now = rules.now;
    let look = app.low_water.silent.look(now);
    let due = look.span(now, RINGS_A_TICK);
    let (taken, families) = app.db.write(move |c| async move { ring_once_more(c, due, &rules).await }.boxed()).await?;
    if taken < RINGS_A_TICK {
        app.low_water.silent.seen(look, now);
    }
    app.low_water.written(now, app.clock.now());
    app.live.changed_all(&families);
    if !families.is_empty() {
        app.wake.notify_waiters();
    }
    Ok(families.len())
}

/// Gives how many rings were taken, and whose calls ring once more.
async fn ring_once_more(c: &mut Conn, due: Span, rules: &Rules) -> Result<(usize, Vec<FamilyId>), DbError> {
    let silent = holding::take_silent(c, due).await?;
    let (taken, mut families) = (silent.len(), Vec::new());
    for attempt in silent {
        let Some(call) = calls::find(c, attempt.call_id).await? else { continue };
        let is_open = call.state == CallState::Ringing && call.tries == attempt.try_no;
        if !is_open || rules.now >= attempt.expires_at {
            continue;
        }
        let Some(callee) = callees::find(c, call.callee_id).await? else { continue };
        families.push(call.family_id);
        timeline::append(c, &call, rules.now, "not_acknowledged", Some(&attempt.channel)).await?;
        // What its vendor did not take at first was no ring; a repeat forgets why that was.
        if attempt.sends < SENDS || attempt.reason.is_some() {
            repeat(c, &attempt, rules).await?;
        }
        // Where there is no other device, this one has had its second chance.
        let _next = arming::arm(c, &call, &callee, rules).await?;
    }
    Ok((taken, families))
}

async fn repeat(c: &mut Conn, attempt: &RingAttempt, rules: &Rules) -> Result<(), DbError> {
    let again = AttemptStep::Armed { at: rules.now, why: None, sends: attempt.sends, sent_at: None };
    ring_attempts::take_step(c, attempt, &[AttemptState::Accepted], again).await?;
    Ok(())
}
