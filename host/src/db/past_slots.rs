//! Past slots: what a slot promised until it was changed or dropped. The schedule service writes them, the audit of
//! promises reads them. A slot that was never changed has none.

use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable};
use diesel_async::RunQueryDsl;

use super::schema::{past_slots, slots};
use super::slots::of_callee;
use super::{Conn, DbError, on};
use crate::domain::schedule::Slot;
use crate::domain::{CalleeId, Moment, SlotId};

/// The terms of a slot, and how long they held.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = past_slots, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct PastSlot {
    /// Whose.
    pub callee_id: CalleeId,
    /// 1 to 3.
    pub slot_no: i32,
    /// `HH:MM` in `zone`.
    pub local_time: String,
    /// The bits of [`crate::domain::schedule::Weekdays`].
    pub weekdays: i32,
    /// The zone in which the callee lived.
    pub zone: String,
    /// It promised what came after this.
    pub since: Moment,
    /// And nothing after this.
    pub until: Moment,
}

/// Puts on record what the callee's slots promised, where it ends now: those that are not among `slots` with the same
/// time and days, or all of them when the zone changes from `zone` to another. Call it before the change is written.
pub async fn retire(
    c: &mut Conn,
    callee: CalleeId,
    (zone, next_zone): (&str, &str),
    wanted: &[Slot],
    now: Moment,
) -> Result<(), DbError> {
    for row in of_callee(c, callee).await? {
        let goes_on = zone == next_zone && row.slot().is_ok_and(|slot| wanted.contains(&slot));
        if goes_on {
            continue;
        }
        if row.enabled && row.since < now {
            let past = PastSlot {
                callee_id: callee,
                slot_no: row.slot_no,
                local_time: row.local_time,
                weekdays: row.weekdays,
                zone: zone.to_owned(),
                since: row.since,
                until: now,
            };
            on!(c, c => diesel::insert_into(past_slots::table)
                .values(&past)
                .on_conflict_do_nothing()
                .execute(c)
                .await)?;
        }
        begin_anew(c, row.id, now).await?;
    }
    Ok(())
}

async fn begin_anew(c: &mut Conn, id: SlotId, now: Moment) -> Result<(), DbError> {
    on!(c, c => diesel::update(slots::table.find(id)).set(slots::since.eq(now)).execute(c).await)?;
    Ok(())
}
