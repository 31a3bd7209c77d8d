//! Beside the provider world: what a provider keeps of conversations. Since API 1.2.
//!
//! A provider implements [`Records`] and says [`crate::records!`]; `plugin.toml` says `api = "1.2.0"` and
//! `also = ["records"]`.

pub use crate::bindings::records::exports::callpanion::plugin1_2_0::records::{Audio, Erasure};
use crate::bindings::records::exports::callpanion::plugin1_2_0::records::{AudioStep, EraseStep, Guest};
use crate::{Answer, Context, Ctx, Stop};

/// What a provider keeps of conversations.
pub trait Records {
    /// Gets what was recorded; `None` when there is no recording. Somebody who may hear it waits.
    fn fetch_audio(ctx: &mut Ctx, conversation: String) -> Result<Option<Audio>, Stop>;

    /// Removes everything that the provider keeps of a conversation. The host calls again until it is done, so a repeat
    /// must do no harm.
    fn erase(ctx: &mut Ctx, conversation: String) -> Result<Erasure, Stop>;
}

impl<T: Records> Guest for T {
    fn fetch_audio(ctx: Context, conversation: String, answers: Vec<Answer>) -> AudioStep {
        match T::fetch_audio(&mut Ctx::new(ctx, answers), conversation) {
            Ok(audio) => AudioStep::Done(audio),
            Err(Stop::Request(requests)) => AudioStep::Request(requests),
            Err(Stop::Failed(failure)) => AudioStep::Failed(failure),
        }
    }

    fn erase(ctx: Context, conversation: String, answers: Vec<Answer>) -> EraseStep {
        match T::erase(&mut Ctx::new(ctx, answers), conversation) {
            Ok(erasure) => EraseStep::Done(erasure),
            Err(Stop::Request(requests)) => EraseStep::Request(requests),
            Err(Stop::Failed(failure)) => EraseStep::Failed(failure),
        }
    }
}

/// Makes [`Records`](crate::records::Records) an export beside the provider, in WASM only.
#[macro_export]
macro_rules! records {
    ($plugin:ident) => {
        $crate::__also!(also_records, "records");
        #[cfg(target_family = "wasm")]
        $crate::bindings::records::export_records!(
            $plugin with_types_in $crate::bindings::records
        );
    };
}
