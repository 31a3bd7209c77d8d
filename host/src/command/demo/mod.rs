//! `callpanion demo`: the real host among emulated vendors and phones, on
//! loopback, in one process. Nothing is left behind when it stops.

mod seed;
mod time;
mod world_config;

use std::sync::Arc;

use anyhow::Context;
use callpanion_emulators::{World, WorldConfig};
use tokio::net::TcpListener;

use super::args::DemoArgs;
use super::{Failure, Outcome};
use crate::app::App;
use crate::boot::{self, Host, StopSignal, logging};
use crate::clock::Clock;
use crate::config::Config;
use crate::mail::Mailer;

pub(super) async fn run(args: DemoArgs) -> Outcome {
    let stop = StopSignal::listen()?;
    say("Callpanion demo: starting the emulators, the database and the plugins …");
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("cannot listen on {}: choose another address with --listen", args.listen))?;
    let public_url = format!("http://{}", listener.local_addr()?);
    let folder = tempfile::Builder::new().prefix("callpanion-demo-").tempdir().context("no temporary folder")?;
    let clock = Clock::scaled(args.speed.into());
    let world = World::start(WorldConfig::new(Arc::new(time::DemoTime(clock.clone())))).await?;
    world.set_webhook_url(format!("{public_url}/webhooks/elevenlabs"));

    let settings = world_config::environment(&world.settings(), &public_url, folder.path());
    let config = Config::load(None, settings.into_iter()).map_err(|error| Failure::Config(error.to_string()))?;
    logging::start(&config.log).map_err(|error| Failure::Config(error.to_string()))?;
    let app = App { demo: true, ..boot::assemble(config, clock, Mailer::memory()).await? };
    let host = Host::start(&app, listener)?;
    let welcome = seed::plant(&app, &world, &public_url).await?;
    banner(&public_url, &welcome, args.speed);

    stop.told().await;
    say("\nStopping …");
    host.stop().await;
    world.stop().await;
    folder.close().context("the temporary folder could not be removed")?;
    say("Stopped. Nothing was left behind.");
    Ok(())
}

fn banner(public_url: &str, welcome: &seed::Welcome, speed: u32) {
    let calls = welcome.calls.join("\n    ");
    say(&format!(
        "\n  Callpanion demo\n\n  \
         Sign in as the daughter:  {public_url}{link}\n  \
         or at {public_url}/sign-in with {email} and {password}\n\n  \
         Time runs {speed} times as fast as life. Coming up:\n    {calls}\n\n  \
         The vendors and the phones are emulated; the host, the plugins and the pages are real.\n  \
         Ctrl-C stops the demo.\n",
        link = welcome.sign_in_path,
        email = welcome.email,
        password = welcome.password,
    ));
}

#[expect(clippy::print_stdout, reason = "the demo speaks to the person at the terminal")]
fn say(text: &str) {
    println!("{text}");
}
