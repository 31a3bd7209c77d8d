//! Pages of calls: a full hour is queued, and begins to ring, in a few statements.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::Call;
use crate::db::json_rows::{cells, json_rows};
use crate::db::{Conn, DbError, column, on};
use crate::domain::{CallId, CallReason, DeviceId, Moment};

/// Adds calls, but those whose promise has one. Gives the ones that were added.
pub async fn add_all(c: &mut Conn, rows: &[Call]) -> Result<HashSet<CallId>, DbError> {
    let mut added = HashSet::with_capacity(rows.len());
    if let Conn::Pg(pg) = c {
        let new: Vec<Id> = diesel::sql_query(
            "INSERT INTO calls ( \
                id, family_id, callee_id, slot_no, local_date, call_method, state, reason, due_at, ring_at, \
                expires_at, tries, device_id, answered_at, joined_at, ended_at, duration_s, mood_score, \
                check_at, created_at, updated_at) \
             SELECT * FROM unnest( \
                $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) \
             ON CONFLICT DO NOTHING RETURNING id",
        )
        .bind::<Array<Binary>, _>(column(rows, |row| row.id))
        .bind::<Array<Binary>, _>(column(rows, |row| row.family_id))
        .bind::<Array<Binary>, _>(column(rows, |row| row.callee_id))
        .bind::<Array<Integer>, _>(column(rows, |row| row.slot_no))
        .bind::<Array<Text>, _>(column(rows, |row| row.local_date.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.call_method))
        .bind::<Array<Text>, _>(column(rows, |row| row.state))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.reason))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.due_at))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.ring_at))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.expires_at))
        .bind::<Array<Integer>, _>(column(rows, |row| row.tries))
        .bind::<Array<Nullable<Binary>>, _>(column(rows, |row| row.device_id))
        .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.answered_at))
        .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.joined_at))
        .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.ended_at))
        .bind::<Array<Nullable<Integer>>, _>(column(rows, |row| row.duration_s))
        .bind::<Array<Nullable<Integer>>, _>(column(rows, |row| row.mood_score))
        .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.check_at))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.created_at))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.updated_at))
        .load(&mut ***pg)
        .await?;
        return Ok(new.into_iter().map(|row| row.id).collect());
    }
    for rows in json_rows(rows, |row| {
        cells![
            row.id.0,
            row.family_id.0,
            row.callee_id.0,
            row.slot_no,
            row.local_date.as_str(),
            row.call_method.as_str(),
            row.state.as_str(),
            row.reason.map(CallReason::as_str),
            row.due_at,
            row.ring_at,
            row.expires_at,
            row.tries,
            row.device_id.map(|id| id.0),
            row.answered_at,
            row.joined_at,
            row.ended_at,
            row.duration_s,
            row.mood_score,
            row.check_at,
            row.created_at,
            row.updated_at,
        ]
    }) {
        let new: Vec<Id> = on!(c, c => {
            diesel::sql_query(
                "WITH lines AS MATERIALIZED (SELECT value AS line FROM jsonb_each(?1)) \
                 INSERT INTO calls ( \
                    id, family_id, callee_id, slot_no, local_date, call_method, state, reason, due_at, ring_at, \
                    expires_at, tries, device_id, answered_at, joined_at, ended_at, duration_s, mood_score, \
                    check_at, created_at, updated_at) \
                 SELECT unhex(line->>0), unhex(line->>1), unhex(line->>2), line->>3, line->>4, line->>5, line->>6, \
                    line->>7, line->>8, line->>9, line->>10, line->>11, unhex(line->>12), line->>13, line->>14, line->>15, \
                    line->>16, line->>17, line->>18, line->>19, line->>20 \
                 FROM lines WHERE TRUE ON CONFLICT DO NOTHING RETURNING id",
            )
            .bind::<Text, _>(rows)
            .load(c)
            .await
        })?;
        added.extend(new.into_iter().map(|row| row.id));
    }
    Ok(added)
}

/// A call that rings: its id, its try and the device.
pub type Begun = (CallId, i32, Option<DeviceId>);

/// Moves queued calls on to ringing, each if it is still in that try. Gives those that were moved.
///
/// With [`super::take_step`] one of the two queries that write `state`: a spike of rings is one statement.
pub async fn begin_ringing(c: &mut Conn, begun: &[Begun], now: Moment) -> Result<HashSet<CallId>, DbError> {
    if let Conn::Pg(pg) = c {
        let rows: Vec<Id> = diesel::sql_query(
            "UPDATE calls AS a SET state = 'ringing', updated_at = $4, device_id = coalesce(v.device_id, a.device_id) \
             FROM unnest($1, $2, $3) AS v (id, tries, device_id) \
             WHERE a.id = v.id AND a.tries = v.tries AND a.state = 'queued' \
             RETURNING a.id",
        )
        .bind::<Array<Binary>, _>(begun.iter().map(|(id, _, _)| *id).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(begun.iter().map(|(_, tries, _)| *tries).collect::<Vec<_>>())
        .bind::<Array<Nullable<Binary>>, _>(begun.iter().map(|(_, _, device)| *device).collect::<Vec<_>>())
        .bind::<BigInt, _>(now)
        .load(&mut ***pg)
        .await?;
        return Ok(rows.into_iter().map(|row| row.id).collect());
    }
    let mut moved = HashSet::with_capacity(begun.len());
    for rows in json_rows(begun, |(id, tries, device)| cells![id.0, *tries, device.map(|device| device.0)]) {
        let rows: Vec<Id> = on!(c, c => {
            diesel::sql_query(
                "WITH lines AS MATERIALIZED (SELECT value AS line FROM jsonb_each(?1)) \
                 UPDATE calls \
                 SET state = 'ringing', updated_at = ?2, device_id = coalesce(v.device_id, calls.device_id) \
                 FROM (SELECT unhex(line->>0) AS id, line->>1 AS tries, unhex(line->>2) AS device_id FROM lines) AS v \
                 WHERE calls.id = v.id AND calls.tries = v.tries AND calls.state = 'queued' \
                 RETURNING id",
            )
            .bind::<Text, _>(rows)
            .bind::<BigInt, _>(now)
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
    id: CallId,
}
