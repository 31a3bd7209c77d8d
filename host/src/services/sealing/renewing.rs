//! Brings everything that can be sealed to the form in which it would be stored now: after a key was given, changed or
//! taken away. `callpanion seal` calls it, beside running hosts or without them.

use futures::FutureExt as _;

use super::{Kind, Sealer};
use crate::db::sealed_texts::{self, Place};
use crate::db::{Db, DbError, sealing_keys};

/// Rows in one transaction.
const PAGE: i64 = 500;

/// How much was brought to its present form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renewed {
    /// Push addresses of devices.
    pub push_addresses: usize,
    /// Those that rings keep.
    pub ring_attempts: usize,
    /// Live pairing codes.
    pub pairing_codes: usize,
    /// What can be read with neither key, and stays as it is.
    pub unreadable: usize,
}

/// Seals what is plain or sealed with the previous key; opens it when there is no present key.
///
/// What a host writes meanwhile stays as that host writes it. Afterwards the previous key is needed no longer, unless
/// something was unreadable.
pub async fn renew(db: &Db, sealer: &Sealer) -> Result<Renewed, DbError> {
    let mut renewed = Renewed::default();
    for (place, kind) in [
        (Place::PushAddresses, Kind::PushAddress),
        (Place::RingAttempts, Kind::PushAddress),
        (Place::Pairings, Kind::PairingCode),
    ] {
        let mut after = Vec::new();
        loop {
            let page = sealed_texts::page(&mut db.read().await?, place, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id.clone();
            let mut changes = Vec::new();
            for row in page.into_iter().filter(|row| !sealer.is_present(&row.text)) {
                match sealer.open(kind, &row.text) {
                    Ok(plain) => changes.push((row.id, row.text, sealer.seal(kind, &plain))),
                    Err(_) => renewed.unreadable += 1,
                }
            }
            let count = match place {
                Place::PushAddresses => &mut renewed.push_addresses,
                Place::RingAttempts => &mut renewed.ring_attempts,
                Place::Pairings => &mut renewed.pairing_codes,
            };
            *count += db.write(move |c| async move { sealed_texts::replace(c, place, &changes).await }.boxed()).await?;
        }
    }
    if renewed.unreadable == 0 {
        let present = sealer.present.clone();
        let name = move || present.map(|key| key.name.clone()).unwrap_or_default();
        db.write(move |c| async move { sealing_keys::delete_others(c, &name()).await }.boxed()).await?;
    }
    Ok(renewed)
}
