//! The channel world: a way to make a callee's phone ring.
//!
//! A plugin implements [`Channel`] and says [`crate::channel!`]; the host walks in through the glue.

use crate::bindings::channel::exports::callpanion::plugin::channel::{CancelStep, Guest, InspectStep, RingStep};
pub use crate::bindings::channel::exports::callpanion::plugin::channel::{
    Inspection, RingAttempt as Ring, RingPhase, RingRef, Verdict,
};
use crate::stop::PAUSE_MS;
use crate::{Answer, Context, Ctx, Description, Identity, Request, Response, Stop};

/// Names of `other` verdicts. The context's `verdicts` says which of them the host understands.
const ACCEPTED_IN: &str = "accepted-in";
const GONE_SINCE: &str = "gone-since";

/// A way to make a callee's phone ring.
pub trait Channel {
    /// Rings these, at most 100 at a time. Returns one verdict for each, in their order.
    fn ring(ctx: &mut Ctx, rings: Vec<Ring>) -> Result<Vec<Verdict>, Stop>;

    /// Takes these back before they are answered. True for each that certainly will not ring.
    ///
    /// The default takes nothing back: many push services cannot.
    fn cancel(_ctx: &mut Ctx, rings: Vec<RingRef>) -> Result<Vec<bool>, Stop> {
        Ok(vec![false; rings.len()])
    }

    /// Asks the vendor what became of these. Returns one inspection for each, in their order.
    ///
    /// The default knows nothing: a push service confirms acceptance only.
    fn inspect(_ctx: &mut Ctx, rings: Vec<RingRef>) -> Result<Vec<Inspection>, Stop> {
        Ok(rings.into_iter().map(Inspection::unknown).collect())
    }
}

/// Rings by one request each, all at once: the whole of `ring` for most push services.
///
/// `request` makes the request of one ring, and `verdict` reads the response to it; the second argument of `verdict`
/// is [`Ctx::now_ms`]. A ring whose window is over is refused unsent, a request that never left is tried again, and
/// one that may have arrived is unknown.
pub fn ring_each(
    ctx: &mut Ctx,
    rings: &[Ring],
    mut request: impl FnMut(&Ring) -> Request,
    mut verdict: impl FnMut(&Response, u64) -> Verdict,
) -> Result<Vec<Verdict>, Stop> {
    let now_ms = ctx.now_ms();
    let is_live = |ring: &&Ring| ring.expires_at_ms > now_ms;
    let live: Vec<&Ring> = rings.iter().filter(is_live).collect();
    let mut answers = ctx.http_each(&live, |ring| request(ring))?.into_iter();
    let verdicts = rings.iter().map(|ring| match is_live(&ring).then(|| answers.next()) {
        None => Ok(Verdict::Refused("the ring window is over".to_owned())),
        Some(Some(Answer::Response(response))) => Ok(verdict(&response, now_ms)),
        Some(Some(Answer::Unsent(why))) => Ok(Verdict::Retry((PAUSE_MS, why))),
        Some(Some(Answer::Unknown(why))) => Ok(Verdict::Unknown(why)),
        Some(None) => Err(Stop::permanent("an answer is missing")),
    });
    verdicts.collect()
}

impl Verdict {
    /// The vendor took it, in another of its environments than the ring names: `production` or `sandbox`. The host keeps
    /// that for the address, and the next ring names it.
    ///
    /// Plain [`Verdict::Accepted`] for a host that does not know this verdict.
    pub fn accepted_in(ctx: &Ctx, environment: &str, reference: Option<String>) -> Self {
        if !ctx.is_verdict_known(ACCEPTED_IN) {
            return Self::Accepted(reference);
        }
        let said = reference.map_or_else(|| environment.to_owned(), |reference| format!("{environment} {reference}"));
        Self::Other((ACCEPTED_IN.to_owned(), said))
    }

