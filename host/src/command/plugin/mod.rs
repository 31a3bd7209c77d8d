//! `callpanion plugin`: what the plugins are, what they ask for, and what they have.

mod check;
mod dev;
mod install;
mod lines;
mod list;
mod new;
mod project;
mod replay;
mod rollback;
mod show;
#[cfg(test)]
mod show_tests;
mod sign;
mod subject;
mod test;

use super::Outcome;
use super::args::PluginCommand;

pub(super) async fn run(command: PluginCommand) -> Outcome {
    match command {
        PluginCommand::List(args) => list::run(args).await,
        PluginCommand::Show(args) => show::run(args).await,
        PluginCommand::Install(args) => install::run(args).await,
        PluginCommand::Rollback(args) => rollback::run(&args),
        PluginCommand::Replay(args) => replay::run(args).await,
        PluginCommand::New(args) => new::run(&args),
        PluginCommand::Dev(args) => dev::run(args).await,
        PluginCommand::Test(args) => test::run(args).await,
        PluginCommand::Check(args) => check::run(args).await,
        PluginCommand::Sign(args) => sign::run(&args),
    }
}
