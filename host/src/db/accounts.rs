//! Accounts: the logins. The account, session and set-up services walk in.

use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::schema::accounts;
use super::{Conn, DbError, on};
use crate::domain::{AccountId, Locale, Moment, StaffRole};

/// A login.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds a name, an address and a password's hash")]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Unique; in lower case.
    pub email: String,
    /// How pages and mails address the person.
    pub name: String,
    /// Argon2id, as a PHC string.
    pub password_hash: String,
    /// The language of pages and mails.
    pub locale: Locale,
    /// The IANA zone in which the person reads times.
    pub zone: String,
    /// Rights over the installation, if any.
    pub staff_role: Option<StaffRole>,
    /// When the address was proven; none: it cannot sign in.
    pub confirmed_at: Option<Moment>,
    /// When it was made.
    pub created_at: Moment,
}

/// Stores a new account; false when the address has one.
pub async fn insert(c: &mut Conn, account: &Account) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::insert_into(accounts::table)
        .values(account)
        .on_conflict_do_nothing()
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// The account with this id.
pub async fn find(c: &mut Conn, id: AccountId) -> Result<Option<Account>, DbError> {
    Ok(on!(c, c => accounts::table.find(id).select(Account::as_select()).first(c).await.optional())?)
}

/// The account with this address, which must be in lower case.
pub async fn find_by_email(c: &mut Conn, email: &str) -> Result<Option<Account>, DbError> {
    Ok(on!(c, c => accounts::table
        .filter(accounts::email.eq(email))
        .select(Account::as_select())
        .first(c)
        .await
        .optional())?)
}

/// Whether anyone has rights over the installation.
pub async fn any_staff(c: &mut Conn) -> Result<bool, DbError> {
    let staff: i64 = on!(c, c => accounts::table
        .filter(accounts::staff_role.is_not_null())
        .count()
        .get_result(c)
        .await)?;
    Ok(staff > 0)
}

/// Who has the whole installation in hand, and a proven address.
pub async fn admins(c: &mut Conn) -> Result<Vec<AccountId>, DbError> {
    Ok(on!(c, c => accounts::table
        .filter(accounts::staff_role.eq(StaffRole::Admin))
        .filter(accounts::confirmed_at.is_not_null())
        .order(accounts::id)
        .select(accounts::id)
        .load(c)
        .await)?)
}

/// Makes others who lock this account wait for the end of the transaction.
pub async fn lock(c: &mut Conn, id: AccountId) -> Result<bool, DbError> {
    // An update is a row lock on PostgreSQL; SQLite has one writer anyway.
    let rows = on!(c, c => diesel::update(accounts::table.find(id))
        .set(accounts::id.eq(id))
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// The address is proven; false when it was before.
pub async fn confirm(c: &mut Conn, id: AccountId, now: Moment) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::update(accounts::table.find(id).filter(accounts::confirmed_at.is_null()))
        .set(accounts::confirmed_at.eq(now))
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// Replaces what was said at a sign-up whose address is not proven yet; false when it is.
pub async fn replace_unconfirmed(c: &mut Conn, account: &Account) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::update(accounts::table.find(account.id).filter(accounts::confirmed_at.is_null()))
        .set((
            accounts::name.eq(&account.name),
            accounts::password_hash.eq(&account.password_hash),
            accounts::locale.eq(account.locale),
            accounts::zone.eq(&account.zone),
        ))
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// Stores a new password's hash.
pub async fn set_password(c: &mut Conn, id: AccountId, password_hash: &str) -> Result<(), DbError> {
    on!(c, c => diesel::update(accounts::table.find(id))
        .set(accounts::password_hash.eq(password_hash))
        .execute(c)
        .await)?;
    Ok(())
}

/// Chooses the IANA zone in which the person reads times.
pub async fn set_zone(c: &mut Conn, id: AccountId, zone: &str) -> Result<(), DbError> {
    on!(c, c => diesel::update(accounts::table.find(id)).set(accounts::zone.eq(zone)).execute(c).await)?;
    Ok(())
}

/// Chooses the language of pages and mails.
pub async fn set_locale(c: &mut Conn, id: AccountId, locale: Locale) -> Result<(), DbError> {
    on!(c, c => diesel::update(accounts::table.find(id)).set(accounts::locale.eq(locale)).execute(c).await)?;
    Ok(())
}
