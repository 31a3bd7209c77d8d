//! Slots: a callee's times a day, each with its next occurrence. The schedule service writes them,
//! the worker's queue tick reads what is due.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text};
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::json_rows::{cells, json_rows};
use super::schema::slots;
use super::{Conn, DbError, Span, on};
use crate::domain::schedule::{Occurrence, Slot, Weekdays, parse_time};
use crate::domain::{CalleeId, Moment, SlotId};

/// A stored slot.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = slots, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct StoredSlot {
    /// Its id.
    pub id: SlotId,
    /// Whose.
    pub callee_id: CalleeId,
    /// 1 to 3.
    pub slot_no: i32,
    /// `HH:MM` in the callee's zone.
    pub local_time: String,
    /// The bits of [`Weekdays`].
    pub weekdays: i32,
    /// Off: it yields nothing.
    pub enabled: bool,
    /// The next occurrence that no call was queued for; none while off.
    pub next_at: Option<Moment>,
    /// The local date that it stands for, `YYYY-MM-DD`.
    pub next_date: Option<String>,
    /// From when its present time and days hold, in the callee's present zone.
    pub since: Moment,
}

impl StoredSlot {
    /// A row for `slot` with its `next` occurrence, for one that begins now.
    pub fn new(callee: CalleeId, slot: &Slot, next: Option<&Occurrence>, now: Moment) -> Self {
        Self {
            id: SlotId::new(),
            callee_id: callee,
            slot_no: slot.slot_no,
            local_time: slot.time.strftime("%H:%M").to_string(),
            weekdays: i32::from(slot.weekdays.bits()),
            enabled: slot.enabled,
            next_at: next.map(|next| next.at),
            next_date: next.map(|next| next.date.to_string()),
            since: now,
        }
    }

    /// The slot as the schedule's rules know it.
    pub fn slot(&self) -> Result<Slot, DbError> {
        let unreadable = || DbError::Unreadable(format!("slot {}", self.id));
        Ok(Slot {
            slot_no: self.slot_no,
            time: parse_time(&self.local_time).map_err(|_| unreadable())?,
            weekdays: Weekdays::from_bits(u8::try_from(self.weekdays).map_err(|_| unreadable())?),
            enabled: self.enabled,
        })
    }
}

/// A slot whose next occurrence is near.
#[derive(Clone, Debug)]
pub struct DueSlot {
    /// Its id.
    pub slot_id: SlotId,
    /// Whose it is.
    pub callee_id: CalleeId,
    /// Time and days.
    pub slot: Slot,
    /// The occurrence.
    pub next_at: Moment,
    /// The local date that it stands for, `YYYY-MM-DD`.
    pub next_date: String,
}

impl DueSlot {
    /// A slot that has a next occurrence; none, and a line in the log, when it cannot be read.
    pub fn read(row: &StoredSlot) -> Option<Self> {
        let slot = row.slot().inspect_err(|error| tracing::error!(%error, "a slot is left out")).ok()?;
        let (next_at, next_date) = row.next_at.zip(row.next_date.clone())?;
        Some(Self { slot_id: row.id, callee_id: row.callee_id, slot, next_at, next_date })
    }
}

/// A slot that moves on: from the occurrence that was seen to the next one, moment and local date, or to none.
pub type Step = (SlotId, Moment, Option<(Moment, String)>);

/// The callee's slots by number.
pub async fn of_callee(c: &mut Conn, callee: CalleeId) -> Result<Vec<StoredSlot>, DbError> {
    Ok(on!(c, c => slots::table
        .filter(slots::callee_id.eq(callee))
        .order(slots::slot_no)
        .select(StoredSlot::as_select())
        .load(c)
        .await)?)
}

/// Makes whoever queues a call of this callee wait for the end of the transaction, and waits for whoever does. What is
/// read afterwards, of calls as of pauses, fits the slots. SQLite has one writer and nothing to lock.
pub async fn lock_of_callee(c: &mut Conn, callee: CalleeId) -> Result<(), DbError> {
    if let Conn::Pg(pg) = c {
        let _locked: Vec<SlotId> = slots::table
            .filter(slots::callee_id.eq(callee))
            .order(slots::id)
            .select(slots::id)
            .for_update()
            .load(&mut ***pg)
            .await?;
    }
    Ok(())
}

/// Slots with a next occurrence after a moment: some, in the order of their ids, from the one after `last` on. Until
/// the end of the transaction nobody else moves them on.
pub async fn planned_after(
    c: &mut Conn,
    moment: Moment,
    last: Option<SlotId>,
    limit: i64,
) -> Result<Vec<StoredSlot>, DbError> {
    let last = last.unwrap_or(SlotId(uuid::Uuid::nil()));
    if let Conn::Pg(pg) = c {
        let _locked: Vec<SlotId> = slots::table
            .filter(slots::next_at.gt(moment).and(slots::id.gt(last)))
            .order(slots::id)
            .limit(limit)
            .select(slots::id)
            .for_update()
            .load(&mut ***pg)
            .await?;
    }
    Ok(on!(c, c => slots::table
        .filter(slots::next_at.gt(moment).and(slots::id.gt(last)))
        .order(slots::id)
        .limit(limit)
        .select(StoredSlot::as_select())
        .load(c)
        .await)?)
}

