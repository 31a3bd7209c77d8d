//! Pauses: times without scheduled calls. The schedule services walk in, and whoever plans a slot's next moment.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::pauses;
use super::{Conn, DbError, on};
use crate::domain::calendar::Pause;
use crate::domain::{AccountId, CalleeId, Moment, PauseId};

/// A stored pause.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = pauses, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "its reason is about a person")]
pub struct StoredPause {
    /// Its id.
    pub id: PauseId,
    /// Who is not called.
    pub callee_id: CalleeId,
    /// The first local date without calls, `YYYY-MM-DD`.
    pub from_date: String,
    /// The last one; none means until somebody ends it.
    pub until_date: Option<String>,
    /// Why, in the family's words.
    pub reason: Option<String>,
    /// Who made it.
    pub made_by: AccountId,
    /// When.
    pub made_at: Moment,
    /// When somebody ended it; it holds no more.
    pub ended_at: Option<Moment>,
}

impl StoredPause {
    /// The pause as a calendar knows it.
    pub fn pause(&self) -> Result<Pause, DbError> {
        let unreadable = |_| DbError::Unreadable(format!("pause {}", self.id));
        Ok(Pause {
            from: self.from_date.parse().map_err(unreadable)?,
            until: self.until_date.as_deref().map(str::parse).transpose().map_err(unreadable)?,
        })
    }
}

/// Stores a new pause.
pub async fn insert(c: &mut Conn, pause: &StoredPause) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(pauses::table).values(pause).execute(c).await)?;
    Ok(())
}

/// The pause with this id.
pub async fn find(c: &mut Conn, id: PauseId) -> Result<Option<StoredPause>, DbError> {
    Ok(on!(c, c => pauses::table.find(id).select(StoredPause::as_select()).first(c).await.optional())?)
}

/// Ends a pause; false when somebody did before.
pub async fn end(c: &mut Conn, id: PauseId, now: Moment) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::update(pauses::table.find(id).filter(pauses::ended_at.is_null()))
        .set(pauses::ended_at.eq(now))
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// The pauses of these callees that hold on a local date or later, the earliest first.
pub async fn holding_since(c: &mut Conn, callees: &[CalleeId], date: &str) -> Result<Vec<StoredPause>, DbError> {
    let callees = callees.to_vec();
    Ok(on!(c, c => pauses::table
        .filter(pauses::callee_id.eq_any(callees))
        .filter(pauses::ended_at.is_null())
        .filter(pauses::until_date.is_null().or(pauses::until_date.ge(date)))
        .order((pauses::from_date, pauses::id))
        .select(StoredPause::as_select())
        .load(c)
        .await)?)
}

/// The same, and those that somebody has ended.
pub async fn ever_holding_since(c: &mut Conn, callees: &[CalleeId], date: &str) -> Result<Vec<StoredPause>, DbError> {
    Ok(on!(c, c => pauses::table
        .filter(pauses::callee_id.eq_any(callees))
        .filter(pauses::until_date.is_null().or(pauses::until_date.ge(date)))
        .select(StoredPause::as_select())
        .load(c)
        .await)?)
}
