//! What a call of a plugin looked like from the outside: every run, every request, every answer, and how long each
//! took. The record and the development harness look on through [`Witness`]; a plugin cannot tell whether anybody does.

use std::sync::Arc;
use std::time::Duration;

use super::exchange::{Input, Output, wit};
use super::failure::PluginFailure;
use crate::domain::Moment;

/// Somebody who is told of each finished call.
pub trait Witness: Send + Sync {
    /// Whether calls of this plugin are wanted. Asked at the beginning of each call: be quick.
    fn watches(&self, plugin: &str) -> bool;

    /// A call is over. Runs on the caller's task: be quick.
    fn saw(&self, call: CallTrace);
}

/// Which plugin it was, to the byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The name of its section in the config.
    pub id: String,
    /// Its own version.
    pub version: String,
    /// SHA-256 of component and manifest together, in hex.
    pub digest: String,
}

impl Stamp {
    /// Words of the plugin or of its vendor, with whose they are.
    pub(super) fn says(&self, words: &str) -> String {
        format!("{} {}: {words}", self.id, self.version)
    }
}

/// One finished call.
#[derive(Clone, Debug)]
pub struct CallTrace {
    /// Who was called.
    pub stamp: Stamp,
    /// When, on the host's clock.
    pub begun_at: Moment,
    /// All that could vary.
    pub context: wit::Context,
    /// What it was called with.
    pub input: Arc<Input>,
    /// Its runs, in order; the last is the one that ended the call.
    pub rounds: Vec<Round>,
    /// What came out.
    pub outcome: Result<Output, PluginFailure>,
}

/// One run of the export, and the requests that it asked for.
#[derive(Clone, Debug)]
pub struct Round {
    /// How long the plugin computed.
    pub plugin_time: Duration,
    /// What was sent, in the order of the requests; empty in the last run.
    pub sent: Vec<Sent>,
}

/// One request, and what became of it.
#[derive(Clone, Debug)]
pub struct Sent {
    /// What the plugin asked for.
    pub request: wit::Request,
    /// What it was told.
    pub answer: wit::Answer,
    /// Why the host did not send it, when the operator must act.
    pub refused: Option<String>,
    /// How long it took until the answer was there.
    pub vendor_time: Duration,
}
