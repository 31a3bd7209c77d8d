//! `callpanion plugin dev`: a plugin that is being written, within the demo. Builds it, loads it beside the demo's own,
//! has it do its work, and prints every call, request, verdict of the grants and timing; when a file changes, again.

mod section;
mod watching;
mod work;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use self::section::section;
use self::watching::Watched;
use super::super::args::{DemoArgs, PluginDevArgs};
use super::super::demo::{Demo, Guest};
use super::super::{Failure, Outcome};
use super::project::Project;
use crate::boot::StopSignal;
use crate::plugins::{CallTrace, Disagreement, LoadProblem, Stamp, Witness, trace};

/// How often the project's files are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(300);

pub(super) async fn run(args: PluginDevArgs) -> Outcome {
    let stop = StopSignal::listen()?;
    let project = Project::open(&args.dir)?;
    let id = project.manifest().id.clone();
    let mut built = Watched::look(&project);
    let mut seen = built.clone();
    build(&project)?;
    say("Starting the demo around it …");
    let demo_args = DemoArgs { speed: args.speed, listen: args.listen };
    let demo = Demo::start(&demo_args, |world, folder| {
        let config = folder.join("plugin-dev.toml");
        std::fs::write(&config, section(&project, world)?).with_context(|| config.display().to_string())?;
        Ok(Guest { config: Some(config), witness: Some(Arc::new(Printer(id.clone()))) })
    })
    .await?;
    say(&format!(
        "\n  {id} runs in the demo.\n  The family's pages: {url}{link}\n  \
         (The link works once, and not for long. After that: {url}/sign-in with {email} and {password})\n  \
         Change a file of {dir} and it is built and loaded again. Ctrl-C stops.\n",
        url = demo.public_url,
        link = demo.welcome.sign_in_path,
        email = demo.welcome.email,
        password = demo.welcome.password,
        dir = args.dir.display()
    ));
    work::put_to_work(&demo, &project).await?;
    let mut told = std::pin::pin!(stop.told());
    loop {
        tokio::select! {
            () = &mut told => break,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let now = Watched::look(&project);
        // Editors write a file in several strokes: what differs from look to look is not ready.
        if now == seen && now != built {
            built = now.clone();
            again(&demo, &args.dir, &id).await?;
        }
        seen = now;
    }
    say("\nStopping …");
    demo.stop().await?;
    Ok(())
}

/// Builds and loads the project once more. What is wrong with it is said, and the last good one stays.
async fn again(demo: &Demo, dir: &Path, id: &str) -> Result<(), Failure> {
    let project = match Project::open(dir) {
        Ok(project) => project,
        Err(error) => {
            say(&format!("✗ {error:#}"));
            return Ok(());
        }
    };
    let before = serving(demo, id);
    let plugins = demo.app.plugins.clone();
    let tried = project.clone();
    // Both keep a processor busy, and the demo goes on meanwhile.
    let replaced = tokio::task::spawn_blocking(move || build(&tried).map(|()| plugins.refresh()));
    let replaced = match replaced.await.context("building was cut short")? {
        Ok(replaced) => replaced,
        Err(error) => {
            say(&format!("✗ {error:#}\n  The last good one stays loaded."));
            return Ok(());
        }
    };
    if let Some(error) = replaced.into_iter().find_map(Result::err) {
        say(&format!("✗ {}\n  The last good one stays loaded.", error.in_full()));
        if error.plugin == id && asks_for_more(&error.problem) {
            say("  Stop and start `plugin dev`: it grants at its start what the plugin asks for.");
        }
        return Ok(());
    }
    // Asked of the shelf and not of `replaced`: the demo's own worker looks for new files too, and may have been first.
    match serving(demo, id) {
        now if now == before => say("✓ it is the same component as before"),
        Some(now) => say(&format!("✓ {} {} serves now, {:.12}", now.id, now.version, now.digest)),
        None => {}
    }
    work::put_to_work(demo, &project).await?;
    Ok(())
}

/// Whether it is refused for want of what `plugin dev` settles at its start: grants, credentials and settings.
fn asks_for_more(problem: &LoadProblem) -> bool {
    let is_new = |one: &Disagreement| {
        matches!(
            one,
            Disagreement::Host { .. }
                | Disagreement::PrivateAddresses { .. }
                | Disagreement::Webhooks { .. }
                | Disagreement::Data { .. }
                | Disagreement::Credential { .. }
                | Disagreement::CredentialMissing { .. }
                | Disagreement::SettingMissing { .. }
        )
    };
    match problem {
        LoadProblem::Disagreement(Disagreement::Several(all)) => all.iter().any(is_new),
        LoadProblem::Disagreement(one) => is_new(one),
        _ => false,
    }
}

/// What answers for this plugin.
fn serving(demo: &Demo, id: &str) -> Option<Stamp> {
    demo.app.plugins.manifests().into_iter().map(|(stamp, _)| stamp).find(|stamp| stamp.id == id)
}

fn build(project: &Project) -> anyhow::Result<()> {
    let began = Instant::now();
    project.build()?;
    say(&format!("✓ built in {:.1} s", began.elapsed().as_secs_f64()));
    Ok(())
}

/// Prints the calls of one plugin.
struct Printer(String);

impl Witness for Printer {
    fn watches(&self, plugin: &str) -> bool {
        plugin == self.0
    }

    fn saw(&self, call: CallTrace) {
        say(&trace::lines(&call).join("\n"));
    }
}

#[expect(clippy::print_stdout, reason = "the command speaks to the person at the terminal")]
fn say(text: &str) {
    println!("{text}");
}
