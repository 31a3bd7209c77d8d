//! The `[notifier]` section of a manifest: whom a notifier reaches. It calls nobody.

use serde::{Deserialize, Serialize};

use super::{DataKind, ReachWord};

/// Whom a notifier reaches.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NotifierSection {
    /// Where a notice goes: to a person's phone number, or to a device of theirs.
    pub reaches: ReachWord,
}

impl NotifierSection {
    /// What a notice's address is: without it nobody can be told.
    pub(super) fn address(self) -> DataKind {
        self.reaches.address()
    }
}
