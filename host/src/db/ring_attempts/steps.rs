//! Steps with a vendor that is given its rings ahead: submissions and look-ups.
//!
//! Whoever takes a step moves `act_at` past its own deadline in the same
//! statement, so of many hosts one takes it.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::RingAttempt;
use crate::db::prepared::Prepare as _;
use crate::db::schema::ring_attempts;
use crate::db::taking::take_rows;
use crate::db::{Conn, DbError, Span};
use crate::domain::{AttemptState, Moment, NodeId};

/// Who takes steps, when, and until when they may last.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// The host.
    pub node: NodeId,
    /// Now.
    pub now: Moment,
    /// The lease: after this another host may take the step.
    pub until: Moment,
}

/// Takes armed attempts that are to be handed over and marks them sent, before
/// anything is sent. Of many hosts, one gets each attempt.
pub async fn claim_submissions(c: &mut Conn, claim: Claim, span: Span) -> Result<Vec<RingAttempt>, DbError> {
    let taken = (
        ring_attempts::state.eq(AttemptState::Sent),
        ring_attempts::owner.eq(Some(claim.node)),
        ring_attempts::fence.eq(ring_attempts::fence + 1),
        ring_attempts::lease_until.eq(Some(claim.until)),
        ring_attempts::act_at.eq(Some(claim.until)),
        ring_attempts::sends.eq(ring_attempts::sends + 1),
        ring_attempts::sent_at.eq(Some(claim.now)),
    );
    let queue = diesel::alias!(ring_attempts as queue);
    let due = queue
        .filter(queue.field(ring_attempts::ahead))
        .filter(queue.field(ring_attempts::state).eq(AttemptState::Armed))
        .filter(queue.field(ring_attempts::act_at).between(span.from, span.until))
        .order(queue.field(ring_attempts::act_at))
        .limit(span.limit)
        .select(queue.field(ring_attempts::id));
    let mut claimed = take_rows!(c, ring_attempts, due, taken, RingAttempt)?;
    claimed.sort_by_key(|attempt| (attempt.ring_at, attempt.id));
    Ok(claimed)
}

/// In these a vendor may have an attempt: it is looked up when its `act_at` has come.
pub const LOOKED_UP: [AttemptState; 4] =
    [AttemptState::Sent, AttemptState::Unknown, AttemptState::Accepted, AttemptState::Rang];

/// Takes attempts that must be looked up at the vendor: handed over with an
/// unknown reply, by a host that never came back, or waiting for news.
pub async fn claim_lookups(c: &mut Conn, claim: Claim, span: Span) -> Result<Vec<RingAttempt>, DbError> {
    let taken = (
        ring_attempts::owner.eq(Some(claim.node)),
        ring_attempts::fence.eq(ring_attempts::fence + 1),
        ring_attempts::lease_until.eq(Some(claim.until)),
        ring_attempts::act_at.eq(Some(claim.until)),
    );
    let queue = diesel::alias!(ring_attempts as queue);
    let due = queue
        .filter(queue.field(ring_attempts::ahead))
        .filter(queue.field(ring_attempts::state).eq_any(LOOKED_UP))
        .filter(queue.field(ring_attempts::act_at).between(span.from, span.until))
        .order(queue.field(ring_attempts::act_at))
        .limit(span.limit)
        .select(queue.field(ring_attempts::id));
    Ok(take_rows!(c, ring_attempts, due, taken, RingAttempt)?)
}
