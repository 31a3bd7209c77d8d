//! `callpanion provision`: the shape of the command that sets vendors up.

use clap::Args;

use super::ConfigArg;

/// What `provision` is told.
#[derive(Debug, Args)]
pub struct ProvisionArgs {
    /// Change it; without this it is only told what would be changed
    #[arg(long)]
    pub apply: bool,

    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArg,
}

/// Examples and exit codes.
pub(super) const MORE: &str = "\
Examples:
  callpanion provision --config callpanion.toml
  callpanion provision --apply --config callpanion.toml

Exit codes: 0 told, or changed, 1 failed, 2 wrong command line, 3 wrong configuration";
