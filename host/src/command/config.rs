//! `callpanion config`: checks the configuration, or prints it as it takes effect.

use super::args::ConfigCommand;
use super::{Failure, Outcome, load_config};
use crate::boot::{self, logging};
use crate::clock::Clock;
use crate::config::plugins::Record;
use crate::mail::Mailer;

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(command: ConfigCommand) -> Outcome {
    match command {
        ConfigCommand::Check(arg) => {
            let config = load_config(arg.config.as_deref())?;
            logging::check(&config.log).map_err(|error| Failure::Config(error.to_string()))?;
            Mailer::from_config(&config.mail).map_err(|error| Failure::Config(error.to_string()))?;
            let enabled = config.plugins.values().filter(|plugin| plugin.enabled).count();
            for (id, _) in config.plugins.iter().filter(|(_, plugin)| plugin.enabled && plugin.record == Record::All) {
                println!(
                    "Warning: `plugins.{id}.record` is \"all\", so names, numbers and talks are kept in \
                     `data_dir`/recordings as they are. Unless all of them are invented, write \"stand-ins\"."
                );
            }
            println!("The configuration reads well. Loading {enabled} plugins …");
            boot::load_plugins(&config, Clock::system()).await?;
            println!("The configuration is in order.");
        }
        ConfigCommand::Dump(arg) => {
            let config = load_config(arg.config.as_deref())?;
            print!("{}", config.dump().map_err(|error| Failure::Config(error.to_string()))?);
        }
    }
    Ok(())
}
