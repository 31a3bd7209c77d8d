//! One row of the table: an attack, and what must become of it.

use callpanion::config::plugins::PluginConfig;
use callpanion::domain::Verdict;
use callpanion::plugins::PluginFailure;
use serde_json::{Value, json};

use super::super::fixtures::Package;
use super::super::vendor::Vendor;

/// How a contained call ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// The plugin is called broken, and nothing happened at the vendor.
    Broken,
    /// The operator is told; nothing happened at the vendor.
    Misconfigured,
    /// The plugin had something sent before: the vendor is asked first.
    Unknown,
    /// The call may be made again.
    Retry,
    /// The plugin gave up by itself.
    Permanent,
    /// The plugin was told, or what it said was cut: it ends with a verdict.
    Verdict,
}

impl Ends {
    pub fn of(outcome: &Result<Vec<Verdict>, PluginFailure>) -> Option<Self> {
        Some(match outcome {
            Ok(_) => Self::Verdict,
            Err(PluginFailure::Broken { .. }) => Self::Broken,
            Err(PluginFailure::Misconfigured(_)) => Self::Misconfigured,
            Err(PluginFailure::Unknown(_)) => Self::Unknown,
            Err(PluginFailure::Retry { .. }) => Self::Retry,
            Err(PluginFailure::Permanent(_)) => Self::Permanent,
            Err(PluginFailure::Resting { .. } | PluginFailure::NoSuchPlugin(_)) => return None,
        })
    }
}

/// One attack.
pub struct Row {
    /// What is tried, in words; also the name of its section.
    pub attack: String,
    pub section: PluginConfig,
    /// What must stop it, for the table.
    pub stopped_by: &'static str,
    pub ends: Ends,
    /// What the outcome must say.
    pub says: Vec<String>,
    /// Requests that reach the vendor at most.
    pub requests_max: usize,
    /// Whether the log must name the plugin and its version.
    pub logged: bool,
}

/// Where rows get their plugins and vendors from.
pub struct Stage<'a> {
    pub naughty: &'a Package,
    pub crooked: &'a Package,
    pub lying_crooked: &'a Package,
    /// The vendor that `naughty` is granted.
    pub vendor: &'a Vendor,
    /// A second one that nothing is granted to, except where a row says so.
    pub inside: &'a Vendor,
}

impl Stage<'_> {
    /// A row of `naughty`, granted what it needs for the vendor and no more.
    pub fn row(&self, attack: &str, settings: Value, stopped_by: &'static str, ends: Ends, says: &[&str]) -> Row {
        let mut settings = settings;
        let origin = self.vendor.origin();
        settings["base_url"] = settings.get("base_url").cloned().unwrap_or_else(|| origin.clone().into());
        let section = self.naughty.section(json!({
            "grants": {
                "hosts": [settings["base_url"], settings.get("second_url").cloned().unwrap_or_else(|| origin.into())],
                "credentials": ["key", "bound"],
                "private_addresses": true,
                "data": ["push-address"],
            },
            "credentials": {
                "key": { "kind": "bearer", "value": "the-key-of-naughty" },
                "bound": {
                    "kind": "header", "header": "x-bound", "value": "the-bound-key-of-naughty",
                    "hosts": ["https://bound.example"],
                },
            },
            "settings": settings,
        }));
        let says = says.iter().map(|words| (*words).to_owned()).collect();
        Row { attack: attack.to_owned(), section, stopped_by, ends, says, requests_max: 0, logged: true }
    }

    /// A row of `naughty` with one of its own attacks.
    pub fn act(&self, attack: &str, stopped_by: &'static str, ends: Ends, says: &[&str]) -> Row {
        self.row(&attack.replace('-', " "), json!({ "attack": attack }), stopped_by, ends, says)
    }

    /// A row of `naughty` that asks for these requests in one step.
    pub fn ask(&self, attack: &str, requests: Value, stopped_by: &'static str, ends: Ends, says: &[&str]) -> Row {
        let mut settings = json!({ "attack": "ask", "ask": {} });
        settings["ask"]["requests"] = requests;
        self.row(attack, settings, stopped_by, ends, says)
    }
}

impl Row {
    /// The name of its section: the attack in lower case with dashes.
    pub fn id(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        format!("naughty-{}", self.attack.chars().map(plain).collect::<String>().trim_matches('-'))
    }

    /// Nothing was refused: what was asked for is just not there, or what was said was cut.
    pub fn unlogged(mut self) -> Self {
        self.logged = false;
        self
    }

    /// The operator has not granted addresses inside of the own network.
    pub fn outside_only(mut self) -> Self {
        self.section.grants.private_addresses = false;
        self
    }

    /// So many requests may reach the vendor.
    pub fn reaching(mut self, requests_max: usize) -> Self {
        self.requests_max = requests_max;
        self
    }
}
