//! Ring groups: attempts that a vendor was given together, and can only give back together. `taking_back` walks in.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::ring_attempts::steps::Claim;
use super::schema::ring_attempts;
use super::{Conn, DbError, on};
use crate::domain::{AttemptId, AttemptState, GroupId};

/// Takes the open attempts of a group whose hand-over is not on its way any more: its reply is written, or whoever
/// waited for it is gone. Until the end of the claim nobody else takes a step with them.
pub async fn claim(c: &mut Conn, group: GroupId, claim: Claim) -> Result<Vec<AttemptId>, DbError> {
    const REPLIED: [AttemptState; 3] = [AttemptState::Accepted, AttemptState::Rang, AttemptState::Unknown];
    let taken = (
        ring_attempts::owner.eq(Some(claim.node)),
        ring_attempts::fence.eq(ring_attempts::fence + 1),
        ring_attempts::lease_until.eq(Some(claim.until)),
        ring_attempts::act_at.eq(Some(claim.until)),
    );
    let free = ring_attempts::state
        .eq_any(REPLIED)
        .or(ring_attempts::state.eq(AttemptState::Sent).and(ring_attempts::lease_until.le(claim.now)));
    let of_group = ring_attempts::ahead.and(ring_attempts::group_id.eq(group));
    Ok(on!(c, c => diesel::update(ring_attempts::table.filter(of_group).filter(free))
        .set(taken)
        .returning(ring_attempts::id)
        .get_results(c)
        .await)?)
}
