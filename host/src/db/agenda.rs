//! The agenda: the next moment that each table waits for.

use diesel::dsl::min;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::calls::Call;
use super::jobs::WAITING;
use super::schema::{callees, calls, jobs, ring_attempts, slots};
use super::{Conn, DbError, on};
use crate::domain::{AttemptState, CallState, Moment};

/// What waits, table by table.
#[derive(Clone, Debug)]
pub struct Agenda {
    /// The next occurrence of a slot.
    pub slot_at: Option<Moment>,
    /// The next step with a vendor that is given its rings ahead.
    pub step_at: Option<Moment>,
    /// The next ring that no host holds.
    pub free_at: Option<Moment>,
    /// When the next device should have said that it rings.
    pub silent_at: Option<Moment>,
    /// The next look of the reconciling tick.
    pub check_at: Option<Moment>,
    /// The next job.
    pub job_at: Option<Moment>,
    /// The next evening on which a family is told of a week.
    pub digest_at: Option<Moment>,
    /// The calls that have no outcome and that the reconciling tick does not look after.
    pub open: Vec<Call>,
}

/// Reads it.
pub async fn read(c: &mut Conn) -> Result<Agenda, DbError> {
    let waiting = || ring_attempts::table.filter(ring_attempts::state.eq_any(AttemptState::OPEN));
    let held_by_nobody = |state: AttemptState| {
        ring_attempts::table
            .filter(ring_attempts::state.eq(state))
            .filter(ring_attempts::owner.is_null())
            .filter(diesel::dsl::not(ring_attempts::ahead))
            .select(min(ring_attempts::act_at))
    };
    Ok(Agenda {
        slot_at: on!(c, c => slots::table.select(min(slots::next_at)).first(c).await)?,
        step_at: on!(c, c => {
            waiting().filter(ring_attempts::ahead).select(min(ring_attempts::act_at)).first(c).await
        })?,
        free_at: on!(c, c => held_by_nobody(AttemptState::Armed).first(c).await)?,
        silent_at: on!(c, c => held_by_nobody(AttemptState::Accepted).first(c).await)?,
        check_at: on!(c, c => calls::table.select(min(calls::check_at)).first(c).await)?,
        job_at: on!(c, c => {
            jobs::table.filter(jobs::state.eq(WAITING)).select(min(jobs::run_at)).first(c).await
        })?,
        digest_at: on!(c, c => callees::table.select(min(callees::digest_at)).first(c).await)?,
        open: on!(c, c => {
            calls::table
                .filter(calls::state.eq_any(CallState::OPEN))
                .filter(calls::check_at.is_null())
                .select(Call::as_select())
                .load(c)
                .await
        })?,
    })
}
