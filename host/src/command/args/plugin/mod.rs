//! The shape of `callpanion plugin …`: for the operator who runs plugins, and for the developer who writes them.

mod more;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::ConfigArg;
use crate::conformance::Level;
use crate::domain::manifest::PluginKind;

/// Commands about plugins.
#[derive(Debug, Subcommand)]
pub enum PluginCommand {
    /// List the plugins: how each is, its version and digest, its calls and how long they take
    ///
    /// The figures come from the database, where each running `serve` writes its own.
    #[command(after_long_help = more::LIST)]
    List(PluginListArgs),

    /// Show what one plugin asks for and why, and what the configuration grants it
    ///
    /// Hosts, credentials, the data that it sees, the country of processing and its settings. Ends with whether it
    /// would load, and with the lines to write if not. The exit code says the same of a plugin in the configuration.
    #[command(after_long_help = more::SHOW)]
    Show(PluginShowArgs),

    /// Install a plugin from a file, a folder or a registry
    ///
    /// Checks its digests, its maker's signature where the configuration names a key, and that it starts; then keeps a
    /// copy and makes it the version that serves. A running `serve` takes it over by itself.
    #[command(after_long_help = more::INSTALL)]
    Install(PluginInstallArgs),

    /// Go back to the version of a plugin before the one that serves
    ///
    /// Where a plugin's file holds a version that was refused, or never served for another reason, the one that serves
    /// stays, and the file is only held off until it is another file.
    #[command(after_long_help = more::ROLLBACK)]
    Rollback(PluginRollbackArgs),

    /// Run recorded calls again, and show what comes out otherwise
    ///
    /// `record` in its [plugins.ID] table keeps the calls of a plugin in `data_dir`/recordings. A replay sends nothing and
    /// reads no key.
    #[command(after_long_help = more::REPLAY)]
    Replay(PluginReplayArgs),

    /// Begin a plugin: a project that builds, passes its tests and runs in the demo
    #[command(after_long_help = more::NEW)]
    New(PluginNewArgs),

    /// Run a plugin that is being written in the demo: build, load, trace, and again at each change
    ///
    /// Everything that it asks for is granted, its vendor is emulated as its project.toml says, and each call, request,
    /// verdict of the grants and timing is printed.
    #[command(after_long_help = more::DEV)]
    Dev(PluginDevArgs),

    /// Try a plugin with everything that a vendor, a webhook or a talk may bring, and say how far it can be relied on
    ///
    /// A project is built first, and runs its own tests. The conformance kit then plays every class of reply, timeouts,
    /// broken webhooks and hostile talks, and gives a level: bronze, silver or gold, and what is missing for the next.
    /// Nothing is sent. The settings, replies and webhooks of its project.toml are its samples.
    #[command(after_long_help = more::TEST)]
    Test(PluginTestArgs),

    /// Say whether a plugin fits a version of the plugin API, and what does not fit
    #[command(after_long_help = more::CHECK)]
    Check(PluginCheckArgs),

    /// Sign a plugin with an ed25519 key, and print the key that its users put into their configuration
    #[command(after_long_help = more::SIGN)]
    Sign(PluginSignArgs),
}

/// What `plugin list` is told.
#[derive(Debug, Args)]
pub struct PluginListArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArg,
}

/// What `plugin show` wants to know.
#[derive(Debug, Args)]
pub struct PluginShowArgs {
    /// The plugin's id, as in its [plugins.ID] table; or the path of one that is not in the configuration yet
    pub id: String,

    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArg,
}

/// What `plugin install` is told.
#[derive(Debug, Args)]
pub struct PluginInstallArgs {
    /// A component with its plugin.toml beside it, the folder of both, or oci://REGISTRY/NAME@sha256:…
    #[arg(value_name = "FILE|DIR|oci://…")]
    pub offer: String,

    /// The section of the configuration that it is for; the plugin's own id if not given
    #[arg(long, value_name = "ID")]
    pub section: Option<String>,

    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArg,
}

/// What `plugin rollback` is told.
#[derive(Debug, Args)]
pub struct PluginRollbackArgs {
    /// The plugin's id, as in its [plugins.ID] table
    pub id: String,

    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArg,
}

/// What `plugin replay` is told.
#[derive(Debug, Args)]
pub struct PluginReplayArgs {
    /// Recordings, as `record` in a [plugins.ID] table makes them
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// The component to run them against, instead of the configured one
    #[arg(long, value_name = "FILE")]
    pub plugin: Option<PathBuf>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArg,
}

/// What `plugin new` is told.
#[derive(Debug, Args)]
pub struct PluginNewArgs {
    /// What it does: channel (rings), provider (holds the talk), renderer (writes the summary) or notifier (tells people)
    #[arg(long, value_name = "KIND")]
    pub kind: PluginKind,

    /// The language that it is written in
    #[arg(long, value_name = "LANGUAGE")]
    pub lang: Language,

    /// Its id, which is also the new folder's name: lower-case letters, digits and hyphens
    pub name: String,
}

/// A language that plugins are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Rust, with the SDK of this repository.
    Rust,
    /// JavaScript, with componentize-qjs.
    Javascript,
    /// Python, with componentize-py.
    Python,
}

/// What `plugin dev` is told.
#[derive(Debug, Args)]
pub struct PluginDevArgs {
    /// The project's folder
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,

    /// How many times faster than life the demo goes
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub speed: u32,

    /// Where the demo listens; port 0 takes any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

/// What `plugin test` is told.
#[derive(Debug, Args)]
pub struct PluginTestArgs {
    /// A project's folder, a component with its plugin.toml beside it, or builtin:ID
    #[arg(value_name = "DIR|FILE|builtin:ID")]
    pub plugin: String,

    /// Fail below this level: bronze, silver or gold [default: bronze]
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<Level>,

    /// The project whose project.toml has the samples, for a component that lies elsewhere
    #[arg(long, value_name = "DIR")]
    pub samples: Option<PathBuf>,

    /// Print JSON, and nothing of the project's own tests: they are not run
    #[arg(long)]
    pub json: bool,
}

/// What `plugin check` is told.
#[derive(Debug, Args)]
pub struct PluginCheckArgs {
    /// A project's folder, a component with its plugin.toml beside it, or builtin:ID
    #[arg(value_name = "DIR|FILE|builtin:ID")]
    pub plugin: String,

    /// The version of the plugin API, such as 1.0
    #[arg(long, value_name = "VERSION", default_value = "1.2")]
    pub api: String,
}

/// What `plugin sign` is told.
#[derive(Debug, Args)]
pub struct PluginSignArgs {
    /// The component, or the folder of it and its plugin.toml
    pub path: PathBuf,

    /// The private key: PEM, as `openssl genpkey -algorithm ed25519` makes it
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
}
