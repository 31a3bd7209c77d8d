//! Receipts: what a vendor tells of text messages that it took. The job that reads a stored webhook walks in.

use futures::FutureExt;

use crate::app::App;
use crate::db::text_messages::{self, Outcome, TextMessage};
use crate::db::webhook_events::{self, Settled, WebhookEvent};
use crate::db::{Conn, DbError, notice_numbers};
use crate::domain::{CallbackReading, Delivery, Fate, Fault, Moment, TextState, WebhookState};
use crate::services::error::ServiceError;
use crate::services::{staff_alerts, webhooks};

const NOTE_CHARS: usize = 300;
/// What such an event is called among the webhooks.
const EVENT: &str = "text_message";

/// Reads a stored callback of a notifier, and writes what became of its messages. Returns where the event stands then.
pub(crate) async fn apply(app: &App, event: &WebhookEvent, body: Vec<u8>) -> Result<Settled, ServiceError> {
    let reading = app.plugins.read_callback(&event.provider, Vec::new(), body).await?;
    let (known, now) = (event.clone(), app.clock.now());
    let (settled, mends) = app
        .db
        .write(move |c| {
            async move {
                let (settled, mends) = settle(c, &known.provider, reading, now).await?;
                webhook_events::settle(c, known.id, &settled, now).await?;
                Ok::<_, ServiceError>((settled, mends))
            }
            .boxed()
        })
        .await?;
    for how in mends {
        staff_alerts::tell_of(app, staff_alerts::Trouble::new(Fault::Texting, &event.provider, &how)).await;
    }
    look_once_more(app, &event.provider, &settled).await?;
    Ok(settled)
}

/// Writes what a reading means. Gives where its event stands, and what only the operator can mend.
async fn settle(
    c: &mut Conn,
    notifier: &str,
    reading: CallbackReading,
    now: Moment,
) -> Result<(Settled, Vec<String>), DbError> {
    let standing = |state| Settled { state, event: None, provider_ref: None, call_id: None, note: None };
    let deliveries = match reading {
        CallbackReading::Deliveries(deliveries) => deliveries,
        CallbackReading::Ignored(word) => {
            return Ok((Settled { event: Some(word), ..standing(WebhookState::Ignored) }, Vec::new()));
        }
        CallbackReading::Unreadable(why) => {
            let note = Some(why.chars().take(NOTE_CHARS).collect());
            return Ok((Settled { note, ..standing(WebhookState::Parked) }, Vec::new()));
        }
    };
    let (mut mends, mut stray) = (Vec::new(), None);
    for Delivery { reference, fate } in deliveries {
        match text_messages::by_reference(c, notifier, &reference).await? {
            Some(message) => mends.extend(write(c, &message, fate, now).await?),
            None => stray = Some(reference),
        }
    }
    let settled = match stray {
        None => standing(WebhookState::Applied),
        Some(reference) => Settled {
            provider_ref: Some(reference),
            note: Some("unknown_message".to_owned()),
            ..standing(WebhookState::Parked)
        },
    };
    Ok((Settled { event: Some(EVENT.to_owned()), ..settled }, mends))
}

/// Writes what became of one message. Gives what the operator must do, if they must.
async fn write(c: &mut Conn, message: &TextMessage, fate: Fate, now: Moment) -> Result<Option<String>, DbError> {
    let (state, reason) = match &fate {
        Fate::Delivered => (TextState::Delivered, None),
        Fate::Failed(why) | Fate::Gone(why) | Fate::Misconfigured(why) => (TextState::Failed, Some(why.clone())),
    };
    // What is known to have ended stays as it is: callbacks may come late, and in any order.
    let is_news = text_messages::settle(c, message.id, &TextState::UNDER_WAY, &Outcome { state, reason }, now).await?;
    if !is_news {
        return Ok(None);
    }
    match fate {
        Fate::Gone(_) => notice_numbers::retire(c, message.account_id, message.made_at, now).await.map(|()| None),
        Fate::Misconfigured(how) => Ok(Some(how)),
        Fate::Delivered | Fate::Failed(_) => Ok(None),
    }
}

/// The message's reference may have been written while its event was being parked: neither saw the other.
async fn look_once_more(app: &App, notifier: &str, settled: &Settled) -> Result<(), ServiceError> {
    let (WebhookState::Parked, Some(reference)) = (settled.state, settled.provider_ref.clone()) else { return Ok(()) };
    let (notifier, now) = (notifier.to_owned(), app.clock.now());
    app.db
        .write(move |c| {
            async move {
                if text_messages::by_reference(c, &notifier, &reference).await?.is_some() {
                    webhooks::rematch(c, &notifier, &reference, now).await?;
                }
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await
}
