//! Settling: what a conversation that ended means for its call.

use crate::db::calls::{self, Call, CallFacts};
use crate::db::conversations::ConversationRow;
use crate::db::transcripts::{self, Transcript};
use crate::db::{Conn, DbError, timeline};
use crate::domain::{
    AttemptId, CallId, CallReason, CallState, CallStep, Conversation, ConversationOutcome, FamilyId, Moment, Speaker,
    Talk, Turn,
};
use crate::services::calls::{Rules, advance, miss};
use crate::services::family_messages;
use crate::services::jobs::{self, Job};
use crate::services::webhooks;

/// How a conversation was learnt of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// By a webhook, which may leave out what was said (ElevenLabs: `exclude_transcript`).
    ByWebhook,
    /// It was fetched: this is all that there is.
    Fetched,
}

/// Writes what a conversation says to its call. Doing it twice is doing it once. A webhook that leaves out what was said
/// ends the call and has the conversation fetched; until then nothing is summarised.
/// Returns the family to tell.
pub(crate) async fn settle(
    c: &mut Conn,
    provider: &str,
    (call_id, attempt_id): (CallId, AttemptId),
    talk: Conversation,
    heard: Heard,
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
    webhooks::learn(c, &row, rules.now).await?;
    let running = talk.outcome == ConversationOutcome::Running;
    let is_cut = heard == Heard::ByWebhook && talk.is_without_its_turns();
    let is_earlier = is_of_earlier_try(c, &call, attempt_id).await?;
    if call.state.is_outcome() && !is_earlier && !running && !is_cut && call.check_at.is_some() {
        // Whatever follows, there is nothing left to fetch.
        let nothing_missing = CallFacts { check_at: Some(None), ..CallFacts::default() };
        calls::amend(c, call.id, &nothing_missing, rules.now).await?;
        call.check_at = None;
        if heard == Heard::Fetched && !talk.is_a_talk() {
            // A webhook told of a talk, without its turns, and the provider has changed its mind.
            summarise_cut(c, call.id, rules.now, rules.now).await?;
        }
    }
    if is_earlier && !ends_the_waiting(&call, &talk) {
        return Ok(None);
    }
    match talk.outcome {
        ConversationOutcome::Running => return Ok(None),
        ConversationOutcome::Answered | ConversationOutcome::AnsweredSilent => {
            talked(c, &mut call, &talk, heard, rules).await?;
            family_messages::note_told(c, &call, attempt_id, &talk, rules.now).await?;
        }
        ConversationOutcome::Voicemail => {
            miss(c, &mut call, CallReason::Voicemail, rules).await?;
        }
        ConversationOutcome::Busy => miss(c, &mut call, CallReason::Busy, rules).await?,
        ConversationOutcome::NoAnswer => miss(c, &mut call, CallReason::NoAnswer, rules).await?,
        ConversationOutcome::Failed => failed(c, &mut call, &talk, rules).await?,
    }
    Ok(Some(call.family_id))
}

/// The talk went wrong at the provider. Where the device has said before that it was over, somebody picked up; and as long
/// as no other conversation of the call is told of, nobody was heard.
async fn failed(c: &mut Conn, call: &mut Call, talk: &Conversation, rules: &Rules) -> Result<(), DbError> {
    if call.state != CallState::Completed {
        return miss(c, call, CallReason::ProviderFailed, rules).await;
    }
    let was_heard = talk.turns.iter().any(|turn| turn.speaker == Speaker::Callee);
    if was_heard || transcripts::of_call(c, call.id).await?.is_some() {
        return Ok(());
    }
    let facts = CallFacts { reason: Some(Some(CallReason::AnsweredSilent)), ..CallFacts::default() };
    amend(c, call, facts, rules).await
}

/// They have talked after all, and nobody has picked up the next try: it is not needed any more.
fn ends_the_waiting(call: &Call, talk: &Conversation) -> bool {
    talk.is_a_talk() && matches!(call.state, CallState::Queued | CallState::Ringing)
}

/// An event of an earlier try says nothing of the one that is open now.
async fn is_of_earlier_try(c: &mut Conn, call: &Call, attempt: AttemptId) -> Result<bool, DbError> {
    let attempts = crate::db::ring_attempts::of_call(c, call.id).await?;
    Ok(attempts.iter().any(|known| known.id == attempt && known.try_no < call.tries))
}

