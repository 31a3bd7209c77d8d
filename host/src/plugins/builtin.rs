//! The first-party plugins, which the build script compiled and embedded.

/// One embedded plugin.
pub(crate) struct Builtin {
    /// The name after `builtin:`.
    pub(crate) id: &'static str,
    /// The text of its `plugin.toml`.
    pub(crate) manifest: &'static str,
    /// The component.
    pub(crate) component: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// Finds an embedded plugin.
pub(super) fn find(id: &str) -> Option<&'static Builtin> {
    BUILTIN.iter().find(|builtin| builtin.id == id)
}
