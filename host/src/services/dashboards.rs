//! Dashboards: how one callee is, what comes next, and whether they can be called now.

use super::alerts::{self, AlertBrief};
use super::error::ServiceError;
use super::history::{self, CallBrief, Circle, FollowedCall};
use super::schedules::pausing::{self, PauseBrief};
use super::schedules::planning;
use super::{devices, families, monitor, queueing};
use crate::app::App;
use crate::db::call_lists::{self, CallFilter};
use crate::db::callees::Callee;
use crate::db::calls::Call;
use crate::db::devices::Device;
use crate::db::push_addresses::PushAddress;
use crate::db::slots::{self, StoredSlot};
use crate::db::{Conn, ring_targets};
use crate::domain::{
    AccountId, Block, BlockKind, CallId, CallMethod, CallReason, CallState, CalleeId, DeviceId, DevicePlatform,
    DeviceState, Locale, Moment,
};

/// Calls in the short list.
const RECENT: usize = 5;
/// A device that gave no sign of life for two days may be off or lost.
const SILENT_AFTER_S: i64 = 2 * 86_400;

/// A callee, as far as every page names them.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a name")]
pub struct CalleeBrief {
    /// The callee.
    pub id: CalleeId,
    /// How they are called.
    pub name: String,
    /// Their IANA zone.
    pub zone: String,
    /// How they are rung.
    pub method: CallMethod,
}

impl From<&Callee> for CalleeBrief {
    fn from(callee: &Callee) -> Self {
        Self { id: callee.id, name: callee.address_form.clone(), zone: callee.zone.clone(), method: callee.call_method }
    }
}

/// Whether "call now" can be pressed, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It can.
    Ready,
    /// A call is on its way or running.
    Busy,
    /// No confirmed device has an address that works.
    NoDevice,
    /// No phone number is on record.
    NoPhone,
    /// No consent is on record.
    NoConsent,
}

/// One of today's times: its call, once there is one.
#[derive(Clone, Copy, Debug)]
pub struct Dot {
    /// When.
    pub at: Moment,
    /// The call, where it stands and why.
    pub call: Option<(CallId, CallState, Option<CallReason>)>,
}

/// The last talk.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds what was said")]
pub struct LastTalk {
    /// The call.
    pub call: CallId,
    /// When it was.
    pub at: Moment,
    /// The whole in one sentence.
    pub headline: String,
    /// How the callee seemed.
    pub second: Option<String>,
    /// 1 to 5.
    pub mood: Option<u8>,
}

/// How one callee is.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds names and what was said")]
pub struct Dashboard {
    /// Whom it is about.
    pub callee: CalleeBrief,
    /// Everybody whom the account may see.
    pub callees: Vec<CalleeBrief>,
    /// The next call.
    pub next: Option<Moment>,
    /// Today's times, in order.
    pub today: Vec<Dot>,
    /// The call that is on its way or running.
    pub live: Option<FollowedCall>,
    /// The last talk.
    pub last: Option<LastTalk>,
    /// Alerts that nobody has closed, the gravest first.
    pub alerts: Vec<AlertBrief>,
    /// The last calls that are over.
    pub recent: Vec<CallBrief>,
    /// Whether they can be called now.
    pub readiness: Readiness,
    /// The pause on which no scheduled call is made today.
    pub pause: Option<PauseBrief>,
    /// Their number, its middle hidden.
    pub phone: Option<String>,
}

/// How far a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeviceHealth {
    /// Waits for the family's yes.
    Claimed,
    /// Rings.
    Paired,
    /// Not heard of for long.
    Silent,
    /// Without an address that works.
    Unreachable,
}

/// A device, as the family sees it.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a name")]
pub struct DeviceBrief {
    /// The device.
    pub id: DeviceId,
    /// What it calls itself; may be empty.
    pub name: String,
    /// What it is, once it said so.
    pub platform: Option<DevicePlatform>,
    /// How far it is.
    pub health: DeviceHealth,
    /// When it was last heard of.
    pub seen_at: Moment,
    /// The version of its app.
    pub app_version: Option<String>,
}

/// Everybody whom the account may see, the first entered first.
pub async fn callees(app: &App, account: AccountId) -> Result<Vec<CalleeBrief>, ServiceError> {
    let circle = Circle::of(&mut app.db.read().await?, account).await?;
    Ok(circle.callees.values().map(CalleeBrief::from).collect())
}

/// How a callee is, if the account may see them; without an id, the first one who is rung by this method. `None` when there
/// is nobody like that.
pub async fn find(
    app: &App,
    account: AccountId,
    locale: Locale,
    callee: Option<CalleeId>,
    method: CallMethod,
) -> Result<Option<Dashboard>, ServiceError> {
    let now = app.clock.now();
    let mut c = app.db.read().await?;
    let circle = Circle::of(&mut c, account).await?;
    let callee = match callee {
        Some(id) => circle.callees.get(&id).ok_or(ServiceError::NotFound)?,
        None => match circle.callees.values().find(|callee| callee.call_method == method) {
            Some(callee) => callee,
            None => return Ok(None),
        },
    };
    let calls = monitor::calls_of_today(&mut c, callee, now).await?;
    let live = match calls.iter().filter(|call| !call.state.is_outcome()).min_by_key(|call| call.ring_at) {
        Some(call) => Some(circle.followed(&mut c, call, locale).await?),
        None => None,
    };
    let slots = slots::of_callee(&mut c, callee.id).await?;
    let filter = CallFilter { callee: Some(callee.id), ..CallFilter::default() };
    // Open ones may stand on top of the list: at most a "call now" and the three of a day.
    let limit = i64::try_from(RECENT).unwrap_or(i64::MAX) + 4;
    let mut recent = call_lists::page(&mut c, callee.family_id, filter, 0, limit).await?;
    recent.retain(|call| call.state.is_outcome());
    recent.truncate(RECENT);
    Ok(Some(Dashboard {
        callee: callee.into(),
        callees: circle.callees.values().map(CalleeBrief::from).collect(),
        next: next_of(&slots, &calls, now),
        today: dots(&calls, &monitor::times_ahead(&slots, callee, now)),
        last: last_talk(&mut c, callee, locale).await?,
        recent: circle.briefs(&mut c, &recent, locale).await?,
        readiness: readiness(&mut c, callee, live.is_some()).await?,
        pause: pausing::of_today(&mut c, callee.id, &planning::read_zone(&callee.zone)?, now).await?,
        phone: callee.phone.as_deref().map(history::phone_number_hidden),
        alerts: alerts::unclosed_of_callee(&mut c, &circle, callee, locale).await?,
        live,
    }))
}

