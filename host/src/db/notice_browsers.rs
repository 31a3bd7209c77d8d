//! Browsers for notices: in which of their own browsers somebody wants to be told, each by its subscription of Web Push.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::notice_browsers;
use super::{Conn, DbError, on};
use crate::domain::{AccountId, Moment, NoticeBrowserId};

/// One browser of one person.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = notice_browsers, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "an address may not be logged")]
pub struct NoticeBrowser {
    /// Its id.
    pub id: NoticeBrowserId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Its subscription, perhaps sealed.
    pub address: String,
    /// When notices were turned on in it.
    pub made_at: Moment,
    /// When its push service said that the subscription is over.
    pub gone_at: Option<Moment>,
}

/// Keeps a browser.
pub async fn insert(c: &mut Conn, browser: &NoticeBrowser) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(notice_browsers::table).values(browser).execute(c).await)?;
    Ok(())
}

/// The browser of this id.
pub async fn find(c: &mut Conn, id: NoticeBrowserId) -> Result<Option<NoticeBrowser>, DbError> {
    Ok(on!(c, c => notice_browsers::table
        .find(id)
        .select(NoticeBrowser::as_select())
        .first(c)
        .await
        .optional())?)
}

/// The browsers of an account, the last one first.
pub async fn of_account(c: &mut Conn, account: AccountId) -> Result<Vec<NoticeBrowser>, DbError> {
    Ok(on!(c, c => notice_browsers::table
        .filter(notice_browsers::account_id.eq(account))
        .order((notice_browsers::made_at.desc(), notice_browsers::id.desc()))
        .select(NoticeBrowser::as_select())
        .load(c)
        .await)?)
}

/// Forgets an address, in whichever of these forms it is stored, whoever's it was: a browser is one person's at a time.
pub async fn delete_address(c: &mut Conn, forms: &[String]) -> Result<(), DbError> {
    on!(c, c => diesel::delete(notice_browsers::table.filter(notice_browsers::address.eq_any(forms)))
        .execute(c)
        .await)?;
    Ok(())
}

/// Forgets a browser of an account; nobody else's.
pub async fn delete(c: &mut Conn, account: AccountId, id: NoticeBrowserId) -> Result<(), DbError> {
    on!(c, c => {
        let known = notice_browsers::table.filter(notice_browsers::id.eq(id));
        diesel::delete(known.filter(notice_browsers::account_id.eq(account))).execute(c).await
    })?;
    Ok(())
}

/// The subscription is over, as its push service says.
pub async fn retire(c: &mut Conn, id: NoticeBrowserId, now: Moment) -> Result<(), DbError> {
    on!(c, c => {
        let known = notice_browsers::table.filter(notice_browsers::id.eq(id));
        diesel::update(known.filter(notice_browsers::gone_at.is_null()))
            .set(notice_browsers::gone_at.eq(Some(now)))
            .execute(c)
            .await
    })?;
    Ok(())
}
