//! Ring attempts: each try to reach one device or number, recorded before it is acted on.
//!
//! `act_at` says when the next step with the vendor is due. What a vendor is
//! given ahead is claimed step by step ([`steps`]); what goes out at its moment
//! is held by one host from minutes before until its ring window ends
//! ([`holding`]). Whoever takes a row raises `fence`, so that one that was
//! asleep meanwhile cannot write its outcome over a later one.

pub mod holding;
mod pages;
pub mod steps;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;

pub use self::pages::add_all;
use super::prepared::Prepare as _;
use super::schema::{calls, ring_attempts};
use super::{Conn, DbError, on};
use crate::domain::{
    AttemptId, AttemptState, AttemptStep, CallId, CallState, CalleeId, DeviceId, Ending, GroupId, Moment, NodeId,
    PushAddressId, Receipt,
};

/// One try to reach one device or number.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = ring_attempts, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct RingAttempt {
    /// Its id.
    pub id: AttemptId,
    /// The call that it serves.
    pub call_id: CallId,
    /// The call's try that it belongs to, from 1.
    pub try_no: i32,
    /// The channel plugin.
    pub channel: String,
    /// Handed to the vendor at queue time, with the ring time.
    pub ahead: bool,
    /// The device; none for a number.
    pub device_id: Option<DeviceId>,
    /// The push address; none for a number.
    pub push_address_id: Option<PushAddressId>,
    /// Push address, perhaps sealed, or phone number.
    pub address: String,
    /// `production`, `sandbox` or empty.
    pub environment: String,
    /// Attempts that are submitted together.
    pub group_id: GroupId,
    /// How far it got.
    pub state: AttemptState,
    /// Why, in the vendor's or the plugin's words; for the staff.
    pub reason: Option<String>,
    /// When it rings.
    pub ring_at: Moment,
    /// Nothing may ring after this.
    pub expires_at: Moment,
    /// When the next step with the vendor is due.
    pub act_at: Option<Moment>,
    /// The host that took the last step.
    pub owner: Option<NodeId>,
    /// Raised with every step.
    pub fence: i32,
    /// Until when the owner's step may last.
    pub lease_until: Option<Moment>,
    /// How often it was handed to the vendor.
    pub sends: i32,
    /// The vendor's reference of the submission.
    pub reference: Option<String>,
    /// The vendor's id of this ring within the submission.
    pub recipient: Option<String>,
    /// When it was last handed over.
    pub sent_at: Option<Moment>,
    /// When the vendor took it.
    pub accepted_at: Option<Moment>,
    /// When it rang, as the device or the vendor says.
    pub rang_at: Option<Moment>,
    /// When the row was made.
    pub created_at: Moment,
}

/// What a step writes beside the state; `None` leaves a column as it is.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = ring_attempts)]
#[expect(clippy::option_option, reason = "the outer one says whether it is written, the inner one what")]
struct Change {
    reason: Option<Option<String>>,
    act_at: Option<Option<Moment>>,
    owner: Option<Option<NodeId>>,
    sent_at: Option<Moment>,
    sends: Option<i32>,
    reference: Option<String>,
    recipient: Option<String>,
    accepted_at: Option<Moment>,
    rang_at: Option<Moment>,
}

impl Change {
    fn of(step: AttemptStep) -> Self {
        match step {
            AttemptStep::Armed { at, why, sends, sent_at } => Self {
                act_at: Some(Some(at)),
                reason: Some(why),
                owner: Some(None),
                sends: Some(sends),
                sent_at,
                ..Self::default()
            },
            AttemptStep::Accepted { at, look_at, receipt } => {
                Self { act_at: Some(look_at), accepted_at: at, ..Self::receipt(receipt) }
            }
            AttemptStep::Rang { at, accepted_at, look_at, receipt } => {
                Self { act_at: Some(look_at), rang_at: at, accepted_at, ..Self::receipt(receipt) }
            }
            AttemptStep::Unknown { why, look_at } => {
                Self { act_at: Some(Some(look_at)), reason: why.map(Some), ..Self::default() }
            }
            AttemptStep::Gone(Ending { why, sends, sent_at })
            | AttemptStep::Failed(Ending { why, sends, sent_at })
            | AttemptStep::StillAccepted(Ending { why, sends, sent_at }) => {
                Self { act_at: Some(None), reason: Some(Some(why)), sends: Some(sends), sent_at, ..Self::default() }
            }
            AttemptStep::Closed { why } => Self { act_at: Some(None), reason: Some(Some(why)), ..Self::default() },
        }
    }

