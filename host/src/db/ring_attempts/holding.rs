//! Holding: the ring attempts that a host has in memory until they go out.
//!
//! The row names its `owner` from minutes before the ring to the end of the
//! ring window. Only the owner rings meanwhile, with or without a database;
//! another host takes over what a dead one held.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::RingAttempt;
use crate::db::json_rows::{cells, json_rows};
use crate::db::prepared::Prepare as _;
use crate::db::schema::ring_attempts;
use crate::db::taking::take_rows;
use crate::db::{Conn, DbError, Span, on};
use crate::domain::{AttemptId, AttemptState, Moment, NodeId};

/// Takes armed attempts that nobody holds and that go out in the span, the earliest first.
/// Of many hosts, one gets each.
pub async fn take(c: &mut Conn, node: NodeId, due: Span) -> Result<Vec<RingAttempt>, DbError> {
    let queue = diesel::alias!(ring_attempts as queue);
    let free = queue
        .filter(queue.field(ring_attempts::owner).is_null())
        .filter(queue.field(ring_attempts::act_at).is_not_null())
        .filter(queue.field(ring_attempts::act_at).between(due.from, due.until))
        .filter(queue.field(ring_attempts::state).eq(AttemptState::Armed))
        .filter(diesel::dsl::not(queue.field(ring_attempts::ahead)))
        .order(queue.field(ring_attempts::act_at))
        .limit(due.limit)
        .select(queue.field(ring_attempts::id));
    let taken = (
        ring_attempts::owner.eq(Some(node)),
        ring_attempts::fence.eq(ring_attempts::fence + 1),
        ring_attempts::lease_until.eq(ring_attempts::expires_at.nullable()),
    );
    let mut taken = take_rows!(c, ring_attempts, free, taken, RingAttempt)?;
    taken.sort_by_key(|attempt| (attempt.act_at, attempt.id));
    Ok(taken)
}

/// Lets go of what these hosts held and did not ring, so that any host takes it. Those whose window ended before
/// `now` are let go too: whoever takes them says so. Gives how many.
pub async fn let_go(c: &mut Conn, nodes: &[NodeId], now: Moment) -> Result<usize, DbError> {
    // A window is minutes long at the most; the index by moment keeps the search short.
    let earliest = now.plus_secs(-LONGEST_HELD_S);
    Ok(on!(c, c => {
        diesel::update(
            ring_attempts::table
                .filter(ring_attempts::ring_at.ge(earliest))
                .filter(ring_attempts::state.eq(AttemptState::Armed))
                .filter(ring_attempts::owner.eq_any(nodes))
                .filter(diesel::dsl::not(ring_attempts::ahead)),
        )
        .set((
            ring_attempts::owner.eq(None::<NodeId>),
            ring_attempts::fence.eq(ring_attempts::fence + 1),
            ring_attempts::lease_until.eq(None::<Moment>),
        ))
        .execute(c)
        .await
    })?)
}

/// An attempt is held for so long at the most: from its queueing to the end of its window.
const LONGEST_HELD_S: i64 = 3_600;

/// Which of these the host still holds, armed as it took them.
pub async fn still_held(c: &mut Conn, node: NodeId, ids: &[AttemptId]) -> Result<HashSet<AttemptId>, DbError> {
    let mut held = HashSet::with_capacity(ids.len());
    for ids in ids.chunks(1_000) {
        let found: Vec<AttemptId> = on!(c, c => {
            ring_attempts::table
                .filter(ring_attempts::id.eq_any(ids))
                .filter(ring_attempts::state.eq(AttemptState::Armed))
                .filter(ring_attempts::owner.eq(node))
                .select(ring_attempts::id)
                .load(c)
                .await
        })?;
        held.extend(found);
    }
    Ok(held)
}

/// A ring that its vendor took.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The attempt.
    pub id: AttemptId,
    /// As the host held it.
    pub fence: i32,
    /// When it left.
    pub sent_at: Moment,
    /// When the vendor's reply was there.
    pub accepted_at: Moment,
    /// The vendor's reference.
    pub reference: Option<String>,
    /// When the device should have said that it rings, if it is one that says so.
    pub ack_by: Option<Moment>,
}

