//! `callpanion serve`: runs the installation until it is told to stop.

use anyhow::Context;
use tokio::net::TcpListener;

use super::args::ConfigArg;
use super::{Failure, Outcome, load_config};
use crate::boot::{self, Host, StopSignal, logging};
use crate::clock::Clock;
use crate::mail::Mailer;
use crate::services::setup;

pub(super) async fn run(arg: ConfigArg) -> Outcome {
    let config = load_config(arg.config.as_deref())?;
    logging::start(&config.log).map_err(|error| Failure::Config(error.to_string()))?;
    let mailer = Mailer::from_config(&config.mail).map_err(|error| Failure::Config(error.to_string()))?;
    let stop = StopSignal::listen()?;
    let (listen, public_url) = (config.listen, config.public_url.clone());
    let app = boot::assemble(config, Clock::system(), mailer).await?;
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("cannot listen on {listen}: choose another address with `listen`, or stop what uses it")
    })?;
    let host = Host::start(&app, listener).await?;
    let setup_link = setup::ensure_setup_link(&app).await?;
    tracing::info!(address = %host.address(), %public_url, node = %app.node, "serving");
    if let Some(path) = setup_link {
        print_setup_link(public_url.as_str(), &path);
    }
    stop.told().await;
    tracing::info!("stopping");
    host.stop().await;
    tracing::info!("stopped");
    Ok(())
}

/// The link goes to the terminal and not to the log: whoever has it is the administrator.
#[expect(clippy::print_stdout, reason = "the operator reads it here, once")]
fn print_setup_link(public_url: &str, path: &str) {
    let base = public_url.trim_end_matches('/');
    println!("There is no staff account yet. Make the first one here (the link works once):\n\n  {base}{path}\n");
}
