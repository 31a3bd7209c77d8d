//! Webhook events: each verified inbound webhook, stored before it is thought about.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::bodies::{self, Codec, Packed};
use super::schema::webhook_events;
use super::{Conn, DbError, on};
use crate::domain::{CallId, Moment, WebhookId, WebhookState};

/// One stored inbound webhook, without what it says.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = webhook_events, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct WebhookEvent {
    /// Its id.
    pub id: WebhookId,
    /// The provider plugin that it came for.
    pub provider: String,
    /// Where it stands.
    pub state: WebhookState,
    /// What it is, once read.
    pub event: Option<String>,
    /// The conversation that it speaks of, once read.
    pub provider_ref: Option<String>,
    /// The call that has it.
    pub call_id: Option<CallId>,
    /// Why it stands where it stands.
    pub note: Option<String>,
    /// When it came.
    pub received_at: Moment,
    /// When it was read.
    pub settled_at: Option<Moment>,
    /// The length of its body, as it came.
    pub body_bytes: i32,
}

/// Where an event stands after it was read.
#[derive(Clone, Debug, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = webhook_events, treat_none_as_null = true)]
pub struct Settled {
    /// See [`WebhookEvent::state`].
    pub state: WebhookState,
    /// See [`WebhookEvent::event`].
    pub event: Option<String>,
    /// See [`WebhookEvent::provider_ref`].
    pub provider_ref: Option<String>,
    /// See [`WebhookEvent::call_id`].
    pub call_id: Option<CallId>,
    /// See [`WebhookEvent::note`].
    pub note: Option<String>,
}

impl WebhookEvent {
    /// The same, as it stands after it was read.
    #[must_use]
    pub fn standing(self, settled: Settled) -> Self {
        let Settled { state, event, provider_ref, call_id, note } = settled;
        Self { state, event, provider_ref, call_id, note, ..self }
    }

    /// Where it stands.
    pub fn settled(&self) -> Settled {
        Settled {
            state: self.state,
            event: self.event.clone(),
            provider_ref: self.provider_ref.clone(),
            call_id: self.call_id,
            note: self.note.clone(),
        }
    }
}

/// An event by its id.
pub async fn find(c: &mut Conn, id: WebhookId) -> Result<Option<WebhookEvent>, DbError> {
    Ok(on!(c, c => webhook_events::table.find(id).select(WebhookEvent::as_select()).first(c).await.optional())?)
}

/// The body of an event as it came.
pub async fn body(c: &mut Conn, id: WebhookId) -> Result<Option<Vec<u8>>, DbError> {
    let row: Option<(Codec, Vec<u8>, i32)> = on!(c, c => {
        webhook_events::table
            .find(id)
            .select((webhook_events::codec, webhook_events::body, webhook_events::body_bytes))
            .first(c)
            .await
            .optional()
    })?;
    row.map(|(codec, bytes, length)| bodies::unpack(Packed { codec, bytes, length })).transpose()
}

/// Writes where an event stands.
pub async fn settle(c: &mut Conn, id: WebhookId, settled: &Settled, now: Moment) -> Result<(), DbError> {
    on!(c, c => {
        diesel::update(webhook_events::table.find(id))
            .set((settled, webhook_events::settled_at.eq(Some(now))))
            .execute(c)
            .await
    })?;
    Ok(())
}

/// Parks an event that could not be read, with the reason. One that a call has, or that is of no use, stays as it is.
pub async fn park(c: &mut Conn, id: WebhookId, note: &str, now: Moment) -> Result<(), DbError> {
    on!(c, c => {
        diesel::update(
            webhook_events::table
                .find(id)
                .filter(webhook_events::state.eq_any([WebhookState::Received, WebhookState::Parked])),
        )
        .set((
            webhook_events::state.eq(WebhookState::Parked),
            webhook_events::note.eq(note),
            webhook_events::settled_at.eq(Some(now)),
        ))
        .execute(c)
        .await
    })?;
    Ok(())
}

