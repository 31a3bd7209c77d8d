//! The claim: a SQLite file is served by one process, and a second one is refused.
//!
//! The lock is the operating system's and ends with the process, however it ends.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::conn::Engine;
use super::{Db, DbError};

/// Held as long as the process serves the database.
#[derive(Debug)]
pub struct Claim {
    _file: Option<File>,
}

impl Db {
    /// Claims the database for this process. On PostgreSQL any number may serve.
    pub fn claim(&self) -> Result<Claim, DbError> {
        match &self.0 {
            Engine::Pg { .. } => Ok(Claim { _file: None }),
            Engine::Lite { path, .. } => lock(path).map(|file| Claim { _file: Some(file) }),
        }
    }
}

pub(super) fn lock(database: &Path) -> Result<File, DbError> {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let failed = |error: std::io::Error| DbError::Open(format!("{}: {error}", Path::new(&path).display()));
    let file = File::options().create(true).write(true).truncate(false).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DbError::Claimed(database.display().to_string())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}
