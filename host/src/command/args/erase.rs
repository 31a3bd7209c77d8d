//! `callpanion erase …`: the shape of the commands that have something removed for good.

use clap::{ArgGroup, Args, Subcommand};

use super::ConfigArg;
use crate::domain::{CalleeId, FamilyId};

/// Commands that have something removed for good.
#[derive(Debug, Subcommand)]
pub enum EraseCommand {
    /// Have the providers remove what they keep of talks: transcripts, recordings, analyses
    ///
    /// For a callee or a family that asks for it. What is stored in this installation stays. The `serve` on this
    /// database asks the providers, talk by talk, and goes on until each has said that nothing is left.
    #[command(after_long_help = TALKS_MORE)]
    Talks(EraseTalksArgs),
}

/// What `erase talks` is told.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("whose").required(true).args(["callee", "family"]))]
pub struct EraseTalksArgs {
    /// The talks of this callee; the id stands in the address of the callee's page
    #[arg(long, value_name = "ID")]
    pub callee: Option<CalleeId>,

    /// The talks of all callees of this family
    #[arg(long, value_name = "ID")]
    pub family: Option<FamilyId>,

    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArg,
}

const TALKS_MORE: &str = "\
Example:
  callpanion erase talks --callee 01a20275-0845-7543-bb94-ee0fa8d89de9 --config callpanion.toml

Exit codes: 0 queued, or there is nothing to remove, 1 failed, 2 wrong command line, 3 wrong configuration";
