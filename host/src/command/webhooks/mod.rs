//! `callpanion webhooks`: the inbox, for the operator.

mod list;
mod replay;

use super::args::WebhooksCommand;
use super::{Outcome, printable};
use crate::services::inbox::WebhookEvent;

pub(super) async fn run(command: WebhooksCommand) -> Outcome {
    match command {
        WebhooksCommand::List(args) => list::run(args).await,
        WebhooksCommand::Replay(args) => replay::run(args).await,
    }
}

/// One event on one line.
fn line(event: &WebhookEvent) -> String {
    let came = event.received_at.to_jiff().strftime("%Y-%m-%d %H:%M:%S");
    let told: Vec<&str> =
        [&event.event, &event.provider_ref, &event.note].into_iter().filter_map(Option::as_deref).collect();
    let call = event.call_id.map(|call| format!("  call {call}")).unwrap_or_default();
    let line = format!(
        "{}  {came}  {:8}  {}  {} bytes  {}{call}",
        event.id,
        event.state,
        event.provider,
        event.body_bytes,
        told.join("  ")
    );
    printable(&line)
}
