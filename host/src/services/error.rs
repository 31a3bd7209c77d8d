//! What a service may answer instead of a result.

use crate::db::DbError;
pub use crate::plugins::PluginFailure;

/// Why a service did not do what was asked. Each case is one HTTP status, and
/// each code is a key of the Fluent files (`error-<code>`).
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no such thing, or it is none of the asker's business (404).
    #[error("not found")]
    NotFound,
    /// Not signed in, or the secret is wrong or revoked (401).
    #[error("not authenticated")]
    Unauthenticated,
    /// Known, and not allowed (403).
    #[error("not allowed")]
    Forbidden,
    /// A lost race, or a step that does not fit the present state (409).
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// Expired, used up or closed (410).
    #[error("gone: {0}")]
    Gone(&'static str),
    /// A field cannot be taken as it is (422).
    #[error("invalid {field}: {code}")]
    Invalid {
        /// The field's name.
        field: &'static str,
        /// What is wrong with it.
        code: &'static str,
    },
    /// Too often (429).
    #[error("too often")]
    Throttled {
        /// Seconds until another try makes sense.
        retry_after_s: u64,
    },
    /// Someone we need does not answer (503).
    #[error("unavailable: {0}")]
    Unavailable(&'static str),
    /// The database failed.
    #[error("the database failed")]
    Db(#[source] DbError),
    /// A plugin failed.
    #[error("a plugin failed")]
    Plugin(#[source] PluginFailure),
}

impl From<DbError> for ServiceError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(_) | DbError::Interrupted => Self::Unavailable("database"),
            other => Self::Db(other),
        }
    }
}

impl From<PluginFailure> for ServiceError {
    fn from(failure: PluginFailure) -> Self {
        Self::Plugin(failure)
    }
}
