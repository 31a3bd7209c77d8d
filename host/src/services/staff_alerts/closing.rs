//! Closing: a trouble that is over needs nobody any more. The tick that reports how plugins are walks in, and the page.

use futures::FutureExt;

use super::{Proofs, Trouble};
use crate::app::App;
use crate::db::alerts;
use crate::db::{Conn, DbError, accounts};
use crate::domain::{AccountId, AlertId, AlertKind, Fault, Moment, StaffRole};
use crate::services::error::ServiceError;

/// Troubles that one look closes at the most.
const AT_ONCE: i64 = 200;
/// What was not seen for so long is over: a callee who is called once a week has been called since.
const FORGOTTEN_AFTER_S: i64 = 8 * 86_400;

/// Closes what has worked since it was seen last, and what was not seen for longer than a week.
pub(in crate::services) async fn close_mended(c: &mut Conn, proofs: &Proofs, now: Moment) -> Result<(), DbError> {
    for alert in alerts::unclosed_of_staff(c, AT_ONCE).await? {
        let Some(trouble) = Trouble::of(&alert) else { continue };
        // The others are seen once, and last until they are known to be over.
        let passes = matches!(alert.kind, AlertKind::Misconfigured | AlertKind::MailFailing);
        let is_forgotten = passes && alert.seen_at().plus_secs(FORGOTTEN_AFTER_S) < now;
        if is_forgotten || proofs.speak_against(&trouble, alert.seen_at()) {
            alerts::close_of_staff(c, &alert, None, now).await?;
        }
    }
    Ok(())
}

/// An admin says that a trouble is mended.
///
/// # Errors
/// [`ServiceError::NotFound`] for whoever is no staff, and for what is no trouble; [`ServiceError::Forbidden`] for staff
/// without the whole installation; [`ServiceError::Conflict`] when it is closed already.
pub async fn close_by_hand(app: &App, account: AccountId, id: AlertId) -> Result<(), ServiceError> {
    let now = app.clock.now();
    app.db
        .write(move |c| {
            async move {
                match accounts::find(c, account).await?.and_then(|account| account.staff_role) {
                    Some(StaffRole::Admin) => {}
                    Some(StaffRole::Coordinator) => return Err(ServiceError::Forbidden),
                    None => return Err(ServiceError::NotFound),
                }
                let alert = alerts::find(c, id).await?.filter(|alert| alert.family_id.is_none());
                let alert = alert.filter(|alert| Trouble::of(alert).is_some()).ok_or(ServiceError::NotFound)?;
                if !alerts::close_of_staff(c, &alert, Some(account), now).await? {
                    return Err(ServiceError::Conflict("alert-changed"));
                }
                Ok(())
            }
            .boxed()
        })
        .await
}

/// The host begins with the plugins that lie there: on a database of its own, what it did not take before is no matter
/// any more.
pub async fn begin(app: &App) -> Result<(), ServiceError> {
    if app.db.is_shared() {
        return Ok(());
    }
    let now = app.clock.now();
    app.db
        .write(move |c| {
            async move {
                for alert in alerts::unclosed_of_kind(c, Fault::NotReplaced.kind()).await? {
                    alerts::close_of_staff(c, &alert, None, now).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await
}
