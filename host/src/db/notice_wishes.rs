//! Wishes about notices: what a member of a family wants to be told of, and by which ways. Where nobody has said
//! anything there is no row, and the way's usual holds ([`NoticeWay::is_usual`]).

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::notice_wishes;
use super::{Conn, DbError, on};
use crate::domain::{AccountId, FamilyId, NoticeEvent, NoticeWay};

/// What a member said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notice_wishes, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct NoticeWish {
    /// The family.
    pub family_id: FamilyId,
    /// Its member.
    pub account_id: AccountId,
    /// What it is about.
    pub event: NoticeEvent,
    /// By which way.
    pub way: NoticeWay,
    /// Whether they want to be told.
    pub wanted: bool,
}

/// Keeps a wish, in place of what was said before about the same.
pub async fn put(c: &mut Conn, wish: &NoticeWish) -> Result<(), DbError> {
    on!(c, c => {
        diesel::insert_into(notice_wishes::table)
            .values(wish)
            .on_conflict((
                notice_wishes::family_id,
                notice_wishes::account_id,
                notice_wishes::event,
                notice_wishes::way,
            ))
            .do_update()
            .set(notice_wishes::wanted.eq(wish.wanted))
            .execute(c)
            .await
    })?;
    Ok(())
}

/// What the family's members have said.
pub async fn of_family(c: &mut Conn, family: FamilyId) -> Result<Vec<NoticeWish>, DbError> {
    Ok(on!(c, c => notice_wishes::table
        .filter(notice_wishes::family_id.eq(family))
        .select(NoticeWish::as_select())
        .load(c)
        .await)?)
}
