//! A database of its own for each test, copied from one migrated template.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use callpanion::db::{Db, Location};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use url::Url;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// The server that `tests/run` starts.
    Postgres,
}

/// One test's database.
#[derive(Debug)]
pub enum Database {
    /// A file in a folder that goes with it.
    Sqlite(TempDir),
    /// A database on the server, dropped by [`Database::end`].
    Postgres {
        /// Its name.
        name: String,
    },
}

#[derive(diesel::QueryableByName)]
struct TextRow {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

static SQLITE_TEMPLATE: OnceCell<PathBuf> = OnceCell::const_new();
static POSTGRES_TEMPLATE: OnceCell<String> = OnceCell::const_new();
static COUNT: AtomicUsize = AtomicUsize::new(0);

impl Database {
    /// A migrated, empty database.
    pub async fn fresh(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let template = SQLITE_TEMPLATE.get_or_init(sqlite_template).await;
                let folder = tempfile::Builder::new().prefix("callpanion-it-").tempdir().unwrap();
                std::fs::copy(template, folder.path().join("it.sqlite")).unwrap();
                Self::Sqlite(folder)
            }
            Engine::Postgres => {
                let template = POSTGRES_TEMPLATE.get_or_init(postgres_template).await;
                let name = new_name("it");
                admin(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
                Self::Postgres { name }
            }
        }
    }

    /// The same without tables: for tests of migrations.
    pub async fn empty(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite(tempfile::Builder::new().prefix("callpanion-it-").tempdir().unwrap()),
            Engine::Postgres => {
                let name = new_name("it");
                admin(&format!("CREATE DATABASE {name}")).await;
                Self::Postgres { name }
            }
        }
    }

    /// As `database.url` has it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", sqlite_file(folder.path()).display()),
            Self::Postgres { name } => postgres_url(name),
        }
    }

    /// As the database room wants it.
    pub fn location(&self) -> Location {
        match self {
            Self::Sqlite(folder) => Location::Sqlite(sqlite_file(folder.path())),
            Self::Postgres { name } => Location::Postgres(postgres_url(name)),
        }
    }

    /// Runs SQL that gives no rows back, past the host.
    pub async fn execute(&self, sql: &str) {
        match self {
            Self::Sqlite(folder) => {
                let file = sqlite_file(folder.path());
                let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                connection.batch_execute("PRAGMA busy_timeout = 5000;").unwrap();
                connection.batch_execute(sql).unwrap();
            }
            Self::Postgres { name } => {
                let mut connection = AsyncPgConnection::establish(&postgres_url(name)).await.unwrap();
                connection.batch_execute(sql).await.unwrap();
            }
        }
    }

    /// The column `text` of every row of a query.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let rows: Vec<TextRow> = match self {
            Self::Sqlite(folder) => {
                let file = sqlite_file(folder.path());
                let mut connection = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
                connection.batch_execute("PRAGMA busy_timeout = 5000;").unwrap();
                diesel::RunQueryDsl::load(diesel::sql_query(sql), &mut connection).unwrap()
            }
            Self::Postgres { name } => {
                let mut connection = AsyncPgConnection::establish(&postgres_url(name)).await.unwrap();
                diesel_async::RunQueryDsl::load(diesel::sql_query(sql), &mut connection).await.unwrap()
            }
        };
        rows.into_iter().map(|row| row.text).collect()
    }

    /// How many rows a table has: `FROM` and whatever follows.
    pub async fn count(&self, from: &str) -> usize {
        self.texts(&format!("SELECT CAST(count(*) AS TEXT) AS text FROM {from}")).await[0].parse().unwrap()
    }

    /// Drops it, whoever is still connected.
    pub async fn end(&self) {
        if let Self::Postgres { name } = self {
            admin(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

/// Every row of every table but those, in one order: to see whether anything has changed at all.
pub async fn dump(database: &Database, but: &[&str]) -> BTreeMap<String, Vec<String>> {
    let tables = match database {
        Database::Sqlite(_) => {
            "SELECT name AS text FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        }
        Database::Postgres { .. } => {
            "SELECT table_name::text AS text FROM information_schema.tables WHERE table_schema = 'public'"
        }
    };
    let mut found = BTreeMap::new();
    for table in database.texts(tables).await.into_iter().filter(|table| !but.contains(&table.as_str())) {
        let rows = match database {
            Database::Sqlite(_) => {
                let columns = database.texts(&format!("SELECT name AS text FROM pragma_table_info('{table}')")).await;
                let row =
                    columns.iter().map(|name| format!("quote(\"{name}\")")).collect::<Vec<_>>().join(" || ' ' || ");
                format!("SELECT {row} AS text FROM {table} ORDER BY 1")
            }
            Database::Postgres { .. } => format!("SELECT one::text AS text FROM {table} AS one ORDER BY 1"),
        };
        let rows = database.texts(&rows).await;
        found.insert(table, rows);
    }
    assert!(found.len() > 15, "the tables were found: {:?}", found.keys());
    found
}

fn sqlite_file(folder: &Path) -> PathBuf {
    folder.join("it.sqlite")
}

fn new_name(what: &str) -> String {
    format!("callpanion_{what}_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

#[expect(clippy::disallowed_methods, reason = "this is the tests' own setting, not one of the host's")]
fn server() -> String {
    std::env::var("CALLPANION_TEST_POSTGRES")
        .expect("no PostgreSQL to test on: run tests/run, which starts one and sets CALLPANION_TEST_POSTGRES")
}

fn postgres_url(database: &str) -> String {
    let mut url: Url = server().parse().unwrap();
    url.set_path(database);
    url.into()
}

async fn admin(sql: &str) {
    let mut connection = AsyncPgConnection::establish(&server()).await.unwrap();
    connection.batch_execute(sql).await.unwrap();
}

async fn sqlite_template() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (migrated, packed) = (folder.join(new_name("migrated")), folder.join(new_name("packed")));
    drop(Db::open(&Location::Sqlite(migrated.clone()), 1).await.unwrap());
    let mut connection = SqliteConnection::establish(migrated.to_str().unwrap()).unwrap();
    connection.batch_execute(&format!("PRAGMA busy_timeout = 5000; VACUUM INTO '{}';", packed.display())).unwrap();
    drop(connection);
    for leftover in ["", "-wal", "-shm"] {
        let _gone_already = std::fs::remove_file(format!("{}{leftover}", migrated.display()));
    }
    // Another run of the tests may be at the same place: whoever is last wins, and both are right.
    let template = folder.join("template.sqlite");
    std::fs::rename(packed, &template).unwrap();
    template
}

async fn postgres_template() -> String {
    let name = new_name("template");
    admin(&format!("CREATE DATABASE {name}")).await;
    drop(Db::open(&Location::Postgres(postgres_url(&name)), 2).await.unwrap());
    // A template may have no connections, and those of the closed pool take a moment to go.
    admin(&format!(
        "ALTER DATABASE {name} ALLOW_CONNECTIONS false;
         SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}';"
    ))
    .await;
    name
}
