//! The plugin platform, tried with plugins of others: loaded, refused, contained, and kept working for years.

mod conformance;
mod crooked;
pub mod fixtures;
mod naughty;
mod powers;
mod record;
mod reference;
mod replacing;
mod third_party;
mod vendor;
mod versions;
