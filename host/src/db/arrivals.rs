//! Arrivals: a verified webhook, and the job that is to read it, stored together before anybody thinks about them.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Integer, Text};
use diesel_async::RunQueryDsl;
use sha2::{Digest, Sha256};

use super::bodies::{self, Codec};
use super::jobs::{self, JobRow};
use super::schema::webhook_events;
use super::{Conn, DbError, on};
use crate::domain::{Moment, WebhookId, WebhookState};

/// A webhook that has just come, ready to be stored.
#[derive(Clone, Insertable)]
#[diesel(table_name = webhook_events)]
#[allow(missing_debug_implementations, reason = "it holds what was said")]
pub struct Arrival {
    /// Its id.
    pub id: WebhookId,
    provider: String,
    /// SHA-256 of the body: the same bytes are the same event.
    body_hash: Vec<u8>,
    codec: Codec,
    body: Vec<u8>,
    body_bytes: i32,
    state: WebhookState,
    received_at: Moment,
}

impl Arrival {
    /// Packs the body of a verified webhook. Long bodies keep a processor busy for a while: not on the writer thread.
    pub fn new(provider: &str, body: Vec<u8>, now: Moment) -> Self {
        let body_hash = Sha256::digest(&body).to_vec();
        let packed = bodies::pack(body);
        Self {
            id: WebhookId::new(),
            provider: provider.to_owned(),
            body_hash,
            codec: packed.codec,
            body: packed.bytes,
            body_bytes: packed.length,
            state: WebhookState::Received,
            received_at: now,
        }
    }
}

/// Stores an arrival and the job that reads it, unless the same bytes are there: for [`super::Db::write_at_once`].
pub async fn store(c: &mut Conn, arrival: &Arrival, job: &JobRow) -> Result<(), DbError> {
    if let Conn::Pg(pg) = c {
        Store { arrival, job }.execute(&mut ***pg).await?;
        return Ok(());
    }
    let rows = on!(c, c => {
        diesel::insert_into(webhook_events::table).values(arrival).on_conflict_do_nothing().execute(c).await
    })?;
    if rows == 1 {
        jobs::enqueue(c, job).await?;
    }
    Ok(())
}

/// Both in one statement, which PostgreSQL prepares once.
struct Store<'a> {
    arrival: &'a Arrival,
    job: &'a JobRow,
}

impl QueryId for Store<'_> {
    type QueryId = Store<'static>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Pg> for Store<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Self { arrival, job } = *self;
        out.push_sql(
            "WITH arrival AS ( \
                INSERT INTO webhook_events (id, provider, body_hash, codec, body, body_bytes, state, received_at) \
                VALUES (",
        );
        out.push_bind_param::<Binary, _>(&arrival.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&arrival.provider)?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, _>(&arrival.body_hash)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&arrival.codec)?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, _>(&arrival.body)?;
        out.push_sql(", ");
        out.push_bind_param::<Integer, _>(&arrival.body_bytes)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&arrival.state)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&arrival.received_at)?;
        out.push_sql(
            ") ON CONFLICT DO NOTHING RETURNING id) \
             INSERT INTO jobs (id, kind, key, payload, state, run_at, attempts, created_at) SELECT ",
        );
        out.push_bind_param::<Binary, _>(&job.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&job.kind)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&job.key)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&job.payload)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&job.state)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&job.run_at)?;
        out.push_sql(", ");
        out.push_bind_param::<Integer, _>(&job.attempts)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&job.created_at)?;
        out.push_sql(" FROM arrival ON CONFLICT DO NOTHING");
        Ok(())
    }
}
