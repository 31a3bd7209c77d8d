//! Beside the worlds of channels and notifiers: whether everything is set up. Since API 1.2.
//!
//! A plugin implements [`ChannelCheck`] and says [`crate::channel_check!`]; `plugin.toml` says `api = "1.2.0"` and
//! `also = ["channel-check"]`.

use crate::bindings::channel_check::exports::callpanion::plugin1_2_0::channel_check::{CheckStep, Guest};
pub use crate::provider::{Finding, Severity};
use crate::{Answer, Context, Ctx, Stop};

/// Whether a channel or a notifier is set up.
pub trait ChannelCheck {
    /// Is everything set up? Nobody's phone rings, nobody is told anything, and nothing changes at the vendor: ask it to
    /// validate only, or for something that is not there.
    fn check(ctx: &mut Ctx) -> Result<Vec<Finding>, Stop>;
}

impl<T: ChannelCheck> Guest for T {
    fn check(ctx: Context, answers: Vec<Answer>) -> CheckStep {
        match T::check(&mut Ctx::new(ctx, answers)) {
            Ok(findings) => CheckStep::Done(findings),
            Err(Stop::Request(requests)) => CheckStep::Request(requests),
            Err(Stop::Failed(failure)) => CheckStep::Failed(failure),
        }
    }
}

/// Makes a [`ChannelCheck`](crate::channel_check::ChannelCheck) an export beside the channel or notifier, in WASM
/// only.
#[macro_export]
macro_rules! channel_check {
    ($plugin:ident) => {
        $crate::__also!(also_channel_check, "channel-check");
        #[cfg(target_family = "wasm")]
        $crate::bindings::channel_check::export_channel_check!(
            $plugin with_types_in $crate::bindings::channel_check
        );
    };
}
