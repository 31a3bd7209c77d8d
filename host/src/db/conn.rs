//! Connections: one `Db` over two engines, and how work gets to them.
//!
//! Query bodies are written once and compiled for each engine by the [`on!`]
//! macro. SQLite writes go through one writer thread with group commit
//! ([`super::writer`]); PostgreSQL writes run on a task of their own, so that a
//! dropped request can never leave a transaction open.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use deadpool::managed::Object;
use diesel::SqliteConnection;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::sync_connection_wrapper::{SpawnBlocking, SyncConnectionWrapper};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};
use futures::future::{BoxFuture, FutureExt};

use super::error::DbError;
use super::writer::Writer;

/// A SQLite connection that runs its queries in place: they take microseconds,
/// less than a hand-over to another thread.
pub type Lite = SyncConnectionWrapper<SqliteConnection, InPlace>;
pub(crate) type PgPool = deadpool::managed::Pool<AsyncDieselConnectionManager<AsyncPgConnection>>;
pub(crate) type LitePool = deadpool::managed::Pool<AsyncDieselConnectionManager<Lite>>;

/// Runs a "blocking" closure where it stands.
#[derive(Debug)]
pub struct InPlace;

impl SpawnBlocking for InPlace {
    fn spawn_blocking<'a, R>(
        &mut self,
        task: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Box<dyn std::error::Error + Send + Sync + 'static>>>
    where
        R: Send + 'static,
    {
        std::future::ready(Ok(task())).boxed()
    }

    fn get_runtime() -> Self {
        Self
    }
}

/// A connection of either engine, for one read or within one transaction.
#[allow(missing_debug_implementations, reason = "connections have nothing to show")]
pub enum Conn {
    /// PostgreSQL.
    Pg(Box<Object<AsyncDieselConnectionManager<AsyncPgConnection>>>),
    /// SQLite, for reading.
    LiteReader(Object<AsyncDieselConnectionManager<Lite>>),
    /// SQLite, on the writer thread.
    LiteWriter(Box<Lite>),
}

impl Conn {
    /// For the rest of the transaction, a lock that somebody else keeps is given up after a fifth of a second. SQLite has
    /// one writer, and no locks.
    pub(crate) async fn wait_briefly_for_locks(&mut self) -> Result<(), DbError> {
        if let Self::Pg(pg) = self {
            diesel_async::SimpleAsyncConnection::batch_execute(&mut ***pg, "SET LOCAL lock_timeout = '200ms'").await?;
        }
        Ok(())
    }
}

/// Runs one query body on whichever engine `$conn` is.
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Pg(inner) => {
                let $c: &mut diesel_async::AsyncPgConnection = &mut **inner;
                $body
            }
            $crate::db::Conn::LiteReader(inner) => {
                let $c: &mut $crate::db::conn::Lite = &mut *inner;
                $body
            }
            $crate::db::Conn::LiteWriter(inner) => {
                let $c: &mut $crate::db::conn::Lite = &mut *inner;
                $body
            }
        }
    };
}
pub(crate) use on;

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL URL.
    Postgres(String),
}

/// The database. Cheap to clone.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "connections have nothing to show")]
pub struct Db(pub(super) Engine);

#[derive(Clone)]
pub(super) enum Engine {
    Pg { pool: PgPool, for_web: PgPool },
    Lite { writer: Writer, readers: LitePool, path: Arc<Path> },
}

impl Db {
    /// A connection to read with. Give it back soon: there are few.
    pub async fn read(&self) -> Result<Conn, DbError> {
        Ok(match &self.0 {
            Engine::Pg { pool, .. } => Conn::Pg(Box::new(pool.get().await.map_err(DbError::pool)?)),
            Engine::Lite { readers, .. } => Conn::LiteReader(readers.get().await.map_err(DbError::pool)?),
        })
    }

    /// Runs `work` in one transaction: all of it is kept, or nothing when it
    /// returns an error. `work` must await nothing but the connection.
    ///
    /// The transaction finishes even when the caller's future is dropped.
    pub async fn write<R, E, F>(&self, work: F) -> Result<R, E>
    where
        F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<R, E>> + Send + 'static,
        R: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0 {
            Engine::Lite { writer, .. } => writer.run(work).await,
            Engine::Pg { pool, .. } => {
                to_its_end(pool, |mut conn| async move { in_transaction(&mut conn, work).await }).await
            }
        }
    }

    /// The same for `work` that is one statement on PostgreSQL, and so a transaction by itself: it is spared the two
    /// statements around it.
    pub async fn write_at_once<R, E, F>(&self, work: F) -> Result<R, E>
    where
        F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<R, E>> + Send + 'static,
        R: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.0 {
            Engine::Lite { writer, .. } => writer.run(work).await,
            Engine::Pg { pool, .. } => to_its_end(pool, |mut conn| async move { work(&mut conn).await }).await,
        }
    }

    /// The same database for the web door: a connection of PostgreSQL belongs to the threads that opened it, and pages
    /// must not wait for those that ring.
    #[must_use]
    pub fn for_web(&self) -> Self {
        Self(match &self.0 {
            Engine::Pg { for_web, .. } => Engine::Pg { pool: for_web.clone(), for_web: for_web.clone() },
            lite @ Engine::Lite { .. } => lite.clone(),
        })
    }

    /// True on PostgreSQL, where several hosts may share the database.
    pub fn is_shared(&self) -> bool {
        matches!(self.0, Engine::Pg { .. })
    }
}

/// Runs `work` on a task of its own: it ends even when whoever wanted it has gone.
async fn to_its_end<R, E, W>(pool: &PgPool, work: impl FnOnce(Conn) -> W + Send + 'static) -> Result<R, E>
where
    W: Future<Output = Result<R, E>> + Send,
    R: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    let pool = pool.clone();
    #[expect(clippy::disallowed_methods, reason = "it is awaited here; a dropped caller must not cut it short")]
    let task = tokio::spawn(async move { work(Conn::Pg(Box::new(pool.get().await.map_err(DbError::pool)?))).await });
    task.await.unwrap_or_else(|_| Err(DbError::Interrupted.into()))
}

async fn in_transaction<R, E, F>(conn: &mut Conn, work: F) -> Result<R, E>
where
    F: for<'c> FnOnce(&'c mut Conn) -> BoxFuture<'c, Result<R, E>>,
    E: From<DbError>,
{
    pg(conn, Step::Begin).await.map_err(DbError::from)?;
    match work(conn).await {
        Ok(result) => {
            pg(conn, Step::Commit).await.map_err(DbError::from)?;
            Ok(result)
        }
        Err(error) => {
            // The error of the work tells more than that of the rollback; a
            // connection that is still in a transaction never re-enters the pool.
            let _rolled_back = pg(conn, Step::Rollback).await;
            Err(error)
        }
    }
}

enum Step {
    Begin,
    Commit,
    Rollback,
}

async fn pg(conn: &mut Conn, step: Step) -> diesel::QueryResult<()> {
    let Conn::Pg(pg) = conn else { return Ok(()) };
    match step {
        Step::Begin => AnsiTransactionManager::begin_transaction(&mut ***pg).await,
        Step::Commit => AnsiTransactionManager::commit_transaction(&mut ***pg).await,
        Step::Rollback => AnsiTransactionManager::rollback_transaction(&mut ***pg).await,
    }
}
