//! Sealing keys: the names of those with which something here may be sealed. The sealing service walks in.

use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;

use super::schema::sealing_keys;
use super::{Conn, DbError, on};
use crate::domain::Moment;

/// Until the transaction ends, nobody else comes here.
pub async fn lock(c: &mut Conn) -> Result<(), DbError> {
    // SQLite has one writer anyway.
    if let Conn::Pg(pg) = c {
        diesel::sql_query("LOCK TABLE sealing_keys IN EXCLUSIVE MODE").execute(&mut ***pg).await?;
    }
    Ok(())
}

/// The names of all.
pub async fn all(c: &mut Conn) -> Result<Vec<String>, DbError> {
    Ok(on!(c, c => sealing_keys::table.select(sealing_keys::name).load(c).await)?)
}

/// Something may be sealed with this one from now on.
pub async fn put(c: &mut Conn, name: &str, now: Moment) -> Result<(), DbError> {
    let row = (sealing_keys::name.eq(name), sealing_keys::first_used_at.eq(now));
    on!(c, c => diesel::insert_into(sealing_keys::table).values(row).on_conflict_do_nothing().execute(c).await)?;
    Ok(())
}

/// Nothing is sealed with any other than these any more.
pub async fn keep_only(c: &mut Conn, names: &[String]) -> Result<(), DbError> {
    on!(c, c => diesel::delete(sealing_keys::table.filter(sealing_keys::name.ne_all(names))).execute(c).await)?;
    Ok(())
}
