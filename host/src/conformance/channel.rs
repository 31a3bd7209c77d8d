//! Channels: does each ring end in the verdict that is true? The door of this room walks in; it calls `stage` and
//! `explore`, and `lookups` for what is not ringing.

use std::collections::BTreeSet;

use super::cast;
use super::checks::Check;
use super::explore::{Ending, Says, instead, reads_only, says};
use super::replies;
use super::stage::{Stage, brief};
use crate::plugins::wit::{Failure, RingAttempt, Verdict};
use crate::plugins::{Input, Output, Turn};

/// What an output says of one ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Accepted,
    Gone,
    Refused,
    /// After so many milliseconds.
    Retry(u32),
    Unknown,
    Misconfigured,
}

/// The fate of each of `number` rings; `None` when they cannot be told.
pub(super) fn fates(output: &Output, number: usize) -> Option<Vec<Fate>> {
    match output {
        Output::Failed(failure) => Some(vec![of_failure(failure); number]),
        Output::Rung(verdicts) | Output::Notified(verdicts) if verdicts.len() == number => {
            Some(verdicts.iter().map(of_verdict).collect())
        }
        _ => None,
    }
}

fn of_failure(failure: &Failure) -> Fate {
    match failure {
        Failure::Retry((after_ms, _)) => Fate::Retry(*after_ms),
        Failure::Unknown(_) => Fate::Unknown,
        Failure::Misconfigured(_) => Fate::Misconfigured,
        Failure::Permanent(_) | Failure::Other(_) => Fate::Refused,
    }
}

fn of_verdict(verdict: &Verdict) -> Fate {
    match verdict {
        Verdict::Accepted(_) => Fate::Accepted,
        Verdict::Gone(_) => Fate::Gone,
        Verdict::Refused(_) | Verdict::Other(_) => Fate::Refused,
        Verdict::Retry((after_ms, _)) => Fate::Retry(*after_ms),
        Verdict::Unknown(_) => Fate::Unknown,
        Verdict::Misconfigured(_) => Fate::Misconfigured,
    }
}

impl Stage {
    /// Everything about `ring`, and then `inspect` and `cancel`.
    pub(super) async fn try_channel(&mut self) {
        let endings = self.explore(&Input::Ring(self.rings(1)), "one ring").await;
        // Only a step that can end in `accepted` can have rung; one before it may be a login or a look-up.
        let ringing: BTreeSet<usize> =
            endings.iter().filter(|it| it.is_success() && fate(it) == Some(Fate::Accepted)).map(|it| it.step).collect();
        self.notes.note(Check::Covered, !ringing.is_empty(), || {
            format!(
                "one ring: no reply led to `accepted`, but {}; give `project.toml` the `[settings]` that it needs, and a \
                 `[[replies]]` with the vendor's own success",
                instead(&endings)
            )
        });
        for ending in &endings {
            self.judge(ending, ringing.contains(&ending.step));
        }
        self.try_lists(&endings).await;
        self.try_window(!ringing.is_empty()).await;
        self.try_lookups(&endings).await;
    }

    pub(super) fn rings(&self, number: usize) -> Vec<RingAttempt> {
        (0..number).map(|i| cast::ring(&self.manifest, i)).collect()
    }

    fn judge(&mut self, ending: &Ending, ringing: bool) {
        let told = || ending.told();
        let Some(fate) = fate(ending) else {
            self.notes.note(Check::RingLists, false, told);
            return;
        };
        let success = ending.last.iter().any(|exchange| says(&exchange.answer) == Says::Success);
        self.notes.note(Check::RingAccepted, fate != Fate::Accepted || success || ending.is_after_the_fact(), told);
        // By RFC 8030 (7.3) a push service says 404 of a subscription that is over: that is its word.
        let by_web_push = self.manifest.takes_subscriptions();
        let is_word = |status: u16| status == 410 || (by_web_push && status == 404);
        let gone_said = matches!(ending.says(), Some(Says::Status(status)) if is_word(status));
        self.notes.note(Check::RingGone, fate != Fate::Gone || !ending.bare || gone_said, told);
        let (true, Some(said)) = (ending.bare, ending.says()) else { return };
        // A repeat of a harmless request is no second ring.
        let harmless = ending.last.iter().all(|exchange| exchange.request.repeatable || reads_only(&exchange.request));
        if ringing {
            if let Some(held) = holds_when_it_may_have_rung(said, fate, harmless) {
                self.notes.note(Check::RingUnknown, held, told);
            }
            if let Some(held) = holds_when_turned_down(said, fate, gone_said) {
                self.notes.note(Check::RingRefused, held, told);
            }
        }
        if ending.is_after_the_fact() {
            return;
        }
        if said == Says::Unsent {
            let held = matches!(fate, Fate::Retry(_) | Fate::Unknown | Fate::Misconfigured);
            self.notes.note(Check::RingUnsent, held, told);
        }
        if !ending.is_clean() {
            return;
        }
        match said {
            Says::Status(401 | 403) => {
                self.notes.note(Check::RingMisconfigured, fate == Fate::Misconfigured, told);
            }
            Says::Status(429) => {
                let waits = |exchange: &super::explore::Exchange| replies::wait_ms(&exchange.answer);
                let held = is_retry_after(fate, ending.last.iter().find_map(waits));
                self.notes.note(Check::RingRetryAfter, held, told);
            }
            _ => {}
        }
    }

