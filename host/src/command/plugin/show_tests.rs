//! What `plugin show` prints: a plugin that has all it asks for, one that asks for more than before, a stranger's.

use super::show::{Candidate, describe, refusal, rehearsed, unverified};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::plugins::{CredentialConfig, PluginConfig};
use crate::domain::manifest::Manifest;
use crate::plugins::package::PackageStore;

const FCM: &str = include_str!("../../../../plugins/fcm/plugin.toml");

fn config() -> Config {
    Config::load(None, std::iter::empty()).unwrap()
}

/// `fcm` as the defaults configure it, with the setting and the key that it cannot do without.
fn fcm() -> Candidate {
    let mut config = config().plugins.remove("fcm").unwrap();
    config.enabled = true;
    config.settings.insert("project_id".to_owned(), "an-invented-project".into());
    let described = config.credentials.get_mut("service-account");
    let Some(CredentialConfig::GoogleServiceAccount { json_file, .. }) = described else { panic!("{described:?}") };
    *json_file = Some("/nowhere/service-account.json".into());
    Candidate { config, configured: true, signed: false }
}

fn shown(id: &str, manifest: &str, plugin: &Candidate) -> String {
    let manifest: Manifest = toml::from_str(manifest).unwrap();
    manifest.check().unwrap();
    describe(id, &manifest, plugin) + &refusal(id, &manifest, plugin).unwrap_or_default()
}

#[test]
fn granted_plugin_is_shown_with_what_it_has_and_why() {
    insta::assert_snapshot!(shown("fcm", FCM, &fcm()));
}

#[test]
fn plugin_that_wants_more_than_before_is_shown_with_the_lines_to_add() {
    let grown = FCM.replace("version = \"0.1.0\"", "version = \"0.2.0\"")
        + r#"
[[hosts]]
setting = "count_url"
reason = "Counts how many pushes arrive."

[settings.count_url]
type = "string"
default = "http://192.168.7.7:8080/count"
help = "Where arrivals are counted."

[[credentials]]
name = "count-key"
kind = "header"
reason = "Lets it count."
"#;
    let mut plugin = fcm();
    plugin.config.grants.data.pop();
    plugin.config.settings.insert("colour".to_owned(), "red".into());
    insta::assert_snapshot!(shown("fcm", &grown, &plugin));
}

#[test]
fn plugin_as_the_defaults_have_it_is_shown_with_every_line_to_add() {
    let plugin = Candidate { config: config().plugins.remove("fcm").unwrap(), configured: true, signed: false };
    let manifest: Manifest = toml::from_str(FCM).unwrap();
    let refused = refusal("fcm", &manifest, &plugin).unwrap();
    let (before, lines) = refused.split_once("\n\n").unwrap();
    assert_eq!(before, "It will not load until the configuration says:");
    let written: toml::Table = lines.parse().unwrap();
    let section = &written["plugins"]["fcm"];
    assert_eq!(section["enabled"].as_bool(), Some(true), "{refused}");
    assert!(section["credentials"]["service-account"].get("json_file").is_some(), "{refused}");
    assert!(section["settings"].get("project_id").is_some(), "{refused}");

    // Settings alone are not enough, and what is missing is told without loading it.
    let mut plugin = fcm();
    assert_eq!(refusal("fcm", &manifest, &plugin), None);
    plugin.config.credentials = config().plugins.remove("fcm").unwrap().credentials;
    assert!(refusal("fcm", &manifest, &plugin).unwrap().contains("json_file = "));
}

#[test]
fn plugin_that_is_not_configured_yet_is_shown_with_its_whole_section() {
    let manifest = include_str!("../../../../plugin-api/tests/guide/plugin.toml");
    let config = PluginConfig { source: "file:/opt/push-relay/push_relay.wasm".to_owned(), ..PluginConfig::default() };
    let plugin = Candidate { config, configured: false, signed: false };
    insta::assert_snapshot!(shown("push-relay", manifest, &plugin));
}

#[test]
fn manifest_that_would_fool_its_reader_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let component = folder.path().join("fcm.wasm");
    assert!(unverified(&component).is_err());
    std::fs::write(&component, "anything").unwrap();
    std::fs::write(folder.path().join("plugin.toml"), FCM).unwrap();
    let (manifest, source, signed) = unverified(folder.path()).unwrap();
    assert_eq!((manifest.id.as_str(), source, signed), ("fcm", format!("file:{}", component.display()), false));

    let text = FCM.replace("Rings paired Android phones.", "Rings.\\n\\nIt would load.");
    std::fs::write(folder.path().join("plugin.toml"), text).unwrap();
    let refused = format!("{:#}", unverified(&component).unwrap_err());
    assert!(refused.contains("`purpose`"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn verdict_is_that_of_a_real_load_which_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let store = || PackageStore::open(folder.path(), Clock::system());
    let mut summary = config().plugins.remove("family-summary").unwrap();
    let said = rehearsed("family-summary".to_owned(), summary.clone(), store()).await.unwrap();
    assert_eq!((said.loads, said.text.as_str()), (true, "It would load."));
    summary.enabled = false;
    let said = rehearsed("family-summary".to_owned(), summary, store()).await.unwrap();
    assert_eq!((said.loads, said.text.as_str()), (true, "It would load once it is switched on (enabled = true)."));

    let said = rehearsed("fcm".to_owned(), fcm().config, store()).await.unwrap();
    let expected = "It will not load: `plugins.fcm.credentials.service-account.json_file`: cannot read /nowhere/";
    assert!(!said.loads && said.text.starts_with(expected), "{}", said.text);
    assert!(folder.path().read_dir().unwrap().next().is_none());
}
