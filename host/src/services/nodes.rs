//! Nodes: the processes that share the work, without a leader.
//!
//! Each gives a sign of life every second. When another's number of beats stands still for a lease, by this host's own
//! monotonic clock, that host is dead: the rings that it held and the jobs that it began are let go, and whoever comes
//! first takes them. Only the time counts in which this host looked: while the database is away nobody
//! can give a sign. It need not be dead in truth: a host that is only cut from the database rings what it armed, and so may
//! two; a device drops a ring that it knows. What a vendor dials is never held, but looked up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;

use crate::app::App;
use crate::db::jobs;
use crate::db::nodes::{self, Node};
use crate::db::ring_attempts::holding;
use crate::domain::NodeId;
use crate::services::error::ServiceError;
use crate::services::sealing::keys::{self, KeysError};
use crate::services::web_push_key;

/// From one look to the next at the most: what is longer was no watch.
const LONGEST_WATCH: Duration = Duration::from_secs(2);

/// The other processes, as this one sees them. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Peers(Arc<Mutex<Watch>>);

#[derive(Debug, Default)]
struct Watch {
    /// When this host last looked, on its monotonic clock.
    looked_at: Option<Duration>,
    known: HashMap<NodeId, Sighting>,
}

#[derive(Clone, Copy, Debug)]
struct Sighting {
    beats: i64,
    /// How long the number has stood still, as far as this host watched.
    still: Duration,
}

impl Peers {
    /// Takes in what stands in the database, and gives those that have stood still for longer than a lease.
    fn look(&self, seen: &[Node], now: Duration, lease: Duration) -> Vec<NodeId> {
        let mut watch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gap = watch.looked_at.map_or(Duration::ZERO, |at| now.saturating_sub(at));
        let watched = if gap > lease { Duration::ZERO } else { gap.min(LONGEST_WATCH) };
        if gap > lease {
            // Nobody was watched: neither what was seen before nor the gap says anything.
            watch.known.clear();
        }
        watch.looked_at = Some(now);
        watch.known.retain(|id, _| seen.iter().any(|node| node.id == *id));
        for node in seen {
            let fresh = Sighting { beats: node.beats, still: Duration::ZERO };
            watch
                .known
                .entry(node.id)
                .and_modify(|known| {
                    *known = if known.beats == node.beats {
                        Sighting { still: known.still + watched, ..*known }
                    } else {
                        fresh
                    };
                })
                .or_insert(fresh);
        }
        watch.known.iter().filter(|(_, sighting)| sighting.still > lease).map(|(id, _)| *id).collect()
    }

    /// Whether one that was seen is not among these any more.
    fn has_lost_any(&self, seen: &[Node]) -> bool {
        let watch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watch.known.keys().any(|id| !seen.iter().any(|node| node.id == *id))
    }

    /// The database does not answer: it may be away for the others too.
    fn look_away(&self) {
        let mut watch = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watch.known.values_mut().for_each(|sighting| sighting.still = Duration::ZERO);
    }
}

/// Gives a sign of life and lets go what dead processes held. Returns how many were dead.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let own = own(app);
    let seen = app
        .db
        .write(move |c| {
            async move {
                nodes::beat(c, &own).await?;
                nodes::all(c).await
            }
            .boxed()
        })
        .await
        .inspect_err(|_| app.peers.look_away())?;
    let others: Vec<Node> = seen.into_iter().filter(|node| node.id != app.node).collect();
    if app.peers.has_lost_any(&others) {
        // Whoever left or was buried has let go of its rings.
        app.low_water.unheld.forget();
    }
    let dead = app.peers.look(&others, app.clock.monotonic(), app.lease());
    bury(app, dead).await
}

/// As this host enters itself.
fn own(app: &App) -> Node {
    let (now, (sealing_key, previous_sealing_key)) = (app.clock.now(), app.sealer.names());
    Node { id: app.node, beats: 1, started_at: now, seen_at: now, sealing_key, previous_sealing_key }
}

