//! `callpanion migrate`: brings the database up to date and stops.

use super::args::ConfigArg;
use super::{Outcome, load_config};
use crate::boot;

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(arg: ConfigArg) -> Outcome {
    let config = load_config(arg.config.as_deref())?;
    boot::open_database(&config).await?;
    println!("The database is up to date.");
    Ok(())
}
