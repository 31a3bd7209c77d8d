//! Webhooks: verified, stored and answered first; thought about afterwards.

use futures::FutureExt;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::db::ring_attempts;
use crate::db::webhook_events::{self, Settled, WebhookEvent};
use crate::db::{Conn, DbError, calls, conversations};
use crate::domain::{
    AttemptId, CallId, CallMethod, Conversation, FamilyId, Moment, WebhookId, WebhookReading, WebhookState,
};
use crate::services::calls::Rules;
use crate::services::error::ServiceError;
use crate::services::jobs::{self, Job};
use crate::services::settling;

/// Verifies and stores a webhook. The same bytes twice are one event. `Ok`
/// means that it is safe to answer 200.
pub async fn receive(
    app: &App,
    provider: &str,
    header: impl Fn(&str) -> Option<String>,
    body: Vec<u8>,
) -> Result<(), ServiceError> {
    if let Err(error) = app.plugins.verify_webhook(provider, header, &body) {
        tracing::warn!(provider, %error, "a webhook was refused");
        return Err(ServiceError::Unauthenticated);
    }
    let now = app.clock.now();
    let event = WebhookEvent {
        id: WebhookId::new(),
        provider: provider.to_owned(),
        body_hash: Sha256::digest(&body).to_vec(),
        body,
        state: WebhookState::Received,
        event: None,
        provider_ref: None,
        call_id: None,
        note: None,
        received_at: now,
        settled_at: None,
    };
    app.db
        .write(move |c| {
            async move {
                if webhook_events::add(c, &event).await? {
                    jobs::enqueue(c, &Job::ApplyWebhook { webhook: event.id }, &event.id.to_string(), now).await?;
                }
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await?;
    app.wake.notify_waiters();
    Ok(())
}

/// Reads a stored webhook and gives it to its call, or parks it.
pub(crate) async fn apply(app: &App, id: WebhookId) -> Result<(), ServiceError> {
    let Some(event) = webhook_events::find(&mut app.db.read().await?, id).await? else { return Ok(()) };
    if matches!(event.state, WebhookState::Applied | WebhookState::Ignored) {
        return Ok(());
    }
    let reading = app.plugins.read_webhook(&event.provider, Vec::new(), event.body).await?;
    let rules = Rules::of(app);
    let provider = event.provider;
    let known_as = provider.clone();
    let (family, parked_ref) = app
        .db
        .write(move |c| {
            async move {
                let (settled, family) = match reading {
                    WebhookReading::Conversation(talk) => assign(c, &provider, *talk, &rules).await?,
                    WebhookReading::Ignored(event) => (settled(WebhookState::Ignored, Some(event), &rules), None),
                    WebhookReading::Unreadable(why) => {
                        let parked = settled(WebhookState::Parked, None, &rules);
                        (Settled { note: Some(why.chars().take(300).collect()), ..parked }, None)
                    }
                };
                webhook_events::settle(c, id, &settled).await?;
                let parked_ref = settled.provider_ref.filter(|_| settled.state == WebhookState::Parked);
                Ok::<_, ServiceError>((family, parked_ref))
            }
            .boxed()
        })
        .await?;
    if let Some(family) = family {
        app.live.changed(family);
    }
    if let Some(provider_ref) = parked_ref {
        look_once_more(app, known_as, provider_ref).await?;
    }
    app.wake.notify_waiters();
    Ok(())
}

/// The conversation may have been written while its event was being parked: neither saw the other.
async fn look_once_more(app: &App, provider: String, provider_ref: String) -> Result<(), ServiceError> {
    let now = app.clock.now();
    app.db
        .write(move |c| {
            async move {
                if conversations::find(c, &provider, &provider_ref).await?.is_some() {
                    rematch(c, &provider, &provider_ref, now).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await
}

fn settled(state: WebhookState, event: Option<String>, rules: &Rules) -> Settled {
    Settled { state, event, provider_ref: None, call_id: None, note: None, settled_at: Some(rules.now) }
}

/// Gives a conversation to the call that it belongs to, by ids that the
/// provider gave to us, or parks it for the staff.
async fn assign(
    c: &mut Conn,
    provider: &str,
    talk: Conversation,
    rules: &Rules,
) -> Result<(Settled, Option<FamilyId>), DbError> {
    let provider_ref = Some(talk.provider_ref.clone());
    let owner = owner_of(c, provider, &talk).await?;
    let Some((call_id, attempt_id)) = owner else {
        let parked = settled(WebhookState::Parked, Some("conversation".into()), rules);
        return Ok((Settled { provider_ref, note: Some("unknown_call".into()), ..parked }, None));
    };
    let family = settling::settle(c, provider, call_id, attempt_id, talk, rules).await?;
    let applied = settled(WebhookState::Applied, Some("conversation".into()), rules);
    Ok((Settled { provider_ref, call_id: Some(call_id), ..applied }, family))
}

/// Whose conversation it is, in this order: its id, the ids of the submission,
/// our call id as echoed. The last only for phone calls, where the host itself
/// sent it; a device could forge what an app call echoes. Never by phone
/// number, name or time.
async fn owner_of(c: &mut Conn, provider: &str, talk: &Conversation) -> Result<Option<(CallId, AttemptId)>, DbError> {
    if let Some(known) = conversations::find(c, provider, &talk.provider_ref).await? {
        return Ok(Some((known.call_id, known.attempt_id)));
    }
    let (Some(reference), Some(recipient)) = (&talk.reference, &talk.recipient) else { return Ok(None) };
    if let Some(attempt) = ring_attempts::by_reference(c, reference, recipient).await? {
        return Ok(Some((attempt.call_id, attempt.id)));
    }
    // A batch whose submission we never got the reply of: only then is the echo needed.
    let Some(call) = talk.echoed_call.as_deref().and_then(|text| text.parse().ok()) else { return Ok(None) };
    let Some(call) = calls::find(c, call).await? else { return Ok(None) };
    if call.call_method != CallMethod::Phone {
        return Ok(None);
    }
    let attempts = ring_attempts::of_call(c, call.id).await?;
    let unheard = attempts.iter().rev().find(|attempt| attempt.ahead && attempt.reference.is_none());
    Ok(unheard.map(|attempt| (call.id, attempt.id)))
}

/// Takes up the parked events of a conversation that has a call now.
pub(crate) async fn rematch(c: &mut Conn, provider: &str, provider_ref: &str, now: Moment) -> Result<(), DbError> {
    for webhook in webhook_events::parked_of(c, provider, provider_ref).await? {
        let key = format!("{webhook}:rematch:{provider_ref}");
        jobs::enqueue(c, &Job::ApplyWebhook { webhook }, &key, now).await?;
    }
    Ok(())
}
