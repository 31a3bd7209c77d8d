//! The command line's shape: what `callpanion --help` shows. `main` parses it; the sibling files carry each command out.

mod audit;
mod erase;
mod moment;
mod plugin;
mod provision;
mod sim;
mod webhooks;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use audit::{AuditCommand, AuditPromisesArgs};
pub use erase::{EraseCommand, EraseTalksArgs};
pub use plugin::{
    Language, PluginCheckArgs, PluginCommand, PluginDevArgs, PluginInstallArgs, PluginListArgs, PluginNewArgs,
    PluginReplayArgs, PluginRollbackArgs, PluginShowArgs, PluginSignArgs, PluginTestArgs,
};
pub use provision::ProvisionArgs;
pub use sim::{SimCommand, SimWeekArgs};
pub use webhooks::{WebhookListArgs, WebhookReplayArgs, WebhooksCommand};

/// Exit code: the command ended, or the program was told to stop and stopped cleanly.
pub const EXIT_DONE: u8 = 0;
/// Exit code: something failed, or a check found a fault.
pub const EXIT_FAILED: u8 = 1;
/// Exit code: the configuration is wrong. (2 is clap's, for a wrong command line.)
pub const EXIT_CONFIG: u8 = 3;

const EXIT_CODES: &str = "\
Exit codes:
  0  done, or stopped cleanly by Ctrl-C or SIGTERM
  1  something failed; the last line on standard error says what
  2  the command line is wrong
  3  the configuration is wrong; every problem is listed";

/// An AI companion that calls people's parents, self-hosted.
///
/// Callpanion calls each parent at the agreed times, by phone or in the app on a paired device, lets the companion
/// talk with them, and shows the family what was said that matters.
///
/// To see it work without any account or key: callpanion demo
#[derive(Debug, Parser)]
#[command(name = "callpanion", version, arg_required_else_help = true, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The roles of the one program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the installation: pages, device API, webhooks and the calls
    ///
    /// Brings the database up to date, loads the enabled plugins, listens on `listen` and places the calls that are
    /// due. The first start prints a one-time link for the first staff account. Several processes may serve one
    /// PostgreSQL database; each call still rings once.
    ///
    /// Ctrl-C or SIGTERM stops it: no new call is begun, requests in progress end, nothing is lost.
    #[command(after_long_help = SERVE_MORE)]
    Serve(ConfigArg),

    /// Show the whole path with emulated phones and vendors; needs no account, key or network
    ///
    /// Starts on an empty database in a temporary folder, with emulators of the push services, the conversation
    /// provider and the telephone network on loopback ports, and a family with three callees: one by phone, one with
    /// an Android phone, one with an iPhone. Prints an address and a sign-in link, and then real calls go through
    /// the real plugins. Ctrl-C stops it and removes the folder.
    #[command(after_long_help = DEMO_MORE)]
    Demo(DemoArgs),

    /// Look at the configuration
    ///
    /// The configuration has three layers: built-in defaults, the file given with --config, and environment
    /// variables such as CALLPANION__CALLING__RING_WINDOW_S=60. The later layer wins.
    #[command(subcommand)]
    Config(ConfigCommand),

    /// Look at plugins, install them, and write your own
    #[command(subcommand)]
    Plugin(PluginCommand),

    /// Live through simulated time, to see whether every promise is kept
    #[command(subcommand)]
    Sim(SimCommand),

    /// Look at the webhooks that came, and have them read again
    #[command(subcommand)]
    Webhooks(WebhooksCommand),

    /// Compare what was promised with what was done
    #[command(subcommand)]
    Audit(AuditCommand),

    /// Ask the vendors of the enabled plugins whether keys, agents, webhook and number are in order
    ///
    /// Sends real requests with the configured credentials, but places no call. Prints all that is found at once: a
    /// line for each finding, and below it what to do.
    #[command(after_long_help = CHECK_MORE)]
    Check(ConfigArg),

    /// Say what is wrong with this installation, and how to mend it
    ///
    /// Looks at the database and its version, the hosts that serve it, the clock, the sealing key, what hosts have met that
    /// only you can mend, vendors that are left alone, webhooks and jobs that wait, the disk, the mail server, and whether
    /// each plugin would load. Prints a line for each, and below it what to do.
    ///
    /// It changes nothing, and may be run at any time, beside running hosts or without one. Give it the configuration and
    /// the environment that they have.
    #[command(after_long_help = DOCTOR_MORE)]
    Doctor(ConfigArg),

    /// Compare the providers' side with what this installation needs, and set it up
    ///
    /// Of each agent: whether it wants a token, how long talks are kept and whether they are recorded, default values of
    /// variables, what it notes of a talk, and which webhook tells of it. Where the configuration says "new" in place of
    /// an agent's id, one is made.
    /// What the operator wrote, such as the system prompt, stays. Without --apply nothing is changed.
    #[command(after_long_help = provision::MORE)]
    Provision(ProvisionArgs),

    /// Have something removed for good
    #[command(subcommand)]
    Erase(EraseCommand),

    /// Bring the database up to date and stop
    ///
    /// `serve` does the same when it starts; use this to do it at a moment of your own. Waits for other processes
    /// that are at it. Refuses a database that a newer version has changed, and leaves it as it is.
    #[command(after_long_help = MIGRATE_MORE)]
    Migrate(ConfigArg),

    /// Seal push addresses that the database still holds in clear, or sealed with the previous key
    ///
    /// What is stored while `database.encryption_key` is set is sealed anyway; this brings what was stored before to the
    /// same form, and ends pairing codes that are live. Without that key it does the opposite. Hosts may run meanwhile, if they were started with the same
    /// configuration. Afterwards `database.previous_encryption_key` is needed no longer, but by older backups.
    #[command(after_long_help = SEAL_MORE)]
    Seal(ConfigArg),
}

