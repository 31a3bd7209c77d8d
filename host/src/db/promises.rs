//! Promises: what the calendar and the calls of many callees say, page by page. The audit of promises walks in.
//!
//! A page is a run of callees in the order of their ids. Each query here reads what one page has, along the index that
//! begins with the callee; so an audit of a million callees holds a few hundred at a time.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::past_slots::PastSlot;
use super::schema::{callees, calls, conversations, past_slots, ring_attempts, slots};
use super::{Conn, DbError, on};
use crate::domain::schedule::{Slot, Weekdays, parse_time};
use crate::domain::{AttemptId, CallId, CallMethod, CallState, CalleeId, DeviceId, Moment};

/// The callees from one id to another, both included.
#[derive(Clone, Copy, Debug)]
pub struct CalleePage {
    /// The first.
    pub first: CalleeId,
    /// The last.
    pub last: CalleeId,
}

/// The callees after the page before, if there are any.
pub async fn next_page(c: &mut Conn, before: Option<CalleePage>, limit: i64) -> Result<Option<CalleePage>, DbError> {
    let ids: Vec<CalleeId> = on!(c, c => {
        let mut query = callees::table.select(callees::id).order(callees::id).limit(limit).into_boxed();
        if let Some(before) = before {
            query = query.filter(callees::id.gt(before.last));
        }
        query.load(c).await
    })?;
    let ids = ids.as_slice();
    Ok(ids.first().zip(ids.last()).map(|(&first, &last)| CalleePage { first, last }))
}

/// What a slot promises while its terms hold.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Whose.
    pub callee: CalleeId,
    /// Time and days.
    pub slot: Slot,
    /// The IANA zone that they are meant in.
    pub zone: String,
    /// What comes after this is promised.
    pub since: Moment,
    /// And nothing after this; none while they hold.
    pub until: Option<Moment>,
}

impl Terms {
    fn read(callee: CalleeId, slot_no: i32, (local_time, weekdays): (&str, i32), zone: String) -> Option<Self> {
        let slot = Slot {
            slot_no,
            time: parse_time(local_time).ok()?,
            weekdays: Weekdays::from_bits(u8::try_from(weekdays).ok()?),
            enabled: true,
        };
        Some(Self { callee, slot, zone, since: Moment(0), until: None })
    }
}

/// The terms that held at some time from `from` on. A slot whose row cannot be read promises nothing that could be
/// kept; the planner logs it.
pub async fn terms(c: &mut Conn, page: CalleePage, from: Moment) -> Result<Vec<Terms>, DbError> {
    let past: Vec<PastSlot> = on!(c, c => past_slots::table
        .filter(past_slots::callee_id.ge(page.first))
        .filter(past_slots::callee_id.le(page.last))
        .filter(past_slots::until.ge(from))
        .select(PastSlot::as_select())
        .load(c)
        .await)?;
    let present: Vec<(CalleeId, i32, String, i32, Moment, String, Moment)> = on!(c, c => slots::table
        .inner_join(callees::table.on(callees::id.eq(slots::callee_id)))
        .filter(slots::callee_id.ge(page.first))
        .filter(slots::callee_id.le(page.last))
        .filter(slots::enabled.eq(true))
        .select((
            slots::callee_id,
            slots::slot_no,
            slots::local_time,
            slots::weekdays,
            slots::since,
            callees::zone,
            callees::created_at,
        ))
        .load(c)
        .await)?;
    let past = past.into_iter().filter_map(|row| {
        let read = Terms::read(row.callee_id, row.slot_no, (&row.local_time, row.weekdays), row.zone)?;
        Some(Terms { since: row.since, until: Some(row.until), ..read })
    });
    let present = present.into_iter().filter_map(|(callee, slot_no, time, weekdays, since, zone, born)| {
        // Nobody was promised anything before they were there.
        Some(Terms { since: since.max(born), ..Terms::read(callee, slot_no, (&time, weekdays), zone)? })
    });
    Ok(past.chain(present).collect())
}

/// What an audit needs to know of a call.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = calls, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct KeptPromise {
    /// Its id.
    pub id: CallId,
    /// Who is rung.
    pub callee_id: CalleeId,
    /// 1 to 3, or 0 for "call now".
    pub slot_no: i32,
    /// The callee's local date that it stands for.
    pub local_date: String,
    /// How the callee is reached.
    pub call_method: CallMethod,
    /// Where it stands.
    pub state: CallState,
    /// Why it stands there.
    pub reason: Option<String>,
    /// The promised moment.
    pub due_at: Moment,
    /// When the present try rings.
    pub ring_at: Moment,
    /// After this the present try must not ring.
    pub expires_at: Moment,
    /// The number of the present try, from 1.
    pub tries: i32,
}

/// The page's calls that were due from one moment to before another.
pub async fn calls(c: &mut Conn, page: CalleePage, from: Moment, to: Moment) -> Result<Vec<KeptPromise>, DbError> {
    Ok(on!(c, c => calls::table
        .filter(calls::callee_id.ge(page.first))
        .filter(calls::callee_id.le(page.last))
        .filter(calls::due_at.ge(from))
        .filter(calls::due_at.lt(to))
        .select(KeptPromise::as_select())
        .load(c)
        .await)?)
}

/// What an audit needs to know of a ring attempt.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = ring_attempts, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct MadeAttempt {
    /// Its id.
    pub id: AttemptId,
    /// The call that it served.
    pub call_id: CallId,
    /// The call's try that it belonged to, from 1.
    pub try_no: i32,
    /// Handed to the vendor ahead of its time.
    pub ahead: bool,
    /// The device; none for a number.
    pub device_id: Option<DeviceId>,
    /// When it was handed over.
    pub sent_at: Option<Moment>,
    /// When the vendor took it.
    pub accepted_at: Option<Moment>,
    /// When it rang.
    pub rang_at: Option<Moment>,
}

/// The ring attempts of the page's calls that were due from one moment to before another, the oldest first.
pub async fn attempts(c: &mut Conn, page: CalleePage, from: Moment, to: Moment) -> Result<Vec<MadeAttempt>, DbError> {
    Ok(on!(c, c => ring_attempts::table
        .inner_join(calls::table.on(calls::id.eq(ring_attempts::call_id)))
        .filter(calls::callee_id.ge(page.first))
        .filter(calls::callee_id.le(page.last))
        .filter(calls::due_at.ge(from))
        .filter(calls::due_at.lt(to))
        .filter(ring_attempts::sent_at.is_not_null())
        .order(ring_attempts::id)
        .select(MadeAttempt::as_select())
        .load(c)
        .await)?)
}

/// A conversation of a call by phone: that somebody was dialled.
#[derive(Clone, Debug, Queryable)]
pub struct Dial {
    /// The call.
    pub call_id: CallId,
    /// The attempt that led to it.
    pub attempt_id: AttemptId,
    /// The provider's id.
    pub provider_ref: String,
}

/// The conversations of the page's calls by phone that were due from one moment to before another.
pub async fn dials(c: &mut Conn, page: CalleePage, from: Moment, to: Moment) -> Result<Vec<Dial>, DbError> {
    Ok(on!(c, c => conversations::table
        .inner_join(calls::table.on(calls::id.eq(conversations::call_id)))
        .filter(calls::callee_id.ge(page.first))
        .filter(calls::callee_id.le(page.last))
        .filter(calls::due_at.ge(from))
        .filter(calls::due_at.lt(to))
        .filter(calls::call_method.eq(CallMethod::Phone))
        .select((conversations::call_id, conversations::attempt_id, conversations::provider_ref))
        .load(c)
        .await)?)
}
