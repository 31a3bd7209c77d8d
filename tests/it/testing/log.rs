//! The whole run's log, in memory, and the search for what has no place in it.

use std::sync::OnceLock;

use callpanion::boot::logging::{self, Captured};
use callpanion::config::{Log, LogFormat};

static LOG: OnceLock<Captured> = OnceLock::new();

/// The log of this process, as fine as an operator could set it.
pub fn captured() -> &'static Captured {
    LOG.get_or_init(|| {
        let log = Log { format: LogFormat::Json, level: "trace".to_owned() };
        logging::start_captured(&log).expect("the log can be captured once per process")
    })
}

/// Panics if the log since `from` names any of these.
pub fn assert_silent_about(secrets: &[String], from: usize) {
    let text = captured().text();
    let text = text.get(from..).unwrap_or_default();
    for secret in secrets {
        // JSON writes some characters as escapes.
        let escaped = serde_json::to_string(secret).unwrap();
        let escaped = escaped.trim_matches('"');
        if let Some(at) = text.find(secret.as_str()).or_else(|| text.find(escaped)) {
            let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
            let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
            panic!("the log names something personal, {secret:?}:\n{}", &text[line..end]);
        }
    }
}
