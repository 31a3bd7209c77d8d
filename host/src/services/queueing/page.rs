//! A page: the slots that one transaction turns into calls.

use std::collections::HashMap;

use futures::FutureExt;

use crate::app::App;
use crate::db::callees::{self, Callee};
use crate::db::calls::{self, Call};
use crate::db::ring_attempts::{self, RingAttempt};
use crate::db::slots::{self, DueSlot};
use crate::db::timeline::{self, TimelineRow};
use crate::db::{Conn, DbError, Span, ring_targets};
use crate::domain::calendar::Calendar;
use crate::domain::zone::Zone;
use crate::domain::{CallId, CallReason, CallState, CalleeId, FamilyId, Moment, NodeId, SlotId};
use crate::services::agent_variables;
use crate::services::arming::{self, Told};
use crate::services::armory::Armed;
use crate::services::armory::holding;
use crate::services::calls::{Rules, miss};
use crate::services::low_water::LowWater;
use crate::services::schedules::planning;

/// Slots of a page.
const SLOTS: i64 = 1_000;
/// What was missed longer ago is not told of any more, so that nobody gets a month of bad news at once; an audit finds it.
const TOLD_FOR_S: i64 = 7 * 86_400;

/// Whether the phone may still ring for a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Window {
    /// From the lead before its moment to the end of the ring window: this host rings.
    Open(NodeId),
    /// It is over, and no call was made: the host was down, or had no database. There may be thousands, so
    /// [`deadlines`](crate::services::deadlines) tells their families.
    Over,
    /// The same, before today, of one callee whose plan is about to be changed. The family is told at once.
    Edited,
    /// The moment has come and no call was made, and the new plan holds it no more. The family is told at once.
    Replaced,
}

impl Window {
    /// The slots that are in it now.
    pub(super) fn span(self, rules: &Rules) -> Span {
        let (from, until) = match self {
            Self::Open(_) => {
                (self.told_before(rules), rules.now.plus_secs(i64::from(rules.config.calling.queue_ahead_s)))
            }
            Self::Over | Self::Edited | Self::Replaced => (Moment(i64::MIN), Moment(self.told_before(rules).0 - 1)),
        };
        Span { from, until, limit: SLOTS }
    }

    /// Occurrences before this moment are told of, and not rung.
    fn told_before(self, rules: &Rules) -> Moment {
        match self {
            Self::Open(_) | Self::Over | Self::Edited => rules.now.plus_secs(-rules.ring_window_s()),
            Self::Replaced => Moment(rules.now.0 + 1),
        }
    }

    /// What this host knows of its slots.
    fn low_water(self, app: &App) -> Option<&LowWater> {
        match self {
            Self::Open(_) => Some(&app.low_water.slots),
            Self::Over => Some(&app.low_water.missed_slots),
            Self::Edited | Self::Replaced => None,
        }
    }
}

/// What one transaction did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Queued {
    /// Slots that moved on.
    pub(super) moved: usize,
    /// Calls that were made.
    pub(super) made: usize,
}

/// Queues a page of the slots in a window: the earliest, or those of `only`.
pub(super) async fn queue(app: &App, window: Window, only: Option<Vec<SlotId>>) -> Result<Queued, DbError> {
    let inside = app.clone();
    let began_at = app.clock.now();
    let low_water = window.low_water(app).filter(|_| only.is_none());
    let look = low_water.map(|low_water| low_water.look(began_at));
    let _moving = app.armory.moving().await;
    let page = app.db.write(move |c| {
        async move {
            // A database may have been waited for: the clock is read when it is here.
            let rules = Rules::of(&inside);
            let mut span = window.span(&rules);
            let due = if let Some(only) = only {
                // Somebody keeps one of these for long: the others need not wait for him.
                c.wait_briefly_for_locks().await?;
                slots::due_among(c, span, &only).await?
            } else {
                span.from = look.map_or(span.from, |look| span.from.max(look.from));
                slots::due(c, span).await?
            };
            queue_page(c, due, window, &rules).await.map(|page| (page, span.until))
        }
        .boxed()
    });
    let page = page.await;
    app.low_water.written(began_at, app.clock.now());
    let (page, until) = page.inspect_err(|error| {
        if error.retryable() {
            // It may have been committed all the same.
            app.armory.suspect();
        }
    })?;
    if let Some((low_water, look)) = low_water.zip(look).filter(|_| page.moved == 0) {
        low_water.seen(look, until);
    }
    if window == Window::Over && page.moved > 0 {
        // What has moved on may be open by now, and what was made is over.
        app.low_water.slots.forget();
        app.low_water.missed_calls.forget();
    }
    app.armory.put(page.armed);
    app.live.changed_all(&page.families);
    Ok(Queued { moved: page.moved, made: page.families.len() })
}

