//! `callpanion audit …`: the shape of the commands that check what was done.

use clap::{Args, Subcommand};

use super::ConfigArg;
use super::moment::moment;
use crate::domain::Moment;

/// Commands that compare what should be with what is.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Compare what was promised with what came of it
    ///
    /// Computes from the schedules which calls were promised, and counts what came of them: calls by their outcome,
    /// promises without a call (gaps), promises that were kept twice (doubles), calls that should have had their
    /// outcome long ago (overdue), and how late the phones rang. Reads only; may be used while the house is at work.
    #[command(after_long_help = PROMISES_MORE)]
    Promises(AuditPromisesArgs),
}

/// What `audit promises` can be told.
#[derive(Debug, Args)]
pub struct AuditPromisesArgs {
    /// From this moment (2026-11-21T08:00:00Z, or a date); without it, from a week before the end
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    pub from: Option<Moment>,

    /// To before this moment; without it, to the present
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    pub to: Option<Moment>,

    /// Print JSON, for other programs
    #[arg(long)]
    pub json: bool,

    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArg,
}

const PROMISES_MORE: &str = "\
Examples:
  callpanion audit promises --config callpanion.toml
  callpanion audit promises --from 2026-11-01 --to 2026-11-08 --json

Exit codes: 0 every promise was kept, and kept once; 1 it found a gap, a double or an overdue call, or failed;
            2 wrong command line, 3 wrong configuration";
