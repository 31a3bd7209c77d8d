//! The closed sets of words that pages show, beside those of `domain`.
//!
//! Each is an enum whose word is the end of a Fluent key, so that `t(key="mark-" ~ call.mark)` finds its translation.
//! A test looks every word up in every language. Where a word comes from another room it is that room's own spelling:
//! `ErrorCode::of("slots-no-day")` reads the code of a refused field.

mod calls;
mod family;
mod problems;
mod staff;

pub use calls::*;
pub use family::*;
pub use problems::*;
pub use staff::*;

/// Declares enums of words: the prefix of their Fluent keys, then each variant with its word.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident $prefix:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub enum $name { $($(#[$vdoc])* $variant,)+ }

            impl $name {
                /// Every variant, in the order in which they are declared.
                pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

                /// The word: what is appended to the Fluent key.
                pub const fn word(self) -> &'static str {
                    match self { $(Self::$variant => $word,)+ }
                }

                /// The variant of a word.
                pub fn of(word: &str) -> Option<Self> {
                    match word { $($word => Some(Self::$variant),)+ _ => None }
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.word())
                }
            }
        )*

        /// The Fluent keys that these words need.
        #[cfg(test)]
        pub(in crate::theme) fn keys() -> Vec<String> {
            let mut keys = Vec::new();
            $(keys.extend($name::ALL.iter().map(|variant| format!("{}-{}", $prefix, variant.word())));)*
            keys
        }
    };
}
use words;

/// The Fluent keys that all words need, those of `domain` among them.
#[cfg(test)]
pub(super) fn all_keys() -> Vec<String> {
    use crate::domain::manifest::PluginKind;
    use crate::domain::{
        AlertKind, AlertState, AttemptState, CallMethod, CallReason, DevicePlatform, Fault, Locale, NoticeEvent, Role,
    };
    let mut keys = [calls::keys(), family::keys(), problems::keys(), staff::keys()].concat();
    macro_rules! domain {
        ($($name:ident $prefix:literal)*) => {
            $(keys.extend($name::ALL.iter().map(|word| format!("{}-{}", $prefix, word.as_str())));)*
        };
    }
    domain! {
        CallMethod "method" CallMethod "method-title" CallReason "reason" AlertKind "alert" AlertState "alertstate"
        Role "role" AttemptState "attempt" DevicePlatform "platform" PluginKind "pluginkind"
        Fault "trouble-what" Fault "trouble-mend"
        NoticeEvent "notice" NoticeEvent "notice-hint" NoticeEvent "notice-short" NoticeEvent "mail-why" Locale "locale"
    }
    keys
}
