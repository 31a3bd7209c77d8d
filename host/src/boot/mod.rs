//! The roof: assembles the house from a config, starts its doors and closes them.

mod door;
pub mod logging;
mod shutdown;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;

use crate::app::App;
use crate::clock::Clock;
use crate::config::{Backend, Config};
use crate::db::{Claim, Db, Location};
use crate::domain::NodeId;
use crate::domain::manifest::Reaches;
use crate::egress::web_push::InstallationKey;
use crate::mail::Mailer;
use crate::plugins::package::PackageStore;
use crate::plugins::{Entropy, Plugins, Recorder, Surroundings, Witness};
use crate::services::armory::Armory;
use crate::services::lanes::Lanes;
use crate::services::live::Live;
use crate::services::nodes::{self, Peers};
use crate::services::outcomes::Outcomes;
use crate::services::schedules;
use crate::services::sealing::Sealer;
use crate::services::staff_alerts::{Proofs, closing};
use crate::services::unheard::Unheard;
use crate::theme::Theme;
use crate::worker::Worker;

pub use door::Door;
pub use shutdown::StopSignal;

/// Opens the windows and puts the app together: plugins, database (with its
/// migrations), theme.
pub async fn assemble(config: Config, clock: Clock, mailer: Mailer) -> anyhow::Result<App> {
    assemble_before(config, clock, mailer, None).await
}

/// The same, while `witness` is told of every call of a plugin.
pub async fn assemble_before(
    config: Config,
    clock: Clock,
    mailer: Mailer,
    witness: Option<Arc<dyn Witness>>,
) -> anyhow::Result<App> {
    // A start that is refused for its plugins leaves the database as it was.
    let installation_key = InstallationKey::default();
    let plugins = load_plugins_before(&config, clock.clone(), installation_key.clone(), witness).await?;
    let db = open_database(&config).await?;
    let sealer = Sealer::new(&config.database);
    for (role, wanted, loaded) in [
        ("provider.app", &config.provider.app, plugins.provider_ids()),
        ("provider.phone", &config.provider.phone, plugins.provider_ids()),
        ("renderer", &config.renderer, plugins.renderer_ids()),
        ("digest.renderer", &config.digest.renderer, plugins.digest_renderer_ids()),
    ] {
        if !wanted.is_empty() && !loaded.contains(wanted) {
            tracing::warn!(
                key = role,
                plugin = wanted,
                "this plugin is not enabled: set plugins.{wanted}.enabled = true"
            );
        }
    }
    let number_channels = plugins.channels().into_iter().filter(|channel| channel.reaches == Reaches::Number).count();
    if number_channels > 1 {
        tracing::warn!(number_channels, "several channels reach phone numbers: the first by id is used");
    }
    let unheard = Arc::new(Unheard::since(clock.now()));
    Ok(App {
        config: Arc::new(config),
        clock,
        db,
        sealer,
        installation_key,
        plugins,
        mailer,
        theme: Arc::new(Theme::load().context("the theme does not load")?),
        live: Live::default(),
        node: NodeId::new(),
        armory: Armory::default(),
        lanes: Lanes::default(),
        outcomes: Outcomes::default(),
        low_water: Arc::default(),
        unheard,
        proofs: Proofs::default(),
        peers: Peers::default(),
        wake: Arc::default(),
        demo: false,
    })
}

/// Opens the database that the config names and brings it up to date.
pub async fn open_database(config: &Config) -> anyhow::Result<Db> {
    let backend = config.database.backend(&config.data_dir).context("database.url is neither sqlite: nor postgres:")?;
    let location = match backend {
        Backend::Sqlite(path) => Location::Sqlite(path),
        Backend::Postgres(url) => Location::Postgres(url.reveal().to_owned()),
    };
    let connections = usize::try_from(config.database.max_connections).unwrap_or(usize::MAX);
    Ok(Db::open(&location, connections).await?)
}

/// Loads the enabled plugins. Compiling them keeps a processor busy, so it has a thread of its own.
pub async fn load_plugins(config: &Config, clock: Clock) -> anyhow::Result<Plugins> {
    load_plugins_before(config, clock, InstallationKey::default(), None).await
}

async fn load_plugins_before(
    config: &Config,
    clock: Clock,
    installation_key: InstallationKey,
    witness: Option<Arc<dyn Witness>>,
) -> anyhow::Result<Plugins> {
    let configs = config.plugins.clone();
    let cache: PathBuf = config.data_dir.join("plugin-cache");
    std::fs::create_dir_all(&cache).with_context(|| format!("{} cannot be made", cache.display()))?;
    let store = Arc::new(PackageStore::open(&config.data_dir, clock.clone()));
    let recorder = Recorder::of(&config.plugins, config.data_dir.join("recordings"));
    let surroundings = Surroundings {
        installation_key,
        cache_dir: Some(cache),
        store: Some(store),
        threads: usize::try_from(config.plugin_threads).ok().and_then(NonZeroUsize::new),
        witness: recorder.as_ref().map(|recorder| recorder.witness(witness.clone())).or(witness),
        ..Surroundings::new(clock, Entropy::system())?
    };
    let loading = tokio::task::spawn_blocking(move || Plugins::load(&configs, surroundings));
    let plugins = loading.await.context("loading the plugins was cut short")??;
    if let Some(recorder) = recorder {
        recorder.begin(&plugins);
    }
    Ok(plugins)
}

/// A running host: its web door and its worker.
#[allow(missing_debug_implementations, reason = "it holds connections and secrets")]
pub struct Host {
    address: SocketAddr,
    app: App,
    /// Let go of last.
    _claim: Claim,
    door: Door,
    worker: Worker,
}

impl Host {
    /// Claims the database, has the schedules follow the time zone data, and opens the doors.
    pub async fn start(app: &App, listener: TcpListener) -> anyhow::Result<Self> {
        let claim = app.db.claim()?;
        schedules::follow_tz_release(app).await.context("the next calls could not be computed anew")?;
        nodes::join(app).await.context("this process could not enter itself in the database")?;
        closing::begin(app).await.context("what this start has mended could not be written down")?;
        let address = listener.local_addr()?;
        let door = Door::open(app, listener)?;
        Ok(Self { address, app: app.clone(), _claim: claim, door, worker: Worker::start(app) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the doors: nothing new begins, what was begun ends.
    pub async fn stop(self) {
        self.app.live.close();
        self.door.close().await;
        self.worker.stop(&self.app).await;
    }
}
