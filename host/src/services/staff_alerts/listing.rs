//! Listing: the open troubles, as whoever can mend them reads of them.

use super::Trouble;
use crate::db::alerts::{self, Alert};
use crate::db::{Conn, DbError};
use crate::domain::{AlertId, Fault, Moment};

/// More than anybody reads.
const MOST: i64 = 200;

/// What the operator must mend.
#[derive(Clone, Debug)]
pub struct OperatorTrouble {
    /// Its alert.
    pub id: AlertId,
    /// What it is about: a plugin, or a key of the configuration.
    pub about: String,
    /// What does not work.
    pub fault: Fault,
    /// What a plugin, its vendor or a server says of it, in its own words.
    pub said: Option<String>,
    /// Since when it is known, or must have been.
    pub since: Moment,
    /// When it was seen last.
    pub seen_at: Moment,
    /// How often it was seen, at the least.
    pub times: u32,
}

impl OperatorTrouble {
    /// What an alert is about, if only the operator can mend it.
    pub(crate) fn of(alert: &Alert) -> Option<Self> {
        let Trouble { about, fault, reason, since } = Trouble::of(alert)?;
        let is_quoted = fault.is_told_by_plugin() || matches!(fault, Fault::NotReplaced | Fault::Mail);
        Some(Self {
            id: alert.id,
            about,
            fault,
            said: Some(reason).filter(|reason| is_quoted && !reason.is_empty()),
            since: since.unwrap_or(alert.opened_at),
            seen_at: alert.seen_at(),
            times: u32::try_from(alert.times).unwrap_or(1),
        })
    }
}

/// The open troubles, the newest first.
pub(crate) async fn open_ones(c: &mut Conn) -> Result<Vec<OperatorTrouble>, DbError> {
    let alerts = alerts::unclosed_of_staff(c, MOST).await?;
    Ok(alerts.iter().filter_map(OperatorTrouble::of).collect())
}
