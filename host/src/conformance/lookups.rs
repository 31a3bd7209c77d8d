//! Channels: what became of rings, and taking them back. `channel` walks in; it calls `stage` and `explore`.

use super::cast;
use super::checks::Check;
use super::explore::{Ending, Says, reads_only};
use super::stage::{Stage, brief};
use crate::plugins::wit::{Failure, RingPhase, Verdict};
use crate::plugins::{Input, Output};

impl Stage {
    /// `inspect` and `cancel`, of rings whose reference is known and of ones whose verdict was never learnt.
    pub(super) async fn try_lookups(&mut self, rung: &[Ending]) {
        // The vendor's own reference, as the samples tell it.
        let given = rung.iter().find_map(|ending| match &ending.output {
            Output::Rung(verdicts) => match verdicts.first() {
                Some(Verdict::Accepted(Some(reference))) => Some(reference.clone()),
                _ => None,
            },
            _ => None,
        });
        let known = given.unwrap_or_else(|| "reference-1".to_owned());
        for (reference, words) in [(Some(known.as_str()), "with a reference"), (None, "without a reference")] {
            let rings = vec![cast::ring_ref(&self.manifest, 0, reference)];
            let label = format!("inspect of a ring {words}");
            for ending in self.explore(&Input::Inspect(rings.clone()), &label).await {
                self.judge_inspection(&ending);
            }
            let label = format!("cancel of a ring {words}");
            for ending in self.explore(&Input::Cancel(rings), &label).await {
                self.judge_cancel(&ending);
            }
        }
        for number in [0, 100] {
            let rings: Vec<_> = (0..number).map(|i| cast::ring_ref(&self.manifest, i, Some(&known))).collect();
            let label = format!("inspect of {number} rings");
            let output = self.succeed(&Input::Inspect(rings.clone()), &label).await;
            let held = match &output {
                Some(Output::Inspected(found)) => {
                    let mut ids: Vec<&str> = found.iter().map(|inspection| inspection.ring_id.as_str()).collect();
                    ids.sort_unstable();
                    ids.len() == number && ids.iter().zip(&rings).all(|(id, ring)| *id == ring.ring_id)
                }
                other => matches!(other, Some(Output::Failed(_))),
            };
            self.notes.note(Check::InspectHonest, held, || told(&label, output.as_ref()));
            let label = format!("cancel of {number} rings");
            let output = self.succeed(&Input::Cancel(rings), &label).await;
            let held = match &output {
                Some(Output::Canceled(canceled)) => canceled.len() == number,
                other => matches!(other, Some(Output::Failed(_))),
            };
            self.notes.note(Check::CancelHonest, held, || told(&label, output.as_ref()));
        }
    }

    fn judge_inspection(&mut self, ending: &Ending) {
        let writes = ending.before.iter().chain(&ending.last).find(|exchange| !reads_only(&exchange.request));
        self.notes.note(Check::InspectHonest, writes.is_none(), || {
            format!("{}: `inspect` asks for a request that may change something", ending.path)
        });
        let held = match &ending.output {
            Output::Inspected(found) => match found.as_slice() {
                [one] => one.ring_id == cast::ring_ref(&self.manifest, 0, None).ring_id && is_known(ending, one.phase),
                _ => false,
            },
            Output::Failed(failure) => is_fitting(ending, failure),
            _ => false,
        };
        self.notes.note(Check::InspectHonest, held, || ending.told());
    }

    fn judge_cancel(&mut self, ending: &Ending) {
        let held = match &ending.output {
            // The vendor's word that it knows no such ring is as good as one that it took it back.
            Output::Canceled(canceled) => {
                canceled.len() == 1
                    && (!canceled[0] || ending.is_success() || (!ending.bare && !ending.last.is_empty()))
            }
            Output::Failed(failure) => is_fitting(ending, failure),
            _ => false,
        };
        self.notes.note(Check::CancelHonest, held, || ending.told());
    }
}

/// Whether this can be known from the last answers. What nobody answered, or in no words, is unknown.
fn is_known(ending: &Ending, phase: RingPhase) -> bool {
    let readable = ending.is_success()
        && ending.last.iter().all(|exchange| match &exchange.answer {
            crate::plugins::wit::Answer::Response(response) => {
                serde_json::from_slice::<serde_json::Value>(&response.body).is_ok_and(|json| !is_blank(&json))
            }
            _ => false,
        });
    phase == RingPhase::Unknown || !ending.bare || readable
}

fn is_blank(json: &serde_json::Value) -> bool {
    // An empty list is a vendor's word: nothing of that name.
    json.is_null() || json.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Whether a failure says no more than the answer did.
fn is_fitting(ending: &Ending, failure: &Failure) -> bool {
    match ending.says() {
        Some(Says::Status(401 | 403)) if ending.bare && ending.is_clean() => {
            matches!(failure, Failure::Misconfigured(_))
        }
        Some(Says::Unsent | Says::Unknown | Says::Status(429 | 500..600)) if ending.bare => {
            matches!(failure, Failure::Retry(_) | Failure::Unknown(_))
        }
        _ => true,
    }
}

fn told(label: &str, output: Option<&Output>) -> String {
    format!("{label}: {}", output.map_or_else(|| "no end".to_owned(), brief))
}
