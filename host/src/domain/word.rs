//! Enums whose cases are words in the database, in JSON and in keys of translations.

/// Declares an enum with a word for each case.
macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$case_doc])* #[serde(rename = $word)] $case,)*
        }

        impl $name {
            /// Every case, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$case),*];

            /// The word of this case.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$case => $word,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::word::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$case),)*
                    _ => Err($crate::domain::word::UnknownWord),
                }
            }
        }
    };
}
pub(crate) use word_enum;

/// The text is none of the enum's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not one of the known words")]
pub struct UnknownWord;
