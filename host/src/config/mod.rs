//! The config room: what the self-hoster decided. Walked into once, at the start, by the commands; afterwards everyone holds
//! the finished [`Config`] and nobody reads a file or the environment for a setting again.
//!
//! Three layers, the higher wins: `config/default.toml` (embedded; the manual of every key), the self-hoster's file,
//! and environment variables such as `CALLPANION__CALLING__RING_WINDOW_S`. A key that nothing reads stops the start.

mod error;
mod fields;
mod keys;
mod layers;
mod limits;
#[cfg(test)]
mod manual_tests;
mod network;
pub mod plugins;
mod refusal;
mod sections;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod twins;

use std::path::Path;

use figment::value::Value;

pub use error::{ConfigError, Problem};
pub use layers::{DEFAULT_TOML, ENV_PREFIX};
pub use network::Network;
pub use plugins::Secret;
pub use sections::{
    Backend, Calling, Config, Database, Log, LogFormat, Mail, MailTls, MailTransport, Pairing, Provider, Records,
    Sessions, Webhook,
};

use tree::Tree;

impl Config {
    /// Reads and checks the configuration: defaults, then the file at `path`, then `env`
    /// (usually all variables of the process; only those with [`ENV_PREFIX`] count).
    ///
    /// Files named by `…_file` keys outside `[plugins]` are read here. Errors tell all problems of a kind at once.
    pub fn load(path: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let below = Tree::new([layers::defaults()?])?;
        let known = below.dict.clone();
        let below = below.and(path.map(layers::file).transpose()?)?;
        let variables = layers::environment(&below.dict, env);
        let mut tree = below.and(variables)?;

        let mut problems = keys::unknown(&tree, &known);
        twins::drop_empty(&mut tree.dict, &known);
        problems.extend(twins::read(&mut tree));
        let read: Result<Self, _> = Value::from(tree.dict.clone()).deserialize();
        match read {
            Ok(mut config) => {
                config.fill_in();
                problems.extend(limits::check(&config, &tree));
                if problems.is_empty() { Ok(config) } else { Err(ConfigError::new(problems)) }
            }
            Err(error) => {
                // The plugins' types refuse unknown keys themselves, which must not be told twice.
                let mut more: Vec<_> = error.into_iter().map(|error| refusal::of(error, &tree)).collect();
                more.retain(|more| !problems.iter().any(|told| told.is_same_typo(more)));
                problems.extend(more);
                Err(ConfigError::new(problems))
            }
        }
    }

    /// The whole configuration as TOML, with every secret masked: what `config dump` prints.
    pub fn dump(&self) -> Result<String, ConfigError> {
        toml::to_string_pretty(self).map_err(|error| {
            Problem::Malformed { origin: "the configuration".to_owned(), reason: error.to_string() }.into()
        })
    }

    /// Defaults that depend on other keys.
    fn fill_in(&mut self) {
        if self.mail.dir.is_none() {
            self.mail.dir = Some(self.data_dir.join("mail"));
        }
    }
}
