//! The doctor: how an installation is, and how what is wrong with it is mended. The command walks in.
//!
//! It looks from outside, beside hosts that run or without one: it makes no database, brings none up to date, writes
//! nothing and sends nothing. What it says is for the operator's terminal, in English.

mod database;
mod disk;
mod mail;
mod record;

use crate::config::Config;
use crate::domain::{Finding, Moment};

/// Looks at everything but the plugins' own files, which the command tries for itself.
pub async fn examine(config: &Config, now: Moment) -> Vec<Finding> {
    let mut found = database::examine(config, now).await;
    found.extend(disk::examine(config));
    found.push(mail::examine(config).await);
    found
}

/// A moment for a terminal.
fn told(moment: Moment) -> String {
    moment.to_jiff().strftime("%Y-%m-%d %H:%M UTC").to_string()
}
