//! `callpanion plugin replay`: runs recorded calls again, byte for byte, against the plugin that made them or another
//! version of it, and shows what comes out otherwise. Nothing is sent, and no key is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use serde_json::{Map, json};

use super::super::args::PluginReplayArgs;
use super::super::{Failure, Outcome, load_config, printable};
use crate::clock::Clock;
use crate::plugins::package::{Package, PackageStore, read_path, resolve};
use crate::plugins::record::Replayed;
use crate::plugins::{Entropy, Plugins, Recording, Stamp, Surroundings};

/// So much of a digest tells two apart for people.
const DIGEST_SHOWN: usize = 12;

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: PluginReplayArgs) -> Outcome {
    let mut benches = Benches { args: &args, known: BTreeMap::new() };
    let mut reports = Vec::new();
    let mut different = 0;
    for file in &args.files {
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let recording = Recording::from_text(&text).with_context(|| format!("{}", file.display()))?;
        let bench = benches.of(&recording.plugin.id).await?;
        let id = bench.manifest_id.clone();
        let replayed = recording.replay(&bench.plugins, &id).await;
        let replayed = replayed.with_context(|| format!("{} cannot be run again", file.display()))?;
        different += usize::from(!replayed.differences.is_empty());
        if args.json {
            reports.push(for_machines(file, &recording, &bench.stamp, &replayed));
        } else {
            for line in for_people(file, &recording, &bench.stamp, &replayed) {
                println!("{}", printable(&line));
            }
        }
    }
    if args.json {
        println!("{:#}", json!(reports));
    }
    match (different, args.files.len()) {
        (0, _) => Ok(()),
        (_, 1) => Err(anyhow!("the recording came out otherwise").into()),
        (different, all) => Err(anyhow!("{different} of {all} recordings came out otherwise").into()),
    }
}

/// A plugin that can be played and can reach nobody.
struct Bench {
    plugins: Plugins,
    manifest_id: String,
    stamp: Stamp,
}

/// The plugins of the recordings, each loaded once.
struct Benches<'a> {
    args: &'a PluginReplayArgs,
    known: BTreeMap<String, Bench>,
}

impl Benches<'_> {
    async fn of(&mut self, id: &str) -> Result<&Bench, Failure> {
        if !self.known.contains_key(id) {
            let package = match &self.args.plugin {
                Some(path) => read_path(path).map_err(anyhow::Error::new)?,
                None => self.configured(id)?,
            };
            self.known.insert(id.to_owned(), bench(id, package).await?);
        }
        self.known.get(id).ok_or_else(|| anyhow!("no plugin {id}").into())
    }

    fn configured(&self, id: &str) -> Result<Package, Failure> {
        let config = load_config(self.args.config.config.as_deref())?;
        let Some(section) = config.plugins.get(id) else {
            return Err(Failure::Config(format!(
                "the recording is of the plugin `{id}`, which is not in the configuration: name its file with --plugin"
            )));
        };
        let store = PackageStore::open(&config.data_dir, Clock::system());
        Ok(resolve(id, section, Some(&store)).map_err(anyhow::Error::new)?)
    }
}

/// Compiling keeps a processor busy, so it has a thread of its own.
async fn bench(id: &str, package: Package) -> anyhow::Result<Bench> {
    let surroundings = Surroundings::new(Clock::system(), Entropy::system())?;
    let digest = package.digest().to_string();
    let loading = tokio::task::spawn_blocking(move || {
        Plugins::for_trial(package.manifest(), package.component(), Map::new(), surroundings)
    });
    let plugins = loading.await.context("loading the plugin was cut short")??;
    let (stamp, _) = plugins.manifests().pop().context("nothing was loaded")?;
    let manifest_id = stamp.id;
    Ok(Bench { plugins, manifest_id, stamp: Stamp { id: id.to_owned(), version: stamp.version, digest } })
}

fn for_people(file: &Path, recording: &Recording, now: &Stamp, replayed: &Replayed) -> Vec<String> {
    let then = &recording.plugin;
    let name = file.file_name().map_or_else(|| file.to_owned(), PathBuf::from);
    let with = if then.digest == now.digest {
        format!("{} {}", then.id, then.version)
    } else {
        format!(
            "{}, recorded with {} ({}), run with {} ({})",
            then.id,
            then.version,
            short(&then.digest),
            now.version,
            short(&now.digest)
        )
    };
    let verdict = match replayed.differences.len() {
        0 => "identical".to_owned(),
        1 => "1 difference".to_owned(),
        number => format!("{number} differences"),
    };
    let runs = replayed.runs;
    let mut lines =
        vec![format!("{}", name.display()), format!("  {} of {with}, {runs} runs: {verdict}", recording.export)];
    if runs < recording.rounds.len() {
        let left = recording.rounds.len() - runs;
        lines.push(format!("  It asks for other requests now; the {left} runs after that cannot be compared."));
    }
    let shown = replayed.differences.iter().map(ToString::to_string);
    lines.extend(shown.flat_map(|text| text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>()));
    lines
}

fn for_machines(file: &Path, recording: &Recording, now: &Stamp, replayed: &Replayed) -> serde_json::Value {
    json!({
        "file": file,
        "export": recording.export,
        "recorded_with": recording.plugin,
        "run_with": { "id": now.id, "version": now.version, "digest": now.digest },
        "stand_ins_changed_the_flow": recording.stand_ins_changed_the_flow,
        "identical": replayed.differences.is_empty(),
        "runs_recorded": recording.rounds.len(),
        "runs": replayed.runs,
        "differences": replayed.differences,
    })
}

fn short(digest: &str) -> &str {
    digest.get(..DIGEST_SHOWN).unwrap_or(digest)
}
