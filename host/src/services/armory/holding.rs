//! Holding: what rings soon and nobody holds is taken into this host's memory.
//!
//! Queueing puts what it makes there itself. This finds the rest: second tries, other devices, "call now", what
//! another host let go, and what a crash left behind. It is a scan, so nothing depends on having been told.

use std::collections::HashMap;

use futures::FutureExt;

use crate::app::App;
use crate::db::callees::Callee;
use crate::db::calls::Call;
use crate::db::ring_attempts::{self, RingAttempt, holding};
use crate::db::{Conn, DbError, Span, callees, calls};
use crate::domain::{CallReason, CallState, FamilyId, NodeId, Ring, Verdict};
use crate::services::agent_variables::{self, Material};
use crate::services::arming::Told;
use crate::services::armory::Armed;
use crate::services::calls::{Rules, miss};
use crate::services::error::ServiceError;
use crate::services::sealing::Kind;
use crate::services::{outcomes, verdicts};

/// Why an attempt whose address cannot be read is not rung.
pub(crate) const UNREADABLE: &str = "its address is sealed with a key that this host was not given";
/// Rings that one transaction takes.
const RINGS_A_PAGE: usize = 1_000;

/// Takes everything that is free and rings soon. Returns how many rings that were.
pub async fn tick(app: &App) -> Result<usize, ServiceError> {
    if app.armory.take_stale() {
        // What this host did ring is written first: it is not to be taken, and rung, again.
        outcomes::write(app).await.inspect_err(|_| app.armory.suspect())?;
        let _nothing_moves = app.armory.nothing_moves().await;
        outcomes::write(app).await.inspect_err(|_| app.armory.suspect())?;
        let (node, now) = (app.node, app.clock.now());
        let let_go = app.db.write(move |c| async move { holding::let_go(c, &[node], now).await }.boxed()).await;
        let let_go = let_go.inspect_err(|_| app.armory.suspect())?;
        // What is here counted as held until now: it is taken again, with a new fence.
        app.armory.drop_all(&app.armory.all());
        app.low_water.unheld.forget();
        tracing::warn!(rings = let_go, "rings that this host may have lost sight of are taken again");
    }
    let mut taken = take_page(app).await?;
    if taken == RINGS_A_PAGE {
        // A whole hour waits. PostgreSQL writes one page while another is read here.
        let more = if app.db.is_shared() {
            let (here, there) = futures::try_join!(take_pages(app), take_pages(app))?;
            here + there
        } else {
            take_pages(app).await?
        };
        taken += more;
    }
    if taken > 0 {
        app.wake.notify_waiters();
    }
    Ok(taken)
}

/// Takes page after page, until one is not full.
async fn take_pages(app: &App) -> Result<usize, ServiceError> {
    let mut taken = 0;
    loop {
        let rows = take_page(app).await?;
        taken += rows;
        if rows < RINGS_A_PAGE {
            return Ok(taken);
        }
    }
}

async fn take_page(app: &App) -> Result<usize, ServiceError> {
    let (node, rules) = (app.node, Rules::of(app));
    let now = rules.now;
    let look = app.low_water.unheld.look(now);
    let due = look.span(now.plus_secs(i64::from(app.config.calling.queue_ahead_s)), RINGS_A_PAGE);
    let _moving = app.armory.moving().await;
    let page = app.db.write(move |c| async move { take(c, node, due, &rules).await }.boxed()).await;
    let page = page.inspect_err(|_| {
        app.armory.suspect();
        app.low_water.unheld.forget();
    })?;
    if page.rows < RINGS_A_PAGE {
        // What another host lets go of, or a family asks for, may ring at any moment from now on.
        app.low_water.unheld.seen(look, now);
    }
    app.armory.put(page.armed);
    app.live.changed_all(&page.settled);
    Ok(page.rows)
}

#[derive(Default)]
struct Page {
    rows: usize,
    armed: Vec<Armed>,
    /// Families of calls that came too late to ring, or cannot.
    settled: Vec<FamilyId>,
}

async fn take(c: &mut Conn, node: NodeId, due: Span, rules: &Rules) -> Result<Page, DbError> {
    let attempts = holding::take(c, node, due).await?;
    if attempts.is_empty() {
        return Ok(Page::default());
    }
    let ids: Vec<_> = attempts.iter().map(|attempt| attempt.call_id).collect();
    let calls: HashMap<_, _> = calls::with_ids(c, &ids).await?.into_iter().map(|call| (call.id, call)).collect();
    let ids: Vec<_> = calls.values().map(|call| call.callee_id).collect();
    let callees: HashMap<_, _> =
        callees::with_ids(c, &ids).await?.into_iter().map(|callee| (callee.id, callee)).collect();
    let told = attempts.iter().filter(|attempt| rules.channels.told(&attempt.channel) == Told::All);
    let told = told.filter_map(|attempt| callees.get(&calls.get(&attempt.call_id)?.callee_id));
    let material = agent_variables::material(c, &told.collect::<Vec<_>>()).await?;
    let mut page = Page { rows: attempts.len(), armed: Vec::with_capacity(attempts.len()), settled: Vec::new() };
    for attempt in attempts {
        let Some(call) = calls.get(&attempt.call_id) else { continue };
        let Some(callee) = callees.get(&call.callee_id) else { continue };
        let waits = matches!(call.state, CallState::Queued | CallState::Ringing) && attempt.try_no == call.tries;
        if !waits {
            ring_attempts::close_of_call(c, call.id).await?;
        } else if rules.now > attempt.expires_at {
            miss(c, &mut call.clone(), CallReason::TooLate, rules).await?;
            page.settled.push(call.family_id);
        } else {
            match armed(attempt, call, callee, &material, rules) {
                Ok(armed) => page.armed.push(armed),
                Err(attempt) => {
                    verdicts::record(c, &attempt, unreadable(), rules).await?;
                    page.settled.push(call.family_id);
                }
            }
        }
    }
    Ok(page)
}

/// What becomes of an attempt whose address cannot be read.
pub(crate) fn unreadable() -> Verdict {
    Verdict::Misconfigured(UNREADABLE.into())
}

/// A row and what its channel is given; the row alone where its address cannot be read.
pub(crate) fn armed(
    attempt: RingAttempt,
    call: &Call,
    callee: &Callee,
    material: &Material,
    rules: &Rules,
) -> Result<Armed, Box<RingAttempt>> {
    let Ok(address) = rules.sealer.open(Kind::PushAddress, &attempt.address) else { return Err(Box::new(attempt)) };
    let variables = match rules.channels.told(&attempt.channel) {
        Told::Nothing => Vec::new(),
        Told::Name => agent_variables::name(callee).into(),
        Told::All => agent_variables::from(material, call, callee),
    };
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
        variables,
    };
    Ok(Armed { attempt, ring })
}

/// The host stops: lets everything go that it holds, so that another takes it at once.
pub async fn let_go(app: &App) -> Result<(), ServiceError> {
    app.armory.drop_all(&app.armory.all());
    let (node, now) = (app.node, app.clock.now());
    app.db.write(move |c| async move { holding::let_go(c, &[node], now).await }.boxed()).await?;
    Ok(())
}
