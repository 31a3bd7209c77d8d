//! The renderer worlds: the reading matter of a family, made from a talk.
//!
//! A plugin implements [`Renderer`] and says [`crate::renderer!`]; one that asks a language model implements
//! [`AskingRenderer`] and says [`crate::asking_renderer!`]. The host walks in through the glue.

use crate::bindings::asking::exports::callpanion::plugin1_1_0::asking_renderer as asking;
use crate::bindings::renderer::exports::callpanion::plugin::renderer::Guest;
pub use crate::bindings::renderer::exports::callpanion::plugin::renderer::{Block, BlockKind, Material, Rendering};
pub use crate::provider::{Collected, Speaker, Turn};
use crate::{Answer, Context, Ctx, Description, Identity, Stop};

/// Makes the reading matter of a family from a talk. It has no network.
pub trait Renderer {
    /// Renders in the language of [`Ctx::locale`].
    fn render(ctx: &Ctx, material: Material) -> Rendering;
}

/// Makes the reading matter of a family from a talk, and may ask the network for help. Since API 1.1: `plugin.toml`
/// says `api = "1.1.0"`.
pub trait AskingRenderer {
    /// Renders in the language of [`Ctx::locale`].
    fn render(ctx: &mut Ctx, material: Material) -> Result<Rendering, Stop>;
}

impl Block {
    /// A part that rests on these turns; with none, the page marks it as not found in the call. The text is taken
    /// [`plain`].
    pub fn new(kind: BlockKind, text: impl AsRef<str>, evidence: Vec<u32>) -> Self {
        Self { kind, text: plain(text.as_ref()), reason: String::new(), evidence }
    }
}

/// A text without control characters and without those that turn the text around them: what was said or noted may hold
/// anything. Line ends stay.
///
/// ```
/// # use callpanion_plugin_api::renderer::plain;
/// assert_eq!(plain("\u{202e}So\tit\u{0} goes.\nYes."), "So it goes.\nYes.");
/// ```
pub fn plain(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' => Some(c),
        '\t' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        c => (!c.is_control()).then_some(c),
    };
    text.chars().filter_map(shown).collect()
}

impl<T: Renderer + Identity> Guest for T {
    fn describe() -> Description {
        T::description()
    }

    fn render(ctx: Context, material: Material) -> Rendering {
        T::render(&Ctx::new(ctx, Vec::new()), material)
    }
}

impl<T: AskingRenderer + Identity> asking::Guest for T {
    fn describe() -> Description {
        T::description()
    }

    fn render(ctx: Context, material: Material, answers: Vec<Answer>) -> asking::RenderStep {
        match T::render(&mut Ctx::new(ctx, answers), material) {
            Ok(rendering) => asking::RenderStep::Done(rendering),
            Err(Stop::Request(requests)) => asking::RenderStep::Request(requests),
            Err(Stop::Failed(failure)) => asking::RenderStep::Failed(failure),
        }
    }
}

/// Makes a [`Renderer`](crate::renderer::Renderer) the component's export, in WASM only, and says who it is, as
/// [`channel!`](crate::channel!) does.
#[macro_export]
macro_rules! renderer {
    ($plugin:ident $(, id = $id:literal)? $(,)?) => {
        $crate::__identity!($plugin, "renderer" $(, id = $id)?);
        #[cfg(target_family = "wasm")]
        $crate::bindings::renderer::export_renderer!(
            $plugin with_types_in $crate::bindings::renderer
        );
    };
}

/// Makes an [`AskingRenderer`](crate::renderer::AskingRenderer) the component's export, in WASM only, and says who it
/// is, as [`channel!`](crate::channel!) does.
#[macro_export]
macro_rules! asking_renderer {
    ($plugin:ident $(, id = $id:literal)? $(,)?) => {
        $crate::__identity!($plugin, "renderer" $(, id = $id)?);
        #[cfg(target_family = "wasm")]
        $crate::bindings::asking::export_asking_renderer!(
            $plugin with_types_in $crate::bindings::asking
        );
    };
}
