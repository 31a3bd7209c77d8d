//! How a plugin is: its figures in one process, and whether it or a vendor of its is left alone for a while.

use serde::Serialize;

use super::Moment;
use super::word::word_enum;

word_enum! {
    /// How a plugin is.
    PluginState {
        /// Nothing to tell of.
        Well = "well",
        /// Some of what it does fails, or it has rested and not yet shown that it is well.
        Struggling = "struggling",
        /// It or a vendor of its kept failing, and is left alone for a while.
        Resting = "resting",
    }
}

/// One plugin in one process, since it was loaded there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PluginHealth {
    /// Its id.
    pub plugin: String,
    /// Its version.
    pub version: String,
    /// SHA-256 in hex, to tell apart what has one version.
    pub digest: String,
    /// How it is.
    pub state: PluginState,
    /// How often it was called.
    pub calls: u64,
    /// Calls that gave no result, or in which a vendor did not answer or answered with an error of its own.
    pub failures: u64,
    /// How long a run of its code took.
    pub plugin_time: Option<Quantiles>,
    /// How long a vendor took to answer one request.
    pub vendor_time: Option<Quantiles>,
    /// Who kept failing, until a call has shown that it is well again.
    pub rest: Option<PluginRest>,
}

/// Durations: half took no longer than the first, 99 of 100 no longer than the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quantiles {
    /// In microseconds.
    pub p50_us: u64,
    /// In microseconds.
    pub p99_us: u64,
}

/// A rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PluginRest {
    /// The vendor's origin; none when it is the plugin itself.
    pub vendor: Option<String>,
    /// When it began.
    pub since: Moment,
    /// Until when nothing is tried. Afterwards one call tries whether it is over.
    pub until: Moment,
}
