//! What can go wrong in the database room.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// An error of the database room.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The database could not be opened, or reached at start.
    #[error("the database cannot be opened: {0}")]
    Open(String),
    /// Written by a newer version of this program.
    #[error(
        "the database has the migration `{0}`, which this version does not know: it was written by a newer \
         version. Start that version, or restore the backup made before the upgrade"
    )]
    Newer(String),
    /// A SQLite file that another process serves.
    #[error(
        "another process serves the database {0}: stop that one first, or set `database.url` to a PostgreSQL \
         database, which several processes may share"
    )]
    Claimed(String),
    /// No connection to be had. A retry can help.
    #[error("no database connection: {0}")]
    Unavailable(String),
    /// The write was cut short; nothing of it was kept. A retry can help.
    #[error("the write was interrupted")]
    Interrupted,
    /// A row with the same key exists.
    #[error("already there: {0}")]
    Duplicate(String),
    /// A stored value that this version cannot read.
    #[error("unreadable value in the database: {0}")]
    Unreadable(String),
    /// Anything else.
    #[error("a query failed")]
    Query(#[source] DieselError),
}

impl DbError {
    /// An exhausted or broken pool.
    pub(crate) fn pool(error: impl std::fmt::Display) -> Self {
        Self::Unavailable(error.to_string())
    }

    /// Whether the same request may work a little later.
    pub fn retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Interrupted)
    }
}

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Duplicate(info.constraint_name().or(info.table_name()).unwrap_or("a unique key").to_owned())
            }
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            ) => Self::Unavailable("the connection was closed".into()),
            other => Self::Query(other),
        }
    }
}
