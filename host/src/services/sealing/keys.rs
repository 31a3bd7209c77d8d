//! The database remembers with which keys something in it may be sealed: a host that lacks one does not start. Without its
//! key no device could be rung, and nobody would know before the moment.

use crate::db::{Db, DbError, sealing_keys};
use crate::domain::Moment;
use futures::FutureExt as _;

use super::Sealer;

/// Why a host may not work on this database.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Something is sealed with a key that the host was not given.
    #[error(
        "push addresses in this database are sealed with the key {0}, which this host was not given: set \
         `database.encryption_key` (or `database.previous_encryption_key`, to read them and seal no more with it) to the \
         key with which they were sealed. It is in no backup of the database; if it is lost, delete the sealed rows of \
         `push_addresses` and the row {0} of `sealing_keys`: each phone registers anew when its app is opened"
    )]
    Missing(String),
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Checks that the host can read what is sealed, and writes down with which key it seals.
///
/// # Errors
/// [`KeysError::Missing`] when something may be sealed with a key that is not among those of `sealer`.
pub async fn check(db: &Db, sealer: &Sealer, now: Moment) -> Result<(), KeysError> {
    let known: Vec<String> = sealer.keys().map(|key| key.name.clone()).collect();
    let used = sealing_keys::all(&mut db.read().await?).await?;
    if let Some(missing) = used.iter().find(|name| !known.contains(name)) {
        return Err(KeysError::Missing(missing.clone()));
    }
    if let Some(present) = sealer.present.clone().filter(|present| !used.contains(&present.name)) {
        db.write(move |c| async move { sealing_keys::put(c, &present.name, now).await }.boxed()).await?;
    }
    Ok(())
}
