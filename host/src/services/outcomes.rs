//! Outcomes: what became of rings, written together.
//!
//! The ringing loop never waits for the database: it leaves its outcomes here. They are written in pages, a page in one
//! transaction and most of it in a few statements. While the database is away they wait.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;

use crate::app::App;
use crate::db::ring_attempts::RingAttempt;
use crate::db::ring_attempts::holding::{self, Taken};
use crate::db::timeline::TimelineRow;
use crate::db::{Conn, DbError, calls, devices, timeline};
use crate::domain::{CallId, CallReason, CallState, DeviceId, FamilyId, Moment, Verdict};
use crate::services::armory::Armed;
use crate::services::calls::{Rules, miss};
use crate::services::error::ServiceError;
use crate::services::verdicts;

/// Accepted rings that one transaction writes.
const PAGE: usize = 2_000;
/// Other outcomes that one transaction writes: each may have its alert, its letters and its next try.
const PAGE_OF_OTHERS: usize = 50;
/// While accepted rings keep coming, each so many-th page is one of others.
const OTHERS_EACH: usize = 8;
/// An outcome that the database does not take is tried for so long after its window; then its call has its end without.
const TRIED_FOR_S: i64 = 300;

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

impl Outcome {
    /// Whether its vendor took it.
    pub(crate) fn is_accepted(&self) -> bool {
        matches!(self, Self::Verdict(verdict) if verdict.is_accepted())
    }
}

/// A ring that went out, or should have.
#[derive(Clone, Debug)]
pub(crate) struct Rung {
    armed: Arc<Armed>,
    sent_at: Moment,
    heard_at: Moment,
    outcome: Outcome,
}

impl Rung {
    /// Sent and answered at these moments.
    pub(crate) fn new(armed: Arc<Armed>, sent_at: Moment, heard_at: Moment, outcome: Outcome) -> Self {
        Self { armed, sent_at, heard_at, outcome }
    }

    fn is_accepted(&self) -> bool {
        self.outcome.is_accepted()
    }

    /// Whether it was handed to its vendor, or may have been.
    fn was_sent(&self) -> bool {
        matches!(self.outcome, Outcome::Verdict(_))
    }
}

/// The outcomes that wait to be written. Cheap to clone; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    waiting: Arc<Mutex<Waiting>>,
    arrived: Arc<tokio::sync::Notify>,
    /// Held by whoever writes, so that to write is also to wait for what is being written.
    writing: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Waiting {
    /// As they were left, list by list: a full hour of them is never moved as a whole.
    accepted: VecDeque<Vec<Rung>>,
    /// What takes longer to write, and waits for those.
    others: VecDeque<Rung>,
    /// How many pages were taken.
    pages: usize,
}

impl Outcomes {
    /// Leaves these to be written.
    pub(crate) fn add(&self, mut rung: Vec<Rung>) {
        let others: Vec<Rung> = rung.extract_if(.., |rung| !rung.is_accepted()).collect();
        let mut waiting = self.lock();
        if !rung.is_empty() {
            waiting.accepted.push_back(rung);
        }
        waiting.others.extend(others);
        drop(waiting);
        self.arrived.notify_one();
    }

    /// Answers when there is something to write.
    pub async fn arrive(&self) {
        self.arrived.notified().await;
    }

    /// The calls whose outcomes wait.
    pub(crate) fn calls(&self) -> HashSet<CallId> {
        let waiting = self.lock();
        waiting.accepted.iter().flatten().chain(&waiting.others).map(|rung| rung.armed.attempt.call_id).collect()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        let waiting = self.lock();
        waiting.accepted.iter().map(Vec::len).sum::<usize>() + waiting.others.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        let waiting = self.lock();
        waiting.accepted.is_empty() && waiting.others.is_empty()
    }

    /// What makes a page, the oldest first: lists of accepted rings; others when there are none, and every now and then.
    fn take_page(&self) -> Vec<Rung> {
        let mut page = Vec::new();
        let mut waiting = self.lock();
        waiting.pages = waiting.pages.wrapping_add(1);
        let is_of_others = !waiting.others.is_empty() && waiting.pages.is_multiple_of(OTHERS_EACH);
        while !is_of_others
            && let Some(list) = waiting.accepted.pop_front_if(|list| page.is_empty() || page.len() + list.len() <= PAGE)
        {
            page.extend(list);
        }
        if page.is_empty() {
            let others = waiting.others.len().min(PAGE_OF_OTHERS);
            page.extend(waiting.others.drain(..others));
        }
        drop(waiting);
        // One order for all: nobody waits for a row while holding one that the other waits for.
        page.sort_by_key(|rung| rung.armed.attempt.id);
        page
    }

