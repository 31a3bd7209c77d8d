//! Words of the staff's page.

use super::words;

words! {
    /// Where a plugin stands.
    PluginMark "plugin" {
        /// Works.
        Well = "well",
        /// Some of what it does fails.
        Struggling = "struggling",
        /// Kept failing, and is left alone for a while.
        Resting = "resting",
        /// The operator must mend something.
        Problem = "problem",
        /// Not called yet.
        Unchecked = "unchecked",
    }
}
