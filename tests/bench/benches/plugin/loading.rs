//! What it costs to load the first-party plugins: cold, from the code cache, and in memory.

use std::collections::BTreeMap;
use std::path::Path;

use callpanion::clock::Clock;
use callpanion::config::plugins::PluginConfig;
use callpanion::plugins::{Entropy, Plugins, Surroundings};
use callpanion_bench::{Watch, median, resident_mb};
use callpanion_emulators::{World, WorldConfig};
use tokio::runtime::Runtime;

use crate::samples;

pub(crate) fn run(runtime: &Runtime) -> anyhow::Result<()> {
    let configs = first_party(runtime)?;
    let dir = tempfile::tempdir()?;
    println!("\nloading the {} first-party plugins, ms on the wall", configs.len());
    let before = resident_mb();
    let (first, kept) = load(&configs, dir.path())?;
    println!("  {:<40} {first:>9.0}", "cold: compiled");
    println!(
        "  {:<40} {:>9.1} MB each",
        "resident, compiler's leavings included",
        each(resident_mb() - before, &configs)
    );
    drop(kept);
    let mut again = Vec::new();
    let mut sizes = Vec::new();
    for _ in 0..9 {
        let before = resident_mb();
        let (time, plugins) = load(&configs, dir.path())?;
        again.push(time);
        sizes.push(resident_mb() - before);
        drop(plugins);
    }
    println!("  {:<40} {:>9.1} {:>28}", "from the code cache", median(&again), "< 50");
    println!("  {:<40} {:>9.2} MB each", "resident, loaded from the cache", each(median(&sizes), &configs));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a handful of plugins")]
fn each(all: f64, configs: &BTreeMap<String, PluginConfig>) -> f64 {
    all / configs.len() as f64
}

fn load(configs: &BTreeMap<String, PluginConfig>, cache: &Path) -> anyhow::Result<(f64, Plugins)> {
    let watch = Watch::start();
    let surroundings =
        Surroundings { cache_dir: Some(cache.to_owned()), ..Surroundings::new(Clock::system(), Entropy::system())? };
    let plugins = Plugins::load(configs, surroundings)?;
    Ok((watch.stop().wall.as_secs_f64() * 1_000.0, plugins))
}

fn first_party(runtime: &Runtime) -> anyhow::Result<BTreeMap<String, PluginConfig>> {
    // Google's key is an RSA key; the emulators make one.
    let (account, project) = runtime.block_on(async {
        let world = World::start(WorldConfig::default()).await?;
        let emulated = world.settings();
        world.stop().await;
        anyhow::Ok((emulated.fcm_service_account_json, emulated.fcm_project_id))
    })?;
    let mut configs = samples::computing()?;
    let fcm = format!(
        r#"
        grants = {{ hosts = ["https://fcm.googleapis.com"], private_addresses = true, credentials = ["service-account"], data = ["push-address", "profile"] }}
        settings = {{ project_id = "{project}" }}
        [credentials.service-account]
        kind = "google-service-account"
        json = '''{account}'''
        "#
    );
    let batch = r#"
        grants = { hosts = ["https://api.elevenlabs.io"], credentials = ["api-key"], data = ["phone-number", "profile"] }
        settings = { agent_id = "agent_7101", agent_phone_number_id = "phnum_1" }
        [credentials.api-key]
        kind = "header"
        header = "xi-api-key"
        value = "x"
    "#;
    configs.insert("fcm".to_owned(), toml::from_str(&fcm)?);
    configs.insert("twilio-batch".to_owned(), toml::from_str(batch)?);
    Ok(configs)
}
