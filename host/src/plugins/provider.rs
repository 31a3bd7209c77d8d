//! Providers: sessions, webhooks, conversations and checks, in words of the house.

use std::time::Duration;

use super::bound::{reason, reference, text};
use super::exchange::{Input, Output, wit};
use super::failure::PluginFailure;
use super::run::Plugin;
use crate::domain::manifest::DataKind;
use crate::domain::{
    Collected, Conversation, ConversationOutcome, Finding, Moment, Session, SessionRequest, Severity, Speaker, Turn,
    WebhookReading,
};

const LOCALE: &str = "en";
/// A session's token or signed URL. Longer ones are not cut but refused: half a key opens nothing.
const KEY_MAX_BYTES: usize = 16 * 1024;
const FINDINGS_MAX: usize = 100;
const TURNS_MAX: usize = 5_000;
const TURN_MAX_CHARS: usize = 20_000;
const SUMMARY_MAX_CHARS: usize = 20_000;
const COLLECTED_MAX: usize = 200;
const NAME_MAX_CHARS: usize = 100;
const VALUE_MAX_CHARS: usize = 2_000;

impl Plugin {
    pub(super) async fn open_session(
        &self,
        wanted: SessionRequest,
        deadline: Duration,
    ) -> Result<Session, PluginFailure> {
        let locale = wanted.language.clone();
        let shown = self.shown.contains(&DataKind::Profile);
        let input = Input::OpenSession(wit::SessionRequest {
            call_id: wanted.call.to_string(),
            callee_id: wanted.callee.to_string(),
            language: wanted.language,
            variables: if shown { wanted.variables } else { Vec::new() },
        });
        let told = wanted.join.map(|join| ("join".to_owned(), join.to_string())).into_iter().collect();
        let Output::Session(session) = self.converse_knowing(told, &locale, deadline, input).await? else {
            return Err(self.off_key());
        };
        let keys = [&session.token, &session.signed_url];
        if keys.iter().all(|key| key.is_none()) || keys.into_iter().flatten().any(|key| key.len() > KEY_MAX_BYTES) {
            return Err(self.broken("its session has no key, or an absurd one"));
        }
        Ok(Session {
            token: session.token,
            signed_url: session.signed_url,
            conversation: reference(session.conversation),
        })
    }

    pub(super) async fn read_webhook(
        &self,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<WebhookReading, PluginFailure> {
        let input = Input::ReadWebhook { headers, body };
        let Output::Webhook(reading) = self.converse(LOCALE, Duration::MAX, input).await? else {
            return Err(self.off_key());
        };
        Ok(match reading {
            wit::Webhook::Conversation(found) => match conversation(found) {
                Some(conversation) => WebhookReading::Conversation(Box::new(conversation)),
                None => WebhookReading::Unreadable("the conversation has no usable id".to_owned()),
            },
            wit::Webhook::Ignored(event) => WebhookReading::Ignored(text(&event, NAME_MAX_CHARS)),
            wit::Webhook::Unreadable(why) => WebhookReading::Unreadable(reason(&why)),
        })
    }

    pub(super) async fn fetch_session(
        &self,
        wanted: &str,
        deadline: Duration,
    ) -> Result<Option<Conversation>, PluginFailure> {
        let input = Input::FetchSession(wanted.to_owned());
        let Output::Fetched(found) = self.converse(LOCALE, deadline, input).await? else {
            return Err(self.off_key());
        };
        let Some(found) = found else { return Ok(None) };
        match conversation(found) {
            Some(conversation) if conversation.provider_ref == *wanted => Ok(Some(conversation)),
            _ => Err(self.broken("it fetched another conversation than the one asked for")),
        }
    }

    pub(super) async fn check(
        &self,
        facts: Vec<(String, String)>,
        deadline: Duration,
    ) -> Result<Vec<Finding>, PluginFailure> {
        let Output::Checked(findings) = self.converse_knowing(facts, LOCALE, deadline, Input::Check).await? else {
            return Err(self.off_key());
        };
        Ok(findings.iter().take(FINDINGS_MAX).map(finding).collect())
    }
}

fn finding(finding: &wit::Finding) -> Finding {
    Finding {
        severity: match finding.severity {
            wit::Severity::Ok => Severity::Ok,
            wit::Severity::Warning => Severity::Warning,
            wit::Severity::Problem => Severity::Problem,
        },
        what: reason(&finding.what),
        mend: reason(&finding.mend),
    }
}

/// The conversation in words of the house; `None` when its id is unusable.
fn conversation(found: wit::Conversation) -> Option<Conversation> {
    let started_at = i64::try_from(found.started_at_ms).ok().filter(|ms| *ms > 0).map(Moment::from_millis);
    Some(Conversation {
        provider_ref: reference(Some(found.conversation))?,
        agent: text(&found.agent, NAME_MAX_CHARS),
        outcome: match found.outcome {
            wit::ConversationOutcome::Answered => ConversationOutcome::Answered,
            wit::ConversationOutcome::AnsweredSilent => ConversationOutcome::AnsweredSilent,
            wit::ConversationOutcome::Voicemail => ConversationOutcome::Voicemail,
            wit::ConversationOutcome::Busy => ConversationOutcome::Busy,
            wit::ConversationOutcome::NoAnswer => ConversationOutcome::NoAnswer,
            wit::ConversationOutcome::Failed => ConversationOutcome::Failed,
            wit::ConversationOutcome::Running => ConversationOutcome::Running,
        },
        started_at,
        duration_s: found.duration_s,
        language: reference(found.language),
        turns: found.turns.iter().take(TURNS_MAX).map(turn).collect(),
        summary: found.summary.map(|summary| text(&summary, SUMMARY_MAX_CHARS)),
        collected: found.collected.iter().take(COLLECTED_MAX).map(collected).collect(),
        reason: found.reason.map(|why| reason(&why)),
        reference: reference(found.reference),
        recipient: reference(found.recipient),
        echoed_call: reference(found.echoed_call_id),
    })
}

fn turn(turn: &wit::Turn) -> Turn {
    Turn {
        speaker: match turn.speaker {
            wit::Speaker::Agent => Speaker::Agent,
            wit::Speaker::Callee => Speaker::Callee,
        },
        text: text(&turn.text, TURN_MAX_CHARS),
        at_s: turn.at_s,
    }
}

fn collected(given: &wit::Collected) -> Collected {
    use serde_json::Value;
    let value = match serde_json::from_str(&given.value) {
        Ok(Value::String(said)) => Value::String(text(&said, VALUE_MAX_CHARS)),
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
        // A list or a table is none of the border's values, and neither is what cannot be read.
        _ => Value::Null,
    };
    Collected { name: text(&given.name, NAME_MAX_CHARS), value, rationale: text(&given.rationale, VALUE_MAX_CHARS) }
}
