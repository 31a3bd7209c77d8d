//! `callpanion erase talks`: queues what providers are to remove. The host that serves has it done.

use anyhow::anyhow;

use super::args::{EraseCommand, EraseTalksArgs};
use super::{Outcome, load_config};
use crate::boot;
use crate::clock::Clock;
use crate::services::erasing::{self, Whose};

pub(super) async fn run(command: EraseCommand) -> Outcome {
    match command {
        EraseCommand::Talks(args) => talks(args).await,
    }
}

#[expect(clippy::print_stdout, reason = "the command's result")]
async fn talks(args: EraseTalksArgs) -> Outcome {
    let EraseTalksArgs { callee, family, config } = args;
    let whose = callee.map(Whose::Callee).or(family.map(Whose::Family));
    let whose = whose.ok_or_else(|| anyhow!("say whose talks: --callee or --family"))?;
    let config = load_config(config.config.as_deref())?;
    let db = boot::open_database(&config).await?;
    match erasing::queue(&db, whose, Clock::system().now()).await? {
        0 => println!("There are no talks of theirs at any provider."),
        1 => println!("1 talk is to be removed at its provider: the `serve` on this database sees to it."),
        talks => {
            println!("{talks} talks are to be removed at their providers: the `serve` on this database sees to it.");
        }
    }
    Ok(())
}
