//! Pages of attempts: a full hour is armed in one statement.

use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::RingAttempt;
use crate::db::json_rows::{Hex, json_rows};
use crate::db::{Conn, DbError, column, on};
use crate::domain::Moment;

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
    let at = |moment: Option<Moment>| moment.map(|moment| moment.0);
    let rows = json_rows(attempts, |row| {
        (
            (Hex(row.id.0), Hex(row.call_id.0), row.try_no, &row.channel, row.ahead),
            (
                row.device_id.map(|id| Hex(id.0)),
                row.push_address_id.map(|id| Hex(id.0)),
                &row.address,
                &row.environment,
            ),
            (Hex(row.group_id.0), row.state, &row.reason, row.ring_at.0, row.expires_at.0, at(row.act_at)),
            (row.owner.map(|id| Hex(id.0)), row.fence, at(row.lease_until), row.sends, &row.reference, &row.recipient),
            (at(row.sent_at), at(row.accepted_at), at(row.rang_at), row.created_at.0),
        )
    });
    on!(c, c => {
        diesel::sql_query(
            "INSERT INTO ring_attempts ( \
                id, call_id, try_no, channel, ahead, device_id, push_address_id, address, environment, \
                group_id, state, reason, ring_at, expires_at, act_at, owner, fence, lease_until, sends, \
                reference, recipient, sent_at, accepted_at, rang_at, created_at) \
             SELECT unhex(a->>0), unhex(a->>1), a->>2, a->>3, a->>4, unhex(b->>0), unhex(b->>1), b->>2, b->>3, \
                unhex(d->>0), d->>1, d->>2, d->>3, d->>4, d->>5, unhex(e->>0), e->>1, e->>2, e->>3, e->>4, e->>5, \
                f->>0, f->>1, f->>2, f->>3 \
             FROM (SELECT value->0 AS a, value->1 AS b, value->2 AS d, value->3 AS e, value->4 AS f FROM json_each(?1))",
        )
        .bind::<Text, _>(rows)
        .execute(c)
        .await
    })?;
    Ok(())
}
