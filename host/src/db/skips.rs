//! Skips: one slot that does not call on one local date. The schedule services walk in, and whoever plans a slot's
//! next moment.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::skips;
use super::{Conn, DbError, on};
use crate::domain::calendar::SlotDate;
use crate::domain::{AccountId, CalleeId, Moment};

/// A stored skip.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = skips, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct StoredSkip {
    /// Who is not called.
    pub callee_id: CalleeId,
    /// The slot, 1 to 3.
    pub slot_no: i32,
    /// The callee's local date, `YYYY-MM-DD`.
    pub local_date: String,
    /// Who did not want the call.
    pub made_by: AccountId,
    /// Since when.
    pub made_at: Moment,
}

impl StoredSkip {
    /// The skip as a calendar knows it.
    pub fn slot_date(&self) -> Result<SlotDate, DbError> {
        let date = self.local_date.parse().map_err(|_| DbError::Unreadable("the date of a skip".into()))?;
        Ok(SlotDate { slot_no: self.slot_no, date })
    }
}

/// Stores a skip; one that is known stays as it is.
pub async fn put(c: &mut Conn, skip: &StoredSkip) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(skips::table).values(skip).on_conflict_do_nothing().execute(c).await)?;
    Ok(())
}

/// Drops a skip.
pub async fn remove(c: &mut Conn, callee: CalleeId, slot_no: i32, date: &str) -> Result<(), DbError> {
    on!(c, c => diesel::delete(skips::table.find((callee, slot_no, date))).execute(c).await)?;
    Ok(())
}

/// The skips of these callees for a local date or later.
pub async fn since(c: &mut Conn, callees: &[CalleeId], date: &str) -> Result<Vec<StoredSkip>, DbError> {
    let callees = callees.to_vec();
    Ok(on!(c, c => skips::table
        .filter(skips::callee_id.eq_any(callees))
        .filter(skips::local_date.ge(date))
        .select(StoredSkip::as_select())
        .load(c)
        .await)?)
}
