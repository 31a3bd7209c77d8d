//! Pausing: times without scheduled calls, and single ones that the family does not want.
//!
//! A pause or a skip takes back what is queued for it, and ending it gives back what is still to come. "Call now" is
//! none of its business: whoever presses that means it.

use futures::FutureExt;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::planning::{self, read_zone};
use crate::app::App;
use crate::db::calls::Call;
use crate::db::pauses::{self, StoredPause};
use crate::db::skips::{self, StoredSkip};
use crate::db::{Conn, DbError};
use crate::domain::schedule::SLOTS_A_DAY;
use crate::domain::zone::Zone;
use crate::domain::{AccountId, CalleeId, Moment, PauseId};
use crate::services::calls::Rules;
use crate::services::edits::edit;
use crate::services::error::ServiceError;
use crate::services::families::{self, CalleeAccess};
use crate::services::fields;

const REASON_CHARS: usize = 200;
/// Pauses of one callee that have not passed.
const PAUSES_MAX: usize = 20;
/// A pause begins, and a call is skipped, at most so far ahead.
const DAYS_AHEAD: i64 = 400;

/// A pause as a form has it.
#[derive(Clone, Debug, Default)]
pub struct PauseInput {
    /// `YYYY-MM-DD` on the callee's calendar; empty means today.
    pub from: String,
    /// `YYYY-MM-DD`; empty means until somebody ends it.
    pub until: String,
    /// Why; may be empty.
    pub reason: String,
}

/// A pause as the family sees it.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "its reason is about a person")]
pub struct PauseBrief {
    /// The pause.
    pub id: PauseId,
    /// The first date without calls.
    pub from: Date,
    /// The last one; none means until somebody ends it.
    pub until: Option<Date>,
    /// Why.
    pub reason: Option<String>,
    /// Whether today is one of its dates.
    pub holds_today: bool,
}

impl PauseBrief {
    fn of(stored: StoredPause, today: Date) -> Result<Self, DbError> {
        let pause = stored.pause()?;
        Ok(Self {
            id: stored.id,
            from: pause.from,
            until: pause.until,
            reason: stored.reason,
            holds_today: pause.covers(today),
        })
    }
}

/// The callee's pauses that hold today or later, the first to begin first.
pub async fn list(app: &App, account: AccountId, callee: CalleeId) -> Result<Vec<PauseBrief>, ServiceError> {
    let mut c = app.db.read().await?;
    let access = families::callee_in(&mut c, account, callee).await?;
    Ok(holding(&mut c, callee, &read_zone(&access.callee.zone)?, app.clock.now()).await?)
}

/// The pause on which no call is made today: of several, the one that lasts longest.
pub(crate) async fn of_today(
    c: &mut Conn,
    callee: CalleeId,
    zone: &Zone,
    now: Moment,
) -> Result<Option<PauseBrief>, DbError> {
    let holding = holding(c, callee, zone, now).await?;
    Ok(holding.into_iter().filter(|pause| pause.holds_today).max_by_key(|pause| pause.until.unwrap_or(Date::MAX)))
}

/// The moment of a call's next try, unless a scheduled call would ring in a pause that was made since.
pub(crate) async fn unless_paused(
    c: &mut Conn,
    call: &Call,
    ring_at: Option<Moment>,
    zone: &Zone,
    now: Moment,
) -> Result<Option<Moment>, DbError> {
    let Some(ring_at) = ring_at.filter(|_| call.slot_no > 0) else { return Ok(ring_at) };
    let calendar = planning::calendar(c, call.callee_id, zone.clone(), now).await?;
    let date = zone.local(ring_at).date();
    Ok((calendar.unpaused_from(date) == Some(date)).then_some(ring_at))
}

async fn holding(c: &mut Conn, callee: CalleeId, zone: &Zone, now: Moment) -> Result<Vec<PauseBrief>, DbError> {
    let today = zone.local(now).date();
    let stored = pauses::holding_since(c, &[callee], &today.to_string()).await?;
    stored.into_iter().map(|stored| PauseBrief::of(stored, today)).collect()
}