    fn receipt(Receipt { reference, recipient }: Receipt) -> Self {
        Self { reference, recipient, ..Self::default() }
    }
}

/// Adds an attempt.
pub async fn add(c: &mut Conn, attempt: &RingAttempt) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(ring_attempts::table).values(attempt).execute(c).await)?;
    Ok(())
}

/// An attempt by its id.
pub async fn find(c: &mut Conn, id: AttemptId) -> Result<Option<RingAttempt>, DbError> {
    Ok(on!(c, c => ring_attempts::table.find(id).select(RingAttempt::as_select()).first(c).await.optional())?)
}

/// The ring that a device should be showing: handed over before a moment, of the
/// call's present try, still in its window, and not picked up by anyone.
pub async fn ringing_for_device(
    c: &mut Conn,
    (callee, device): (CalleeId, DeviceId),
    sent_before: Moment,
    now: Moment,
) -> Result<Option<RingAttempt>, DbError> {
    const HANDED_OVER: [AttemptState; 4] =
        [AttemptState::Sent, AttemptState::Accepted, AttemptState::Rang, AttemptState::Unknown];
    Ok(on!(c, c => {
        ring_attempts::table
            .inner_join(calls::table.on(calls::id.eq(ring_attempts::call_id)))
            // Every phone asks at the full hour: each looks at its own callee's last calls, and not at what rings.
            .filter(calls::callee_id.eq(callee))
            .filter(calls::due_at.ge(now.plus_secs(-LONGEST_CALLED_S)))
            .filter(ring_attempts::device_id.eq(device))
            .filter(ring_attempts::state.eq_any(HANDED_OVER))
            .filter(ring_attempts::try_no.eq(calls::tries))
            .filter(ring_attempts::ring_at.le(sent_before))
            .filter(ring_attempts::expires_at.gt(now))
            .filter(calls::state.eq(CallState::Ringing))
            .order(ring_attempts::ring_at)
            .select(RingAttempt::as_select())
            .first(c)
            .await
            .optional()
    })?)
}

/// A call is older only if no host ran for so long: then it was missed, and is not tried again.
const LONGEST_CALLED_S: i64 = 8 * 86_400;

/// Every attempt of a submission: of those that a vendor was given ahead.
pub async fn of_group(c: &mut Conn, group: GroupId) -> Result<Vec<RingAttempt>, DbError> {
    Ok(on!(c, c => {
        ring_attempts::table
            .filter(ring_attempts::ahead)
            .filter(ring_attempts::group_id.eq(group))
            .select(RingAttempt::as_select())
            .load(c)
            .await
    })?)
}

/// Locks the attempts of a call on PostgreSQL, in one order, before the call
/// itself is written: claims lock in that order too, so that no two wait for
/// each other. SQLite has one writer and nothing to lock.
pub async fn lock_of_call(c: &mut Conn, call: CallId) -> Result<(), DbError> {
    if let Conn::Pg(pg) = c {
        let _locked: Vec<AttemptId> = ring_attempts::table
            .filter(ring_attempts::call_id.eq(call))
            .order(ring_attempts::id)
            .select(ring_attempts::id)
            .for_update()
            .load(&mut ***pg)
            .await?;
    }
    Ok(())
}

/// The attempts of a call, oldest first.
pub async fn of_call(c: &mut Conn, call: CallId) -> Result<Vec<RingAttempt>, DbError> {
    Ok(on!(c, c => {
        ring_attempts::table
            .filter(ring_attempts::call_id.eq(call))
            .order(ring_attempts::created_at)
            .select(RingAttempt::as_select())
            .load(c)
            .await
    })?)
}

/// Gives attempts that are submitted together their common group.
pub async fn set_group(c: &mut Conn, ids: &[AttemptId], group: GroupId) -> Result<(), DbError> {
    let ids = ids.to_vec();
    on!(c, c => {
        diesel::update(ring_attempts::table.filter(ring_attempts::id.eq_any(ids)))
            .set(ring_attempts::group_id.eq(group))
            .execute(c)
            .await
    })?;
    Ok(())
}