/// Tells a family what it missed before today by the plan as it stands, which is about to be changed. The callee must
/// be locked.
pub(crate) async fn tell_missed(c: &mut Conn, callee: CalleeId, rules: &Rules) -> Result<(), DbError> {
    slots::lock_of_callee(c, callee).await?;
    let rows = slots::of_callee(c, callee).await?;
    let missed = rows.iter().filter(|row| row.next_at.is_some_and(|at| at < Window::Edited.told_before(rules)));
    queue_page(c, missed.filter_map(DueSlot::read).collect(), Window::Edited, rules).await?;
    Ok(())
}

/// Tells a family of occurrences whose moment has come, that nobody has queued, and that the plan holds no more. Their
/// slots must be locked.
pub(crate) async fn tell_replaced(c: &mut Conn, slots: Vec<DueSlot>, rules: &Rules) -> Result<(), DbError> {
    queue_page(c, slots, Window::Replaced, rules).await?;
    Ok(())
}

/// What one transaction queued.
#[derive(Default)]
struct Page {
    /// Slots that moved on.
    moved: usize,
    /// The families of the new calls.
    families: Vec<FamilyId>,
    /// What this host rings.
    armed: Vec<Armed>,
}

/// A call that is to be made, and its first ring attempt, or why there is none.
struct Promise<'a> {
    call: Call,
    callee: &'a Callee,
    /// Nobody can ring it any more, and its family is told later.
    target: Option<Result<(arming::Target, NodeId), CallReason>>,
}

/// An occurrence: its moment, and the local date that it stands for, `YYYY-MM-DD`.
type Occurrence = (Moment, String);

async fn queue_page(c: &mut Conn, due: Vec<DueSlot>, window: Window, rules: &Rules) -> Result<Page, DbError> {
    if due.is_empty() {
        return Ok(Page::default());
    }
    let ids: Vec<CalleeId> = due.iter().map(|slot| slot.callee_id).collect();
    let callees: HashMap<CalleeId, Callee> =
        callees::with_ids(c, &ids).await?.into_iter().map(|callee| (callee.id, callee)).collect();
    let targets = match window {
        Window::Open(_) => ring_targets::of_callees(c, &ids).await?,
        Window::Over | Window::Edited | Window::Replaced => HashMap::new(),
    };
    // Whoever changes a pause or a skip holds the slots meanwhile: what is read here fits what is due.
    let since = due.iter().map(|slot| slot.next_at).min().unwrap_or(rules.now).min(rules.now);
    let calendars = planning::calendars(c, &zones(callees.values()), since).await?;
    let courses = due.into_iter().map(|slot| {
        let (calls, next) = course(&slot, calendars.get(&slot.callee_id), window, rules);
        (slot, calls, next)
    });
    let courses: Vec<(DueSlot, Vec<Occurrence>, Option<Occurrence>)> = courses.collect();
    let steps: Vec<slots::Step> =
        courses.iter().map(|(slot, _, next)| (slot.slot_id, slot.next_at, next.clone())).collect();
    let moved = slots::advance_all(c, &steps).await?;
    let mine = courses.into_iter().filter(|(slot, ..)| moved.contains(&slot.slot_id));
    let promises = mine.flat_map(|(slot, occurrences, _)| {
        let callee = callees.get(&slot.callee_id);
        let promise = |(at, date): Occurrence| {
            let callee = callee?;
            let mut call = new_call(callee, slot.slot.slot_no, date, at, rules);
            let targets = targets.get(&callee.id).map_or(&[][..], Vec::as_slice);
            let target = match window {
                Window::Open(node) => Some(
                    arming::choose(callee, callee.call_method, targets, rules)
                        .map(|target| (target, node))
                        .map_err(arming::Refusal::reason),
                ),
                Window::Over => None,
                Window::Edited | Window::Replaced => Some(Err(CallReason::HostWasDown)),
            };
            let chosen = target.as_ref().and_then(|target| target.as_ref().ok());
            call.device_id = chosen.and_then(|(target, _)| target.device());
            Some(Promise { call, callee, target })
        };
        occurrences.into_iter().filter_map(promise).collect::<Vec<_>>()
    });
    let promises = promises.collect();
    let (families, armed) = keep(c, promises, rules).await?;
    Ok(Page { moved: moved.len(), families, armed })
}