/// Commands about the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Read the configuration and list every problem, without starting anything
    ///
    /// Finds unknown keys (and names the nearest known one), wrong values, and files of secrets that can't be read.
    #[command(after_long_help = CONFIG_CHECK_MORE)]
    Check(ConfigArg),

    /// Print the configuration as it takes effect, with secrets masked
    ///
    /// The output is TOML: all three layers in one.
    #[command(after_long_help = CONFIG_DUMP_MORE)]
    Dump(ConfigArg),
}

/// Which configuration.
#[derive(Clone, Debug, Args)]
pub struct ConfigArg {
    /// The configuration file; without it the defaults and the environment count
    #[arg(short, long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What `demo` can be told.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many times faster than life the waiting goes: at 10 the five minutes before a call last 30 seconds
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub speed: u32,

    /// Where the demo listens; port 0 takes any free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
}

const SERVE_MORE: &str = "\
Example:
  callpanion serve --config /etc/callpanion/callpanion.toml

Exit codes: 0 stopped cleanly, 1 failed, 2 wrong command line, 3 wrong configuration";

const DEMO_MORE: &str = "\
Examples:
  callpanion demo
  callpanion demo --speed 30 --listen 127.0.0.1:9000

Exit codes: 0 stopped cleanly, 1 failed (for example: the port is taken), 2 wrong command line";

const CHECK_MORE: &str = "\
Example:
  callpanion check --config callpanion.toml

Exit codes: 0 no problem (warnings and notes are none), 1 at least one problem, 2 wrong command line,
3 wrong configuration";

const DOCTOR_MORE: &str = "\
Example:
  callpanion doctor --config /etc/callpanion/callpanion.toml

Exit codes: 0 no problem was found (warnings are none), 1 at least one problem, 2 wrong command line,
3 wrong configuration";

const MIGRATE_MORE: &str = "\
Example:
  callpanion migrate --config callpanion.toml

Exit codes: 0 up to date, 1 failed or refused, 2 wrong command line, 3 wrong configuration";

const SEAL_MORE: &str = "\
Example:
  callpanion seal --config callpanion.toml

Exit codes: 0 all stands as the configuration asks, 1 failed, or something cannot be opened, 2 wrong command line,
3 wrong configuration";

const CONFIG_CHECK_MORE: &str = "\
Example:
  callpanion config check --config callpanion.toml

Exit codes: 0 all is well, 2 wrong command line, 3 at least one problem";

const CONFIG_DUMP_MORE: &str = "\
Example:
  callpanion config dump --config callpanion.toml

Exit codes: 0 printed, 2 wrong command line, 3 wrong configuration";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn parse(line: &str) -> Result<Command, clap::Error> {
        Cli::try_parse_from(line.split(' ')).map(|cli| cli.command)
    }

    #[test]
    fn the_shape_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn commands_and_their_arguments_are_read() {
        let Ok(Command::Serve(serve)) = parse("callpanion serve --config a.toml") else { panic!("serve") };
        assert_eq!(serve.config, Some("a.toml".into()));
        let Ok(Command::Plugin(PluginCommand::Show(show))) = parse("callpanion plugin show fcm -c a.toml") else {
            panic!("plugin show")
        };
        assert_eq!((show.id.as_str(), show.config.config), ("fcm", Some("a.toml".into())));
        let Ok(Command::Demo(demo)) = parse("callpanion demo --listen 127.0.0.1:0") else { panic!("demo") };
        assert_eq!((demo.speed, demo.listen.port()), (10, 0));
        let Ok(Command::Sim(SimCommand::Week(week))) = parse("callpanion sim week --seed 7 --parents 3") else {
            panic!("sim week")
        };
        assert_eq!((week.seed, week.parents, week.days, week.json), (7, 3, 7, false));
        assert!(matches!(parse("callpanion config dump"), Ok(Command::Config(ConfigCommand::Dump(_)))));
        assert!(matches!(parse("callpanion check"), Ok(Command::Check(_))));
        assert!(matches!(parse("callpanion doctor"), Ok(Command::Doctor(_))));
        assert!(matches!(parse("callpanion migrate"), Ok(Command::Migrate(_))));
        assert!(matches!(parse("callpanion provision --apply"), Ok(Command::Provision(args)) if args.apply));
        let whose = "--callee 01a20275-0845-7543-bb94-ee0fa8d89de9";
        assert!(matches!(parse(&format!("callpanion erase talks {whose}")), Ok(Command::Erase(_))));
    }

    #[test]
    fn wrong_arguments_are_refused() {
        for line in [
            "callpanion",
            "callpanion ring",
            "callpanion demo --speed 0",
            "callpanion sim week --parents 0",
            "callpanion plugin show",
            "callpanion config",
            "callpanion erase talks",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn every_command_has_an_example_and_its_exit_codes() {
        fn visit(command: &mut clap::Command, name: &str) {
            let mut leaf = true;
            for inner in command.get_subcommands_mut() {
                leaf = false;
                let name = format!("{name} {}", inner.get_name());
                visit(inner, &name);
            }
            if leaf {
                let help = command.render_long_help().to_string();
                assert!(help.contains("Exit codes: 0"), "{help}");
                assert!(help.contains(&format!("  {name}")), "no example of `{name}` in\n{help}");
            }
        }
        visit(&mut Cli::command(), "callpanion");
    }
}
