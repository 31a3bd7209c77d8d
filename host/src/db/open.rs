//! Opening the database: pools, the writer thread, and migrations at start.

use std::path::Path;
use std::time::Duration;

use diesel::{Connection, QueryableByName, SqliteConnection};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use futures::FutureExt;

use super::claim;
use super::conn::{Conn, Db, Engine, Lite, LitePool, Location, PgPool};
use super::error::DbError;
use super::writer::Writer;
use crate::config::{Backend, Config};

pub(super) const SQLITE: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
pub(super) const POSTGRES: EmbeddedMigrations = embed_migrations!("../migrations/postgres");

/// Held while migrations run, so that of several hosts one migrates. The number is ours alone.
const MIGRATION_LOCK: i64 = 0x0063_616c_6c70_616e;
/// So long a caller waits for a connection, or for a new one to be made.
const PG_WAIT: Duration = Duration::from_secs(10);
/// No statement, lock or forgotten transaction holds others up for longer.
const PG_LIMITS: &str = "SET statement_timeout = '10s'; SET lock_timeout = '5s'; \
    SET idle_in_transaction_session_timeout = '15s'";
/// Every statement finds its rows by an index. The planner, whose statistics are older than the full hour's rows, would
/// read a table of a hundred thousand whole for each page of a thousand.
const PG_PLANS: &str = "SET enable_seqscan = off; SET random_page_cost = 1.1; SET jit = off";
/// SQLite connections for reading: they only wait on memory, so a few serve many.
const SQLITE_READERS: usize = 4;
/// The writer holds in memory what a full hour of calls touches, and moves it from the log into the file once it is 32 MiB
/// rather than 4: pages that a spike writes again and again are moved once.
const WRITER: &str = "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
    PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8192;";
const READ_ONLY: &str = "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA mmap_size = 268435456;";

impl Db {
    /// Opens the database, makes it if there is none, and brings it up to date.
    pub async fn open(location: &Location, max_connections: usize) -> Result<Self, DbError> {
        match location {
            Location::Sqlite(path) => open_sqlite(path).await,
            Location::Postgres(url) => open_postgres(url, max_connections).await,
        }
    }
}

impl Location {
    /// Where the config says; `None` when its URL is neither of SQLite nor of PostgreSQL.
    pub fn of(config: &Config) -> Option<Self> {
        Some(match config.database.backend(&config.data_dir)? {
            Backend::Sqlite(path) => Self::Sqlite(path),
            Backend::Postgres(url) => Self::Postgres(url.reveal().to_owned()),
        })
    }

    /// A connection for a look from outside: makes no database, and brings none up to date. `None` when there is no
    /// SQLite file.
    pub async fn peek(&self) -> Result<Option<Conn>, DbError> {
        match self {
            Self::Sqlite(path) if !path.exists() => Ok(None),
            Self::Sqlite(path) => {
                let url = path.to_str().ok_or_else(|| DbError::Open("the path is not UTF-8".into()))?;
                let mut conn = Lite::establish(url).await.map_err(|error| DbError::Open(error.to_string()))?;
                conn.batch_execute(READ_ONLY).await?;
                Ok(Some(Conn::LiteWriter(Box::new(conn))))
            }
            Self::Postgres(url) => Ok(Some(Conn::Pg(Box::new(pool(url, 1)?.get().await.map_err(DbError::pool)?)))),
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<Db, DbError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| DbError::Open(format!("{}: {error}", folder.display())))?;
    }
    let url = path.to_str().ok_or_else(|| DbError::Open("the path is not UTF-8".into()))?.to_owned();
    let (migrate_url, file) = (url.clone(), path.to_owned());
    tokio::task::spawn_blocking(move || -> Result<(), DbError> {
        let mut conn = SqliteConnection::establish(&migrate_url).map_err(|error| DbError::Open(error.to_string()))?;
        diesel::connection::SimpleConnection::batch_execute(
            &mut conn,
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL;",
        )?;
        // Nobody changes the tables under a process that serves them.
        let pending =
            conn.has_pending_migration(SQLITE).map_err(|error| DbError::Open(format!("migration: {error}")))?;
        let _claim = pending.then(|| claim::lock(&file)).transpose()?;
        migrate(&mut conn, SQLITE)
    })
    .await
    .map_err(|_| DbError::Interrupted)??;

