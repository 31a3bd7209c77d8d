//! Which keys are in use: the database remembers with which ones something in it may be sealed, and each host says which
//! ones it can read. So no host begins that could not ring a device, and no key is put to use that a running host lacks.

use std::time::Duration;

use futures::FutureExt as _;

use super::Sealer;
use crate::app::App;
use crate::db::nodes::{self, Node};
use crate::db::{Conn, Db, DbError, sealing_keys};
use crate::domain::{Moment, NodeId};
use crate::services::error::ServiceError;

/// Why a host may not work on this database, or why nothing is sealed anew.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Something is sealed with a key that was not given.
    #[error(
        "push addresses in this database are sealed with the key {0}, which was not given: set \
         `database.encryption_key` (or `database.previous_encryption_key`, to read them and seal no more with it) to the \
         key with which they were sealed. It is in no backup of the database; if it is lost, delete the sealed rows of \
         `push_addresses` and `installation_keys`, and the row {0} of `sealing_keys`: each phone or browser registers \
         anew when its app or page is opened"
    )]
    Missing(String),
    /// Running hosts could not read what this one would seal.
    #[error(
        "`database.encryption_key` is new, and {0} of the hosts that run on this database cannot read it: name it as \
         `database.previous_encryption_key` on all of them first and start them anew; then make it the key"
    )]
    Unready(usize),
    /// The key was put to use by no host yet.
    #[error("no host seals with this `database.encryption_key` yet: start one with it first")]
    Unused,
    /// Running hosts would go on sealing otherwise.
    #[error(
        "{0} of the hosts that run on this database have another `database.encryption_key`: start them anew with this \
         configuration first"
    )]
    Unlike(usize),
    /// The installation's own key is there and cannot be used.
    #[error(
        "the installation's key for Web Push is damaged, or sealed with a `database.encryption_key` that is gone: put \
         both back from a backup. If there is none, delete the row `web-push` of `installation_keys`: the next start \
         makes a new key, and nothing reaches a browser or an app of UnifiedPush before it has registered anew"
    )]
    WebPush,
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Something else went wrong.
    #[error(transparent)]
    Service(ServiceError),
}

/// Enters a host that begins, and the key with which it seals.
pub(crate) async fn admit(app: &App, own: Node) -> Result<(), KeysError> {
    let present = app.sealer.names().0;
    let used = sealing_keys::all(&mut app.db.read().await?).await?;
    readable(&app.sealer, &used)?;
    let is_new = present.as_ref().is_some_and(|present| !used.contains(present));
    // On a database that one process owns, every other one that ever was is dead.
    let others = if is_new && app.db.is_shared() {
        watched(&app.db, app.lease(), |node: &Node| lacks(node, present.as_deref())).await?
    } else {
        Watched::none()
    };
    if others.living > 0 {
        return Err(KeysError::Unready(others.living));
    }
    let (sealer, now, is_shared) = (app.sealer.clone(), app.clock.now(), app.db.is_shared());
    app.db
        .write(move |c| {
            async move {
                // Hosts that begin together do it one after the other.
                sealing_keys::lock(c).await?;
                let used = sealing_keys::all(c).await?;
                let is_new = sealer.names().0.is_some_and(|present| !used.contains(&present));
                if is_new && is_shared {
                    others
                        .alone(c, |node| lacks(node, sealer.names().0.as_deref()))
                        .await?
                        .map_err(KeysError::Unready)?;
                }
                put_to_use(c, &sealer, now).await?;
                Ok(nodes::beat(c, &own).await?)
            }
            .boxed()
        })
        .await
}

/// Checks that what is stored by this process, which is no host, can be read by those that run, and the other way round.
///
/// # Errors
/// [`KeysError::Missing`], and [`KeysError::Unused`] when no host seals with the present key yet.
pub async fn check(app: &App) -> Result<(), KeysError> {
    let used = sealing_keys::all(&mut app.db.read().await?).await?;
    readable(&app.sealer, &used)?;
    match app.sealer.names().0 {
        Some(present) if !used.contains(&present) => Err(KeysError::Unused),
        _ => Ok(()),
    }
}