/// Writes that vendors took these. What the device or a canceled call has written meanwhile stays.
pub async fn note_taken(c: &mut Conn, rings: &[Taken]) -> Result<(), DbError> {
    if let Conn::Pg(pg) = c {
        diesel::sql_query(
            "UPDATE ring_attempts AS a \
             SET state = CASE a.state WHEN 'armed' THEN 'accepted' ELSE a.state END, sends = a.sends + 1, \
                 sent_at = v.sent_at, accepted_at = v.accepted_at, reference = coalesce(v.reference, a.reference), \
                 act_at = CASE WHEN v.ack_by IS NULL OR a.state <> 'armed' THEN a.act_at ELSE v.ack_by END, \
                 owner = CASE WHEN v.ack_by IS NULL THEN a.owner ELSE NULL END \
             FROM unnest($1, $2, $3, $4, $5, $6) AS v (id, fence, sent_at, accepted_at, reference, ack_by) \
             WHERE a.id = v.id AND a.fence = v.fence AND a.state IN ('armed', 'rang', 'closed')",
        )
        .bind::<Array<Binary>, _>(rings.iter().map(|ring| ring.id).collect::<Vec<_>>())
        .bind::<Array<Integer>, _>(rings.iter().map(|ring| ring.fence).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(rings.iter().map(|ring| ring.sent_at).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(rings.iter().map(|ring| ring.accepted_at).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(rings.iter().map(|ring| ring.reference.clone()).collect::<Vec<_>>())
        .bind::<Array<Nullable<BigInt>>, _>(rings.iter().map(|ring| ring.ack_by).collect::<Vec<_>>())
        .execute(&mut ***pg)
        .await?;
        return Ok(());
    }
    for rows in json_rows(rings, |ring| {
        cells![ring.id.0, ring.fence, ring.sent_at, ring.accepted_at, ring.reference.as_deref(), ring.ack_by]
    }) {
        on!(c, c => {
            diesel::sql_query(
                "WITH lines AS MATERIALIZED (SELECT value AS line FROM jsonb_each(?1)) \
                 UPDATE ring_attempts AS a \
                 SET state = CASE a.state WHEN 'armed' THEN 'accepted' ELSE a.state END, sends = a.sends + 1, \
                     sent_at = v.sent_at, accepted_at = v.accepted_at, reference = coalesce(v.reference, a.reference), \
                     act_at = CASE WHEN v.ack_by IS NULL OR a.state <> 'armed' THEN a.act_at ELSE v.ack_by END, \
                     owner = CASE WHEN v.ack_by IS NULL THEN a.owner ELSE NULL END \
                 FROM (SELECT unhex(line->>0) AS id, line->>1 AS fence, line->>2 AS sent_at, line->>3 AS accepted_at, \
                     line->>4 AS reference, line->>5 AS ack_by FROM lines) AS v \
                 WHERE a.id = v.id AND a.fence = v.fence AND a.state IN ('armed', 'rang', 'closed')",
            )
            .bind::<Text, _>(rows)
            .execute(c)
            .await
        })?;
    }
    Ok(())
}

/// Takes rings that their vendor took and that the device should have acknowledged in the span, and has not. Of many
/// hosts, one gets each.
pub async fn take_silent(c: &mut Conn, due: Span) -> Result<Vec<RingAttempt>, DbError> {
    let queue = diesel::alias!(ring_attempts as queue);
    let silent = queue
        .filter(queue.field(ring_attempts::owner).is_null())
        .filter(queue.field(ring_attempts::act_at).is_not_null())
        .filter(queue.field(ring_attempts::act_at).between(due.from, due.until))
        .filter(queue.field(ring_attempts::state).eq(AttemptState::Accepted))
        .filter(diesel::dsl::not(queue.field(ring_attempts::ahead)))
        .limit(due.limit)
        .select(queue.field(ring_attempts::id));
    let taken = (ring_attempts::act_at.eq(None::<Moment>), ring_attempts::fence.eq(ring_attempts::fence + 1));
    Ok(take_rows!(c, ring_attempts, silent, taken, RingAttempt)?)
}
