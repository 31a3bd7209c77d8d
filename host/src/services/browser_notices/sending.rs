//! Sending one notice to one browser. The job walks in.

use std::time::Duration;

use futures::FutureExt;

use super::{About, BrowserNotice};
use crate::app::App;
use crate::db::{Conn, alerts, callees, calls, notice_browsers};
use crate::domain::{AlertState, CalleeId, FamilyId, Fault, Moment, Notice, NoticeEvent, NoticeWay, Verdict};
use crate::services::error::ServiceError;
use crate::services::jobs::Trouble;
use crate::services::sealing::Kind;
use crate::services::texting::sending::{verdict, worded};
use crate::services::{notices, staff_alerts};

/// Shorter than the lease of a job.
const DEADLINE: Duration = Duration::from_secs(30);
/// The shortest pause before another try.
const PAUSE_MIN_MS: u32 = 1_000;
/// The pause after one that may have arrived.
const DOUBT_PAUSE_MS: u32 = 60_000;

/// What is to be done with a notice.
enum Next {
    /// Send this.
    Send(Box<Notice>),
    /// Not before.
    Wait(Moment),
    /// Nothing any more.
    Drop,
}

/// What there is to be told of, and where it is read.
struct Matter {
    family: FamilyId,
    callee: CalleeId,
    event: NoticeEvent,
    /// Of the page, from the root.
    path: String,
}

/// Sends a notice, if it is still of use. Doing it twice shows it once.
pub(crate) async fn send(app: &App, told: &BrowserNotice) -> Result<(), Trouble> {
    let Some(notifier) = app.plugins.browser_notifier() else { return Ok(()) };
    let mut c = app.db.read().await.map_err(ServiceError::from)?;
    let next = next(app, &mut c, told).await?;
    drop(c);
    let notice = match next {
        Next::Send(notice) => notice,
        Next::Wait(at) => return Err(Trouble::NotYet(at)),
        Next::Drop => return Ok(()),
    };
    let answered = app.plugins.notify(&notifier, vec![*notice], DEADLINE).await;
    note(app, told, &notifier, verdict(answered)).await
}

/// Looks once more whether somebody needs it: it may be late, and wishes and hours may have changed since.
async fn next(app: &App, c: &mut Conn, told: &BrowserNotice) -> Result<Next, ServiceError> {
    let now = app.clock.now();
    if now >= told.expires_at {
        return Ok(Next::Drop);
    }
    let browser = notice_browsers::find(c, told.browser).await?.filter(|browser| browser.gone_at.is_none());
    let Some(browser) = browser else { return Ok(Next::Drop) };
    let Ok(to) = app.sealer.open(Kind::PushAddress, &browser.address) else {
        tracing::error!(browser = %browser.id, "its subscription cannot be opened with the keys of the configuration");
        return Ok(Next::Drop);
    };
    let Some(matter) = matter(c, told.about).await? else { return Ok(Next::Drop) };
    // What is told of a family is for those who are of it.
    let recipient = notices::find(c, matter.family, browser.account_id).await?;
    let Some(recipient) = recipient.filter(|recipient| recipient.is_told(matter.event, NoticeWay::Push)) else {
        return Ok(Next::Drop);
    };
    let free_at = recipient.free_at(matter.event, now);
    if free_at > now {
        return Ok(Next::Wait(free_at));
    }
    let callee = callees::find(c, matter.callee).await?.ok_or(ServiceError::NotFound)?;
    let key = format!("push-{}", matter.event);
    let title = worded(app, recipient.locale, &key, ("name", callee.address_form.as_str()))?;
    let host = app.config.public_url.as_str().trim_end_matches('/');
    Ok(Next::Send(Box::new(Notice {
        id: told.id,
        to,
        language: recipient.locale.to_string(),
        text: title.clone(),
        title,
        link: format!("{host}{}", matter.path),
        callback_url: String::new(),
        expires_at: told.expires_at,
    })))
}

/// What it is about; none when somebody looks after it already.
async fn matter(c: &mut Conn, about: About) -> Result<Option<Matter>, ServiceError> {
    match about {
        About::Alert(alert) => {
            let alert = alerts::find(c, alert).await?.ok_or(ServiceError::NotFound)?;
            let kin = alerts::kin(c, &alert).await?;
            if kin.iter().all(|alert| alert.state != AlertState::Open) {
                return Ok(None);
            }
            Ok(Some(Matter {
                family: alert.family_id.ok_or(ServiceError::NotFound)?,
                callee: alert.callee_id.ok_or(ServiceError::NotFound)?,
                event: NoticeEvent::of_alert(alert.kind),
                path: alert.call_id.map_or_else(|| "/alerts".to_owned(), |call| format!("/calls/{call}")),
            }))
        }
        About::Talk(call) => {
            let call = calls::find(c, call).await?.ok_or(ServiceError::NotFound)?;
            Ok(Some(Matter {
                family: call.family_id,
                callee: call.callee_id,
                event: NoticeEvent::Talked,
                path: format!("/calls/{}", call.id),
            }))
        }
    }
}

/// What a verdict means: a subscription that is over is retired, and the staff is told what only they can mend.
async fn note(app: &App, told: &BrowserNotice, notifier: &str, verdict: Verdict) -> Result<(), Trouble> {
    let (now, browser) = (app.clock.now(), told.browser);
    let later = |ms: u32| Err(Trouble::NotYet(now.plus_secs(i64::from(ms.max(PAUSE_MIN_MS)).div_euclid(1_000))));
    match verdict {
        Verdict::Accepted(_) | Verdict::AcceptedIn { .. } => {
            app.proofs.worked(Fault::Pushing, notifier, now);
            Ok(())
        }
        Verdict::Gone(_) | Verdict::GoneSince { .. } => {
            let retired = app.db.write(move |c| notice_browsers::retire(c, browser, now).boxed()).await;
            Ok(retired.map_err(ServiceError::from)?)
        }
        Verdict::Refused(_) => {
            tracing::warn!(%browser, notifier, "a push service refused a notice");
            Ok(())
        }
        Verdict::Misconfigured(reason) => {
            staff_alerts::tell_of(app, staff_alerts::Trouble::new(Fault::Pushing, notifier, &reason)).await;
            Ok(())
        }
        Verdict::Unknown(_) => later(DOUBT_PAUSE_MS),
        Verdict::Retry { after_ms, .. } => later(after_ms),
    }
}
