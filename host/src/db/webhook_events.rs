//! Webhook events: each verified inbound webhook, stored before it is thought about.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::schema::webhook_events;
use super::{Conn, DbError, on};
use crate::domain::{CallId, Moment, WebhookId, WebhookState};

/// One stored inbound webhook.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_events, check_for_backend(diesel::pg::Pg, diesel::sqlite::Sqlite))]
pub struct WebhookEvent {
    /// Its id.
    pub id: WebhookId,
    /// The provider plugin that it came for.
    pub provider: String,
    /// SHA-256 of the body: the same bytes are the same event.
    pub body_hash: Vec<u8>,
    /// The bytes as they came.
    pub body: Vec<u8>,
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
}

/// Where an event stands after it was read.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = webhook_events)]
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
    /// See [`WebhookEvent::settled_at`].
    pub settled_at: Option<Moment>,
}

/// Stores an event, unless the same bytes are there. True when it is new.
pub async fn add(c: &mut Conn, event: &WebhookEvent) -> Result<bool, DbError> {
    let rows = on!(c, c => {
        diesel::insert_into(webhook_events::table).values(event).on_conflict_do_nothing().execute(c).await
    })?;
    Ok(rows == 1)
}

/// An event by its id.
pub async fn find(c: &mut Conn, id: WebhookId) -> Result<Option<WebhookEvent>, DbError> {
    Ok(on!(c, c => webhook_events::table.find(id).select(WebhookEvent::as_select()).first(c).await.optional())?)
}

/// Writes where an event stands.
pub async fn settle(c: &mut Conn, id: WebhookId, settled: &Settled) -> Result<(), DbError> {
    on!(c, c => diesel::update(webhook_events::table.find(id)).set(settled).execute(c).await)?;
    Ok(())
}

/// Parked events, newest first.
pub async fn parked(c: &mut Conn, limit: i64) -> Result<Vec<WebhookEvent>, DbError> {
    Ok(on!(c, c => {
        webhook_events::table
            .filter(webhook_events::state.eq(WebhookState::Parked))
            .order(webhook_events::received_at.desc())
            .limit(limit)
            .select(WebhookEvent::as_select())
            .load(c)
            .await
    })?)
}

/// Parked events of one conversation, which may now have a call.
pub async fn parked_of(c: &mut Conn, provider: &str, provider_ref: &str) -> Result<Vec<WebhookId>, DbError> {
    Ok(on!(c, c => {
        webhook_events::table
            .filter(webhook_events::state.eq(WebhookState::Parked))
            .filter(webhook_events::provider.eq(provider))
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
