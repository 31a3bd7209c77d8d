//! The release of the time zone data: when another one comes with the program, moments that were computed by the old
//! one are computed anew.
//!
//! `boot` walks in once, before it opens the doors. What is queued keeps its moment: phones and vendors have it.

use futures::FutureExt;

use super::planning;
use crate::app::App;
use crate::db::slots::StoredSlot;
use crate::db::{Conn, DbError, callees, facts, slots};
use crate::domain::zone::tz_release;
use crate::domain::{Moment, SlotId};
use crate::services::error::ServiceError;

/// Slots that one transaction looks at.
const SLOTS_AT_ONCE: i64 = 500;

/// Computes the slots' next moments anew, if the bundled data is not what they were computed by. Gives how many were
/// moved.
pub async fn follow_tz_release(app: &App) -> Result<usize, ServiceError> {
    let release = tz_release();
    let before = facts::find(&mut app.db.read().await?, facts::TZ_RELEASE).await?;
    if before.as_deref() == Some(release) {
        return Ok(0);
    }
    let (mut last, mut moved) = (None, 0);
    loop {
        let now = app.clock.now();
        let (seen, moved_here) = app.db.write(move |c| recompute_some(c, now, last).boxed()).await?;
        moved += moved_here;
        if seen.is_none() {
            break;
        }
        last = seen;
    }
    app.db.write(move |c| async move { facts::put(c, facts::TZ_RELEASE, release).await }.boxed()).await?;
    tracing::info!(before, release, moved, "the time zone data is another one: the next calls are computed by it");
    Ok(moved)
}

/// Some of the slots: gives the last of them, and how many were moved.
///
/// A slot whose moment has come stays as it is: it is about to be queued, and moving it on would lose its promise.
async fn recompute_some(c: &mut Conn, now: Moment, last: Option<SlotId>) -> Result<(Option<SlotId>, usize), DbError> {
    let rows = slots::planned_after(c, now, last, SLOTS_AT_ONCE).await?;
    let mut ids: Vec<_> = rows.iter().map(|row| row.callee_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut zones = Vec::with_capacity(ids.len());
    for (id, zone) in callees::zones(c, &ids).await? {
        if let Ok(known) = planning::read_zone(&zone) {
            zones.push((id, known));
        } else {
            // The new data may have dropped it: their family has to choose another, and everybody else is called.
            tracing::error!(callee = %id, zone, "this time zone is not known any more");
        }
    }
    let mut calendars = planning::calendars(c, &zones, now).await?;
    planning::add_promised(c, &mut calendars, now).await?;
    let mut moved = 0;
    for row in &rows {
        let Some(calendar) = calendars.get(&row.callee_id) else { continue };
        let slot = row.slot()?;
        let next = slot.next_after(now, calendar);
        if next.as_ref().map(|next| next.at) != row.next_at {
            slots::put(c, &StoredSlot::new(row.callee_id, &slot, next.as_ref(), now)).await?;
            moved += 1;
        }
    }
    Ok((rows.last().map(|row| row.id), moved))
}
