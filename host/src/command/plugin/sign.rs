//! `callpanion plugin sign`: a maker signs a component and its manifest, so that operators can name the maker's key.

use super::super::Outcome;
use super::super::args::PluginSignArgs;
use crate::plugins::package;

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) fn run(args: &PluginSignArgs) -> Outcome {
    let (signature, key) = package::sign(&args.path, &args.key)?;
    println!("Wrote {}. Publish it beside the component and plugin.toml.", signature.display());
    println!("Operators who trust you write in the plugin's table, with the key that they have from you:\n");
    println!("  signed_by = \"{key}\"");
    Ok(())
}
