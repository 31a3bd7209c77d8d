//! The two files of `config/`: the manual is complete and true, and the example loads.

use std::collections::BTreeSet;
use std::fs;

use super::tests::load;
use super::*;
use crate::domain::manifest::Manifest;

#[test]
fn example_loads_and_is_short() {
    let example = include_str!("../../../config/example.toml");
    // The files that the example names belong to the reader.
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "invented\n").unwrap();
    let example = example.replace("/etc/callpanion/mail-password", &secret.display().to_string());
    let config = load(&example, &[]).unwrap();
    assert!(config.plugins["fcm"].enabled);
    assert_eq!(config.mail.password.as_ref().map(Secret::reveal), Some("invented"));
}

#[test]
fn every_key_of_the_types_is_documented_and_every_documented_key_is_read() {
    fn dotted(value: &serde_json::Value, prefix: &str, keys: &mut BTreeSet<String>) {
        for (name, value) in value.as_object().unwrap() {
            let key = format!("{prefix}{name}");
            match value {
                serde_json::Value::Object(_) if key != "plugins" => {
                    dotted(value, &format!("{key}."), keys);
                }
                _ => drop(keys.insert(key)),
            }
        }
    }
    let config = Config::load(None, std::iter::empty()).unwrap();
    let (mut read, mut documented) = (BTreeSet::new(), BTreeSet::new());
    dotted(&serde_json::to_value(&config).unwrap(), "", &mut read);
    dotted(&toml::from_str(DEFAULT_TOML).unwrap(), "", &mut documented);
    let plain: BTreeSet<_> = documented.iter().filter(|key| !key.ends_with(twins::TWIN)).cloned().collect();
    assert_eq!(read, plain);
    let secrets: Vec<_> = documented.iter().filter(|key| key.ends_with(twins::TWIN)).collect();
    let database = ["database.encryption_key_file", "database.previous_encryption_key_file", "database.url_file"];
    assert_eq!(secrets, [&database[..], &["mail.password_file"]].concat());

    let tables = [
        fields::fields_of::<plugins::PluginConfig>(),
        fields::fields_of::<plugins::Grants>(),
        fields::fields_of::<plugins::Limits>(),
    ];
    let manual = &DEFAULT_TOML[DEFAULT_TOML.find("my-channel]").unwrap()..];
    for name in tables.iter().flatten() {
        assert!(manual.contains(&format!("{name} = ")) || manual.contains(&format!(".my-channel.{name}")), "{name}");
    }
}

#[test]
fn every_key_of_the_manual_has_a_comment() {
    let mut described = false;
    for line in DEFAULT_TOML.lines().take_while(|line| !line.starts_with("[plugins.")) {
        match line {
            "" => described = false,
            line if line.starts_with('#') => described = true,
            line => assert!(described || line.starts_with('['), "{line}"),
        }
    }
}

#[test]
fn defaults_agree_with_the_manifests_of_the_built_in_plugins() {
    let config = Config::load(None, std::iter::empty()).unwrap();
    let listed: toml::Table = toml::from_str(DEFAULT_TOML).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins");
    for (id, plugin) in &config.plugins {
        let text = fs::read_to_string(folder.join(id).join("plugin.toml")).unwrap();
        let manifest: Manifest = toml::from_str(&text).unwrap();
        let settings = listed["plugins"][id].get("settings").and_then(toml::Value::as_table);
        let names: Vec<_> = settings.into_iter().flat_map(|settings| settings.keys()).collect();
        assert_eq!(names, manifest.settings.keys().collect::<Vec<_>>(), "settings of {id}");
        for (name, setting) in &manifest.settings {
            let default = setting.default.clone().filter(|default| default != "");
            let value =
                plugin.settings.get(name).filter(|value| value.as_object().is_none_or(|table| !table.is_empty()));
            assert_eq!(value, default.as_ref(), "plugins.{id}.settings.{name}");
        }
        let wished: Vec<_> = manifest.credentials.iter().map(|wish| (wish.name.as_str(), wish.kind)).collect();
        let mut ready: Vec<_> = plugin.credentials.iter().map(|(name, it)| (name.as_str(), it.kind())).collect();
        ready.sort_by_key(|(name, _)| wished.iter().position(|(wish, _)| wish == name));
        assert_eq!(ready, wished, "credentials of {id}");
        assert_eq!(plugin.grants.credentials.len(), wished.len(), "granted credentials of {id}");
        let shown: Vec<_> = manifest.data.iter().map(|wish| wish.what).collect();
        assert_eq!(plugin.grants.data, shown, "what {id} is granted to be shown");
        assert_eq!(plugin.grants.webhooks, manifest.webhook.is_some(), "webhooks of {id}");
        for host in &manifest.hosts {
            // What leads nowhere as it comes wants no grant.
            let Some(origin) = plugin.settings.get(&host.setting) else { continue };
            assert!(plugin.grants.hosts.iter().any(|granted| origin == granted), "{id} is not granted {origin}");
        }
    }
}
