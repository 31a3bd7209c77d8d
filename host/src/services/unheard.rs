//! Unheard talks: those that had to be fetched, since no webhook told of them.
//!
//! One lost webhook is nothing: the talk is fetched. Several talks over some time, and no webhook since the first of
//! them began, are an endpoint that its vendor does not reach, and the operator hears of it before the vendor gives it
//! up: ElevenLabs turns off one that failed for a week. Reconciling walks in with what it fetched, housekeeping closes
//! the alert once a webhook has come again. Each host counts for itself, from its start.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use futures::FutureExt;

use crate::app::App;
use crate::db::conversations::ConversationRow;
use crate::db::{Conn, DbError, alerts, webhook_events};
use crate::domain::{AlertKind, Fault, Moment};
use crate::plugins::Plugins;
use crate::services::error::ServiceError;
use crate::services::staff_alerts::{self, Trouble};

/// So many talks are no accident,
const TALKS: usize = 3;
/// when between the beginnings of the first and the last there is so much time.
const OVER_S: i64 = 600;

/// What each provider's webhooks have not told, by its plugin's id.
#[derive(Debug)]
pub struct Unheard {
    /// What began before is nothing that this host could have heard of.
    since: Moment,
    silences: Mutex<BTreeMap<String, Silence>>,
}

#[derive(Debug)]
struct Silence {
    /// When the first of the talks began.
    first: Moment,
    /// When the last of them began.
    last: Moment,
    /// Some of their ids at the provider.
    talks: BTreeSet<String>,
}

impl Silence {
    fn of(talk: &ConversationRow) -> Self {
        let talks = BTreeSet::from([talk.provider_ref.clone()]);
        Self { first: talk.opened_at, last: talk.opened_at, talks }
    }
}

impl Unheard {
    /// A host that begins to listen at a moment.
    pub fn since(moment: Moment) -> Self {
        Self { since: moment, silences: Mutex::default() }
    }

    /// A talk was fetched. Gives since when its provider has been silent, when that is no accident any more.
    fn note(&self, talk: &ConversationRow) -> Option<Moment> {
        if talk.opened_at < self.since {
            return None;
        }
        let mut silences = self.silences.lock().unwrap_or_else(PoisonError::into_inner);
        let silence = silences.entry(talk.provider.clone()).or_insert_with(|| Silence::of(talk));
        silence.first = silence.first.min(talk.opened_at);
        silence.last = silence.last.max(talk.opened_at);
        if silence.talks.len() < TALKS {
            silence.talks.insert(talk.provider_ref.clone());
        }
        let is_long = silence.last >= silence.first.plus_secs(OVER_S);
        (is_long && silence.talks.len() >= TALKS).then_some(silence.first)
    }

    /// A webhook came since: the counting begins anew with this talk.
    fn begin_anew(&self, talk: &ConversationRow) {
        let mut silences = self.silences.lock().unwrap_or_else(PoisonError::into_inner);
        silences.insert(talk.provider.clone(), Silence::of(talk));
    }
}

/// A talk was fetched: tells the staff when it is one of several.
pub(super) async fn fetched(app: &App, talk: &ConversationRow) -> Result<(), ServiceError> {
    if !app.plugins.takes_webhooks(&talk.provider) {
        return Ok(());
    }
    let Some(first) = app.unheard.note(talk) else { return Ok(()) };
    let (provider, now) = (talk.provider.clone(), app.clock.now());
    let is_silent = app.db.write(move |c| async move { tell(c, &provider, first, now).await }.boxed()).await?;
    if !is_silent {
        app.unheard.begin_anew(talk);
    }
    Ok(())
}

/// False when a webhook came after all.
async fn tell(c: &mut Conn, provider: &str, first: Moment, now: Moment) -> Result<bool, DbError> {
    if webhook_events::has_come_since(c, provider, first).await? {
        return Ok(false);
    }
    let trouble = Trouble { since: Some(first), ..Trouble::new(Fault::WebhooksMissing, provider, "") };
    staff_alerts::open(c, &trouble, now).await?;
    Ok(true)
}

/// Closes the alerts of providers whose webhooks come again, or are not expected any more.
pub(super) async fn close_heard(c: &mut Conn, plugins: &Plugins, now: Moment) -> Result<(), DbError> {
    for alert in alerts::unclosed_of_kind(c, AlertKind::WebhooksMissing).await? {
        let Some(trouble) = Trouble::of(&alert) else { continue };
        let is_expected = plugins.takes_webhooks(&trouble.about);
        if !is_expected || webhook_events::has_come_since(c, &trouble.about, alert.opened_at).await? {
            alerts::close_of_staff(c, &alert, None, now).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AttemptId, CallId};

    fn talk(minute: i64) -> ConversationRow {
        ConversationRow {
            provider: "elevenlabs".into(),
            provider_ref: format!("conv_{minute}"),
            call_id: CallId::new(),
            attempt_id: AttemptId::new(),
            opened_at: Moment::from_secs(60 * minute),
        }
    }

    #[test]
    fn three_talks_over_ten_minutes_are_no_accident() {
        let unheard = Unheard::since(Moment::from_secs(60));
        let first = Some(talk(1).opened_at);
        assert_eq!(unheard.note(&talk(0)), None, "that one was before this host");
        assert_eq!([1, 2, 3].map(|minute| unheard.note(&talk(minute))), [None; 3], "they are of one moment");
        assert_eq!(unheard.note(&talk(11)), first);
        unheard.begin_anew(&talk(11));
        assert_eq!([30, 30, 11].map(|minute| unheard.note(&talk(minute))), [None; 3], "one talk is one, however often");
        assert_eq!(unheard.note(&talk(31)), Some(talk(11).opened_at));
    }
}
