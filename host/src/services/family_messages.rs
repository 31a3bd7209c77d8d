//! Family messages: what a family leaves to be told in the next talk. The callee's page walks in, and the settling of
//! talks.
//!
//! The companion gets what waits as a variable of the agent. It has told a message when it talked with the callee and had
//! it: when the conversation brings our variables back, as the existing phone app, which passes none on, does not.

use futures::FutureExt;

use super::edits::edit;
use super::error::ServiceError;
use super::{families, fields};
use crate::app::App;
use crate::db::calls::Call;
use crate::db::family_messages::{self, FamilyMessage, Signed};
use crate::db::{Conn, DbError, call_lists, ring_attempts};
use crate::domain::{
    AccountId, AttemptId, CallId, CallMethod, CalleeId, Conversation, ConversationOutcome, FamilyMessageId, Locale,
    Moment,
};

/// So many wait for a callee at the most: more than that nobody wants to hear at once.
pub const WAITING_MAX: i64 = 5;
const TEXT_CHARS: usize = 280;
/// So many that were told are shown.
const TOLD_SHOWN: i64 = 5;

/// A message for a callee.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds what a family says")]
pub struct Message {
    /// Its id.
    pub id: FamilyMessageId,
    /// The name of who left it; none when the account is gone.
    pub from: Option<String>,
    /// What is to be told, on one line.
    pub text: String,
    /// When it was left.
    pub written_at: Moment,
    /// When it was told; none while it waits.
    pub told_at: Option<Moment>,
    /// The call in which it was told.
    pub told_in: Option<CallId>,
}

impl From<Signed> for Message {
    fn from((row, from): Signed) -> Self {
        let FamilyMessage { id, text, written_at, told_at, told_in, .. } = row;
        Self { id, from, text, written_at, told_at, told_in }
    }
}

/// The messages for a callee, the newest first.
#[derive(Clone, Default)]
#[allow(missing_debug_implementations, reason = "it holds what a family says")]
pub struct Messages {
    /// Those that wait.
    pub waiting: Vec<Message>,
    /// Those that were told last.
    pub told: Vec<Message>,
    /// Whether one still waits after a talk: the app there may be one that passes nothing on.
    pub is_passed_over: bool,
}

/// The messages for a callee of one of the account's families.
pub async fn of_callee(app: &App, account: AccountId, callee: CalleeId) -> Result<Messages, ServiceError> {
    let mut c = app.db.read().await?;
    families::callee_in(&mut c, account, callee).await?;
    let waiting = family_messages::newest(&mut c, callee, false, WAITING_MAX).await?;
    let told = family_messages::newest(&mut c, callee, true, TOLD_SHOWN).await?;
    let last_talk = call_lists::last_summary(&mut c, callee, Locale::En).await?.map(|(call, _)| call);
    let answered_at = last_talk.filter(|call| call.reason.is_none()).and_then(|call| call.answered_at);
    let oldest = waiting.last().map(|(row, _)| row.written_at);
    Ok(Messages {
        is_passed_over: oldest.zip(answered_at).is_some_and(|(written_at, answered_at)| written_at < answered_at),
        waiting: waiting.into_iter().map(Message::from).collect(),
        told: told.into_iter().map(Message::from).collect(),
    })
}

/// Leaves a message of at most 280 characters for the callee's next talk; who may edit may.
pub async fn leave(app: &App, account: AccountId, callee: CalleeId, text: &str) -> Result<(), ServiceError> {
    let text = fields::line("message", text, TEXT_CHARS)?;
    let now = app.clock.now();
    edit(app, account, callee, families::edit, move |c, _| {
        async move {
            if family_messages::count_waiting(c, callee).await? >= WAITING_MAX {
                return Err(ServiceError::Invalid { field: "message", code: "messages-many" });
            }
            let message = FamilyMessage {
                id: FamilyMessageId::new(),
                callee_id: callee,
                account_id: Some(account),
                text,
                written_at: now,
                told_at: None,
                told_in: None,
            };
            Ok(family_messages::insert(c, &message).await?)
        }
        .boxed()
    })
    .await
}

/// Takes back a message that waits; who may edit may. One that was told meanwhile stays as it is.
pub async fn take_back(
    app: &App,
    account: AccountId,
    callee: CalleeId,
    message: FamilyMessageId,
) -> Result<(), ServiceError> {
    edit(app, account, callee, families::edit, move |c, _| {
        async move { Ok(family_messages::delete_waiting(c, callee, message).await.map(drop)?) }.boxed()
    })
    .await
}

/// What the companion is told of the messages that wait: a line for each, with the name of who left it.
pub(crate) fn for_agent(waiting: &[(Option<String>, String)]) -> String {
    let line = |(name, text): &(Option<String>, String)| match name {
        Some(name) => format!("{name}: {text}"),
        None => text.clone(),
    };
    waiting.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A conversation is over: if the companion talked and had the messages, they were told. A phone call took along those
/// that waited when its try was made, one in the app those that waited when it was answered. Doing it again does nothing.
pub(crate) async fn note_told(
    c: &mut Conn,
    call: &Call,
    attempt: AttemptId,
    talk: &Conversation,
    now: Moment,
) -> Result<(), DbError> {
    let had_them = talk.echoed_call.as_deref() == Some(call.id.to_string().as_str());
    if talk.outcome != ConversationOutcome::Answered || !had_them {
        return Ok(());
    }
    let taken_along = match call.call_method {
        CallMethod::Phone => ring_attempts::find(c, attempt).await?.map(|attempt| attempt.created_at),
        CallMethod::App => call.answered_at.or(talk.started_at),
    };
    match taken_along {
        Some(before) => family_messages::tell(c, call.callee_id, before, call.id, now).await,
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agent_reads_who_says_what() {
        let waiting = [(Some("Maya".to_owned()), "Bima passed!".to_owned()), (None, "See you on Sunday.".to_owned())];
        assert_eq!(for_agent(&waiting), "Maya: Bima passed!\nSee you on Sunday.");
        assert_eq!(for_agent(&[]), "");
    }
}
