//! The conformance kit: every first-party plugin is gold, and a plugin that is careless is told where.

use std::fs;
use std::path::{Path, PathBuf};

use callpanion::config::plugins::PluginConfig;
use callpanion::conformance::{Level, Report, SampleReply, Subject, examine};
use callpanion::plugins::package::resolve;
use serde_json::{Map, Value};

use super::fixtures::surroundings;
use callpanion::egress::Names;

const FIRST_PARTY: [&str; 8] =
    ["fcm", "apns-voip", "web-push", "web-push-notices", "twilio-batch", "twilio", "elevenlabs", "family-summary"];

/// What the project in this folder is tried with.
fn samples(folder: &Path) -> Subject {
    let text = fs::read_to_string(folder.join("project.toml")).unwrap();
    let recipe: Value = toml::from_str(&text).unwrap();
    let list = |name: &str| recipe[name].as_array().cloned().unwrap_or_default();
    let replies = list("replies").into_iter().map(|reply| serde_json::from_value::<SampleReply>(reply).unwrap());
    let webhooks = list("webhooks").into_iter().map(|webhook| {
        let file = webhook["file"].as_str().unwrap().to_owned();
        let body = fs::read(folder.join(&file)).unwrap();
        (file, body)
    });
    Subject {
        settings: recipe["settings"].as_object().cloned().unwrap_or_else(Map::new),
        replies: replies.collect(),
        webhooks: webhooks.collect(),
        ..Subject::default()
    }
}

fn first_party(id: &str) -> Subject {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../plugins").join(id);
    let config = PluginConfig { source: format!("builtin:{id}"), ..PluginConfig::default() };
    let package = resolve(id, &config, None).unwrap();
    Subject { manifest: package.manifest().to_owned(), component: package.component().to_vec(), ..samples(&folder) }
}

async fn tried(subject: &Subject) -> Report {
    examine(subject, &surroundings(Names::system())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_first_party_plugin_is_gold() {
    let mut wrong = Vec::new();
    for id in FIRST_PARTY {
        let report = tried(&first_party(id)).await;
        println!("{report}");
        if !report.reaches(Level::Gold) {
            wrong.push(report.to_string());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
