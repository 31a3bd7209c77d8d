//! `callpanion plugin rollback`: the version before the one that serves takes its place. A running `serve` sees the
//! lock file change and swaps by itself.

use std::path::Path;

use anyhow::Context as _;

use super::super::args::PluginRollbackArgs;
use super::super::{Failure, Outcome, load_config};
use crate::clock::Clock;
use crate::plugins::package::{PackageStore, RolledBack, Version};

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) fn run(args: &PluginRollbackArgs) -> Outcome {
    let config = load_config(args.config.config.as_deref())?;
    let id = &args.id;
    let Some(section) = config.plugins.get(id) else {
        let known: Vec<&str> = config.plugins.keys().map(String::as_str).collect();
        return Err(Failure::Config(format!("there is no plugin `{id}`; known are {}", known.join(", "))));
    };
    let store = PackageStore::open(&config.data_dir, Clock::system());
    let rolled = store.rollback(id, section).with_context(|| format!("`{id}` stays as it is"))?;
    print!("{}", told(id, &rolled, args.config.config.as_deref()));
    Ok(())
}

fn told(id: &str, rolled: &RolledBack, config: Option<&Path>) -> String {
    let RolledBack { from, to, aside, held } = rolled;
    let named = |version: &Version| format!("{} ({:.12})", version.version, version.digest);
    let mut lines = match from {
        Some(from) => vec![
            format!("`{id}` goes back from {} to {}, which came from {}.", named(from), named(to), to.from),
            "A running `serve` swaps by itself; calls in flight end on the other one.".to_owned(),
        ],
        None => vec![format!(
            "`{id}` stays at {}, which came from {}: what its file holds now never served, so nothing changes in service.",
            named(to),
            to.from
        )],
    };
    if let Some(file) = held {
        lines.push(format!("{} is held off until it is another file.", file.display()));
    }
    if let Some(folder) = aside {
        let config = config.map_or_else(String::new, |file| format!(" --config {}", file.display()));
        lines.push(format!("To go forward again: callpanion plugin install {}{config}", folder.display()));
    }
    lines.join("\n") + "\n"
}
