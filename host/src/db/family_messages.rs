//! Family messages: what a family leaves to be told to a callee, and the talk in which the companion had it.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::{accounts, family_messages};
use super::{Conn, DbError, on};
use crate::domain::{AccountId, CallId, CalleeId, FamilyMessageId, Moment};

/// One message.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = family_messages, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
#[allow(missing_debug_implementations, reason = "it holds what a family says")]
pub struct FamilyMessage {
    /// Its id.
    pub id: FamilyMessageId,
    /// Whom it is for.
    pub callee_id: CalleeId,
    /// Who left it; none when the account is gone.
    pub account_id: Option<AccountId>,
    /// What is to be told, on one line.
    pub text: String,
    /// When it was left.
    pub written_at: Moment,
    /// When it was told; none while it waits.
    pub told_at: Option<Moment>,
    /// The call in which it was told.
    pub told_in: Option<CallId>,
}

/// A message, and the name of who left it.
pub type Signed = (FamilyMessage, Option<String>);

/// Keeps a message.
pub async fn insert(c: &mut Conn, message: &FamilyMessage) -> Result<(), DbError> {
    on!(c, c => diesel::insert_into(family_messages::table).values(message).execute(c).await)?;
    Ok(())
}

/// The messages that wait for these callees, each callee's oldest first: the names of who left them, and the texts.
pub async fn waiting(
    c: &mut Conn,
    callees: &[CalleeId],
) -> Result<HashMap<CalleeId, Vec<(Option<String>, String)>>, DbError> {
    let mut found: HashMap<CalleeId, Vec<(Option<String>, String)>> = HashMap::new();
    for callees in callees.chunks(1_000) {
        let rows: Vec<(CalleeId, Option<String>, String)> = on!(c, c => family_messages::table
            .left_join(accounts::table.on(family_messages::account_id.eq(accounts::id.nullable())))
            .filter(family_messages::callee_id.eq_any(callees))
            .filter(family_messages::told_at.is_null())
            .order((family_messages::written_at, family_messages::id))
            .select((family_messages::callee_id, accounts::name.nullable(), family_messages::text))
            .load(c)
            .await)?;
        for (callee, name, text) in rows {
            found.entry(callee).or_default().push((name, text));
        }
    }
    Ok(found)
}

/// How many wait for a callee.
pub async fn count_waiting(c: &mut Conn, callee: CalleeId) -> Result<i64, DbError> {
    Ok(on!(c, c => family_messages::table
        .filter(family_messages::callee_id.eq(callee))
        .filter(family_messages::told_at.is_null())
        .count()
        .get_result(c)
        .await)?)
}

/// The newest messages of a callee that wait, or that were told, the newest first.
pub async fn newest(c: &mut Conn, callee: CalleeId, told: bool, limit: i64) -> Result<Vec<Signed>, DbError> {
    Ok(on!(c, c => family_messages::table
        .left_join(accounts::table.on(family_messages::account_id.eq(accounts::id.nullable())))
        .filter(family_messages::callee_id.eq(callee))
        .filter(family_messages::told_at.is_not_null().eq(told))
        .order((family_messages::written_at.desc(), family_messages::id.desc()))
        .limit(limit)
        .select((FamilyMessage::as_select(), accounts::name.nullable()))
        .load(c)
        .await)?)
}

/// What waited for a callee before a moment was told in a call.
pub async fn tell(
    c: &mut Conn,
    callee: CalleeId,
    written_before: Moment,
    call: CallId,
    now: Moment,
) -> Result<(), DbError> {
    on!(c, c => {
        let waiting = family_messages::table
            .filter(family_messages::callee_id.eq(callee))
            .filter(family_messages::told_at.is_null())
            .filter(family_messages::written_at.lt(written_before));
        diesel::update(waiting)
            .set((family_messages::told_at.eq(Some(now)), family_messages::told_in.eq(Some(call))))
            .execute(c)
            .await
    })?;
    Ok(())
}

/// Takes back a message that waits; one that was told stays. True when there was one.
pub async fn delete_waiting(c: &mut Conn, callee: CalleeId, id: FamilyMessageId) -> Result<bool, DbError> {
    let rows = on!(c, c => {
        let waiting = family_messages::table
            .filter(family_messages::id.eq(id))
            .filter(family_messages::callee_id.eq(callee))
            .filter(family_messages::told_at.is_null());
        diesel::delete(waiting).execute(c).await
    })?;
    Ok(rows == 1)
}
