//! Outcomes: what became of rings, written together.
//!
//! The ringing loop never waits for the database: it leaves its outcomes here. They are written in pages, a page in one
//! transaction and most of it in a few statements. While the database is away they wait.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;

use crate::app::App;
use crate::db::ring_attempts::RingAttempt;
use crate::db::ring_attempts::holding::{self, Taken};
use crate::db::timeline::TimelineRow;
use crate::db::{Conn, DbError, calls, devices, ring_targets, timeline};
use crate::domain::{AttemptId, CallState, DeviceId, FamilyId, Moment, Verdict};
use crate::services::armory::Armed;
use crate::services::calls::{Miss, Rules, miss};
use crate::services::error::ServiceError;
use crate::services::verdicts;

/// Outcomes that one transaction writes.
const PAGE: usize = 2_000;

/// What became of one ring.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    /// What the plugin says.
    Verdict(Verdict),
    /// The channel is left alone until then: nothing was sent.
    TurnedAway {
        /// Until when.
        until: Moment,
        /// Why.
        reason: String,
    },
    /// Its window was over before it could be sent.
    Late,
}

/// A ring that went out, or should have.
#[derive(Clone, Debug)]
pub(crate) struct Rung {
    armed: Armed,
    sent_at: Moment,
    heard_at: Moment,
    outcome: Outcome,
}

impl Rung {
    /// Sent and answered at these moments.
    pub(crate) fn new(armed: Armed, sent_at: Moment, heard_at: Moment, outcome: Outcome) -> Self {
        Self { armed, sent_at, heard_at, outcome }
    }

    fn is_accepted(&self) -> bool {
        matches!(self.outcome, Outcome::Verdict(Verdict::Accepted(_)))
    }

    /// Whether it was handed to its vendor, or may have been.
    fn was_sent(&self) -> bool {
        matches!(self.outcome, Outcome::Verdict(_))
    }
}

/// The outcomes that wait to be written. Cheap to clone; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Outcomes(Arc<Mutex<Vec<Rung>>>, Arc<tokio::sync::Notify>);

impl Outcomes {
    /// Leaves these to be written.
    pub(crate) fn add(&self, rung: Vec<Rung>) {
        self.lock().extend(rung);
        self.1.notify_one();
    }

