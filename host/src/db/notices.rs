//! Notices between hosts that share one PostgreSQL: which family's pages should ask again.
//!
//! `NOTIFY` is a courtesy and not a promise: a notice that is lost makes a page late, never wrong.

use diesel::sql_types::{Array, Text};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures::StreamExt;

use super::conn::Engine;
use super::{Conn, Db, DbError};

const CHANNEL: &str = "callpanion_changed";

impl Db {
    /// Tells the other hosts, all of it at once. Nothing to do on SQLite, where there are none.
    pub async fn notify(&self, notices: &[String]) -> Result<(), DbError> {
        if !self.is_shared() || notices.is_empty() {
            return Ok(());
        }
        let Conn::Pg(mut pg) = self.read().await? else { return Ok(()) };
        diesel::sql_query("SELECT pg_notify($1, notice) FROM unnest($2) AS notice")
            .bind::<Text, _>(CHANNEL)
            .bind::<Array<Text>, _>(notices)
            .execute(&mut **pg)
            .await?;
        Ok(())
    }

    /// Hears the notices of every host, this one's included, until the
    /// connection ends; says when it has begun to. Answers at once on SQLite.
    pub async fn hear(
        &self,
        on_begin: impl FnOnce() + Send,
        mut on_notice: impl FnMut(&str) + Send,
    ) -> Result<(), DbError> {
        let Engine::Pg { pool, .. } = &self.0 else { return Ok(()) };
        // A connection of its own: one that has listened must not go back to the pool.
        let mut connection = deadpool::managed::Object::take(pool.get().await.map_err(DbError::pool)?);
        connection.batch_execute(&format!("LISTEN {CHANNEL}")).await?;
        on_begin();
        let mut notices = std::pin::pin!(connection.notifications_stream());
        while let Some(notice) = notices.next().await {
            on_notice(&notice?.payload);
        }
        Ok(())
    }
}
