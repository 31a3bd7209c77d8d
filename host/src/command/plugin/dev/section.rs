//! The config section of a plugin that is being written: everything that it asks for is granted, its vendor is the
//! emulated relay, and its credentials are made up.

use anyhow::Context as _;
use callpanion_emulators::World;
use callpanion_emulators::relay::Reply;
use toml::{Table, Value};

use super::super::project::Project;
use crate::domain::manifest::{CredentialKind, PluginKind};

/// The text of the demo's extra configuration file. Tells the relay what to answer.
pub(super) fn section(project: &Project, world: &World) -> anyhow::Result<String> {
    let manifest = project.manifest();
    world.relay.answer_with(project.replies().iter().map(reply).collect::<Result<_, _>>()?);
    let mut settings = project.settings().clone();
    for wish in &manifest.hosts {
        settings.insert(wish.setting.clone(), world.relay.url().into());
    }
    let data: Vec<Value> = manifest.data.iter().map(|wish| wish.what.as_str().into()).collect();
    let names: Vec<Value> = manifest.credentials.iter().map(|wish| wish.name.clone().into()).collect();
    let hosts: Vec<Value> = if manifest.hosts.is_empty() { Vec::new() } else { vec![world.relay.url().into()] };
    let mut grants = Table::new();
    grants.insert("hosts".to_owned(), hosts.into());
    grants.insert("credentials".to_owned(), names.into());
    grants.insert("data".to_owned(), data.into());
    grants.insert("private_addresses".to_owned(), true.into());
    grants.insert("webhooks".to_owned(), manifest.webhook.is_some().into());
    let mut credentials = Table::new();
    for wish in &manifest.credentials {
        let given = project.credentials().get(&wish.name).cloned();
        credentials.insert(wish.name.clone(), given.unwrap_or_else(|| made_up(wish.kind, world)).into());
    }
    let source =
        format!("file:{}", std::path::absolute(project.component()).context("the component's path")?.display());
    let mut plugin = Table::new();
    plugin.insert("source".to_owned(), source.into());
    plugin.insert("unsigned".to_owned(), true.into());
    plugin.insert("grants".to_owned(), grants.into());
    plugin.insert("credentials".to_owned(), credentials.into());
    plugin.insert("settings".to_owned(), settings.into());
    let mut plugins = Table::new();
    plugins.insert(manifest.id.clone(), plugin.into());
    let mut config = Table::new();
    if manifest.kind == PluginKind::Renderer {
        config.insert("renderer".to_owned(), manifest.id.clone().into());
    }
    config.insert("plugins".to_owned(), plugins.into());
    Ok(toml::to_string(&config)?)
}

/// A credential that opens nothing.
fn made_up(kind: CredentialKind, world: &World) -> Table {
    let emulated = world.settings();
    let pairs: Vec<(&str, String)> = match kind {
        CredentialKind::Header => {
            vec![("header", "x-api-key".to_owned()), ("value", "a-made-up-key".to_owned())]
        }
        CredentialKind::Basic => vec![("username", "somebody".to_owned()), ("password", "a-made-up-key".to_owned())],
        CredentialKind::Bearer | CredentialKind::HmacSecret => vec![("value", "a-made-up-key".to_owned())],
        CredentialKind::GoogleServiceAccount => vec![("json", of_any_project(&emulated.fcm_service_account_json))],
        CredentialKind::JwtEs256 => vec![
            ("team_id", emulated.apns_team_id),
            ("key_id", emulated.apns_key_id),
            ("key", emulated.apns_auth_key_pem),
        ],
        CredentialKind::WebPush => vec![("contact", "mailto:nobody@example.org".to_owned())],
    };
    let kind = ("kind", kind.as_str().to_owned());
    pairs.into_iter().chain([kind]).map(|(key, value)| (key.to_owned(), value.into())).collect()
}

/// The key file of a service account without its project: the plugin's settings may name any.
fn of_any_project(account: &str) -> String {
    let mut account: serde_json::Map<String, serde_json::Value> = serde_json::from_str(account).unwrap_or_default();
    account.remove("project_id");
    serde_json::Value::Object(account).to_string()
}

fn reply(given: &super::super::project::Reply) -> anyhow::Result<Reply> {
    let (method, path) = given
        .request
        .split_once(' ')
        .with_context(|| format!("`request = \"{}\"` in project.toml is not like \"POST /path/*\"", given.request))?;
    Ok(Reply { method: method.to_owned(), path: path.to_owned(), status: given.status, body: given.body.clone() })
}