    let mut writer = Lite::establish(&url).await.map_err(|error| DbError::Open(error.to_string()))?;
    writer.batch_execute(WRITER).await?;
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(|url| {
        async move {
            let mut conn = Lite::establish(url).await?;
            conn.batch_execute(READ_ONLY).await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            Ok(conn)
        }
        .boxed()
    });
    let manager = AsyncDieselConnectionManager::<Lite>::new_with_config(url, config);
    let readers = LitePool::builder(manager).max_size(SQLITE_READERS).build().map_err(DbError::pool)?;
    Ok(Db(Engine::Lite { writer: Writer::start(writer)?, readers, path: path.into() }))
}

async fn open_postgres(url: &str, max_connections: usize) -> Result<Db, DbError> {
    let mut conn = AsyncPgConnection::establish(url)
        .await
        .map_err(|error| DbError::Open(format!("PostgreSQL at {} (`database.url`): {error}", server_of(url))))?;
    conn.batch_execute(&format!("SELECT pg_advisory_lock({MIGRATION_LOCK})")).await?;
    let (mut conn, migrated) = tokio::task::spawn_blocking(move || {
        let mut harness = AsyncMigrationHarness::new(conn);
        let migrated = migrate(&mut harness, POSTGRES);
        (harness.into_inner(), migrated)
    })
    .await
    .map_err(|_| DbError::Interrupted)?;
    conn.batch_execute(&format!("SELECT pg_advisory_unlock({MIGRATION_LOCK})")).await?;
    migrated?;
    let (work, web) = (max_connections.div_ceil(2).max(2), (max_connections / 2).max(1));
    Ok(Db(Engine::Pg { pool: pool(url, work)?, for_web: pool(url, web)? }))
}

fn pool(url: &str, max_connections: usize) -> Result<PgPool, DbError> {
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(|url| {
        async move {
            let mut conn = AsyncPgConnection::establish(url).await?;
            for settings in [PG_LIMITS, PG_PLANS] {
                conn.batch_execute(settings).await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            }
            Ok(conn)
        }
        .boxed()
    });
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(with_limits(url), config);
    PgPool::builder(manager)
        .max_size(max_connections)
        .wait_timeout(Some(PG_WAIT))
        .create_timeout(Some(PG_WAIT))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .map_err(DbError::pool)
}

/// A server that vanished without a word is given up in seconds, not in the hours of TCP's defaults.
fn with_limits(url: &str) -> String {
    let limits = [("connect_timeout", 5), ("keepalives_idle", 15), ("tcp_user_timeout", 15)];
    limits.into_iter().filter(|(key, _)| !url.contains(key)).fold(url.to_owned(), |url, (key, seconds)| {
        let joint = if url.contains('?') { '&' } else { '?' };
        format!("{url}{joint}{key}={seconds}")
    })
}

/// Host and port of a database URL, without the account and its password.
fn server_of(url: &str) -> &str {
    let server = url.split_once("://").map_or(url, |(_, rest)| rest);
    let server = server.split(['/', '?']).next().unwrap_or(server);
    server.rsplit_once('@').map_or(server, |(_, server)| server)
}

/// Runs what is pending; refuses a database that a newer version has migrated.
fn migrate<C, B>(conn: &mut C, migrations: EmbeddedMigrations) -> Result<(), DbError>
where
    C: MigrationHarness<B>,
    B: diesel::backend::Backend,
{
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| DbError::Open(format!("migration: {error}"));
    let known = diesel::migration::MigrationSource::<B>::migrations(&migrations).map_err(failed)?;
    let applied = conn.applied_migrations().map_err(failed)?;
    if let Some(newer) = applied.iter().find(|version| !known.iter().any(|known| known.name().version() == **version)) {
        return Err(DbError::Newer(newer.to_string()));
    }
    conn.run_pending_migrations(migrations).map_err(failed)?;
    Ok(())
}

/// One row of a one-number query.
#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    one: i32,
}

impl Db {
    /// Answers when the database does.
    pub async fn ping(&self) -> Result<(), DbError> {
        use diesel_async::RunQueryDsl;
        let mut conn = self.read().await?;
        let rows: Vec<One> =
            super::on!(&mut conn, c => RunQueryDsl::load(diesel::sql_query("SELECT 1 AS one"), c).await)?;
        match rows.as_slice() {
            [One { one: 1 }] => Ok(()),
            _ => Err(DbError::Unavailable("no answer to SELECT 1".into())),
        }
    }
}