async fn talked(
    c: &mut Conn,
    call: &mut Call,
    talk: &Conversation,
    heard: Heard,
    rules: &Rules,
) -> Result<(), DbError> {
    let stored = transcripts::of_call(c, call.id).await?;
    let worth = worth(stored.as_ref(), talk);
    let is_cut = heard == Heard::ByWebhook && talk.is_without_its_turns();
    // What a webhook left out is fetched by the next look. Of the talk that is stored already, what it lacks is asked for.
    let check_at = match worth {
        _ if !is_cut => None,
        Worth::Same => call.check_at,
        Worth::More | Worth::Less => Some(rules.now),
    };
    let silent = talk.outcome == ConversationOutcome::AnsweredSilent;
    let duration_s = i32::try_from(talk.duration_s).ok();
    if !call.state.is_outcome() {
        let started = talk.started_at.unwrap_or(rules.now);
        let talk = Talk {
            answered_at: call.answered_at.is_none().then_some(started),
            joined_at: call.joined_at.is_none().then_some(started),
            ended_at: started.plus_secs(talk.duration_s.into()),
            duration_s,
            is_silent: silent,
            check_at,
        };
        advance(c, call, &CallStep::Completed(talk), rules.now).await?;
    } else if worth != Worth::Less {
        // An outcome that says why keeps its reason, though the talk is told of after it.
        let reason = (call.state == CallState::Completed).then(|| silent.then_some(CallReason::AnsweredSilent));
        let facts = CallFacts { reason, duration_s, check_at: Some(check_at), ..CallFacts::default() };
        amend(c, call, facts, rules).await?;
    } else if is_cut {
        // It may turn out to be the one in which more was said.
        amend(c, call, CallFacts { check_at: Some(check_at), ..CallFacts::default() }, rules).await?;
    }
    match worth {
        Worth::More => store(c, call, talk, is_cut, rules).await,
        Worth::Same if heard == Heard::Fetched => summarise_cut(c, call.id, rules.now, rules.now).await,
        Worth::Same | Worth::Less => Ok(()),
    }
}

async fn store(c: &mut Conn, call: &Call, talk: &Conversation, is_cut: bool, rules: &Rules) -> Result<(), DbError> {
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
    if is_cut {
        return Ok(());
    }
    timeline::append(c, call, rules.now, "transcript_stored", None).await?;
    let key = format!("{}:{}", call.id, talk.provider_ref);
    jobs::enqueue(c, &Job::Summarise { call: call.id }, &key, rules.now).await?;
    Ok(())
}

/// Has a talk summarised by what its webhook told beside what was said, if that is all that there was until a moment. Should
/// the turns be fetched after all, it is summarised once more. Doing it again does nothing.
pub(crate) async fn summarise_cut(c: &mut Conn, call: CallId, until: Moment, now: Moment) -> Result<(), DbError> {
    let stored = transcripts::of_call(c, call).await?;
    let Some(cut) = stored.filter(|stored| turns_of(stored).is_empty() && stored.stored_at <= until) else {
        return Ok(());
    };
    let key = format!("{call}:{}:cut", cut.provider_ref);
    jobs::enqueue(c, &Job::Summarise { call }, &key, now).await?;
    Ok(())
}

/// Writes facts of a call that are not there yet. What is there is not written again: a webhook that is read twice
/// leaves everything as it was.
async fn amend(c: &mut Conn, call: &Call, facts: CallFacts, rules: &Rules) -> Result<(), DbError> {
    let said = facts.reason.is_none_or(|reason| reason == call.reason)
        && facts.duration_s.is_none_or(|duration| call.duration_s == Some(duration))
        && facts.check_at.is_none_or(|check_at| check_at == call.check_at);
    if said { Ok(()) } else { calls::amend(c, call.id, &facts, rules.now).await }
}

/// What a conversation is worth beside the one whose transcript is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Worth {
    /// It takes the place.
    More,
    /// It is the one.
    Same,
    /// It adds nothing.
    Less,
}

/// A device may ask for several conversations and use one: the one with the most of the callee in it is kept, whatever
/// the order in which they are told of. The same conversation is stored once, and once more with its turns if it came
/// without them.
fn worth(stored: Option<&Transcript>, talk: &Conversation) -> Worth {
    let Some(stored) = stored else { return Worth::More };
    let turns = turns_of(stored);
    if stored.provider_ref == talk.provider_ref {
        return if turns.is_empty() && !talk.turns.is_empty() { Worth::More } else { Worth::Same };
    }
    let said = |turns: &[Turn]| turns.iter().filter(|turn| turn.speaker == Speaker::Callee).count();
    let more = (said(&talk.turns), &talk.provider_ref) > (said(&turns), &stored.provider_ref);
    if more { Worth::More } else { Worth::Less }
}

fn turns_of(transcript: &Transcript) -> Vec<Turn> {
    serde_json::from_str(&transcript.turns).unwrap_or_default()
}
