//! One piece's database, and looking into it past the host.

use std::path::PathBuf;
use std::time::Duration;

use callpanion::db::{Db, Location};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};

/// A migrated, empty database.
pub(crate) struct Store {
    place: Place,
    /// The server's own process, to see what it computes.
    postmaster: Option<u32>,
}

enum Place {
    Lite(PathBuf),
    Pg(String),
}

#[derive(diesel::QueryableByName)]
struct TextRow {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

impl Store {
    pub(crate) async fn fresh(place: &str, name: &str, postmaster: Option<u32>) -> anyhow::Result<Self> {
        let place = if place.starts_with("postgres") {
            let name = format!("bench_{name}_{}", std::process::id());
            AsyncPgConnection::establish(place).await?.batch_execute(&format!("CREATE DATABASE {name}")).await?;
            let mut url: url::Url = place.parse()?;
            url.set_path(&name);
            Place::Pg(url.into())
        } else {
            Place::Lite(PathBuf::from(place))
        };
        let store = Self { place, postmaster };
        drop(Db::open(&store.location(), 2).await?);
        Ok(store)
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.place, Place::Pg(_))
    }

    pub(crate) fn location(&self) -> Location {
        match &self.place {
            Place::Lite(path) => Location::Sqlite(path.clone()),
            Place::Pg(url) => Location::Postgres(url.clone()),
        }
    }

    /// As `database.url` has it.
    pub(crate) fn url(&self) -> String {
        match &self.place {
            Place::Lite(path) => format!("sqlite:{}", path.display()),
            Place::Pg(url) => url.clone(),
        }
    }

    pub(crate) async fn execute(&self, sql: &str) -> anyhow::Result<()> {
        match &self.place {
            Place::Lite(_) => self.lite()?.batch_execute(sql)?,
            Place::Pg(url) => AsyncPgConnection::establish(url).await?.batch_execute(sql).await?,
        }
        Ok(())
    }

    /// The column `text` of every row of a query.
    pub(crate) async fn texts(&self, sql: &str) -> anyhow::Result<Vec<String>> {
        let rows: Vec<TextRow> = match &self.place {
            Place::Lite(_) => diesel::RunQueryDsl::load(diesel::sql_query(sql), &mut self.lite()?)?,
            Place::Pg(url) => {
                let mut connection = AsyncPgConnection::establish(url).await?;
                diesel_async::RunQueryDsl::load(diesel::sql_query(sql), &mut connection).await?
            }
        };
        Ok(rows.into_iter().map(|row| row.text).collect())
    }

    /// The one number that `expression` gives.
    pub(crate) async fn number(&self, expression: &str) -> anyhow::Result<f64> {
        let texts = self.texts(&format!("SELECT CAST(({expression}) AS TEXT) AS text")).await?;
        Ok(texts.first().map(String::as_str).unwrap_or_default().parse()?)
    }

    /// A SQLite connection as durable as the host's.
    pub(crate) fn lite(&self) -> anyhow::Result<SqliteConnection> {
        let Place::Lite(path) = &self.place else { anyhow::bail!("this is PostgreSQL") };
        let mut connection = SqliteConnection::establish(&path.display().to_string())?;
        connection.batch_execute("PRAGMA busy_timeout = 60000; PRAGMA synchronous = FULL;")?;
        Ok(connection)
    }

    /// How many bytes the database takes.
    pub(crate) async fn bytes(&self) -> anyhow::Result<f64> {
        match self.place {
            Place::Lite(_) => {
                self.number("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()").await
            }
            Place::Pg(_) => self.number("SELECT pg_database_size(current_database())").await,
        }
    }

    /// After a load: statistics are there, and nothing of it is left to be written.
    pub(crate) async fn settle(&self) -> anyhow::Result<()> {
        match self.place {
            Place::Lite(_) => self.execute("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE);").await,
            Place::Pg(_) => {
                // As after days: what autovacuum would do under the measurement is done.
                self.execute("VACUUM ANALYZE").await?;
                self.execute("CHECKPOINT").await
            }
        }
    }

    /// What the database has computed: PostgreSQL's server, or the host's thread in which SQLite writes. `None` of a server
    /// that was there before.
    pub(crate) fn engine_cpu(&self) -> Option<Duration> {
        match self.place {
            Place::Lite(_) => writer_cpu(),
            Place::Pg(_) => server_cpu(self.postmaster?),
        }
    }
}

/// Of this process's thread `sqlite-writer`.
fn writer_cpu() -> Option<Duration> {
    let mut computed = Duration::ZERO;
    for thread in std::fs::read_dir("/proc/self/task").ok()?.flatten() {
        let read = |file| std::fs::read_to_string(thread.path().join(file)).unwrap_or_default();
        if read("comm").trim() == "sqlite-writer" {
            let nanos = read("schedstat").split(' ').next().and_then(|nanos| nanos.parse().ok());
            computed += Duration::from_nanos(nanos.unwrap_or(0));
        }
    }
    Some(computed)
}

/// Of a server and its children.
fn server_cpu(postmaster: u32) -> Option<Duration> {
    let mut ticks = 0;
    for process in std::fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = std::fs::read_to_string(process.path().join("stat")) else { continue };
        let Some((_, rest)) = stat.rsplit_once(") ") else { continue };
        let fields: Vec<u64> = rest.split(' ').skip(1).map(|field| field.parse().unwrap_or(0)).collect();
        // After state: ppid at 0; utime, stime, cutime, cstime at 10 to 13. Children that ended are the parent's.
        let of = |range: std::ops::RangeInclusive<usize>| fields.get(range).map_or(0, |part| part.iter().sum::<u64>());
        if pid == postmaster {
            ticks += of(10..=13);
        } else if fields.first() == Some(&u64::from(postmaster)) {
            ticks += of(10..=11);
        }
    }
    // Linux counts in hundredths of a second.
    Some(Duration::from_millis(ticks * 10))
}
