//! The renderer world: the reading matter of a family, made from a talk.
//!
//! A plugin implements [`Renderer`] and says [`crate::renderer!`]; the host walks in through the glue.

use crate::bindings::renderer::exports::callpanion::plugin::renderer::Guest;
pub use crate::bindings::renderer::exports::callpanion::plugin::renderer::{Block, BlockKind, Material, Rendering};
pub use crate::provider::{Collected, Speaker, Turn};
use crate::{Context, Ctx, Description};

/// Makes the reading matter of a family from a talk. It has no network.
pub trait Renderer {
    /// Who this is. Must agree with `plugin.toml`.
    fn describe() -> Description;

    /// Renders in the language of [`Ctx::locale`].
    fn render(ctx: &Ctx, material: Material) -> Rendering;
}

impl<T: Renderer> Guest for T {
    fn describe() -> Description {
        T::describe()
    }

    fn render(ctx: Context, material: Material) -> Rendering {
        T::render(&Ctx::new(ctx, Vec::new()), material)
    }
}

/// Makes a [`Renderer`](crate::renderer::Renderer) the component's export, in WASM only.
#[macro_export]
macro_rules! renderer {
    ($plugin:ident) => {
        #[cfg(target_family = "wasm")]
        $crate::bindings::renderer::export_renderer!(
            $plugin with_types_in $crate::bindings::renderer
        );
    };
}
