//! The channel world: a way to make a callee's phone ring.
//!
//! A plugin implements [`Channel`] and says [`crate::channel!`]; the host walks in through the glue.

use crate::bindings::channel::exports::callpanion::plugin::channel::{CancelStep, Guest, InspectStep, RingStep};
pub use crate::bindings::channel::exports::callpanion::plugin::channel::{
    Inspection, RingAttempt as Ring, RingPhase, RingRef, Verdict,
};
use crate::{Answer, Context, Ctx, Description, Stop};

/// A way to make a callee's phone ring.
pub trait Channel {
    /// Who this is. Must agree with `plugin.toml`.
    fn describe() -> Description;

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

impl<T: Channel> Guest for T {
    fn describe() -> Description {
        T::describe()
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

/// Makes a [`Channel`](crate::channel::Channel) the component's export.
///
/// Only in WASM: a native `cdylib` cannot link the names of component exports, and plugin tests run
/// natively.
#[macro_export]
macro_rules! channel {
    ($plugin:ident) => {
        #[cfg(target_family = "wasm")]
        $crate::bindings::channel::export_channel!(
            $plugin with_types_in $crate::bindings::channel
        );
    };
}
