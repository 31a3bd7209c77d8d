//! Facts: what the installation remembers of itself, one line each. A start walks in.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::schema::facts;
use super::{Conn, DbError, on};

/// The release of the time zone data by which the slots' next moments were computed.
pub const TZ_RELEASE: &str = "tz_release";

/// A fact by its name.
pub async fn find(c: &mut Conn, name: &str) -> Result<Option<String>, DbError> {
    Ok(on!(c, c => facts::table.find(name).select(facts::value).first(c).await.optional())?)
}

/// Remembers a fact, in place of what was known under its name.
pub async fn put(c: &mut Conn, name: &str, value: &str) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(facts::table)
        .values((facts::name.eq(name), facts::value.eq(value)))
        .on_conflict(facts::name)
        .do_update()
        .set(facts::value.eq(excluded(facts::value)))
        .execute(c)
        .await)?;
    Ok(())
}
