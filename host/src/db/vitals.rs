//! Vitals: what a look from outside asks of a database before it reads anything else. The doctor walks in.

use diesel::QueryableByName;
use diesel::migration::MigrationSource;
use diesel::result::Error as DieselError;
use diesel_async::RunQueryDsl;
use diesel_migrations::EmbeddedMigrations;

use super::open::{POSTGRES, SQLITE};
use super::{Conn, DbError, on};
use crate::domain::Moment;

/// Where diesel writes down what it has run.
const JOURNAL: &str = "__diesel_schema_migrations";

/// How a database stands to the migrations of this version of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Migrated {
    /// It has them all.
    UpToDate,
    /// It lacks so many.
    Behind(usize),
    /// It has this one, which this version does not know.
    Newer(String),
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

#[derive(QueryableByName)]
struct At {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    at: i64,
}

/// How the database stands to the migrations. Runs none.
pub async fn migrated(c: &mut Conn) -> Result<Migrated, DbError> {
    let known = match c {
        Conn::Pg(_) => versions(&POSTGRES)?,
        Conn::LiteReader(_) | Conn::LiteWriter(_) => versions(&SQLITE)?,
    };
    let query = format!("SELECT version FROM {JOURNAL} ORDER BY version");
    let applied: Result<Vec<Applied>, DieselError> = on!(c, c => RunQueryDsl::load(diesel::sql_query(query), c).await);
    let applied = match applied {
        Ok(applied) => applied,
        // No version of the program has been here.
        Err(DieselError::DatabaseError(_, what)) if what.message().contains(JOURNAL) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    if let Some(newer) = applied.iter().find(|applied| !known.contains(&applied.version)) {
        return Ok(Migrated::Newer(newer.version.clone()));
    }
    let missing = known.iter().filter(|known| !applied.iter().any(|applied| applied.version == **known)).count();
    Ok(if missing == 0 { Migrated::UpToDate } else { Migrated::Behind(missing) })
}

/// What the clock of the database's own machine says; none where that is this machine.
pub async fn clock(c: &mut Conn) -> Result<Option<Moment>, DbError> {
    let Conn::Pg(pg) = c else { return Ok(None) };
    let query = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS at";
    let rows: Vec<At> = RunQueryDsl::load(diesel::sql_query(query), &mut ***pg).await?;
    Ok(rows.into_iter().next().map(|row| Moment(row.at)))
}

fn versions(migrations: &EmbeddedMigrations) -> Result<Vec<String>, DbError> {
    // They are the same whatever runs them.
    let all = MigrationSource::<diesel::sqlite::Sqlite>::migrations(migrations);
    let all = all.map_err(|error| DbError::Open(format!("migration: {error}")))?;
    Ok(all.iter().map(|migration| migration.name().version().to_string()).collect())
}
