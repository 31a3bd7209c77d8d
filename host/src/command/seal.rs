//! `callpanion seal`: brings what is stored of push addresses and pairing codes to the form that the configuration asks for.

use anyhow::anyhow;

use super::args::ConfigArg;
use super::{Outcome, load_config};
use crate::boot;
use crate::clock::Clock;
use crate::services::sealing::{Sealer, keys, renewing};

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(arg: ConfigArg) -> Outcome {
    let config = load_config(arg.config.as_deref())?;
    let db = boot::open_database(&config).await?;
    let sealer = Sealer::new(&config.database);
    keys::check(&db, &sealer, Clock::system().now()).await?;
    let done = renewing::renew(&db, &sealer).await?;
    let did = if config.database.encryption_key.is_some() { "sealed" } else { "stored in clear" };
    println!(
        "Newly {did}: {} push addresses, {} in rings, {} pairing codes.",
        done.push_addresses, done.ring_attempts, done.pairing_codes
    );
    match done.unreadable {
        0 => Ok(()),
        count => {
            Err(anyhow!("{count} cannot be opened with the keys of this configuration, and stay as they are").into())
        }
    }
}
