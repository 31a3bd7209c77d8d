//! Providers: sessions, webhooks, conversations and checks, in words of the house.

use std::sync::Arc;
use std::time::Duration;

use super::border::provider::ProviderPluginPre;
use super::border::provider::exports::callpanion::plugin::provider as wit;
use super::bound::{REASON_MAX_CHARS, reference, text};
use super::failure::PluginFailure;
use super::machine::Guest;
use super::run::Plugin;
use super::steps::Step;
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

impl Plugin<ProviderPluginPre<Guest>> {
    pub(super) async fn open_session(
        &self,
        wanted: SessionRequest,
        deadline: Duration,
    ) -> Result<Session, PluginFailure> {
        let locale = wanted.language.clone();
        let wanted = Arc::new(wit::SessionRequest {
            call_id: wanted.call.to_string(),
            callee_id: wanted.callee.to_string(),
            language: wanted.language,
            variables: wanted.variables,
        });
        let session = self
            .converse(&locale, deadline, |turn| {
                let wanted = wanted.clone();
                Box::new(move |plugin, store| {
                    Box::pin(async move {
                        let provider = plugin.callpanion_plugin_provider();
                        let step = provider.call_open_session(store, &turn.context, &wanted, &turn.answers).await?;
                        Ok(match step {
                            wit::SessionStep::Request(requests) => Step::Request(requests),
                            wit::SessionStep::Done(session) => Step::Done(session),
                            wit::SessionStep::Failed(failure) => Step::Failed(failure),
                        })
                    })
                })
            })
            .await?;
        let keys = [&session.token, &session.signed_url];
        if keys.iter().all(|key| key.is_none()) || keys.into_iter().flatten().any(|key| key.len() > KEY_MAX_BYTES) {
            return Err(self.common.broken("its session has no key, or an absurd one"));
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
        let context = self.common.context(LOCALE)?;
        let until = self.common.until(Duration::MAX);
        let reading = self
            .run(
                until,
                Box::new(move |plugin, store| {
                    Box::pin(async move {
                        let provider = plugin.callpanion_plugin_provider();
                        provider.call_read_webhook(store, &context, &headers, &body).await
                    })
                }),
            )
            .await?;
        Ok(match reading {
            wit::Webhook::Conversation(found) => match conversation(found) {
                Some(conversation) => WebhookReading::Conversation(Box::new(conversation)),
                None => WebhookReading::Unreadable("the conversation has no usable id".to_owned()),
            },
            wit::Webhook::Ignored(event) => WebhookReading::Ignored(text(&event, NAME_MAX_CHARS)),
            wit::Webhook::Unreadable(why) => WebhookReading::Unreadable(text(&why, REASON_MAX_CHARS)),
        })
    }

    pub(super) async fn fetch_session(
        &self,
        wanted: &str,
        deadline: Duration,
    ) -> Result<Option<Conversation>, PluginFailure> {
        let wanted: Arc<str> = wanted.into();
        let found = self
            .converse(LOCALE, deadline, |turn| {
                let wanted = wanted.clone();
                Box::new(move |plugin, store| {
                    Box::pin(async move {
                        let provider = plugin.callpanion_plugin_provider();
                        let step = provider.call_fetch_session(store, &turn.context, &wanted, &turn.answers).await?;
                        Ok(match step {
                            wit::FetchStep::Request(requests) => Step::Request(requests),
                            wit::FetchStep::Done(found) => Step::Done(found),
                            wit::FetchStep::Failed(failure) => Step::Failed(failure),
                        })
                    })
                })
            })
            .await?;
        let Some(found) = found else { return Ok(None) };
        match conversation(found) {
            Some(conversation) if conversation.provider_ref == *wanted => Ok(Some(conversation)),
            _ => Err(self.common.broken("it fetched another conversation than the one asked for")),
        }
    }

    pub(super) async fn check(&self, deadline: Duration) -> Result<Vec<Finding>, PluginFailure> {
        let findings = self
            .converse(LOCALE, deadline, |turn| {
                Box::new(move |plugin, store| {
                    Box::pin(async move {
                        let provider = plugin.callpanion_plugin_provider();
                        let step = provider.call_check(store, &turn.context, &turn.answers).await?;
                        Ok(match step {
                            wit::CheckStep::Request(requests) => Step::Request(requests),
                            wit::CheckStep::Done(findings) => Step::Done(findings),
                            wit::CheckStep::Failed(failure) => Step::Failed(failure),
                        })
                    })
                })
            })
            .await?;
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
        what: text(&finding.what, REASON_MAX_CHARS),
        mend: text(&finding.mend, REASON_MAX_CHARS),
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
        reason: found.reason.map(|reason| text(&reason, REASON_MAX_CHARS)),
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
