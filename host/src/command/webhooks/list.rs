//! `callpanion webhooks list`: what came, and where it stands.

use super::super::args::WebhookListArgs;
use super::super::{Outcome, load_config};
use super::line;
use crate::boot;
use crate::domain::WebhookState;
use crate::services::inbox::{self, Wanted};

#[expect(clippy::print_stdout, reason = "the command's result")]
pub(super) async fn run(args: WebhookListArgs) -> Outcome {
    let config = load_config(args.config.config.as_deref())?;
    let db = boot::open_database(&config).await?;
    let wanted = Wanted { state: args.parked.then_some(WebhookState::Parked), since: args.since };
    let mut events = inbox::newest(&db, wanted, args.limit.into()).await?;
    events.reverse();
    for event in &events {
        println!("{}", line(event));
    }
    match events.len() {
        0 => println!("No webhooks."),
        1 => println!("1 webhook."),
        count => println!("{count} webhooks."),
    }
    Ok(())
}
