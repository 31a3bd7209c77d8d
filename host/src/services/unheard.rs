//! Unheard talks: those that had to be fetched, since no webhook told of them.
//!
//! One lost webhook is nothing: the talk is fetched. Several talks in a row, and no webhook since the first of them began,
//! are an endpoint that its vendor does not reach, and the operator hears of it before the vendor gives it up: ElevenLabs
//! turns off one that failed for a week. Reconciling walks in with what it fetched, housekeeping closes the alert once a
//! webhook has come again. Each host counts for itself, anew when it starts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::db::conversations::ConversationRow;
use crate::db::{Conn, DbError, alerts, webhook_events};
use crate::domain::{AlertKind, Moment};
use crate::services::staff_alerts::{self, Trouble};

/// So many talks in a row are no accident.
const TALKS: usize = 3;

/// What each provider's webhooks have not told, by its plugin's id.
#[derive(Debug, Default)]
pub struct Unheard(Mutex<BTreeMap<String, Silence>>);

#[derive(Debug)]
struct Silence {
    /// When the first of the talks began.
    since: Moment,
    /// Their ids at the provider.
    talks: BTreeSet<String>,
}

impl Unheard {
    /// A talk was fetched. True when the silence is no accident any more.
    fn note(&self, talk: &ConversationRow, last_webhook: Option<Moment>) -> bool {
        let mut silences = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let silence = silences
            .entry(talk.provider.clone())
            .or_insert_with(|| Silence { since: talk.opened_at, talks: BTreeSet::new() });
        if last_webhook.is_some_and(|at| at >= silence.since) {
            *silence = Silence { since: talk.opened_at, talks: BTreeSet::new() };
        }
        if silence.talks.len() < TALKS {
            silence.talks.insert(talk.provider_ref.clone());
        }
        silence.talks.len() >= TALKS && last_webhook.is_none_or(|at| at < silence.since)
    }
}

/// A talk was fetched: tells the staff when it is one of several in a row.
pub(super) async fn fetched(
    c: &mut Conn,
    unheard: &Unheard,
    talk: &ConversationRow,
    now: Moment,
) -> Result<(), DbError> {
    let last_webhook = webhook_events::last_of(c, &talk.provider).await?;
    if !unheard.note(talk, last_webhook) {
        return Ok(());
    }
    let last = last_webhook.map_or_else(|| "none has ever come".to_owned(), |at| format!("the last one came {at}"));
    let reason = format!(
        "no webhook told of the last {TALKS} talks or more, so they were fetched ({last}); look at the webhook's address \
         and state at the vendor, and whether this host can be reached from outside"
    );
    staff_alerts::open(c, AlertKind::WebhooksMissing, &talk.provider, &reason, now).await
}

/// Closes the alerts of providers whose webhooks come again.
pub(super) async fn close_heard(c: &mut Conn, now: Moment) -> Result<(), DbError> {
    for alert in alerts::unclosed_of_kind(c, AlertKind::WebhooksMissing).await? {
        let Some(trouble) = Trouble::of(&alert) else { continue };
        let last = webhook_events::last_of(c, &trouble.plugin).await?;
        if last.is_some_and(|at| at > alert.opened_at) {
            alerts::close(c, alert.id, None, now).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AttemptId, CallId};

    fn talk(number: i64) -> ConversationRow {
        ConversationRow {
            provider: "elevenlabs".into(),
            provider_ref: format!("conv_{number}"),
            call_id: CallId::new(),
            attempt_id: AttemptId::new(),
            opened_at: Moment(number * 1_000),
        }
    }

    #[test]
    fn three_talks_in_a_row_without_a_webhook_are_no_accident() {
        let unheard = Unheard::default();
        let first = talk(1);
        assert!(!unheard.note(&first, None));
        assert!(!unheard.note(&talk(2), None));
        assert!(!unheard.note(&first, None), "the same talk again is no third one");
        assert!(unheard.note(&talk(3), None));
        assert!(unheard.note(&talk(4), Some(Moment(999))), "that was before the first of them");
        assert!(!unheard.note(&talk(5), Some(Moment(4_500))), "one has come");
        assert!(!unheard.note(&talk(6), Some(Moment(4_500))));
        assert!(unheard.note(&talk(7), Some(Moment(4_500))));
    }
}
