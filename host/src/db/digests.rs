//! Digests: what was told of a callee's week, and the evening on which the next one is due. The digest services walk in.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::calls::Call;
use super::schema::{callees, calls, digests};
use super::{Conn, DbError, on};
use crate::domain::{CallState, CalleeId, FamilyId, Locale, Moment};

/// What was told of a week in one language.
#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = digests, treat_none_as_null = true, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds what was said")]
pub struct StoredDigest {
    /// Of whom.
    pub callee_id: CalleeId,
    /// The last day of the week on the callee's calendar, `YYYY-MM-DD`.
    pub last_day: String,
    /// The reader's language.
    pub locale: Locale,
    /// 1 to 5.
    pub mood_score: Option<i32>,
    /// JSON of a list of [`crate::domain::DigestPart`].
    pub parts: String,
    /// JSON of a list of the ids of the week's calls, by whose places the parts name them.
    pub calls: String,
    /// The renderer plugin.
    pub renderer: String,
    /// When it was rendered.
    pub rendered_at: Moment,
}

/// Stores a digest, in place of an earlier one of the same week and language.
pub async fn put(c: &mut Conn, digest: &StoredDigest) -> Result<(), DbError> {
    on!(c, c => {
        diesel::insert_into(digests::table)
            .values(digest)
            .on_conflict((digests::callee_id, digests::last_day, digests::locale))
            .do_update()
            .set(digest)
            .execute(c)
            .await
    })?;
    Ok(())
}

/// The digest of a week in a language.
pub async fn find(
    c: &mut Conn,
    callee: CalleeId,
    last_day: &str,
    locale: Locale,
) -> Result<Option<StoredDigest>, DbError> {
    Ok(on!(c, c => digests::table
        .find((callee, last_day, locale))
        .select(StoredDigest::as_select())
        .first(c)
        .await
        .optional())?)
}

/// A callee whose evening has come.
#[derive(Debug)]
pub struct DueDigest {
    /// Who.
    pub callee: CalleeId,
    /// Of which family.
    pub family: FamilyId,
    /// The callee's IANA zone.
    pub zone: String,
    /// The evening, as it was seen.
    pub seen: Moment,
}

/// Callees whose evening has come: so many at the most, the earliest first.
pub async fn due(c: &mut Conn, until: Moment, limit: i64) -> Result<Vec<DueDigest>, DbError> {
    let rows: Vec<(CalleeId, FamilyId, String, Moment)> = on!(c, c => callees::table
        .filter(callees::digest_at.le(until))
        .order(callees::digest_at)
        .limit(limit)
        .select((callees::id, callees::family_id, callees::zone, callees::digest_at.assume_not_null()))
        .load(c)
        .await)?;
    Ok(rows.into_iter().map(|(callee, family, zone, seen)| DueDigest { callee, family, zone, seen }).collect())
}

/// The calls of a callee from one local date to another, both included, the earliest first. One that was taken back before
/// it rang is none.
pub async fn calls_of(c: &mut Conn, callee: CalleeId, first: &str, last: &str) -> Result<Vec<Call>, DbError> {
    Ok(on!(c, c => calls::table
        .filter(calls::callee_id.eq(callee))
        .filter(calls::local_date.between(first, last))
        .filter(calls::state.ne(CallState::Canceled).or(calls::tries.gt(1)))
        .order((calls::due_at, calls::id))
        .select(Call::as_select())
        .load(c)
        .await)?)
}

/// Whether a callee's family was told of a week, in any language.
pub async fn is_told(c: &mut Conn, callee: CalleeId, last_day: &str) -> Result<bool, DbError> {
    let told: i64 = on!(c, c => digests::table
        .filter(digests::callee_id.eq(callee))
        .filter(digests::last_day.eq(last_day))
        .count()
        .get_result(c)
        .await)?;
    Ok(told > 0)
}

/// Moves a callee on from the evening that was seen to the next one; false when somebody did before.
pub async fn move_on(c: &mut Conn, callee: CalleeId, seen: Moment, next: Moment) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::update(callees::table.find(callee).filter(callees::digest_at.eq(seen)))
        .set(callees::digest_at.eq(next))
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// Plans the first evening of a callee; one that is planned stays.
pub async fn begin(c: &mut Conn, callee: CalleeId, first: Moment) -> Result<(), DbError> {
    on!(c, c => diesel::update(callees::table.find(callee).filter(callees::digest_at.is_null()))
        .set(callees::digest_at.eq(first))
        .execute(c)
        .await)?;
    Ok(())
}

/// Has the next evening of a callee computed anew, if one is planned: their clock is another one.
pub async fn look_again(c: &mut Conn, callee: CalleeId, now: Moment) -> Result<(), DbError> {
    on!(c, c => diesel::update(callees::table.find(callee).filter(callees::digest_at.is_not_null()))
        .set(callees::digest_at.eq(now))
        .execute(c)
        .await)?;
    Ok(())
}
