//! Conversations: the provider's ids that the provider gave to us, and whose they are.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::{calls, conversations};
use super::{Conn, DbError, on};
use crate::domain::{AttemptId, CallId, CalleeId, FamilyId, Moment};

/// One conversation at the provider.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = conversations, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct ConversationRow {
    /// The provider plugin.
    pub provider: String,
    /// The provider's id.
    pub provider_ref: String,
    /// The call that it belongs to.
    pub call_id: CallId,
    /// The try that it belongs to.
    pub attempt_id: AttemptId,
    /// When we learnt of it.
    pub opened_at: Moment,
}

/// Whose conversations are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of one callee.
    Callee(CalleeId),
    /// Those of all callees of a family.
    Family(FamilyId),
}

/// Adds a conversation; one that is known stays whose it was. True when it is new.
pub async fn add(c: &mut Conn, row: &ConversationRow) -> Result<bool, DbError> {
    let rows =
        on!(c, c => diesel::insert_into(conversations::table).values(row).on_conflict_do_nothing().execute(c).await)?;
    Ok(rows == 1)
}

/// The conversation with this id.
pub async fn find(c: &mut Conn, provider: &str, provider_ref: &str) -> Result<Option<ConversationRow>, DbError> {
    Ok(on!(c, c => {
        conversations::table
            .find((provider, provider_ref))
            .select(ConversationRow::as_select())
            .first(c)
            .await
            .optional()
    })?)
}

/// The conversations of a call, newest first.
pub async fn of_call(c: &mut Conn, call: CallId) -> Result<Vec<ConversationRow>, DbError> {
    Ok(on!(c, c => {
        conversations::table
            .filter(conversations::call_id.eq(call))
            .order(conversations::opened_at.desc())
            .select(ConversationRow::as_select())
            .load(c)
            .await
    })?)
}

/// All conversations of a callee or a family.
pub async fn of(c: &mut Conn, whose: Whose) -> Result<Vec<ConversationRow>, DbError> {
    Ok(match whose {
        Whose::Callee(id) => on!(c, c => {
            let theirs = calls::table.filter(calls::callee_id.eq(id)).select(calls::id);
            conversations::table
                .filter(conversations::call_id.eq_any(theirs))
                .select(ConversationRow::as_select())
                .load(c)
                .await
        })?,
        Whose::Family(id) => on!(c, c => {
            let theirs = calls::table.filter(calls::family_id.eq(id)).select(calls::id);
            conversations::table
                .filter(conversations::call_id.eq_any(theirs))
                .select(ConversationRow::as_select())
                .load(c)
                .await
        })?,
    })
}
