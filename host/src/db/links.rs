//! Links: secrets sent by mail or shown once, each good for one use. The account and set-up services walk in.

use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::schema::links;
use super::{Conn, DbError, on};
use crate::domain::{AccountId, LinkPurpose, Moment};

/// A one-time link.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = links, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds a secret's hash")]
pub struct Link {
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    /// Whose it is; none for the set-up of the installation.
    pub account_id: Option<AccountId>,
    /// What it is for.
    pub purpose: LinkPurpose,
    /// After which it is worth nothing.
    pub expires_at: Moment,
    /// When it was used, or closed by a newer one.
    pub used_at: Option<Moment>,
}

/// Stores a new link.
pub async fn insert(c: &mut Conn, link: &Link) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(links::table).values(link).execute(c).await)?;
    Ok(())
}

/// The link, if it is still good.
pub async fn find_live(
    c: &mut Conn,
    secret_hash: &[u8],
    purpose: LinkPurpose,
    now: Moment,
) -> Result<Option<Link>, DbError> {
    Ok(on!(c, c => links::table
        .find(secret_hash)
        .filter(links::purpose.eq(purpose))
        .filter(links::used_at.is_null())
        .filter(links::expires_at.gt(now))
        .select(Link::as_select())
        .first(c)
        .await
        .optional())?)
}

/// Uses the link up, if it is still good. Of two takers one gets it.
pub async fn take(
    c: &mut Conn,
    secret_hash: &[u8],
    purpose: LinkPurpose,
    now: Moment,
) -> Result<Option<Link>, DbError> {
    Ok(on!(c, c => diesel::update(
        links::table
            .find(secret_hash)
            .filter(links::purpose.eq(purpose))
            .filter(links::used_at.is_null())
            .filter(links::expires_at.gt(now)),
    )
    .set(links::used_at.eq(now))
    .returning(Link::as_returning())
    .get_result(c)
    .await
    .optional())?)
}

/// Closes the account's open links of one purpose.
pub async fn close_of_account(
    c: &mut Conn,
    account: AccountId,
    purpose: LinkPurpose,
    now: Moment,
) -> Result<usize, DbError> {
    Ok(on!(c, c => diesel::update(
        links::table
            .filter(links::account_id.eq(account))
            .filter(links::purpose.eq(purpose))
            .filter(links::used_at.is_null()),
    )
    .set(links::used_at.eq(now))
    .execute(c)
    .await)?)
}

/// Uses up every open link of one purpose, and tells the hashes of those that were still good.
pub async fn take_all(c: &mut Conn, purpose: LinkPurpose, now: Moment) -> Result<Vec<Vec<u8>>, DbError> {
    Ok(on!(c, c => diesel::update(
        links::table
            .filter(links::purpose.eq(purpose))
            .filter(links::used_at.is_null())
            .filter(links::expires_at.gt(now)),
    )
    .set(links::used_at.eq(now))
    .returning(links::secret_hash)
    .get_results(c)
    .await)?)
}

/// Drops links past their end.
pub async fn delete_expired(c: &mut Conn, now: Moment) -> Result<usize, DbError> {
    Ok(on!(c, c => diesel::delete(links::table.filter(links::expires_at.le(now))).execute(c).await)?)
}
