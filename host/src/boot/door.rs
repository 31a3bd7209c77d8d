//! The web door: pages, devices and webhooks, on threads of their own.
//!
//! At the full hour the host's other threads have tens of thousands of rings to send, one after the other, and a page
//! would stand at the end of that queue. Of two threads that both have work the system lets each run in turn, so a page
//! waits for milliseconds, and a ring is hardly later for it. For the same reason the door has database connections of
//! its own.

use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::web;

/// Open requests may take so long to end once the host is told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// An open web door.
#[derive(Debug)]
pub struct Door {
    stop: CancellationToken,
    server: JoinHandle<std::io::Result<()>>,
    threads: Threads,
}

/// Where requests are served. They end with whoever has them.
#[derive(Debug)]
struct Threads(Option<Runtime>);

impl Threads {
    fn start() -> std::io::Result<Self> {
        Ok(Self(Some(Builder::new_multi_thread().thread_name("web").enable_all().build()?)))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Whoever lets go of it may itself be a task, which must not wait for threads.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Door {
    /// Opens it.
    pub fn open(app: &App, listener: TcpListener) -> anyhow::Result<Self> {
        let stop = CancellationToken::new();
        let app = App { db: app.db.for_web(), ..app.clone() };
        let threads = Threads::start().context("the threads of the web door do not start")?;
        let runtime = threads.0.as_ref().context("the threads of the web door have ended")?;
        let listener = {
            let _within = runtime.enter();
            TcpListener::from_std(listener.into_std()?)?
        };
        let until = stop.clone();
        let server = runtime.spawn(async move {
            let router = web::router::router(app.clone());
            web::serving::serve(listener, &app, router, until).await
        });
        Ok(Self { stop, server, threads })
    }

    /// Closes it: no new request comes in, those that are open end.
    pub async fn close(self) {
        self.stop.cancel();
        let abort = self.server.abort_handle();
        if tokio::time::timeout(DRAIN, self.server).await.is_err() {
            tracing::warn!("requests that did not end in time were cut off");
            abort.abort();
        }
        drop(self.threads);
    }
}
