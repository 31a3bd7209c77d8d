//! Channels: ring, cancel, inspect, in words of the house.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;

use super::bound::{reason, reference};
use super::exchange::{ACCEPTED_IN, GONE_SINCE, Input, Output, wit};
use super::failure::PluginFailure;
use super::run::Plugin;
use super::steps::{Foreseen, millis};
use crate::domain::manifest::{Also, DataKind, Submits};
use crate::domain::{
    AttemptId, CallId, Finding, GroupId, Inspection, Moment, Ring, RingPhase, RingRef, Severity, Verdict,
};

/// How many rings one call may carry.
const RINGS_MAX: usize = 100;

/// What the operator's vendors are spoken to in.
const LOCALE: &str = "en";

impl Plugin {
    pub(super) async fn ring(&self, rings: Vec<Ring>, deadline: Duration) -> Result<Vec<Verdict>, PluginFailure> {
        check_number(rings.len())?;
        if rings.is_empty() {
            return Ok(Vec::new());
        }
        let number = rings.len();
        let output = self.converse(LOCALE, deadline, self.ring_input(rings)).await?;
        self.verdicts(number, output)
    }

    fn ring_input(&self, rings: Vec<Ring>) -> Input {
        let told = self.shown.contains(&DataKind::Profile);
        Input::Ring(rings.into_iter().map(|given| ring(given, told)).collect())
    }

    fn verdicts(&self, asked: usize, output: Output) -> Result<Vec<Verdict>, PluginFailure> {
        let Output::Rung(verdicts) = output else {
            return Err(self.off_key());
        };
        self.check_done(asked, verdicts.len(), "rings")?;
        Ok(verdicts.into_iter().map(|given| self.verdict(given)).collect())
    }

    pub(super) async fn cancel(&self, rings: Vec<RingRef>, deadline: Duration) -> Result<Vec<bool>, PluginFailure> {
        check_number(rings.len())?;
        if rings.is_empty() {
            return Ok(Vec::new());
        }
        let number = rings.len();
        let rings = rings.into_iter().map(ring_ref).collect();
        let Output::Canceled(canceled) = self.converse(LOCALE, deadline, Input::Cancel(rings)).await? else {
            return Err(self.off_key());
        };
        self.check_done(number, canceled.len(), "rings")?;
        Ok(canceled)
    }

    /// What the vendor knows; a ring that the plugin does not speak of is left out.
    pub(super) async fn inspect(
        &self,
        rings: Vec<RingRef>,
        deadline: Duration,
    ) -> Result<Vec<Inspection>, PluginFailure> {
        check_number(rings.len())?;
        if rings.is_empty() {
            return Ok(Vec::new());
        }
        let mut asked: BTreeSet<AttemptId> = rings.iter().map(|ring| ring.attempt).collect();
        let rings = rings.into_iter().map(ring_ref).collect();
        let Output::Inspected(inspections) = self.converse(LOCALE, deadline, Input::Inspect(rings)).await? else {
            return Err(self.off_key());
        };
        let known = |found: wit::Inspection| {
            let attempt = found.ring_id.parse().ok().filter(|id| asked.remove(id))?;
            Some(inspection(attempt, found))
        };
        Ok(inspections.into_iter().filter_map(known).collect())
    }

    /// Asks whether everything is set up, as far as a channel can tell without ringing; `None` where it cannot.
    pub(super) async fn check_channel(
        &self,
        facts: Vec<(String, String)>,
        deadline: Duration,
    ) -> Result<Option<Vec<Finding>>, PluginFailure> {
        if self.manifest.has(Also::ChannelCheck) {
            return self.check(facts, deadline).await.map(Some);
        }
        let ahead = self.manifest.channel.is_some_and(|channel| channel.submits == Submits::Ahead);
        if !ahead {
            return Ok(None);
        }
        let nothing = RingRef {
            attempt: AttemptId::new(),
            call: CallId::new(),
            group: GroupId::new(),
            address: String::new(),
            environment: String::new(),
            ring_at: self.clock.now(),
            reference: None,
        };
        self.inspect(vec![nothing], deadline).await?;
        let what = "Its vendor answers, and accepts its key.".to_owned();
        Ok(Some(vec![Finding { severity: Severity::Ok, what, mend: String::new() }]))
    }

    /// A list of the wrong length says of nothing what became of it.
    pub(super) fn check_done(&self, asked: usize, given: usize, of: &str) -> Result<(), PluginFailure> {
        if asked == given {
            return Ok(());
        }
        let failure = PluginFailure::Unknown(format!("it gave {given} outcomes for {asked} {of}")).by(&self.stamp);
        self.tell(&failure);
        Err(failure)
    }

    /// A verdict in words of the house. What went wrong is told with the plugin and its version.
    pub(super) fn verdict(&self, verdict: wit::Verdict) -> Verdict {
        let words = |given: &str| self.stamp.says(&reason(given));
        match verdict {
            wit::Verdict::Accepted(given) => Verdict::Accepted(reference(given)),
            wit::Verdict::Gone(why) => Verdict::Gone(words(&why)),
            wit::Verdict::Refused(why) => Verdict::Refused(words(&why)),
            wit::Verdict::Retry((after_ms, why)) => Verdict::Retry { after_ms, reason: words(&why) },
            wit::Verdict::Unknown(why) => Verdict::Unknown(words(&why)),
            wit::Verdict::Misconfigured(why) => Verdict::Misconfigured(words(&why)),
            wit::Verdict::Other((case, said)) => self.other(&case, &said),
        }
    }

