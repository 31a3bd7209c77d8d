//! Beside the renderer worlds: the reading matter of a week. Since API 1.2.
//!
//! A renderer implements [`DigestRenderer`] and says [`crate::digest_renderer!`]; `plugin.toml` says `api = "1.2.0"` and
//! `also = ["digest-renderer"]`.

use crate::bindings::digest_renderer::exports::callpanion::plugin1_2_0::digest_renderer::Guest;
pub use crate::bindings::digest_renderer::exports::callpanion::plugin1_2_0::digest_renderer::{
    Basis, CallOutcome, CallPart, Digest, DigestPart, Gap, GapCause, PartKind, Place, WeekCall, WeekMaterial,
};
use crate::renderer::plain;
use crate::{Context, Ctx};

/// Makes the reading matter of a family from a week of talks. It has no network.
pub trait DigestRenderer {
    /// Renders in the language of [`Ctx::locale`].
    fn render_digest(ctx: &Ctx, week: WeekMaterial) -> Digest;
}

impl DigestPart {
    /// A part that rests on these; with none, the host drops it. The text is taken [`plain`].
    pub fn new(kind: PartKind, text: impl AsRef<str>, evidence: Vec<Basis>) -> Self {
        Self { kind, text: plain(text.as_ref()), reason: String::new(), evidence }
    }
}

impl<T: DigestRenderer> Guest for T {
    fn render_digest(ctx: Context, week: WeekMaterial) -> Digest {
        T::render_digest(&Ctx::new(ctx, Vec::new()), week)
    }
}

/// Makes a [`DigestRenderer`](crate::digest::DigestRenderer) an export beside the renderer, in WASM only.
#[macro_export]
macro_rules! digest_renderer {
    ($plugin:ident) => {
        $crate::__also!(also_digest_renderer, "digest-renderer");
        #[cfg(target_family = "wasm")]
        $crate::bindings::digest_renderer::export_digest_renderer!(
            $plugin with_types_in $crate::bindings::digest_renderer
        );
    };
}
