//! Alert links: taking an alert in hand with one press, from the letter that told of it.
//!
//! Whoever has the link is whom the letter was sent to: no one signs in on a telephone at night. The link shows who it
//! is about and nothing that was said, and is worth something only as long as its owner is of the family.

use futures::FutureExt;

use super::error::ServiceError;
use super::secrets;
use crate::app::App;
use crate::db::alerts::{self, Alert};
use crate::db::{Conn, accounts, alert_notices, callees, members};
use crate::domain::{AccountId, AlertKind, AlertState, FamilyId, Moment};

/// What a link shows.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds names")]
pub struct LinkedAlert {
    /// Why it was opened.
    pub kind: AlertKind,
    /// Where it stands.
    pub state: AlertState,
    /// Whom it is about.
    pub callee_name: String,
    /// Their IANA zone.
    pub zone: String,
    /// When it was opened.
    pub opened_at: Moment,
    /// Who has taken it in hand, by name.
    pub acknowledged_by: Option<String>,
    /// Whether that is the owner of the link.
    pub by_owner: bool,
}

/// The alert of a link, as it stands. [`ServiceError::NotFound`] when it is no link of ours.
pub async fn show(app: &App, token: &str) -> Result<LinkedAlert, ServiceError> {
    let mut c = app.db.read().await?;
    let (alert, _, owner) = of_link(&mut c, token).await?;
    // Of several that the letter told of, one that nobody has taken in hand counts.
    let kin = alerts::kin(&mut c, &alert).await?;
    let alert = kin.into_iter().find(|alert| alert.state == AlertState::Open).unwrap_or(alert);
    let callee = alert.callee_id.ok_or(ServiceError::NotFound)?;
    let callee = callees::find(&mut c, callee).await?.ok_or(ServiceError::NotFound)?;
    let by = match alert.acknowledged_by {
        Some(account) => accounts::find(&mut c, account).await?.map(|account| account.name),
        None => None,
    };
    Ok(LinkedAlert {
        kind: alert.kind,
        state: alert.state,
        callee_name: callee.address_form,
        zone: callee.zone,
        opened_at: alert.opened_at,
        acknowledged_by: by,
        by_owner: alert.acknowledged_by == Some(owner),
    })
}

/// The owner of the link takes the alert in hand. Nothing happens when somebody was faster: [`show`] says who.
pub async fn acknowledge(app: &App, token: &str) -> Result<(), ServiceError> {
    let (token, now) = (token.to_owned(), app.clock.now());
    let family = app
        .db
        .write(move |c| {
            async move {
                let (alert, family, owner) = of_link(c, &token).await?;
                for alert in alerts::kin(c, &alert).await? {
                    alerts::acknowledge(c, alert.id, owner, now).await?;
                }
                Ok::<_, ServiceError>(family)
            }
            .boxed()
        })
        .await?;
    app.live.changed(family);
    Ok(())
}

/// The alert of a link, its family, and the owner of the link, who must still be of the family.
async fn of_link(c: &mut Conn, token: &str) -> Result<(Alert, FamilyId, AccountId), ServiceError> {
    let notice = alert_notices::by_secret(c, &secrets::hash(token)).await?.ok_or(ServiceError::NotFound)?;
    let alert = alerts::find(c, notice.alert_id).await?.ok_or(ServiceError::NotFound)?;
    let family = alert.family_id.ok_or(ServiceError::NotFound)?;
    members::role(c, family, notice.account_id).await?.ok_or(ServiceError::NotFound)?;
    Ok((alert, family, notice.account_id))
}
