//! Proofs: what has worked last, so that a trouble is closed when what it tells of works again.
//!
//! Each host remembers its own, and only in memory: at the full hour nothing is written for it, and after a start the next
//! call is as good a proof.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Trouble;
use crate::domain::{Fault, Moment};

/// What has worked last, by the fault that it proves gone and by what that was about. Cheap to clone; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Proofs(Arc<Mutex<BTreeMap<Fault, BTreeMap<String, Moment>>>>);

impl Proofs {
    /// It has worked at a moment.
    pub(crate) fn worked(&self, fault: Fault, about: &str, at: Moment) {
        let mut proofs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let proofs = proofs.entry(fault).or_default();
        match proofs.get_mut(about) {
            Some(last) => *last = at.max(*last),
            None => {
                proofs.insert(about.to_owned(), at);
            }
        }
    }

    /// Whether what a trouble tells of has worked after a moment.
    pub(super) fn speak_against(&self, trouble: &Trouble, seen_at: Moment) -> bool {
        // A ring that its vendor took proves that its channel is loaded.
        let fault = if trouble.fault == Fault::NotLoaded { Fault::Ringing } else { trouble.fault };
        let proofs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        proofs.get(&fault).and_then(|proofs| proofs.get(&trouble.about)).is_some_and(|last| *last > seen_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_worked_later_and_of_the_same_kind_is_a_proof() {
        let proofs = Proofs::default();
        let speak =
            |fault, about: &str, seen_at| proofs.speak_against(&Trouble::new(fault, about, "no"), Moment(seen_at));
        proofs.worked(Fault::Ringing, "fcm", Moment(5));
        proofs.worked(Fault::Ringing, "fcm", Moment(3));
        assert!(speak(Fault::Ringing, "fcm", 4) && speak(Fault::NotLoaded, "fcm", 4));
        assert!(!speak(Fault::Ringing, "fcm", 5), "it was seen since");
        assert!(!speak(Fault::TakingBack, "fcm", 4) && !speak(Fault::Ringing, "apns-voip", 4));
    }
}
