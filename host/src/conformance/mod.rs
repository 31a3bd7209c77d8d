//! The conformance kit: tries a plugin with everything that a vendor, a webhook or a talk may bring, and says how far it
//! can be relied on: bronze, silver or gold, and what is missing for the next level.
//!
//! `callpanion plugin test` walks in with a [`Subject`], and gets a [`Report`]. A plugin is a pure function, so nothing
//! is sent, nothing is waited for, and whatever is found can be found again. The kit cannot know a vendor's own words:
//! it tries every class of reply in bare form (`replies`), and beside them the samples that a project brings.
//!
//! `stage` runs the plugin and looks at what holds for every run; `explore` walks through its flows; `channel`,
//! `lookups`, `provider`, `webhooks`, `renderer`, `notifier`, `manifest` and, for what stands beside a kind, `beside` and
//! `digest` judge; `report` tells. It calls the plugins room.

mod beside;
mod cast;
mod channel;
mod checks;
mod digest;
mod explore;
mod lookups;
mod manifest;
mod notifier;
mod provider;
mod renderer;
mod replies;
mod report;
mod samples;
mod sizes;
mod stage;
mod talks;
mod webhooks;

use serde_json::{Map, Value};

pub use self::cast::subscription;
pub use self::checks::{Check, Level};
use self::report::Notes;
pub use self::report::{Checked, Report};
pub use self::samples::{SampleReply, settings};
use self::stage::Stage;
use crate::domain::manifest::{Manifest, PluginKind};
use crate::plugins::{LoadProblem, PluginLoadError, Plugins, Surroundings};

/// What is tried, and with what.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// The text of its `plugin.toml`.
    pub manifest: String,
    /// Its component.
    pub component: Vec<u8>,
    /// Settings; those that are missing are the manifest's defaults, or made up.
    pub settings: Map<String, Value>,
    /// The vendor's own replies.
    pub replies: Vec<SampleReply>,
    /// Real webhooks: a name and a body.
    pub webhooks: Vec<(String, Vec<u8>)>,
}

/// Tries a plugin. Takes seconds, most of them for compiling.
///
/// An error is one of the manifest, without which not even the kind is known, or of the engine. A component that does
/// not load gets a report that says so.
pub async fn examine(subject: &Subject, surroundings: &Surroundings) -> Result<Report, PluginLoadError> {
    let unreadable = |problem| PluginLoadError { plugin: "*".to_owned(), problem };
    let manifest: Manifest =
        toml::from_str(&subject.manifest).map_err(|error| unreadable(LoadProblem::ManifestText(error)))?;
    let settings = settings(&manifest, &subject.settings);
    let (text, component) = (subject.manifest.clone(), subject.component.clone());
    let given = settings.clone();
    let surroundings = Surroundings { counts_instructions: true, ..surroundings.clone() };
    let load = move || Plugins::for_trial(&text, &component, given, surroundings);
    let mut notes = Notes::default();
    let loaded = tokio::task::spawn_blocking(load).await;
    let plugins = match loaded.map_err(|error| unreadable(LoadProblem::Engine(error.into())))? {
        Ok(plugins) => plugins,
        Err(error) => {
            notes.note(Check::Loads, false, || chain(&error.problem));
            return Ok(Report::new(&manifest, 0, notes));
        }
    };
    notes.note(Check::Loads, true, String::new);
    let origins = samples::origins(&manifest, &settings);
    let mut stage = Stage {
        plugins,
        settings: Value::Object(settings.clone()).to_string(),
        origins,
        manifest,
        replies: subject.replies.clone(),
        webhooks: subject.webhooks.clone(),
        classes: replies::classes(),
        notes,
        runs: 0,
    };
    stage.try_words();
    stage.try_future_host().await;
    match stage.manifest.kind {
        PluginKind::Channel => stage.try_channel().await,
        PluginKind::Provider => stage.try_provider().await,
        PluginKind::Renderer => stage.try_renderer().await,
        PluginKind::Notifier => stage.try_notifier().await,
    }
    stage.try_beside().await;
    stage.try_data().await;
    stage.try_budget().await;
    Ok(Report::new(&stage.manifest, stage.runs, stage.notes))
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
