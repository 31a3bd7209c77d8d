//! A plugin project: the folder in which a developer writes a plugin. `plugin test`, `plugin dev` and `plugin check`
//! walk in, to build it and to learn what to try it with. Reads `plugin.toml` and `project.toml`, and runs the commands
//! that the latter names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Table;

use crate::domain::manifest::Manifest;

/// What a plugin asks for.
pub(super) const MANIFEST: &str = "plugin.toml";
/// How it is built, and what it is tried with.
pub(super) const RECIPE: &str = "project.toml";
/// A folder with a plugin in the making.
#[derive(Clone, Debug)]
pub(super) struct Project {
    dir: PathBuf,
    manifest: Manifest,
    recipe: Recipe,
}

/// A `project.toml`. Each command is a program and its arguments, run in the project's folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Recipe {
    /// The file that `build` makes.
    component: PathBuf,
    /// Files and folders; when one changes, it is time to build again.
    watch: Vec<PathBuf>,
    /// What is done once.
    #[serde(default)]
    setup: Vec<Setup>,
    build: Vec<Vec<String>>,
    /// The project's own tests.
    #[serde(default)]
    test: Vec<Vec<String>>,
    /// What it is tried with: settings, and credentials where made-up ones of the right kind do not do.
    #[serde(default)]
    settings: Table,
    #[serde(default)]
    credentials: BTreeMap<String, Table>,
    #[serde(default)]
    replies: Vec<Reply>,
    #[serde(default)]
    webhooks: Vec<SampleWebhook>,
}

/// A command that need not run again while what it makes is newer than what it is made from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Setup {
    run: Vec<String>,
    from: Option<PathBuf>,
    makes: PathBuf,
}

/// What is answered in the vendor's place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reply {
    /// Method and path, such as `POST /push/*`; a `*` stands for any text.
    pub(super) request: String,
    /// HTTP's status.
    pub(super) status: u16,
    /// The body; usually JSON.
    #[serde(default)]
    pub(super) body: String,
}

/// A webhook as the vendor sends it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleWebhook {
    file: PathBuf,
}

impl Project {
    /// Reads the project in this folder.
    pub(super) fn open(dir: &Path) -> Result<Self> {
        let dir = std::path::absolute(dir)?;
        let manifest: Manifest = read(&dir, MANIFEST, "it says what the plugin asks for")?;
        manifest.check().with_context(|| dir.join(MANIFEST).display().to_string())?;
        let recipe: Recipe = read(&dir, RECIPE, "it says how the plugin is built")?;
        let project = Self { dir, manifest, recipe };
        project.check().with_context(|| project.dir.join(RECIPE).display().to_string())?;
        Ok(project)
    }

    fn check(&self) -> Result<()> {
        let recipe = &self.recipe;
        let commands = recipe.build.iter().chain(&recipe.test).chain(recipe.setup.iter().map(|setup| &setup.run));
        ensure!(
            commands.clone().all(|command| !command.is_empty()),
            "a command is empty: it must begin with a program"
        );
        ensure!(!recipe.build.is_empty(), "`build` names no command");
        for (name, value) in &recipe.settings {
            let Some(setting) = self.manifest.settings.get(name) else {
                let known: Vec<&str> = self.manifest.settings.keys().map(String::as_str).collect();
                bail!("`settings.{name}` is no setting of {MANIFEST}, which knows {}", known.join(", "));
            };
            let wanted = setting.value_type;
            let value = serde_json::to_value(value)?;
            ensure!(wanted.fits(&value), "`settings.{name}` must be of type {wanted}, as {MANIFEST} says");
        }
        let known = |name: &&String| self.manifest.credentials.iter().any(|wish| wish.name == **name);
        if let Some(name) = recipe.credentials.keys().find(|name| !known(name)) {
            bail!("`credentials.{name}`: {MANIFEST} asks for no credential of this name");
        }
        for reply in &recipe.replies {
            let path = reply.request.split_once(' ').map(|(_, path)| path);
            ensure!(
                path.is_some_and(|path| path.starts_with('/')) && (100..600).contains(&reply.status),
                "`replies` has \"{}\": it must be a method and a path, such as \"POST /push/*\", with an HTTP status",
                reply.request
            );
        }
        Ok(())
    }

