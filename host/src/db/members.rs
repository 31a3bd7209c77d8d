//! Members: which accounts belong to which families. The family service walks in.

use diesel::{
    ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;

use super::accounts::Account;
use super::schema::{accounts, members};
use super::{Conn, DbError, on};
use crate::domain::{AccountId, FamilyId, Moment, Role};

/// An account in a family.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = members, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct Member {
    /// The family.
    pub family_id: FamilyId,
    /// The account.
    pub account_id: AccountId,
    /// What it may do there.
    pub role: Role,
    /// Since when.
    pub joined_at: Moment,
}

/// Stores a new member; false when the account is one.
pub async fn insert(c: &mut Conn, member: &Member) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::insert_into(members::table)
        .values(member)
        .on_conflict_do_nothing()
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// What the account may do in the family; none when it is no member.
pub async fn role(c: &mut Conn, family: FamilyId, account: AccountId) -> Result<Option<Role>, DbError> {
    Ok(on!(c, c => members::table.find((family, account)).select(members::role).first(c).await.optional())?)
}

/// The family's members with their accounts, in the order in which they are told of alerts: those who were given a place,
/// then the owners, then as they joined.
pub async fn contacts(c: &mut Conn, family: FamilyId) -> Result<Vec<(Member, Account)>, DbError> {
    let mut rows: Vec<(Member, Account, Option<i32>)> = on!(c, c => members::table
        .inner_join(accounts::table.on(accounts::id.eq(members::account_id)))
        .filter(members::family_id.eq(family))
        .order((members::joined_at, members::account_id))
        .select((Member::as_select(), Account::as_select(), members::contact_order))
        .load(c)
        .await)?;
    rows.sort_by_key(|(member, _, place)| (place.unwrap_or(i32::MAX), member.role != Role::Owner));
    Ok(rows.into_iter().map(|(member, account, _)| (member, account)).collect())
}

/// Gives members their places, the first first.
pub async fn put_in_order(c: &mut Conn, family: FamilyId, order: &[AccountId]) -> Result<(), DbError> {
    for (account, place) in order.iter().zip(1_i32..) {
        on!(c, c => diesel::update(members::table.find((family, *account)))
            .set(members::contact_order.eq(place))
            .execute(c)
            .await)?;
    }
    Ok(())
}

/// The family's members with their accounts, the first to join first.
pub async fn of_family(c: &mut Conn, family: FamilyId) -> Result<Vec<(Member, Account)>, DbError> {
    Ok(on!(c, c => members::table
        .inner_join(accounts::table.on(accounts::id.eq(members::account_id)))
        .filter(members::family_id.eq(family))
        .order((members::joined_at, members::account_id))
        .select((Member::as_select(), Account::as_select()))
        .load(c)
        .await)?)
}