    /// The vendor says since when the address is dead, in milliseconds since 1970-01-01 UTC. The host retires it, unless
    /// the device has registered it later than that.
    ///
    /// Plain [`Verdict::Gone`] for a host that does not know this verdict.
    pub fn gone_since(ctx: &Ctx, since_ms: u64, why: impl Into<String>) -> Self {
        let why = why.into();
        if !ctx.is_verdict_known(GONE_SINCE) {
            return Self::Gone(why);
        }
        Self::Other((GONE_SINCE.to_owned(), format!("{since_ms} {why}")))
    }

    /// Whether the vendor took it, in whichever environment.
    pub fn is_accepted(&self) -> bool {
        match self {
            Self::Accepted(_) => true,
            Self::Other((case, _)) => case == ACCEPTED_IN,
            _ => false,
        }
    }

    /// What a response means when nothing but its status is known. Look for the vendor's own codes first.
    ///
    /// It is never [`Verdict::Gone`]: a wrong URL answers 404 for every address, and would un-pair every phone.
    pub fn by_status(response: &Response, now_ms: u64) -> Self {
        let status = response.status;
        let said = || format!("the vendor answered {status}");
        match status {
            200..300 => Self::Accepted(None),
            401..=403 => Self::Misconfigured(format!("{}: check the credential and what it may do", said())),
            404 => Self::Misconfigured(format!("{}: check the URLs and ids of the settings", said())),
            425 | 429 | 503 => Self::Retry((response.retry_after_ms(now_ms).unwrap_or(PAUSE_MS), said())),
            // It may have gone out before the error.
            408 | 500.. => Self::Unknown(said()),
            _ => Self::Refused(said()),
        }
    }
}

impl Inspection {
    /// The vendor's state of this ring is not known.
    pub fn unknown(ring: RingRef) -> Self {
        Self::of(ring, RingPhase::Unknown)
    }

    /// A phase, and nothing else learnt.
    pub fn of(ring: RingRef, phase: RingPhase) -> Self {
        Self { ring_id: ring.ring_id, phase, reference: ring.reference, recipient: None, conversation: None }
    }
}

impl<T: Channel + Identity> Guest for T {
    fn describe() -> Description {
        T::description()
    }

    fn ring(ctx: Context, rings: Vec<Ring>, answers: Vec<Answer>) -> RingStep {
        match T::ring(&mut Ctx::new(ctx, answers), rings) {
            Ok(verdicts) => RingStep::Done(verdicts),
            Err(Stop::Request(requests)) => RingStep::Request(requests),
            Err(Stop::Failed(failure)) => RingStep::Failed(failure),
        }
    }

    fn cancel(ctx: Context, rings: Vec<RingRef>, answers: Vec<Answer>) -> CancelStep {
        match T::cancel(&mut Ctx::new(ctx, answers), rings) {
            Ok(canceled) => CancelStep::Done(canceled),
            Err(Stop::Request(requests)) => CancelStep::Request(requests),
            Err(Stop::Failed(failure)) => CancelStep::Failed(failure),
        }
    }

    fn inspect(ctx: Context, rings: Vec<RingRef>, answers: Vec<Answer>) -> InspectStep {
        match T::inspect(&mut Ctx::new(ctx, answers), rings) {
            Ok(inspections) => InspectStep::Done(inspections),
            Err(Stop::Request(requests)) => InspectStep::Request(requests),
            Err(Stop::Failed(failure)) => InspectStep::Failed(failure),
        }
    }
}

