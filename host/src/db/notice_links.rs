//! Links of letters with which their readers end one wish. Each letter has its own.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::notice_links;
use super::{Conn, DbError, on};
use crate::domain::{AccountId, FamilyId, Moment, NoticeEvent, NoticeWay};

/// What a link ends.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = notice_links, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds a secret's hash")]
pub struct NoticeLink {
    /// SHA-256 of the secret in the link.
    pub secret_hash: Vec<u8>,
    /// The family.
    pub family_id: FamilyId,
    /// Whose wish it is.
    pub account_id: AccountId,
    /// What they are told of.
    pub event: NoticeEvent,
    /// By which way.
    pub way: NoticeWay,
    /// When its letter was queued.
    pub made_at: Moment,
}

/// Stores the link of a new letter.
pub async fn insert(c: &mut Conn, link: &NoticeLink) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(notice_links::table).values(link).execute(c).await)?;
    Ok(())
}

/// The link with this secret.
pub async fn by_secret(c: &mut Conn, secret_hash: &[u8]) -> Result<Option<NoticeLink>, DbError> {
    Ok(on!(c, c => notice_links::table
        .find(secret_hash)
        .select(NoticeLink::as_select())
        .first(c)
        .await
        .optional())?)
}

/// Forgets links that were made before a moment, so many at the most. Gives how many.
pub async fn sweep(c: &mut Conn, before: Moment, limit: i64) -> Result<usize, DbError> {
    let old = diesel::alias!(notice_links as old);
    let swept = old
        .filter(old.field(notice_links::made_at).lt(before))
        .limit(limit)
        .select(old.field(notice_links::secret_hash));
    Ok(on!(c, c => diesel::delete(notice_links::table.filter(notice_links::secret_hash.eq_any(swept)))
        .execute(c)
        .await)?)
}
