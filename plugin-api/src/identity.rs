//! Who a plugin is: written once, in `Cargo.toml`, and read from there by the macro of its world.
//!
//! The macros of the worlds walk in. Authors never do.

use crate::Description;

/// Who a plugin is. [`channel!`](crate::channel!) and its sisters write it.
pub trait Identity {
    /// Id, version and purpose, which must be those of `plugin.toml`.
    fn description() -> Description;
}

/// From what Cargo knows of the author's crate, and a test that `plugin.toml` says the same.
#[doc(hidden)]
#[macro_export]
macro_rules! __identity {
    ($plugin:ident, $kind:literal) => {
        $crate::__identity!($plugin, $kind, id = env!("CARGO_PKG_NAME"));
    };
    ($plugin:ident, $kind:literal, id = $id:expr) => {
        impl $crate::Identity for $plugin {
            fn description() -> $crate::Description {
                $crate::Description {
                    id: String::from($id),
                    version: String::from(env!("CARGO_PKG_VERSION")),
                    purpose: String::from(env!("CARGO_PKG_DESCRIPTION")),
                    extra: Vec::new(),
                }
            }
        }

        #[cfg(test)]
        mod plugin_toml {
            #[test]
            fn says_what_cargo_toml_says() {
                let manifest = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/plugin.toml"));
                let description = <super::$plugin as $crate::Identity>::description();
                let differences = $crate::testing::manifest_differences(manifest, $kind, &description);
                assert!(differences.is_empty(), "{differences:#?}");
            }
        }
    };
}

/// A test that `plugin.toml` names what stands beside the world.
#[doc(hidden)]
#[macro_export]
macro_rules! __also {
    ($module:ident, $also:literal) => {
        #[cfg(test)]
        mod $module {
            #[test]
            fn plugin_toml_names_what_stands_beside() {
                let manifest = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/plugin.toml"));
                assert!(
                    $crate::testing::manifest_names(manifest, $also),
                    "plugin.toml has no line also = [\"{}\"]: write it there, before the first section",
                    $also
                );
            }
        }
    };
}
