//! The app of a test: an empty database, the embedded plugins, no mail server, and a clock that stands still.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, Location};
use crate::domain::{Moment, NodeId};
use crate::egress::web_push::InstallationKey;
use crate::mail::Mailer;
use crate::plugins::{Entropy, Plugins, Surroundings};
use crate::services::armory::Armory;
use crate::services::lanes::Lanes;
use crate::services::live::Live;
use crate::services::nodes::Peers;
use crate::services::outcomes::Outcomes;
use crate::services::sealing::Sealer;
use crate::services::staff_alerts::Proofs;
use crate::services::unheard::Unheard;
use crate::theme::Theme;

/// An app that keeps its database in `folder` and begins at `start` (RFC 3339).
pub(crate) async fn app(folder: &Path, start: &str) -> App {
    let config = Arc::new(Config::load(None, std::iter::empty()).unwrap());
    let clock = Clock::manual(start.parse::<jiff::Timestamp>().unwrap().into());
    let surroundings = Surroundings::new(clock.clone(), Entropy::fixed([7; 32])).unwrap();
    App {
        sealer: Sealer::new(&config.database),
        config,
        clock,
        db: Db::open(&Location::Sqlite(folder.join("test.sqlite")), 4).await.unwrap(),
        installation_key: InstallationKey::default(),
        plugins: Plugins::load(&BTreeMap::new(), surroundings).unwrap(),
        mailer: Mailer::memory(),
        theme: Arc::new(Theme::load().unwrap()),
        live: Live::default(),
        node: NodeId::new(),
        armory: Armory::default(),
        lanes: Lanes::default(),
        outcomes: Outcomes::default(),
        low_water: Arc::default(),
        unheard: Arc::new(Unheard::since(Moment(0))),
        proofs: Proofs::default(),
        peers: Peers::default(),
        wake: Arc::default(),
        demo: false,
    }
}
