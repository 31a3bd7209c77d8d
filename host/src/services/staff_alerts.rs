//! Alerts of the staff about a plugin: what only the operator can mend. Whatever calls plugins walks in.

use serde::Deserialize;

use crate::db::alerts::{self, Alert};
use crate::db::{Conn, DbError};
use crate::domain::{AlertId, AlertKind, AlertState, Moment};

/// What is stored beside such an alert.
#[derive(Deserialize)]
pub(super) struct Trouble {
    /// The plugin.
    pub(super) plugin: String,
    /// What is wrong, in words for the operator.
    pub(super) reason: String,
}

impl Trouble {
    /// What the alert is about, if it is about a plugin.
    pub(super) fn of(alert: &Alert) -> Option<Self> {
        let about =
            matches!(alert.kind, AlertKind::Misconfigured | AlertKind::NotReplaced | AlertKind::WebhooksMissing);
        if about { serde_json::from_str(&alert.detail).ok() } else { None }
    }
}

/// Opens an alert about a plugin, unless one that says the same is open; and one an hour at most, enough to be seen, too
/// few to drown in.
pub(super) async fn open(
    c: &mut Conn,
    kind: AlertKind,
    plugin: &str,
    reason: &str,
    now: Moment,
) -> Result<(), DbError> {
    let says_the_same = |trouble: Trouble| trouble.plugin == plugin && trouble.reason == reason;
    if alerts::unclosed_of_kind(c, kind).await?.iter().filter_map(Trouble::of).any(says_the_same) {
        return Ok(());
    }
    let hour = now.secs() / 3_600;
    let alert = Alert {
        id: AlertId::new(),
        family_id: None,
        callee_id: None,
        call_id: None,
        kind,
        cause: format!("{kind}:{plugin}:{hour}"),
        detail: serde_json::json!({ "plugin": plugin, "reason": reason }).to_string(),
        evidence: "[]".to_owned(),
        state: AlertState::Open,
        opened_at: now,
        acknowledged_at: None,
        closed_at: None,
        note: None,
        acknowledged_by: None,
    };
    alerts::open(c, &alert).await?;
    Ok(())
}

/// Closes what is open of this kind about a plugin: it has been mended.
pub(super) async fn close(c: &mut Conn, kind: AlertKind, plugin: &str, now: Moment) -> Result<(), DbError> {
    for alert in alerts::unclosed_of_kind(c, kind).await? {
        if Trouble::of(&alert).is_some_and(|trouble| trouble.plugin == plugin) {
            alerts::close(c, alert.id, None, now).await?;
        }
    }
    Ok(())
}
