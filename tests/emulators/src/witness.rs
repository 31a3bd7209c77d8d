//! What nobody expected: the shared list that fails a test at its end.

use std::sync::{Arc, Mutex};

use crate::hold;

/// Remembers requests that a correct caller would never send.
///
/// Entries name the emulator and the fault of the request, never its secrets.
#[derive(Clone, Default)]
pub(crate) struct Witness(Arc<Mutex<Vec<String>>>);

impl Witness {
    pub(crate) fn unexpected(&self, what: impl Into<String>) {
        hold(&self.0).push(what.into());
    }

    pub(crate) fn all(&self) -> Vec<String> {
        hold(&self.0).clone()
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut hold(&self.0))
    }
}
