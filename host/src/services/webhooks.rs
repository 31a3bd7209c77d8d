//! Webhooks: verified, stored and answered first; thought about afterwards.

use std::time::Duration;

use futures::FutureExt;

use crate::app::App;
use crate::db::arrivals::{self, Arrival};
use crate::db::conversations::{self, ConversationRow};
use crate::db::ring_attempts;
use crate::db::webhook_events::{self, Settled, WebhookEvent};
use crate::db::{Conn, DbError, calls};
use crate::domain::{
    AttemptId, CallId, CallMethod, Conversation, FamilyId, Moment, WebhookId, WebhookReading, WebhookState,
};
use crate::services::calls::Rules;
use crate::services::error::ServiceError;
use crate::services::facts;
use crate::services::jobs::{self, Job};
use crate::services::settling::{self, Heard};
use crate::services::texting::receipts;

/// A provider waits for seconds only, and may take a late answer for none.
const STORED_WITHIN: Duration = Duration::from_secs(8);
/// A longer body is packed on a thread of its own.
const LONG_BODY_BYTES: usize = 256 * 1024;
const NOTE_CHARS: usize = 300;

/// Verifies and stores a webhook. The same bytes twice are one event. `Ok`
/// means that it is safe to answer 200.
pub async fn receive(
    app: &App,
    provider: &str,
    header: impl Fn(&str) -> Option<String>,
    body: Vec<u8>,
) -> Result<(), ServiceError> {
    let url = facts::webhook_url(&app.config, provider);
    if let Err(error) = app.plugins.verify_webhook(provider, &url, header, &body) {
        tracing::warn!(provider, %error, "a webhook was refused");
        return Err(ServiceError::Unauthenticated);
    }
    let now = app.clock.now();
    let arrival = pack(provider.to_owned(), body, now).await?;
    let job = Job::ApplyWebhook { webhook: arrival.id, again: false };
    let job = jobs::row(&job, &arrival.id.to_string(), now, now)?;
    let storing = app.db.write_at_once(move |c| async move { arrivals::store(c, &arrival, &job).await }.boxed());
    // Whatever keeps the database from taking it, the provider is told to come again: an error is as good as final.
    let stored = tokio::time::timeout(STORED_WITHIN, storing).await.unwrap_or(Err(DbError::Interrupted));
    if let Err(error) = stored {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(provider, %error, cause, "a webhook could not be stored; its sender is asked to come again");
        return Err(ServiceError::Unavailable("the inbox"));
    }
    app.wake.notify_waiters();
    Ok(())
}

/// Packs a body; a long one, with the sound of a talk in it, away from the threads that serve everyone.
async fn pack(provider: String, body: Vec<u8>, now: Moment) -> Result<Arrival, ServiceError> {
    if body.len() < LONG_BODY_BYTES {
        return Ok(Arrival::new(&provider, body, now));
    }
    let packing = tokio::task::spawn_blocking(move || Arrival::new(&provider, body, now));
    packing.await.map_err(|_| ServiceError::Unavailable("packing"))
}

/// Reads a stored webhook and gives it to its call, or parks it. Returns it as it stands then; none when it is gone.
///
/// One that its call has, or that is of no use, is read only when it is to be read `again`, by a newer plugin say.
/// Doing so changes nothing unless the plugin, or what we know of conversations, has changed meanwhile.
pub(crate) async fn apply(app: &App, id: WebhookId, again: bool) -> Result<Option<WebhookEvent>, ServiceError> {
    let mut c = app.db.read().await?;
    let Some(event) = webhook_events::find(&mut c, id).await? else { return Ok(None) };
    if !again && matches!(event.state, WebhookState::Applied | WebhookState::Ignored) {
        return Ok(Some(event));
    }
    let Some(body) = webhook_events::body(&mut c, id).await? else { return Ok(None) };
    drop(c);
    if app.plugins.notifier_ids().contains(&event.provider) {
        let settled = receipts::apply(app, &event, body).await?;
        return Ok(Some(event.standing(settled)));
    }
    let reading = app.plugins.read_webhook(&event.provider, Vec::new(), body).await?;
    let (rules, known) = (Rules::of(app), event.clone());
    let (settled, family) =
        app.db.write(move |c| async move { settle(c, &known, reading, &rules).await }.boxed()).await?;
    if let Some(family) = family {
        app.live.changed(family);
    }
    if let Some(provider_ref) = settled.provider_ref.clone().filter(|_| settled.state == WebhookState::Parked) {
        look_once_more(app, event.provider.clone(), provider_ref).await?;
    }
    app.wake.notify_waiters();
    Ok(Some(event.standing(settled)))
}

/// Writes what a reading means, and where its event stands then.
async fn settle(
    c: &mut Conn,
    event: &WebhookEvent,
    reading: WebhookReading,
    rules: &Rules,
) -> Result<(Settled, Option<FamilyId>), ServiceError> {
    let (settled, family) = match reading {
        WebhookReading::Conversation(talk) => assign(c, &event.provider, *talk, rules).await?,
        WebhookReading::Ignored(kind) => (standing(WebhookState::Ignored, Some(kind)), None),
        WebhookReading::Unreadable(why) => {
            let note = Some(why.chars().take(NOTE_CHARS).collect());
            (Settled { note, ..standing(WebhookState::Parked, None) }, None)
        }
    };
    let before = event.settled();
    // What a call has, it keeps: a plugin that understands less than the one before takes nothing away.
    let taken_away = before.state == WebhookState::Applied && settled.state != WebhookState::Applied;
    if taken_away || settled == before {
        return Ok((before, family));
    }
    webhook_events::settle(c, event.id, &settled, rules.now).await?;
    Ok((settled, family))
}

/// The job that reads an event failed for good: the event waits for a person, with the reason.
pub(crate) async fn park(c: &mut Conn, id: WebhookId, reason: &str, now: Moment) -> Result<(), DbError> {
    let note: String = reason.chars().take(NOTE_CHARS).collect();
    webhook_events::park(c, id, &note, now).await
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

fn standing(state: WebhookState, event: Option<String>) -> Settled {
    Settled { state, event, provider_ref: None, call_id: None, note: None }
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
        let parked = standing(WebhookState::Parked, Some("conversation".into()));
        return Ok((Settled { provider_ref, note: Some("unknown_call".into()), ..parked }, None));
    };
    let family = settling::settle(c, provider, (call_id, attempt_id), talk, Heard::ByWebhook, rules).await?;
    let applied = standing(WebhookState::Applied, Some("conversation".into()));
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

/// The provider has told us of a conversation: whatever waits for it is taken up. True when it is new.
pub(crate) async fn learn(c: &mut Conn, row: &ConversationRow, now: Moment) -> Result<bool, DbError> {
    let new = conversations::add(c, row).await?;
    if new {
        rematch(c, &row.provider, &row.provider_ref, now).await?;
    }
    Ok(new)
}

/// Takes up the parked events of a conversation that has a call now.
pub(crate) async fn rematch(c: &mut Conn, provider: &str, provider_ref: &str, now: Moment) -> Result<(), DbError> {
    for webhook in webhook_events::parked_of(c, provider, provider_ref).await? {
        let key = format!("{webhook}:rematch:{provider_ref}");
        jobs::enqueue(c, &Job::ApplyWebhook { webhook, again: false }, &key, now).await?;
    }
    Ok(())
}
