//! `callpanion webhooks replay`: has stored webhooks read again, by the host that runs or here.

use std::collections::BTreeMap;

use anyhow::anyhow;

use super::super::args::WebhookReplayArgs;
use super::super::{Failure, Outcome, load_config, printable};
use super::line;
use crate::boot;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::WebhookState;
use crate::mail::Mailer;
use crate::services::ServiceError;
use crate::services::inbox::{self, Chosen, Walk, Wanted, WebhookEvent};
use crate::services::sealing::keys;

pub(super) async fn run(args: WebhookReplayArgs) -> Outcome {
    let config = load_config(args.config.config.as_deref())?;
    if args.now { read_here(config, &args).await } else { leave_to_the_host(&config, &args).await }
}

fn chosen(args: &WebhookReplayArgs) -> Chosen {
    if args.ids.is_empty() {
        Chosen::Wanted(Wanted { state: args.parked.then_some(WebhookState::Parked), since: args.since })
    } else {
        Chosen::Ids(args.ids.clone())
    }
}

/// The next events to go through.
async fn next(walk: &mut Walk) -> anyhow::Result<Vec<WebhookEvent>> {
    match walk.next().await {
        Err(ServiceError::NotFound) => {
            Err(anyhow!("there is no webhook of such an id; see `callpanion webhooks list`"))
        }
        other => Ok(other?),
    }
}

/// Queues the reading. Whoever serves on this database does it within seconds.
#[expect(clippy::print_stdout, reason = "the command's result")]
async fn leave_to_the_host(config: &Config, args: &WebhookReplayArgs) -> Outcome {
    let db = boot::open_database(config).await?;
    let clock = Clock::system();
    let mut walk = Walk::new(&db, chosen(args));
    let mut queued = 0;
    loop {
        let page = next(&mut walk).await?;
        if page.is_empty() {
            break;
        }
        inbox::queue_again(&db, page.iter().map(|event| event.id).collect(), clock.now()).await?;
        for event in &page {
            println!("{}  queued", line(event));
        }
        queued += page.len();
    }
    match queued {
        0 => println!("No webhook is to be read."),
        1 => println!("1 webhook is queued: the `serve` on this database reads it. If none runs, use --now."),
        _ => {
            println!("{queued} webhooks are queued: the `serve` on this database reads them. If none runs, use --now.");
        }
    }
    Ok(())
}

/// Reads here. What follows from it, summaries and mails, is queued for the next `serve`.
#[expect(clippy::print_stdout, reason = "the command's result")]
async fn read_here(config: Config, args: &WebhookReplayArgs) -> Outcome {
    let mailer = Mailer::from_config(&config.mail).map_err(|error| Failure::Config(error.to_string()))?;
    let app = boot::assemble(config, Clock::system(), mailer).await?;
    // What is read may queue another try.
    keys::check(&app).await?;
    let mut walk = Walk::new(&app.db, chosen(args));
    let mut stand: BTreeMap<WebhookState, usize> = BTreeMap::new();
    let (mut read, mut changed, mut failed) = (0, 0, 0);
    loop {
        let page = next(&mut walk).await?;
        if page.is_empty() {
            break;
        }
        for before in page {
            match inbox::read_again(&app, before.id).await {
                Ok(after) => {
                    let mark = if after == before { "as it was" } else { "changed" };
                    println!("{}  {mark}", line(&after));
                    read += 1;
                    changed += usize::from(after != before);
                    *stand.entry(after.state).or_default() += 1;
                }
                // Swept meanwhile.
                Err(ServiceError::NotFound) => {}
                Err(error) => {
                    println!("{}  not read: {}", line(&before), printable(&format!("{:#}", anyhow!(error))));
                    failed += 1;
                }
            }
        }
    }
    let stand: Vec<String> = stand.iter().map(|(state, count)| format!("{count} {state}")).collect();
    println!("Read {read} ({}), {changed} changed, {failed} failed.", stand.join(", "));
    match failed {
        0 => Ok(()),
        1 => Err(anyhow!("one webhook could not be read").into()),
        _ => Err(anyhow!("{failed} webhooks could not be read").into()),
    }
}
