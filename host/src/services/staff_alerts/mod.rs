//! Troubles: what only the operator can mend. Each is an alert of the staff, and one letter to every admin. Whatever calls
//! plugins walks in.
//!
//! A trouble is one as long as it says the same in the same words. It is over with the first thing of its kind that works
//! again, with an admin's word, or when it was not seen for longer than a week ([`closing`]). What comes after that is
//! another trouble, with a time and letters of its own.

pub mod closing;
pub(super) mod letters;
mod listing;
mod proofs;

use futures::FutureExt;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use listing::OperatorTrouble;
pub(crate) use listing::open_ones;
pub use proofs::Proofs;

use crate::app::App;
use crate::db::alerts::{self, Alert};
use crate::db::{Conn, DbError};
use crate::domain::{AlertId, AlertKind, AlertState, Fault, Moment};
use crate::plugins::PluginFailure;

/// What a trouble is about when no plugin is: the section of channels,
pub(super) const PLUGINS: &str = "plugins";
/// the key that names who tells of weeks: once it names another plugin, that one's work is the proof,
pub(super) const WEEKS: &str = "digest.renderer";
/// the key with which addresses are sealed,
pub(super) const SEALING_KEY: &str = "database.encryption_key";
/// and the section of the mail server.
pub(super) const MAIL: &str = "mail";
/// So many different troubles of one plugin and fault are open at once at the most. A vendor that words each reply anew
/// must not fill the page.
const MOST_OF_ONE: usize = 5;
/// Of the hash of a trouble's words. It tells a handful apart.
const HASH_CHARS: usize = 16;

/// What only the operator can mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What it is about: a plugin, or a key of the configuration.
    pub(crate) about: String,
    /// What does not work.
    pub(crate) fault: Fault,
    /// What a plugin, a vendor or a server says of it, in its own words; empty where there are none.
    pub(crate) reason: String,
    /// Since when, where that is before anybody saw it.
    pub(crate) since: Option<Moment>,
}

/// A trouble as it is stored beside its alert.
#[derive(Serialize, Deserialize)]
struct Detail {
    plugin: String,
    reason: String,
    /// Not written by older versions.
    fault: Option<Fault>,
    since: Option<Moment>,
}

impl Trouble {
    /// One that begins when it is seen.
    pub(crate) fn new(fault: Fault, about: &str, reason: &str) -> Self {
        Self { about: about.to_owned(), fault, reason: reason.to_owned(), since: None }
    }

    /// What the alert is about, if only the operator can mend it.
    pub(crate) fn of(alert: &Alert) -> Option<Self> {
        let usual = match alert.kind {
            AlertKind::Misconfigured => Fault::Ringing,
            AlertKind::NotReplaced => Fault::NotReplaced,
            AlertKind::WebhooksMissing => Fault::WebhooksMissing,
            AlertKind::MailFailing => Fault::Mail,
            AlertKind::Said | AlertKind::Missed | AlertKind::CallFailed | AlertKind::NoDevice | AlertKind::Resting => {
                return None;
            }
        };
        let Detail { plugin: about, reason, fault, since } = serde_json::from_str(&alert.detail).ok()?;
        let usual = match about.as_str() {
            PLUGINS => Fault::NoChannel,
            SEALING_KEY => Fault::Sealed,
            _ => usual,
        };
        Some(Self { about, fault: fault.unwrap_or(usual), reason, since })
    }

    fn detail(&self) -> Result<String, DbError> {
        let (plugin, reason) = (self.about.clone(), self.reason.clone());
        let detail = Detail { plugin, reason, fault: Some(self.fault), since: self.since };
        serde_json::to_string(&detail).map_err(|error| DbError::Unreadable(error.to_string()))
    }

    /// What makes it another trouble than others of its fault: the words of whoever refuses, without numbers, since ids
    /// and times differ from one reply to the next. What the host itself says is always the same.
    fn wording(&self) -> String {
        if !self.fault.is_told_by_plugin() {
            return String::new();
        }
        let words = self.reason.split(|c: char| !c.is_alphanumeric());
        let words = words.filter(|word| !word.is_empty() && !word.contains(|c: char| c.is_ascii_digit()));
        words.collect::<Vec<_>>().join(" ")
    }

    fn alert(&self, now: Moment) -> Result<Alert, DbError> {
        let mut hash = hex::encode(Sha256::digest(self.wording().as_bytes()));
        hash.truncate(HASH_CHARS);
        Ok(Alert {
            id: AlertId::new(),
            family_id: None,
            callee_id: None,
            call_id: None,
            kind: self.fault.kind(),
            cause: format!("trouble:{}:{}:{hash}", self.fault, self.about),
            detail: self.detail()?,
            evidence: "[]".to_owned(),
            state: AlertState::Open,
            opened_at: now,
            acknowledged_at: None,
            closed_at: None,
            note: None,
            acknowledged_by: None,
            last_at: None,
            times: 1,
        })
    }
}

