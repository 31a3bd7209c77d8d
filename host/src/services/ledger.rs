//! The ledger: what is on record of the calls of a span, try by try, for whoever compares it with what happened outside.
//!
//! It judges nothing: whether every promise has its call, and one only, is the audit's matter.

use std::collections::HashMap;

use crate::app::App;
use crate::db::ledger;
use crate::domain::{AlertKind, AttemptId, CallId, CallReason, CallState, CalleeId, Moment};
use crate::services::error::ServiceError;

/// A call on record.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The call.
    pub call: CallId,
    /// Whose it is.
    pub callee: CalleeId,
    /// The slot of the day; 0 is a "call now".
    pub slot_no: i32,
    /// The local date that it stands for, `YYYY-MM-DD`.
    pub local_date: String,
    /// The promised moment.
    pub due_at: Moment,
    /// Where it stands.
    pub state: CallState,
    /// Why.
    pub reason: Option<CallReason>,
    /// How often it was tried.
    pub tries: i32,
    /// When it was over.
    pub ended_at: Option<Moment>,
    /// Its ring attempts, the first first.
    pub attempts: Vec<Try>,
    /// What was opened because it came to nothing.
    pub alerts: usize,
    /// What was opened because of something that was said.
    pub worries: usize,
}

/// A ring attempt on record.
#[derive(Clone, Debug)]
pub struct Try {
    /// The attempt.
    pub id: AttemptId,
    /// Of which try.
    pub try_no: i32,
    /// When it was to ring.
    pub ring_at: Moment,
    /// After this it must not.
    pub expires_at: Moment,
}

/// The calls of a span, and the jobs that are not done.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The first due first.
    pub entries: Vec<Entry>,
    /// Kind, state and last error of each job that is left.
    pub jobs_left: Vec<String>,
}

/// Reads what was due at `from` or later and before `to`.
pub async fn between(app: &App, from: Moment, to: Moment) -> Result<Ledger, ServiceError> {
    let rows = ledger::between(&mut app.db.read().await?, from, to).await?;
    let mut attempts: HashMap<CallId, Vec<Try>> = HashMap::new();
    for attempt in rows.attempts {
        attempts.entry(attempt.call_id).or_default().push(Try {
            id: attempt.id,
            try_no: attempt.try_no,
            ring_at: attempt.ring_at,
            expires_at: attempt.expires_at,
        });
    }
    let mut alerts: HashMap<CallId, (usize, usize)> = HashMap::new();
    for alert in rows.alerts {
        let Some(call) = alert.call_id else { continue };
        let (failures, worries) = alerts.entry(call).or_default();
        *failures += usize::from(is_of_failure(alert.kind));
        *worries += usize::from(alert.kind == AlertKind::Said);
    }
    let entries = rows.calls.into_iter().map(|call| {
        let mut attempts = attempts.remove(&call.id).unwrap_or_default();
        attempts.sort_by_key(|attempt| attempt.id);
        let (alerts, worries) = alerts.get(&call.id).copied().unwrap_or_default();
        Entry {
            call: call.id,
            callee: call.callee_id,
            slot_no: call.slot_no,
            local_date: call.local_date,
            due_at: call.due_at,
            state: call.state,
            reason: call.reason,
            tries: call.tries,
            ended_at: call.ended_at,
            attempts,
            alerts,
            worries,
        }
    });
    let jobs_left = rows.jobs_left.iter().map(|job| {
        let error = job.last_error.as_deref().map(|error| format!(": {error}")).unwrap_or_default();
        format!("{} {}{error}", job.kind, job.state)
    });
    Ok(Ledger { entries: entries.collect(), jobs_left: jobs_left.collect() })
}

fn is_of_failure(kind: AlertKind) -> bool {
    matches!(kind, AlertKind::Missed | AlertKind::CallFailed | AlertKind::NoDevice)
}
