//! Notices in browsers: a title and a link beside a letter, in each browser in which its owner has turned that on
//! ([`browsers`]). Escalation and summaries walk in.
//!
//! A notice is queued together with its letter and its cause, once for each browser and cause. It says whom it is about and
//! where to read on, and nothing of what was said: locked screens read along. Whatever becomes of it (`sending`), the letter
//! stands. One that is repeated takes its own place on the screen, so a doubtful one is sent again.

pub mod browsers;
pub(crate) mod sending;

use serde::{Deserialize, Serialize};

use crate::db::{Conn, DbError, notice_browsers};
use crate::domain::{AlertId, CallId, FamilyId, Moment, NoticeBrowserId, NoticeEvent, NoticeId, NoticeWay};
use crate::services::error::ServiceError;
use crate::services::jobs::{self, Job};
use crate::services::notices::{self, Recipient};

/// A notice of an alert is of use so long: later, the letter has been read, or somebody else was told.
const ALERT_USEFUL_S: i64 = 4 * 3_600;
/// One of a talk: tomorrow there is another.
const TALK_USEFUL_S: i64 = 20 * 3_600;

/// What a notice is about.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum About {
    /// Something that somebody has to look after.
    Alert(AlertId),
    /// The summary of a call.
    Talk(CallId),
}

/// A notice for one browser. It stands in the job that sends it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct BrowserNotice {
    /// The same when it is repeated.
    pub(crate) id: NoticeId,
    /// Where.
    pub(crate) browser: NoticeBrowserId,
    /// What it is about.
    pub(crate) about: About,
    /// After this it is of no use.
    pub(crate) expires_at: Moment,
}

impl About {
    fn key(self) -> String {
        match self {
            Self::Alert(alert) => format!("alert:{alert}"),
            Self::Talk(call) => format!("talk:{call}"),
        }
    }

    const fn useful_s(self) -> i64 {
        match self {
            Self::Alert(_) => ALERT_USEFUL_S,
            Self::Talk(_) => TALK_USEFUL_S,
        }
    }
}

/// Queues a notice for each browser of somebody, if they want to be told so of such an event.
pub(crate) async fn tell(
    c: &mut Conn,
    recipient: &Recipient,
    event: NoticeEvent,
    about: About,
    now: Moment,
) -> Result<(), DbError> {
    if !event.is_pushed() || !recipient.is_told(event, NoticeWay::Push) {
        return Ok(());
    }
    let at = recipient.free_at(event, now);
    let browsers = notice_browsers::of_account(c, recipient.account).await?;
    for browser in browsers.into_iter().filter(|browser| browser.gone_at.is_none()) {
        let expires_at = at.plus_secs(about.useful_s());
        let notice = BrowserNotice { id: NoticeId::new(), browser: browser.id, about, expires_at };
        let key = format!("{}:{}", browser.id, about.key());
        jobs::enqueue_at(c, &Job::PushNotice { notice }, &key, at, now).await?;
    }
    Ok(())
}

/// The same for everybody of a family.
pub(crate) async fn tell_all(
    c: &mut Conn,
    family: FamilyId,
    event: NoticeEvent,
    about: About,
    now: Moment,
) -> Result<(), ServiceError> {
    for recipient in notices::recipients(c, family).await? {
        tell(c, &recipient, event, about, now).await?;
    }
    Ok(())
}
