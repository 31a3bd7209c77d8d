//! Calls: the promises to talk, one row each; `pages` writes many at once.

mod pages;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};
use diesel_async::RunQueryDsl;

pub use self::pages::{Begun, add_all, begin_ringing};
use super::schema::calls;
use super::{Conn, DbError, Span, on};
use crate::domain::{CallId, CallMethod, CallReason, CallState, CallStep, CalleeId, DeviceId, FamilyId, Moment};

/// One promise to talk.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = calls, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct Call {
    /// Its id, which every vendor and device is given.
    pub id: CallId,
    /// The family that may see it.
    pub family_id: FamilyId,
    /// Who is rung.
    pub callee_id: CalleeId,
    /// 1 to 3, or 0 for "call now".
    pub slot_no: i32,
    /// The callee's local date that it stands for, `YYYY-MM-DD`.
    pub local_date: String,
    /// How the callee is reached.
    pub call_method: CallMethod,
    /// Where it stands.
    pub state: CallState,
    /// Why it stands there.
    pub reason: Option<CallReason>,
    /// The promised moment.
    pub due_at: Moment,
    /// When the present try rings.
    pub ring_at: Moment,
    /// After this the present try must not ring.
    pub expires_at: Moment,
    /// The number of the present try, from 1.
    pub tries: i32,
    /// The device that is rung, or that answered.
    pub device_id: Option<DeviceId>,
    /// When it was picked up.
    pub answered_at: Option<Moment>,
    /// When the talk began.
    pub joined_at: Option<Moment>,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// How long the talk lasted.
    pub duration_s: Option<i32>,
    /// 1 to 5, from the summary.
    pub mood_score: Option<i32>,
    /// When the reconciling tick looks at it.
    pub check_at: Option<Moment>,
    /// When the row was made.
    pub created_at: Moment,
    /// When the row last changed.
    pub updated_at: Moment,
}

/// What a step writes beside the state; `None` leaves a column as it is.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = calls)]
#[expect(clippy::option_option, reason = "the outer one says whether it is written, the inner one what")]
struct Change {
    reason: Option<Option<CallReason>>,
    ring_at: Option<Moment>,
    expires_at: Option<Moment>,
    tries: Option<i32>,
    device_id: Option<DeviceId>,
    answered_at: Option<Moment>,
    joined_at: Option<Moment>,
    ended_at: Option<Moment>,
    duration_s: Option<i32>,
    check_at: Option<Option<Moment>>,
}

impl Change {
    fn of(step: &CallStep) -> Self {
        match *step {
            CallStep::Queued { reason, ring_at, expires_at, try_no } => Self {
                reason: Some(Some(reason)),
                ring_at: Some(ring_at),
                expires_at: Some(expires_at),
                tries: Some(try_no),
                check_at: Some(None),
                ..Self::default()
            },
            // Why an earlier try came to nothing stays known until somebody picks up.
            CallStep::Ringing => Self::default(),
            CallStep::Answered { by, at } => {
                Self { device_id: Some(by), answered_at: Some(at), reason: Some(None), ..Self::default() }
            }
            CallStep::InProgress { since, answered_at, check_at } => Self {
                reason: Some(None),
                joined_at: Some(since),
                answered_at,
                check_at: check_at.map(Some),
                ..Self::default()
            },
            CallStep::Completed(ref talk) => Self {
                reason: Some(step.reason()),
                answered_at: talk.answered_at,
                joined_at: talk.joined_at,
                ended_at: Some(talk.ended_at),
                duration_s: talk.duration_s,
                check_at: Some(talk.check_at),
                ..Self::default()
            },
            CallStep::Over { reason, at } => {
                Self { reason: Some(Some(reason)), ended_at: Some(at), check_at: Some(None), ..Self::default() }
            }
        }
    }
}

/// What is learnt of a call beside its state; `None` leaves a column as it is.
#[derive(Clone, Debug, Default, AsChangeset)]
#[diesel(table_name = calls)]
pub struct CallFacts {
    /// See [`Call::reason`].
    pub reason: Option<Option<CallReason>>,
    /// See [`Call::duration_s`].
    pub duration_s: Option<i32>,
    /// See [`Call::mood_score`].
    pub mood_score: Option<i32>,
    /// See [`Call::check_at`].
    pub check_at: Option<Option<Moment>>,
}

/// PostgreSQL takes 65 535 values in a statement, and SQLite half of that.
const IDS_A_STATEMENT: usize = 1_000;

/// Adds a call, unless the promise has one. True when it was added.
pub async fn add(c: &mut Conn, call: &Call) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::insert_into(calls::table).values(call).on_conflict_do_nothing().execute(c).await)?;
    Ok(rows == 1)
}

