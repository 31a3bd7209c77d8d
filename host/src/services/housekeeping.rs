//! Housekeeping: forgetting what nobody needs any more, and what is looked at once a day.

use futures::FutureExt;

use crate::app::App;
use crate::db::{jobs, webhook_events};
use crate::services::error::ServiceError;
use crate::services::notices::links;
use crate::services::{accounts, pairings, plugin_health, provider_checks, sessions, texting, throttle, unheard};

/// A done job's key is kept so long, against being queued again.
const DONE_JOBS_S: i64 = 30 * 86_400;
/// Rows of one kind that are forgotten in one transaction: nobody waits long for it.
const SWEPT_AT_ONCE: usize = 1_000;

/// Sweeps once. Gives how many old rows it swept of what it has not come to the end of, and 0 when all is swept.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let (now, plugins) = (app.clock.now(), app.plugins.clone());
    let looked_at = provider_checks::looked_at(app);
    let parked_s = i64::from(app.config.webhook.parked_days) * 86_400;
    app.db
        .write(move |c| {
            async move {
                webhook_events::sweep_parked(c, now.plus_secs(-parked_s)).await?;
                plugin_health::sweep(c, now).await?;
                unheard::close_heard(c, &plugins, now).await?;
                provider_checks::plan(c, &looked_at, now).await?;
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await?;
    pairings::expire(app).await?;
    sessions::sweep(app).await?;
    accounts::sweep_links(app).await?;
    throttle::sweep(app).await?;
    let (before, limit) = (now.plus_secs(-DONE_JOBS_S), i64::try_from(SWEPT_AT_ONCE).unwrap_or(i64::MAX));
    let done = app.db.write(move |c| jobs::sweep_done(c, before, limit).boxed()).await?;
    let swept = [done, links::sweep(app, limit).await?, texting::sweep(app, limit).await?];
    Ok(swept.into_iter().filter(|swept| *swept == SWEPT_AT_ONCE).sum())
}
