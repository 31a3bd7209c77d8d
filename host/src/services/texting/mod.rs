//! Text messages: a few words beside a letter, for what somebody has to look after soon, to a number that its owner has
//! proven ([`numbers`]). Escalation walks in.
//!
//! A message is queued together with its letter and its cause, once for each person and cause. It says what it is about and
//! where to read on, and nothing of what was said: networks and locked screens read along. Whatever becomes of it
//! (`receipts`), the letter stands. One that may have been sent is never sent again (`sending`).

pub mod numbers;
pub(crate) mod receipts;
pub(crate) mod sending;

use futures::FutureExt;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::db::text_messages::{self, TextMessage};
use crate::db::{Conn, DbError, notice_numbers};
use crate::domain::{AccountId, AlertId, Moment, NoticeEvent, NoticeId, NoticeWay, TextState};
use crate::services::error::ServiceError;
use crate::services::jobs::{self, Job};
use crate::services::notices::Recipient;

/// A message about an alert is of use so long: later, the letter has been read, or somebody else was told.
const ALERT_USEFUL_S: i64 = 4 * 3_600;
/// So long it is remembered what became of a message.
const KEPT_S: i64 = 90 * 86_400;

/// What a message says. It stands in the job that sends it, and is erased with it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "text", rename_all = "snake_case")]
pub(crate) enum Text {
    /// The code that proves whose number it is.
    Code {
        /// Six digits.
        code: String,
    },
    /// "Please look."
    Alert {
        /// Of which alert.
        alert: AlertId,
    },
}

/// Queues a message for somebody who is told of an alert by letter, if they want one and have proven a number.
pub(crate) async fn tell(
    c: &mut Conn,
    recipient: &Recipient,
    event: NoticeEvent,
    alert: AlertId,
    now: Moment,
) -> Result<(), DbError> {
    if !event.is_alert() || !recipient.is_told(event, NoticeWay::Sms) {
        return Ok(());
    }
    let number = notice_numbers::find(c, recipient.account).await?;
    if number.is_none_or(|number| number.usable().is_none()) {
        return Ok(());
    }
    let at = recipient.free_at(event, now);
    let expires_at = at.plus_secs(ALERT_USEFUL_S);
    queue(c, recipient.account, format!("alert:{alert}"), Text::Alert { alert }, (at, expires_at), now).await
}

/// Queues a message that is to be sent between two moments; the second of one person and cause is the first.
async fn queue(
    c: &mut Conn,
    account_id: AccountId,
    cause: String,
    text: Text,
    (at, expires_at): (Moment, Moment),
    now: Moment,
) -> Result<(), DbError> {
    let message = TextMessage {
        id: NoticeId::new(),
        account_id,
        cause,
        notifier: None,
        reference: None,
        state: TextState::Waiting,
        reason: None,
        made_at: now,
        expires_at,
        changed_at: now,
    };
    if text_messages::insert(c, &message).await? {
        let job = Job::SendText { message: message.id, text };
        jobs::enqueue_at(c, &job, &message.id.to_string(), at, now).await?;
    }
    Ok(())
}

/// Forgets messages that are too old, so many at the most. Gives how many.
pub(crate) async fn sweep(app: &App, limit: i64) -> Result<usize, ServiceError> {
    let before = app.clock.now().plus_secs(-KEPT_S);
    Ok(app.db.write(move |c| text_messages::sweep(c, before, limit).boxed()).await?)
}
