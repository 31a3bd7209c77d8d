//! Being told to stop: Ctrl-C, or SIGTERM from a service manager.

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Listens for the signals that stop a host. Made before the doors open, so
/// that a signal at any moment after is a clean stop.
#[derive(Debug)]
pub struct StopSignal {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignal {
    /// From now on the signals no longer kill the process.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Answers when the process was told to stop.
    pub async fn told(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
