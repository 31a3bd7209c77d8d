//! Pages of attempts: a full hour is armed in one statement.

use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::RingAttempt;
use crate::db::json_rows::{cells, json_rows};
use crate::db::{Conn, DbError, column, on};

/// Adds attempts.
pub async fn add_all(c: &mut Conn, attempts: &[RingAttempt]) -> Result<(), DbError> {
    if let Conn::Pg(pg) = c {
        let rows = attempts;
        diesel::sql_query(
            "INSERT INTO ring_attempts ( \
                id, call_id, try_no, channel, ahead, device_id, push_address_id, address, environment, \
                group_id, state, reason, ring_at, expires_at, act_at, owner, fence, lease_until, sends, \
                reference, recipient, sent_at, accepted_at, rang_at, created_at) \
             SELECT * FROM unnest( \
                $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, \
                $22, $23, $24, $25)",
        )
        .bind::<Array<Binary>, _>(column(rows, |row| row.id))
        .bind::<Array<Binary>, _>(column(rows, |row| row.call_id))
        .bind::<Array<Integer>, _>(column(rows, |row| row.try_no))
        .bind::<Array<Text>, _>(column(rows, |row| row.channel.as_str()))
        .bind::<Array<Bool>, _>(column(rows, |row| row.ahead))
        .bind::<Array<Nullable<Binary>>, _>(column(rows, |row| row.device_id))
        .bind::<Array<Nullable<Binary>>, _>(column(rows, |row| row.push_address_id))
        .bind::<Array<Text>, _>(column(rows, |row| row.address.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.environment.as_str()))
        .bind::<Array<Binary>, _>(column(rows, |row| row.group_id))
        .bind::<Array<Text>, _>(column(rows, |row| row.state))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.reason.as_deref()))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.ring_at))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.expires_at))
        .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.act_at))
        .bind::<Array<Nullable<Binary>>, _>(column(rows, |row| row.owner))
        .bind::<Array<Integer>, _>(column(rows, |row| row.fence))
        .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.lease_until))
        .bind::<Array<Integer>, _>(column(rows, |row| row.sends))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.reference.as_deref()))
        .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.recipient.as_deref()))
        .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.sent_at))
        .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.accepted_at))
        .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.rang_at))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.created_at))
        .execute(&mut ***pg)
        .await?;
        return Ok(());
    }
    for rows in json_rows(attempts, |row| {
        cells![
            row.id.0,
            row.call_id.0,
            row.try_no,
            row.channel.as_str(),
            row.ahead,
            row.device_id.map(|id| id.0),
            row.push_address_id.map(|id| id.0),
            row.address.as_str(),
            row.environment.as_str(),
            row.group_id.0,
            row.state.as_str(),
            row.reason.as_deref(),
            row.ring_at,
            row.expires_at,
            row.act_at,
            row.owner.map(|id| id.0),
            row.fence,
            row.lease_until,
            row.sends,
            row.reference.as_deref(),
            row.recipient.as_deref(),
            row.sent_at,
            row.accepted_at,
            row.rang_at,
            row.created_at,
        ]
    }) {
        on!(c, c => {
            diesel::sql_query(
                "WITH lines AS MATERIALIZED (SELECT value AS line FROM jsonb_each(?1)) \
                 INSERT INTO ring_attempts ( \
                    id, call_id, try_no, channel, ahead, device_id, push_address_id, address, environment, \
                    group_id, state, reason, ring_at, expires_at, act_at, owner, fence, lease_until, sends, \
                    reference, recipient, sent_at, accepted_at, rang_at, created_at) \
                 SELECT unhex(line->>0), unhex(line->>1), line->>2, line->>3, line->>4, unhex(line->>5), unhex(line->>6), \
                    line->>7, line->>8, unhex(line->>9), line->>10, line->>11, line->>12, line->>13, line->>14, \
                    unhex(line->>15), line->>16, line->>17, line->>18, line->>19, line->>20, line->>21, line->>22, \
                    line->>23, line->>24 \
                 FROM lines",
            )
            .bind::<Text, _>(rows)
            .execute(c)
            .await
        })?;
    }
    Ok(())
}