/// Makes a [`Channel`](crate::channel::Channel) the component's export, and says who it is: its id is the package's
/// name, or the one that is given, as in `channel!(Bell, id = "bell")`; version and purpose are the package's `version`
/// and `description`. A test that `plugin.toml` says the same comes with it.
///
/// It exports in WASM only: a native `cdylib` cannot link the names of component exports, and plugin tests run
/// natively.
#[macro_export]
macro_rules! channel {
    ($plugin:ident $(, id = $id:literal)? $(,)?) => {
        $crate::__identity!($plugin, "channel" $(, id = $id)?);
        #[cfg(target_family = "wasm")]
        $crate::bindings::channel::export_channel!(
            $plugin with_types_in $crate::bindings::channel
        );
    };
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{NOW_MS, context, drive, response, response_with, ring};

    fn by_status(answer: Answer) -> Verdict {
        match answer {
            Answer::Response(response) => Verdict::by_status(&response, NOW_MS),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_status_alone_never_retires_an_address() {
        for status in 100..600 {
            assert!(!matches!(by_status(response(status, "")), Verdict::Gone(_)), "{status}");
        }
        assert_eq!(by_status(response(204, "")), Verdict::Accepted(None));
        assert!(matches!(by_status(response(404, "")), Verdict::Misconfigured(_)));
        assert!(matches!(by_status(response(400, "")), Verdict::Refused(_)));
        assert!(matches!(by_status(response(504, "")), Verdict::Unknown(_)));
        let busy = response_with(503, &[("retry-after", "3")], "");
        assert!(matches!(by_status(busy), Verdict::Retry((3_000, _))));
    }

    #[test]
    fn a_host_is_told_only_what_it_understands() {
        let ctx = |known: &[(&str, &str)]| {
            let extra = known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            Ctx::new(Context { extra, ..context(&json!({})) }, Vec::new())
        };
        let verdicts = |ctx: &Ctx| {
            [
                Verdict::accepted_in(ctx, "sandbox", Some("r-1".to_owned())),
                Verdict::accepted_in(ctx, "sandbox", None),
                Verdict::gone_since(ctx, 1_794_980_000_123, "Unregistered"),
            ]
        };
        let other = |case: &str, said: &str| Verdict::Other((case.to_owned(), said.to_owned()));
        let told = verdicts(&ctx(&[("verdicts", "accepted-in gone-since")]));
        assert_eq!(
            told,
            [
                other("accepted-in", "sandbox r-1"),
                other("accepted-in", "sandbox"),
                other("gone-since", "1794980000123 Unregistered"),
            ]
        );
        assert_eq!(told.each_ref().map(Verdict::is_accepted), [true, true, false]);
        let ignorant: [&[(&str, &str)]; 4] =
            [&[], &[("verdicts", "")], &[("verdicts", "accepted-into")], &[("words", "accepted-in")]];
        for known in ignorant {
            let plain = verdicts(&ctx(known));
            assert_eq!(
                plain,
                [
                    Verdict::Accepted(Some("r-1".to_owned())),
                    Verdict::Accepted(None),
                    Verdict::Gone("Unregistered".to_owned()),
                ]
            );
            assert_eq!(plain.each_ref().map(Verdict::is_accepted), [true, true, false]);
        }
    }

    #[test]
    fn each_ring_has_its_own_answer_and_a_late_one_is_not_sent() {
        let mut late = ring("late");
        late.expires_at_ms = NOW_MS;
        let rings = [ring("one"), late, ring("two"), ring("three")];
        let script = [response(200, ""), Answer::Unsent("refused".to_owned()), Answer::Unknown("no answer".to_owned())];
        let (verdicts, asked) = drive(&context(&json!({})), script, |ctx| {
            let request = |ring: &Ring| Request::post(format!("https://a.example/{}", ring.address));
            ring_each(ctx, &rings, request, Verdict::by_status)
        });
        assert_eq!(
            verdicts,
            Ok(vec![
                Verdict::Accepted(None),
                Verdict::Refused("the ring window is over".to_owned()),
                Verdict::Retry((1_000, "refused".to_owned())),
                Verdict::Unknown("no answer".to_owned()),
            ])
        );
        assert_eq!(asked.len(), 3);
        assert_eq!(asked[2].url, "https://a.example/three");
    }
}
