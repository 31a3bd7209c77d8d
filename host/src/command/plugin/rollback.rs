//! `callpanion plugin rollback`: the version before the one that serves takes its place. A running `serve` sees the
//! lock file change and swaps by itself.

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
    print!("{}", told(id, &rolled));
    Ok(())
}

fn told(id: &str, rolled: &RolledBack) -> String {
    let RolledBack { from, to, aside, held } = rolled;
    let named = |version: &Version| format!("{} ({:.12})", version.version, version.digest);
    let before = from.as_ref().map_or_else(|| "what its file holds".to_owned(), named);
    let mut lines = vec![
        format!("`{id}` goes back from {before} to {}, which came from {}.", named(to), to.from),
        "A running `serve` swaps by itself; calls in flight end on the other one.".to_owned(),
    ];
    if let Some(file) = held {
        lines.push(format!("{} is held off until it is another file.", file.display()));
    }
    if let Some(folder) = aside {
        lines.push(format!("To go forward again: callpanion plugin install {}", folder.display()));
    }
    lines.join("\n") + "\n"
}
