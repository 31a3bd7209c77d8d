//! Text messages: one for a person and a cause, and what became of it. The words and the number are in no row.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::text_messages;
use super::{Conn, DbError, on};
use crate::domain::{AccountId, Moment, NoticeId, TextState};

/// One text message.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = text_messages, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct TextMessage {
    /// Its id, the same when it is tried again.
    pub id: NoticeId,
    /// For whom.
    pub account_id: AccountId,
    /// Why: nobody is told twice of the same.
    pub cause: String,
    /// The plugin that it went by.
    pub notifier: Option<String>,
    /// What the vendor knows it by.
    pub reference: Option<String>,
    /// How far it got.
    pub state: TextState,
    /// Why no further, in the plugin's words.
    pub reason: Option<String>,
    /// When it was queued.
    pub made_at: Moment,
    /// After this it is of no use.
    pub expires_at: Moment,
    /// When its state changed.
    pub changed_at: Moment,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How far it got.
    pub state: TextState,
    /// Why no further.
    pub reason: Option<String>,
}

/// Queues a message, unless the account has one for this cause. True when it is new.
pub async fn insert(c: &mut Conn, message: &TextMessage) -> Result<bool, DbError> {
    let rows = on!(c, c => diesel::insert_into(text_messages::table)
        .values(message)
        .on_conflict_do_nothing()
        .execute(c)
        .await)?;
    Ok(rows == 1)
}

/// The message of this id.
pub async fn find(c: &mut Conn, id: NoticeId) -> Result<Option<TextMessage>, DbError> {
    Ok(on!(c, c => text_messages::table.find(id).select(TextMessage::as_select()).first(c).await.optional())?)
}

/// The message by its vendor's word for it.
pub async fn by_reference(c: &mut Conn, notifier: &str, reference: &str) -> Result<Option<TextMessage>, DbError> {
    Ok(on!(c, c => text_messages::table
        .filter(text_messages::reference.eq(reference))
        .filter(text_messages::notifier.eq(notifier))
        .select(TextMessage::as_select())
        .first(c)
        .await
        .optional())?)
}

/// Begins to send a message that waits, by this notifier. True for one of those who try at the same time.
pub async fn begin(c: &mut Conn, id: NoticeId, notifier: &str, now: Moment) -> Result<bool, DbError> {
    let rows = on!(c, c => {
        let waiting = text_messages::table.filter(text_messages::id.eq(id));
        diesel::update(waiting.filter(text_messages::state.eq(TextState::Waiting)))
            .set((
                text_messages::state.eq(TextState::Leaving),
                text_messages::notifier.eq(Some(notifier)),
                text_messages::changed_at.eq(now),
            ))
            .execute(c)
            .await
    })?;
    Ok(rows == 1)
}

/// Writes what became of a message that is in one of these states. True when it was.
pub async fn settle(
    c: &mut Conn,
    id: NoticeId,
    from: &[TextState],
    outcome: &Outcome,
    now: Moment,
) -> Result<bool, DbError> {
    let from = from.to_vec();
    let rows = on!(c, c => {
        let known = text_messages::table.filter(text_messages::id.eq(id));
        diesel::update(known.filter(text_messages::state.eq_any(from)))
            .set((
                text_messages::state.eq(outcome.state),
                text_messages::reason.eq(outcome.reason.as_deref()),
                text_messages::changed_at.eq(now),
            ))
            .execute(c)
            .await
    })?;
    Ok(rows == 1)
}

/// Writes what the vendor knows a message by.
pub async fn set_reference(c: &mut Conn, id: NoticeId, reference: &str) -> Result<(), DbError> {
    on!(c, c => {
        diesel::update(text_messages::table.find(id))
            .set(text_messages::reference.eq(Some(reference)))
            .execute(c)
            .await
    })?;
    Ok(())
}

/// The last message to an account whose cause begins so.
pub async fn latest(c: &mut Conn, account: AccountId, cause: &str) -> Result<Option<TextMessage>, DbError> {
    let cause = format!("{cause}%");
    Ok(on!(c, c => text_messages::table
        .filter(text_messages::account_id.eq(account))
        .filter(text_messages::cause.like(cause))
        .order(text_messages::made_at.desc())
        .select(TextMessage::as_select())
        .first(c)
        .await
        .optional())?)
}

/// Forgets messages that were queued before a moment, so many at the most. Gives how many.
pub async fn sweep(c: &mut Conn, before: Moment, limit: i64) -> Result<usize, DbError> {
    let old = diesel::alias!(text_messages as old);
    let swept =
        old.filter(old.field(text_messages::made_at).lt(before)).limit(limit).select(old.field(text_messages::id));
    Ok(on!(c, c => diesel::delete(text_messages::table.filter(text_messages::id.eq_any(swept))).execute(c).await)?)
}