/// Moves an attempt on, if nobody took a later step and it is still in one of the states `from`. False when the step
/// came too late to count.
pub async fn take_step(
    c: &mut Conn,
    attempt: &RingAttempt,
    from: &[AttemptState],
    step: AttemptStep,
) -> Result<bool, DbError> {
    let (from, state) = (from.to_vec(), step.state());
    let change = Change::of(step);
    let rows = on!(c, c => {
        diesel::update(
            ring_attempts::table
                .filter(ring_attempts::id.eq(attempt.id))
                .filter(ring_attempts::fence.eq(attempt.fence))
                .filter(ring_attempts::state.eq_any(from)),
        )
        .set((ring_attempts::state.eq(state), &change))
        .execute(c)
        .await
    })?;
    Ok(rows == 1)
}

/// Puts off the next look at an open attempt, if nobody took a later step.
pub async fn look_later(c: &mut Conn, attempt: &RingAttempt, at: Moment) -> Result<(), DbError> {
    on!(c, c => {
        diesel::update(
            ring_attempts::table
                .filter(ring_attempts::id.eq(attempt.id))
                .filter(ring_attempts::fence.eq(attempt.fence))
                .filter(ring_attempts::state.eq_any(AttemptState::OPEN)),
        )
        .set(ring_attempts::act_at.eq(Some(at)))
        .execute(c)
        .await
    })?;
    Ok(())
}

/// Notes that a device rang, whatever the sender knows of it.
pub async fn mark_rang(c: &mut Conn, call: CallId, device: DeviceId, now: Moment) -> Result<(), DbError> {
    on!(c, c => {
        diesel::update(
            ring_attempts::table
                .filter(ring_attempts::call_id.eq(call))
                .filter(ring_attempts::device_id.eq(device))
                .filter(ring_attempts::rang_at.is_null())
                .filter(ring_attempts::state.eq_any(AttemptState::OPEN)),
        )
        .set((
            ring_attempts::state.eq(AttemptState::Rang),
            ring_attempts::rang_at.eq(Some(now)),
            // Whatever the vendor's reply was to be: the ring is known to be there, nothing is repeated.
            ring_attempts::act_at.eq(None::<Moment>),
        ))
        .execute(c)
        .await
    })?;
    Ok(())
}

/// Closes the attempts that a filter names: nothing of them is to be done any more.
macro_rules! close {
    ($conn:expr, $which:expr) => {
        on!($conn, c => {
            diesel::update(ring_attempts::table.filter($which))
                .set((ring_attempts::state.eq(AttemptState::Closed), ring_attempts::act_at.eq(None::<Moment>)))
                .prepared()
                .execute(c)
                .await
        })
    };
}

/// Closes what is open of a call at one device: it has said that it does not ring any more.
pub async fn close_of_device(c: &mut Conn, call: CallId, device: DeviceId) -> Result<(), DbError> {
    let open = ring_attempts::state.eq_any(AttemptState::OPEN);
    close!(c, ring_attempts::call_id.eq(call).and(ring_attempts::device_id.eq(device)).and(open))?;
    Ok(())
}

/// Closes attempts whose ring is not needed any more.
pub async fn close_all(c: &mut Conn, attempts: &[AttemptId]) -> Result<(), DbError> {
    close!(c, ring_attempts::id.eq_any(attempts))?;
    Ok(())
}

/// Closes what is open of a call: its try is over.
pub async fn close_of_call(c: &mut Conn, call: CallId) -> Result<(), DbError> {
    close!(c, ring_attempts::call_id.eq(call).and(ring_attempts::state.eq_any(AttemptState::OPEN)))?;
    Ok(())
}

/// The attempt that a vendor was given ahead and that its own ids name: the submission's reference, and
/// within it the vendor's or our id of the recipient.
pub async fn by_reference(c: &mut Conn, reference: &str, recipient: &str) -> Result<Option<RingAttempt>, DbError> {
    let rows: Vec<RingAttempt> = on!(c, c => {
        ring_attempts::table
            .filter(sql::<Bool>("submission = ").bind::<Text, _>(reference))
            .select(RingAttempt::as_select())
            .load(c)
            .await
    })?;
    Ok(rows
        .into_iter()
        .find(|attempt| attempt.recipient.as_deref() == Some(recipient) || attempt.id.to_string() == recipient))
}
