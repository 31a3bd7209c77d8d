//! `callpanion seal`: brings what is stored sealed, or could be, to the form that the configuration asks for.

use std::time::Duration;

use anyhow::anyhow;

use super::args::ConfigArg;
use super::{Outcome, load_config};
use crate::boot;
use crate::clock::Clock;
use crate::services::sealing::{Sealer, renewing};

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(arg: ConfigArg) -> Outcome {
    let config = load_config(arg.config.as_deref())?;
    let db = boot::open_database(&config).await?;
    let sealer = Sealer::new(&config.database);
    let lease = Duration::from_secs(config.calling.lease_s.into());
    let done = renewing::renew(&db, &sealer, lease, Clock::system().now()).await?;
    let did = if config.database.encryption_key.is_some() { "sealed" } else { "stored in clear" };
    println!(
        "Newly {did}: {} push addresses, {} in rings, and {} keys of the installation. Pairing codes that are worth \
         nothing now: {}.",
        done.push_addresses, done.ring_attempts, done.installation_keys, done.pairing_codes
    );
    match done.unreadable {
        0 => Ok(()),
        count => Err(anyhow!(
            "{count} cannot be opened with the keys of this configuration, or are no addresses, and stay as they are"
        )
        .into()),
    }
}