/// Calls by their ids, in any order.
pub async fn with_ids(c: &mut Conn, ids: &[CallId]) -> Result<Vec<Call>, DbError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_A_STATEMENT) {
        let rows: Vec<Call> = on!(c, c => {
            calls::table.filter(calls::id.eq_any(ids)).select(Call::as_select()).load(c).await
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// A call by its id.
pub async fn find(c: &mut Conn, id: CallId) -> Result<Option<Call>, DbError> {
    Ok(on!(c, c => calls::table.find(id).select(Call::as_select()).first(c).await.optional())?)
}

/// Moves a call on from the state and try in which it was read, if it is still there. False when another was quicker.
pub async fn take_step(c: &mut Conn, call: &Call, step: &CallStep, now: Moment) -> Result<bool, DbError> {
    let change = Change::of(step);
    let rows = on!(c, c => {
        diesel::update(
            calls::table
                .filter(calls::id.eq(call.id))
                .filter(calls::state.eq(call.state))
                .filter(calls::tries.eq(call.tries)),
        )
            .set((calls::state.eq(step.state()), calls::updated_at.eq(now), &change))
            .execute(c)
            .await
    })?;
    Ok(rows == 1)
}

/// Writes what does not touch the state.
pub async fn amend(c: &mut Conn, id: CallId, change: &CallFacts, now: Moment) -> Result<(), DbError> {
    on!(c, c => diesel::update(calls::table.find(id)).set((calls::updated_at.eq(now), change)).execute(c).await)?;
    Ok(())
}

/// Puts off the next look of the reconciling tick, if nobody else did. True for the one who may look.
pub async fn claim_check(c: &mut Conn, id: CallId, seen: Moment, next: Moment) -> Result<bool, DbError> {
    let rows = on!(c, c => {
        diesel::update(calls::table.filter(calls::id.eq(id)).filter(calls::check_at.eq(seen)))
            .set(calls::check_at.eq(Some(next)))
            .execute(c)
            .await
    })?;
    Ok(rows == 1)
}

/// Calls that the reconciling tick should look at in the span, the longest waiting first.
pub async fn to_check(c: &mut Conn, due: Span) -> Result<Vec<Call>, DbError> {
    Ok(on!(c, c => {
        calls::table
            .filter(calls::check_at.between(due.from, due.until))
            .order(calls::check_at)
            .limit(due.limit)
            .select(Call::as_select())
            .load(c)
            .await
    })?)
}

/// The open calls whose present try expired in a span, the oldest first. Those that the reconciling tick looks after are
/// not among them.
macro_rules! expired {
    ($due:expr) => {
        calls::table
            // What the engine computes for the index on it: null for a call that is not open.
            .filter(
                sql::<Bool>("open_until BETWEEN ")
                    .bind::<BigInt, _>($due.from)
                    .sql(" AND ")
                    .bind::<BigInt, _>($due.until),
            )
            .filter(calls::check_at.is_null())
            .order(sql::<BigInt>("open_until"))
            .limit($due.limit)
            .select(Call::as_select())
    };
}

/// The open calls of a method whose present try expired in the span.
pub async fn expired(c: &mut Conn, method: CallMethod, due: Span) -> Result<Vec<Call>, DbError> {
    Ok(on!(c, c => expired!(due).filter(calls::call_method.eq(method)).load(c).await)?)
}

/// The open calls whose window was in the span and over when they were made.
pub async fn made_expired(c: &mut Conn, due: Span) -> Result<Vec<Call>, DbError> {
    Ok(on!(c, c => expired!(due).filter(calls::created_at.gt(calls::expires_at)).load(c).await)?)
}

/// What of a call says whether its slot may promise the same date anew.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = calls, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct Promise {
    /// Whose.
    pub callee_id: CalleeId,
    /// 1 to 3.
    pub slot_no: i32,
    /// The callee's local date, `YYYY-MM-DD`.
    pub local_date: String,
    /// Where its call stands.
    pub state: CallState,
    /// When that rings.
    pub ring_at: Moment,
    /// Which try it is.
    pub tries: i32,
}

/// The promises of these callees for a local date or later. A call that was taken back before it rang is none.
pub async fn promised_since(c: &mut Conn, callees: &[CalleeId], date: &str) -> Result<Vec<Promise>, DbError> {
    let callees = callees.to_vec();
    Ok(on!(c, c => {
        calls::table
            .filter(calls::callee_id.eq_any(callees))
            .filter(calls::slot_no.gt(0))
            .filter(calls::local_date.ge(date))
            .filter(calls::state.ne(CallState::Canceled).or(calls::tries.gt(1)))
            .select(Promise::as_select())
            .load(c)
            .await
    })?)
}

/// The scheduled calls of a callee that wait for a ring after a moment.
pub async fn queued_after(c: &mut Conn, callee: CalleeId, after: Moment) -> Result<Vec<Call>, DbError> {
    Ok(on!(c, c => {
        calls::table
            .filter(calls::callee_id.eq(callee))
            .filter(calls::slot_no.gt(0))
            .filter(calls::state.eq(CallState::Queued))
            .filter(calls::ring_at.gt(after))
            .select(Call::as_select())
            .load(c)
            .await
    })?)
}

/// The queued or ringing "call now" of a callee.
pub async fn open_now(c: &mut Conn, callee: CalleeId) -> Result<Option<Call>, DbError> {
    Ok(on!(c, c => {
        calls::table
            .filter(calls::callee_id.eq(callee))
            .filter(calls::slot_no.eq(0))
            .filter(sql::<Bool>("is_waiting"))
            .select(Call::as_select())
            .first(c)
            .await
            .optional()
    })?)
}
