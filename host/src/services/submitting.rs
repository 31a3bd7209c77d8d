//! Submitting: a channel that takes its rings ahead is given them when they are queued, each once.
//!
//! An attempt is marked sent in the database before anything leaves the host.
//! If the host dies then, [`super::lookups`] finds the attempt with its lease
//! run out and looks it up at the vendor, minutes before the phone rings.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::FutureExt;

use crate::app::App;
use crate::db::ring_attempts::steps::{self, Claim};
use crate::db::ring_attempts::{self, RingAttempt};
use crate::db::{Conn, DbError, Span, callees, calls, timeline};
use crate::domain::{CallReason, CallState, FamilyId, Fault, GroupId, Moment, Ring, Verdict};
use crate::plugins::PluginFailure;
use crate::services::armory::holding;
use crate::services::calls::{Rules, miss};
use crate::services::error::ServiceError;
use crate::services::sealing::Kind;
use crate::services::{agent_variables, verdicts};

/// Attempts that one claim takes: as many as one plugin call plans.
const ATTEMPTS_A_CLAIM: usize = 100;
/// What a lease leaves beyond the vendor's deadline, for writing the outcome.
const LEASE_MARGIN_S: i64 = 10;
/// Of that margin, what the writing itself may take.
const WRITE_MARGIN_S: i64 = 5;

/// Rings of one channel that go out together.
#[derive(Debug)]
pub struct Batch {
    channel: String,
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    attempt: RingAttempt,
    ring: Ring,
    family: FamilyId,
}

/// Takes the attempts whose moment has come. What is returned must be given to [`send`].
pub async fn claim_due(app: &App) -> Result<Vec<Batch>, ServiceError> {
    let rules = Rules::of(app);
    let node = app.node;
    let lease_s = i64::from(app.config.calling.vendor_deadline_ms / 1_000) + LEASE_MARGIN_S;
    let claim = Claim { node, now: rules.now, until: rules.now.plus_secs(lease_s) };
    let look = app.low_water.submissions.look(claim.now);
    let due = look.span(claim.now, ATTEMPTS_A_CLAIM);
    let (claimed, items) =
        app.db.write(move |c| async move { claim_items(c, claim, due, &rules).await }.boxed()).await?;
    if claimed < ATTEMPTS_A_CLAIM {
        app.low_water.submissions.seen(look, claim.now);
    }
    for item in &items {
        app.live.changed(item.family);
    }
    let mut batches: BTreeMap<(String, GroupId), Batch> = BTreeMap::new();
    for item in items {
        // Group by group, since the group names it at the vendor.
        let (channel, group) = (item.attempt.channel.clone(), item.attempt.group_id);
        let batch = batches.entry((channel.clone(), group)).or_insert_with(|| Batch { channel, items: Vec::new() });
        batch.items.push(item);
    }
    Ok(batches.into_values().collect())
}

/// Gives how many attempts were taken, and what of them is to be handed over.
async fn claim_items(c: &mut Conn, claim: Claim, due: Span, rules: &Rules) -> Result<(usize, Vec<Item>), DbError> {
    let claimed = steps::claim_submissions(c, claim, due).await?;
    let count = claimed.len();
    let mut groups: BTreeMap<(String, Moment), (GroupId, u32)> = BTreeMap::new();
    let mut items = Vec::with_capacity(claimed.len());
    for mut attempt in claimed {
        let Some(mut call) = calls::find(c, attempt.call_id).await? else { continue };
        let Some(callee) = callees::find(c, call.callee_id).await? else { continue };
        if rules.now > attempt.expires_at {
            miss(c, &mut call, CallReason::TooLate, rules).await?;
            continue;
        }
        let open = matches!(call.state, CallState::Queued | CallState::Ringing);
        if !open {
            ring_attempts::close_of_call(c, call.id).await?;
            continue;
        }
        let Ok(address) = rules.sealer.open(Kind::PushAddress, &attempt.address) else {
            verdicts::record(c, &attempt, holding::unreadable(), rules).await?;
            continue;
        };
        timeline::append(c, &call, rules.now, "ring_sent", Some(&attempt.channel)).await?;
        if attempt.sends == 1 {
            // Attempts for one moment are handed over together, under one new name.
            let (group, members) = groups.entry((attempt.channel.clone(), attempt.ring_at)).or_default();
            if *members == rules.config.calling.batch_size {
                (*group, *members) = (GroupId::new(), 0);
            }
            *members += 1;
            ring_attempts::set_group(c, &[attempt.id], *group).await?;
            attempt.group_id = *group;
        }
        let ring = Ring {
            attempt: attempt.id,
            call: call.id,
            group: attempt.group_id,
            family: call.family_id,
            callee: callee.id,
            address,
            environment: attempt.environment.clone(),
            ring_at: attempt.ring_at,
            expires_at: attempt.expires_at,
            language: callee.language.clone(),
            zone: callee.zone.clone(),
            variables: agent_variables::of(c, &call, &callee).await?,
        };
        items.push(Item { attempt, ring, family: call.family_id });
    }
    Ok((count, items))
}

