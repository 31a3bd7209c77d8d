//! Beside the worlds of channels and notifiers: what is behind a phone number. Since API 1.2.
//!
//! A plugin implements [`NumberLookup`] and says [`crate::number_lookup!`]; `plugin.toml` says `api = "1.2.0"` and
//! `also = ["number-lookup"]`.

use crate::bindings::number_lookup::exports::callpanion::plugin1_2_0::number_lookup::{Guest, LookUpStep};
pub use crate::bindings::number_lookup::exports::callpanion::plugin1_2_0::number_lookup::{LineKind, NumberFacts};
use crate::{Answer, Context, Ctx, Stop};

/// What is behind a phone number.
pub trait NumberLookup {
    /// Looks up a number in E.164. It does not ring.
    fn look_up(ctx: &mut Ctx, number: String) -> Result<NumberFacts, Stop>;
}

impl<T: NumberLookup> Guest for T {
    fn look_up(ctx: Context, number: String, answers: Vec<Answer>) -> LookUpStep {
        match T::look_up(&mut Ctx::new(ctx, answers), number) {
            Ok(facts) => LookUpStep::Done(facts),
            Err(Stop::Request(requests)) => LookUpStep::Request(requests),
            Err(Stop::Failed(failure)) => LookUpStep::Failed(failure),
        }
    }
}

/// Makes a [`NumberLookup`](crate::number_lookup::NumberLookup) an export beside the channel or notifier, in WASM only.
#[macro_export]
macro_rules! number_lookup {
    ($plugin:ident) => {
        $crate::__also!(also_number_lookup, "number-lookup");
        #[cfg(target_family = "wasm")]
        $crate::bindings::number_lookup::export_number_lookup!(
            $plugin with_types_in $crate::bindings::number_lookup
        );
    };
}