/// Which events are wanted, the oldest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Only those that stand here.
    pub state: Option<WebhookState>,
    /// Only those that came at this moment or later.
    pub since: Option<Moment>,
}

/// A page of events, the oldest first, after the one at which the page before ended.
pub async fn page(
    c: &mut Conn,
    wanted: Wanted,
    after: Option<(Moment, WebhookId)>,
    limit: i64,
) -> Result<Vec<WebhookEvent>, DbError> {
    Ok(on!(c, c => {
        let mut query = webhook_events::table.into_boxed();
        if let Some(state) = wanted.state {
            query = query.filter(webhook_events::state.eq(state));
        }
        if let Some(since) = wanted.since {
            query = query.filter(webhook_events::received_at.ge(since));
        }
        if let Some((at, id)) = after {
            query = query.filter(
                webhook_events::received_at
                    .gt(at)
                    .or(webhook_events::received_at.eq(at).and(webhook_events::id.gt(id))),
            );
        }
        query
            .order((webhook_events::received_at, webhook_events::id))
            .limit(limit)
            .select(WebhookEvent::as_select())
            .load(c)
            .await
    })?)
}

/// The newest events, the newest first.
pub async fn newest(c: &mut Conn, wanted: Wanted, limit: i64) -> Result<Vec<WebhookEvent>, DbError> {
    Ok(on!(c, c => {
        let mut query = webhook_events::table.into_boxed();
        if let Some(state) = wanted.state {
            query = query.filter(webhook_events::state.eq(state));
        }
        if let Some(since) = wanted.since {
            query = query.filter(webhook_events::received_at.ge(since));
        }
        query
            .order((webhook_events::received_at.desc(), webhook_events::id.desc()))
            .limit(limit)
            .select(WebhookEvent::as_select())
            .load(c)
            .await
    })?)
}

/// Whether an event of a provider came at a moment or after it.
pub async fn has_come_since(c: &mut Conn, provider: &str, moment: Moment) -> Result<bool, DbError> {
    let found: Option<WebhookId> = on!(c, c => {
        webhook_events::table
            .filter(webhook_events::received_at.ge(moment))
            // With nothing behind it, so that SQLite goes by the moment, and not by an index that begins with the provider.
            .filter(webhook_events::provider.concat("").eq(provider))
            .order(webhook_events::received_at.desc())
            .select(webhook_events::id)
            .first(c)
            .await
            .optional()
    })?;
    Ok(found.is_some())
}

/// The newest parked events, the newest first.
pub async fn parked(c: &mut Conn, limit: i64) -> Result<Vec<WebhookEvent>, DbError> {
    newest(c, Wanted { state: Some(WebhookState::Parked), since: None }, limit).await
}

/// Parked events of one conversation, which may now have a call.
pub async fn parked_of(c: &mut Conn, provider: &str, provider_ref: &str) -> Result<Vec<WebhookId>, DbError> {
    Ok(on!(c, c => {
        webhook_events::table
            // By the index of what is parked, which is little. With nothing behind the provider, so that SQLite does not go
            // by the index that begins with it, and read the whole inbox.
            .filter(webhook_events::state.eq(WebhookState::Parked))
            .filter(webhook_events::received_at.ge(Moment(0)))
            .filter(webhook_events::provider.concat("").eq(provider))
            .filter(webhook_events::provider_ref.eq(provider_ref))
            .select(webhook_events::id)
            .load(c)
            .await
    })?)
}

/// Forgets parked events that came before a moment.
pub async fn sweep_parked(c: &mut Conn, before: Moment) -> Result<usize, DbError> {
    Ok(on!(c, c => {
        diesel::delete(
            webhook_events::table
                .filter(webhook_events::state.eq(WebhookState::Parked))
                .filter(webhook_events::received_at.lt(before)),
        )
        .execute(c)
        .await
    })?)
}