/// Hands a batch to its channel and writes what became of it.
pub async fn send(app: &App, batch: Batch) -> Result<(), ServiceError> {
    let Batch { channel, items } = batch;
    let now = app.clock.now();
    let vendor_deadline = Duration::from_millis(app.config.calling.vendor_deadline_ms.into());
    // After its lease another host may take the step: what is left of it bounds the sending.
    let lease = items.iter().filter_map(|item| item.attempt.lease_until).min();
    let left = lease.map_or(Duration::ZERO, |until| until.plus_secs(-WRITE_MARGIN_S).since(now));
    if left.is_zero() {
        tracing::warn!(channel, rings = items.len(), "a claim was too old to be sent; it will be looked up");
        return Ok(());
    }
    // That nothing leaves after its ring window is the plugin's part: it knows each ring's end.
    let deadline = vendor_deadline.min(app.clock.real(left));
    let rings: Vec<Ring> = items.iter().map(|item| item.ring.clone()).collect();
    let outcomes: Vec<Outcome> = match app.plugins.ring(&channel, rings, deadline).await {
        Ok(verdicts) => verdicts.into_iter().map(Outcome::Verdict).collect(),
        Err(failure) => {
            tracing::warn!(channel, rings = items.len(), error = %failure, "a channel gave up");
            items.iter().map(|_| outcome_of_failure(&failure)).collect()
        }
    };
    let rules = Rules::of(app);
    if outcomes.iter().any(Outcome::is_accepted) {
        app.proofs.worked(Fault::Ringing, &channel, rules.now);
    }
    let families: Vec<FamilyId> = items.iter().map(|item| item.family).collect();
    let outcomes: Vec<(RingAttempt, Outcome)> = items.into_iter().map(|item| item.attempt).zip(outcomes).collect();
    for (attempt, outcome) in outcomes {
        let (rules, id) = (rules.clone(), attempt.id);
        let written = app.db.write(move |c| async move { outcome.record(c, &attempt, &rules).await }.boxed()).await;
        if let Err(error) = written {
            // The others' outcomes are written all the same; this one is looked up when its lease is over.
            tracing::error!(attempt = %id, %error, "the outcome of a ring was not written");
        }
    }
    for family in families {
        app.live.changed(family);
    }
    app.wake.notify_waiters();
    Ok(())
}

/// What became of one ring.
enum Outcome {
    /// What the plugin says.
    Verdict(Verdict),
    /// The channel is left alone until then: nothing was sent.
    TurnedAway { until: Moment, reason: String },
}

impl Outcome {
    fn is_accepted(&self) -> bool {
        matches!(self, Self::Verdict(verdict) if verdict.is_accepted())
    }

    async fn record(self, c: &mut Conn, attempt: &RingAttempt, rules: &Rules) -> Result<(), DbError> {
        match self {
            Self::Verdict(verdict) => verdicts::record(c, attempt, verdict, rules).await,
            Self::TurnedAway { until, reason } => verdicts::turned_away(c, attempt, until, reason, rules).await,
        }
    }
}

/// What a plugin's failure means for each of its rings.
fn outcome_of_failure(failure: &PluginFailure) -> Outcome {
    Outcome::Verdict(match failure {
        PluginFailure::Resting { until, .. } => {
            return Outcome::TurnedAway { until: *until, reason: failure.to_string() };
        }
        PluginFailure::Retry { after_ms, reason } => Verdict::Retry { after_ms: *after_ms, reason: reason.clone() },
        PluginFailure::Misconfigured(reason) => Verdict::Misconfigured(reason.clone()),
        PluginFailure::Permanent(reason) => Verdict::Refused(reason.clone()),
        PluginFailure::NoSuchPlugin(id) => Verdict::Misconfigured(verdicts::not_loaded(id)),
        // A plugin that broke may have had its request sent before.
        PluginFailure::Unknown(reason) => Verdict::Unknown(reason.clone()),
        PluginFailure::Broken { .. } => Verdict::Unknown(failure.to_string()),
    })
}

/// Claims and hands over until nothing is due. A slow vendor holds up its own groups only. Returns how many rings.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    let mut sent = 0;
    loop {
        let batches = claim_due(app).await?;
        if batches.is_empty() {
            return Ok(sent);
        }
        sent += batches.iter().map(|batch| batch.items.len()).sum::<usize>();
        futures::future::try_join_all(batches.into_iter().map(|batch| send(app, batch))).await?;
    }
}
