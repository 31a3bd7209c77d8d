//! The host under test: assembled as `serve` does it, with its vendor's certificate believed.

use std::collections::BTreeMap;
use std::path::Path;

use callpanion::app::App;
use callpanion::boot;
use callpanion::clock::Clock;
use callpanion::config::Config;
use callpanion::egress::Trust;
use callpanion::mail::Mailer;
use callpanion::plugins::{Entropy, Plugins, Surroundings};
use callpanion_emulators::{World, WorldConfig};

use crate::store::Store;

/// What webhooks are signed with.
pub(crate) const WEBHOOK_SECRET: &str = "wsec_bench_0001";

/// The Firebase project.
const PROJECT: &str = "callpanion-bench";

/// Where the vendor is, and whose certificate it has.
pub(crate) struct Vendor<'a> {
    pub(crate) origin: &'a str,
    pub(crate) roots: &'a str,
    /// The service account that it believes.
    pub(crate) account: &'a str,
}

/// A service account, as Google's console gives it out, whose tokens are sold at `origin`.
pub(crate) async fn account(origin: &str) -> anyhow::Result<String> {
    let world = World::start(WorldConfig::default()).await?;
    let mut account: serde_json::Value = serde_json::from_str(&world.settings().fcm_service_account_json)?;
    world.stop().await;
    account["token_uri"] = format!("{origin}/token").into();
    account["project_id"] = PROJECT.into();
    Ok(account.to_string())
}

/// Opens the windows and puts the app together.
pub(crate) async fn assemble(store: &Store, vendor: &Vendor<'_>, folder: &Path) -> anyhow::Result<App> {
    let Vendor { origin, roots, account } = *vendor;
    let settings = [
        ("PUBLIC_URL", "http://127.0.0.1:8080"),
        ("DATA_DIR", &folder.display().to_string()),
        ("DATABASE__URL", &store.url()),
        ("PLUGINS__FCM__ENABLED", "true"),
        ("PLUGINS__FCM__GRANTS__HOSTS", origin),
        ("PLUGINS__FCM__GRANTS__PRIVATE_ADDRESSES", "true"),
        ("PLUGINS__FCM__CREDENTIALS__SERVICE_ACCOUNT__JSON", account),
        ("PLUGINS__FCM__SETTINGS__BASE_URL", origin),
        ("PLUGINS__FCM__SETTINGS__PROJECT_ID", PROJECT),
        ("PLUGINS__ELEVENLABS__ENABLED", "true"),
        ("PLUGINS__ELEVENLABS__GRANTS__HOSTS", origin),
        ("PLUGINS__ELEVENLABS__GRANTS__PRIVATE_ADDRESSES", "true"),
        ("PLUGINS__ELEVENLABS__CREDENTIALS__API_KEY__VALUE", "sk_bench"),
        ("PLUGINS__ELEVENLABS__CREDENTIALS__WEBHOOK_SECRET__VALUE", WEBHOOK_SECRET),
        ("PLUGINS__ELEVENLABS__SETTINGS__BASE_URL", origin),
        ("PLUGINS__ELEVENLABS__SETTINGS__AGENT_ID", "agent_7101"),
    ];
    let settings: BTreeMap<String, String> =
        settings.into_iter().map(|(key, value)| (format!("CALLPANION__{key}"), value.to_owned())).collect();
    let config = Config::load(None, settings.into_iter())?;
    let configs = config.plugins.clone();
    let mut app = boot::assemble(config, Clock::system(), Mailer::memory()).await?;
    // Nobody but this benchmark believes the vendor's certificate: the plugins are loaded once more with it.
    let trust = Trust::with_extra_roots(roots.replace('|', "\n").as_bytes())?;
    let cache_dir = Some(folder.join("plugin-cache"));
    let surroundings = Surroundings { trust, cache_dir, ..Surroundings::new(app.clock.clone(), Entropy::system())? };
    let loading = tokio::task::spawn_blocking(move || Plugins::load(&configs, surroundings));
    app.plugins = loading.await??;
    Ok(app)
}
