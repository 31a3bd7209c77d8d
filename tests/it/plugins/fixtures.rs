//! The plugins of `tests/fixtures/plugins` as packages that an operator could load, and rings to call them with.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use callpanion::clock::Clock;
use callpanion::config::plugins::PluginConfig;
use callpanion::domain::{AttemptId, CallId, CalleeId, FamilyId, GroupId, Moment, Ring};
use callpanion::egress::{Names, Trust};
use callpanion::plugins::{Entropy, Surroundings};
use serde_json::Value;
use tempfile::TempDir;

/// What the calls of these tests may take; each row of a suite ends long before.
pub const DEADLINE: Duration = Duration::from_secs(20);
/// When they happen.
pub const NOW: Moment = Moment::from_secs(1_791_790_000);
/// The push address of the callee: personal, so that it must never be logged.
pub const PERSONAL: &str = "margarets-very-own-push-address";

pub const NAUGHTY: &str = include_str!("../../fixtures/plugins/naughty/plugin.toml");
pub const CROOKED: &str = include_str!("../../fixtures/plugins/crooked/plugin.toml");
pub const FIRST: &str = include_str!("../../fixtures/plugins/first-1.0/plugin.toml");

/// A component that `build.rs` made.
pub fn built(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("FIXTURES")).join(format!("{name}.wasm"))).unwrap()
}

/// A folder with a component and its manifest, as a third party would give it out.
pub struct Package(TempDir);

impl Package {
    pub fn new(component: &[u8], manifest: &str) -> Self {
        let package = Self(tempfile::tempdir().unwrap());
        package.put(component, manifest);
        package
    }

    /// Puts another version into the folder.
    pub fn put(&self, component: &[u8], manifest: &str) {
        std::fs::write(self.0.path().join("plugin.wasm"), component).unwrap();
        std::fs::write(self.0.path().join("plugin.toml"), manifest).unwrap();
    }

    /// What the operator writes into `source`.
    pub fn source(&self) -> String {
        format!("file:{}", self.0.path().join("plugin.wasm").display())
    }

    /// The section of a config that loads it: `rest` are its other keys.
    pub fn section(&self, mut rest: Value) -> PluginConfig {
        rest["source"] = self.source().into();
        rest["unsigned"] = true.into();
        serde_json::from_value(rest).unwrap()
    }
}

/// What the plugins are loaded into: names resolve as `names` says, compiled code is kept between runs.
pub fn surroundings(names: Names) -> Surroundings {
    static CACHE: OnceLock<()> = OnceLock::new();
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("callpanion-it/plugin-cache");
    CACHE.get_or_init(|| std::fs::create_dir_all(&cache).unwrap());
    let trust = Trust::public().unwrap().with_names(names);
    let bare = Surroundings::new(Clock::manual(NOW), Entropy::fixed([7; 32])).unwrap();
    Surroundings { trust, cache_dir: Some(cache), ..bare }
}

/// One ring to [`PERSONAL`].
pub fn ring() -> Ring {
    Ring {
        attempt: AttemptId::new(),
        call: CallId::new(),
        group: GroupId::new(),
        family: FamilyId::new(),
        callee: CalleeId::new(),
        address: PERSONAL.to_owned(),
        environment: "production".to_owned(),
        ring_at: NOW,
        expires_at: NOW.plus_secs(45),
        language: "en".to_owned(),
        zone: "Europe/London".to_owned(),
        variables: vec![("callee_name".to_owned(), "Margaret".to_owned())],
    }
}
