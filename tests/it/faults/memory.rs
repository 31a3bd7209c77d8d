//! How much memory a host takes while something is done to it.

use std::time::Duration;

use crate::testing::program::Running;

/// What a fault may cost a host, in KiB.
const GROWTH_MAX_KIB: u64 = 64 * 1024;

/// A host's memory since a moment.
pub struct Memory {
    before_kib: u64,
    most_kib: u64,
}

impl Memory {
    /// Looks at it for the first time.
    pub fn of(node: &Running) -> Self {
        let before_kib = node.memory_kib();
        Self { before_kib, most_kib: before_kib }
    }

    /// Looks at it again and again while something goes on.
    pub async fn during<T>(&mut self, node: &Running, going_on: impl Future<Output = T>) -> T {
        let mut going_on = std::pin::pin!(going_on);
        loop {
            tokio::select! {
                done = &mut going_on => return done,
                () = tokio::time::sleep(Duration::from_millis(100)) => self.look(node),
            }
        }
    }

    fn look(&mut self, node: &Running) {
        self.most_kib = self.most_kib.max(node.memory_kib());
    }

    /// Says how much more it was at its most, in MiB, and fails if that is too much.
    pub fn check(&self, fault: &str) {
        let more_kib = self.most_kib - self.before_kib;
        eprintln!("{fault}: {} MiB of memory, at most {} MiB more", self.before_kib / 1_024, more_kib / 1_024);
        assert!(more_kib <= GROWTH_MAX_KIB, "{fault}: {more_kib} KiB more memory");
    }
}
