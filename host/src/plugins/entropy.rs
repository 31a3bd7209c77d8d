//! Where a plugin's random bytes come from: a seam, so that a run can be replayed.

use std::fmt;
use std::sync::Arc;

/// A source of 32 random bytes for each call of a plugin. Cheap to clone.
#[derive(Clone)]
pub struct Entropy(Arc<dyn Fn() -> Result<[u8; 32], getrandom::Error> + Send + Sync>);

impl Entropy {
    /// The system's random numbers.
    pub fn system() -> Self {
        Self(Arc::new(|| {
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes)?;
            Ok(bytes)
        }))
    }

    /// Always the same bytes: for tests and replays.
    pub fn fixed(bytes: [u8; 32]) -> Self {
        Self(Arc::new(move || Ok(bytes)))
    }

    pub(super) fn draw(&self) -> Result<Vec<u8>, getrandom::Error> {
        (self.0)().map(Vec::from)
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy")
    }
}
