//! The monitor: every call of the callee's today, over, running or still to come.

use super::error::ServiceError;
use super::history::{Circle, FollowedCall};
use crate::app::App;
use crate::db::Conn;
use crate::db::call_lists::{self, CallFilter};
use crate::db::callees::Callee;
use crate::db::calls::Call;
use crate::db::slots::{self, StoredSlot};
use crate::domain::zone::Zone;
use crate::domain::{AccountId, Locale, Moment};

/// A day has three slots; the rest are calls that were asked for.
const CALLS_A_DAY: i64 = 60;
/// A call from before midnight that still runs belongs to now.
const STILL_RUNNING_S: i64 = 2 * 3_600;

/// A time of today that is still to come.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a name")]
pub struct CallAhead {
    /// Who will be rung.
    pub callee_name: String,
    /// Their IANA zone.
    pub zone: String,
    /// When.
    pub at: Moment,
}

/// Today, on each callee's own calendar.
#[derive(Clone, Default)]
#[allow(missing_debug_implementations, reason = "it holds names")]
pub struct Today {
    /// Calls that are on their way or running, the next first.
    pub live: Vec<FollowedCall>,
    /// Calls that are over, the newest first.
    pub over: Vec<FollowedCall>,
    /// Times that are still to come, the next first.
    pub ahead: Vec<CallAhead>,
}

/// Today's calls of everybody whom the account may see.
pub async fn today(app: &App, account: AccountId, locale: Locale) -> Result<Today, ServiceError> {
    let mut c = app.db.read().await?;
    let circle = Circle::of(&mut c, account).await?;
    let now = app.clock.now();
    let mut today = Today::default();
    for callee in circle.callees.values() {
        for call in &calls_of_today(&mut c, callee, now).await? {
            let followed = circle.followed(&mut c, call, locale).await?;
            if call.state.is_outcome() { today.over.push(followed) } else { today.live.push(followed) }
        }
        let ahead = times_ahead(&slots::of_callee(&mut c, callee.id).await?, callee, now);
        today.ahead.extend(ahead.into_iter().map(|at| CallAhead {
            callee_name: callee.address_form.clone(),
            zone: callee.zone.clone(),
            at,
        }));
    }
    today.live.sort_by_key(|followed| followed.call.at);
    today.over.sort_by_key(|followed| std::cmp::Reverse(followed.call.at));
    today.ahead.sort_by_key(|ahead| ahead.at);
    Ok(today)
}

/// The callee's calls of today and what still runs since yesterday, the newest first.
pub(super) async fn calls_of_today(c: &mut Conn, callee: &Callee, now: Moment) -> Result<Vec<Call>, ServiceError> {
    let zone = Zone::parse(&callee.zone).unwrap_or_else(|_| Zone::utc());
    let (midnight, _) = zone.moment(zone.local(now).date(), jiff::civil::Time::midnight());
    let filter = CallFilter {
        callee: Some(callee.id),
        from: Some(midnight.plus_secs(-STILL_RUNNING_S)),
        ..CallFilter::default()
    };
    let mut calls = call_lists::page(c, callee.family_id, filter, 0, CALLS_A_DAY).await?;
    calls.retain(|call| call.due_at >= midnight || !call.state.is_outcome());
    Ok(calls)
}

/// The times of the callee's today for which there is no call yet, the next first.
pub(super) fn times_ahead(slots: &[StoredSlot], callee: &Callee, now: Moment) -> Vec<Moment> {
    let zone = Zone::parse(&callee.zone).unwrap_or_else(|_| Zone::utc());
    let today = zone.local(now).date().to_string();
    let of_today = slots.iter().filter(|slot| slot.next_date.as_deref() == Some(today.as_str()));
    let mut times: Vec<Moment> = of_today.filter_map(|slot| slot.next_at).collect();
    times.sort_unstable();
    times
}
