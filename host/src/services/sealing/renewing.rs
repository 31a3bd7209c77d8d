//! Brings everything that can be sealed to the form in which it would be stored now: after a key was given, changed or
//! taken away. `callpanion seal` calls it, beside running hosts or without them.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::FutureExt as _;

use super::keys::{self, KeysError};
use super::{Kind, Sealer, key_of};
use crate::db::stored_addresses::{self, Place};
use crate::db::{Db, DbError, installation_keys, pairings};
use crate::domain::Moment;
use crate::services::devices::ADDRESS_BYTES;

/// Rows in one transaction.
const PAGE: i64 = 500;

/// How much was brought to its present form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renewed {
    /// Push addresses of devices, and of the browsers in which people want to be told.
    pub push_addresses: usize,
    /// Those that rings keep.
    pub ring_attempts: usize,
    /// Live pairing codes, which are worth nothing now: they live for minutes, and a family asks for another.
    pub pairing_codes: usize,
    /// Keys that are the installation's own.
    pub installation_keys: usize,
    /// What can be read with neither key, or is no address, and stays as it is.
    pub unreadable: usize,
}

/// Seals what is plain or sealed with the previous key; opens it when there is no present key.
///
/// Hosts may run meanwhile: all that they write has this form already. Afterwards the previous key is needed no longer,
/// unless something was unreadable. `lease` is how long a host may give no sign of life.
///
/// # Errors
/// [`KeysError::Unlike`] when a host runs, or began meanwhile, that seals otherwise: what was done so far stays done.
pub async fn renew(db: &Db, sealer: &Sealer, lease: Duration, now: Moment) -> Result<Renewed, KeysError> {
    let others = keys::agree(db, sealer, lease, now).await?;
    let (mut renewed, mut kept_names) = (Renewed::default(), BTreeSet::from_iter(sealer.names().0));
    renewed.pairing_codes = db.write(move |c| pairings::close_all(c, now).boxed()).await?;
    for place in [Place::PushAddresses, Place::RingAttempts, Place::NoticeBrowsers] {
        let mut after = Vec::new();
        loop {
            let page = stored_addresses::page(&mut db.read().await?, place, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id.clone();
            let mut changes = Vec::new();
            for row in page.into_iter().filter(|row| !sealer.is_present(&row.address)) {
                match sealer.open(Kind::PushAddress, &row.address) {
                    Ok(plain) if plain.len() <= ADDRESS_BYTES => {
                        changes.push((row.id, row.address, sealer.seal(Kind::PushAddress, &plain)));
                    }
                    _ => {
                        renewed.unreadable += 1;
                        kept_names.extend(key_of(&row.address).map(str::to_owned));
                    }
                }
            }
            let count = match place {
                Place::PushAddresses | Place::NoticeBrowsers => &mut renewed.push_addresses,
                Place::RingAttempts => &mut renewed.ring_attempts,
            };
            *count +=
                db.write(move |c| async move { stored_addresses::replace(c, place, &changes).await }.boxed()).await?;
        }
    }
    let web_push = installation_keys::find(&mut db.read().await?, installation_keys::WEB_PUSH).await?;
    if let Some(old) = web_push.filter(|kept| !sealer.is_present(kept)) {
        if let Ok(plain) = sealer.open(Kind::InstallationKey, &old) {
            let new = sealer.seal(Kind::InstallationKey, &plain);
            renewed.installation_keys = replace_web_push_key(db, old, new).await?;
        } else {
            renewed.unreadable += 1;
            kept_names.extend(key_of(&old).map(str::to_owned));
        }
    }
    keys::keep_only(db, sealer, others, kept_names.into_iter().collect()).await?;
    Ok(renewed)
}

async fn replace_web_push_key(db: &Db, old: String, new: String) -> Result<usize, DbError> {
    let name = installation_keys::WEB_PUSH;
    db.write(move |c| async move { installation_keys::replace(c, name, &old, &new).await }.boxed()).await
}
