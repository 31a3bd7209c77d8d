//! "Call now": a call that no slot has promised.

use futures::FutureExt;

use super::page::new_call;
use crate::app::App;
use crate::db::{callees, calls, timeline};
use crate::domain::zone::Zone;
use crate::domain::{CallId, CalleeId};
use crate::services::arming;
use crate::services::calls::{Rules, miss};
use crate::services::error::ServiceError;

/// Rings a callee now. Asking twice before the answer finds the first call.
///
/// The phone of a "call now" rings a few seconds later, so that whoever asked
/// sees it queued; the vendor of a phone call is given the same moment.
pub async fn call_now(app: &App, callee: CalleeId) -> Result<CallId, ServiceError> {
    let rules = Rules::of(app);
    let asked_at = rules.now;
    let call = app
        .db
        .write(move |c| {
            async move {
                if let Some(open) = calls::open_now(c, callee).await? {
                    return Ok(open);
                }
                let callee = callees::find(c, callee).await?.ok_or(ServiceError::NotFound)?;
                let zone = Zone::parse(&callee.zone).unwrap_or_else(|_| Zone::utc());
                let due_at = rules.now.plus_secs(3);
                let date = zone.local(due_at).date().to_string();
                let mut call = new_call(&callee, 0, date, due_at, &rules);
                if !calls::add(c, &call).await? {
                    return Err(ServiceError::Conflict("call-now-open"));
                }
                timeline::append(c, &call, rules.now, "asked_for", None).await?;
                if let Err(refusal) = arming::arm(c, &call, &callee, &rules).await? {
                    arming::tell_staff(c, refusal.reason(), &rules).await?;
                    miss(c, &mut call, refusal.reason(), &rules).await?;
                }
                Ok::<_, ServiceError>(call)
            }
            .boxed()
        })
        .await?;
    app.low_water.written(asked_at, app.clock.now());
    app.live.changed(call.family_id);
    app.wake.notify_waiters();
    Ok(call.id)
}
