//! Jobs: queued work that survives a crash, each under a key that makes it one.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::prepared::Prepare as _;
use super::ring_attempts::steps::Claim;
use super::schema::jobs;
use super::taking::take_rows;
use super::{Conn, DbError, Span, on};
use crate::domain::{JobId, Moment, NodeId};

/// A piece of queued work.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    pub kind: String,
    /// A second job with the same key is the same job.
    pub key: String,
    /// What it is to be done with: JSON.
    pub payload: String,
    /// `waiting`, `done` or `dead`.
    pub state: String,
    /// Not before.
    pub run_at: Moment,
    /// How often it was begun.
    pub attempts: i32,
    /// Until when its owner may take.
    pub lease_until: Option<Moment>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Moment,
    /// Who does it now.
    pub owner: Option<NodeId>,
}

/// Still to be done.
pub const WAITING: &str = "waiting";
/// Done; kept so that its key stays taken.
pub const DONE: &str = "done";
/// Given up.
pub const DEAD: &str = "dead";

impl JobRow {
    /// A job that was never begun, not to be begun before `run_at`.
    pub fn new(kind: &str, key: String, payload: &serde_json::Value, run_at: Moment, now: Moment) -> Self {
        Self {
            id: JobId::new(),
            kind: kind.to_owned(),
            key,
            payload: payload.to_string(),
            state: WAITING.to_owned(),
            run_at,
            attempts: 0,
            lease_until: None,
            last_error: None,
            created_at: now,
            owner: None,
        }
    }
}

/// Queues a job, unless its key is known. True when it is new.
pub async fn enqueue(c: &mut Conn, row: &JobRow) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::insert_into(jobs::table).values(row).on_conflict_do_nothing().execute(c).await)?;
    Ok(rows == 1)
}

/// Takes jobs that are due in the span, until the end of the claim. Of many hosts, one gets each.
pub async fn claim(c: &mut Conn, claim: Claim, span: Span) -> Result<Vec<JobRow>, DbError> {
    let taken = (
        jobs::attempts.eq(jobs::attempts + 1),
        jobs::owner.eq(Some(claim.node)),
        jobs::lease_until.eq(Some(claim.until)),
        jobs::run_at.eq(claim.until),
    );
    let queue = diesel::alias!(jobs as queue);
    let due = queue
        .filter(queue.field(jobs::state).eq(WAITING))
        .filter(queue.field(jobs::run_at).between(span.from, span.until))
        .order(queue.field(jobs::run_at))
        .limit(span.limit)
        .select(queue.field(jobs::id));
    let mut claimed = take_rows!(c, jobs, due, taken, JobRow)?;
    claimed.sort_by_key(|job| job.id);
    Ok(claimed)
}

/// Lets go of what these hosts began and did not end, so that any host does it now. Gives how many.
pub async fn let_go(c: &mut Conn, nodes: &[NodeId], now: Moment) -> Result<usize, DbError> {
    Ok(on!(c, c => {
        diesel::update(jobs::table.filter(jobs::state.eq(WAITING)).filter(jobs::owner.eq_any(nodes)))
            .set((jobs::owner.eq(None::<NodeId>), jobs::lease_until.eq(None::<Moment>), jobs::run_at.eq(now)))
            .execute(c)
            .await
    })?)
}

/// Ends a claimed attempt: done, dead, or waiting again from `run_at`. Nothing
/// happens when another host has taken the job since.
pub async fn settle(
    c: &mut Conn,
    job: &JobRow,
    state: &str,
    run_at: Moment,
    error: Option<&str>,
) -> Result<(), DbError> {
    on!(c, c => {
        diesel::update(jobs::table.filter(jobs::id.eq(job.id)).filter(jobs::attempts.eq(job.attempts)))
            .set((
                jobs::state.eq(state),
                jobs::run_at.eq(run_at),
                jobs::lease_until.eq(None::<Moment>),
                jobs::owner.eq(None::<NodeId>),
                jobs::last_error.eq(error),
                // A done job keeps its key only; what it was done with may be personal.
                jobs::payload.eq(if state == DONE { "{}" } else { job.payload.as_str() }),
            ))
            .execute(c)
            .await
    })?;
    Ok(())
}

/// How many jobs should have been begun before a moment, and wait still.
pub async fn count_overdue(c: &mut Conn, before: Moment) -> Result<i64, DbError> {
    Ok(on!(c, c => {
        jobs::table.filter(jobs::state.eq(WAITING)).filter(jobs::run_at.lt(before)).count().get_result(c).await
    })?)
}

/// When the newest job was queued, by the clock of whoever queued it.
pub async fn newest_at(c: &mut Conn) -> Result<Option<Moment>, DbError> {
    // Ids grow with the clock.
    Ok(on!(c, c => jobs::table.order(jobs::id.desc()).select(jobs::created_at).first(c).await.optional())?)
}

/// What was given up since a moment, so many at the most, the newest first.
pub async fn given_up_since(c: &mut Conn, since: Moment, limit: i64) -> Result<Vec<JobRow>, DbError> {
    Ok(on!(c, c => {
        jobs::table
            .filter(jobs::state.eq(DEAD))
            .filter(jobs::run_at.ge(since))
            .order(jobs::run_at.desc())
            .limit(limit)
            .select(JobRow::as_select())
            .load(c)
            .await
    })?)
}

/// Forgets done jobs that were queued before a moment, so many at the most; their keys cannot come again by then. Gives
/// how many.
pub async fn sweep_done(c: &mut Conn, before: Moment, limit: i64) -> Result<usize, DbError> {
    let old = diesel::alias!(jobs as old);
    let swept = old
        .filter(old.field(jobs::state).eq(DONE))
        .filter(old.field(jobs::created_at).lt(before))
        .limit(limit)
        .select(old.field(jobs::id));
    Ok(on!(c, c => diesel::delete(jobs::table.filter(jobs::id.eq_any(swept))).execute(c).await)?)
}