/// The next call of a callee.
pub async fn next_call(app: &App, account: AccountId, callee: CalleeId) -> Result<Option<Moment>, ServiceError> {
    let now = app.clock.now();
    let mut c = app.db.read().await?;
    let callee = history::callee_in(&mut c, account, callee).await?;
    let calls = monitor::calls_of_today(&mut c, &callee, now).await?;
    Ok(next_of(&slots::of_callee(&mut c, callee.id).await?, &calls, now))
}

/// The callee's number, its middle hidden.
pub async fn phone_shown(app: &App, account: AccountId, callee: CalleeId) -> Result<Option<String>, ServiceError> {
    let callee = history::callee_in(&mut app.db.read().await?, account, callee).await?;
    Ok(callee.phone.as_deref().map(history::phone_number_hidden))
}

/// The callee's devices, those that wait for a yes first.
pub async fn devices(app: &App, account: AccountId, callee: CalleeId) -> Result<Vec<DeviceBrief>, ServiceError> {
    let now = app.clock.now();
    let brief = |(device, addresses): (Device, Vec<PushAddress>)| DeviceBrief {
        id: device.id,
        health: health(&device, &addresses, now),
        seen_at: device.last_seen_at,
        name: device.name,
        platform: device.platform,
        app_version: device.app_version,
    };
    let mut briefs: Vec<DeviceBrief> = devices::list(app, account, callee).await?.into_iter().map(brief).collect();
    briefs.sort_by_key(|device| device.health);
    Ok(briefs)
}

/// Calls a callee now, if they can be called. [`Readiness::Ready`] means that a call is on its way.
pub async fn ring_now(app: &App, account: AccountId, callee: CalleeId) -> Result<Readiness, ServiceError> {
    let now = app.clock.now();
    let readiness = {
        let mut c = app.db.read().await?;
        let access = families::callee_in(&mut c, account, callee).await?;
        families::edit(access.role)?;
        let calls = monitor::calls_of_today(&mut c, &access.callee, now).await?;
        let live = calls.iter().any(|call| !call.state.is_outcome());
        readiness(&mut c, &access.callee, live).await?
    };
    if readiness == Readiness::Ready {
        queueing::call_now(app, callee).await?;
    }
    Ok(readiness)
}

async fn readiness(c: &mut Conn, callee: &Callee, live: bool) -> Result<Readiness, ServiceError> {
    if live {
        return Ok(Readiness::Busy);
    }
    if callee.consent_at.is_none() {
        return Ok(Readiness::NoConsent);
    }
    Ok(match callee.call_method {
        CallMethod::Phone if callee.phone.is_none() => Readiness::NoPhone,
        CallMethod::App if ring_targets::of_callee(c, callee.id).await?.is_empty() => Readiness::NoDevice,
        CallMethod::Phone | CallMethod::App => Readiness::Ready,
    })
}

/// A call that is prepared, or else the first of the slots' next times.
fn next_of(slots: &[StoredSlot], calls: &[Call], now: Moment) -> Option<Moment> {
    let prepared = calls.iter().filter(|call| call.state == CallState::Queued && call.ring_at > now);
    prepared.map(|call| call.ring_at).chain(slots.iter().filter_map(|slot| slot.next_at)).min()
}

fn dots(calls: &[Call], ahead: &[Moment]) -> Vec<Dot> {
    let called = calls.iter().map(|call| Dot { at: call.due_at, call: Some((call.id, call.state, call.reason)) });
    let mut dots: Vec<Dot> = called.chain(ahead.iter().map(|at| Dot { at: *at, call: None })).collect();
    dots.sort_by_key(|dot| dot.at);
    dots
}

async fn last_talk(c: &mut Conn, callee: &Callee, locale: Locale) -> Result<Option<LastTalk>, ServiceError> {
    let Some((call, summary)) = call_lists::last_summary(c, callee.id, locale).await? else { return Ok(None) };
    let blocks: Vec<Block> = history::read(&summary.blocks);
    Ok(Some(LastTalk {
        call: call.id,
        at: call.due_at,
        headline: summary.headline,
        second: blocks.into_iter().find(|block| block.kind == BlockKind::Mood).map(|block| block.text),
        mood: call.mood_score.and_then(|mood| u8::try_from(mood).ok()).filter(|mood| (1..=5).contains(mood)),
    }))
}

fn health(device: &Device, addresses: &[PushAddress], now: Moment) -> DeviceHealth {
    if device.state == DeviceState::Pending {
        DeviceHealth::Claimed
    } else if addresses.iter().all(|address| address.gone_at.is_some()) {
        DeviceHealth::Unreachable
    } else if device.last_seen_at.plus_secs(SILENT_AFTER_S) < now {
        DeviceHealth::Silent
    } else {
        DeviceHealth::Paired
    }
}