/// The host begins: from its first sign of life on, others notice when it dies. On a database that one process owns,
/// every other one that ever was is dead.
///
/// # Errors
/// A host that cannot read what is sealed here, or that would seal what others cannot read, may not begin.
pub async fn join(app: &App) -> Result<(), KeysError> {
    keys::admit(app, own(app)).await?;
    web_push_key::ready(app).await?;
    begin(app).await.map_err(KeysError::Service)
}

async fn begin(app: &App) -> Result<(), ServiceError> {
    tick(app).await?;
    if !app.db.is_shared() {
        let all = nodes::all(&mut app.db.read().await?).await?;
        bury(app, all.into_iter().map(|node| node.id).filter(|id| *id != app.node).collect()).await?;
    }
    Ok(())
}

/// The other processes that nobody has found dead. None on a database that one process owns.
pub(crate) async fn others(app: &App) -> Result<Vec<NodeId>, ServiceError> {
    if !app.db.is_shared() {
        return Ok(Vec::new());
    }
    let all = nodes::all(&mut app.db.read().await?).await?;
    Ok(all.into_iter().map(|node| node.id).filter(|id| *id != app.node).collect())
}

async fn bury(app: &App, dead: Vec<NodeId>) -> Result<usize, ServiceError> {
    if dead.is_empty() {
        return Ok(0);
    }
    let (number, now) = (dead.len(), app.clock.now());
    let (_unheld, _jobs) = (app.low_water.unheld.forget_at_the_end(), app.low_water.jobs.forget_at_the_end());
    let (rings, jobs) = app
        .db
        .write(move |c| {
            async move {
                let rings = holding::let_go(c, &dead, now).await?;
                let jobs = jobs::let_go(c, &dead, now).await?;
                nodes::forget(c, &dead).await?;
                Ok::<_, ServiceError>((rings, jobs))
            }
            .boxed()
        })
        .await?;
    tracing::warn!(hosts = number, rings, jobs, "hosts gave no sign of life; what they held is taken over");
    app.wake.notify_waiters();
    Ok(number)
}

/// The host stops for good: nobody needs to wait for its lease.
pub async fn leave(app: &App) -> Result<(), ServiceError> {
    let node = app.node;
    app.db.write(move |c| async move { nodes::forget(c, &[node]).await }.boxed()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Peers;
    use crate::db::nodes::Node;
    use crate::domain::{Moment, NodeId};

    #[test]
    fn a_host_whose_beats_stand_still_for_a_lease_is_dead() {
        let (peers, lease) = (Peers::default(), Duration::from_secs(5));
        let node = |id, beats| Node {
            id,
            beats,
            started_at: Moment(0),
            seen_at: Moment(0),
            sealing_key: None,
            previous_sealing_key: None,
        };
        let (alive, dead) = (NodeId::new(), NodeId::new());
        let at = |second: i64| {
            let now = Duration::from_secs(second.unsigned_abs());
            peers.look(&[node(alive, second), node(dead, 7)], now, lease)
        };
        assert!((0..=5).all(|second| at(second).is_empty()));
        assert_eq!(at(6), [dead]);
    }

    #[test]
    fn nobody_is_dead_for_the_time_in_which_nobody_could_give_a_sign() {
        let (peers, lease) = (Peers::default(), Duration::from_secs(5));
        let other = Node {
            id: NodeId::new(),
            beats: 1,
            started_at: Moment(0),
            seen_at: Moment(0),
            sealing_key: None,
            previous_sealing_key: None,
        };
        let look = |second: u64| peers.look(std::slice::from_ref(&other), Duration::from_secs(second), lease);
        // The database was away from the second second to the three hundredth.
        assert!([0, 1, 2].into_iter().chain(300..=305).all(|second| look(second).is_empty()));
        assert_eq!(look(306), [other.id]);
        peers.look_away();
        assert!((307..=311).all(|second| look(second).is_empty()));
        assert_eq!(look(312), [other.id]);
    }
}
