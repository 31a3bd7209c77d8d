//! The record: keeps the calls of plugins whose config asks for it, so that they can be run again.
//!
//! A plugin is a function, so a recording is its input and its output. Personal data is
//! replaced by stand-ins first (`typed`, `stand_ins`, `words`; what may stay says
//! `structure`), and then the plugin is run again on them (`rerun`): what a recording
//! says came out did come out. All of that happens on one task behind a short queue, after the call; when
//! the queue is full the call is not recorded, and the log counts it. `boot` walks in with [`Recorder`]; the replay
//! command and the tests with [`Recording`].

mod differences;
mod folder;
mod pieces;
mod recording;
mod replay;
mod rerun;
mod stand_ins;
mod structure;
#[cfg(test)]
mod tests;
mod typed;
mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;

pub use self::differences::Difference;
pub use self::recording::{Recorded, RecordedRound, Recording, RecordingError};
pub use self::replay::Replayed;

use super::Plugins;
use super::exchange::{Input, wit};
use super::witness::{CallTrace, Witness};
use crate::config::plugins::{Limits, PluginConfig, Record};

/// So many finished calls wait to be recorded.
const WAITING_MAX: usize = 64;
/// A call with more bytes in its webhook and its answers is not recorded.
const CALL_MAX_BYTES: usize = 4 * 1024 * 1024;

/// Records calls. It is made before the plugins, which it must witness, and begins once they are there.
#[derive(Debug)]
pub struct Recorder {
    calls: mpsc::Sender<CallTrace>,
    waiting: mpsc::Receiver<CallTrace>,
    configs: BTreeMap<String, (Record, Limits)>,
    folder: PathBuf,
}

/// Takes in finished calls, and shows them to somebody else too.
struct Desk {
    wanted: Vec<String>,
    calls: mpsc::Sender<CallTrace>,
    dropped: AtomicU64,
    beside: Option<Arc<dyn Witness>>,
}

impl Recorder {
    /// A recorder of the plugins that are to be recorded, into `folder`; `None` when there are none.
    pub fn of(configs: &BTreeMap<String, PluginConfig>, folder: PathBuf) -> Option<Self> {
        let recorded = configs.iter().filter(|(_, config)| config.enabled && config.record != Record::Off);
        let configs: BTreeMap<_, _> =
            recorded.map(|(id, config)| (id.clone(), (config.record, config.limits))).collect();
        if configs.is_empty() {
            return None;
        }
        let (calls, waiting) = mpsc::channel(WAITING_MAX);
        Some(Self { calls, waiting, configs, folder })
    }

    /// Who must be told of the calls; tells `beside` of those that it watches.
    pub fn witness(&self, beside: Option<Arc<dyn Witness>>) -> Arc<dyn Witness> {
        let (wanted, calls) = (self.configs.keys().cloned().collect(), self.calls.clone());
        Arc::new(Desk { wanted, calls, dropped: AtomicU64::new(0), beside })
    }

    /// Records from now on, on a task of its own that ends with the plugins. Needs a tokio runtime.
    pub fn begin(self, plugins: &Plugins) {
        let Self { calls, mut waiting, configs, folder } = self;
        // The plugins hold the witness; if the task held either, none of the three would ever go.
        drop(calls);
        for (plugin, _) in configs.iter().filter(|(_, (record, _))| *record == Record::All) {
            tracing::warn!(plugin, "its calls are recorded with all personal data: write record = \"stand-ins\"");
        }
        let shelf = Arc::downgrade(&plugins.0);
        TaskTracker::new().spawn(async move {
            while let Some(trace) = waiting.recv().await {
                let Some(plugins) = shelf.upgrade().map(Plugins) else { return };
                let id = trace.stamp.id.clone();
                let Some((record, limits)) = configs.get(&id).copied() else { continue };
                let folder = folder.clone();
                let recording = match rerun::rerun(&plugins, trace, record).await {
                    Ok(recording) => recording,
                    Err(error) => {
                        tracing::warn!(plugin = id, error = %anyhow::Error::new(error), "a call was not recorded");
                        continue;
                    }
                };
                let written = tokio::task::spawn_blocking(move || folder::keep(&folder, &recording, limits)).await;
                if let Ok(Err(error)) = written {
                    tracing::warn!(plugin = id, %error, "a recording could not be written: look at data_dir/recordings");
                }
            }
        });
    }
}

impl Witness for Desk {
    fn watches(&self, plugin: &str) -> bool {
        self.records(plugin) || self.beside.as_ref().is_some_and(|beside| beside.watches(plugin))
    }

    fn saw(&self, call: CallTrace) {
        if let Some(beside) = self.beside.as_ref().filter(|beside| beside.watches(&call.stamp.id)) {
            beside.saw(call.clone());
        }
        if self.records(&call.stamp.id) {
            self.take(call);
        }
    }
}

impl Desk {
    fn records(&self, plugin: &str) -> bool {
        self.wanted.iter().any(|wanted| wanted == plugin)
    }

    fn take(&self, call: CallTrace) {
        let plugin = call.stamp.id.clone();
        let lost = |why: &str| {
            let dropped = self.dropped.fetch_add(1, Ordering::Relaxed) + 1;
            // A flood of calls is no reason for a flood of lines.
            if dropped.is_power_of_two() {
                tracing::warn!(plugin, dropped, why, "calls were not recorded");
            }
        };
        if bytes(&call) > CALL_MAX_BYTES {
            lost("too long");
        } else if self.calls.try_send(call).is_err() {
            lost("too many at once");
        }
    }
}

/// How long the webhook and the answers are together.
fn bytes(call: &CallTrace) -> usize {
    let answers = call.rounds.iter().flat_map(|round| &round.sent).map(|sent| match &sent.answer {
        wit::Answer::Response(response) => response.body.len(),
        wit::Answer::Unsent(_) | wit::Answer::Unknown(_) => 0,
    });
    let body = match &*call.input {
        Input::ReadWebhook { body, .. } | Input::ReadCallback { body, .. } => body.len(),
        _ => 0,
    };
    answers.sum::<usize>() + body
}
