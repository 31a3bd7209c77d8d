//! The shape of `callpanion sim`.

use clap::{Args, Subcommand};

/// Commands that live through simulated time.
#[derive(Debug, Subcommand)]
pub enum SimCommand {
    /// Live through a simulated week in which much goes wrong, and count what came of each promise
    ///
    /// A neighbourhood of parents in several time zones, on emulated phones and lines, is called by the real hosts
    /// through the real plugins, on a clock that jumps from event to event. Parents nap, batteries are flat, lines are
    /// busy; vendors fail, hang and lose replies; webhooks are lost, doubled, late and forged; hosts die in the middle
    /// of their work; and in one night of the week the clocks are changed. All of it comes from the seed: the same seed
    /// gives the same week and the same scorecard.
    ///
    /// Needs no account, key or network. On PostgreSQL two hosts share the work, and one of them dies at a time.
    #[command(after_long_help = WEEK_MORE)]
    Week(SimWeekArgs),
}

/// What `sim week` can be told.
#[derive(Debug, Args)]
pub struct SimWeekArgs {
    /// How many people are called
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=400))]
    pub parents: u32,

    /// Where everything that is left to chance comes from
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,

    /// How many days
    #[arg(long, value_name = "D", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub days: u32,

    /// An empty database: postgres://USER:PASSWORD@HOST/NAME. Without it, SQLite in a temporary folder
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,

    /// Print the scorecard as JSON
    #[arg(long)]
    pub json: bool,
}

const WEEK_MORE: &str = "\
Examples:
  callpanion sim week
  callpanion sim week --parents 200 --seed 7
  callpanion sim week --seed 3 --database postgres://callpanion@127.0.0.1/empty --json

Exit codes: 0 every promise was kept, 1 one was lost, doubled or told wrongly (or the week could not be lived
through), 2 wrong command line";
