//! Replacing: a plugin whose files changed, or that was rolled back, is swapped while the house goes on. The worker
//! walks in with each tick; the plugins room checks, compiles and tries, and keeps the old one when the new one is bad.

use futures::FutureExt;

use crate::app::App;
use crate::db::{Conn, DbError};
use crate::domain::{Fault, Moment};
use crate::plugins::{PluginLoadError, Replacement};
use crate::services::ServiceError;
use crate::services::staff_alerts::{self, Trouble};

/// Looks whether a plugin's files changed, swaps what is sound, and tells the staff of what is not. Gives how many were
/// swapped.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    if !app.plugins.have_settled() {
        return Ok(0);
    }
    let plugins = app.plugins.clone();
    // Compiling keeps a processor busy for a while.
    let replaced = tokio::task::spawn_blocking(move || plugins.refresh()).await;
    let replaced = replaced.map_err(|_| ServiceError::Unavailable("replacing plugins was cut short"))?;
    let number = replaced.iter().filter(|outcome| outcome.is_ok()).count();
    replaced.iter().for_each(log);
    let now = app.clock.now();
    app.db
        .write(move |c| {
            async move {
                for outcome in &replaced {
                    keep_alert(c, outcome, now).await?;
                }
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await?;
    Ok(number)
}

fn log(outcome: &Result<Replacement, PluginLoadError>) {
    match outcome {
        Ok(new) => {
            let (plugin, from, to) = (&new.to.id, &new.from.version, &new.to.version);
            tracing::info!(plugin, from, to, digest = new.to.digest, "a plugin was replaced");
        }
        Err(error) => tracing::error!(
            plugin = error.plugin,
            error = error.in_full(),
            "the new version of a plugin was not taken; the old one serves on"
        ),
    }
}

/// Open while a new version lies there that cannot be taken.
async fn keep_alert(c: &mut Conn, outcome: &Result<Replacement, PluginLoadError>, now: Moment) -> Result<(), DbError> {
    match outcome {
        Ok(new) => staff_alerts::close(c, Fault::NotReplaced, &new.to.id, now).await,
        Err(error) => {
            staff_alerts::open(c, &Trouble::new(Fault::NotReplaced, &error.plugin, &error.in_full()), now).await
        }
    }
}
