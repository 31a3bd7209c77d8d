//! Staff: is the installation well, and what needs a person. Only accounts with a staff role walk in.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::error::ServiceError;
use crate::app::App;
use crate::config::MailTransport;
use crate::db::call_lists::{self, CallFilter};
use crate::db::calls::{self, Call};
use crate::db::webhook_events::{self, WebhookEvent};
use crate::db::{Conn, accounts, alerts, callees, devices, jobs, slots};
use crate::domain::manifest::PluginKind;
use crate::domain::{AccountId, CallId, CallState, CalleeId, DeviceState, FamilyId, Moment, WebhookId};

/// Slots that are walked to count who is called.
const SLOTS_WALKED: i64 = 3_000;
const SHOWN: i64 = 50;
const DAY_S: i64 = 86_400;

/// How much there is of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Families with a callee who has a next call.
    pub families: u64,
    /// Callees who have a next call.
    pub callees: u64,
    /// Their devices that ring.
    pub devices: u64,
    /// Calls that are due since midnight (UTC).
    pub calls_today: u64,
    /// Of them, those that became a talk.
    pub answered_today: u64,
    /// Jobs that wait or run.
    pub jobs_waiting: u64,
    /// Jobs that failed after all tries, at most [`SHOWN`].
    pub jobs_failed: u64,
}

/// A call that went wrong. It names nobody's words.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds a name")]
pub struct WrongCall {
    /// The call.
    pub id: CallId,
    /// Whom it should have reached.
    pub callee_name: String,
    /// Their IANA zone.
    pub zone: String,
    /// The promised moment.
    pub at: Moment,
    /// How it came out.
    pub state: CallState,
}

/// A webhook that waits for a person.
#[derive(Clone, Debug)]
pub struct Parked {
    /// The event.
    pub id: WebhookId,
    /// When it came.
    pub at: Moment,
    /// The provider that it came for.
    pub provider: String,
    /// What it is, once read.
    pub event: Option<String>,
    /// The conversation that it speaks of, once read.
    pub provider_ref: Option<String>,
    /// Why it waits.
    pub note: Option<String>,
}

impl From<WebhookEvent> for Parked {
    fn from(event: WebhookEvent) -> Self {
        Self {
            id: event.id,
            at: event.received_at,
            provider: event.provider,
            event: event.event,
            provider_ref: event.provider_ref,
            note: event.note,
        }
    }
}

/// A loaded plugin.
#[derive(Clone, Debug)]
pub struct PluginBrief {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What it does.
    pub kind: PluginKind,
    /// What the operator must mend, in the vendor's or the plugin's words.
    pub trouble: Option<String>,
}

/// How the installation is.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "it holds names")]
pub struct Installation {
    /// How much there is of everything.
    pub counts: Counts,
    /// Calls of the last 24 hours that went wrong, the newest first.
    pub wrong: Vec<WrongCall>,
    /// Webhooks that wait, the newest first.
    pub parked: Vec<Parked>,
    /// The plugins.
    pub plugins: Vec<PluginBrief>,
}

/// Whether anybody may sign up here: an address can only be proven where mail is sent.
pub fn is_sign_up_open(app: &App) -> bool {
    app.config.mail.transport != MailTransport::None
}

/// How the installation is; [`ServiceError::NotFound`] for whoever has no staff role.
pub async fn installation(app: &App, account: AccountId) -> Result<Installation, ServiceError> {
    let mut c = app.db.read().await?;
    let staff = accounts::find(&mut c, account).await?.is_some_and(|account| account.staff_role.is_some());
    if !staff {
        return Err(ServiceError::NotFound);
    }
    let now = app.clock.now();
    let today = now.plus_secs(-now.secs().rem_euclid(DAY_S));
    let reached = Reached::walk(&mut c).await?;
    let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
    let rows = |rows: i64| u64::try_from(rows).unwrap_or(0);
    Ok(Installation {
        counts: Counts {
            families: count(reached.families.len()),
            callees: count(reached.callees.len()),
            devices: count(reached.devices),
            calls_today: rows(calls::count_in(&mut c, CallState::ALL, today).await?),
            answered_today: rows(calls::count_in(&mut c, &[CallState::Completed], today).await?),
            jobs_waiting: rows(jobs::count_waiting(&mut c).await?),
            jobs_failed: count(jobs::dead(&mut c, SHOWN).await?.len()),
        },
        wrong: wrong_calls(&mut c, &reached, now.plus_secs(-DAY_S)).await?,
        parked: webhook_events::parked(&mut c, SHOWN).await?.into_iter().map(Parked::from).collect(),
        plugins: plugins(app, &mut c).await?,
    })
}

/// Everybody who has a next call.
struct Reached {
    families: BTreeSet<FamilyId>,
    /// Name and zone of each.
    callees: BTreeMap<CalleeId, (String, String)>,
    devices: usize,
}

impl Reached {
    async fn walk(c: &mut Conn) -> Result<Self, ServiceError> {
        let mut reached = Self { families: BTreeSet::new(), callees: BTreeMap::new(), devices: 0 };
        let due = slots::due_before(c, Moment(i64::MAX), SLOTS_WALKED).await?;
        for id in due.into_iter().map(|slot| slot.callee_id).collect::<BTreeSet<_>>() {
            let Some(callee) = callees::find(c, id).await? else { continue };
            let ringing = devices::of_callee(c, id).await?;
            reached.devices += ringing.iter().filter(|device| device.state == DeviceState::Active).count();
            reached.families.insert(callee.family_id);
            reached.callees.insert(id, (callee.address_form, callee.zone));
        }
        Ok(reached)
    }
}

async fn wrong_calls(c: &mut Conn, reached: &Reached, since: Moment) -> Result<Vec<WrongCall>, ServiceError> {
    let mut found: Vec<Call> = Vec::new();
    for family in &reached.families {
        for state in [CallState::Failed, CallState::Expired] {
            let filter = CallFilter { state: Some(state), from: Some(since), ..CallFilter::default() };
            found.extend(call_lists::page(c, *family, filter, 0, SHOWN).await?);
        }
    }
    found.sort_by_key(|call| std::cmp::Reverse(call.due_at));
    found.truncate(usize::try_from(SHOWN).unwrap_or(usize::MAX));
    let brief = |call: Call| {
        let (callee_name, zone) = reached.callees.get(&call.callee_id)?.clone();
        Some(WrongCall { id: call.id, callee_name, zone, at: call.due_at, state: call.state })
    };
    Ok(found.into_iter().filter_map(brief).collect())
}

/// What is stored beside an alert of the staff.
#[derive(Deserialize)]
struct Trouble {
    plugin: String,
    reason: String,
}

async fn plugins(app: &App, c: &mut Conn) -> Result<Vec<PluginBrief>, ServiceError> {
    let mut troubles: BTreeMap<String, String> = BTreeMap::new();
    // The newest comes first, and is the one that is shown.
    for alert in alerts::unclosed_of_staff(c, SHOWN).await? {
        if let Ok(trouble) = serde_json::from_str::<Trouble>(&alert.detail) {
            troubles.entry(trouble.plugin).or_insert(trouble.reason);
        }
    }
    let brief = |(id, manifest): (&str, &crate::domain::manifest::Manifest)| PluginBrief {
        id: id.to_owned(),
        version: manifest.version.clone(),
        kind: manifest.kind,
        trouble: troubles.get(id).cloned(),
    };
    Ok(app.plugins.manifests().into_iter().map(brief).collect())
}
