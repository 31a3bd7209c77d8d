//! Sessions: signed-in browsers. The session service walks in.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable,
    Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;

use super::accounts::Account;
use super::schema::{accounts, sessions};
use super::{Conn, DbError, on};
use crate::domain::{AccountId, Moment, SessionId};

/// A signed-in browser.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds a secret's hash")]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who signed in.
    pub account_id: AccountId,
    /// SHA-256 of the cookie's secret.
    pub secret_hash: Vec<u8>,
    /// When they signed in.
    pub created_at: Moment,
    /// When it was last used, to within some minutes.
    pub last_seen_at: Moment,
    /// When it ends in any case.
    pub expires_at: Moment,
}

/// Stores a new session.
pub async fn insert(c: &mut Conn, session: &Session) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(sessions::table).values(session).execute(c).await)?;
    Ok(())
}

/// The session whose secret has this hash, ended or not, and its account.
pub async fn find_by_hash(c: &mut Conn, secret_hash: &[u8]) -> Result<Option<(Session, Account)>, DbError> {
    Ok(on!(c, c => sessions::table
        .inner_join(accounts::table.on(accounts::id.eq(sessions::account_id)))
        .filter(sessions::secret_hash.eq(secret_hash))
        .select((Session::as_select(), Account::as_select()))
        .first(c)
        .await
        .optional())?)
}

/// The account's sessions, the last used first.
pub async fn of_account(c: &mut Conn, account: AccountId) -> Result<Vec<Session>, DbError> {
    Ok(on!(c, c => sessions::table
        .filter(sessions::account_id.eq(account))
        .order(sessions::last_seen_at.desc())
        .select(Session::as_select())
        .load(c)
        .await)?)
}

/// It was used.
pub async fn touch(c: &mut Conn, id: SessionId, now: Moment) -> Result<(), DbError> {
    on!(c, c => diesel::update(sessions::table.find(id)).set(sessions::last_seen_at.eq(now)).execute(c).await)?;
    Ok(())
}

/// Ends one session of the account; false when there is none.
pub async fn delete(c: &mut Conn, account: AccountId, id: SessionId) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::delete(sessions::table.find(id).filter(sessions::account_id.eq(account)))
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// Ends all sessions of the account.
pub async fn delete_of_account(c: &mut Conn, account: AccountId) -> Result<usize, DbError> {
    Ok(on!(c, c => diesel::delete(sessions::table.filter(sessions::account_id.eq(account))).execute(c).await)?)
}

/// Drops sessions past their end, or not used since `idle_since`.
pub async fn delete_ended(c: &mut Conn, now: Moment, idle_since: Moment) -> Result<usize, DbError> {
    Ok(on!(c, c => diesel::delete(
        sessions::table.filter(sessions::expires_at.le(now).or(sessions::last_seen_at.le(idle_since))),
    )
    .execute(c)
    .await)?)
}