fn zones<'a>(callees: impl IntoIterator<Item = &'a Callee>) -> Vec<(CalleeId, Zone)> {
    let zone = |callee: &Callee| Zone::parse(&callee.zone).unwrap_or_else(|_| Zone::utc());
    callees.into_iter().map(|callee| (callee.id, zone(callee))).collect()
}

/// The occurrences of a slot that are to have a call, and the one that comes then. After days without a host that is each
/// that nobody can ring any more.
fn course(
    slot: &DueSlot,
    calendar: Option<&Calendar>,
    window: Window,
    rules: &Rules,
) -> (Vec<Occurrence>, Option<Occurrence>) {
    let after = |at| {
        let next = calendar.and_then(|calendar| slot.slot.next_after(at, calendar))?;
        Some((next.at, next.date.to_string()))
    };
    let first = (slot.next_at, slot.next_date.clone());
    if matches!(window, Window::Open(_)) {
        return (vec![first], after(slot.next_at));
    }
    let (told_before, told_since) = (window.told_before(rules), rules.now.plus_secs(-TOLD_FOR_S));
    // What was missed today may be moved to later today, by the edit that is to come.
    let today = calendar.filter(|_| window == Window::Edited).map(|calendar| calendar.zone.local(rules.now).date());
    let today = today.map(|today| today.to_string());
    let (mut calls, mut next) = (Vec::new(), Some(first));
    while let Some((at, date)) = next.take_if(|(at, date)| *at < told_before && today.as_ref() != Some(date)) {
        next = after(at.max(told_since));
        if at > told_since {
            calls.push((at, date));
        } else {
            tracing::warn!(slot = %slot.slot_id, %date, "a call was missed so long ago that nobody is told of it");
        }
    }
    (calls, next)
}

/// Makes the calls that are not made yet, and arms them.
async fn keep(c: &mut Conn, promises: Vec<Promise<'_>>, rules: &Rules) -> Result<(Vec<FamilyId>, Vec<Armed>), DbError> {
    let wanted: Vec<Call> = promises.iter().map(|promise| promise.call.clone()).collect();
    let made = calls::add_all(c, &wanted).await?;
    let steps: Vec<TimelineRow> = wanted
        .iter()
        .filter(|call| made.contains(&call.id))
        .map(|call| TimelineRow::new(call.id, rules.now, CallState::Queued.as_str(), None))
        .collect();
    timeline::append_all(c, &steps).await?;
    let told =
        |promise: &&Promise<'_>| matches!(&promise.target, Some(Ok((target, _))) if target.told(rules) == Told::All);
    let told: Vec<&Callee> = promises.iter().filter(told).map(|promise| promise.callee).collect();
    let material = agent_variables::material(c, &told).await?;
    let (mut attempts, mut armed, mut families) = (Vec::new(), Vec::new(), Vec::new());
    for Promise { mut call, callee, target } in promises {
        if !made.contains(&call.id) {
            continue;
        }
        families.push(call.family_id);
        match target {
            None => {}
            Some(Err(reason)) => {
                arming::tell_staff(c, reason, rules).await?;
                miss(c, &mut call, reason, rules).await?;
            }
            Some(Ok((target, node))) => {
                let mut attempt = target.attempt(&call, rules);
                if attempt.ahead {
                    attempts.push(attempt);
                    continue;
                }
                (attempt.owner, attempt.fence) = (Some(node), 1);
                attempt.lease_until = Some(attempt.expires_at);
                match holding::armed(attempt, &call, callee, &material, rules) {
                    Ok(held) => {
                        attempts.push(held.attempt.clone());
                        armed.push(held);
                    }
                    // Whoever takes it tells why it cannot ring.
                    Err(free) => attempts.push(RingAttempt { owner: None, fence: 0, lease_until: None, ..*free }),
                }
            }
        }
    }
    ring_attempts::add_all(c, &attempts).await?;
    Ok((families, armed))
}

pub(super) fn new_call(callee: &Callee, slot_no: i32, local_date: String, due_at: Moment, rules: &Rules) -> Call {
    Call {
        id: CallId::new(),
        family_id: callee.family_id,
        callee_id: callee.id,
        slot_no,
        local_date,
        call_method: callee.call_method,
        state: CallState::Queued,
        reason: None,
        due_at,
        ring_at: due_at,
        expires_at: due_at.plus_secs(rules.ring_window_s()),
        tries: 1,
        device_id: None,
        answered_at: None,
        joined_at: None,
        ended_at: None,
        duration_s: None,
        mood_score: None,
        check_at: None,
        created_at: rules.now,
        updated_at: rules.now,
    }
}