/// Puts the key to use with which everything here is to be sealed anew. Each host that runs has it: what they seal
/// meanwhile needs no renewing.
pub(super) async fn agree(db: &Db, sealer: &Sealer, lease: Duration, now: Moment) -> Result<Watched, KeysError> {
    let present = sealer.names().0;
    let others = watched(db, lease, |node: &Node| node.sealing_key != present).await?;
    if others.living > 0 {
        return Err(KeysError::Unlike(others.living));
    }
    let sealer = sealer.clone();
    db.write(move |c| {
        async move {
            sealing_keys::lock(c).await?;
            others.alone(c, |node| node.sealing_key != sealer.names().0).await?.map_err(KeysError::Unlike)?;
            put_to_use(c, &sealer, now).await?;
            Ok(others)
        }
        .boxed()
    })
    .await
}

/// Nothing is sealed with any other than the keys of these names any more, unless a host has begun since that seals
/// otherwise.
pub(super) async fn keep_only(db: &Db, sealer: &Sealer, others: Watched, names: Vec<String>) -> Result<(), KeysError> {
    let sealer = sealer.clone();
    db.write(move |c| {
        async move {
            sealing_keys::lock(c).await?;
            others.alone(c, |node| node.sealing_key != sealer.names().0).await?.map_err(KeysError::Unlike)?;
            Ok(sealing_keys::keep_only(c, &names).await?)
        }
        .boxed()
    })
    .await
}

/// Whether a host cannot read what is sealed with this key.
fn lacks(node: &Node, key: Option<&str>) -> bool {
    ![node.sealing_key.as_deref(), node.previous_sealing_key.as_deref()].contains(&key)
}

fn readable(sealer: &Sealer, used: &[String]) -> Result<(), KeysError> {
    let is_known = |name: &String| sealer.keys().any(|key| key.name == *name);
    used.iter().find(|name| !is_known(name)).map_or(Ok(()), |missing| Err(KeysError::Missing(missing.clone())))
}

/// Refuses when something is sealed that cannot be read; writes down with which key it is sealed from now on.
async fn put_to_use(c: &mut Conn, sealer: &Sealer, now: Moment) -> Result<(), KeysError> {
    let used = sealing_keys::all(c).await?;
    readable(sealer, &used)?;
    if let Some(present) = sealer.names().0.filter(|present| !used.contains(present)) {
        sealing_keys::put(c, &present, now).await?;
    }
    Ok(())
}

/// The hosts that may stand in the way of a key.
pub(super) struct Watched {
    living: usize,
    dead: Vec<NodeId>,
}

impl Watched {
    const fn none() -> Self {
        Self { living: 0, dead: Vec::new() }
    }

    /// Whether no other such host has begun since; else how many did.
    async fn alone(&self, c: &mut Conn, is_meant: impl Fn(&Node) -> bool) -> Result<Result<(), usize>, DbError> {
        let all = nodes::all(c).await?;
        let new = all.iter().filter(|node| is_meant(node) && !self.dead.contains(&node.id)).count();
        Ok(if new == 0 { Ok(()) } else { Err(new) })
    }
}

/// Of the hosts for which `is_meant` holds, those that live, and those that are dead: that give no sign of life for a lease.
async fn watched(db: &Db, lease: Duration, is_meant: impl Fn(&Node) -> bool) -> Result<Watched, DbError> {
    let look = async || -> Result<Vec<Node>, DbError> {
        let all = nodes::all(&mut db.read().await?).await?;
        Ok(all.into_iter().filter(&is_meant).collect())
    };
    let before = look().await?;
    if before.is_empty() {
        return Ok(Watched::none());
    }
    tracing::info!(hosts = before.len(), "waiting to see which of the hosts that are entered here live");
    tokio::time::sleep(lease + Duration::from_secs(1)).await;
    let stands_still = |node: &Node| before.iter().any(|known| known.id == node.id && known.beats == node.beats);
    let (dead, living): (Vec<Node>, Vec<Node>) = look().await?.into_iter().partition(stands_still);
    Ok(Watched { living: living.len(), dead: dead.into_iter().map(|node| node.id).collect() })
}
