//! The ledger: everything that is on record of the calls that were due in a span of time.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::alerts::Alert;
use super::calls::Call;
use super::jobs::{DONE, JobRow};
use super::ring_attempts::RingAttempt;
use super::schema::{alerts, calls, jobs, ring_attempts};
use super::{Conn, DbError, on};
use crate::domain::Moment;

/// PostgreSQL takes 65 535 values in a statement.
const IDS_A_STATEMENT: usize = 1_000;

/// What is on record.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The calls, the first due first.
    pub calls: Vec<Call>,
    /// Their ring attempts.
    pub attempts: Vec<RingAttempt>,
    /// The alerts that came from them.
    pub alerts: Vec<Alert>,
    /// Jobs of any kind that are not done.
    pub jobs_left: Vec<JobRow>,
}

/// Reads what was due at `from` or later and before `to`.
pub async fn between(c: &mut Conn, from: Moment, to: Moment) -> Result<Ledger, DbError> {
    let calls: Vec<Call> = on!(c, c => {
        calls::table
            .filter(calls::due_at.ge(from).and(calls::due_at.lt(to)))
            .order((calls::due_at, calls::id))
            .select(Call::as_select())
            .load(c)
            .await
    })?;
    let (mut attempts, mut alerts) = (Vec::new(), Vec::new());
    let ids: Vec<_> = calls.iter().map(|call| call.id).collect();
    for ids in ids.chunks(IDS_A_STATEMENT) {
        let rows: Vec<RingAttempt> = on!(c, c => {
            ring_attempts::table
                .filter(ring_attempts::call_id.eq_any(ids))
                .select(RingAttempt::as_select())
                .load(c)
                .await
        })?;
        attempts.extend(rows);
        let rows: Vec<Alert> = on!(c, c => {
            alerts::table.filter(alerts::call_id.eq_any(ids)).select(Alert::as_select()).load(c).await
        })?;
        alerts.extend(rows);
    }
    let jobs_left = on!(c, c => jobs::table.filter(jobs::state.ne(DONE)).select(JobRow::as_select()).load(c).await)?;
    Ok(Ledger { calls, attempts, alerts, jobs_left })
}
