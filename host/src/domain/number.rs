//! What is behind a phone number, as far as somebody who knows says.

use super::word::word_enum;

word_enum! {
    /// What kind of line answers.
    LineKind {
        /// A mobile phone: it gets text messages.
        Mobile = "mobile",
        /// A telephone with a wire.
        Landline = "landline",
        /// Over the internet.
        Voip = "voip",
        /// Whoever calls pays nothing.
        TollFree = "toll_free",
        /// Another.
        Other = "other",
    }
}

/// What is known of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberFacts {
    /// Whether it can be anybody's number.
    pub valid: bool,
    /// What answers; `None` when nobody can tell.
    pub line: Option<LineKind>,
    /// Two capital letters of ISO 3166-1.
    pub country: Option<String>,
    /// Whose number it is.
    pub carrier: Option<String>,
}
