//! What `plugin test` and `plugin check` look at: a project's folder, which is built first, a component with its
//! manifest beside it, or an embedded plugin. Calls the plugins room and `project`.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use super::project::{Project, RECIPE};
use crate::config::plugins::PluginConfig;
use crate::conformance::{SampleReply, Subject};
use crate::plugins::package::{Package, read_path, resolve};

/// A plugin and what it is tried with.
pub(super) struct Candidate {
    /// Manifest, component, samples.
    pub(super) subject: Subject,
    /// Its project, if it has one here.
    pub(super) project: Option<Project>,
}

/// Finds the plugin that the command line names. A project is built; what its build says goes to the terminal.
pub(super) fn find(name: &str) -> Result<Candidate> {
    if let Some(id) = name.strip_prefix("builtin:") {
        let config = PluginConfig { source: name.to_owned(), ..PluginConfig::default() };
        return Ok(Candidate { subject: bare(&resolve(id, &config, None)?), project: None });
    }
    let path = Path::new(name);
    if !path.is_dir() || !path.join(RECIPE).is_file() {
        return Ok(Candidate { subject: bare(&read_path(path)?), project: None });
    }
    let project = Project::open(path)?;
    project.build()?;
    // The build put the manifest beside the component.
    let subject = bare(&read_path(&project.component())?);
    let subject = Subject { manifest: subject.manifest, component: subject.component, ..samples(&project)? };
    Ok(Candidate { subject, project: Some(project) })
}

/// What a project is tried with.
pub(super) fn samples(project: &Project) -> Result<Subject> {
    let settings = match serde_json::to_value(project.settings())? {
        Value::Object(settings) => settings,
        _ => serde_json::Map::new(),
    };
    let replies = project.replies().iter().map(|reply| SampleReply {
        request: reply.request.clone(),
        status: reply.status,
        body: reply.body.clone(),
    });
    let webhooks =
        project.sample_webhooks()?.into_iter().enumerate().map(|(i, body)| (format!("sample {}", i + 1), body));
    Ok(Subject { settings, replies: replies.collect(), webhooks: webhooks.collect(), ..Subject::default() })
}

fn bare(package: &Package) -> Subject {
    Subject { manifest: package.manifest().to_owned(), component: package.component().to_vec(), ..Subject::default() }
}
