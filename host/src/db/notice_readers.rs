//! Readers of notices: how a person wants to be told, whatever the family. Who has said nothing has no row.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::schema::{members, notice_readers};
use super::{Conn, DbError, on};
use crate::domain::schedule::parse_time;
use crate::domain::{AccountId, FamilyId, Locale, QuietHours};

/// How somebody wants to be told.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = notice_readers, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct NoticeReader {
    /// Who.
    pub account_id: AccountId,
    /// In which language; none: in that of their pages.
    pub locale: Option<Locale>,
    /// From here on not, `HH:MM` in the account's zone; none: at any hour.
    pub quiet_from: Option<String>,
    /// Until here, `HH:MM`.
    pub quiet_until: Option<String>,
    /// Whether worrying words may come in these hours too.
    pub worries_wake: bool,
}

impl NoticeReader {
    /// When they want no notice; none: at any hour, also when what is stored is no time of day: an alert does not wait
    /// for a damaged row.
    pub fn quiet(&self) -> Option<QuietHours> {
        let time = |text: Option<&str>| text.and_then(|text| parse_time(text).ok());
        QuietHours::new(time(self.quiet_from.as_deref())?, time(self.quiet_until.as_deref())?)
    }
}

/// Keeps how somebody wants to be told, in place of what they said before.
pub async fn put(c: &mut Conn, reader: &NoticeReader) -> Result<(), DbError> {
    on!(c, c => {
        diesel::insert_into(notice_readers::table)
            .values(reader)
            .on_conflict(notice_readers::account_id)
            .do_update()
            .set((
                notice_readers::locale.eq(excluded(notice_readers::locale)),
                notice_readers::quiet_from.eq(excluded(notice_readers::quiet_from)),
                notice_readers::quiet_until.eq(excluded(notice_readers::quiet_until)),
                notice_readers::worries_wake.eq(excluded(notice_readers::worries_wake)),
            ))
            .execute(c)
            .await
    })?;
    Ok(())
}

/// How an account wants to be told, if it has said so.
pub async fn find(c: &mut Conn, account: AccountId) -> Result<Option<NoticeReader>, DbError> {
    Ok(on!(c, c => notice_readers::table
        .find(account)
        .select(NoticeReader::as_select())
        .first(c)
        .await
        .optional())?)
}

/// How those of the family's members who have said so want to be told.
pub async fn of_family(c: &mut Conn, family: FamilyId) -> Result<Vec<NoticeReader>, DbError> {
    Ok(on!(c, c => notice_readers::table
        .inner_join(members::table.on(members::account_id.eq(notice_readers::account_id)))
        .filter(members::family_id.eq(family))
        .select(NoticeReader::as_select())
        .load(c)
        .await)?)
}
