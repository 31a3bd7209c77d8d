//! Letters: every admin is written to of what only they can mend, once. The letter is queued with the trouble.

use super::{OperatorTrouble, Trouble};
use crate::db::accounts::{self, Account};
use crate::db::alerts::{self, Alert};
use crate::db::{Conn, DbError};
use crate::domain::{AlertId, AlertState, Fault, Moment, StaffRole};
use crate::services::mails::{self, MailJob};
use crate::theme::{OperatorTroubleLetter, When};

/// A trouble that is over and comes again is another one. But where some calls go through and others do not, that may be
/// each hour: of the same words nobody is written to more than once in each of a day's quarters.
const QUARTER_S: i64 = 6 * 3_600;

/// Queues the letters about a trouble that was just opened.
pub(super) async fn enqueue(c: &mut Conn, trouble: &Trouble, alert: &Alert, now: Moment) -> Result<(), DbError> {
    // What cannot be mailed is on the page.
    if trouble.fault == Fault::Mail {
        return Ok(());
    }
    for account in accounts::admins(c).await? {
        let outbreak = format!("{}:{}", alert.cause, now.secs().div_euclid(QUARTER_S));
        mails::enqueue(c, MailJob::OperatorTrouble { account, alert: alert.id, outbreak }, now).await?;
    }
    Ok(())
}

/// Whether the letter is still to be sent: the trouble lasts, and its reader can mend it.
pub(in crate::services) async fn is_wanted(c: &mut Conn, account: &Account, id: AlertId) -> Result<bool, DbError> {
    let alert = alerts::find(c, id).await?;
    let lasts = alert.is_some_and(|alert| alert.state != AlertState::Closed);
    Ok(lasts && account.staff_role == Some(StaffRole::Admin))
}

/// What the letter says; none when its alert is gone. `link` leads to the page of the staff.
pub(in crate::services) async fn letter(
    c: &mut Conn,
    account: &Account,
    id: AlertId,
    link: String,
) -> Result<Option<OperatorTroubleLetter>, DbError> {
    let alert = alerts::find(c, id).await?;
    let letter = |trouble: OperatorTrouble| OperatorTroubleLetter {
        name: account.name.clone(),
        about: trouble.about,
        fault: trouble.fault,
        said: trouble.said,
        since: When::new(trouble.since, account.zone.clone()),
        link,
    };
    Ok(alert.as_ref().and_then(OperatorTrouble::of).map(letter))
}
