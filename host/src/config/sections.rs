//! The sections of the configuration, as types. What each key means stands once, in `config/default.toml`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::civil::Time;
use serde::{Deserialize, Serialize};
use url::Url;

use super::network::Network;
use super::plugins::{PluginConfig, Secret};
use super::text;

/// Everything that the self-hoster decides. Read once at the start; nothing in the web changes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Config {
    /// Where people's browsers and phones reach this installation.
    #[serde(with = "text::display")]
    pub public_url: Url,
    /// Where the process listens.
    #[serde(with = "text::display")]
    pub listen: SocketAddr,
    /// The folder for everything that the process writes.
    pub data_dir: PathBuf,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// The plugin that writes summaries.
    pub renderer: String,
    /// How many threads the plugins run on; 0: half of the processors, four at most.
    pub plugin_threads: u32,
    /// Where rows are kept.
    pub database: Database,
    /// When and how callees are rung.
    pub calling: Calling,
    /// Six-digit codes.
    pub pairing: Pairing,
    /// Inbound webhooks.
    pub webhook: Webhook,
    /// Sign-in sessions.
    pub sessions: Sessions,
    /// Outgoing e-mail.
    pub mail: Mail,
    /// The log.
    pub log: Log,
    /// What families read of a week.
    pub digest: WeeklyDigest,
    /// What is kept of talks at the provider.
    pub records: Records,
    /// Who talks to the callee.
    pub provider: Provider,
    /// Every plugin by its id.
    pub plugins: BTreeMap<String, PluginConfig>,
}

/// `[database]`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Database {
    /// As written; [`Database::backend`] says what it means.
    pub url: Option<Secret>,
    /// Size of the pool, per process.
    pub max_connections: u32,
    /// What is stored of push addresses and pairing codes is sealed with this.
    pub encryption_key: Option<Secret>,
    /// What was sealed with this is read too.
    pub previous_encryption_key: Option<Secret>,
}

/// The engine that a database URL chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Embedded; one file.
    Sqlite(PathBuf),
    /// A server; the whole URL is secret, since it may hold a password.
    Postgres(Secret),
}

impl Database {
    /// The engine meant by `url`: none means `callpanion.sqlite` in `data_dir`;
    /// a URL of an unknown kind gives nothing ([`super::Config::load`] refuses it).
    pub fn backend(&self, data_dir: &Path) -> Option<Backend> {
        let Some(url) = &self.url else {
            return Some(Backend::Sqlite(data_dir.join("callpanion.sqlite")));
        };
        match url.reveal().split_once(':')? {
            ("postgres" | "postgresql", rest) if rest.starts_with("//") => Some(Backend::Postgres(url.clone())),
            // `sqlite:file`, `sqlite:/abs/file` and the `sqlite:///abs/file` that other tools write.
            ("sqlite", rest) => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                (!path.is_empty()).then(|| Backend::Sqlite(path.into()))
            }
            _ => None,
        }
    }
}

/// `[calling]`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Calling {
    /// How long before its moment a call is queued.
    pub queue_ahead_s: u32,
    /// How long a ring lasts.
    pub ring_window_s: u32,
    /// Tries per promised call, the first included.
    pub tries: u32,
    /// From a try that nobody picked up to the next.
    pub retry_after_s: u32,
    /// From a busy line to the next try.
    pub retry_busy_after_s: u32,
    /// From a try that a vendor stood in the way of to the next.
    pub retry_vendor_after_s: u32,
    /// From telling one contact of an alert to telling the next.
    pub escalate_after_s: u32,
    /// No call begins between here and `quiet_end`, local time of the callee.
    #[serde(with = "text::clock_time")]
    pub quiet_start: Time,
    /// See `quiet_start`.
    #[serde(with = "text::clock_time")]
    pub quiet_end: Time,
    /// What onboarding proposes.
    #[serde(with = "text::clock_times")]
    pub default_slots: Vec<Time>,
    /// A conversation longer than this is ended.
    pub max_call_minutes: u32,
    /// Between two looks at a submitted phone call.
    pub poll_interval_s: u32,
    /// When a conversation whose webhook has not come is fetched.
    pub reconcile_after_s: u32,
    /// How long a phone that answers may wait for its conversation.
    pub answer_deadline_ms: u32,
    /// How long one request to a vendor may take.
    pub vendor_deadline_ms: u32,
    /// How long a device that acknowledges rings may take to say that it rings.
    pub ring_ack_s: u32,
    /// How long a process may give no sign of life before another takes over.
    pub lease_s: u32,
    /// Phone calls that are submitted together at most.
    pub batch_size: u32,
}

/// `[pairing]`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pairing {
    /// Life of a code.
    pub code_ttl_s: u32,
    /// Wrong codes from one address.
    pub guesses_per_address_per_hour: u32,
    /// Wrong codes from everywhere.
    pub guesses_total_per_hour: u32,
}

/// `[webhook]`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Webhook {
    /// A longer body is refused.
    pub max_body_bytes: usize,
    /// How long an event for an unknown call is kept.
    pub parked_days: u32,
}

/// `[sessions]`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sessions {
    /// Ends a session that is not used.
    pub idle_days: u32,
    /// Ends every session.
    pub absolute_days: u32,
}

/// `[mail]`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mail {
    /// How mail leaves.
    pub transport: MailTransport,
    /// The SMTP server.
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// Name to sign in with; none means no sign-in.
    pub username: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// Sender, `Name <address>`.
    pub from: String,
    /// Where `file` writes; [`super::Config::load`] fills in `mail` under `data_dir`.
    pub dir: Option<PathBuf>,
    /// How long handing over one mail may take.
    pub deadline_ms: u32,
}

/// How mail leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// To a server.
    Smtp,
    /// Into a folder, one `.eml` each.
    File,
    /// Not at all.
    None,
}

/// How the connection to the SMTP server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// Plain first, then upgraded; refused when the server can't.
    Starttls,
    /// TLS from the first byte.
    Implicit,
    /// Not at all.
    None,
}

/// `[log]`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Log {
    /// For machines or for people.
    pub format: LogFormat,
    /// A level, or a filter such as `info,callpanion::worker=debug`.
    pub level: String,
}

/// The shape of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// Coloured text.
    Pretty,
}

/// `[digest]`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WeeklyDigest {
    /// The plugin that writes it; empty: nobody does.
    pub renderer: String,
    /// When on Sundays, local time of the callee.
    #[serde(with = "text::clock_time")]
    pub at: Time,
}

/// `[records]`
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Records {
    /// A family may hear its talks.
    pub audio: bool,
    /// How long the provider may keep what was said.
    pub provider_days: u32,
}

/// `[provider]`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Provider {
    /// The plugin behind calls in the app.
    pub app: String,
    /// The plugin behind calls by phone.
    pub phone: String,
}
