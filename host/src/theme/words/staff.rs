//! Words of the staff's page.

use super::words;

words! {
    /// Where a plugin stands.
    PluginMark "plugin" {
        /// Works.
        Ok = "ok",
        /// Works, with a limit.
        Warning = "warning",
        /// Does not work.
        Problem = "problem",
        /// Not checked yet.
        Unchecked = "unchecked",
    }
}
