//! The shelf: rings in lists, each list one plugin call, in the order in which they are due.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::db::ring_attempts::RingAttempt;
use crate::domain::{AttemptId, FamilyId, Moment, Ring};
use crate::plugins::RingPlan;

/// A list may leave so much late with what was planned for it: a part of what is then left of the ring window, and in
/// seconds, at the least and at the most.
const LATE_PARTS: i64 = 9;
const LATE_S: (i64, i64) = (1, 5);

/// Rings of one list: as many as one plugin call plans.
const LIST_RINGS: usize = 100;

/// A ring that this host holds.
#[derive(Clone, Debug)]
pub struct Armed {
    /// Its row, as it was when it was taken.
    pub attempt: RingAttempt,
    /// What the channel is given.
    pub ring: Ring,
}

impl Armed {
    /// When it goes out.
    pub(crate) fn moment(&self) -> Moment {
        self.attempt.act_at.unwrap_or(self.attempt.ring_at)
    }
}

/// Rings of one channel that go out together.
#[derive(Debug)]
pub struct List {
    at: Moment,
    number: u64,
    /// The channel plugin.
    pub channel: String,
    /// The rings, at most a hundred. They are handed on from one to the other, and each is big.
    pub rings: Vec<Arc<Armed>>,
    /// What is to be sent, once that is computed.
    pub(crate) plan: Option<RingPlan>,
    /// Planning was tried, whether or not there is a plan.
    pub(crate) was_planned: bool,
}

impl List {
    /// When it goes out.
    pub(crate) fn moment(&self) -> Moment {
        self.at
    }

    /// The last moment at which it leaves as planned. The plan is made for this one: FCM and Web Push count how long a push
    /// may be on its way from when they get it, so what leaves sooner only ends sooner, and nothing rings after its window.
    pub(crate) fn planned_for(&self) -> Moment {
        let ends_at = self.rings.iter().map(|armed| armed.attempt.expires_at).min();
        let left_s = ends_at.map_or(0, |ends_at| ends_at.secs() - self.at.secs());
        let (least_s, most_s) = LATE_S;
        self.at.plus_secs((left_s / LATE_PARTS).clamp(least_s, most_s))
    }
}

type Place = (Moment, u64);

/// See the file's first line.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    lists: BTreeMap<Place, List>,
    /// Lists with room, by moment and channel.
    open: HashMap<(Moment, String), u64>,
    /// Every ring that is held, also those of a list that is being planned.
    held: HashMap<AttemptId, (Place, FamilyId)>,
    families: HashMap<FamilyId, Vec<AttemptId>>,
    next_number: u64,
}

impl Shelf {
    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    pub(super) fn put(&mut self, armed: Armed) {
        let id = armed.attempt.id;
        if self.held.contains_key(&id) {
            return;
        }
        let at = armed.moment();
        let channel = armed.attempt.channel.clone();
        let next_number = self.next_number;
        let number = *self.open.entry((at, channel.clone())).or_insert(next_number);
        self.next_number += u64::from(number == next_number);
        self.held.insert(id, ((at, number), armed.ring.family));
        self.families.entry(armed.ring.family).or_default().push(id);
        let list = self.lists.entry((at, number)).or_insert_with(|| List {
            at,
            number,
            channel: channel.clone(),
            rings: Vec::new(),
            plan: None,
            was_planned: false,
        });
        list.rings.push(Arc::new(armed));
        if list.rings.len() == LIST_RINGS {
            self.open.remove(&(at, channel));
        }
    }

    pub(super) fn next_at(&self) -> Option<Moment> {
        self.lists.first_key_value().map(|((at, _), _)| *at)
    }

    pub(super) fn take_due(&mut self, now: Moment, mut may_go: impl FnMut(&List) -> bool) -> Vec<List> {
        let mut due = Vec::new();
        // The oldest promise goes first: one that could not leave at its moment is in a list of a later one.
        let promised = |list: &List| list.rings.first().map(|armed| armed.attempt.ring_at);
        let lists = self.lists.range(..=(now, u64::MAX));
        let mut places: Vec<(Option<Moment>, Place)> = lists.map(|(place, list)| (promised(list), *place)).collect();
        places.sort_unstable();
        for (_, place) in places {
            let Some(list) = self.lists.remove(&place) else { continue };
            self.close(&list);
            if !may_go(&list) {
                self.lists.insert(place, list);
                continue;
            }
            for armed in &list.rings {
                self.forget(armed.attempt.id);
            }
            due.push(list);
        }
        due
    }

    pub(super) fn unplanned(&self, horizon: Moment) -> BTreeSet<String> {
        let lists = self.lists.range(..=(horizon, u64::MAX)).filter(|(_, list)| !list.was_planned);
        lists.map(|(_, list)| list.channel.clone()).collect()
    }

    pub(super) fn take_unplanned(&mut self, channel: &str, horizon: Moment) -> Option<List> {
        let mut lists = self.lists.range(..=(horizon, u64::MAX));
        let place = lists.find(|(_, list)| !list.was_planned && list.channel == channel).map(|(place, _)| *place)?;
        let list = self.lists.remove(&place)?;
        // What comes later for this moment is a list of its own: this one is being planned.
        self.close(&list);
        Some(list)
    }

    pub(super) fn put_back(&mut self, mut list: List) {
        let taken = list.rings.len();
        list.rings.retain(|armed| self.held.contains_key(&armed.attempt.id));
        if list.rings.len() < taken {
            // The plan speaks of those that were dropped meanwhile.
            (list.plan, list.was_planned) = (None, false);
        }
        if !list.rings.is_empty() {
            self.lists.insert((list.at, list.number), list);
        }
    }

    pub(super) fn of_families(&self, families: &[FamilyId]) -> Vec<AttemptId> {
        families.iter().filter_map(|family| self.families.get(family)).flatten().copied().collect()
    }

    pub(super) fn due_by(&self, horizon: Moment) -> Vec<AttemptId> {
        let due = self.lists.range(..=(horizon, u64::MAX));
        due.flat_map(|(_, list)| list.rings.iter().map(|armed| armed.attempt.id)).collect()
    }

    pub(super) fn all(&self) -> Vec<AttemptId> {
        self.held.keys().copied().collect()
    }

    pub(super) fn remove(&mut self, attempt: AttemptId) {
        let Some(place) = self.forget(attempt) else { return };
        // One that is being planned is dropped when its list comes back.
        let Some(list) = self.lists.get_mut(&place) else { return };
        list.rings.retain(|armed| armed.attempt.id != attempt);
        // The plan speaks of it too.
        (list.plan, list.was_planned) = (None, false);
        if list.rings.is_empty()
            && let Some(list) = self.lists.remove(&place)
        {
            self.close(&list);
        }
    }

    /// Nothing is added to this list any more.
    fn close(&mut self, list: &List) {
        let key = (list.at, list.channel.clone());
        if self.open.get(&key) == Some(&list.number) {
            self.open.remove(&key);
        }
    }

    fn forget(&mut self, attempt: AttemptId) -> Option<Place> {
        let (place, family) = self.held.remove(&attempt)?;
        if let Some(held) = self.families.get_mut(&family) {
            held.retain(|held| *held != attempt);
            if held.is_empty() {
                self.families.remove(&family);
            }
        }
        Some(place)
    }
}
