//! Connections on which Apple takes nothing more, each with the reason that it gives from then on.

use std::ops::RangeInclusive;

/// The spoilt connections, by their numbers.
#[derive(Default)]
pub(crate) struct Spoilt(Vec<(RangeInclusive<u64>, &'static str)>);

impl Spoilt {
    /// Spoils this one. Apple's own mend after a while; a sender that waits for that is not the one that is wanted.
    pub(crate) fn one(&mut self, connection: u64, reason: &'static str) {
        self.0.push((connection..=connection, reason));
    }

    /// Spoils every one up to this.
    pub(crate) fn all_until(&mut self, last: u64, reason: &'static str) {
        self.0.push((0..=last, reason));
    }

    /// Why nothing is taken on this one; the last reason counts.
    pub(crate) fn reason(&self, connection: u64) -> Option<&'static str> {
        self.0.iter().rev().find(|(spoilt, _)| spoilt.contains(&connection)).map(|(_, reason)| *reason)
    }
}
