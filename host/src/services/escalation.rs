//! Escalation: whom an alert of a family is told, and who is next when nobody takes it in hand.
//!
//! An alert and the job that tells of it are written together, so that none is opened silently. The job tells one
//! contact, by a letter with a link of their own, and queues itself for the next one. It ends when somebody has taken
//! the alert in hand, or everybody was told who wants to be. Whoever comes first always is: [`notices`]. Somebody in
//! their quiet hours has their turn when these are over; when all have, the alert waits for whoever is free first.

use futures::FutureExt;

use crate::app::App;
use crate::db::alert_notices::{self, AlertNotice};
use crate::db::alerts::{self, Alert};
use crate::db::{Conn, DbError};
use crate::domain::{AlertId, AlertState, Moment, NoticeEvent, NoticeWay};
use crate::services::browser_notices::{self, About};
use crate::services::error::ServiceError;
use crate::services::jobs::{self, Job};
use crate::services::mails::MailJob;
use crate::services::{notices, secrets, texting};

/// Opens the alerts that came from one call for one reason, unless their causes have one, and has the first contact told
/// of all of them at once. Returns how many are new.
pub(crate) async fn raise(c: &mut Conn, found: &[Alert], now: Moment) -> Result<usize, DbError> {
    let mut new = Vec::new();
    for alert in found {
        if alerts::open(c, alert).await? {
            new.push(alert.id);
        }
    }
    if let Some(first) = new.first() {
        enqueue(c, *first, 1, now, now).await?;
    }
    Ok(new.len())
}

async fn enqueue(c: &mut Conn, alert: AlertId, place: i32, at: Moment, now: Moment) -> Result<(), DbError> {
    jobs::enqueue_at(c, &Job::Escalate { alert, place }, &format!("{alert}:{place}"), at, now).await?;
    Ok(())
}

/// Tells the contact in this place, while nobody has taken the alert in hand. Doing it twice is doing it once. When all
/// who are left want no notice at this hour, gives when the first of them may be told.
pub(crate) async fn tell_next(app: &App, id: AlertId, place: i32) -> Result<Option<Moment>, ServiceError> {
    let (now, after_s) = (app.clock.now(), i64::from(app.config.calling.escalate_after_s));
    let secret = secrets::new_secret()?;
    app.db
        .write(move |c| {
            async move {
                let Some(alert) = alerts::find(c, id).await? else { return Ok(None) };
                let kin = alerts::kin(c, &alert).await?;
                let is_open = kin.iter().any(|alert| alert.state == AlertState::Open);
                let (true, Some(family)) = (is_open, alert.family_id) else { return Ok(None) };
                let told = alert_notices::of_alerts(c, &[id]).await?;
                if i32::try_from(told.len()).is_ok_and(|told| told >= place) {
                    return Ok(None);
                }
                // Order and wishes may have changed since the last one was told: the next is whoever comes first now.
                // Whoever sleeps is passed over for those who can look after it at this hour.
                let event = NoticeEvent::of_alert(alert.kind);
                let mut left = notices::recipients(c, family).await?;
                left.retain(|one| {
                    let was_told = told.iter().any(|(notice, _)| notice.account_id == one.account);
                    !was_told && one.is_told(event, NoticeWay::Mail)
                });
                let next = left.iter().map(|one| (one.free_at(event, now), one)).min_by_key(|(at, _)| *at);
                let Some((free_at, contact)) = next else { return Ok(None) };
                if free_at > now {
                    return Ok(Some(free_at));
                }
                let account = contact.account;
                let notice =
                    AlertNotice { alert_id: id, account_id: account, place, secret_hash: secret.hash, told_at: now };
                if alert_notices::insert(c, &notice).await? {
                    let letter = |off| MailJob::AlertOpened { account, alert: id, token: secret.text, off };
                    notices::tell(c, family, contact, event, now, letter).await?;
                    texting::tell(c, contact, event, id, now).await?;
                    browser_notices::tell(c, contact, event, About::Alert(id), now).await?;
                    if left.len() > 1 {
                        enqueue(c, id, place + 1, now.plus_secs(after_s), now).await?;
                    }
                }
                Ok::<_, ServiceError>(None)
            }
            .boxed()
        })
        .await
}
