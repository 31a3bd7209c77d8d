//! Sealing keys: the names of those with which something here may be sealed. The sealing service walks in.

use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;

use super::schema::sealing_keys;
use super::{Conn, DbError, on};
use crate::domain::Moment;

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

/// Nothing is sealed with any other than `name` any more.
pub async fn delete_others(c: &mut Conn, name: &str) -> Result<(), DbError> {
    on!(c, c => diesel::delete(sealing_keys::table.filter(sealing_keys::name.ne(name))).execute(c).await)?;
    Ok(())
}
