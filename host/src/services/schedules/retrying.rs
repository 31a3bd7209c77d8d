//! Retrying: how often, and how long after, a callee who did not pick up is tried again, as the family wishes.

use futures::FutureExt;

use crate::app::App;
use crate::config::Calling;
use crate::db::callees::{self, Callee};
use crate::domain::{AccountId, CalleeId};
use crate::services::edits::edit;
use crate::services::error::ServiceError;
use crate::services::families;

/// What a family may choose: tries for one promised call, the first included.
pub const TRIES: [u32; 3] = [1, 2, 3];
/// What a family may choose: minutes from a missed try to the next.
pub const WAITS_MIN: [u32; 5] = [5, 10, 15, 30, 60];

/// How a callee who did not pick up is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retries {
    /// Tries for one promised call, the first included.
    pub tries: u32,
    /// From a missed try to the next, in seconds.
    pub after_s: u32,
}

impl Retries {
    /// The family's wish, and where it has none the installation's setting.
    pub(crate) fn of(callee: &Callee, calling: &Calling) -> Self {
        let chosen = |wish: Option<i32>| wish.and_then(|wish| u32::try_from(wish).ok());
        Self {
            tries: chosen(callee.tries).unwrap_or(calling.tries),
            after_s: chosen(callee.retry_after_s).unwrap_or(calling.retry_after_s),
        }
    }
}

/// How this callee is tried again.
pub async fn of(app: &App, account: AccountId, callee: CalleeId) -> Result<Retries, ServiceError> {
    let access = families::callee_in(&mut app.db.read().await?, account, callee).await?;
    Ok(Retries::of(&access.callee, &app.config.calling))
}

/// Keeps the family's wish: `tries` one of [`TRIES`], `wait_min` one of [`WAITS_MIN`], or what holds already. It counts
/// from the next try that comes to nothing.
pub async fn set(
    app: &App,
    account: AccountId,
    callee: CalleeId,
    tries: &str,
    wait_min: &str,
) -> Result<(), ServiceError> {
    let (tries, wait_min): (Option<u32>, Option<u32>) = (tries.parse().ok(), wait_min.parse().ok());
    let calling = app.config.calling.clone();
    edit(app, account, callee, families::edit, move |c, access| {
        async move {
            let now = Retries::of(&access.callee, &calling);
            let is_offered = |tries: &u32| TRIES.contains(tries) || *tries == now.tries;
            let tries = tries.filter(is_offered).ok_or(refusal("tries"))?;
            let is_offered = |wait: &u32| WAITS_MIN.contains(wait) || *wait == now.after_s / 60;
            let after_s = 60 * wait_min.filter(is_offered).ok_or(refusal("wait_min"))?;
            Ok(callees::set_retries(c, callee, tries, after_s).await?)
        }
        .boxed()
    })
    .await
}

fn refusal(field: &'static str) -> ServiceError {
    ServiceError::Invalid { field, code: "choice-listed" }
}
