//! Powers: the manifest asks, the config grants, and nothing is granted by silence. One fixture for each power that
//! `plugin.wit` carries (`wit`), and what is not agreed on stays on the host's side (`withheld`).

mod wit;
mod withheld;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use callpanion::config::plugins::PluginConfig;
use callpanion::domain::manifest::{DataKind, Manifest, PluginKind, Power};
use callpanion::egress::Names;
use callpanion::plugins::{Disagreement, LoadProblem, Plugins, Wish, wishes};
use serde_json::{Value, json};

use super::fixtures::{Package, surroundings};

/// Where the fixtures lie: a folder for each power, named by its word.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/plugins/powers")
}

/// The manifest of a power's fixture.
fn fixture(power: Power) -> String {
    let path = folder().join(power.as_str()).join("plugin.toml");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read(manifest: &str) -> Manifest {
    let manifest: Manifest = toml::from_str(manifest).unwrap();
    manifest.check().unwrap();
    manifest
}

/// A real component of this kind. It is another plugin than a fixture's manifest says, which shows only once all that
/// the manifest asks for is granted and the component runs.
fn component(kind: PluginKind) -> Vec<u8> {
    let name = match kind {
        PluginKind::Channel => "fcm",
        PluginKind::Provider => "elevenlabs",
        PluginKind::Renderer => "family_summary",
        PluginKind::Notifier => unreachable!("no fixture is a notifier"),
    };
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    std::fs::read(target.join(format!("plugins/wasm32-wasip2/plugin/callpanion_{name}.wasm"))).unwrap()
}

/// A section that grants these wishes and describes each credential of the manifest.
fn granting<'a>(package: &Package, manifest: &Manifest, granted: impl Iterator<Item = &'a Wish>) -> PluginConfig {
    let mut grants = json!({ "hosts": [], "credentials": [], "data": [] });
    for wish in granted {
        let list = match wish.power {
            Power::Host => "hosts",
            Power::Credential => "credentials",
            Power::PrivateAddresses => {
                grants["private_addresses"] = true.into();
                continue;
            }
            Power::Webhooks => {
                grants["webhooks"] = true.into();
                continue;
            }
            _ => "data",
        };
        grants[list].as_array_mut().unwrap().push(wish.what.clone().into());
    }
    let credentials = manifest.credentials.iter();
    let credentials: BTreeMap<_, Value> =
        credentials.map(|wish| (wish.name.clone(), json!({ "kind": wish.kind, "value": "invented" }))).collect();
    package.section(json!({ "grants": grants, "credentials": credentials }))
}

/// Why a plugin of this section does not load.
fn refusal(id: &str, section: PluginConfig) -> LoadProblem {
    let configs = BTreeMap::from([(id.to_owned(), section)]);
    Plugins::load(&configs, surroundings(Names::system())).err().expect("it is refused").problem
}

/// What the refusal for want of this power says that the operator must write.
fn line_to_write(id: &str, wish: &Wish) -> String {
    let (what, table) = (&wish.what, format!("in [plugins.{id}.grants]"));
    match wish.power {
        Power::Host => format!("add \"{what}\" to `hosts` {table}"),
        Power::PrivateAddresses => format!("write private_addresses = true {table}"),
        Power::Credential => format!("add \"{what}\" to `credentials` {table}"),
        Power::Webhooks => format!("write webhooks = true {table}"),
        _ => format!("add \"{what}\" to `data` {table}"),
    }
}

#[test]
fn every_power_has_a_fixture_and_every_fixture_is_of_a_power() {
    let mut found: Vec<Power> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_str().unwrap().parse().expect("a folder is named by a power"))
        .collect();
    found.sort();
    assert_eq!(found, Power::ALL);
    for power in Power::ALL {
        let asked = wishes(&read(&fixture(*power)), &PluginConfig::default());
        assert!(asked.iter().any(|wish| wish.power == *power), "the fixture {power} does not ask for it");
        // Some powers are of no use alone; no fixture asks for more than that.
        let company: &[Power] = match power {
            Power::PrivateAddresses => &[Power::Host],
            Power::Webhooks => &[Power::Credential, Power::Transcript],
            _ => &[],
        };
        assert!(
            asked.iter().all(|wish| wish.power == *power || company.contains(&wish.power)),
            "the fixture {power} asks for more: {asked:?}"
        );
    }
}

#[test]
fn with_nothing_granted_each_power_is_refused_with_the_line_to_write() {
    for power in Power::ALL {
        let text = fixture(*power);
        let manifest = read(&text);
        let package = Package::new(&component(manifest.kind), &text);
        let problem = refusal(&manifest.id, package.section(json!({})));
        let LoadProblem::Disagreement(disagreement) = problem else { panic!("{power}: {problem:?}") };
        let said = disagreement.to_string();
        for wish in wishes(&manifest, &PluginConfig::default()) {
            let line = line_to_write(&manifest.id, &wish);
            assert!(said.contains(&line), "{power}: {said}");
            // A reason that the manifest gives is repeated where the operator must decide.
            let reason = wish.reason.trim_end_matches('.');
            assert!(wish.power == Power::PrivateAddresses || said.contains(reason), "{power}: {said}");
        }
    }
}

#[test]
fn with_all_but_one_power_granted_that_one_is_refused() {
    for power in Power::ALL {
        let text = fixture(*power);
        let manifest = read(&text);
        let package = Package::new(&component(manifest.kind), &text);
        let asked = wishes(&manifest, &PluginConfig::default());
        let others = asked.iter().filter(|wish| wish.power != *power);
        let problem = refusal(&manifest.id, granting(&package, &manifest, others));
        let LoadProblem::Disagreement(disagreement) = problem else { panic!("{power}: {problem:?}") };
        let refused = match disagreement {
            Disagreement::Host { .. } => Power::Host,
            Disagreement::PrivateAddresses { .. } => Power::PrivateAddresses,
            Disagreement::Credential { .. } => Power::Credential,
            Disagreement::Webhooks { .. } => Power::Webhooks,
            Disagreement::Data { what, .. } => DataKind::power(what),
            other => panic!("{power}: {other}"),
        };
        assert_eq!(refused, *power);
    }
}

#[test]
fn with_every_power_granted_the_agreement_stands() {
    for power in Power::ALL {
        let text = fixture(*power);
        let manifest = read(&text);
        let package = Package::new(&component(manifest.kind), &text);
        let asked = wishes(&manifest, &PluginConfig::default());
        let problem = refusal(&manifest.id, granting(&package, &manifest, asked.iter()));
        // Everything was agreed on, so the component ran, and said that it is another plugin.
        assert!(matches!(problem, LoadProblem::Stranger { .. }), "{power}: {problem:?}");
    }
}