    fn put_back(&self, page: Vec<Rung>) {
        let (accepted, others): (Vec<Rung>, Vec<Rung>) = page.into_iter().partition(Rung::is_accepted);
        let mut waiting = self.lock();
        if !accepted.is_empty() {
            waiting.accepted.push_front(accepted);
        }
        waiting.others.extend(others);
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes everything that waits, and waits for what another is writing. Returns how many outcomes that were; on an error
/// those that were not written wait on.
pub async fn write(app: &App) -> Result<usize, ServiceError> {
    let _alone = app.outcomes.writing.lock().await;
    let (mut written, mut left, mut failed) = (0, Vec::new(), None);
    loop {
        let page = Arc::new(app.outcomes.take_page());
        if page.is_empty() {
            break;
        }
        let since = app.clock.now();
        let result = write_page(app, page.clone()).await;
        app.low_water.written(since, app.clock.now());
        if let Err(error) = result {
            if matches!(error, DbError::Unavailable(_) | DbError::Interrupted) || app.db.ping().await.is_err() {
                app.outcomes.put_back(Arc::unwrap_or_clone(page));
                failed = Some(error);
                break;
            }
            // One outcome that cannot be written must not keep the others from being written.
            left.extend(write_one_by_one(app, &page).await);
            failed = Some(error);
        }
        written += page.len();
        let (rules, now) = (Rules::of(app), app.clock.now());
        if page.iter().any(|rung| rules.ack_by(rung.sent_at) < now) {
            // The database was away: whoever looks for silent devices has looked beyond these.
            app.low_water.silent.forget();
        }
        let families: Vec<FamilyId> = page.iter().map(|rung| rung.armed.ring.family).collect();
        app.live.changed_all(&families);
    }
    let is_all = left.is_empty();
    app.outcomes.put_back(left);
    if written > 0 {
        app.wake.notify_waiters();
    }
    match failed {
        Some(error) if !is_all || !app.outcomes.is_empty() => Err(error.into()),
        _ => Ok(written),
    }
}

/// Gives what could not be written and may be later: a table that somebody keeps locked looks like an outcome that
/// cannot be written.
async fn write_one_by_one(app: &App, page: &[Rung]) -> Vec<Rung> {
    let mut left = Vec::new();
    for rung in page {
        let Err(error) = write_page(app, Arc::new(vec![rung.clone()])).await else { continue };
        if app.clock.now() < rung.armed.attempt.expires_at.plus_secs(TRIED_FOR_S) {
            left.push(rung.clone());
        } else {
            // Its call was found when its window was over, and the family was told.
            tracing::error!(attempt = %rung.armed.attempt.id, %error, "the outcome of a ring was not written");
        }
    }
    left
}

async fn write_page(app: &App, page: Arc<Vec<Rung>>) -> Result<(), DbError> {
    let rules = Rules::of(app);
    app.db.write(move |c| async move { record(c, &page, &rules).await }.boxed()).await
}

async fn record(c: &mut Conn, page: &[Rung], rules: &Rules) -> Result<(), DbError> {
    let (accepted, others): (Vec<&Rung>, Vec<&Rung>) = page.iter().partition(|rung| rung.is_accepted());
    let devices: Vec<DeviceId> = accepted.iter().filter_map(|rung| rung.armed.attempt.device_id).collect();
    let acknowledging = devices::acknowledging(c, &devices).await?;
    let taken: Vec<Taken> = accepted
        .iter()
        .map(|rung| {
            let is_awaited = rung.armed.attempt.device_id.is_some_and(|device| acknowledging.contains(&device));
            taken(rung, is_awaited.then(|| rules.ack_by(rung.sent_at)))
        })
        .collect();
    holding::note_taken(c, &taken).await?;
    for rung in &accepted {
        if let Outcome::Verdict(Verdict::AcceptedIn { environment, .. }) = &rung.outcome {
            verdicts::keep_environment(c, &rung.armed.attempt, environment, rung.sent_at, rules).await?;
        }
    }
    begin_ringing(c, &accepted, &others, rules).await?;
    for rung in others {
        let mut attempt = rung.armed.attempt.clone();
        attempt.sends += 1;
        attempt.sent_at = Some(rung.sent_at);
        match rung.outcome.clone() {
            Outcome::Verdict(verdict) => verdicts::record(c, &attempt, verdict, rules).await?,
            Outcome::TurnedAway { until, reason } => {
                verdicts::turned_away(c, &attempt, until, reason, rules).await?;
            }
            Outcome::Late => late(c, &attempt, rules).await?,
        }
    }
    Ok(())
}

fn taken(rung: &Rung, ack_by: Option<Moment>) -> Taken {
    let reference = match &rung.outcome {
        Outcome::Verdict(verdict) => verdict.reference().map(str::to_owned),
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
async fn begin_ringing(c: &mut Conn, accepted: &[&Rung], others: &[&Rung], rules: &Rules) -> Result<(), DbError> {
    let sent = || accepted.iter().chain(others.iter().filter(|rung| rung.was_sent()));
    let begun: Vec<calls::Begun> = sent()
        .map(|rung| {
            let attempt = &rung.armed.attempt;
            (attempt.call_id, attempt.try_no, attempt.device_id)
        })
        .collect();
    let moved = calls::begin_ringing(c, &begun, rules.now).await?;
    let mut steps = Vec::with_capacity(begun.len());
    for rung in sent() {
        let attempt = &rung.armed.attempt;
        let step = if moved.contains(&attempt.call_id) { CallState::Ringing.as_str() } else { "ring_sent" };
        steps.push(TimelineRow::new(attempt.call_id, rung.sent_at, step, Some(&attempt.channel)));
    }
    timeline::append_all(c, &steps).await
}

/// Its window was over before it could be sent: the promise is not kept late.
async fn late(c: &mut Conn, attempt: &RingAttempt, rules: &Rules) -> Result<(), DbError> {
    let Some(mut call) = calls::find(c, attempt.call_id).await? else { return Ok(()) };
    if call.tries != attempt.try_no || call.state != CallState::Queued {
        if let Some(why) = attempt.reason.clone() {
            // It was sent before, and not taken.
            return verdicts::failed(c, attempt, why, CallReason::VendorBusy, rules).await;
        }
        return Ok(());
    }
    miss(c, &mut call, CallReason::TooLate, rules).await
}