    /// Answers when there is something to write.
    pub async fn arrive(&self) {
        self.1.notified().await;
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn take_page(&self) -> Vec<Rung> {
        let mut waiting = self.lock();
        let page = waiting.len().min(PAGE);
        let rest = waiting.split_off(page);
        std::mem::replace(&mut *waiting, rest)
    }

    fn put_back(&self, page: Vec<Rung>) {
        self.lock().splice(0..0, page);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Rung>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes everything that waits. Returns how many outcomes that were; on an error they wait on.
pub async fn write(app: &App) -> Result<usize, ServiceError> {
    let mut written = 0;
    loop {
        let page = app.outcomes.take_page();
        if page.is_empty() {
            break;
        }
        if let Err(error) = write_page(app, page.clone()).await {
            if matches!(error, DbError::Unavailable(_) | DbError::Interrupted) || app.db.ping().await.is_err() {
                app.outcomes.put_back(page);
                return Err(error.into());
            }
            // One outcome that cannot be written must not keep the others from being written.
            write_one_by_one(app, &page).await;
        }
        written += page.len();
        let families: Vec<FamilyId> = page.iter().map(|rung| rung.armed.ring.family).collect();
        app.live.changed_all(&families);
    }
    if written > 0 {
        app.wake.notify_waiters();
    }
    Ok(written)
}

async fn write_one_by_one(app: &App, page: &[Rung]) {
    for rung in page {
        if let Err(error) = write_page(app, vec![rung.clone()]).await {
            // Its call is found when its window is over, and the family is told.
            tracing::error!(attempt = %rung.armed.attempt.id, %error, "the outcome of a ring was not written");
        }
    }
}

async fn write_page(app: &App, page: Vec<Rung>) -> Result<(), DbError> {
    let rules = Rules::of(app);
    app.db.write(move |c| async move { record(c, page, &rules).await }.boxed()).await
}

async fn record(c: &mut Conn, mut page: Vec<Rung>, rules: &Rules) -> Result<(), DbError> {
    // One order for all: nobody waits for a row while holding one that the other waits for.
    page.sort_by_key(|rung| rung.armed.attempt.id);
    let (accepted, others): (Vec<Rung>, Vec<Rung>) = page.into_iter().partition(Rung::is_accepted);
    let devices: Vec<DeviceId> = accepted.iter().filter_map(|rung| rung.armed.attempt.device_id).collect();
    let acknowledging = devices::acknowledging(c, &devices).await?;
    let taken: Vec<Taken> = accepted
        .iter()
        .map(|rung| {
            let is_awaited = rung.armed.attempt.device_id.is_some_and(|device| acknowledging.contains(&device));
            taken(rung, is_awaited.then(|| rules.ack_by(rung.sent_at)))
        })
        .collect();
    let noted = holding::note_taken(c, &taken).await?;
    let worked: Vec<_> = accepted.iter().filter_map(|rung| rung.armed.attempt.push_address_id).collect();
    ring_targets::mark_ok(c, &worked, rules.now).await?;
    begin_ringing(c, &accepted, &others, &noted, rules).await?;
    for rung in others {
        let mut attempt = rung.armed.attempt;
        attempt.sends += 1;
        attempt.sent_at = Some(rung.sent_at);
        match rung.outcome {
            Outcome::Verdict(verdict) => verdicts::record(c, &attempt, verdict, rules).await?,
            Outcome::TurnedAway { until, reason } => {
                verdicts::turned_away(c, &attempt, until, &reason, rules).await?;
            }
            Outcome::Late => late(c, &attempt, rules).await?,
        }
    }
    Ok(())
}

fn taken(rung: &Rung, ack_by: Option<Moment>) -> Taken {
    let reference = match &rung.outcome {
        Outcome::Verdict(Verdict::Accepted(reference)) => reference.clone(),
        _ => None,
    };
    Taken {
        id: rung.armed.attempt.id,
        fence: rung.armed.attempt.fence,
        sent_at: rung.sent_at,
        accepted_at: rung.heard_at,
        reference,
        ack_by,
    }
}

/// What was sent rings, as far as the host knows: the calls move on, with their timeline.
async fn begin_ringing(
    c: &mut Conn,
    accepted: &[Rung],
    others: &[Rung],
    noted: &HashSet<AttemptId>,
    rules: &Rules,
) -> Result<(), DbError> {
    let sent = || accepted.iter().chain(others.iter().filter(|rung| rung.was_sent()));
    let begun: Vec<calls::Begun> = sent()
        .map(|rung| {
            let attempt = &rung.armed.attempt;
            (attempt.call_id, attempt.try_no, attempt.device_id)
        })
        .collect();
    let moved = calls::begin_ringing(c, &begun, rules.now).await?;
    let mut steps = Vec::with_capacity(2 * begun.len());
    for rung in sent() {
        let attempt = &rung.armed.attempt;
        let call = (attempt.call_id, rung.armed.ring.family);
        if moved.contains(&attempt.call_id) {
            steps.push(TimelineRow::new(call, rung.sent_at, CallState::Ringing.as_str(), Some(&attempt.channel)));
        } else {
            steps.push(TimelineRow::new(call, rung.sent_at, "ring_sent", Some(&attempt.channel)));
        }
        if noted.contains(&attempt.id) {
            steps.push(TimelineRow::new(call, rung.heard_at, "ring_accepted", Some(&attempt.channel)));
        }
    }
    timeline::append_all(c, &steps).await
}

/// Its window was over before it could be sent: the promise is not kept late.
async fn late(c: &mut Conn, attempt: &RingAttempt, rules: &Rules) -> Result<(), DbError> {
    let Some(mut call) = calls::find(c, attempt.call_id).await? else { return Ok(()) };
    if call.tries != attempt.try_no || call.state != CallState::Queued {
        return Ok(());
    }
    miss(c, &mut call, Miss { outcome: CallState::Expired, reason: "too_late", retry: false }, rules).await
}
