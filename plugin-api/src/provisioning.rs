//! Beside the provider world: the vendor's side, set up on the operator's command. Since API 1.2.
//!
//! A provider implements [`Provisioning`] and says [`crate::provisioning!`]; `plugin.toml` says `api = "1.2.0"` and
//! `also = ["provisioning"]`.

use crate::bindings::provisioning::exports::callpanion::plugin1_2_0::provisioning::{ApplyStep, Guest, PlanStep};
pub use crate::bindings::provisioning::exports::callpanion::plugin1_2_0::provisioning::{
    Change, Provisioned, Setting, Wanted,
};
use crate::{Answer, Context, Ctx, Stop};

/// The vendor's side, set up as the operator wants it.
pub trait Provisioning {
    /// What [`Provisioning::apply`] would change. Read-only.
    fn plan(ctx: &mut Ctx, wanted: Wanted) -> Result<Vec<Change>, Stop>;

    /// Changes what [`Provisioning::plan`] tells, and nothing else. Applied again, it changes nothing.
    fn apply(ctx: &mut Ctx, wanted: Wanted) -> Result<Provisioned, Stop>;
}

impl Change {
    /// A change of `what`, in words for the operator; `before` is empty for what is not there.
    pub fn new(what: impl Into<String>, before: impl Into<String>, after: impl Into<String>) -> Self {
        Self { what: what.into(), before: before.into(), after: after.into() }
    }
}

impl<T: Provisioning> Guest for T {
    fn plan(ctx: Context, wanted: Wanted, answers: Vec<Answer>) -> PlanStep {
        match T::plan(&mut Ctx::new(ctx, answers), wanted) {
            Ok(changes) => PlanStep::Done(changes),
            Err(Stop::Request(requests)) => PlanStep::Request(requests),
            Err(Stop::Failed(failure)) => PlanStep::Failed(failure),
        }
    }

    fn apply(ctx: Context, wanted: Wanted, answers: Vec<Answer>) -> ApplyStep {
        match T::apply(&mut Ctx::new(ctx, answers), wanted) {
            Ok(provisioned) => ApplyStep::Done(provisioned),
            Err(Stop::Request(requests)) => ApplyStep::Request(requests),
            Err(Stop::Failed(failure)) => ApplyStep::Failed(failure),
        }
    }
}

/// Makes [`Provisioning`](crate::provisioning::Provisioning) an export beside the provider, in WASM only.
#[macro_export]
macro_rules! provisioning {
    ($plugin:ident) => {
        $crate::__also!(also_provisioning, "provisioning");
        #[cfg(target_family = "wasm")]
        $crate::bindings::provisioning::export_provisioning!(
            $plugin with_types_in $crate::bindings::provisioning
        );
    };
}
