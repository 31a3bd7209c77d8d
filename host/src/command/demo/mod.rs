//! `callpanion demo`: the real host among emulated vendors and phones, on
//! loopback, in one process. Nothing is left behind when it stops.

pub(in crate::command) mod seed;
mod time;
pub(in crate::command) mod world_config;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use callpanion_emulators::{World, WorldConfig};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::args::DemoArgs;
use super::{Failure, Outcome};
use crate::app::App;
use crate::boot::{self, Host, StopSignal, logging};
use crate::clock::Clock;
use crate::config::Config;
use crate::mail::Mailer;
use crate::plugins::Witness;

pub(super) async fn run(args: DemoArgs) -> Outcome {
    let stop = StopSignal::listen()?;
    say("Callpanion demo: starting the emulators, the database and the plugins …");
    let demo = Demo::start(&args, |_, _| Ok(Guest::default())).await?;
    banner(&demo.public_url, &demo.welcome, args.speed);
    stop.told().await;
    say("\nStopping …");
    demo.stop().await?;
    say("Stopped. Nothing was left behind.");
    Ok(())
}

/// What somebody adds to the demo: a plugin that is being written.
#[derive(Default)]
pub(in crate::command) struct Guest {
    /// A configuration file over the demo's own.
    pub(in crate::command) config: Option<PathBuf>,
    /// Who is told of the plugins' calls.
    pub(in crate::command) witness: Option<Arc<dyn Witness>>,
}

/// A running demo.
pub(in crate::command) struct Demo {
    pub(in crate::command) app: App,
    pub(in crate::command) world: World,
    pub(in crate::command) public_url: String,
    pub(in crate::command) welcome: seed::Welcome,
    host: Host,
    folder: TempDir,
}

impl Demo {
    /// Starts everything. `guest` is told the emulators' world and a folder that the demo removes at its end.
    pub(in crate::command) async fn start(
        args: &DemoArgs,
        guest: impl FnOnce(&World, &Path) -> anyhow::Result<Guest>,
    ) -> Result<Self, Failure> {
        let listener = TcpListener::bind(args.listen)
            .await
            .with_context(|| format!("cannot listen on {}: choose another address with --listen", args.listen))?;
        let public_url = format!("http://{}", listener.local_addr()?);
        let folder = tempfile::Builder::new().prefix("callpanion-demo-").tempdir().context("no temporary folder")?;
        let clock = Clock::scaled(args.speed.into());
        let world = World::start(WorldConfig::new(Arc::new(time::DemoTime(clock.clone())))).await?;
        world.set_webhook_url(format!("{public_url}/webhooks/elevenlabs"));

        let guest = guest(&world, folder.path())?;
        let settings = world_config::environment(&world.settings(), &public_url, folder.path());
        let config = Config::load(guest.config.as_deref(), settings.into_iter());
        let config = config.map_err(|error| Failure::Config(error.to_string()))?;
        logging::start(&config.log).map_err(|error| Failure::Config(error.to_string()))?;
        let app = boot::assemble_before(config, clock, Mailer::memory(), guest.witness).await?;
        let app = App { demo: true, ..app };
        let host = Host::start(&app, listener).await?;
        let welcome = seed::plant(&app, &world, &public_url).await?;
        Ok(Self { app, world, public_url, welcome, host, folder })
    }

    /// Ends everything and removes its folder.
    pub(in crate::command) async fn stop(self) -> anyhow::Result<()> {
        self.host.stop().await;
        self.world.stop().await;
        self.folder.close().context("the temporary folder could not be removed")
    }
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
