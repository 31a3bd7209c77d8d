//! The whole installation at a glance, for the staff: counts, and calls that went wrong.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::calls::Call;
use super::schema::{callees, calls, devices, families, jobs};
use super::{Conn, DbError, on};
use crate::domain::{CallState, DeviceState, Moment};

/// How many families, callees and confirmed devices there are.
pub async fn count_people(c: &mut Conn) -> Result<(i64, i64, i64), DbError> {
    on!(c, c => {
        let families = families::table.count().get_result(c).await?;
        let callees = callees::table.count().get_result(c).await?;
        let ringing = devices::table.filter(devices::state.eq(DeviceState::Active)).count().get_result(c).await?;
        Ok((families, callees, ringing))
    })
}

/// How many calls that are due at or after a moment stand in one of these states.
pub async fn count_calls(c: &mut Conn, states: &[CallState], since: Moment) -> Result<i64, DbError> {
    let states = states.to_vec();
    Ok(on!(c, c => {
        calls::table
            .filter(calls::state.eq_any(states))
            .filter(calls::due_at.ge(since))
            .count()
            .get_result(c)
            .await
    })?)
}

/// How many jobs stand in a state of [`super::jobs`].
pub async fn count_jobs(c: &mut Conn, state: &str) -> Result<i64, DbError> {
    Ok(on!(c, c => jobs::table.filter(jobs::state.eq(state)).count().get_result(c).await)?)
}

/// Calls due since a moment that could not be made, the newest first, with the callee's form of address and zone.
pub async fn wrong_calls(c: &mut Conn, since: Moment, limit: i64) -> Result<Vec<(Call, String, String)>, DbError> {
    Ok(on!(c, c => {
        calls::table
            .inner_join(callees::table.on(callees::id.eq(calls::callee_id)))
            .filter(calls::state.eq_any([CallState::Failed, CallState::Expired]))
            .filter(calls::due_at.ge(since))
            .order(calls::due_at.desc())
            .limit(limit)
            .select((Call::as_select(), callees::address_form, callees::zone))
            .load(c)
            .await
    })?)
}
