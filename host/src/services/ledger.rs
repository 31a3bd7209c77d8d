//! The ledger: what is on record of the calls of a span, as plain words, for whoever compares it with what was
//! promised and with what happened outside.

use crate::app::App;
use crate::db::ledger;
use crate::domain::{AlertKind, AttemptId, CallId, CallState, CalleeId, Moment};
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
    pub reason: Option<String>,
    /// How often it was tried.
    pub tries: i32,
    /// Its ring attempts, the first first.
    pub attempts: Vec<Try>,
    /// What was opened because it came to nothing.
    pub alerts: usize,
}

/// A ring attempt on record.
#[derive(Clone, Debug)]
pub struct Try {
    /// The attempt.
    pub id: AttemptId,
    /// Of which try.
    pub try_no: i32,
    /// The push address or number.
    pub address: String,
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
    let mut attempts = rows.attempts;
    attempts.sort_by_key(|attempt| attempt.id);
    let entries = rows.calls.into_iter().map(|call| Entry {
        attempts: attempts
            .iter()
            .filter(|attempt| attempt.call_id == call.id)
            .map(|attempt| Try {
                id: attempt.id,
                try_no: attempt.try_no,
                address: attempt.address.clone(),
                ring_at: attempt.ring_at,
                expires_at: attempt.expires_at,
            })
            .collect(),
        alerts: rows.alerts.iter().filter(|alert| alert.call_id == Some(call.id) && is_of_failure(alert.kind)).count(),
        call: call.id,
        callee: call.callee_id,
        slot_no: call.slot_no,
        local_date: call.local_date,
        due_at: call.due_at,
        state: call.state,
        reason: call.reason,
        tries: call.tries,
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
