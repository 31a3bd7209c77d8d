//! The armory: the rings that this host holds in memory until their moment.
//!
//! Cast: queueing and [`holding`] put rings in, from minutes before they are due; [`planning`] has their requests made
//! ready; [`ringing`](super::ringing) takes out what is due and sends it, and asks no database for anything; [`checking`]
//! drops what was canceled meanwhile. The rows in the database say who holds what, so a host that dies is followed by
//! another. What is here is an optimisation of nothing: it is what lets a database be away at the moment of a ring.

pub mod checking;
pub mod holding;
pub mod planning;
mod shelf;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use shelf::{Armed, List};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::shelf::Shelf;
use crate::domain::{AttemptId, FamilyId, Moment};

/// The rings that this host holds. Cheap to clone; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Armory {
    inside: Arc<Mutex<Inside>>,
    /// Read by whoever moves rings from the database to here, written by who compares all of both: what is on its way
    /// would be in neither place.
    moving: Arc<RwLock<()>>,
}

#[derive(Debug, Default)]
struct Inside {
    shelf: Shelf,
    /// The database may count rings as ours that are not here.
    is_stale: bool,
    /// When the host last looked whether something is due, on a clock that only goes forward.
    looked_at: Option<Duration>,
}

impl Armory {
    /// Rings are on their way from the database to here for as long as this is kept.
    pub(crate) async fn moving(&self) -> RwLockReadGuard<'_, ()> {
        self.moving.read().await
    }

    /// Waits until no rings are on their way here, and lets none set out.
    pub(crate) async fn nothing_moves(&self) -> RwLockWriteGuard<'_, ()> {
        self.moving.write().await
    }

    /// Holds these from now on. One that is held already stays as it is.
    pub(crate) fn put(&self, rings: Vec<Armed>) {
        let mut inside = self.lock();
        for ring in rings {
            inside.shelf.put(ring);
        }
    }

    /// How many rings are held.
    pub fn len(&self) -> usize {
        self.lock().shelf.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes out the lists that are due, the earliest first; those that may not go yet stay.
    pub(crate) fn take_due(&self, now: Moment, may_go: impl FnMut(&List) -> bool) -> Vec<List> {
        self.lock().shelf.take_due(now, may_go)
    }

    /// When the next ring is due.
    pub(crate) fn next_at(&self) -> Option<Moment> {
        self.lock().shelf.next_at()
    }

    /// The channels with lists that are due by `horizon` and have no plan yet.
    pub(crate) fn unplanned(&self, horizon: Moment) -> BTreeSet<String> {
        self.lock().shelf.unplanned(horizon)
    }

    /// Takes out the next list of a channel that is due by `horizon` and has no plan yet, so that it can be planned.
    pub(crate) fn take_unplanned(&self, channel: &str, horizon: Moment) -> Option<List> {
        self.lock().shelf.take_unplanned(channel, horizon)
    }

    /// Puts a list back as it was taken out, but for what was dropped meanwhile.
    pub(crate) fn put_back(&self, list: List) {
        self.lock().shelf.put_back(list);
    }

    /// What is held of these families.
    pub(crate) fn of_families(&self, families: &[FamilyId]) -> Vec<AttemptId> {
        self.lock().shelf.of_families(families)
    }

    /// What is due by `horizon`.
    pub(crate) fn due_by(&self, horizon: Moment) -> Vec<AttemptId> {
        self.lock().shelf.due_by(horizon)
    }

    /// Everything that is held.
    pub(crate) fn all(&self) -> Vec<AttemptId> {
        self.lock().shelf.all()
    }

    /// Lets these go: they are not to ring, or not from here.
    pub(crate) fn drop_all(&self, attempts: &[AttemptId]) {
        let mut inside = self.lock();
        for attempt in attempts {
            inside.shelf.remove(*attempt);
        }
    }

    /// The database may count rings as ours that are not here: they are to be fetched again.
    pub(crate) fn suspect(&self) {
        self.lock().is_stale = true;
    }

    /// Whether rings are to be fetched again; says so once.
    pub(crate) fn take_stale(&self) -> bool {
        std::mem::take(&mut self.lock().is_stale)
    }

    /// The host looks whether something is due. False when it was asleep for longer than `longest`, stopped or
    /// suspended: others may have taken over what it held, so nothing of that may ring, and everything is let go.
    pub(crate) fn wake_up(&self, monotonic: Duration, longest: Duration) -> bool {
        let mut inside = self.lock();
        let slept = inside.looked_at.map_or(Duration::ZERO, |at| monotonic.saturating_sub(at));
        inside.looked_at = Some(monotonic);
        if slept <= longest {
            return true;
        }
        inside.shelf = Shelf::default();
        inside.is_stale = true;
        false
    }

    /// Whether the host has looked lately: false just after a sleep.
    pub(crate) fn is_awake(&self, monotonic: Duration, longest: Duration) -> bool {
        self.lock().looked_at.is_none_or(|at| monotonic.saturating_sub(at) <= longest)
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
