//! Pairings: the issued six-digit codes. The pairing service walks in.

use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::schema::pairings;
use super::{Conn, DbError, on};
use crate::domain::{AccountId, CalleeId, DeviceId, Moment, PairingId};

/// An issued pairing code.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = pairings, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds a code")]
pub struct Pairing {
    /// Its id.
    pub id: PairingId,
    /// Whose device it is for.
    pub callee_id: CalleeId,
    /// The six digits, perhaps sealed, while it is live.
    pub code: Option<String>,
    /// Who asked for it.
    pub issued_by: AccountId,
    /// When.
    pub issued_at: Moment,
    /// After which it is worth nothing.
    pub expires_at: Moment,
    /// The device that claimed it.
    pub device_id: Option<DeviceId>,
    /// When it was claimed, replaced or expired.
    pub closed_at: Option<Moment>,
}

/// Stores a new pairing; false when its code is live already.
pub async fn insert(c: &mut Conn, pairing: &Pairing) -> Result<bool, DbError> {
    // No error on a taken code: on PostgreSQL an error would end the transaction, and the caller tries another code.
    let rows = on!(c, c => diesel::insert_into(pairings::table)
        .values(pairing)
        .on_conflict_do_nothing()
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// Whether one of these is live.
pub async fn is_live(c: &mut Conn, forms: &[String]) -> Result<bool, DbError> {
    let live = diesel::dsl::exists(pairings::table.filter(pairings::code.eq_any(forms)));
    Ok(on!(c, c => diesel::select(live).get_result(c).await)?)
}

/// The callee's live pairing.
pub async fn live_of_callee(c: &mut Conn, callee: CalleeId, now: Moment) -> Result<Option<Pairing>, DbError> {
    Ok(on!(c, c => pairings::table
        .filter(pairings::callee_id.eq(callee))
        .filter(pairings::closed_at.is_null())
        .filter(pairings::expires_at.gt(now))
        .order(pairings::id.desc())
        .select(Pairing::as_select())
        .first(c)
        .await
        .optional())?)
}

/// Gives the pairing with a live code, in whichever of these forms it is stored, to a device, and erases the code. Of two
/// devices one gets it.
pub async fn claim(c: &mut Conn, forms: &[String], device: DeviceId, now: Moment) -> Result<Option<Pairing>, DbError> {
    Ok(on!(c, c => diesel::update(
        pairings::table
            .filter(pairings::code.eq_any(forms))
            .filter(pairings::closed_at.is_null())
            .filter(pairings::expires_at.gt(now)),
    )
    .set((pairings::device_id.eq(device), pairings::code.eq(None::<String>), pairings::closed_at.eq(now)))
    .returning(Pairing::as_returning())
    .get_result(c)
    .await
    .optional())?)
}

/// Closes the callee's live pairings and erases their codes.
pub async fn close_of_callee(c: &mut Conn, callee: CalleeId, now: Moment) -> Result<usize, DbError> {
    Ok(on!(c, c => diesel::update(
        pairings::table.filter(pairings::callee_id.eq(callee)).filter(pairings::closed_at.is_null()),
    )
    .set((pairings::code.eq(None::<String>), pairings::closed_at.eq(now)))
    .execute(c)
    .await)?)
}

/// Closes every live pairing and erases its code.
pub async fn close_all(c: &mut Conn, now: Moment) -> Result<usize, DbError> {
    let live = pairings::table.filter(pairings::closed_at.is_null());
    let closed = (pairings::code.eq(None::<String>), pairings::closed_at.eq(now));
    Ok(on!(c, c => diesel::update(live).set(closed).execute(c).await)?)
}

/// Closes pairings past their end and erases their codes.
pub async fn close_expired(c: &mut Conn, now: Moment) -> Result<usize, DbError> {
    Ok(on!(c, c => diesel::update(
        pairings::table.filter(pairings::closed_at.is_null()).filter(pairings::expires_at.le(now)),
    )
    .set((pairings::code.eq(None::<String>), pairings::closed_at.eq(now)))
    .execute(c)
    .await)?)
}