    /// Lists: none, one, a hundred; doubles; and rings whose requests fare differently.
    async fn try_lists(&mut self, alone: &[Ending]) {
        for (label, rings) in [
            ("no rings", Vec::new()),
            ("100 rings", self.rings(100)),
            ("two rings with the same ring id", vec![cast::ring(&self.manifest, 0), cast::ring(&self.manifest, 0)]),
        ] {
            let number = rings.len();
            let output = self.succeed(&Input::Ring(rings), label).await;
            let held = output.as_ref().is_some_and(|output| fates(output, number).is_some());
            self.notes.note(Check::RingLists, held, || {
                format!("{label}: {}", output.as_ref().map_or_else(|| "no end".to_owned(), brief))
            });
        }
        self.try_mixed(alone).await;
    }

    /// Each ring's request fares as one did that was alone; then so must the verdicts, in the rings' order.
    async fn try_mixed(&mut self, alone: &[Ending]) {
        let statuses = [202, 401, 404, 429, 500, 204];
        let fate_alone = |status: u16| {
            let is =
                |it: &&Ending| it.before.is_empty() && it.last.len() == 1 && it.last[0].answer == replies::bare(status);
            alone.iter().find(is).and_then(fate)
        };
        let input = Input::Ring(self.rings(24));
        let label = "24 rings that fare differently";
        let Some(Output::Request(requests)) = self.open(&input, label).await else { return };
        let expected: Option<Vec<Fate>> = (0..24).map(|i| fate_alone(statuses[i % 6])).collect();
        // A vendor that takes lists answers for all of them at once: there is nothing to mix.
        let (24, Some(expected)) = (requests.len(), expected) else { return };
        let answers = (0..24).map(|i| replies::bare(statuses[i % 6])).collect();
        let turn = Turn { context: self.context(), answers };
        let Some(output) = self.play(&input, &turn, label).await else { return };
        if matches!(output, Output::Request(_)) {
            return;
        }
        let found = fates(&output, 24);
        self.notes.note(Check::RingLists, found.as_ref() == Some(&expected), || {
            format!("{label}: alone they end as {expected:?}, together as {}", brief(&output))
        });
    }

    /// Rings whose window is over, alone and among others.
    async fn try_window(&mut self, covered: bool) {
        for expires_at_ms in [cast::NOW_MS, cast::NOW_MS - 60_000, 0] {
            let mut late = cast::ring(&self.manifest, 0);
            late.ring_at_ms = expires_at_ms.saturating_sub(45_000);
            late.expires_at_ms = expires_at_ms;
            let over_ms = cast::NOW_MS - expires_at_ms;
            let label = format!("a ring whose window was over {over_ms} ms ago");
            let output = self.open(&Input::Ring(vec![late.clone()]), &label).await;
            let Some(output) = output else { continue };
            let held = fates(&output, 1).is_some_and(|fates| !fates.contains(&Fate::Accepted));
            self.notes.note(Check::RingWindow, held, || format!("{label}: {}", brief(&output)));

            let mut rings = self.rings(4);
            for i in [0, 2] {
                rings[i].ring_at_ms = late.ring_at_ms;
                rings[i].expires_at_ms = late.expires_at_ms;
            }
            let label = format!("four rings, the window of the first and the third over {over_ms} ms ago");
            let Some(output) = self.succeed(&Input::Ring(rings), &label).await else { continue };
            let fates = fates(&output, 4).unwrap_or_default();
            let accepted: Vec<bool> = fates.iter().map(|fate| *fate == Fate::Accepted).collect();
            let held = accepted == [false, covered, false, covered];
            self.notes.note(Check::RingWindow, held, || format!("{label}: {}", brief(&output)));
        }
    }
}

fn fate(ending: &Ending) -> Option<Fate> {
    fates(&ending.output, 1)?.first().copied()
}

/// `None` where the answer says that it did not ring.
fn holds_when_it_may_have_rung(said: Says, fate: Fate, harmless: bool) -> Option<bool> {
    let again = matches!(fate, Fate::Retry(_)) && harmless;
    match said {
        // The page of a proxy may stand where the vendor's word should.
        Says::Success => Some(matches!(fate, Fate::Accepted | Fate::Unknown | Fate::Misconfigured)),
        // These mean "not now" as often as "too late to say".
        Says::Status(408 | 503 | 507 | 529) => Some(matches!(fate, Fate::Unknown | Fate::Retry(_))),
        Says::Unknown | Says::Status(500..600) => Some(fate == Fate::Unknown || again),
        _ => None,
    }
}

/// `None` where the answer is no refusal. `gone_said` is whether the answer says that the address is dead.
fn holds_when_turned_down(said: Says, fate: Fate, gone_said: bool) -> Option<bool> {
    let final_word = matches!(fate, Fate::Refused | Fate::Misconfigured | Fate::Unknown);
    match said {
        Says::Status(300..400 | 400 | 402 | 404 | 405 | 410 | 413 | 415 | 422 | 451) => {
            Some(final_word || (gone_said && fate == Fate::Gone))
        }
        _ => None,
    }
}

/// Not before the vendor wants it, and not a minute later.
fn is_retry_after(fate: Fate, wait_ms: Option<u32>) -> bool {
    match (fate, wait_ms) {
        (Fate::Retry(after_ms), Some(wait_ms)) => (wait_ms..=wait_ms + 60_000).contains(&after_ms),
        (Fate::Retry(_), None) => true,
        _ => false,
    }
}