    /// What it asks for.
    pub(super) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The component, once it is built. A `plugin.toml` lies beside it then.
    pub(super) fn component(&self) -> PathBuf {
        self.dir.join(&self.recipe.component)
    }

    /// The files and folders that it is made from.
    pub(super) fn watched(&self) -> Vec<PathBuf> {
        self.recipe.watch.iter().map(|path| self.dir.join(path)).collect()
    }

    /// The settings that it is tried with.
    pub(super) fn settings(&self) -> &Table {
        &self.recipe.settings
    }

    /// The credentials that it is tried with, by name, as they stand in a configuration. Where one is not given, any of
    /// its kind does.
    pub(super) fn credentials(&self) -> &BTreeMap<String, Table> {
        &self.recipe.credentials
    }

    /// What is answered in the vendor's place; the first that fits counts.
    pub(super) fn replies(&self) -> &[Reply] {
        &self.recipe.replies
    }

    /// Webhooks as the vendor sends them.
    pub(super) fn sample_webhooks(&self) -> Result<Vec<Vec<u8>>> {
        let samples = self.recipe.webhooks.iter().map(|sample| self.dir.join(&sample.file));
        samples.map(|file| fs::read(&file).with_context(|| format!("cannot read {}", file.display()))).collect()
    }

    /// Builds the component. What the commands say goes to the terminal.
    pub(super) fn build(&self) -> Result<()> {
        for setup in &self.recipe.setup {
            if self.is_due(setup) {
                self.run(&setup.run)?;
            }
        }
        for command in &self.recipe.build {
            self.run(command)?;
        }
        let component = self.component();
        ensure!(
            component.is_file(),
            "the build made no {}: `component` in {RECIPE} must name the file that `build` makes",
            component.display()
        );
        // Where a plugin is loaded from, its manifest lies beside it.
        let beside = component.with_file_name(MANIFEST);
        if beside != self.dir.join(MANIFEST) {
            fs::copy(self.dir.join(MANIFEST), &beside).with_context(|| format!("cannot write {}", beside.display()))?;
        }
        Ok(())
    }

    /// Runs the project's own tests.
    pub(super) fn test(&self) -> Result<()> {
        self.recipe.test.iter().try_for_each(|command| self.run(command))
    }

    fn is_due(&self, setup: &Setup) -> bool {
        let changed = |path: &Path| fs::metadata(self.dir.join(path)).and_then(|file| file.modified()).ok();
        match (changed(&setup.makes), setup.from.as_deref().and_then(changed)) {
            (None, _) => true,
            (Some(made), from) => from.is_some_and(|from| from > made),
        }
    }

    fn run(&self, command: &[String]) -> Result<()> {
        let Some((program, arguments)) = command.split_first() else { return Ok(()) };
        // A bare name is looked up in PATH; a path is the project's own.
        let path = if program.contains('/') { self.dir.join(program) } else { PathBuf::from(program) };
        let line = command.join(" ");
        let state =
            Command::new(path).args(arguments).current_dir(&self.dir).status().with_context(|| {
                format!("cannot run `{line}`: is `{program}` installed? README.md says what is needed")
            })?;
        ensure!(state.success(), "`{line}` in {} failed ({state})", self.dir.display());
        Ok(())
    }
}

