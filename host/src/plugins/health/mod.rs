//! The health of one loaded plugin and of the vendors that it talks to.
//!
//! Every call passes by here: `steps` asks for an [`Admission`] and tells it what became of the call and of its
//! requests. A plugin that keeps breaking, and a vendor that keeps failing, is left alone for a while (`breaker`), so
//! that nobody waits for it and rings take another way. The `figures` are for people.
//!
//! Who is to blame: a plugin for a trap, a spent budget and nonsense; a vendor for a connection that does not come
//! about, silence, and replies of 500 to 599 or 300 to 399, which are a proxy's. A 4xx is the plugin's or the operator's
//! matter and never counts against a vendor. Neither does a 429 with a `retry-after`: such a vendor lives, and the plugin
//! waits as it was asked to; without one, only a long run counts. What the host refuses to send counts against nobody.

mod breaker;
mod budget;
#[cfg(test)]
mod budget_tests;
mod figures;
mod in_flight;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use self::breaker::{Breaker, Ticket};
use self::budget::{Heard, Outcome};
use self::figures::Figures;
use self::in_flight::InFlight;
use super::exchange::Export;
use super::failure::PluginFailure;
use super::witness::Stamp;
use crate::domain::{Moment, PluginHealth, PluginRest, PluginState};
use crate::egress::{Answer, Origin};

/// What a rest of the plugin itself is called.
const ITSELF: &str = "the plugin itself";

/// One plugin's health.
#[derive(Debug, Default)]
pub(super) struct Health {
    own: Mutex<Own>,
    vendors: ArcSwap<Vendors>,
}

#[derive(Debug, Default)]
struct Own {
    breaker: Breaker,
    figures: Figures,
}

/// The vendors that answered or should have, which are granted ones and so are few.
type Vendors = Mutex<BTreeMap<Origin, Vendor>>;

#[derive(Debug, Default)]
struct Vendor {
    breaker: Breaker,
    in_flight: InFlight,
}

/// Who is left alone, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rest {
    /// In words: the plugin, or a vendor's origin.
    pub(super) whom: String,
    /// When it is tried again.
    pub(super) until: Moment,
}

/// A request that is under way to a vendor. Dropped unanswered, it says nothing of the vendor.
#[derive(Debug)]
pub(super) struct Departure<'a> {
    call: &'a Admission<'a>,
    origin: &'a Origin,
    left_at: Moment,
}

/// A call that may go on. Dropped before its end, it hands back what it was to try out.
#[derive(Debug)]
pub(super) struct Admission<'a> {
    health: &'a Health,
    vendors: Arc<Vendors>,
    began_at: Moment,
    /// Never turned away, and no trial.
    unconditional: bool,
    /// It tries whether the plugin's rest is over.
    ticket: Option<Ticket>,
    /// It tries whether these vendors' rests are over.
    trials: Vec<(Origin, Ticket)>,
    /// They are left alone in the present step.
    resting: Vec<(Origin, Rest)>,
    plugin_broke: bool,
    vendor_failed: AtomicBool,
}

impl Health {
    /// Whether the plugin may be called now.
    pub(super) fn admit(&self, export: Export, now: Moment) -> Result<Admission<'_>, Rest> {
        // Taking back what must not ring late is tried whatever the chances are.
        let unconditional = export == Export::Cancel;
        let ticket = if unconditional {
            None
        } else {
            let admitted = hold(&self.own).breaker.admit(now);
            admitted.map_err(|until| Rest { whom: ITSELF.to_owned(), until })?
        };
        Ok(Admission {
            health: self,
            vendors: self.vendors.load_full(),
            began_at: now,
            unconditional,
            ticket,
            trials: Vec::new(),
            resting: Vec::new(),
            plugin_broke: false,
            vendor_failed: AtomicBool::new(false),
        })
    }

    /// The plugin computed for so long.
    pub(super) fn ran(&self, plugin_time: Duration) {
        hold(&self.own).figures.plugin_time.note(plugin_time);
    }

    /// Takes over from the version that served until now what is known of the vendors: they are the same. Of the
    /// plugin's own code nothing is taken over, and the figures begin anew: it is another one.
    pub(super) fn take_over(&self, from: &Self) {
        self.vendors.store(from.vendors.load_full());
    }

    /// How it is, for people.
    pub(super) fn report(&self, stamp: &Stamp, now: Moment) -> PluginHealth {
        let vendors = self.vendors.load();
        let vendors = hold(&vendors);
        let own = hold(&self.own);
        let named = vendors.iter().map(|(origin, vendor)| (Some(origin.to_string()), &vendor.breaker));
        let all = || named.clone().chain([(None, &own.breaker)]);
        // Of several rests the one that lasts longest says when all may be well.
        let rest = all().filter_map(|(vendor, breaker)| Some((vendor, breaker.opening()?)));
        let rest = rest.max_by_key(|(_, opening)| opening.until);
        let state = match &rest {
            Some((_, opening)) if opening.rests_at(now) => PluginState::Resting,
            _ if all().any(|(_, breaker)| breaker.is_strained(now)) => PluginState::Struggling,
            _ => PluginState::Well,
        };
        let Figures { calls, failures, plugin_time, vendor_time } = &own.figures;
        PluginHealth {
            plugin: stamp.id.clone(),
            version: stamp.version.clone(),
            digest: stamp.digest.clone(),
            state,
            calls: *calls,
            failures: *failures,
            // Before the first call there is only the trial at load, which is no call.
            plugin_time: plugin_time.quantiles().filter(|_| *calls > 0),
            vendor_time: vendor_time.quantiles(),
            rest: rest.map(|(vendor, opening)| PluginRest { vendor, since: opening.since, until: opening.until }),
        }
    }
}

