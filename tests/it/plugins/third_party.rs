//! Plugins of others: loaded from a file beside their manifest, checked before they run, refused with a reason.

use std::path::{Path, PathBuf};

use callpanion::boot;
use callpanion::clock::Clock;
use callpanion::config::Config;
use callpanion::domain::CallState;
use callpanion_emulators::{Line, World, WorldConfig, scripts};
use tempfile::TempDir;

use crate::testing::{Settings, environment, on_both};

const MANIFEST: &str = include_str!("../../../plugins/family-summary/plugin.toml");

/// The component that the host embeds as `builtin:family-summary`.
fn component() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    folder.join("plugins/wasm32-wasip2/plugin/callpanion_family_summary.wasm")
}

/// A folder with the component and a manifest, as a third party would give it out.
fn package(manifest: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(component(), folder.path().join("summary.wasm")).unwrap();
    std::fs::write(folder.path().join("plugin.toml"), manifest).unwrap();
    folder
}

/// Why a host with this renderer does not start.
async fn refusal(manifest: &str, change: impl FnOnce(&Path, &mut Settings)) -> String {
    let world = World::start(WorldConfig::default()).await.unwrap();
    let package = package(manifest);
    let mut settings = environment(&world.settings(), "http://127.0.0.1:1", "sqlite:unused");
    let source = format!("file:{}", package.path().join("summary.wasm").display());
    settings.insert("CALLPANION__PLUGINS__FAMILY_SUMMARY__SOURCE".into(), source);
    settings.insert("CALLPANION__PLUGINS__FAMILY_SUMMARY__UNSIGNED".into(), "true".into());
    change(package.path(), &mut settings);
    let config = match Config::load(None, settings.into_iter()) {
        Ok(config) => config,
        Err(error) => return error.to_string(),
    };
    std::fs::create_dir_all(&config.data_dir).unwrap();
    let loaded = boot::load_plugins(&config, Clock::system()).await;
    world.stop().await;
    format!("{:#}", loaded.err().expect("it is refused"))
}

#[tokio::test(flavor = "multi_thread")]
async fn plugin_of_a_newer_api_is_refused_with_a_way_out() {
    let text = refusal(&MANIFEST.replace("api = \"1.2.0\"", "api = \"2.0.0\""), |_, _| {}).await;
    assert!(text.contains("family-summary") && text.contains("2.0.0") && text.contains("update Callpanion"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn component_that_is_none_is_refused() {
    let text = refusal(MANIFEST, |folder, _| std::fs::write(folder.join("summary.wasm"), "no wasm").unwrap()).await;
    assert!(text.contains("family-summary") && text.contains("no WebAssembly component"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn component_without_its_manifest_is_refused() {
    let text = refusal(MANIFEST, |folder, _| std::fs::remove_file(folder.join("plugin.toml")).unwrap()).await;
    assert!(text.contains("plugin.toml"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn component_that_calls_itself_something_else_is_refused() {
    let text = refusal(&MANIFEST.replace("id = \"family-summary\"", "id = \"another\""), |_, _| {}).await;
    assert!(text.contains("another"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn component_that_was_exchanged_is_refused() {
    let text = refusal(MANIFEST, |_, settings| {
        settings.insert("CALLPANION__PLUGINS__FAMILY_SUMMARY__SHA256".into(), "ab".repeat(32));
    })
    .await;
    assert!(text.contains("SHA-256"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn host_that_was_not_granted_is_named() {
    let text = refusal(MANIFEST, |_, settings| {
        settings.insert("CALLPANION__PLUGINS__FCM__GRANTS__HOSTS".into(), "https://elsewhere.example".into());
    })
    .await;
    assert!(text.contains("fcm") && text.contains("hosts"), "{text}");
}

fn from_a_file(settings: &mut Settings) {
    // A place that every run uses again, and puts the same into; other tests may be reading there.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("third-party");
    std::fs::create_dir_all(&folder).unwrap();
    let package = package(MANIFEST);
    for file in ["summary.wasm", "plugin.toml"] {
        let new = folder.join(format!("{file}.{}", settings["CALLPANION__PUBLIC_URL"].rsplit(':').next().unwrap()));
        std::fs::copy(package.path().join(file), &new).unwrap();
        std::fs::rename(new, folder.join(file)).unwrap();
    }
    let source = format!("file:{}", folder.join("summary.wasm").display());
    settings.insert("CALLPANION__PLUGINS__FAMILY_SUMMARY__SOURCE".into(), source);
    settings.insert("CALLPANION__PLUGINS__FAMILY_SUMMARY__UNSIGNED".into(), "true".into());
}

on_both! {
    with: from_a_file;
    async fn plugin_from_a_file_works_as_one_of_ours(app: TestApp) {
        let home = app.phone_household().await;
        app.world.line(&home.number, Line::Answers(app.say(scripts::cheerful(scripts::Language::English))));
        let call = app.outcome(&home, 300).await;
        assert_eq!(call.state, CallState::Completed);
        assert!(app.is_summarised(call.id).await);
    }
}
