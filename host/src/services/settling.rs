//! Settling: what a conversation that ended means for its call.

use crate::db::calls::{self, Call, CallChange};
use crate::db::conversations::{self, ConversationRow};
use crate::db::transcripts::{self, Transcript};
use crate::db::{Conn, DbError, timeline};
use crate::domain::{AttemptId, CallId, CallState, Conversation, ConversationOutcome, FamilyId, Speaker};
use crate::services::calls::{Miss, Rules, advance, miss, settle_quietly};
use crate::services::jobs::{self, Job};

/// Writes what a conversation says to its call. Doing it twice is doing it once.
/// Returns the family to tell.
pub(crate) async fn settle(
    c: &mut Conn,
    provider: &str,
    call_id: CallId,
    attempt_id: AttemptId,
    talk: Conversation,
    rules: &Rules,
) -> Result<Option<FamilyId>, DbError> {
    let Some(mut call) = calls::find(c, call_id).await? else { return Ok(None) };
    let row = ConversationRow {
        provider: provider.to_owned(),
        provider_ref: talk.provider_ref.clone(),
        call_id,
        attempt_id,
        opened_at: rules.now,
    };
    conversations::add(c, &row).await?;
    let running = talk.outcome == ConversationOutcome::Running;
    if call.state.is_outcome() && !running {
        // Whatever follows, there is nothing left to fetch.
        let nothing_missing = CallChange { check_at: Some(None), ..CallChange::default() };
        calls::amend(c, call.id, &nothing_missing, rules.now).await?;
    }
    if is_of_earlier_try(c, &call, attempt_id).await? && !ends_the_waiting(&call, &talk) {
        return Ok(None);
    }
    match talk.outcome {
        ConversationOutcome::Running => return Ok(None),
        ConversationOutcome::Answered | ConversationOutcome::AnsweredSilent => {
            talked(c, &mut call, &talk, rules).await?;
        }
        ConversationOutcome::Voicemail => {
            settle_quietly(c, &mut call, CallState::Voicemail, "voicemail", rules).await?;
        }
        ConversationOutcome::Busy => miss(c, &mut call, Miss::BUSY, rules).await?,
        ConversationOutcome::NoAnswer => miss(c, &mut call, Miss::NO_ANSWER, rules).await?,
        ConversationOutcome::Failed => miss(c, &mut call, Miss::failed("provider_failed", true), rules).await?,
    }
    Ok(Some(call.family_id))
}

/// They have talked after all, and nobody has picked up the next try: it is not needed any more.
fn ends_the_waiting(call: &Call, talk: &Conversation) -> bool {
    let talked = matches!(talk.outcome, ConversationOutcome::Answered | ConversationOutcome::AnsweredSilent);
    talked && matches!(call.state, CallState::Queued | CallState::Ringing)
}

/// An event of an earlier try says nothing of the one that is open now.
async fn is_of_earlier_try(c: &mut Conn, call: &Call, attempt: AttemptId) -> Result<bool, DbError> {
    let attempts = crate::db::ring_attempts::of_call(c, call.id).await?;
    Ok(attempts.iter().any(|known| known.id == attempt && known.try_no < call.tries))
}

async fn talked(c: &mut Conn, call: &mut Call, talk: &Conversation, rules: &Rules) -> Result<(), DbError> {
    let silent = talk.outcome == ConversationOutcome::AnsweredSilent;
    let duration_s = i32::try_from(talk.duration_s).ok();
    let facts = CallChange {
        // Why an earlier try failed is no reason of the talk.
        reason: Some(silent.then(|| "answered_silent".to_owned())),
        duration_s,
        check_at: Some(None),
        ..CallChange::default()
    };
    if call.state.is_outcome() {
        calls::amend(c, call.id, &facts, rules.now).await?;
    } else {
        let started = talk.started_at.unwrap_or(rules.now);
        let change = CallChange {
            answered_at: call.answered_at.is_none().then_some(started),
            joined_at: call.joined_at.is_none().then_some(started),
            ended_at: Some(started.plus_secs(talk.duration_s.into())),
            ..facts
        };
        advance(c, call, CallState::Completed, change, rules.now).await?;
    }
    if !is_worth_storing(c, call, talk).await? {
        return Ok(());
    }
    let transcript = Transcript {
        call_id: call.id,
        provider_ref: talk.provider_ref.clone(),
        language: talk.language.clone().unwrap_or_default(),
        turns: serde_json::to_string(&talk.turns).unwrap_or_else(|_| "[]".into()),
        collected: serde_json::to_string(&talk.collected).unwrap_or_else(|_| "[]".into()),
        provider_summary: talk.summary.clone(),
        stored_at: rules.now,
    };
    transcripts::put(c, &transcript).await?;
    timeline::append(c, call, rules.now, "transcript_stored", None).await?;
    let key = format!("{}:{}", call.id, talk.provider_ref);
    jobs::enqueue(c, &Job::Summarise { call: call.id }, &key, rules.now).await?;
    Ok(())
}

/// A device may ask for several conversations and use one: the one with the
/// most of the callee in it is kept. The same conversation is stored once.
async fn is_worth_storing(c: &mut Conn, call: &Call, talk: &Conversation) -> Result<bool, DbError> {
    let Some(stored) = transcripts::of_call(c, call.id).await? else { return Ok(true) };
    if stored.provider_ref == talk.provider_ref {
        return Ok(false);
    }
    let turns: Vec<crate::domain::Turn> = serde_json::from_str(&stored.turns).unwrap_or_default();
    let said = |turns: &[crate::domain::Turn]| turns.iter().filter(|turn| turn.speaker == Speaker::Callee).count();
    Ok(said(&talk.turns) > said(&turns))
}
