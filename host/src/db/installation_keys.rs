//! Installation keys: what the installation itself is known by, as it is stored. A start walks in, and the sealing
//! service.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::installation_keys;
use super::{Conn, DbError, on};
use crate::domain::Moment;

/// The name of the key with which messages for browsers are signed.
pub const WEB_PUSH: &str = "web-push";

/// A key by its name, perhaps sealed.
pub async fn find(c: &mut Conn, name: &str) -> Result<Option<String>, DbError> {
    Ok(on!(c, c => installation_keys::table.find(name).select(installation_keys::secret).first(c).await.optional())?)
}

/// Keeps a key, unless there is one of this name already.
pub async fn put_first(c: &mut Conn, name: &str, secret: &str, now: Moment) -> Result<(), DbError> {
    let row =
        (installation_keys::name.eq(name), installation_keys::secret.eq(secret), installation_keys::made_at.eq(now));
    on!(c, c => diesel::insert_into(installation_keys::table).values(row).on_conflict_do_nothing().execute(c).await)?;
    Ok(())
}

/// Stores a key as `new` which is stored as `old`. Gives how many were: none when it has changed meanwhile.
pub async fn replace(c: &mut Conn, name: &str, old: &str, new: &str) -> Result<usize, DbError> {
    Ok(on!(c, c => {
        let row = installation_keys::table.filter(installation_keys::name.eq(name));
        let row = row.filter(installation_keys::secret.eq(old));
        diesel::update(row).set(installation_keys::secret.eq(new)).execute(c).await
    })?)
}
