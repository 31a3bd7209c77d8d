//! The log: one subscriber for the whole process, made from `[log]`. `main` walks in once; tests walk in with a
//! [`Captured`] writer and read the whole run afterwards.
//!
//! Lines hold ids of rows and counts, never ids of people. Other crates are held at `info` whatever the level is,
//! because some of them write headers and bodies at `debug`; and only `tracing` events are taken, since the database
//! driver writes statements with their values through the older `log` crate.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::Level;
use tracing::dispatcher::DefaultGuard;
use tracing_subscriber::filter::{EnvFilter, ParseError, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::{Registry, fmt};

use crate::config::{Log, LogFormat};

/// The log can't be started. A retry never helps.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoggingError {
    /// `log.level` is neither a level nor a filter.
    #[error(
        "`log.level`: expected a level such as `info`, or a filter such as `info,callpanion::worker=debug`, found `{found}`"
    )]
    Level {
        /// What it is.
        found: String,
        /// What the parser says.
        #[source]
        source: ParseError,
    },
    /// The process has a log already.
    #[error("the log has been started already")]
    Started,
}

/// Whether `log.level` can be used, for `config check`.
pub fn check(log: &Log) -> Result<(), LoggingError> {
    filter(log).map(drop)
}

/// Starts the log of this process, on standard error. It lasts until the process ends.
pub fn start(log: &Log) -> Result<(), LoggingError> {
    let colours = io::stderr().is_terminal();
    install(log, io::stderr, colours)
}

/// Starts the log of this process in memory: for tests that search a whole run, on all its threads.
pub fn start_captured(log: &Log) -> Result<Captured, LoggingError> {
    let captured = Captured::default();
    install(log, captured.clone(), false)?;
    Ok(captured)
}

/// Captures what the current thread logs, until the guard is dropped.
pub fn capture_thread(log: &Log) -> Result<(Captured, DefaultGuard), LoggingError> {
    let captured = Captured::default();
    let dispatch = dispatch(log, captured.clone(), false)?;
    Ok((captured, tracing::dispatcher::set_default(&dispatch)))
}

fn install<W>(log: &Log, writer: W, colours: bool) -> Result<(), LoggingError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let dispatch = dispatch(log, writer, colours)?;
    tracing::dispatcher::set_global_default(dispatch).map_err(|_| LoggingError::Started)
}

fn dispatch<W>(log: &Log, writer: W, colours: bool) -> Result<tracing::Dispatch, LoggingError>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = fmt::layer().with_writer(writer).with_ansi(colours);
    let lines = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed(),
        LogFormat::Pretty => lines.compact().boxed(),
    };
    let ours = filter_fn(|metadata| metadata.target().starts_with("callpanion") || *metadata.level() <= Level::INFO);
    Ok(Registry::default().with(lines.with_filter(ours)).with(filter(log)?).into())
}

fn filter(log: &Log) -> Result<EnvFilter, LoggingError> {
    EnvFilter::builder().parse(&log.level).map_err(|source| LoggingError::Level { found: log.level.clone(), source })
}

/// A log in memory. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// Everything logged so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.lock()).into_owned()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(format: LogFormat, level: &str) -> Log {
        Log { format, level: level.to_owned() }
    }

    #[test]
    fn json_lines_are_objects_with_their_fields() {
        let (captured, guard) = capture_thread(&log(LogFormat::Json, "info")).unwrap();
        tracing::info!(call = 7, "queued");
        tracing::debug!("too fine");
        drop(guard);
        tracing::info!("after the end");
        let text = captured.text();
        let line: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
        assert_eq!((&line["call"], &line["message"], &line["level"]), (&7.into(), &"queued".into(), &"INFO".into()));
    }

    #[test]
    fn pretty_lines_are_text() {
        let (captured, _guard) = capture_thread(&log(LogFormat::Pretty, "warn")).unwrap();
        tracing::warn!(call = 7, "late");
        let text = captured.text();
        assert!(text.contains("WARN") && text.contains("late call=7"), "{text}");
    }

    #[test]
    fn other_crates_never_get_below_info() {
        let (captured, _guard) = capture_thread(&log(LogFormat::Json, "trace")).unwrap();
        tracing::debug!(target: "h2::codec", "a frame");
        tracing::info!(target: "h2::codec", "a connection");
        tracing::trace!("ours");
        let text = captured.text();
        assert!(!text.contains("a frame") && text.contains("a connection") && text.contains("ours"), "{text}");
    }

    #[test]
    fn bad_level_is_named() {
        let error = check(&log(LogFormat::Json, "loud=very=much")).unwrap_err();
        assert!(error.to_string().contains("`log.level`"));
        assert!(check(&log(LogFormat::Json, "info,callpanion::worker=debug")).is_ok());
    }
}
