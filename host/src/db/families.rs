//! Families: the households. The family and onboarding services walk in.

use std::collections::HashMap;

use diesel::{
    ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;

use super::schema::{families, members};
use super::{Conn, DbError, on};
use crate::domain::{AccountId, CallMethod, FamilyId, Moment, Role};

/// A household: the unit of isolation.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = families, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds a name")]
pub struct Family {
    /// Its id.
    pub id: FamilyId,
    /// What its members call it.
    pub name: String,
    /// What new callees are reached by; none until it is chosen.
    pub call_method: Option<CallMethod>,
    /// When its onboarding was finished.
    pub onboarded_at: Option<Moment>,
    /// When it was made.
    pub created_at: Moment,
}

/// Stores a new family.
pub async fn insert(c: &mut Conn, family: &Family) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(families::table).values(family).execute(c).await)?;
    Ok(())
}

/// The family with this id.
pub async fn find(c: &mut Conn, id: FamilyId) -> Result<Option<Family>, DbError> {
    Ok(on!(c, c => families::table.find(id).select(Family::as_select()).first(c).await.optional())?)
}

/// What these families are called.
pub async fn names(c: &mut Conn, ids: &[FamilyId]) -> Result<HashMap<FamilyId, String>, DbError> {
    let mut names = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(1_000) {
        let rows: Vec<(FamilyId, String)> = on!(c, c => families::table
            .filter(families::id.eq_any(ids))
            .select((families::id, families::name))
            .load(c)
            .await)?;
        names.extend(rows);
    }
    Ok(names)
}

/// The family and the account's role in it; none when it is no member.
pub async fn find_for(c: &mut Conn, account: AccountId, family: FamilyId) -> Result<Option<(Family, Role)>, DbError> {
    Ok(on!(c, c => families::table
        .inner_join(members::table.on(members::family_id.eq(families::id)))
        .filter(families::id.eq(family))
        .filter(members::account_id.eq(account))
        .select((Family::as_select(), members::role))
        .first(c)
        .await
        .optional())?)
}

/// The account's families with its role in each, the oldest first.
pub async fn of_account(c: &mut Conn, account: AccountId) -> Result<Vec<(Family, Role)>, DbError> {
    Ok(on!(c, c => families::table
        .inner_join(members::table.on(members::family_id.eq(families::id)))
        .filter(members::account_id.eq(account))
        .order(families::id)
        .select((Family::as_select(), members::role))
        .load(c)
        .await)?)
}

/// Makes others who lock this family wait for the end of the transaction.
pub async fn lock(c: &mut Conn, id: FamilyId) -> Result<bool, DbError> {
    // An update is a row lock on PostgreSQL; SQLite has one writer anyway.
    let rows = on!(c, c => diesel::update(families::table.find(id)).set(families::id.eq(id)).execute(c).await)?;
    Ok(rows == 1)
}

/// Renames it.
pub async fn set_name(c: &mut Conn, id: FamilyId, name: &str) -> Result<(), DbError> {
    on!(c, c => diesel::update(families::table.find(id)).set(families::name.eq(name)).execute(c).await)?;
    Ok(())
}

/// Chooses what new callees are reached by.
pub async fn set_call_method(c: &mut Conn, id: FamilyId, method: CallMethod) -> Result<(), DbError> {
    on!(c, c => diesel::update(families::table.find(id)).set(families::call_method.eq(method)).execute(c).await)?;
    Ok(())
}

/// Its onboarding is finished; false when it was before.
pub async fn finish_onboarding(c: &mut Conn, id: FamilyId, now: Moment) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::update(families::table.find(id).filter(families::onboarded_at.is_null()))
        .set(families::onboarded_at.eq(now))
        .execute(c)
        .await)?;
    Ok(rows == 1)
}
