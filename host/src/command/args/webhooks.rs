//! `callpanion webhooks …`: the shape of the commands about the inbox.

use clap::{ArgGroup, Args, Subcommand};

use super::ConfigArg;
use super::moment::moment;
use crate::domain::{Moment, WebhookId};

/// Commands about the webhooks that came.
#[derive(Debug, Subcommand)]
pub enum WebhooksCommand {
    /// Show the webhooks that came, the newest last, and where each stands
    ///
    /// received: not read yet. applied: its call has it. ignored: of no use. parked: of no call that we know, or not
    /// readable; the note says why. Shows ids, never what was said.
    #[command(after_long_help = LIST_MORE)]
    List(WebhookListArgs),

    /// Read stored webhooks again, with the plugins as they are now
    ///
    /// After a plugin was mended or replaced, or a call was found that a parked webhook belongs to. What a call has
    /// already stays as it is: reading the whole inbox again changes nothing that was right.
    ///
    /// The reading is done by the `serve` that runs on this database; the command queues it and may be used at any
    /// time. Where no `serve` runs, --now reads here.
    #[command(after_long_help = REPLAY_MORE)]
    Replay(WebhookReplayArgs),
}

/// What `webhooks list` can be told.
#[derive(Debug, Args)]
pub struct WebhookListArgs {
    /// Only those that are parked
    #[arg(long)]
    pub parked: bool,

    /// Only those that came at this moment (2026-11-21T08:00:00Z, or a date) or later
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    pub since: Option<Moment>,

    /// How many are shown at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub limit: u32,

    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArg,
}

/// What `webhooks replay` can be told.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true).multiple(true).args(["ids", "all", "parked", "since"]))]
pub struct WebhookReplayArgs {
    /// These, by the ids that `webhooks list` shows
    #[arg(value_name = "ID", conflicts_with_all = ["all", "parked", "since"])]
    pub ids: Vec<WebhookId>,

    /// All that are kept
    #[arg(long, conflicts_with_all = ["parked", "since"])]
    pub all: bool,

    /// Those that are parked
    #[arg(long)]
    pub parked: bool,

    /// Those that came at this moment (2026-11-21T08:00:00Z, or a date) or later
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    pub since: Option<Moment>,

    /// Read them in this process, instead of leaving it to the `serve` that runs
    #[arg(long)]
    pub now: bool,

    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArg,
}

const LIST_MORE: &str = "\
Examples:
  callpanion webhooks list --config callpanion.toml
  callpanion webhooks list --parked --since 2026-11-21

Exit codes: 0 listed, 1 failed, 2 wrong command line, 3 wrong configuration";

const REPLAY_MORE: &str = "\
Examples:
  callpanion webhooks replay --parked --config callpanion.toml
  callpanion webhooks replay 0193d5f0-7c1e-7000-8000-2b1f0c9a4d11
  callpanion webhooks replay --all --now

Exit codes: 0 queued, or read; 1 failed, or one could not be read; 2 wrong command line, 3 wrong configuration";

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::super::Cli;

    #[test]
    fn what_is_read_again_must_be_said_and_only_once() {
        let fits = |line: &str| Cli::try_parse_from(line.split(' ')).is_ok();
        let id = "0193d5f0-7c1e-7000-8000-2b1f0c9a4d11";
        for right in ["--all", "--parked", "--parked --since 2026-11-21", id] {
            assert!(fits(&format!("callpanion webhooks replay {right}")), "{right}");
        }
        for wrong in ["--now", "--all --parked", &format!("{id} --all"), "17", "--since yesterday"] {
            assert!(!fits(&format!("callpanion webhooks replay {wrong}")), "{wrong}");
        }
    }
}
