//! What the values may be: ranges, and values that must fit each other.

use std::collections::HashSet;
use std::fmt::Display;
use std::ops::RangeInclusive;

use jiff::civil::Time;

use super::error::Problem;
use super::keys::nearest;
use super::sections::{Backend, Config, MailTransport};
use super::tree::Tree;

/// 32 random bytes are 44 characters of base64; whoever makes up a text shall not get by with a word.
const KEY_CHARS_MIN: usize = 32;

/// Every value that can't be right.
pub(super) fn check(config: &Config, tree: &Tree) -> Vec<Problem> {
    let mut limits = Limits { tree, problems: Vec::new() };
    limits.places(config);
    limits.keys(config);
    limits.numbers(config);
    limits.times(config);
    limits.mail(config);
    limits.plugins(config);
    limits.problems
}

struct Limits<'a> {
    tree: &'a Tree,
    problems: Vec<Problem>,
}

impl Limits<'_> {
    fn wrong(&mut self, key: &str, expected: impl Into<String>, found: impl Display) {
        let (key, origin) = (key.to_owned(), self.tree.origin(key));
        self.problems.push(Problem::Wrong { key, origin, expected: expected.into(), found: found.to_string() });
    }

    fn refuse(&mut self, key: &str, reason: impl Into<String>) {
        let (key, origin) = (key.to_owned(), self.tree.origin(key));
        self.problems.push(Problem::Refused { key, origin, reason: reason.into() });
    }

    fn range(&mut self, key: &str, value: u32, allowed: RangeInclusive<u32>) {
        if !allowed.contains(&value) {
            self.wrong(key, format!("{} to {}", allowed.start(), allowed.end()), value);
        }
    }

    fn places(&mut self, config: &Config) {
        let url = &config.public_url;
        let is_origin = matches!(url.scheme(), "http" | "https")
            && url.host().is_some()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !is_origin {
            self.wrong("public_url", "http:// or https://, a host and nothing after it", format_args!("`{url}`"));
        }
        if config.data_dir.as_os_str().is_empty() {
            self.wrong("data_dir", "a folder", "nothing");
        }
        match config.database.backend(&config.data_dir) {
            Some(Backend::Sqlite(_) | Backend::Postgres(_)) => {}
            // The URL may hold a password, so it is not shown.
            None => self.wrong("database.url", "`postgres://…` or `sqlite:PATH`", "something else"),
        }
    }

    fn keys(&mut self, config: &Config) {
        let database = &config.database;
        for (key, secret) in [
            ("database.encryption_key", &database.encryption_key),
            ("database.previous_encryption_key", &database.previous_encryption_key),
        ] {
            if secret.as_ref().is_some_and(|secret| secret.reveal().chars().count() < KEY_CHARS_MIN) {
                let expected =
                    format!("a random text of {KEY_CHARS_MIN} characters or more (`openssl rand -base64 32`)");
                self.wrong(key, expected, "a shorter one");
            }
        }
    }

    fn numbers(&mut self, config: &Config) {
        let calling = &config.calling;
        self.range("plugin_threads", config.plugin_threads, 0..=64);
        self.range("database.max_connections", config.database.max_connections, 3..=500);
        self.range("calling.queue_ahead_s", calling.queue_ahead_s, 30..=3600);
        self.range("calling.ring_window_s", calling.ring_window_s, 15..=120);
        self.range("calling.tries", calling.tries, 1..=5);
        self.range("calling.retry_after_s", calling.retry_after_s, 60..=7200);
        self.range("calling.retry_busy_after_s", calling.retry_busy_after_s, 30..=7200);
        self.range("calling.retry_vendor_after_s", calling.retry_vendor_after_s, 30..=7200);
        self.range("calling.escalate_after_s", calling.escalate_after_s, 60..=86_400);
        self.range("calling.max_call_minutes", calling.max_call_minutes, 1..=120);
        self.range("calling.poll_interval_s", calling.poll_interval_s, 1..=300);
        self.range("calling.reconcile_after_s", calling.reconcile_after_s, 10..=3600);
        self.range("calling.answer_deadline_ms", calling.answer_deadline_ms, 500..=30_000);
        self.range("calling.vendor_deadline_ms", calling.vendor_deadline_ms, 500..=60_000);
        self.range("calling.ring_ack_s", calling.ring_ack_s, 2..=60);
        self.range("calling.lease_s", calling.lease_s, 3..=60);
        self.range("calling.batch_size", calling.batch_size, 1..=100);
        self.range("pairing.code_ttl_s", config.pairing.code_ttl_s, 60..=3600);
        self.range("pairing.guesses_per_address_per_hour", config.pairing.guesses_per_address_per_hour, 1..=1000);
        self.range("pairing.guesses_total_per_hour", config.pairing.guesses_total_per_hour, 1..=100_000);
        self.range("webhook.parked_days", config.webhook.parked_days, 1..=365);
        self.range("records.provider_days", config.records.provider_days, 1..=3650);
        self.range("sessions.idle_days", config.sessions.idle_days, 1..=365);
        self.range("sessions.absolute_days", config.sessions.absolute_days, 1..=365);
        self.range("mail.deadline_ms", config.mail.deadline_ms, 1000..=120_000);
        // 64 KiB holds no long transcript; beyond 64 MiB one request could fill the memory of a small machine.
        let bytes = config.webhook.max_body_bytes;
        if !(65_536..=67_108_864).contains(&bytes) {
            self.wrong("webhook.max_body_bytes", "65536 to 67108864", bytes);
        }
        if config.sessions.idle_days > config.sessions.absolute_days {
            self.refuse("sessions.idle_days", "it is longer than `sessions.absolute_days`, so it would never matter");
        }
        if calling.vendor_deadline_ms >= calling.ring_window_s.saturating_mul(1000) {
            self.refuse("calling.vendor_deadline_ms", "it must be shorter than `calling.ring_window_s`");
        }
    }

    fn times(&mut self, config: &Config) {
        let calling = &config.calling;
        let slots = &calling.default_slots;
        let distinct: HashSet<_> = slots.iter().map(|slot| (slot.hour(), slot.minute())).collect();
        if !(1..=3).contains(&slots.len()) || distinct.len() != slots.len() {
            self.wrong(
                "calling.default_slots",
                "one to three different times",
                format_args!("{} of them", slots.len()),
            );
        }
        if slots.iter().any(|slot| is_quiet(*slot, calling.quiet_start, calling.quiet_end)) {
            self.refuse("calling.default_slots", "a slot lies between `calling.quiet_start` and `calling.quiet_end`");
        }
    }

    fn mail(&mut self, config: &Config) {
        let mail = &config.mail;
        if mail.transport == MailTransport::Smtp && mail.host.is_none() {
            self.refuse("mail.host", "it is needed when `mail.transport` is `smtp`");
        }
        if mail.port == 0 {
            self.wrong("mail.port", "1 to 65535", 0);
        }
        match (&mail.username, &mail.password) {
            (None, Some(_)) => self.refuse("mail.password", "it needs `mail.username` beside it"),
            // A file that could not be read has been told of already.
            (Some(_), None) if self.tree.find("mail.password_file").is_none() => {
                self.refuse("mail.username", "it needs `mail.password` or `mail.password_file` beside it");
            }
            _ => {}
        }
    }

    fn plugins(&mut self, config: &Config) {
        let roles = [
            ("renderer", &config.renderer),
            ("provider.app", &config.provider.app),
            ("provider.phone", &config.provider.phone),
        ];
        let ids: Vec<String> = config.plugins.keys().cloned().collect();
        for (id, plugin) in &config.plugins {
            let limits = &plugin.limits;
            let key = |name: &str| format!("plugins.{id}.limits.{name}");
            self.range(&key("memory_mb"), limits.memory_mb, 1..=256);
            self.range(&key("cpu_ms"), limits.cpu_ms, 1..=10_000);
            self.range(&key("deadline_ms"), limits.deadline_ms, 100..=120_000);
            self.range(&key("concurrency"), limits.concurrency, 1..=1000);
            self.range(&key("recordings"), limits.recordings, 1..=10_000);
            self.range(&key("recordings_mb"), limits.recordings_mb, 1..=10_000);
        }
        let digest = Some(("digest.renderer", &config.digest.renderer)).filter(|(_, id)| !id.is_empty());
        for (key, id) in roles.into_iter().chain(digest) {
            if !config.plugins.contains_key(id) {
                let near = nearest(id, &ids, &[]);
                self.refuse(key, format!("there is no plugin `{id}` in the configuration: did you mean `{near}`?"));
            }
        }
    }
}

/// Whether a time lies in the quiet hours, which usually span midnight. Equal ends mean: none.
fn is_quiet(time: Time, start: Time, end: Time) -> bool {
    if start <= end { start <= time && time < end } else { start <= time || time < end }
}
