//! The app: everything that the services work with, assembled once in `boot`.

#[cfg(test)]
pub(crate) mod testing;

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::domain::NodeId;
use crate::egress::web_push::InstallationKey;
use crate::mail::Mailer;
use crate::plugins::Plugins;
use crate::services::armory::Armory;
use crate::services::lanes::Lanes;
use crate::services::live::Live;
use crate::services::low_water::LowWaters;
use crate::services::nodes::Peers;
use crate::services::outcomes::Outcomes;
use crate::services::sealing::Sealer;
use crate::services::staff_alerts::Proofs;
use crate::services::unheard::Unheard;
use crate::theme::Theme;

/// What the services work with. Cheap to clone.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds connections and secrets")]
pub struct App {
    /// The settings.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// The database.
    pub db: Db,
    /// Seals and opens what may not be read in the database.
    pub sealer: Sealer,
    /// With what is signed as this installation.
    pub installation_key: InstallationKey,
    /// The loaded plugins.
    pub plugins: Plugins,
    /// The way out for mail.
    pub mailer: Mailer,
    /// Pages and letters.
    pub theme: Arc<Theme>,
    /// What changed, for open pages.
    pub live: Live,
    /// This process, among those that share the database.
    pub node: NodeId,
    /// The rings that this process holds in memory.
    pub armory: Armory,
    /// Who may ring at once.
    pub lanes: Lanes,
    /// What became of rings, until it is written.
    pub outcomes: Outcomes,
    /// From where its ticks look for what is due.
    pub low_water: Arc<LowWaters>,
    /// Talks of which no webhook told.
    pub unheard: Arc<Unheard>,
    /// What has worked last.
    pub proofs: Proofs,
    /// The other processes, as this one sees them.
    pub peers: Peers,
    /// Wakes the worker before its next tick.
    pub wake: Arc<tokio::sync::Notify>,
    /// The demo: the pages say that no real phone rings.
    pub demo: bool,
}

impl App {
    /// How long a process may give no sign of life before another takes over what it holds.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.config.calling.lease_s.into())
    }

    /// How long this process may sleep and still be sure that no other took over: others count from its last sign of
    /// life, which may have been given a second before it fell asleep.
    pub fn longest_sleep(&self) -> Duration {
        self.lease() / 2
    }
}
