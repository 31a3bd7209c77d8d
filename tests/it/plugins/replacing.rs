//! Replacing: a new version is checked, compiled, tried and swapped while calls go on; a bad one changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use callpanion::clock::Clock;
use callpanion::config::plugins::PluginConfig;
use callpanion::domain::{AlertKind, CallState, Verdict};
use callpanion::egress::Names;
use callpanion::plugins::package::PackageStore;
use callpanion::plugins::{Plugins, Surroundings};
use callpanion::services::staff_alerts::closing;
use callpanion_emulators::Line;
use callpanion_emulators::scripts::{self, Language};
use serde_json::json;
use tempfile::TempDir;

use super::fixtures::{DEADLINE, NAUGHTY, NOW, Package, built, ring, surroundings};
use super::vendor::Vendor;
use crate::testing::{Settings, data_dir, on_both};

/// The component and the manifest of another version: its number stands in both.
fn version(component: &[u8], manifest: &str, from: &str, to: &str) -> (Vec<u8>, String) {
    assert_eq!(from.len(), to.len());
    let mut component = component.to_vec();
    let places: Vec<_> = (0..component.len()).filter(|at| component[*at..].starts_with(from.as_bytes())).collect();
    assert!(!places.is_empty(), "the version stands in the component");
    for at in places {
        component[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    (component, manifest.replace(&format!("version = \"{from}\""), &format!("version = \"{to}\"")))
}

/// A plugin on a shelf with a store, whose one request is held at the vendor for as long as the test likes.
struct Held {
    vendor: Vendor,
    package: Package,
    plugins: Plugins,
    store: Arc<PackageStore>,
    section: PluginConfig,
    _data: TempDir,
}

impl Held {
    async fn new() -> Self {
        let vendor = Vendor::open(None).await;
        let package = Package::new(&built("naughty"), NAUGHTY);
        let section = package.section(json!({
            "grants": {
                "hosts": [vendor.origin()], "credentials": ["key", "bound"], "private_addresses": true,
                "data": ["push-address"],
            },
            "credentials": {
                "key": { "kind": "bearer", "value": "the-key" },
                "bound": { "kind": "header", "header": "x-bound", "value": "the-bound-key" },
            },
            "settings": {
                "attack": "ask", "base_url": vendor.origin(), "ask": { "requests": [{ "url": "/held" }] },
            },
        }));
        let data = tempfile::tempdir().unwrap();
        let store = Arc::new(PackageStore::open(data.path(), Clock::manual(NOW)));
        let surroundings = Surroundings { store: Some(store.clone()), ..surroundings(Names::system()) };
        let configs = BTreeMap::from([("bell".to_owned(), section.clone())]);
        let plugins = Plugins::load(&configs, surroundings).unwrap();
        Self { vendor, package, plugins, store, section, _data: data }
    }

    /// Which version rang, by its own word, and how that went on at the vendor.
    async fn ring(&self) -> String {
        let verdicts = self.plugins.ring("bell", vec![ring()], DEADLINE).await.unwrap();
        let [Verdict::Refused(told)] = &verdicts[..] else { panic!("{verdicts:?}") };
        assert!(told.contains("status 200"), "{told}");
        told.split(':').next().unwrap().to_owned()
    }

    async fn refresh(&self) -> Vec<Result<String, String>> {
        let plugins = self.plugins.clone();
        let outcomes = tokio::task::spawn_blocking(move || plugins.refresh()).await.unwrap();
        let told =
            |replaced: callpanion::plugins::Replacement| format!("{} {}", replaced.from.version, replaced.to.version);
        outcomes.into_iter().map(|one| one.map(told).map_err(|error| error.in_full())).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_in_flight_end_on_the_old_version_and_later_ones_begin_on_the_new() {
    let held = Held::new().await;
    let in_flight = async {
        let version = held.ring().await;
        assert_eq!(version, "bell 6.6.6", "it began on the old one");
    };
    let meanwhile = async {
        held.vendor.asked(1).await;
        assert!(!held.plugins.have_settled());
        let (component, manifest) = version(&built("naughty"), NAUGHTY, "6.6.6", "6.6.8");
        held.package.put(&component, &manifest);
        assert!(!held.plugins.have_settled(), "it may still be written");
        assert!(held.plugins.have_settled());
        assert_eq!(held.refresh().await, [Ok("6.6.6 6.6.8".to_owned())]);
        assert!(!held.plugins.have_settled(), "what was read is no news");
        let later = async { assert_eq!(held.ring().await, "bell 6.6.8") };
        let release = async {
            held.vendor.asked(2).await;
            held.vendor.release(2);
        };
        tokio::join!(later, release);
    };
    tokio::join!(in_flight, meanwhile);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_file_leaves_the_old_version_serving_and_says_why() {
    let held = Held::new().await;
    held.vendor.release(100);
    let (component, manifest) = version(&built("naughty"), NAUGHTY, "6.6.6", "6.6.9");
    let wants_more = manifest.clone() + "\n[[data]]\nwhat = \"profile\"\nreason = \"It is curious.\"\n";
    for (component, manifest, why) in [
        (b"no wasm".as_slice(), manifest.as_str(), "WebAssembly"),
        (&component[..component.len() / 2], &manifest, "cannot be used"),
        (&component, "id = 7", "plugin.toml"),
        (&component, NAUGHTY, "6.6.9"),
        (&component, &manifest.replace("1.0.0", "2.0.0"), "update Callpanion"),
        (&component, &wants_more, "profile"),
    ] {
        held.package.put(component, manifest);
        let outcomes = held.refresh().await;
        let [Err(told)] = &outcomes[..] else { panic!("{why}: {outcomes:?}") };
        assert!(told.contains(why), "{why}: {told}");
        assert_eq!(held.ring().await, "bell 6.6.6", "{why}");
    }
    held.package.put(&component, &manifest);
    assert_eq!(held.refresh().await, [Ok("6.6.6 6.6.9".to_owned())], "the sound one is taken after all");
    assert_eq!(held.ring().await, "bell 6.6.9");
}

#[tokio::test(flavor = "multi_thread")]
async fn rollback_is_taken_while_the_file_is_still_the_new_one() {
    let held = Held::new().await;
    held.vendor.release(100);
    let (component, manifest) = version(&built("naughty"), NAUGHTY, "6.6.6", "6.6.7");
    held.package.put(&component, &manifest);
    assert_eq!(held.refresh().await, [Ok("6.6.6 6.6.7".to_owned())]);
    held.store.rollback("bell", &held.section).unwrap();
    assert!(!held.plugins.have_settled() && held.plugins.have_settled());
    assert_eq!(held.refresh().await, [Ok("6.6.7 6.6.6".to_owned())]);
    assert_eq!(held.ring().await, "bell 6.6.6");
    assert_eq!(held.refresh().await, [], "and it stays");
}

/// A folder of its own for each host of these tests.
fn own_summary(settings: &mut Settings) {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let component = fs::read(built.join("plugins/wasm32-wasip2/plugin/callpanion_family_summary.wasm")).unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("replacing").join(uuid::Uuid::now_v7().to_string());
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("summary.wasm"), component).unwrap();
    fs::write(folder.join("plugin.toml"), SUMMARY).unwrap();
    // The lock file too is its own: it is watched, and other tests write theirs at any time. What is compiled is shared.
    let (cache, own) = (data_dir().join("plugin-cache"), folder.join("data"));
    fs::create_dir_all(&cache).unwrap();
    fs::create_dir_all(&own).unwrap();
    std::os::unix::fs::symlink(cache, own.join("plugin-cache")).unwrap();
    settings.insert("CALLPANION__DATA_DIR".to_owned(), own.display().to_string());
    let section = "CALLPANION__PLUGINS__FAMILY_SUMMARY__";
    settings.insert(format!("{section}SOURCE"), format!("file:{}", folder.join("summary.wasm").display()));
    settings.insert(format!("{section}UNSIGNED"), "true".to_owned());
}

const SUMMARY: &str = include_str!("../../../plugins/family-summary/plugin.toml");

on_both! {
    with: own_summary;
    async fn staff_see_a_version_that_was_not_taken_until_it_is(app: TestApp) {
        let source = app.settings["CALLPANION__PLUGINS__FAMILY_SUMMARY__SOURCE"].clone();
        let component = PathBuf::from(source.trim_start_matches("file:"));
        let sound = fs::read(&component).unwrap();
        let staff = app.staff().await;
        fs::write(&component, "no wasm").unwrap();
        app.advance(2).await;
        let alerts = app.staff_alerts().await;
        assert_eq!(alerts.iter().map(|alert| alert.kind).collect::<Vec<_>>(), [AlertKind::NotReplaced]);
        let page = staff.get("/staff").await;
        assert!(page.says("the old one serves on"), "{}", page.text());

        // It does serve on.
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(Language::English))));
        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        assert!(app.is_summarised(call.id).await);

        let number = env!("CARGO_PKG_VERSION");
        let (newer, manifest) = version(&sound, SUMMARY, number, "9.9.9");
        fs::write(component.with_file_name("plugin.toml"), manifest).unwrap();
        fs::write(&component, newer).unwrap();
        app.advance(2).await;
        let open: Vec<String> = app.staff_alerts().await.into_iter().map(|alert| alert.detail).collect();
        assert_eq!(open, [""; 0], "what was mended is closed");
        let page = staff.get("/staff").await;
        assert!(page.says("9.9.9") && !page.says("serves on"), "{}", page.text());

        // Whoever starts anew alone has taken what lies there, or has not started.
        fs::write(&component, "no wasm").unwrap();
        app.advance(2).await;
        assert_eq!(app.staff_alerts().await.len(), 1);
        closing::begin(&app.host).await.unwrap();
        assert_eq!(app.staff_alerts().await.len(), usize::from(app.host.db.is_shared()));
        fs::remove_dir_all(component.parent().unwrap()).unwrap();
    }
}
