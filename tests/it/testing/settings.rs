//! The settings of a test's host: what a self-hoster would write, with the emulators' addresses and keys.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use callpanion_emulators::Settings as WorldSettings;

/// The demo's own table, so that a key added for the demo is not forgotten here.
#[path = "../../../host/src/command/demo/world_config.rs"]
mod world_config;

/// Environment variables by name.
pub type Settings = BTreeMap<String, String>;

/// What the demo changes to be quick, and the tests want as it is by default.
const AS_BY_DEFAULT: [&str; 6] = [
    "CALLPANION__CALLING__LEASE_S",
    "CALLPANION__CALLING__POLL_INTERVAL_S",
    "CALLPANION__CALLING__QUIET_START",
    "CALLPANION__CALLING__QUIET_END",
    "CALLPANION__CALLING__RETRY_AFTER_S",
    "CALLPANION__LOG__FORMAT",
];

/// The folder that all tests share: compiled plugins lie there, so that they are compiled once.
pub fn data_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("callpanion-it")
}

/// Points every plugin at the emulators, and the host at its database.
pub fn environment(world: &WorldSettings, public_url: &str, database_url: &str) -> Settings {
    let mut settings: Settings = world_config::environment(world, public_url, &data_dir()).into_iter().collect();
    for name in AS_BY_DEFAULT {
        settings.remove(name);
    }
    settings.extend(web_push(&world.push_service_url));
    settings.extend(web_push_notices(&world.push_service_url));
    settings.extend(twilio(world));
    settings.insert("CALLPANION__DATABASE__URL".to_owned(), database_url.to_owned());
    settings.insert("CALLPANION__LOG__LEVEL".to_owned(), "debug".to_owned());
    settings
}

/// The plugin `web-push`, for tests that switch it on: one push service serves every browser.
fn web_push(push_service: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = [
        ("GRANTS__HOSTS", push_service),
        ("GRANTS__PRIVATE_ADDRESSES", "true"),
        ("CREDENTIALS__VAPID__CONTACT", "mailto:calls@care-home.org"),
        ("SETTINGS__GOOGLE", ""),
        ("SETTINGS__MOZILLA", ""),
        ("SETTINGS__APPLE", ""),
        ("SETTINGS__OTHERS", push_service),
        ("SETTINGS__PAGE_URL", "https://calls.care-home.org/device"),
    ];
    let pairs = pairs.map(|(key, value)| (format!("CALLPANION__PLUGINS__WEB_PUSH__{key}"), value.to_owned()));
    pairs.into_iter()
}

/// The plugin `web-push-notices`, for tests that switch it on.
fn web_push_notices(push_service: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = [
        ("GRANTS__HOSTS", push_service),
        ("GRANTS__PRIVATE_ADDRESSES", "true"),
        ("CREDENTIALS__VAPID__CONTACT", "mailto:calls@care-home.org"),
        ("SETTINGS__GOOGLE", ""),
        ("SETTINGS__MOZILLA", ""),
        ("SETTINGS__APPLE", ""),
        ("SETTINGS__OTHERS", push_service),
    ];
    let pairs = pairs.map(|(key, value)| (format!("CALLPANION__PLUGINS__WEB_PUSH_NOTICES__{key}"), value.to_owned()));
    pairs.into_iter()
}

/// The plugin `twilio`, for tests that switch it on.
fn twilio(world: &WorldSettings) -> impl Iterator<Item = (String, String)> {
    let pairs = [
        ("GRANTS__HOSTS", world.twilio_url.clone()),
        ("GRANTS__PRIVATE_ADDRESSES", "true".to_owned()),
        ("CREDENTIALS__ACCOUNT__USERNAME", world.twilio_account_sid.clone()),
        ("CREDENTIALS__ACCOUNT__PASSWORD", world.twilio_auth_token.clone()),
        ("CREDENTIALS__CALLBACK_SECRET__VALUE", world.twilio_auth_token.clone()),
        ("SETTINGS__BASE_URL", world.twilio_url.clone()),
        ("SETTINGS__LOOKUPS_URL", world.twilio_url.clone()),
        ("SETTINGS__ACCOUNT_SID", world.twilio_account_sid.clone()),
        ("SETTINGS__FROM", world.twilio_from.clone()),
    ];
    pairs.into_iter().map(|(key, value)| (format!("CALLPANION__PLUGINS__TWILIO__{key}"), value))
}
