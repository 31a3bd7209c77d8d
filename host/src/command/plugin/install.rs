//! `callpanion plugin install`: gets a plugin from a file, a folder or a registry, checks it against the word of the
//! configuration, and makes it the version that serves. Says what it asks for, and what is missing before it loads.

use anyhow::Context as _;

use super::super::args::PluginInstallArgs;
use super::super::{Outcome, load_config};
use super::lines::missing;
use super::show::{Candidate, describe};
use crate::clock::Clock;
use crate::config::plugins::PluginConfig;
use crate::plugins::package::{Installed, Offer, Package, PackageStore, Standing, install, vet};
use crate::plugins::{Entropy, Plugins, Surroundings};

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: PluginInstallArgs) -> Outcome {
    let config = load_config(args.config.config.as_deref())?;
    let offer: Offer = args.offer.parse()?;
    let package = offer.fetch().await?;
    let id = match args.section {
        Some(id) => id,
        None => package.read_manifest()?.id,
    };
    let section = config.plugins.get(&id);
    vet(&id, &package, section).with_context(|| format!("`{id}` is not installed"))?;
    try_out(package.clone()).await.with_context(|| format!("`{id}` is not installed"))?;
    let store = PackageStore::open(&config.data_dir, Clock::system());
    let installed = install(&id, package, section, &store).with_context(|| format!("`{id}` is not installed"))?;
    print!("{}", told(&id, &installed, section));
    Ok(())
}

/// Compiles it and asks it who it is, with nothing granted: what fails this would only be found out by the next start.
async fn try_out(package: Package) -> anyhow::Result<()> {
    let surroundings = Surroundings::new(Clock::system(), Entropy::system())?;
    let trial = tokio::task::spawn_blocking(move || {
        Plugins::for_trial(package.manifest(), package.component(), serde_json::Map::new(), surroundings).map(drop)
    });
    Ok(trial.await.context("trying it was cut short")?.map_err(|error| error.problem)?)
}

/// What was installed, what is new about it, and what is to be done.
pub(super) fn told(id: &str, installed: &Installed, section: Option<&PluginConfig>) -> String {
    let Installed { version, manifest, former, changes, unsettled, .. } = installed;
    let vouched = match (&version.signed_by, installed.has_signature) {
        (Some(key), _) => format!("by {key}, verified"),
        (None, true) => "not checked, since the configuration names no key".to_owned(),
        (None, false) => "none".to_owned(),
    };
    let mut lines = vec![
        format!("Installed {} {} as `{id}`.", manifest.name, version.version),
        format!("  from       {}", version.from),
        format!("  digest     {}", version.digest),
        format!("  component  {}", version.component_sha256),
        format!("  signature  {vouched}"),
    ];
    if let Some(former) = former {
        lines.push(format!("  before it  {} ({:.12})", former.version, former.digest));
        lines.push(String::new());
        lines.push(
            if changes.is_empty() {
                "It asks for what it asked for before."
            } else {
                "It newly asks (+), or asks no more (-)"
            }
            .to_owned(),
        );
        lines.extend(changes.iter().map(|change| format!("  {change}")));
    }
    lines.push(String::new());
    match &installed.standing {
        Standing::NoSection => return lines.join("\n") + "\n" + &to_paste(id, installed),
        Standing::Builtin => lines.push(format!(
            "It does not serve: [plugins.{id}] has the one that comes with the program. Write source = \"installed\" there."
        )),
        Standing::File(path) => lines.push(format!(
            "It serves until {} is another file. To keep to it, write source = \"installed\" in [plugins.{id}].",
            path.display()
        )),
        Standing::Installed => {}
    }
    if section.is_some_and(|section| !section.enabled) {
        lines.push(format!("It is switched off: write enabled = true in [plugins.{id}]."));
    }
    if unsettled.is_empty() {
        lines.push("A running `serve` takes it up by itself, if it passes its trial.".to_owned());
    } else {
        lines.push(format!(
            "It does not load until the configuration is mended: a running `serve` keeps the one before, and a new start \
             fails. (`callpanion plugin rollback {id}` takes it back.)"
        ));
        lines.extend(unsettled.iter().map(|line| format!("  {line}")));
    }
    lines.join("\n") + "\n"
}

/// What it asks for and why, and the section that would grant all of it.
fn to_paste(id: &str, installed: &Installed) -> String {
    let config = PluginConfig { source: "installed".to_owned(), ..PluginConfig::default() };
    let candidate = Candidate { config, configured: false, signed: installed.has_signature };
    let described = describe(id, &installed.manifest, &candidate);
    let lines = missing(id, &installed.manifest, &candidate);
    let lines: Vec<String> = lines.iter().map(|line| format!("  {line}").trim_end().to_owned()).collect();
    format!("{described}It does not serve before the configuration says:\n\n{}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Moment;
    use crate::plugins::package::read_path;

    fn write(folder: &std::path::Path, version: &str, more: &str) {
        std::fs::write(folder.join("bell.wasm"), version).unwrap();
        let manifest = format!(
            "id = \"bell\"\nkind = \"renderer\"\napi = \"1.0.0\"\nversion = \"{version}\"\nname = \"Bell\"\n\
             purpose = \"Rings a bell.\"\nprocessing_country = \"NL\"\n{more}"
        );
        std::fs::write(folder.join("plugin.toml"), manifest).unwrap();
    }

    #[test]
    fn operator_reads_what_is_new_and_what_to_write() {
        let folder = tempfile::tempdir().unwrap();
        let store = PackageStore::open(folder.path(), Clock::manual(Moment::from_secs(1_800_000_000)));
        let put = |section: Option<&PluginConfig>| {
            let installed = install("bell", read_path(folder.path()).unwrap(), section, &store).unwrap();
            told("bell", &installed, section)
        };
        write(folder.path(), "1.0.0", "");
        let first = put(None);
        assert!(first.starts_with("Installed Bell 1.0.0 as `bell`.\n"), "{first}");
        assert!(first.contains("  [plugins.bell]\n  source = \"installed\"\n  unsigned = true  # it came"), "{first}");

        write(folder.path(), "2.0.0", "[[data]]\nwhat = \"health\"\nreason = \"It rings for it.\"");
        let section = PluginConfig { source: "installed".to_owned(), unsigned: true, ..PluginConfig::default() };
        let second = put(Some(&section));
        assert!(second.contains("  before it  1.0.0 ("), "{second}");
        assert!(second.contains("  + to be shown the health: It rings for it. (NOT GRANTED)\n"), "{second}");
        assert!(second.contains("add \"health\" to `data` in [plugins.bell.grants]"), "{second}");
        let again = put(Some(&section));
        assert!(!again.contains("before it"), "{again}");

        std::fs::write(folder.path().join("plugin.sig"), "AAAA").unwrap();
        write(folder.path(), "3.0.0", "");
        let none = put(None);
        assert!(none.contains("not checked") && none.contains("  signed_by = \"…\"  # its maker's"), "{none}");
        let builtin = PluginConfig { source: "builtin:fcm".to_owned(), enabled: false, ..section };
        let builtin = put(Some(&builtin));
        assert!(builtin.contains("comes with the program") && builtin.contains("switched off"), "{builtin}");
    }
}