    /// A verdict that 1.0.0 has no case for. What says less than it should is taken for the cautious reading: a ring that
    /// was taken is, and an address is kept.
    fn other(&self, case: &str, said: &str) -> Verdict {
        let words = |given: &str| self.stamp.says(&reason(given));
        let (first, rest) = said.split_once(' ').unwrap_or((said, ""));
        match (case, first.parse().ok().map(Moment::from_millis)) {
            (ACCEPTED_IN, _) if matches!(first, "production" | "sandbox") => {
                Verdict::AcceptedIn { environment: first.to_owned(), reference: reference(Some(rest.to_owned())) }
            }
            (ACCEPTED_IN, _) => Verdict::Accepted(reference(Some(rest.to_owned()))),
            (GONE_SINCE, Some(since)) => Verdict::GoneSince { since, reason: words(rest) },
            _ => Verdict::Refused(words(&format!("{case}: {said}"))),
        }
    }
}

/// Rings that are planned and not sent yet: what goes out at their moment is ready.
///
/// A plan is carried out by the version of the plugin that made it, also when another has taken its place.
pub struct RingPlan {
    plugin: Arc<Plugin>,
    number: usize,
    at: Moment,
    foreseen: Foreseen,
}

impl fmt::Debug for RingPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RingPlan")
            .field("plugin", &self.plugin.stamp)
            .field("rings", &self.number)
            .finish_non_exhaustive()
    }
}

impl RingPlan {
    /// Plans rings that go out at `at`, or shortly before; the plugin is told that it is then.
    pub(super) async fn make(
        plugin: Arc<Plugin>,
        rings: Vec<Ring>,
        at: Moment,
        deadline: Duration,
    ) -> Result<Self, PluginFailure> {
        check_number(rings.len())?;
        let number = rings.len();
        let foreseen = plugin.foresee(LOCALE, deadline, plugin.ring_input(rings), at).await?;
        plugin.warm(&foreseen, deadline).await;
        Ok(Self { plugin, number, at, foreseen })
    }

    /// Whether it may still be carried out: later than it was made for, what it says of the time left is too much.
    pub fn is_good_at(&self, now: Moment) -> bool {
        now <= self.at
    }

    pub(super) async fn carry_out(
        self,
        deadline: Duration,
        pause: BoxFuture<'_, ()>,
    ) -> Result<Vec<Verdict>, PluginFailure> {
        let output = self.plugin.go_through_with(self.foreseen, deadline, pause).await?;
        self.plugin.verdicts(self.number, output)
    }
}

fn check_number(rings: usize) -> Result<(), PluginFailure> {
    if rings > RINGS_MAX {
        return Err(PluginFailure::Permanent(format!("{rings} rings at once are more than {RINGS_MAX}")));
    }
    Ok(())
}

/// `told` is whether the plugin may see what the agent is told.
fn ring(ring: Ring, told: bool) -> wit::RingAttempt {
    wit::RingAttempt {
        ring_id: ring.attempt.to_string(),
        call_id: ring.call.to_string(),
        group_id: ring.group.to_string(),
        family_id: ring.family.to_string(),
        callee_id: ring.callee.to_string(),
        address: ring.address,
        environment: ring.environment,
        ring_at_ms: millis(ring.ring_at),
        expires_at_ms: millis(ring.expires_at),
        language: ring.language,
        zone: ring.zone,
        variables: if told { ring.variables } else { Vec::new() },
        extra: Vec::new(),
    }
}

fn ring_ref(ring: RingRef) -> wit::RingRef {
    wit::RingRef {
        ring_id: ring.attempt.to_string(),
        call_id: ring.call.to_string(),
        group_id: ring.group.to_string(),
        address: ring.address,
        environment: ring.environment,
        ring_at_ms: millis(ring.ring_at),
        reference: ring.reference,
    }
}

fn inspection(attempt: AttemptId, found: wit::Inspection) -> Inspection {
    Inspection {
        attempt,
        phase: match found.phase {
            wit::RingPhase::Absent => RingPhase::Absent,
            wit::RingPhase::Waiting => RingPhase::Waiting,
            wit::RingPhase::Ringing => RingPhase::Ringing,
            wit::RingPhase::Talking => RingPhase::Talking,
            wit::RingPhase::Completed => RingPhase::Completed,
            wit::RingPhase::Voicemail => RingPhase::Voicemail,
            wit::RingPhase::Failed => RingPhase::Failed,
            wit::RingPhase::Canceled => RingPhase::Canceled,
            wit::RingPhase::Unknown => RingPhase::Unknown,
        },
        reference: reference(found.reference),
        recipient: reference(found.recipient),
        conversation: reference(found.conversation),
    }
}
