//! Staff: is the installation well, and what needs a person. Only accounts with a staff role walk in.

use super::error::ServiceError;
use super::plugin_health;
use super::staff_alerts;
pub use super::staff_alerts::OperatorTrouble;
pub use super::staff_alerts::closing::close_by_hand as close_trouble;
use crate::app::App;
use crate::config::MailTransport;
use crate::db::webhook_events::{self, WebhookEvent};
use crate::db::{Conn, accounts, installation, jobs};
use crate::domain::manifest::{Manifest, PluginKind};
use crate::domain::{
    AccountId, CallId, CallState, Moment, PluginHealth, PluginRest, PluginState, StaffRole, WebhookId,
};
use crate::plugins::Stamp;

const SHOWN: i64 = 50;
const DAY_S: i64 = 86_400;

/// How much there is of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Families.
    pub families: u64,
    /// Callees.
    pub callees: u64,
    /// Their devices that ring.
    pub devices: u64,
    /// Calls that are due since midnight (UTC).
    pub calls_today: u64,
    /// Of them, those that became a talk.
    pub answered_today: u64,
    /// Jobs that wait or run.
    pub jobs_waiting: u64,
    /// Jobs that failed after all tries.
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
    /// How it is; nothing is known before its first call.
    pub state: Option<PluginState>,
    /// Who kept failing, until a call has shown that it is well again.
    pub rest: Option<PluginRest>,
    /// Whether the operator must mend something of it.
    pub is_troubled: bool,
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
    /// What the operator must mend, the newest first.
    pub troubles: Vec<OperatorTrouble>,
    /// Whether the reader may say that something is mended.
    pub may_close: bool,
}

/// Whether anybody may sign up here: an address can only be proven where mail is sent.
pub fn is_sign_up_open(app: &App) -> bool {
    app.config.mail.transport != MailTransport::None
}

/// How the installation is; [`ServiceError::NotFound`] for whoever has no staff role.
pub async fn overview(app: &App, account: AccountId) -> Result<Installation, ServiceError> {
    let mut c = app.db.read().await?;
    let role = accounts::find(&mut c, account).await?.and_then(|account| account.staff_role);
    let role = role.ok_or(ServiceError::NotFound)?;
    let now = app.clock.now();
    let today = now.plus_secs(-now.secs().rem_euclid(DAY_S));
    let rows = |rows: i64| u64::try_from(rows).unwrap_or(0);
    let (families, callees, devices) = installation::count_people(&mut c).await?;
    let troubles = staff_alerts::open_ones(&mut c).await?;
    Ok(Installation {
        counts: Counts {
            families: rows(families),
            callees: rows(callees),
            devices: rows(devices),
            calls_today: rows(installation::count_calls(&mut c, CallState::ALL, today).await?),
            answered_today: rows(installation::count_calls(&mut c, &[CallState::Completed], today).await?),
            jobs_waiting: rows(installation::count_jobs(&mut c, jobs::WAITING).await?),
            jobs_failed: rows(installation::count_jobs(&mut c, jobs::DEAD).await?),
        },
        wrong: wrong_calls(&mut c, now.plus_secs(-DAY_S)).await?,
        parked: webhook_events::parked(&mut c, SHOWN).await?.into_iter().map(Parked::from).collect(),
        plugins: plugins(app, &mut c, &troubles).await?,
        troubles,
        may_close: role == StaffRole::Admin,
    })
}

async fn wrong_calls(c: &mut Conn, since: Moment) -> Result<Vec<WrongCall>, ServiceError> {
    let found = installation::wrong_calls(c, since, SHOWN).await?;
    Ok(found
        .into_iter()
        .map(|(call, callee_name, zone)| WrongCall {
            id: call.id,
            callee_name,
            zone,
            at: call.due_at,
            state: call.state,
        })
        .collect())
}

async fn plugins(app: &App, c: &mut Conn, troubles: &[OperatorTrouble]) -> Result<Vec<PluginBrief>, ServiceError> {
    let health = plugin_health::of_all(app, c).await?;
    let brief = |(stamp, manifest): (Stamp, Manifest)| {
        let told = |health: &&PluginHealth| health.calls > 0 || health.state != PluginState::Well;
        let health = health.get(&stamp.id).filter(told);
        PluginBrief {
            state: health.map(|health| health.state),
            rest: health.and_then(|health| health.rest.clone()),
            is_troubled: troubles.iter().any(|trouble| trouble.about == stamp.id),
            id: stamp.id,
            version: stamp.version,
            kind: manifest.kind,
        }
    };
    Ok(app.plugins.manifests().into_iter().map(brief).collect())
}