/// Makes a pause.
pub async fn pause(app: &App, account: AccountId, callee: CalleeId, wish: &PauseInput) -> Result<(), ServiceError> {
    let (wish, rules) = (wish.clone(), Rules::of(app));
    let now = rules.now;
    let reason = fields::optional_line("reason", &wish.reason, REASON_CHARS)?;
    edit(app, account, callee, families::edit, move |c, access| {
        async move {
            let today = today_of(&access, now)?;
            let (from, until) = read(&wish, today)?;
            let known = pauses::holding_since(c, &[callee], &today.to_string()).await?;
            if known.len() >= PAUSES_MAX {
                return Err(ServiceError::Invalid { field: "from", code: "pauses-many" });
            }
            let pause = StoredPause {
                id: PauseId::new(),
                callee_id: callee,
                from_date: from.to_string(),
                until_date: until.map(|until| until.to_string()),
                reason: Some(reason).filter(|reason| !reason.is_empty()),
                made_by: account,
                made_at: now,
                ended_at: None,
            };
            pauses::insert(c, &pause).await?;
            Ok(planning::replan(c, callee, &rules).await?)
        }
        .boxed()
    })
    .await
}

/// Ends a pause: calls are made again from now on. Gives whose it was.
pub async fn end_pause(app: &App, account: AccountId, pause: PauseId) -> Result<CalleeId, ServiceError> {
    let rules = Rules::of(app);
    let now = rules.now;
    let known = pauses::find(&mut app.db.read().await?, pause).await?.ok_or(ServiceError::NotFound)?;
    edit(app, account, known.callee_id, families::edit, move |c, _| {
        async move {
            // Ended twice is ended.
            pauses::end(c, pause, now).await?;
            Ok(planning::replan(c, known.callee_id, &rules).await?)
        }
        .boxed()
    })
    .await?;
    Ok(known.callee_id)
}

/// Leaves out one slot on one local date (`YYYY-MM-DD`), or with `wanted` takes that back.
pub async fn skip(
    app: &App,
    account: AccountId,
    callee: CalleeId,
    slot_no: i32,
    date: &str,
    wanted: bool,
) -> Result<(), ServiceError> {
    let rules = Rules::of(app);
    let now = rules.now;
    let date = read_date("date", date)?;
    if !(1..=SLOTS_A_DAY).any(|number| i32::try_from(number) == Ok(slot_no)) {
        return Err(ServiceError::NotFound);
    }
    edit(app, account, callee, families::edit, move |c, access| {
        async move {
            let today = today_of(&access, now)?;
            if date < today || date > ahead(today) {
                return Err(ServiceError::Invalid { field: "date", code: "date-wrong" });
            }
            let local_date = date.to_string();
            if wanted {
                skips::remove(c, callee, slot_no, &local_date).await?;
            } else {
                let skip = StoredSkip { callee_id: callee, slot_no, local_date, made_by: account, made_at: now };
                skips::put(c, &skip).await?;
            }
            Ok(planning::replan(c, callee, &rules).await?)
        }
        .boxed()
    })
    .await
}

fn today_of(access: &CalleeAccess, now: Moment) -> Result<Date, DbError> {
    Ok(read_zone(&access.callee.zone)?.local(now).date())
}

fn ahead(today: Date) -> Date {
    today.checked_add(DAYS_AHEAD.days()).unwrap_or(Date::MAX)
}

fn read_date(field: &'static str, text: &str) -> Result<Date, ServiceError> {
    let wrong = || ServiceError::Invalid { field, code: "date-wrong" };
    // Ten characters: no more than `YYYY-MM-DD`, of which the database compares dates as text.
    text.trim().parse().ok().filter(|_| text.trim().len() == 10).ok_or_else(wrong)
}

/// The first and the last date of a wish. What began before today begins today.
fn read(wish: &PauseInput, today: Date) -> Result<(Date, Option<Date>), ServiceError> {
    let given = |field, text: &str| match text.trim() {
        "" => Ok(None),
        text => read_date(field, text).map(Some),
    };
    let from = given("from", &wish.from)?.unwrap_or(today).max(today);
    let until = given("until", &wish.until)?;
    if from > ahead(today) {
        return Err(ServiceError::Invalid { field: "from", code: "date-far" });
    }
    match until {
        Some(until) if until < today => Err(ServiceError::Invalid { field: "until", code: "pause-over" }),
        Some(until) if until < from => Err(ServiceError::Invalid { field: "until", code: "pause-order" }),
        until => Ok((from, until)),
    }
}
