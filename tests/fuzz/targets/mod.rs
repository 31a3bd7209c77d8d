//! The targets, one file for each door.

pub(crate) mod component;
pub(crate) mod config;
mod input;
pub(crate) mod manifest;
pub(crate) mod recording;
pub(crate) mod requests;
pub(crate) mod schedule;
pub(crate) mod texts;
pub(crate) mod vendor_replies;
pub(crate) mod webhooks;

use callpanion::clock::Clock;
use callpanion::domain::Moment;
use callpanion::plugins::{Entropy, Surroundings};

/// When everything happens.
const NOW: Moment = Moment::from_secs(1_791_790_000);

/// What plugins are loaded into. What they were compiled to is not kept: it would be a file for each input.
fn surroundings() -> Surroundings {
    let threads = std::num::NonZeroUsize::new(1);
    let surroundings = Surroundings::new(Clock::manual(NOW), Entropy::fixed([7; 32])).unwrap();
    Surroundings { threads, ..surroundings }
}