/// Stores the slot; one with the same callee and number keeps its id and takes all else but `since`, which
/// [`super::past_slots::retire`] moves when the terms change.
pub async fn put(c: &mut Conn, slot: &StoredSlot) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(slots::table)
        .values(slot)
        .on_conflict((slots::callee_id, slots::slot_no))
        .do_update()
        .set((
            slots::local_time.eq(excluded(slots::local_time)),
            slots::weekdays.eq(excluded(slots::weekdays)),
            slots::enabled.eq(excluded(slots::enabled)),
            slots::next_at.eq(excluded(slots::next_at)),
            slots::next_date.eq(excluded(slots::next_date)),
        ))
        .execute(c)
        .await)?;
    Ok(())
}

/// Drops the callee's slots that are not among `numbers`.
pub async fn delete_others(c: &mut Conn, callee: CalleeId, numbers: &[i32]) -> Result<usize, DbError> {
    Ok(on!(c, c => diesel::delete(
        slots::table.filter(slots::callee_id.eq(callee).and(slots::slot_no.ne_all(numbers))),
    )
    .execute(c)
    .await)?)
}

/// The slots of a span, the earliest first.
macro_rules! due {
    ($span:expr) => {
        slots::table
            .filter(slots::next_at.is_not_null().and(slots::next_at.between($span.from, $span.until)))
            // By the index alone: at the full hour all of them are equal, and sorting them would be done for each page.
            .order(slots::next_at)
            .limit($span.limit)
    };
}

macro_rules! load_due {
    ($c:expr, $due:expr) => {{
        let due = $due;
        let rows: Vec<StoredSlot> = match $c {
            Conn::Pg(pg) => due.select(StoredSlot::as_select()).for_update().skip_locked().load(&mut ***pg).await?,
            lite => on!(lite, c => due.select(StoredSlot::as_select()).load(c).await)?,
        };
        rows.iter().filter_map(DueSlot::read).collect()
    }};
}

/// Slots whose next occurrence is in the span, the earliest first. Within a transaction, those that another one has
/// before it are passed over.
///
/// A row that cannot be read is left out and logged, so that it keeps nobody else from being rung.
pub async fn due(c: &mut Conn, span: Span) -> Result<Vec<DueSlot>, DbError> {
    Ok(load_due!(c, due!(span)))
}

/// The same, of these slots.
pub async fn due_among(c: &mut Conn, span: Span, slots: &[SlotId]) -> Result<Vec<DueSlot>, DbError> {
    Ok(load_due!(c, due!(span).filter(slots::id.eq_any(slots))))
}

/// Which slots those are, readable or not.
pub async fn due_ids(c: &mut Conn, span: Span) -> Result<Vec<SlotId>, DbError> {
    Ok(on!(c, c => due!(span).select(slots::id).load(c).await)?)
}

/// Moves slots on, each from the occurrence that was seen. Gives those that were moved: of two who try, one gets each.
pub async fn advance_all(c: &mut Conn, steps: &[Step]) -> Result<HashSet<SlotId>, DbError> {
    if let Conn::Pg(pg) = c {
        let next = || steps.iter().map(|(_, _, next)| next.as_ref());
        let rows: Vec<Id> = diesel::sql_query(
            "UPDATE slots AS s SET next_at = v.next_at, next_date = v.next_date \
             FROM unnest($1, $2, $3, $4) AS v (id, seen_at, next_at, next_date) \
             WHERE s.id = v.id AND s.next_at = v.seen_at RETURNING s.id",
        )
        .bind::<Array<Binary>, _>(steps.iter().map(|(id, _, _)| *id).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(steps.iter().map(|(_, seen, _)| *seen).collect::<Vec<_>>())
        .bind::<Array<Nullable<BigInt>>, _>(next().map(|next| next.map(|(at, _)| *at)).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(next().map(|next| next.map(|(_, date)| date.clone())).collect::<Vec<_>>())
        .load(&mut ***pg)
        .await?;
        return Ok(rows.into_iter().map(|row| row.id).collect());
    }
    let mut moved = HashSet::with_capacity(steps.len());
    for rows in json_rows(steps, |(id, seen, next)| {
        let (at, date) = next.as_ref().map(|(at, date)| (*at, date.as_str())).unzip();
        cells![id.0, *seen, at, date]
    }) {
        let rows: Vec<Id> = on!(c, c => {
            diesel::sql_query(
                "WITH lines AS MATERIALIZED (SELECT value AS line FROM jsonb_each(?1)) \
                 UPDATE slots SET next_at = v.next_at, next_date = v.next_date \
                 FROM (SELECT unhex(line->>0) AS id, line->>1 AS seen_at, line->>2 AS next_at, line->>3 AS next_date \
                     FROM lines) AS v \
                 WHERE slots.id = v.id AND slots.next_at = v.seen_at RETURNING id",
            )
            .bind::<Text, _>(rows)
            .load(c)
            .await
        })?;
        moved.extend(rows.into_iter().map(|row| row.id));
    }
    Ok(moved)
}

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = Binary)]
    id: SlotId,
}
