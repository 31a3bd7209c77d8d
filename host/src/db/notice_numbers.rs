//! Phone numbers for notices: at which number a person is told in a few words, once they have proven that it is theirs.

use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;

use super::schema::notice_numbers;
use super::{Conn, DbError, on};
use crate::domain::{AccountId, Moment};

/// Somebody's number.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = notice_numbers, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds a phone number")]
pub struct NoticeNumber {
    /// Whose it is.
    pub account_id: AccountId,
    /// In E.164.
    pub number: String,
    /// SHA-256 of the code that was sent to it; none when there is none to be typed.
    pub code_hash: Option<Vec<u8>>,
    /// Until when the code is worth something.
    pub code_until: Option<Moment>,
    /// How often a wrong one was typed.
    pub guesses: i32,
    /// When the code was asked for.
    pub asked_at: Moment,
    /// When the code was typed.
    pub verified_at: Option<Moment>,
    /// When the vendor said that nothing arrives there.
    pub gone_at: Option<Moment>,
}

impl NoticeNumber {
    /// The number, if notices may go there.
    pub fn usable(&self) -> Option<&str> {
        (self.verified_at.is_some() && self.gone_at.is_none()).then_some(self.number.as_str())
    }
}

/// Keeps a number, in place of what the account had before.
pub async fn put(c: &mut Conn, number: &NoticeNumber) -> Result<(), DbError> {
    on!(c, c => {
        diesel::insert_into(notice_numbers::table)
            .values(number)
            .on_conflict(notice_numbers::account_id)
            .do_update()
            .set((
                notice_numbers::number.eq(excluded(notice_numbers::number)),
                notice_numbers::code_hash.eq(excluded(notice_numbers::code_hash)),
                notice_numbers::code_until.eq(excluded(notice_numbers::code_until)),
                notice_numbers::guesses.eq(excluded(notice_numbers::guesses)),
                notice_numbers::asked_at.eq(excluded(notice_numbers::asked_at)),
                notice_numbers::verified_at.eq(excluded(notice_numbers::verified_at)),
                notice_numbers::gone_at.eq(excluded(notice_numbers::gone_at)),
            ))
            .execute(c)
            .await
    })?;
    Ok(())
}

/// The number of an account.
pub async fn find(c: &mut Conn, account: AccountId) -> Result<Option<NoticeNumber>, DbError> {
    Ok(on!(c, c => notice_numbers::table
        .find(account)
        .select(NoticeNumber::as_select())
        .first(c)
        .await
        .optional())?)
}

/// Counts a wrong code.
pub async fn count_guess(c: &mut Conn, account: AccountId) -> Result<(), DbError> {
    on!(c, c => {
        diesel::update(notice_numbers::table.find(account))
            .set(notice_numbers::guesses.eq(notice_numbers::guesses + 1))
            .execute(c)
            .await
    })?;
    Ok(())
}

/// The right code was typed. It is worth nothing from now on.
pub async fn verify(c: &mut Conn, account: AccountId, now: Moment) -> Result<(), DbError> {
    on!(c, c => {
        diesel::update(notice_numbers::table.find(account))
            .set((
                notice_numbers::verified_at.eq(Some(now)),
                notice_numbers::code_hash.eq(None::<Vec<u8>>),
                notice_numbers::code_until.eq(None::<Moment>),
            ))
            .execute(c)
            .await
    })?;
    Ok(())
}

/// Nothing arrives at the account's number, as the vendor says of a message that was made at `made_at`: a number that was
/// proven later than that is another one, or the same with another owner.
pub async fn retire(c: &mut Conn, account: AccountId, made_at: Moment, now: Moment) -> Result<(), DbError> {
    on!(c, c => {
        let known = notice_numbers::table.filter(notice_numbers::account_id.eq(account));
        diesel::update(known.filter(notice_numbers::verified_at.le(made_at)))
            .set(notice_numbers::gone_at.eq(Some(now)))
            .execute(c)
            .await
    })?;
    Ok(())
}

/// Forgets the number of an account.
pub async fn delete(c: &mut Conn, account: AccountId) -> Result<(), DbError> {
    on!(c, c => diesel::delete(notice_numbers::table.find(account)).execute(c).await)?;
    Ok(())
}
