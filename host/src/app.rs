//! The app: everything that the services work with, assembled once in `boot`.

use std::sync::Arc;

use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::domain::NodeId;
use crate::mail::Mailer;
use crate::plugins::Plugins;
use crate::services::live::Live;
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
    /// Wakes the worker before its next tick.
    pub wake: Arc<tokio::sync::Notify>,
    /// The demo: the pages say that no real phone rings.
    pub demo: bool,
}
