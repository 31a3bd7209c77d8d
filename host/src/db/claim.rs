//! The claim: a SQLite file is served by one process, and a second one is refused.
//!
//! The lock is the operating system's and ends with the process, however it ends.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::conn::Engine;
use super::{Db, DbError};

/// Held as long as the process serves the database.
#[derive(Debug)]
pub struct Claim(Option<File>);

/// A child that is being started has a copy of every open file until it runs its own program, and a lock lives as long
/// as any copy: closing ours would not end it.
impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(file) = &self.0
            && let Err(error) = file.unlock()
        {
            tracing::warn!(%error, "the lock of the database could not be given back; it ends with the process");
        }
    }
}

impl Db {
    /// Claims the database for this process. On PostgreSQL any number may serve.
    pub fn claim(&self) -> Result<Claim, DbError> {
        match &self.0 {
            Engine::Pg { .. } => Ok(Claim(None)),
            Engine::Lite { path, .. } => lock(path),
        }
    }
}

pub(super) fn lock(database: &Path) -> Result<Claim, DbError> {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let failed = |error: std::io::Error| DbError::Open(format!("{}: {error}", Path::new(&path).display()));
    let file = File::options().create(true).write(true).truncate(false).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Claim(Some(file))),
        Err(TryLockError::WouldBlock) => Err(DbError::Claimed(database.display().to_string())),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claim_ends_when_it_is_given_back_though_a_child_has_a_copy_of_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("callpanion.db");
        let claim = lock(&database).unwrap();
        let copy = claim.0.as_ref().unwrap().try_clone().unwrap();
        assert!(matches!(lock(&database), Err(DbError::Claimed(_))));
        drop(claim);
        lock(&database).unwrap();
        drop(copy);
    }
}
