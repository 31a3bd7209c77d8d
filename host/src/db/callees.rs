//! Callees: the people who are rung. The callee, schedule and onboarding services walk in, and the worker's.

use diesel::{
    AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;

use super::schema::callees;
use super::{Conn, DbError, on};
use crate::domain::{AccountId, CallMethod, CalleeId, FamilyId, Moment};

/// A person who is rung.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = callees, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds a name and a phone number")]
pub struct Callee {
    /// Their id.
    pub id: CalleeId,
    /// Their family.
    pub family_id: FamilyId,
    /// Their name.
    pub name: String,
    /// How the companion addresses them, for example "Oma Sari".
    pub address_form: String,
    /// BCP 47 tag of the language that they speak.
    pub language: String,
    /// The IANA zone in which they live.
    pub zone: String,
    /// How they are reached.
    pub call_method: CallMethod,
    /// Their number in E.164; always there when they are reached by phone.
    pub phone: Option<String>,
    /// What they like to talk about, in the family's words.
    pub interests: String,
    /// The words that were agreed to.
    pub consent_text: Option<String>,
    /// Who recorded the consent.
    pub consent_by: Option<AccountId>,
    /// When. Without it nobody calls.
    pub consent_at: Option<Moment>,
    /// When they were entered.
    pub created_at: Moment,
    /// Tries for one promised call, if the family has chosen.
    pub tries: Option<i32>,
    /// From a missed try to the next, if the family has chosen.
    pub retry_after_s: Option<i32>,
}

/// What the family may rewrite of a callee.
#[derive(Clone, AsChangeset)]
#[diesel(table_name = callees, treat_none_as_null = true)]
#[allow(missing_debug_implementations, reason = "it holds a name and a phone number")]
pub struct Profile {
    /// See [`Callee::name`].
    pub name: String,
    /// See [`Callee::address_form`].
    pub address_form: String,
    /// See [`Callee::language`].
    pub language: String,
    /// See [`Callee::zone`].
    pub zone: String,
    /// See [`Callee::phone`].
    pub phone: Option<String>,
    /// See [`Callee::interests`].
    pub interests: String,
}

/// Stores a new callee.
pub async fn insert(c: &mut Conn, callee: &Callee) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(callees::table).values(callee).execute(c).await)?;
    Ok(())
}

/// The callee with this id.
pub async fn find(c: &mut Conn, id: CalleeId) -> Result<Option<Callee>, DbError> {
    Ok(on!(c, c => callees::table.find(id).select(Callee::as_select()).first(c).await.optional())?)
}

/// Callees by their ids, in any order.
pub async fn with_ids(c: &mut Conn, ids: &[CalleeId]) -> Result<Vec<Callee>, DbError> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(1_000) {
        let rows: Vec<Callee> = on!(c, c => callees::table
            .filter(callees::id.eq_any(ids))
            .select(Callee::as_select())
            .load(c)
            .await)?;
        found.extend(rows);
    }
    Ok(found)
}

/// The family's callees, the first entered first.
pub async fn of_family(c: &mut Conn, family: FamilyId) -> Result<Vec<Callee>, DbError> {
    of_families(c, &[family]).await
}

/// The callees of these families, the first entered first.
pub async fn of_families(c: &mut Conn, families: &[FamilyId]) -> Result<Vec<Callee>, DbError> {
    Ok(on!(c, c => callees::table
        .filter(callees::family_id.eq_any(families))
        .order(callees::id)
        .select(Callee::as_select())
        .load(c)
        .await)?)
}

/// The zones of these callees.
pub async fn zones(c: &mut Conn, ids: &[CalleeId]) -> Result<Vec<(CalleeId, String)>, DbError> {
    let ids = ids.to_vec();
    Ok(on!(c, c => callees::table
        .filter(callees::id.eq_any(ids))
        .select((callees::id, callees::zone))
        .load(c)
        .await)?)
}

/// Makes others who lock this callee wait for the end of the transaction.
pub async fn lock(c: &mut Conn, id: CalleeId) -> Result<bool, DbError> {
    // An update is a row lock on PostgreSQL; SQLite has one writer anyway.
    let rows = on!(c, c => diesel::update(callees::table.find(id)).set(callees::id.eq(id)).execute(c).await)?;
    Ok(rows == 1)
}

/// Rewrites the profile.
pub async fn set_profile(c: &mut Conn, id: CalleeId, profile: &Profile) -> Result<(), DbError> {
    on!(c, c => diesel::update(callees::table.find(id)).set(profile).execute(c).await)?;
    Ok(())
}

/// Chooses how the callee is reached.
pub async fn set_call_method(c: &mut Conn, id: CalleeId, method: CallMethod) -> Result<(), DbError> {
    on!(c, c => diesel::update(callees::table.find(id)).set(callees::call_method.eq(method)).execute(c).await)?;
    Ok(())
}

/// Chooses how often the callee is tried, and how long after a missed try.
pub async fn set_retries(c: &mut Conn, id: CalleeId, tries: u32, after_s: u32) -> Result<(), DbError> {
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    on!(c, c => diesel::update(callees::table.find(id))
        .set((callees::tries.eq(whole(tries)), callees::retry_after_s.eq(whole(after_s))))
        .execute(c)
        .await)?;
    Ok(())
}

/// Records a consent.
pub async fn set_consent(c: &mut Conn, id: CalleeId, text: &str, by: AccountId, now: Moment) -> Result<(), DbError> {
    on!(c, c => diesel::update(callees::table.find(id))
        .set((callees::consent_text.eq(text), callees::consent_by.eq(by), callees::consent_at.eq(now)))
        .execute(c)
        .await)?;
    Ok(())
}
