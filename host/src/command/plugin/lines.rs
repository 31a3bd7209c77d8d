//! The lines of TOML that are missing before a plugin loads, to be pasted into the configuration. `plugin show` prints
//! them; it calls nobody.

use super::show::Candidate;
use crate::config::plugins::{CredentialConfig, PluginConfig};
use crate::domain::manifest::{Manifest, Power, Setting, SettingType};
use crate::plugins::{Wish, wishes};

/// What stands where the operator must write something of their own.
const BLANK: &str = "\"…\"";

/// Every table that lacks something, with only the keys to write; nothing when nothing is missing.
pub(super) fn missing(id: &str, manifest: &Manifest, plugin: &Candidate) -> Vec<String> {
    let config = &plugin.config;
    let mut lines = Vec::new();
    if !plugin.configured {
        let source = toml::Value::from(config.source.as_str());
        table(&mut lines, &format!("plugins.{id}"), vec![format!("source = {source}"), trust(plugin.signed)]);
    }
    if plugin.configured && !config.enabled {
        table(&mut lines, &format!("plugins.{id}"), vec!["enabled = true".to_owned()]);
    }
    table(&mut lines, &format!("plugins.{id}.grants"), grants(manifest, config));
    for wish in &manifest.credentials {
        let (mut keys, open) = match config.credentials.get(&wish.name) {
            Some(credential) => (Vec::new(), open_keys(credential)),
            None => (vec![format!("kind = \"{}\"", wish.kind)], wish.kind.keys().to_vec()),
        };
        keys.extend(open.iter().map(|key| format!("{key} = {BLANK}")));
        table(&mut lines, &format!("plugins.{id}.credentials.{}", wish.name), keys);
    }
    let unset = manifest.settings.iter().filter(|(name, setting)| is_unset(name, setting, config));
    let unset = unset.map(|(name, setting)| format!("{name} = {}  # {}", blank(setting.value_type), setting.help));
    table(&mut lines, &format!("plugins.{id}.settings"), unset.collect());
    lines
}

/// Whether a credential that it asks for is described, and has no value yet.
pub(super) fn lacks_values(manifest: &Manifest, config: &PluginConfig) -> bool {
    let mut described = manifest.credentials.iter().filter_map(|wish| config.credentials.get(&wish.name));
    described.any(|credential| !open_keys(credential).is_empty())
}

/// The keys of a credential that still hold nothing, as in the defaults.
fn open_keys(credential: &CredentialConfig) -> Vec<&'static str> {
    let open = match credential {
        CredentialConfig::Header { header, value, value_file, .. } => {
            vec![header.is_empty(), value.is_none() && value_file.is_none()]
        }
        CredentialConfig::Basic { username, password, password_file, .. } => {
            vec![username.is_empty(), password.is_none() && password_file.is_none()]
        }
        CredentialConfig::Bearer { value, value_file, .. } | CredentialConfig::HmacSecret { value, value_file, .. } => {
            vec![value.is_none() && value_file.is_none()]
        }
        CredentialConfig::GoogleServiceAccount { json, json_file, .. } => vec![json.is_none() && json_file.is_none()],
        CredentialConfig::JwtEs256 { team_id, key_id, key, key_file, .. } => {
            vec![team_id.is_empty(), key_id.is_empty(), key.is_none() && key_file.is_none()]
        }
        CredentialConfig::WebPush { contact, .. } => vec![contact.is_empty()],
    };
    credential.kind().keys().iter().zip(open).filter(|(_, open)| *open).map(|(key, _)| *key).collect()
}

/// Adds a table with these lines, if there are any.
fn table(lines: &mut Vec<String>, name: &str, keys: Vec<String>) {
    if keys.is_empty() {
        return;
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push(format!("[{name}]"));
    lines.extend(keys);
}

/// The operator's word for a stranger's file.
fn trust(signed: bool) -> String {
    if signed {
        format!("signed_by = {BLANK}  # its maker's public key, which you have from the maker and not with this file")
    } else {
        "unsigned = true  # it came without a signature; this is your word that it may".to_owned()
    }
}

/// The keys of `[plugins.<id>.grants]` that grant too little, each as it should be: what is granted, and what is missing.
fn grants(manifest: &Manifest, config: &PluginConfig) -> Vec<String> {
    let wishes = wishes(manifest, config);
    let granted = &config.grants;
    let list = |key: &str, has: Vec<String>, of: &dyn Fn(&Wish) -> bool| {
        let lacks: Vec<_> = wishes.iter().filter(|wish| of(wish) && !wish.granted).map(|w| w.what.clone()).collect();
        let all = has.into_iter().chain(lacks.clone()).map(toml::Value::from).collect();
        (!lacks.is_empty()).then(|| format!("{key} = {}", toml::Value::Array(all)))
    };
    let power = |power: Power| wishes.iter().any(|wish| wish.power == power && !wish.granted);
    let data = granted.data.iter().map(ToString::to_string).collect();
    let mut lines: Vec<String> = [
        list("hosts", granted.hosts.clone(), &|wish| wish.power == Power::Host),
        list("credentials", granted.credentials.clone(), &|wish| wish.power == Power::Credential),
        power(Power::PrivateAddresses).then(|| "private_addresses = true".to_owned()),
        power(Power::Webhooks).then(|| "webhooks = true".to_owned()),
        list("data", data, &Wish::is_personal),
    ]
    .into_iter()
    .flatten()
    .collect();
    // The origin of a URL that is not known yet must be granted too.
    for host in &manifest.hosts {
        let unset = |setting: &Setting| is_unset(&host.setting, setting, config);
        if manifest.settings.get(&host.setting).is_some_and(unset) {
            lines.push(format!("# and in `hosts` the origin of the setting {}", host.setting));
        }
    }
    lines
}

fn is_unset(name: &str, setting: &Setting, config: &PluginConfig) -> bool {
    setting.required && setting.default.is_none() && !config.settings.contains_key(name)
}

fn blank(value_type: SettingType) -> &'static str {
    match value_type {
        SettingType::String => BLANK,
        SettingType::Integer => "0",
        SettingType::Boolean => "false",
        SettingType::Table => "{}",
    }
}