/// Opens a trouble, with its letters. One that is open and says the same has been seen once more.
pub(super) async fn open(c: &mut Conn, trouble: &Trouble, now: Moment) -> Result<(), DbError> {
    let mut known = of_fault(c, trouble.fault, &trouble.about).await?;
    let wording = trouble.wording();
    let same = known.iter().position(|(_, known)| known.wording() == wording);
    if let Some((alert, known)) = same.map(|at| known.swap_remove(at)) {
        // Its latest words count, and its first moment.
        let detail = Trouble { since: known.since, ..trouble.clone() }.detail()?;
        return alerts::see_again(c, alert.id, &detail, now).await;
    }
    if known.len() >= MOST_OF_ONE {
        let Some((newest, _)) = known.into_iter().max_by_key(|(alert, _)| alert.opened_at) else { return Ok(()) };
        return alerts::see_again(c, newest.id, &newest.detail, now).await;
    }
    let alert = trouble.alert(now)?;
    if alerts::open(c, &alert).await? {
        letters::enqueue(c, trouble, &alert, now).await?;
    }
    Ok(())
}

/// Closes what is open of a fault: it has been mended.
pub(super) async fn close(c: &mut Conn, fault: Fault, about: &str, now: Moment) -> Result<(), DbError> {
    keep_only(c, fault, about, None, now).await
}

/// Whoever sees all of a fault at once says what there is of it: this is opened or was seen once more, and what else is open
/// has been mended.
pub(super) async fn keep_only(
    c: &mut Conn,
    fault: Fault,
    about: &str,
    trouble: Option<&Trouble>,
    now: Moment,
) -> Result<(), DbError> {
    let wording = trouble.map(Trouble::wording);
    for (alert, known) in of_fault(c, fault, about).await? {
        if wording.as_ref() != Some(&known.wording()) {
            alerts::close_of_staff(c, &alert, None, now).await?;
        }
    }
    match trouble {
        Some(trouble) => open(c, trouble, now).await,
        None => Ok(()),
    }
}

/// What is open of a fault about something.
async fn of_fault(c: &mut Conn, fault: Fault, about: &str) -> Result<Vec<(Alert, Trouble)>, DbError> {
    let open = alerts::unclosed_of_kind(c, fault.kind()).await?;
    let troubles = open.into_iter().filter_map(|alert| Some((Trouble::of(&alert)?, alert)));
    let wanted = troubles.filter(|(trouble, _)| trouble.fault == fault && trouble.about == about);
    Ok(wanted.map(|(trouble, alert)| (alert, trouble)).collect())
}

/// A plugin failed. What only the operator can mend is told to the staff; anything else is nothing to them.
pub(super) async fn tell(app: &App, fault: Fault, about: &str, failure: &PluginFailure) {
    let PluginFailure::Misconfigured(reason) = failure else { return };
    tell_of(app, Trouble::new(fault, about, reason)).await;
}

/// Opens a trouble by itself. Where the database does not take it, the next time tells of it.
pub(super) async fn tell_of(app: &App, trouble: Trouble) {
    let now = app.clock.now();
    let told = app.db.write(move |c| async move { open(c, &trouble, now).await }.boxed()).await;
    if let Err(error) = told {
        tracing::warn!(%error, "the staff could not be told what only they can mend");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(fault: Fault, reason: &str) -> String {
        Trouble::new(fault, "fcm", reason).wording()
    }

    #[test]
    fn numbers_and_ids_make_no_other_trouble() {
        let of = |reason| wording(Fault::Ringing, reason);
        assert_eq!(of("fcm 1.2.3: clock is 40 s off"), of("fcm 1.2.4: clock is 41.5 s off"));
        assert_eq!(of("refused (request 7f3a-0b)"), of("refused (request 1e9c-22)"));
        assert_ne!(of("no credit left"), of("accept the terms"));
        assert_eq!(wording(Fault::Mail, "too slow"), wording(Fault::Mail, "refused"), "there is one mail server");
    }

    #[test]
    fn what_an_older_version_wrote_is_read() {
        let mut alert = Trouble::new(Fault::Ringing, "fcm", "no key").alert(Moment(7)).unwrap();
        alert.detail = r#"{"plugin":"plugins","reason":"none is on"}"#.to_owned();
        let trouble = Trouble::of(&alert).unwrap();
        assert_eq!((trouble.fault, trouble.since), (Fault::NoChannel, None));
        alert.detail = r#"{"plugin":"fcm","reason":"no key"}"#.to_owned();
        assert_eq!(Trouble::of(&alert), Some(Trouble::new(Fault::Ringing, "fcm", "no key")));
        alert.kind = AlertKind::Resting;
        assert_eq!(Trouble::of(&alert), None);
    }
}
