//! Edits: whoever may change something about a callee changes it in one transaction, with the callee's row locked, so that
//! neither another edit nor the queueing of a call sees half of it. Then the pages and the worker are told.

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::app::App;
use crate::db::{Conn, DbError, callees};
use crate::domain::{AccountId, CalleeId, Role};
use crate::services::calls::Rules;
use crate::services::error::ServiceError;
use crate::services::families::{self, CalleeAccess};
use crate::services::queueing;

/// Does `write` for an account whose role `may`. It is given the callee as it is under the lock: the zone, the method and
/// the number cannot change before it is done.
pub(crate) async fn edit<R, F>(
    app: &App,
    account: AccountId,
    callee: CalleeId,
    may: fn(Role) -> Result<(), ServiceError>,
    write: F,
) -> Result<R, ServiceError>
where
    R: Send + 'static,
    F: for<'c> FnOnce(&'c mut Conn, CalleeAccess) -> BoxFuture<'c, Result<R, ServiceError>> + Send + 'static,
{
    let (inside, began_at) = (app.clone(), app.clock.now());
    // Also after an error: it may be written all the same.
    let anew = app.low_water.slots.forget_at_the_end();
    let (family, result) = app
        .db
        .write(move |c| {
            async move {
                callees::lock(c, callee).await?;
                let access = families::callee_in(c, account, callee).await?;
                may(access.role)?;
                let family = access.family.id;
                // What was missed is told of, whatever the plan is to be.
                match queueing::tell_missed(c, callee, &Rules::of(&inside)).await {
                    // Whoever edits may be mending it.
                    Err(error @ DbError::Unreadable(_)) => tracing::error!(%error, "what was missed is told of later"),
                    told => told?,
                }
                Ok::<_, ServiceError>((family, write(c, access).await?))
            }
            .boxed()
        })
        .await?;
    drop(anew);
    app.low_water.written(began_at, app.clock.now());
    app.live.changed(family);
    // What is to be queued or taken back now does not wait for the next tick.
    app.wake.notify_waiters();
    Ok(result)
}
