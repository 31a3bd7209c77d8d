//! Sending one text message. The job walks in.
//!
//! Vendors know no idempotency key for messages. So a message is marked before it leaves; one that is found marked may have
//! been sent, and is left as it is.

use std::time::Duration;

use futures::FutureExt;

use super::Text;
use crate::app::App;
use crate::db::notice_numbers::NoticeNumber;
use crate::db::text_messages::{self, Outcome, TextMessage};
use crate::db::{Conn, accounts, alerts, callees, notice_numbers};
use crate::domain::{
    AlertId, AlertState, Fault, Locale, Moment, Notice, NoticeEvent, NoticeId, NoticeWay, TextState, Verdict,
};
use crate::plugins::PluginFailure;
use crate::services::error::ServiceError;
use crate::services::jobs::Trouble;
use crate::services::{facts, notices, staff_alerts, webhooks};

/// Shorter than the lease of a job.
const DEADLINE: Duration = Duration::from_secs(30);
/// A pause where nobody names one, and the shortest.
const PAUSE_MS: u32 = 30_000;
const PAUSE_MIN_MS: u32 = 1_000;

/// What is to be done with a message.
enum Next {
    /// Send this.
    Send(Box<Notice>),
    /// Not before.
    Wait(Moment),
    /// Nothing any more; why.
    Drop(&'static str),
}

/// Sends a message, if it is still of use. Doing it twice is doing it once.
pub(crate) async fn send(app: &App, id: NoticeId, text: &Text) -> Result<(), Trouble> {
    let mut c = app.db.read().await.map_err(ServiceError::from)?;
    let Some(message) = text_messages::find(&mut c, id).await.map_err(ServiceError::from)? else { return Ok(()) };
    match message.state {
        TextState::Waiting => {}
        TextState::Leaving => {
            // Whoever began died, or is late: then what they learn takes the place of this.
            let outcome = ended(TextState::Unknown, "its host ended while it was sent");
            return Ok(settle(app, &message, outcome, Learnt::default()).await?);
        }
        _ => return Ok(()),
    }
    let Some(notifier) = app.plugins.texter() else {
        drop(c);
        return Ok(settle(app, &message, ended(TextState::Dropped, "no plugin sends texts"), Learnt::default()).await?);
    };
    let next = next(app, &mut c, &message, text, &notifier).await?;
    drop(c);
    let notice = match next {
        Next::Send(notice) => notice,
        Next::Wait(at) => return Err(Trouble::NotYet(at)),
        Next::Drop(why) => {
            return Ok(settle(app, &message, ended(TextState::Dropped, why), Learnt::default()).await?);
        }
    };
    let (now, by) = (app.clock.now(), notifier.clone());
    let began = app.db.write(move |c| async move { text_messages::begin(c, id, &by, now).await }.boxed()).await;
    if !began.map_err(ServiceError::from)? {
        return Ok(());
    }
    let told = app.plugins.notify(&notifier, vec![*notice], DEADLINE).await;
    note(app, &message, &notifier, verdict(told)).await
}

/// Looks once more whether somebody needs it: it may be late, and wishes and hours may have changed since.
async fn next(
    app: &App,
    c: &mut Conn,
    message: &TextMessage,
    text: &Text,
    notifier: &str,
) -> Result<Next, ServiceError> {
    let now = app.clock.now();
    if now >= message.expires_at {
        return Ok(Next::Drop("it would come too late"));
    }
    let Some(number) = notice_numbers::find(c, message.account_id).await? else {
        return Ok(Next::Drop("the number was taken away"));
    };
    let (title, link, locale) = match text {
        Text::Code { code } => match code_of(app, c, message, &number, code).await? {
            Some((title, locale)) => (title, String::new(), locale),
            None => return Ok(Next::Drop("another code was asked for")),
        },
        Text::Alert { alert } => match alert_of(app, c, message, &number, *alert).await? {
            Ok(worded) => worded,
            Err(next) => return Ok(next),
        },
    };
    let takes = app.plugins.takes_webhooks(notifier);
    Ok(Next::Send(Box::new(Notice {
        id: message.id,
        to: number.number,
        language: locale.to_string(),
        text: title.clone(),
        title,
        link,
        expires_at: message.expires_at,
        callback_url: if takes { facts::webhook_url(&app.config, notifier) } else { String::new() },
    })))
}

/// The words of a code, in the language of the pages on which it is typed.
async fn code_of(
    app: &App,
    c: &mut Conn,
    message: &TextMessage,
    number: &NoticeNumber,
    code: &str,
) -> Result<Option<(String, Locale)>, ServiceError> {
    let account = accounts::find(c, message.account_id).await?;
    let Some(account) = account.filter(|_| number.code_hash.is_some() && number.asked_at == message.made_at) else {
        return Ok(None);
    };
    Ok(Some((worded(app, account.locale, "text-code", ("code", code))?, account.locale)))
}

/// The words of an alert, its link and the language, or why there are none.
async fn alert_of(
    app: &App,
    c: &mut Conn,
    message: &TextMessage,
    number: &NoticeNumber,
    alert: AlertId,
) -> Result<Result<(String, String, Locale), Next>, ServiceError> {
    if number.usable().is_none() {
        return Ok(Err(Next::Drop("nothing arrives at the number, or it is not proven")));
    }
    let alert = alerts::find(c, alert).await?.ok_or(ServiceError::NotFound)?;
    let kin = alerts::kin(c, &alert).await?;
    if kin.iter().all(|alert| alert.state != AlertState::Open) {
        return Ok(Err(Next::Drop("somebody looks after it")));
    }
    let family = alert.family_id.ok_or(ServiceError::NotFound)?;
    let callee = alert.callee_id.ok_or(ServiceError::NotFound)?;
    let event = NoticeEvent::of_alert(alert.kind);
    let recipient = notices::find(c, family, message.account_id).await?;
    let Some(recipient) = recipient.filter(|recipient| recipient.is_told(event, NoticeWay::Sms)) else {
        return Ok(Err(Next::Drop("it is not wanted any more")));
    };
    let now = app.clock.now();
    let free_at = recipient.free_at(event, now);
    if free_at > now {
        return Ok(Err(Next::Wait(free_at)));
    }
    let callee = callees::find(c, callee).await?.ok_or(ServiceError::NotFound)?;
    let title = worded(app, recipient.locale, &format!("text-{event}"), ("name", callee.address_form.as_str()))?;
    let host = app.config.public_url.as_str().trim_end_matches('/');
    let link = alert.call_id.map_or_else(|| format!("{host}/alerts"), |call| format!("{host}/calls/{call}"));
    Ok(Ok((title, link, recipient.locale)))
}

/// The words of a notice.
pub(crate) fn worded(
    app: &App,
    locale: Locale,
    key: &str,
    (name, value): (&str, &str),
) -> Result<String, ServiceError> {
    app.theme.strings().get(locale, key, &[(name, value.into())]).map_err(|error| {
        tracing::error!(%error, "a notice has no words");
        ServiceError::Unavailable("theme")
    })
}

/// The one verdict of the one notice; of a call that failed as a whole, what that means for it.
pub(crate) fn verdict(told: Result<Vec<Verdict>, PluginFailure>) -> Verdict {
    match told {
        Ok(verdicts) => {
            let none = || Verdict::Unknown("the plugin gave no verdict".to_owned());
            verdicts.into_iter().next().unwrap_or_else(none)
        }
        Err(PluginFailure::Misconfigured(reason)) => Verdict::Misconfigured(reason),
        Err(PluginFailure::Unknown(reason)) => Verdict::Unknown(reason),
        Err(PluginFailure::Permanent(reason)) => Verdict::Refused(reason),
        Err(PluginFailure::Retry { after_ms, reason }) => Verdict::Retry { after_ms, reason },
        // It is broken, rests or is not there: nothing has left.
        Err(failure) => Verdict::Retry { after_ms: PAUSE_MS, reason: failure.to_string() },
    }
}

/// Writes what became of a message that has left, and tells the staff what only they can mend.
async fn note(app: &App, message: &TextMessage, notifier: &str, verdict: Verdict) -> Result<(), Trouble> {
    let now = app.clock.now();
    let mut learnt = Learnt::default();
    let mut again = None;
    let outcome = match verdict {
        Verdict::Accepted(reference) | Verdict::AcceptedIn { reference, .. } => {
            app.proofs.worked(Fault::Texting, notifier, now);
            learnt.reference = reference.map(|reference| (notifier.to_owned(), reference));
            Outcome { state: TextState::Sent, reason: None }
        }
        Verdict::Gone(reason) | Verdict::GoneSince { reason, .. } => {
            learnt.is_gone = true;
            ended(TextState::Failed, &reason)
        }
        Verdict::Refused(reason) => ended(TextState::Failed, &reason),
        Verdict::Unknown(reason) => ended(TextState::Unknown, &reason),
        Verdict::Misconfigured(reason) => {
            staff_alerts::tell_of(app, staff_alerts::Trouble::new(Fault::Texting, notifier, &reason)).await;
            ended(TextState::Failed, &reason)
        }
        Verdict::Retry { after_ms, reason } => {
            again = Some(now.plus_secs(i64::from(after_ms.max(PAUSE_MIN_MS)).div_euclid(1_000)));
            ended(TextState::Waiting, &reason)
        }
    };
    settle(app, message, outcome, learnt).await?;
    again.map_or(Ok(()), |at| Err(Trouble::NotYet(at)))
}

/// What a vendor's answer tells beside the message's state.
#[derive(Default)]
struct Learnt {
    /// By which notifier it went, and what its vendor knows it by.
    reference: Option<(String, String)>,
    /// Nothing arrives at the number.
    is_gone: bool,
}

fn ended(state: TextState, reason: &str) -> Outcome {
    Outcome { state, reason: Some(reason.to_owned()) }
}

async fn settle(app: &App, message: &TextMessage, outcome: Outcome, learnt: Learnt) -> Result<(), ServiceError> {
    let (now, id, account, made_at) = (app.clock.now(), message.id, message.account_id, message.made_at);
    app.db
        .write(move |c| {
            async move {
                let from = [TextState::Waiting, TextState::Leaving, TextState::Unknown];
                text_messages::settle(c, id, &from, &outcome, now).await?;
                if learnt.is_gone {
                    notice_numbers::retire(c, account, made_at, now).await?;
                }
                if let Some((notifier, reference)) = learnt.reference {
                    text_messages::set_reference(c, id, &reference).await?;
                    // The vendor may have told of it before its answer was written.
                    webhooks::rematch(c, &notifier, &reference, now).await?;
                }
                Ok::<_, ServiceError>(())
            }
            .boxed()
        })
        .await
}