impl Admission<'_> {
    /// Whether these vendors may be asked now: an error when every one of them is left alone. Where only some are,
    /// [`Admission::rest_of`] names them, and the others' requests go out.
    pub(super) fn admit_vendors(&mut self, origins: &[Option<&Origin>], now: Moment) -> Result<(), Rest> {
        self.resting.clear();
        if self.unconditional {
            return Ok(());
        }
        let mut vendors = hold(&self.vendors);
        // What has no origin is refused by the egress, with its reason.
        let mut admitted = origins.iter().any(Option::is_none);
        let mut seen: Option<&Origin> = None;
        for origin in origins.iter().copied().flatten() {
            // A list of rings goes to one origin: look once.
            if seen == Some(origin) || self.resting.iter().any(|(known, _)| known == origin) {
                continue;
            }
            seen = Some(origin);
            let Some(Vendor { breaker, .. }) = vendors.get_mut(origin) else {
                admitted = true;
                continue;
            };
            if self.trials.iter().any(|(known, ticket)| known == origin && breaker.is_on_trial(*ticket)) {
                admitted = true;
                continue;
            }
            match breaker.admit(now) {
                Ok(ticket) => {
                    admitted = true;
                    self.trials.extend(ticket.map(|ticket| (origin.clone(), ticket)));
                }
                Err(until) => self.resting.push((origin.clone(), Rest { whom: origin.to_string(), until })),
            }
        }
        let first = self.resting.iter().map(|(_, rest)| rest).min_by_key(|rest| rest.until);
        match first {
            Some(rest) if !admitted => Err(rest.clone()),
            _ => Ok(()),
        }
    }

    /// In the middle of a flow nobody is left alone: what was begun at a vendor is brought to its end.
    pub(super) fn go_on(&mut self) {
        self.resting.clear();
    }

    /// Until when this vendor is left alone, if it is.
    pub(super) fn rest_of(&self, origin: &Origin) -> Option<&Rest> {
        self.resting.iter().find(|(known, _)| known == origin).map(|(_, rest)| rest)
    }

    /// A request leaves for a vendor.
    pub(super) fn departs<'a>(&'a self, origin: &'a Origin, now: Moment) -> Departure<'a> {
        let mut vendors = hold(&self.vendors);
        match vendors.get_mut(origin) {
            Some(vendor) => vendor.in_flight.left(now),
            None => vendors.entry(origin.clone()).or_default().in_flight.left(now),
        }
        Departure { call: self, origin, left_at: now }
    }

    /// A run failed; [`PluginFailure::Broken`] is the plugin's own fault.
    pub(super) fn failed(&mut self, failure: &PluginFailure) {
        self.plugin_broke |= matches!(failure, PluginFailure::Broken { .. });
    }

    /// The call is over.
    pub(super) fn ended(self, now: Moment, failure: Option<&PluginFailure>) {
        let outcome = match failure {
            _ if self.plugin_broke => Some(Outcome::Failed),
            // It did not come to a run, or not to the end of one: that says nothing of the plugin.
            Some(PluginFailure::Retry { .. } | PluginFailure::Resting { .. } | PluginFailure::NoSuchPlugin(_)) => None,
            _ => Some(Outcome::Good),
        };
        let mut own = hold(&self.health.own);
        if !matches!(failure, Some(PluginFailure::Resting { .. })) {
            own.figures.calls += 1;
            own.figures.failures += u64::from(failure.is_some() || self.vendor_failed.load(Ordering::Relaxed));
        }
        if let Some(outcome) = outcome {
            own.breaker.note(Heard { outcome, left_at: self.began_at, unheard: 0 }, self.ticket, now);
        }
    }
}

impl Departure<'_> {
    /// The vendor answered, or did not.
    pub(super) fn ended(self, now: Moment, vendor_time: Duration, answer: &Answer) {
        let Some(outcome) = outcome_of(answer) else { return };
        let Self { call, origin, left_at } = &self;
        hold(&call.health.own).figures.vendor_time.note(vendor_time);
        if outcome != Outcome::Good {
            call.vendor_failed.store(true, Ordering::Relaxed);
        }
        let ticket = call.trials.iter().rev().find(|(known, _)| known == *origin).map(|(_, ticket)| *ticket);
        if let Some(Vendor { breaker, in_flight }) = hold(&call.vendors).get_mut(*origin) {
            // This one itself is heard.
            let unheard = in_flight.beside(*left_at) - 1;
            breaker.note(Heard { outcome, left_at: *left_at, unheard }, ticket, now);
        }
    }
}

impl Drop for Departure<'_> {
    fn drop(&mut self) {
        if let Some(vendor) = hold(&self.call.vendors).get_mut(self.origin) {
            vendor.in_flight.ended(self.left_at);
        }
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            hold(&self.health.own).breaker.hand_back(ticket);
        }
        if self.trials.is_empty() {
            return;
        }
        let mut vendors = hold(&self.vendors);
        for (origin, ticket) in &self.trials {
            if let Some(vendor) = vendors.get_mut(origin) {
                vendor.breaker.hand_back(*ticket);
            }
        }
    }
}

/// What an answer says of the vendor; nothing when it says something of others only.
fn outcome_of(answer: &Answer) -> Option<Outcome> {
    if !answer.tells_of_vendor() {
        return None;
    }
    if answer.broke_together() {
        return Some(Outcome::FailedTogether);
    }
    let Answer::Reply(reply) = answer else { return Some(Outcome::Failed) };
    Some(match reply.status {
        300..=399 | 500..=599 => Outcome::Failed,
        429 if !reply.headers.iter().any(|(name, _)| name == "retry-after") => Outcome::Crowded,
        _ => Outcome::Good,
    })
}

/// Nothing waits while it holds one of these locks, and nothing panics.
fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