fn read<T: DeserializeOwned>(dir: &Path, name: &str, meaning: &str) -> Result<T> {
    let path = dir.join(name);
    let text = fs::read_to_string(&path).with_context(|| {
        format!("cannot read {} ({meaning}): `callpanion plugin new` makes a project", path.display())
    })?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKS: &str = "id = \"bell\"\nkind = \"channel\"\napi = \"1.0.0\"\nversion = \"0.1.0\"\nname = \"Bell\"\n\
        purpose = \"Rings.\"\nprocessing_country = \"NL\"\n[channel]\nreaches = \"device\"\nplatform = \"ios\"\n\
        submits = \"moment\"\n[[data]]\nwhat = \"push-address\"\nreason = \"To ring.\"\n\
        [settings.volume]\ntype = \"integer\"\n";
    const BUILT: &str = "component = \"out/bell.wasm\"\nwatch = [\"src\"]\n\
        build = [[\"mkdir\", \"-p\", \"out\"], [\"cp\", \"ready\", \"out/bell.wasm\"]]\n";

    /// A project with this `project.toml`.
    fn project(recipe: &str) -> (tempfile::TempDir, Result<Project>) {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(MANIFEST), ASKS).unwrap();
        fs::write(dir.path().join(RECIPE), recipe).unwrap();
        let project = Project::open(dir.path());
        (dir, project)
    }

    #[test]
    fn a_build_leaves_the_manifest_beside_the_component() {
        let (dir, project) = project(BUILT);
        let project = project.unwrap();
        fs::write(dir.path().join("ready"), "wasm").unwrap();
        project.build().unwrap();
        assert_eq!(fs::read_to_string(project.component()).unwrap(), "wasm");
        assert_eq!(fs::read_to_string(project.component().with_file_name(MANIFEST)).unwrap(), ASKS);
        project.test().unwrap();
    }

    #[test]
    fn a_setup_runs_once_and_again_when_what_it_is_made_from_is_newer() {
        let setup = "[[setup]]\nrun = [\"cp\", \"lock\", \"ready\"]\nfrom = \"lock\"\nmakes = \"ready\"\n";
        let (dir, project) = project(&format!("{BUILT}{setup}"));
        let project = project.unwrap();
        let built = |text: &str, age_s: u64| {
            let lock = dir.path().join("lock");
            fs::write(&lock, text).unwrap();
            let ready = fs::metadata(dir.path().join("ready")).and_then(|file| file.modified());
            let from = ready.unwrap_or(std::time::UNIX_EPOCH) + std::time::Duration::from_secs(10)
                - std::time::Duration::from_secs(age_s);
            fs::File::options().write(true).open(&lock).unwrap().set_modified(from).unwrap();
            project.build().unwrap();
            fs::read_to_string(project.component()).unwrap()
        };
        assert_eq!(built("one", 0), "one");
        assert_eq!(built("two", 20), "one");
        assert_eq!(built("three", 0), "three");
    }

    #[test]
    fn each_fault_says_where_it_is_and_what_to_do() {
        for (recipe, said) in [
            ("", "missing field `component`"),
            ("component = 1", "project.toml"),
            (&format!("{BUILT}wacth = []"), "unknown field `wacth`"),
            (&BUILT.replace("[\"mkdir\", \"-p\", \"out\"]", "[]"), "must begin with a program"),
            (&format!("{BUILT}[settings]\nvolum = 1"), "knows volume"),
            (&format!("{BUILT}[settings]\nvolume = \"1\""), "must be of type integer"),
            (&format!("{BUILT}[credentials.key]\nkind = \"bearer\""), "no credential of this name"),
            (&format!("{BUILT}[[replies]]\nrequest = \"/push\"\nstatus = 200"), "POST /push/*"),
        ] {
            let found = format!("{:#}", project(recipe).1.unwrap_err());
            assert!(found.contains(said) && found.contains(RECIPE), "{found}");
        }
        let found = format!("{:#}", Project::open(Path::new("/nowhere")).unwrap_err());
        assert!(found.contains("plugin new"), "{found}");
    }

    #[test]
    fn a_build_that_fails_or_makes_nothing_says_so() {
        let failing = |build: &str| {
            let recipe = format!("component = \"bell.wasm\"\nwatch = []\nbuild = [{build}]");
            let (_dir, project) = project(&recipe);
            format!("{:#}", project.unwrap().build().unwrap_err())
        };
        assert!(failing("[\"false\"]").contains("`false` in "));
        assert!(failing("[\"no-such-program\", \"x\"]").contains("is `no-such-program` installed?"));
        assert!(failing("[\"true\"]").contains("must name the file that `build` makes"));
    }
}
