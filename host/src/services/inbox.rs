//! The inbox, for whoever looks after it: what came, where it stands, and reading it again. The command
//! `callpanion webhooks` walks in; [`super::webhooks`] does the reading.

use futures::FutureExt;

use crate::app::App;
pub use crate::db::webhook_events::{Wanted, WebhookEvent};
use crate::db::{Db, webhook_events};
use crate::domain::{JobId, Moment, WebhookId};
use crate::services::error::ServiceError;
use crate::services::jobs::{self, Job};
use crate::services::webhooks;

/// Events that are read, or queued, together.
const EVENTS_A_PAGE: i64 = 200;

/// The newest events, the newest first.
pub async fn newest(db: &Db, wanted: Wanted, limit: i64) -> Result<Vec<WebhookEvent>, ServiceError> {
    Ok(webhook_events::newest(&mut db.read().await?, wanted, limit).await?)
}

/// Which events are gone through.
#[derive(Clone, Debug)]
pub enum Chosen {
    /// These.
    Ids(Vec<WebhookId>),
    /// All that fit.
    Wanted(Wanted),
}

/// Goes through events in the order in which they came.
#[allow(missing_debug_implementations, reason = "a connection has nothing to show")]
pub struct Walk {
    db: Db,
    chosen: Chosen,
    last: Option<(Moment, WebhookId)>,
}

impl Walk {
    /// Through these.
    pub fn new(db: &Db, chosen: Chosen) -> Self {
        Self { db: db.clone(), chosen, last: None }
    }

    /// The next of them, some hundreds at most; none at the end. [`ServiceError::NotFound`] when an id is of nothing.
    pub async fn next(&mut self) -> Result<Vec<WebhookEvent>, ServiceError> {
        let mut c = self.db.read().await?;
        let wanted = match &mut self.chosen {
            Chosen::Wanted(wanted) => *wanted,
            Chosen::Ids(ids) => {
                let mut events = Vec::with_capacity(ids.len());
                for id in std::mem::take(ids) {
                    events.push(webhook_events::find(&mut c, id).await?.ok_or(ServiceError::NotFound)?);
                }
                events.sort_by_key(|event| (event.received_at, event.id));
                return Ok(events);
            }
        };
        let page = webhook_events::page(&mut c, wanted, self.last, EVENTS_A_PAGE).await?;
        self.last = page.last().map(|event| (event.received_at, event.id)).or(self.last);
        Ok(page)
    }
}

/// Has whichever host runs on this database read events again: one short transaction, whoever else writes.
pub async fn queue_again(db: &Db, ids: Vec<WebhookId>, now: Moment) -> Result<(), ServiceError> {
    db.write(move |c| {
        async move {
            for webhook in ids {
                // Each wish is a job of its own; one that was done before does not stand in its way.
                let key = format!("{webhook}:again:{}", JobId::new());
                jobs::enqueue(c, &Job::ApplyWebhook { webhook, again: true }, &key, now).await?;
            }
            Ok(())
        }
        .boxed()
    })
    .await
}

/// Reads an event again, here and now. Returns it as it stands then.
pub async fn read_again(app: &App, id: WebhookId) -> Result<WebhookEvent, ServiceError> {
    webhooks::apply(app, id, true).await?.ok_or(ServiceError::NotFound)
}
