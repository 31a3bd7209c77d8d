//! Throttles: how often something was tried within a window. The throttle service walks in.

use diesel::dsl::case_when;
use diesel::sql_types::{BigInt, Integer};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;

use super::schema::throttles;
use super::{Conn, DbError, on};
use crate::domain::Moment;

/// Counts one try, and tells the count within the window and when the window ends.
///
/// A first try, or one after the end of the last window, opens a window that ends at `resets_at`.
/// The row is locked until the transaction ends, so that of many tries at once each sees its own count.
pub async fn count(c: &mut Conn, name: &str, now: Moment, resets_at: Moment) -> Result<(i32, Moment), DbError> {
    Ok(on!(c, c => diesel::insert_into(throttles::table)
        .values((throttles::name.eq(name), throttles::count.eq(1), throttles::resets_at.eq(resets_at)))
        .on_conflict(throttles::name)
        .do_update()
        .set((
            throttles::count.eq(case_when::<_, _, Integer>(throttles::resets_at.le(now), 1).otherwise(throttles::count + 1)),
            throttles::resets_at.eq(
                case_when::<_, _, BigInt>(throttles::resets_at.le(now), resets_at).otherwise(throttles::resets_at),
            ),
        ))
        .returning((throttles::count, throttles::resets_at))
        .get_result(c)
        .await)?)
}

/// Takes one counted try back: it was a good one.
pub async fn forgive(c: &mut Conn, name: &str) -> Result<(), DbError> {
    on!(c, c => diesel::update(throttles::table.find(name).filter(throttles::count.gt(0)))
        .set(throttles::count.eq(throttles::count - 1))
        .execute(c)
        .await)?;
    Ok(())
}

/// Forgets all tries of this name.
pub async fn clear(c: &mut Conn, name: &str) -> Result<(), DbError> {
    on!(c, c => diesel::delete(throttles::table.find(name)).execute(c).await)?;
    Ok(())
}

/// Drops windows that have ended.
pub async fn delete_ended(c: &mut Conn, now: Moment) -> Result<usize, DbError> {
    Ok(on!(c, c => diesel::delete(throttles::table.filter(throttles::resets_at.le(now))).execute(c).await)?)
}
